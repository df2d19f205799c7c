"""How much of a server may be used with one credential."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jamf_pro_client._transport.gate import Gate

if TYPE_CHECKING:
    from jamf_pro_client._resilience.state import SharedState

__all__ = ("Allowance",)


class Allowance:
    """What all calls to one server with one credential have in common.

    Args:
        max_concurrency: How many requests may be in flight.
    """

    _state: SharedState | None = None

    def __init__(self, max_concurrency: int) -> None:
        self.gate: Final = Gate(max_concurrency)

    @property
    def state(self) -> SharedState:
        """What resilience counts; made when it is first asked for, since few programs need it."""
        if self._state is not None:
            return self._state
        from jamf_pro_client._resilience.state import SharedState

        # In one step and without a lock, which a fork could leave locked.
        made: SharedState = vars(self).setdefault("_state", SharedState())
        return made
