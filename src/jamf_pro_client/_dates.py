"""Dates as Jamf Pro writes them: read whatever the form, written back as they were read.

Seven forms are known (reference: wire observations of 11.30 to 11.32): milliseconds or seconds
with Z, +0000, -00:00, no zone, `yyyy-mm-dd hh:mm:ss UTC`, and ISO text in fields called epoch.
"""

from __future__ import annotations

import datetime
import re
from typing import Any, Final, SupportsIndex

from msgspec.json import Encoder

_LOOKS_LIKE_A_DATE: Final = r"\d{4}.*[-/ ,.]|[-/ ,.].*\d{4}"
_NAMES_OF_UTC: Final = frozenset({"UTC", "GMT", "Z"})
_MIDNIGHT: Final = datetime.datetime(1970, 1, 1)
_SECONDS_LENGTH: Final = len("2024-05-06T07:08:09Z")
_MILLISECONDS_LENGTH: Final = len("2024-05-06T07:08:09.123Z")
_LENGTH_OF_A_DAY: Final = len("2024-05-06")


class WrittenDatetime(datetime.datetime):
    """A `datetime` that remembers the text it was read from, where `write_datetime` differs."""

    __slots__ = ("text",)

    text: str

    def __reduce_ex__(self, protocol: SupportsIndex) -> Any:
        # What is computed from one has its class, but no text.
        text = getattr(self, "text", None)
        return super().__reduce_ex__(protocol) if text is None else (_read_again, (text,))

    def __deepcopy__(self, memo: object) -> WrittenDatetime:
        return self

    def __copy__(self) -> WrittenDatetime:
        return self


class WrittenDate(datetime.date):
    """A `date` that remembers the text it was read from."""

    __slots__ = ("text",)

    text: str

    def __reduce_ex__(self, protocol: SupportsIndex) -> Any:
        text = getattr(self, "text", None)
        return super().__reduce_ex__(protocol) if text is None else (_read_date_again, (text,))

    def __deepcopy__(self, memo: object) -> WrittenDate:
        return self

    def __copy__(self) -> WrittenDate:
        return self


_from_iso: Final = datetime.datetime.fromisoformat
_json_of: Final = Encoder().encode
_written_from_iso: Final = WrittenDatetime.fromisoformat


def read_datetime(value: Any) -> Any:
    """Return a `datetime` for text that is one; anything else as it is."""
    try:
        moment = _from_iso(value)
        # The two forms that `write_datetime` writes: nothing has to be remembered. Among the ISO
        # dates of their lengths these characters are found at these places in no other form.
        length = len(value)
        if length == _MILLISECONDS_LENGTH:
            usual = value[23] == "Z" and value[19] == "." and moment.microsecond
        else:
            usual = length == _SECONDS_LENGTH and value[16] == ":" and value[11:13] != "24"
        if usual and value[10] == "T" and value[7] == "-":
            return moment
        moment = _written_from_iso(value)
    except TypeError:  # it is no text
        return value
    except ValueError:
        return _read_odd(value)
    moment.text = value
    return moment


def read_date(value: Any) -> Any:
    """Return a `date` for text that is one; anything else as it is."""
    if type(value) is not str:
        return value
    if len(value) == _LENGTH_OF_A_DAY and value[4] == value[7] == "-":
        try:
            return datetime.date.fromisoformat(value)
        except ValueError:
            return value
    moment = read_datetime(value)
    if not isinstance(moment, datetime.datetime):
        return value
    day = WrittenDate(moment.year, moment.month, moment.day)
    day.text = value
    return day


def write_datetime(moment: datetime.datetime) -> str:
    """Return the text that Jamf Pro writes for a moment, or the one it was read from.

    UTC is written with Z, milliseconds as three digits and left out when zero.
    """
    text: str | None = getattr(moment, "text", None)
    if text is not None:
        return text
    if type(moment) is datetime.datetime and moment.tzinfo is datetime.UTC:
        # Microseconds or none, with Z; in a tenth of the time that `isoformat` takes.
        written = _json_of(moment)[1:-1].decode()
        return f"{written[:-4]}Z" if written.endswith("000Z") else written
    micros = moment.microsecond
    precision = "seconds" if not micros else "microseconds" if micros % 1000 else "milliseconds"
    written = moment.isoformat(timespec=precision)
    return written.removesuffix("+00:00") + "Z" if written.endswith("+00:00") else written


def write_date(day: datetime.date) -> str:
    """Return the text for a day, or the one it was read from."""
    text: str | None = getattr(day, "text", None)
    return day.isoformat() if text is None else text


def _read_odd(value: str) -> Any:
    if not re.search(_LOOKS_LIKE_A_DATE, value):
        return value  # "", "-1", "never": dateutil would make up a day of this month from some
    # Imported here: the standard library reads all but the odd ones, and dateutil is slow to load.
    from dateutil.parser import parse

    try:
        return _remember(parse(value, tzinfos=_zone, default=_MIDNIGHT), value)
    except (ValueError, OverflowError):
        return value


def _zone(name: str | None, seconds: int | None) -> datetime.tzinfo | None:
    """Return the zone of a date; None for one that only a name tells.

    Left to itself, dateutil takes such a name for the machine's own zone, or warns. `timezone`
    refuses a day and more with ValueError; with such a zone a date could not be compared.
    """
    if seconds is not None:
        return datetime.timezone(datetime.timedelta(seconds=seconds))
    return datetime.UTC if name in _NAMES_OF_UTC else None


def _remember(moment: datetime.datetime, text: str) -> WrittenDatetime:
    written = WrittenDatetime(
        moment.year,
        moment.month,
        moment.day,
        moment.hour,
        moment.minute,
        moment.second,
        moment.microsecond,
        moment.tzinfo,
        fold=moment.fold,
    )
    written.text = text
    return written


def _read_again(text: str) -> Any:
    return read_datetime(text)


def _read_date_again(text: str) -> Any:
    return read_date(text)
