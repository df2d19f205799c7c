"""A clock for tests: time passes when somebody sleeps, and at no other time."""

from __future__ import annotations

from jamf_pro_client import Timing


class Clock:
    """Time and chance for `Timing`.

    Args:
        random: What chance gives, each time.
    """

    def __init__(self, random: float) -> None:
        self.now = 0.0
        self.slept: list[float] = []
        self._random = random

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    async def sleep_async(self, seconds: float) -> None:
        self.sleep(seconds)

    @property
    def timing(self) -> Timing:
        return Timing(
            monotonic=lambda: self.now,
            sleep=self.sleep,
            sleep_async=self.sleep_async,
            random=lambda: self._random,
        )
