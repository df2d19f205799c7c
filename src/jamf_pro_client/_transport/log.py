"""The one record per request: method, path, status and time, and nothing else."""

from __future__ import annotations

import logging
import time

__all__ = ("log_request", "start")

_log = logging.getLogger("jamf_pro_client")


def start() -> float:
    """Return the moment at which a request starts."""
    return time.perf_counter()


def log_request(method: str, path: str, status: int | str, started: float) -> None:
    """Log a request that has ended.

    Args:
        method: The HTTP method.
        path: The path template, or the path without query.
        status: The HTTP status, or the name of the error.
        started: What `start` gave.
    """
    if _log.isEnabledFor(logging.DEBUG):
        milliseconds = (time.perf_counter() - started) * 1000
        _log.debug("%s %s %s %.0f ms", method, path, status, milliseconds)
