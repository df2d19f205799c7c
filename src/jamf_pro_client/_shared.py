"""What a client shares with all that are derived from it, besides the connections: its ledger."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jamf_pro_client.drift import DriftLedger

__all__ = ("Shared",)


class Shared:
    """A ledger made when it is first asked for: many programs make a client, fewer decode.

    Args:
        ledger: The drift ledger, if the user has made one.
    """

    def __init__(self, ledger: DriftLedger | None = None) -> None:
        self._ledger = ledger
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
