"""The one place where httpx is imported, so that its successor can be chosen instead.

`JAMF_PRO_CLIENT_HTTPX=httpx2` picks httpx2. Unset, empty or `httpx` is httpx. The choice is made
once, when this module is first imported.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

__all__ = ("httpx",)

if TYPE_CHECKING:
    import httpx
else:
    import importlib
    import os

    _wanted = os.environ.get("JAMF_PRO_CLIENT_HTTPX", "") or "httpx"
    if _wanted not in ("httpx", "httpx2"):
        raise ImportError(
            f"JAMF_PRO_CLIENT_HTTPX is {_wanted!r}; it can be 'httpx' (the default) or 'httpx2'"
        )
    try:
        httpx = importlib.import_module(_wanted)
    except ModuleNotFoundError as missing:
        if missing.name != _wanted:
            raise
        raise ImportError(
            f"JAMF_PRO_CLIENT_HTTPX asks for {_wanted}, which is not installed: "
            f"pip install {_wanted}"
        ) from None
