"""A limit on how many calls are made within a number of seconds."""

from __future__ import annotations

import threading
from collections import deque

__all__ = ("RateLimiter",)


class RateLimiter:
    """Hands out places in time, in the order in which they are asked for.

    Nobody waits in here: the caller gets a moment and sleeps until then, so one who has to wait
    long holds up nobody else. A place that is not used is gone, like a call that was sent.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._places: deque[float] = deque()
        self._most_calls = 1

    def reserve(
        self, limit: tuple[int, float], earliest: float, latest: float | None
    ) -> float | None:
        """Reserve the next free place and return its moment; None reserves nothing.

        Args:
            limit: How many calls may be made, and in how many seconds.
            earliest: The first moment that will do, on the monotonic clock.
            latest: A moment that is too late; None is never too late.
        """
        calls, seconds = limit
        with self._lock:
            places = self._places
            moment = earliest
            if places:
                moment = max(moment, places[-1])
            if len(places) >= calls:
                moment = max(moment, places[-calls] + seconds)
            if latest is not None and moment >= latest:
                return None
            places.append(moment)
            # Derived clients can have other limits; the largest says how far back to look.
            self._most_calls = max(self._most_calls, calls)
            while len(places) > self._most_calls:
                places.popleft()
            return moment
