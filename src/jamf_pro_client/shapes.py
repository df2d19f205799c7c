"""What a JSON value stands for: the few shapes that generated code declares.

A shape is data. `decoder` turns it into a function once, when a class or operation is first
used, so that importing generated code loads no model that is not needed. Decoding never fails:
a value that does not fit its shape is handed over as it came.
"""

from __future__ import annotations

import enum
import importlib
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple, TypeAlias

from jamf_pro_client._dates import read_date, read_datetime

__all__ = ("DATE", "DATETIME", "ListOf", "OneOf", "Ref", "Shape", "Tagged", "decoder")

Decode: TypeAlias = Callable[[Any], Any]


class Ref(NamedTuple):
    """A model or an enum of the same package, by its class name."""

    name: str


class ListOf(NamedTuple):
    """A JSON array whose values have one shape; None for values that are taken as they are."""

    item: Shape


class Tagged(NamedTuple):
    """One of several models, told apart by the value of a property."""

    tag: str
    """JSON name of the property."""
    models: Mapping[str, str]
    """Value of the property -> class name."""
    fallback: str | None = None
    """Class for values that are not in `models`; None leaves such an object a dict."""


class OneOf(NamedTuple):
    """One of several shapes without a tag; the model that knows most of the keys is taken."""

    options: tuple[Shape, ...]


class _Scalar(NamedTuple):
    name: str


DATETIME: Final = _Scalar("datetime")
"""Text that is a moment."""
DATE: Final = _Scalar("date")
"""Text that is a day."""

_DATES: Final[Mapping[object, Decode]] = {DATETIME: read_datetime, DATE: read_date}

Shape: TypeAlias = Ref | ListOf | Tagged | OneOf | _Scalar | None


def decoder(shape: Shape, package: str) -> Decode | None:
    """Return the function that decodes a JSON value of a shape; None if there is nothing to do.

    Args:
        shape: What the value stands for.
        package: The package that holds the models, such as `jamf_pro_client.models`.
    """
    match shape:
        case None:
            return None
        case Ref(name):
            return _class_decoder(getattr(importlib.import_module(package), name))
        case ListOf(item):
            return _list_decoder(decoder(item, package))
        case Tagged():
            return _tagged_decoder(shape, package)
        case OneOf(options):
            return _best_decoder(options, package)
        case _:
            return _DATES[shape]


def _class_decoder(cls: Any) -> Decode:
    if issubclass(cls, enum.Enum):
        kind = int if issubclass(cls, int) else str
        return lambda value: cls(value) if type(value) is kind else value
    return lambda value: cls.from_dict(value) if isinstance(value, Mapping) else value


def _list_decoder(decode: Decode | None) -> Decode | None:
    if decode is None:
        return None
    return lambda value: (
        [part if part is None else decode(part) for part in value]
        if isinstance(value, list)
        else value
    )


def _tagged_decoder(shape: Tagged, package: str) -> Decode:
    # Decoders are made one by one as their tags turn up: a union of 35 commands loads 35 models.
    made: dict[str, Decode | None] = {}

    def decode(value: Any) -> Any:
        if not isinstance(value, Mapping):
            return value
        tag = value.get(shape.tag)
        name = shape.models.get(tag, shape.fallback) if isinstance(tag, str) else shape.fallback
        if name is None:
            return value
        if name not in made:
            made[name] = decoder(Ref(name), package)
        chosen = made[name]
        return chosen(value) if chosen else value

    return decode


def _best_decoder(options: tuple[Shape, ...], package: str) -> Decode:
    models = importlib.import_module(package)
    classes = [getattr(models, option.name) for option in options if isinstance(option, Ref)]
    lists = [decoder(option, package) for option in options if isinstance(option, ListOf)]
    enums = [cls for cls in classes if issubclass(cls, enum.Enum)]
    dates = [read for option in options if (read := _DATES.get(option))]

    def scalar(value: Any) -> Any:
        for cls in enums:
            # Known members only: other text may be meant for another option.
            if value in cls._value2member_map_:
                return cls(value)
        read_values = (read(value) for read in dates)
        return next((given for given in read_values if given is not value), value)

    def known_keys(cls: Any, value: Mapping[str, Any]) -> int:
        return sum(name in value for name in cls.json_names())

    def decode(value: Any) -> Any:
        if isinstance(value, Mapping):
            candidates = [cls for cls in classes if not issubclass(cls, enum.Enum)]
            if candidates:
                return max(candidates, key=lambda cls: known_keys(cls, value)).from_dict(value)
        elif isinstance(value, list):
            return lists[0](value) if lists and lists[0] else value
        elif isinstance(value, str) or type(value) is int:
            return scalar(value)
        return value

    return decode
