"""Writes models, enums and dates as JSON: as plain values, or as bytes."""

from __future__ import annotations

import datetime
import enum
import json
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from msgspec import Raw
from msgspec.json import Encoder

from jamf_pro_client._dates import WrittenDate, WrittenDatetime, write_date, write_datetime
from jamf_pro_client._plans import plan_of
from jamf_pro_client._reading import read_json
from jamf_pro_client._requirements import required_names
from jamf_pro_client._stripping import strippers
from jamf_pro_client._unset import UNSET
from jamf_pro_client.model import Model
from jamf_pro_client.types import File

Items: TypeAlias = Callable[[Model], dict[str, Any]]

_PLAIN: Final = frozenset({str, int, float, bool, type(None)})
_DATES: Final[Mapping[type, Callable[[Any], str]]] = {
    datetime.datetime: write_datetime,
    WrittenDatetime: write_datetime,
    datetime.date: write_date,
    WrittenDate: write_date,
}


class IncompleteError(Exception):
    """A model lacks a field that requests need; where it lies is looked for only then."""


class _UnsetInsideError(Exception):
    """A dict or list of a model holds UNSET, which the encoder cannot leave out."""


def to_json(value: Any, *, for_request: bool = False, complete: bool = False) -> Any:
    """Return a value as plain JSON: models, enums and dates are turned into what they stand for.

    Args:
        value: A value of a field, or one that nests such values in lists and dicts.
        for_request: Leave out what only the server sets.
        complete: Insist on the required fields of requests.

    Raises:
        TypeError: It holds something that JSON has no form for.
        IncompleteError: A required field is not set.
    """
    return _plain(value, _chosen(for_request, complete))


def encode_json(value: Any, *, for_request: bool = False, complete: bool = False) -> bytes:
    """Return a value as JSON text; sections that nobody touched are copied as they came.

    Args:
        value: A model, or what `to_json` takes.
        for_request: Leave out what only the server sets.
        complete: Insist on the required fields of requests.

    Raises:
        TypeError: It holds something that JSON has no form for.
        IncompleteError: A required field is not set.
    """
    items = _chosen(for_request, complete)
    encoder = _ENCODERS[items]
    try:
        return encoder.encode(value if isinstance(value, Model) else _plain(value, items))
    except _UnsetInsideError:
        return encode_json(_plain(value, items))
    except UnicodeEncodeError:
        # Halves of surrogate pairs, which some servers send: only escapes can write them.
        return json.dumps(_plain(value, items), separators=(",", ":")).encode()


def items_to_send(value: Model) -> dict[str, Any]:
    """Return what is set by its JSON name, not encoded, without what only the server sets."""
    cls = type(value)
    plan = plan_of(cls)
    found = value.items_set()
    for name in plan.read_only:
        found.pop(name, None)
    if (cls.is_sectioned or plan.holds_rows) and Raw in map(type, found.values()):
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
    return items_to_send if for_request else Model.items_set


def _plain(value: Any, items: Items) -> Any:
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind is list or kind is tuple:
        return [part if type(part) in _PLAIN else _plain(part, items) for part in value]
    if isinstance(value, Model):
        return {
            name: part if type(part) in _PLAIN else _plain(part, items)
            for name, part in items(value).items()
        }
    if kind is Raw:
        return read_json(value)
    write = _DATES.get(kind)
    if write is not None:
        return write(value)
    return _odd_to_json(value, items)


def _odd_to_json(value: Any, items: Items) -> Any:
    match value:
        case datetime.datetime():
            return write_datetime(value)
        case datetime.date():
            return write_date(value)
        case _ if value is UNSET:
            raise TypeError(
                "UNSET stands for a field that is absent, it cannot be in a list or among the "
                "additional properties"
            )
        case enum.Enum():
            return value.value
        case str() | int() | float():
            return value
        case Mapping():
            return {key: _plain(part, items) for key, part in value.items() if part is not UNSET}
        case File():
            raise TypeError("a File is sent as a part of an upload, not inside JSON")
        case _:
            raise TypeError(f"JSON has no form for {type(value).__name__} objects")


def _hook(items: Items) -> Callable[[Any], Any]:
    def write(value: Any) -> Any:
        if not isinstance(value, Model):
            if value is UNSET.value:
                raise _UnsetInsideError
            return _odd_to_json(value, items)
        found = items(value)
        # The encoder asks for nested models by itself; dates it would write in its own way.
        for name in plan_of(type(value)).dates:
            part = found.get(name)
            if part is not None and type(part) is not Raw:
                found[name] = _plain(part, items)
        return found

    return write


_ENCODERS: Final[Mapping[Items, Encoder]] = {
    items: Encoder(enc_hook=_hook(items))
    for items in (Model.items_set, items_to_send, complete_items_to_send)
}
