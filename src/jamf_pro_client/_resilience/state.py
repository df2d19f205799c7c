"""What all calls to one server with one credential have in common."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from jamf_pro_client._resilience.breaker import CircuitBreaker
from jamf_pro_client._resilience.budget import RetryBudget
from jamf_pro_client._resilience.pacing import Pace
from jamf_pro_client._resilience.rate import RateLimiter
from jamf_pro_client._transport.fork import reset_after_fork

if TYPE_CHECKING:
    from jamf_pro_client.resilience import Event, ResilienceConfig

__all__ = ("SharedState",)


class SharedState:
    """Shared by a client and everything derived from it, by threads, tasks and loops.

    It holds counts, not limits: those come with each call, since derived clients can differ.
    """

    def __init__(self) -> None:
        self._clear()
        reset_after_fork(self)

    def _clear(self) -> None:
        self.budget = RetryBudget()
        self.breaker = CircuitBreaker()
        self.rate = RateLimiter()
        self.pace = Pace()
        self.last_write_at: float | None = None
        """When the last write ended, on the monotonic clock."""
        self.event_failures = 0
        """How many exceptions of `on_event` functions were swallowed."""
        self._lock = threading.Lock()
        self._told: set[str] = set()

    def _reset_after_fork(self) -> None:
        self._clear()

    def publish(self, config: ResilienceConfig, event: Event) -> None:
        """Hand an event to those who want to know; their exceptions do no harm to the call.

        Args:
            config: Knows them.
            event: What happened.
        """
        for listener in config.on_event:
            try:
                listener(event)
            except Exception:
                with self._lock:
                    self.event_failures += 1

    def is_first(self, subject: str) -> bool:
        """Return whether *subject* is asked about for the first time.

        Args:
            subject: What is told only once, such as the name of a deprecated operation.
        """
        with self._lock:
            if subject in self._told:
                return False
            self._told.add(subject)
            return True
