"""Writes models, enums and dates as JSON: as plain values, or as bytes."""

from __future__ import annotations

import datetime
import enum
import json
import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, TypeAlias

from msgspec import Raw
from msgspec.json import Encoder

from jamf_pro_client._dates import WrittenDate, WrittenDatetime, write_date, write_datetime
from jamf_pro_client._model.plans import plan_of
from jamf_pro_client._model.requirements import below, required_names
from jamf_pro_client._model.stripping import strippers
from jamf_pro_client._reading import LongInteger, read_json
from jamf_pro_client._unset import UNSET
from jamf_pro_client.model import Model
from jamf_pro_client.shapes import DATETIME, Scalar
from jamf_pro_client.types import File

Items: TypeAlias = Callable[[Model], dict[str, Any]]
Convert: TypeAlias = Callable[[Any, Items], Any]

_PLAIN: Final = frozenset({str, int, float, bool, type(None)})
# What the encoder writes by itself as it should; models and enums of text join when first met.
_AS_THEY_ARE: Final[set[type]] = {str, int, bool, type(None), Raw}
_DATES: Final[Mapping[type, Callable[[Any], str]]] = {
    datetime.datetime: write_datetime,
    WrittenDatetime: write_datetime,
    datetime.date: write_date,
    WrittenDate: write_date,
}


class IncompleteError(Exception):
    """A model lacks a field that requests need; where it lies is looked for only then."""


class NoJsonError(TypeError):
    """A value has no form in JSON; where it lies is looked for only then."""


def to_json(value: Any, *, for_request: bool = False, complete: bool = False) -> Any:
    """Return a value as plain JSON: models, enums and dates are turned into what they stand for.

    Args:
        value: A value of a field, or one that nests such values in lists and dicts.
        for_request: Leave out what only the server sets.
        complete: Insist on the required fields of requests.

    Raises:
        TypeError: It holds something that JSON has no form for; the message says where.
        IncompleteError: A required field is not set.
    """
    items = _chosen(for_request, complete)
    try:
        return _plain(value, items)
    except NoJsonError as error:
        raise _located(error, value, items, _plain) from None
    except UnicodeDecodeError as error:
        raise _not_utf_8(error) from None


def encode_json(value: Any, *, for_request: bool = False, complete: bool = False) -> bytes:
    """Return a value as JSON text; sections that nobody touched are copied as they came.

    It takes what `to_json` takes, but no NaN and no infinity: JSON has no numbers for them.

    Args:
        value: A model, or what `to_json` takes.
        for_request: Leave out what only the server sets.
        complete: Insist on the required fields of requests.

    Raises:
        TypeError: It holds something that JSON has no form for; the message says where.
        IncompleteError: A required field is not set.
    """
    items = _chosen(for_request, complete)
    try:
        return _ENCODERS[items].encode(_ready(value, items))
    except NoJsonError as error:
        raise _located(error, value, items, _ready_throughout) from None
    except UnicodeDecodeError as error:
        raise _not_utf_8(error) from None
    except UnicodeEncodeError:
        # Halves of surrogate pairs, which some servers send: only escapes can write them.
        ready = _ready_throughout(value, items)
        return json.dumps(ready, separators=(",", ":"), default=read_json).encode()


def items_to_send(value: Model) -> dict[str, Any]:
    """Return what is set by its JSON name, not encoded, without what only the server sets."""
    cls = type(value)
    plan = plan_of(cls)
    found = value._items_set()
    for name in plan.read_only:
        found.pop(name, None)
    if (cls._is_sectioned or plan.holds_rows) and Raw in map(type, found.values()):
        for name, strip in strippers(cls).items():
            if type(found.get(name)) is Raw:
                found[name] = strip(read_json(found[name]))
    return found


def complete_items_to_send(value: Model) -> dict[str, Any]:
    """Do as `items_to_send` does, but insist on required fields.

    A section that is still text counts as it came: it is not looked into.

    Raises:
        IncompleteError: One is not set.
    """
    found = items_to_send(value)
    if not found.keys() >= required_names(type(value)):
        raise IncompleteError
    return found


def _chosen(for_request: bool, complete: bool) -> Items:
    if complete:
        return complete_items_to_send
    return items_to_send if for_request else Model._items_set


def _plain(value: Any, items: Items) -> Any:
    """Return a value as plain JSON."""
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind is list or kind is tuple:
        return [part if type(part) in _PLAIN else _plain(part, items) for part in value]
    if isinstance(value, Model):
        found = items(value)
        _write_dates(found, plan_of(kind).dates)
        return {
            name: part if type(part) in _PLAIN else _plain(part, items)
            for name, part in found.items()
        }
    if kind is Raw:
        return read_json(value)
    if isinstance(value, Mapping):
        return {
            _name(name): _plain(part, items) for name, part in value.items() if part is not UNSET
        }
    return _scalar(value)


