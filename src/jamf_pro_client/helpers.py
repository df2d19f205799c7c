"""`logger_quick_setup`: see what the client does, without knowing about loggers."""

from __future__ import annotations

import logging
import sys
from typing import Final

__all__ = ("logger_quick_setup",)

_NAME: Final = "jamf_pro_client"
_MARK: Final = "jamf_pro_client.quick_setup"
_FORMAT: Final = "%(asctime)s %(levelname)s %(name)s %(threadName)s %(message)s"


def logger_quick_setup(level: int = logging.INFO) -> logging.Logger:
    """Print what this package logs to standard error, of sync and async clients alike.

    Pauses before a retry are logged at INFO, requests at DEBUG: method, path, status and time,
    never a secret. Calling it again changes the level.

    Args:
        level: The lowest level that is printed.

    Returns:
        The logger.
    """
    logger = logging.getLogger(_NAME)
    handler = next((one for one in logger.handlers if one.get_name() == _MARK), None)
    if handler is None:
        handler = logging.StreamHandler(sys.stderr)
        handler.set_name(_MARK)
        handler.setFormatter(logging.Formatter(_FORMAT))
        logger.addHandler(handler)
    handler.setLevel(level)
    logger.setLevel(level)
    return logger
