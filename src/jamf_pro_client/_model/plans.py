"""What decoding and encoding need to know of a model class, worked out when it is first used."""

from __future__ import annotations

import operator
import threading
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from jamf_pro_client._model.decoding import (
    Decode,
    DecodeText,
    dates_in,
    decoder,
    rows_decoder,
    section_decoder,
)
from jamf_pro_client._unset import UNSET
from jamf_pro_client.shapes import Scalar

if TYPE_CHECKING:
    from jamf_pro_client.model import Model

_PLANNING: Final = threading.RLock()
_MOST_MET: Final = 16
_BEING_PLANNED: Final[set[type[Any]]] = set()


class Plan(NamedTuple):
    """What decoding and encoding need to know of one class."""

    read: Decode
    """Makes an object of a dict; hands over anything else as it is."""
    decoders: dict[str, Decode]
    """Attribute -> decoder, for the fields that have one."""
    attributes: dict[str, str]
    """JSON name -> attribute."""
    json_names: dict[str, str]
    """Attribute -> JSON name."""
    values_of: Callable[[Any], tuple[Any, ...]]
    """Returns the values of all attributes, in their order."""
    slots: tuple[tuple[str, Callable[[Any], Any]], ...]
    """JSON name and getter of each slot; it raises where the slot is not set."""
    dates: dict[str, Scalar]
    """JSON name -> what its dates are, for the fields that hold dates."""
    read_only: tuple[str, ...]
    """JSON names of the fields that are not sent."""
    additional: Decode | None
    met: dict[str, None]
    """JSON names that objects had although nobody described them, in the order they turned up."""
    texts: dict[str, DecodeText]
    """Attribute -> decoder of JSON text, for the fields that are not decoded from dicts."""
    holds_rows: bool
    """Whether a field holds records of many sections."""


def plan_of(cls: type[Model]) -> Plan:
    """Return the plan of a class, made when it is first needed."""
    if cls._plan is None:
        with _PLANNING:
            if cls._plan is None:
                _BEING_PLANNED.add(cls)
                try:
                    cls._plan = _make_plan(cls)
                finally:
                    _BEING_PLANNED.discard(cls)
    return cls._plan


def _make_plan(cls: type[Model]) -> Plan:
    package = cls._package
    declared = cls._declared
    decoders = {
        name: decode
        for name, field in declared.items()
        if (decode := decoder(field.shape, package)) is not None
    }
    attributes = {field.json_name: name for name, field in declared.items()}
    additional = decoder(cls._additional_shape, package)
    met: dict[str, None] = {}
    rows = {
        name: decode_rows
        for name, field in declared.items()
        if (decode_rows := rows_decoder(field.shape, package)) is not None
    }
    return Plan(
        read=_reader(cls, decoders, attributes, additional, met),
        decoders=decoders,
        attributes=attributes,
        json_names={name: field.json_name for name, field in declared.items()},
        values_of=_values_of(tuple(declared)),
        slots=tuple((json, getattr(cls, name).__get__) for json, name in attributes.items()),
        dates={
            field.json_name: kind
            for field in declared.values()
            if (kind := dates_in(field.shape)) is not None
        },
        read_only=tuple(field.json_name for field in declared.values() if field.read_only),
        additional=additional,
        met=met,
        texts={**(_sections(cls, decoders) if cls._is_sectioned else {}), **rows},
        holds_rows=bool(rows),
    )


def _sections(cls: type[Model], decoders: dict[str, Decode]) -> dict[str, DecodeText]:
    package = cls._package
    return {
        name: section_decoder(cls._declared[name].shape, package, decode)
        for name, decode in decoders.items()
    }


def _values_of(names: tuple[str, ...]) -> Callable[[Any], tuple[Any, ...]]:
    # attrgetter gives a tuple for two names and more only.
    if len(names) > 1:
        return operator.attrgetter(*names)
    return lambda instance: tuple(getattr(instance, name) for name in names)


def _reader(
    cls: type[Model],
    decoders: dict[str, Decode],
    attributes: dict[str, str],
    additional: Decode | None,
    met: dict[str, None],
) -> Decode:
    """Return the function that decodes what should be an object of a class."""
    absent = dict.fromkeys(attributes, UNSET)

    def otherwise(value: Any, read: Decode) -> Any:
        """Decode what is no dict of just the described keys; generated code knows only that."""
        if type(value) is not dict:
            return value
        filled = {**absent, **value}
        if len(filled) == len(absent):
            if len(value) == len(absent):
                raise TypeError("a decoder raised KeyError")  # ours, not the value's fault
            return read(filled)
        extra = {key: filled.pop(key) for key in value if key not in absent}
        if not extra.keys() <= met.keys():
            _remember(met, extra)
        made = read(filled)
        made.additional_properties = extra if additional is None else decode_each(additional, extra)
        return made

    named = {f"read_{name}": decode for name, decode in decoders.items()}
    return cls._make_reader(object.__new__, otherwise, **named)


def _remember(met: dict[str, None], found: Iterable[str]) -> None:
    # No more than a newer version would add; and msgspec takes no field names with these.
    for key in found:
        if len(met) < _MOST_MET and key.isprintable() and not {'"', "\\"} & set(key):
            met[key] = None


def decode_each(decode: Decode, values: dict[str, Any]) -> dict[str, Any]:
    """Return a dict with its values decoded."""
    return {key: decode(value) for key, value in values.items()}


def reader_of(cls: type[Model]) -> Decode:
    """Return the function that decodes a value that should be an object of a class."""
    with _PLANNING:
        if cls in _BEING_PLANNED:  # it holds itself, at some depth
            return lambda value: plan_of(cls).read(value)
        return plan_of(cls).read
