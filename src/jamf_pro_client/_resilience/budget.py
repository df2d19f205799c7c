"""How much retrying a server has to bear, over all calls together."""

from __future__ import annotations

import threading
from typing import Final

__all__ = ("DECLINED_COST", "TRANSIENT_COST", "RetryBudget")

TRANSIENT_COST: Final = 10
"""For a retry after a failure."""
DECLINED_COST: Final = 5
"""For a retry after the server said that it did nothing and when to come back."""


class RetryBudget:
    """Counts what retries cost, so that an outage is not made worse by everybody's retries.

    What is kept is what was spent, not what is left: derived clients can have other capacities.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._spent = 0

    @property
    def spent(self) -> int:
        """What retries have cost and successes not yet paid back."""
        return self._spent

    def charge(self, cost: int, capacity: int) -> bool:
        """Take *cost*, and return whether there was enough.

        Args:
            cost: `TRANSIENT_COST` or `DECLINED_COST`.
            capacity: How much can be spent at most.
        """
        with self._lock:
            if self._spent + cost > capacity:
                return False
            self._spent += cost
            return True

    def give_back(self, amount: int) -> None:
        """Pay back: a whole charge when its retry succeeded, 1 for a call that needed none.

        Args:
            amount: How much.
        """
        with self._lock:
            self._spent = max(0, self._spent - amount)
