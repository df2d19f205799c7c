"""What is accepted now and done later: whoever looks again sees the next step."""

from __future__ import annotations

import datetime

import attrs

__all__ = ("Progress", "timestamp")


@attrs.define
class Progress:
    """How far some work has got. Looks move it on, and not time, so that tests need no pauses."""

    steps: tuple[str, ...]
    """In their order; the last one is final."""
    started: str = attrs.field(factory=lambda: timestamp())
    finished: str | None = None
    """When the last step was reached."""
    _place: int = 0

    @property
    def step(self) -> str:
        """Where it is now."""
        return self.steps[self._place]

    def advance(self) -> None:
        """Go on to the next step, if there is one."""
        self._place = min(self._place + 1, len(self.steps) - 1)
        if self.finished is None and self._place == len(self.steps) - 1:
            self.finished = timestamp()


def timestamp() -> str:
    """Return this moment as servers write it."""
    now = datetime.datetime.now(datetime.UTC)
    return f"{now:%Y-%m-%dT%H:%M:%S}.{now.microsecond // 1000:03}Z"
