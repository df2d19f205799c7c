"""The Classic API: operations in `api`, records in `models`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jamf_pro_client._classic.drafts import ClassicComputer

__all__ = ("ClassicComputer",)

if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from jamf_pro_client._classic import drafts

        value = globals()[name] = getattr(drafts, name)
        return value
