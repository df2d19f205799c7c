"""The drift ledger that a client shares with all that are derived from it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from jamf_pro_client._transport.settings import check_drift

if TYPE_CHECKING:
    from jamf_pro_client.drift import DriftLedger

__all__ = ("SharedLedger",)


class SharedLedger:
    """A ledger that is made when it is first asked for: many programs make a client, fewer decode.

    Args:
        given: The ledger that the user has made, if any.

    Raises:
        ConfigurationError: It is something else.
    """

    def __init__(self, given: DriftLedger | None = None) -> None:
        check_drift(given)
        self._ledger = given
        self._lock = threading.Lock()

    @property
    def value(self) -> DriftLedger:
        """What decoding forgave."""
        if self._ledger is None:
            from jamf_pro_client.drift import DriftLedger

            with self._lock:
                if self._ledger is None:
                    self._ledger = DriftLedger()
        return self._ledger
