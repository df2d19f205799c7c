"""Stops calls to a server that fails, and lets a few try whether it is back."""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from jamf_pro_client.resilience import Breaker

__all__ = ("Admitted", "BreakerState", "CircuitBreaker", "Refused")

BreakerState = Literal["open", "half_open", "closed"]


class Admitted:
    """The right to make one attempt; it has to be handed in."""

    __slots__ = ("generation", "half_opened")

    def __init__(self, generation: int, half_opened: bool) -> None:
        self.generation = generation
        self.half_opened = half_opened
        """Whether this is the first attempt after the breaker was open."""


class Refused:
    """No attempt may be made now."""

    __slots__ = ("seconds",)

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        """When it is worth asking again; 0 when that depends on an attempt that is under way."""


class CircuitBreaker:
    """Closed, open, or half open; shared by all calls of a server and credential."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        # An attempt that began before the last change of state says nothing about the present one.
        self._generation = 0
        self._failures: deque[bool] = deque()
        self._open_until: float | None = None
        self._probing = False
        self._admitted = 0
        self._succeeded = 0

    def enter(self, limits: Breaker, now: float) -> Admitted | Refused:
        """Return the right to make an attempt, or when to ask again.

        Args:
            limits: The settings.
            now: The monotonic clock.
        """
        with self._lock:
            half_opens = False
            if self._open_until is not None:
                if now < self._open_until:
                    return Refused(self._open_until - now)
                half_opens = True
                self._change(probing=True)
            if self._probing:
                if self._admitted >= limits.probes:
                    return Refused(0.0)
                self._admitted += 1
            return Admitted(self._generation, half_opens)

    def leave(
        self, admitted: Admitted, failed: bool | None, limits: Breaker, now: float
    ) -> BreakerState | None:
        """Hand in the right to an attempt, and return the new state if that changed it.

        Args:
            admitted: What `enter` gave.
            failed: Whether the server was at fault; None when the attempt says nothing about that.
            limits: The settings.
            now: The monotonic clock.
        """
        with self._lock:
            if admitted.generation != self._generation:
                return None
            if self._probing:
                return self._probed(failed, limits, now)
            if failed is None:
                return None
            self._failures.append(failed)
            while len(self._failures) > limits.window:
                self._failures.popleft()
            looked_at = len(self._failures)
            if looked_at < limits.min_calls or sum(self._failures) < limits.ratio * looked_at:
                return None
            return self._open(limits, now)

    def open_seconds(self, now: float) -> float:
        """Return for how long surely nothing is admitted; 0 when it may be.

        Args:
            now: The monotonic clock.
        """
        until = self._open_until
        return 0.0 if until is None else max(0.0, until - now)

    def _probed(self, failed: bool | None, limits: Breaker, now: float) -> BreakerState | None:
        if failed is None:
            self._admitted -= 1
            return None
        if failed:
            return self._open(limits, now)
        self._succeeded += 1
        if self._succeeded < limits.probes:
            return None
        self._change(probing=False)
        return "closed"

    def _open(self, limits: Breaker, now: float) -> BreakerState:
        self._change(probing=False)
        self._open_until = now + limits.open_seconds
        return "open"

    def _change(self, *, probing: bool) -> None:
        self._generation += 1
        self._failures.clear()
        self._open_until = None
        self._probing = probing
        self._admitted = self._succeeded = 0
