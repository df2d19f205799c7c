"""What a server says about when to come back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

__all__ = ("parse_retry_after", "polite_seconds")

_SECONDS: Final = re.compile(r"[0-9]{1,99}(\.[0-9]{0,99})?")
_JITTER_SHARE: Final = 0.1
_JITTER_MAX_SECONDS: Final = 1.0


def parse_retry_after(headers: Mapping[str, str]) -> float | None:
    """Return how many seconds the server asks to wait, or None.

    Whole and decimal seconds and HTTP dates (RFC 9110, all three forms) are understood. A date is
    measured against the reply's own `Date`, because clocks differ. Negative numbers and nonsense
    count as nothing said.

    Args:
        headers: The reply's headers; look-ups must ignore case.
    """
    value = headers.get("retry-after", "").strip()
    if not value:
        return None
    if _SECONDS.fullmatch(value):
        return float(value)
    then = _moment(value)
    if then is None:
        return None
    now = _moment(headers.get("date", ""))
    if now is None:
        import time

        now = time.time()
    return max(0.0, then - now)


def polite_seconds(asked_seconds: float, random: float) -> float:
    """Return how long to wait when the server named a time: that, and a little more.

    Args:
        asked_seconds: What the server asks for.
        random: Between 0 and 1; spreads callers that were all told the same.
    """
    return asked_seconds + random * min(_JITTER_MAX_SECONDS, asked_seconds * _JITTER_SHARE)


def _moment(text: str) -> float | None:
    import datetime
    from email.utils import parsedate_to_datetime  # slow to import, and rarely needed

    try:
        told = parsedate_to_datetime(text)
        # The asctime form names no zone; an HTTP date is always in UTC.
        return (told if told.tzinfo else told.replace(tzinfo=datetime.UTC)).timestamp()
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
