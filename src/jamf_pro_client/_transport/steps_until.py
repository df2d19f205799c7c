"""Timeouts of the steps of a request and its reply, which have to be over at a certain moment."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Final

__all__ = ("StepsUntil",)

# What is waited for without any time is not even looked at.
_LEAST_SECONDS: Final = 0.001


class StepsUntil(Mapping[str, "float | None"]):
    """Seconds for each step, told when the step begins.

    Several steps can use up the time together, which fixed seconds for each would not notice:
    a token, a connection, the first byte and the rest.

    Args:
        told: The seconds that each step may take by itself; None is no limit.
        ends_at: When all of them have to be over, on the monotonic clock.
    """

    def __init__(self, told: Mapping[str, float | None], ends_at: float) -> None:
        self._told = told
        self._ends_at = ends_at

    def __getitem__(self, step: str) -> float | None:
        # Callers may name some of the steps only.
        told = self._told.get(step)
        left = max(_LEAST_SECONDS, self._ends_at - time.monotonic())
        return left if told is None else min(told, left)

    def __iter__(self) -> Iterator[str]:
        return iter(self._told)

    def __len__(self) -> int:
        return len(self._told)
