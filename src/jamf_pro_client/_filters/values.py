"""What values and names are in RSQL text."""

from __future__ import annotations

import datetime
import enum
import math
import uuid
from decimal import Decimal
from typing import TypeAlias

from jamf_pro_client._dates import write_date, write_datetime
from jamf_pro_client.errors import ConfigurationError

__all__ = (
    "RESERVED",
    "FilterValue",
    "Pieces",
    "checked_name",
    "pattern_of",
    "pieces_of",
    "quoted",
    "sendable",
)

FilterValue: TypeAlias = str | bool | int | float | Decimal | datetime.date | enum.Enum | uuid.UUID
"""What fields can be compared with; a `datetime` is a `date` too."""

Pieces: TypeAlias = tuple[str, ...]
"""A value: literal text, cut where a wildcard stands. One piece has no wildcard."""

RESERVED = "\"'();,<>=!~"
"""What has a meaning in RSQL and cannot be part of a name."""


def pieces_of(value: object) -> Pieces:
    """Return a value as literal text.

    Raises:
        ConfigurationError: RSQL has no text for it.
    """
    return (sendable(_text(value)),)


def pattern_of(pattern: str) -> Pieces:
    """Return text in which every star is a wildcard.

    Raises:
        ConfigurationError: It is no text.
    """
    if not isinstance(pattern, str):
        raise ConfigurationError(f"a pattern must be text, not {type(pattern).__name__}")
    return tuple(sendable(str(pattern)).split("*"))


def quoted(value: Pieces) -> str:
    """Return a value in quotes.

    The quotes are those that the value does not hold, so that a backslash, which Jamf does not
    document, is seldom needed.
    """
    text = "".join(value)
    quote = "'" if '"' in text and "'" not in text else '"'
    return quote + "*".join(_escaped(piece, quote) for piece in value) + quote


def checked_name(name: str, also_reserved: str = "") -> str:
    """Return the name of a field.

    Raises:
        ConfigurationError: It would not be read as one name.
    """
    if not isinstance(name, str):
        raise ConfigurationError(f"the name of a field must be text, not a {type(name).__name__}")
    wrong = [mark for mark in name if mark.isspace() or mark in RESERVED + also_reserved]
    if wrong:
        raise ConfigurationError(f"the field name {name!r} holds {wrong[0]!r}")
    if not name:
        raise ConfigurationError("a field needs a name")
    return sendable(name)


def _escaped(text: str, quote: str) -> str:
    return text.replace("\\", "\\\\").replace("*", "\\*").replace(quote, "\\" + quote)


def _text(value: object) -> str:
    if isinstance(value, enum.Enum):
        return _text(value.value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime.datetime):
        return _moment(value)
    if isinstance(value, datetime.date):
        return write_date(value)
    if isinstance(value, float | Decimal):
        return _number(value)
    if isinstance(value, str | int | uuid.UUID):
        return str(value)
    if value is None:
        raise ConfigurationError("RSQL has no null: no filter finds fields without a value")
    raise ConfigurationError(f"RSQL has no text for a {type(value).__name__}")


def _number(number: float | Decimal) -> str:
    if not (number.is_finite() if isinstance(number, Decimal) else math.isfinite(number)):
        raise ConfigurationError(f"RSQL has no number for {number}")
    # Without an exponent, which decimals of few digits can have too.
    return f"{number:f}" if isinstance(number, Decimal) else str(number)


def _moment(moment: datetime.datetime) -> str:
    if moment.utcoffset() is None:
        raise ConfigurationError(
            f"{moment.isoformat()} has no time zone; give it one, such as tzinfo=datetime.UTC"
        )
    # The copy does not remember the text of the reply that the moment may come from: that can be
    # in another form than the one that servers are known to read.
    return write_datetime(moment.astimezone(datetime.UTC).replace())


def sendable(text: str) -> str:
    """Return the text.

    Raises:
        ConfigurationError: It cannot be written as UTF-8, and so not be sent.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ConfigurationError(f"{text!r} holds half a character (a lone surrogate)") from None
    return text