def _ready(value: Any, items: Items) -> Any:
    """Return a value for the encoder, which has its own ways with dates, numbers and others.

    It asks for the objects of models by itself.
    """
    kind = type(value)
    if kind in _AS_THEY_ARE:
        return value
    if kind is list or kind is tuple:
        if _AS_THEY_ARE.issuperset(map(type, value)):
            return value
        return [part if type(part) in _AS_THEY_ARE else _ready(part, items) for part in value]
    if isinstance(value, Model) or (isinstance(value, str) and isinstance(value, enum.Enum)):
        _AS_THEY_ARE.add(kind)
        return value
    if isinstance(value, float) and not math.isfinite(value):
        raise NoJsonError(f"JSON has no number for {float(value)!r}")
    if isinstance(value, LongInteger):
        return Raw(value.encode())
    if isinstance(value, Mapping):
        return {
            _name(name): _ready(part, items) for name, part in value.items() if part is not UNSET
        }
    return _scalar(value)


def _ready_throughout(value: Any, items: Items) -> Any:
    """Do as `_ready` does, with the objects of models in their places."""
    ready = _ready(value, items)
    if isinstance(ready, Model):
        ready = _hook(items)(ready)
    if type(ready) is dict:
        return {name: _ready_throughout(part, items) for name, part in ready.items()}
    if isinstance(ready, list | tuple):
        return [_ready_throughout(part, items) for part in ready]
    return ready


def _write_dates(found: dict[str, Any], dates: Mapping[str, Scalar]) -> None:
    """Put text for dates: only a field knows whether it is a day or a moment."""
    for name, kind in dates.items():
        part = found.get(name)
        if part is not None:
            found[name] = _written(part, kind)


def _written(value: Any, kind: Scalar) -> Any:
    """Return the text of a day or a moment; other values as they are, lists of them too."""
    if isinstance(value, datetime.datetime):
        return write_datetime(value) if kind is DATETIME else write_date(value.date())
    if isinstance(value, datetime.date):
        if kind is DATETIME:
            raise NoJsonError("a date has no time of day: give a datetime with a time zone")
        return write_date(value)
    return [_written(part, kind) for part in value] if type(value) is list else value


def _name(name: Any) -> str:
    if type(name) is str:
        return name
    if isinstance(name, str):
        return str(name.value if isinstance(name, enum.Enum) else name)
    raise NoJsonError(f"names in JSON must be text, not {type(name).__name__} objects")


def _scalar(value: Any) -> Any:
    write = _DATES.get(type(value))
    if write is not None:
        return write(value)
    match value:
        case datetime.datetime():
            return write_datetime(value)
        case datetime.date():
            return write_date(value)
        case _ if value is UNSET:
            raise NoJsonError(
                "UNSET stands for a field that is absent; it cannot be in a list or among the "
                "additional properties"
            )
        case enum.Enum() if type(value.value) in _PLAIN:
            return value.value
        case enum.Enum():
            return _scalar(value.value)
        case LongInteger():
            return value
        # The encoder knows no subclasses, such as our own filters: it gets what they are made of.
        case str():
            return str.__str__(value)
        case int():
            return int.__int__(value)
        case float():
            return float.__float__(value)
        case File():
            raise NoJsonError("a File is sent as a part of an upload, not inside JSON")
        case _:
            raise NoJsonError(f"JSON has no form for {type(value).__name__} objects")


def _located(error: NoJsonError, value: Any, items: Items, convert: Convert) -> NoJsonError:
    """Return an error that says where it lies.

    Args:
        error: The error.
        value: What could not be converted.
        items: How the items of models are listed.
        convert: What raised it.
    """
    pointer = _place(value, items, convert)
    return NoJsonError(f"{error} (JSON pointer {pointer})") if pointer else error


def _not_utf_8(error: UnicodeDecodeError) -> NoJsonError:
    return NoJsonError(f"one of its sections is not UTF-8 ({error})")


def _place(value: Any, items: Items, convert: Convert) -> str:
    """Return the JSON pointer (RFC 6901) of the first part that cannot be converted."""
    dates = plan_of(type(value)).dates if isinstance(value, Model) else {}
    for step, part in _parts(value, items):
        try:
            convert(_written(part, dates[step]) if step in dates else part, items)
        except NoJsonError:
            return below("", step) + _place(part, items, convert)
    return ""


def _parts(value: Any, items: Items) -> Iterator[tuple[Any, Any]]:
    match value:
        case Model():
            yield from items(value).items()
        case Mapping():
            yield from value.items()
        case list() | tuple():
            yield from enumerate(value)


def _hook(items: Items) -> Callable[[Model], dict[str, Any]]:
    """Return what the encoder asks for the object of a model."""

    def object_of(value: Model) -> dict[str, Any]:
        found = items(value)
        dates = plan_of(type(value)).dates
        if dates:
            _write_dates(found, dates)
        if not _AS_THEY_ARE.issuperset(map(type, found.values())):
            for name, part in found.items():
                if type(part) not in _AS_THEY_ARE:
                    found[name] = _ready(part, items)
        return found

    return object_of


_ENCODERS: Final[Mapping[Items, Encoder]] = {
    items: Encoder(enc_hook=_hook(items))
    for items in (Model._items_set, items_to_send, complete_items_to_send)
}
