"""What a client shares with all that are derived from it, besides the connections."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jamf_pro_client._resilience.state import SharedState
    from jamf_pro_client.drift import DriftLedger

__all__ = ("Shared",)


class Shared:
    """Made when it is first asked for: many programs import a client, fewer send something.

    Args:
        ledger: The drift ledger, if the user has made one.
    """

    def __init__(self, ledger: DriftLedger | None = None) -> None:
        self._ledger = ledger
        self._state: SharedState | None = None
        self._lock = threading.Lock()

    @property
    def ledger(self) -> DriftLedger:
        """What decoding forgave."""
        if self._ledger is None:
            from jamf_pro_client.drift import DriftLedger

            with self._lock:
                if self._ledger is None:
                    self._ledger = DriftLedger()
        return self._ledger

    @property
    def state(self) -> SharedState:
        """What resilience counts."""
        if self._state is None:
            from jamf_pro_client._resilience.state import SharedState

            with self._lock:
                if self._state is None:
                    self._state = SharedState()
        return self._state
