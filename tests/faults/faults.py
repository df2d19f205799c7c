"""All faults."""

from __future__ import annotations

from typing import Final

from tests.faults import (
    auth_faults,
    connection_faults,
    content_faults,
    ending_faults,
    exchange_faults,
    redirect_faults,
    runtime_faults,
    status_faults,
)
from tests.faults.registry import Fault, registered

__all__ = ("FAULTS", "SCRIPTS")

SCRIPTS: Final = (
    connection_faults,
    exchange_faults,
    status_faults,
    content_faults,
    auth_faults,
    redirect_faults,
    runtime_faults,
    ending_faults,
)
"""The modules that hold the scripts."""

FAULTS: Final[tuple[Fault, ...]] = registered()
"""Number, name and what must happen, in order."""
