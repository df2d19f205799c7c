"""What callers' functions give back: awaited where that can be done, refused where not."""

from __future__ import annotations

import inspect
from typing import Any

from jamf_pro_client.errors import ConfigurationError

__all__ = ("awaited", "not_awaitable")


def not_awaitable(given: Any, name: str) -> Any:
    """Return what a function gave.

    Args:
        given: What it gave.
        name: What the function is called.

    Raises:
        ConfigurationError: Nobody could await it: as an object it would count as true, or be sent.
    """
    if not inspect.isawaitable(given):
        return given
    if inspect.iscoroutine(given):
        given.close()
    raise ConfigurationError(f"{name} is async: use the async client, which awaits it")


async def awaited(given: Any) -> Any:
    """Return what a function gave, or what that comes to."""
    return await given if inspect.isawaitable(given) else given
