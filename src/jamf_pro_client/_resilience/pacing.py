"""Going easy on a server that gets slow, as Jamf advises."""

from __future__ import annotations

import threading
from typing import Final

__all__ = ("Pace",)

# A reply is slow when it takes this many times the average.
_SLOW: Final = 2.0
# How much one reply moves the average.
_WEIGHT: Final = 0.1
# With fewer replies than this there is no average to compare with.
_ENOUGH: Final = 5
_LONGEST_SECONDS: Final = 5.0


class Pace:
    """Knows how long replies usually take, and asks for a pause after a slow one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._average = 0.0
        self._count = 0
        self._until = 0.0

    def saw(self, latency_seconds: float, now: float) -> None:
        """Take note of a reply.

        After a slow one the next calls pause for as long as it took beyond the average, but not
        longer than five seconds.

        Args:
            latency_seconds: How long the server took.
            now: The monotonic clock.
        """
        with self._lock:
            if self._count >= _ENOUGH and latency_seconds > _SLOW * self._average:
                pause = min(_LONGEST_SECONDS, latency_seconds - self._average)
                self._until = max(self._until, now + pause)
            self._count += 1
            # The plain mean at first, so that the very first reply does not weigh more than others.
            weight = max(_WEIGHT, 1 / self._count)
            self._average += (latency_seconds - self._average) * weight

    def pause_seconds(self, now: float) -> float:
        """Return how long a call that is about to be sent has to wait.

        Args:
            now: The monotonic clock.
        """
        return max(0.0, self._until - now)
