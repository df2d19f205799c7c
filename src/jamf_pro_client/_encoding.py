"""Writes models, enums and dates as JSON: as plain values, or as bytes."""

from __future__ import annotations

import datetime
import enum
from collections.abc import Callable, Mapping
from typing import Any, Final

from msgspec import Raw
from msgspec.json import Encoder

from jamf_pro_client._dates import write_date, write_datetime
from jamf_pro_client._plans import plan_of
from jamf_pro_client._reading import read_json
from jamf_pro_client.model import Model
from jamf_pro_client.types import File

_PLAIN: Final = frozenset({str, int, float, bool, type(None)})


def to_json(value: Any, *, for_request: bool = False) -> Any:
    """Return a value as plain JSON: models, enums and dates are turned into what they stand for.

    Args:
        value: A value of a field, or one that nests such values in lists and dicts.
        for_request: Leave out what only the server sets.

    Raises:
        TypeError: It holds something that JSON has no form for.
    """
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind is list or kind is tuple:
        return [
            part if type(part) in _PLAIN else to_json(part, for_request=for_request)
            for part in value
        ]
    if isinstance(value, Model):
        return {
            name: part if type(part) in _PLAIN else to_json(part, for_request=for_request)
            for name, part in _items(value, for_request).items()
        }
    if kind is Raw:
        return read_json(value)
    return _odd_to_json(value, for_request)


def encode_json(value: Any, *, for_request: bool = False) -> bytes:
    """Return a value as JSON text; sections that nobody touched are copied as they came.

    Args:
        value: A model, or what `to_json` takes.
        for_request: Leave out what only the server sets.

    Raises:
        TypeError: It holds something that JSON has no form for.
    """
    encoder = _REQUESTS if for_request else _WHOLE
    if isinstance(value, Model):
        return encoder.encode(value)
    return encoder.encode(to_json(value, for_request=for_request))


def _items(value: Model, for_request: bool) -> dict[str, Any]:
    found = value.items_set()
    if for_request:
        for name in plan_of(type(value)).read_only:
            found.pop(name, None)
    return found


def _odd_to_json(value: Any, for_request: bool) -> Any:
    match value:
        case enum.Enum():
            return value.value
        case str() | int() | float():
            return value
        case datetime.datetime():
            return write_datetime(value)
        case datetime.date():
            return write_date(value)
        case Mapping():
            return {key: to_json(part, for_request=for_request) for key, part in value.items()}
        case File():
            raise TypeError("a File is sent as a part of an upload, not inside JSON")
        case _:
            raise TypeError(f"JSON has no form for {type(value).__name__} objects")


def _hook(*, for_request: bool) -> Callable[[Any], Any]:
    def write(value: Any) -> Any:
        if not isinstance(value, Model):
            return _odd_to_json(value, for_request)
        found = _items(value, for_request)
        # The encoder asks for nested models by itself; dates it would write in its own way.
        for name in plan_of(type(value)).dates:
            if name in found:
                found[name] = to_json(found[name]) if type(found[name]) is not Raw else found[name]
        return found

    return write


_WHOLE: Final = Encoder(enc_hook=_hook(for_request=False))
_REQUESTS: Final = Encoder(enc_hook=_hook(for_request=True))
