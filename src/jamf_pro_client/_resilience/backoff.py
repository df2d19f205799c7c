"""How long to wait when the server does not say."""

from __future__ import annotations

from typing import Final

__all__ = ("backoff_seconds",)

# Any maximum is reached long before; beyond 1023 the power would not fit a float.
_MAX_DOUBLINGS: Final = 64


def backoff_seconds(retry: int, base: float, longest: float, random: float) -> float:
    """Return the wait before a retry: half of it fixed, half random.

    A server like Jamf Pro has few callers, so a gap that is guaranteed matters more to it than
    callers that are spread evenly.

    Args:
        retry: Which retry it is, counted from 0.
        base: The first wait in seconds, before the random part is taken off.
        longest: The longest wait in seconds.
        random: Between 0 and 1.
    """
    most: float = min(longest, base * 2.0 ** min(retry, _MAX_DOUBLINGS))
    return most / 2 + random * most / 2
