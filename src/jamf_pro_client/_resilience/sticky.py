"""Whether to stay on one node of a cluster."""

from __future__ import annotations

from typing import Final, Literal

__all__ = ("AFTER_WRITE_SECONDS", "stays_on_node")

AFTER_WRITE_SECONDS: Final = 60.0
"""How long the nodes of a cluster take at most to see what one of them has written."""


def stays_on_node(setting: bool | Literal["auto"], last_write_at: float | None, now: float) -> bool:
    """Return whether the cookies that name a node go with a request.

    Jamf asks for them only where one call depends on the one before: the nodes do not talk to each
    other and reread the database about once a minute. For everything else they spoil the balance.

    Args:
        setting: Always, never, or "auto" for a while after a write.
        last_write_at: When the last write ended, on the monotonic clock; None if there was none.
        now: The monotonic clock.
    """
    if setting == "auto":
        return last_write_at is not None and now - last_write_at < AFTER_WRITE_SECONDS
    return setting
