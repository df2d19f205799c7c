"""Pauses between attempts, in threads, that end when nobody waits for the result any longer.

A thread cannot be cancelled: without this, Ctrl-C would take as long as a server asks to wait.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import CancelledError
from contextvars import ContextVar
from typing import TypeVar

__all__ = ("pause", "run_until")

T = TypeVar("T")

_abandoned: ContextVar[threading.Event | None] = ContextVar("abandoned", default=None)


def run_until(abandoned: threading.Event, work: Callable[..., T], *arguments: object) -> T:
    """Run a function whose pauses end when its result is not wanted any longer.

    Args:
        abandoned: Set when that is so.
        work: The function; it is run in a context of its own.
        *arguments: Its arguments.
    """
    _abandoned.set(abandoned)
    return work(*arguments)


def pause(seconds: float, sleep: Callable[[float], object]) -> None:
    """Wait.

    Args:
        seconds: How long.
        sleep: What waits, if somebody has brought a clock of their own.

    Raises:
        CancelledError: Nobody wants to know any longer.
    """
    abandoned = _abandoned.get()
    if abandoned is None or sleep is not time.sleep:
        sleep(seconds)
    else:
        abandoned.wait(seconds)
    if abandoned is not None and abandoned.is_set():
        raise CancelledError("nobody waits for this call any longer")
