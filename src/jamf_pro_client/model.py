"""The base of all models, and the words with which generated classes declare their fields."""

from __future__ import annotations

import datetime
import enum
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Final, Self, TypeVar, dataclass_transform

import attrs

from jamf_pro_client._dates import write_date, write_datetime
from jamf_pro_client._unset import UNSET
from jamf_pro_client.shapes import Decode, Shape, decoder
from jamf_pro_client.types import File

__all__ = ("Model", "json_field", "model", "to_json")

M = TypeVar("M", bound="type[Model]")

_FIELD: Final = "jamf_pro_client"
_ADDITIONAL: Final = "additional_properties"


@attrs.frozen
class _Declared:
    json_name: str
    shape: Shape
    read_only: bool


def json_field(
    json_name: str,
    shape: Shape = None,
    *,
    default: Any = attrs.NOTHING,
    read_only: bool = False,
    secret: bool = False,
) -> Any:
    """Declare a field of a model.

    Args:
        json_name: Its name in JSON.
        shape: How its value is decoded; None for values that are taken as they are.
        default: UNSET for fields that may be absent; a constant for tags; none for required ones.
        read_only: The server sets it; it is not sent.
        secret: It is left out of `repr`.
    """
    return attrs.field(
        default=default,
        repr=not secret,
        metadata={_FIELD: _Declared(json_name, shape, read_only)},
    )


@dataclass_transform(kw_only_default=True, field_specifiers=(json_field,))
def model(cls: M) -> M:
    """Make a class of annotated fields a model: an attrs class with slots and keyword arguments."""
    return attrs.define(cls, kw_only=True, slots=True, eq=True, repr=False)


@attrs.frozen
class _Plan:
    """What decoding and encoding need to know of a class, worked out when it is first used."""

    fields: tuple[tuple[str, str, Decode | None], ...]
    read_only: frozenset[str]
    additional: Decode | None


@attrs.define(kw_only=True, slots=True, eq=True, repr=False)
class Model:
    """A JSON object with typed fields.

    Lossless: keys that the description does not know are kept in `additional_properties`, null
    (`None`) and absent (`UNSET`) stay distinct, and dates are written as they were read. What a
    server sends in place of what was described is kept as it came.
    """

    _additional_shape: ClassVar[Shape] = None
    _plan: ClassVar[_Plan | None] = None

    additional_properties: dict[str, Any] = attrs.field(factory=dict)
    """Keys of the object that the description does not know, as plain JSON values."""

    @classmethod
    def from_dict(cls, source: Mapping[str, Any]) -> Self:
        """Return the model of a JSON object; the object itself is not changed."""
        plan = _plan_of(cls)
        rest = dict(source)
        self = cls.__new__(cls)
        for name, json_name, decode in plan.fields:
            value = rest.pop(json_name, UNSET)
            if decode is not None and value is not None and value is not UNSET:
                value = decode(value)
            setattr(self, name, value)
        if plan.additional is not None:
            rest = {key: plan.additional(value) for key, value in rest.items()}
        self.additional_properties = rest
        return self

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON object: plain dicts, lists, text, numbers, booleans and None."""
        return {name: to_json(value) for name, value in self._items(skip=frozenset())}

    def to_request(self) -> dict[str, Any]:
        """Return the JSON object to send: like `to_dict`, without what only the server sets."""
        return {
            name: to_json(value, for_request=True)
            for name, value in self._items(skip=_plan_of(type(self)).read_only)
        }

    def to_parts(self) -> dict[str, Any]:
        """Return what is set by its JSON name, not encoded: the parts of an upload."""
        return dict(self._items(skip=frozenset()))

    @classmethod
    def json_names(cls) -> tuple[str, ...]:
        """Return the JSON names of the fields, in their order."""
        return tuple(json_name for _, json_name, _ in _plan_of(cls).fields)

    def _items(self, skip: frozenset[str]) -> Iterator[tuple[str, Any]]:
        for name, json_name, _ in _plan_of(type(self)).fields:
            value = getattr(self, name)
            if value is not UNSET and name not in skip:
                yield json_name, value
        yield from self.additional_properties.items()

    def __repr__(self) -> str:
        """Show what is set; secrets are left out."""
        shown = [
            f"{declared.name}={'***' if not declared.repr else repr(value)}"
            for declared in attrs.fields(type(self))
            if (value := getattr(self, declared.name)) is not UNSET
            and not (declared.name == _ADDITIONAL and not value)
        ]
        return f"{type(self).__name__}({', '.join(shown)})"


def _plan_of(cls: type[Model]) -> _Plan:
    # Looked up in the class's own namespace: an inherited plan would be the parent's.
    plan = cls.__dict__.get("_plan")
    if plan is None:
        package = cls.__module__.rpartition(".")[0]
        declared = [
            (given.name, given.metadata[_FIELD])
            for given in attrs.fields(cls)
            if given.name != _ADDITIONAL
        ]
        plan = _Plan(
            fields=tuple(
                (name, facts.json_name, decoder(facts.shape, package)) for name, facts in declared
            ),
            read_only=frozenset(name for name, facts in declared if facts.read_only),
            additional=decoder(cls._additional_shape, package),
        )
        cls._plan = plan
    return plan


def to_json(value: Any, *, for_request: bool = False) -> Any:
    """Return a value as plain JSON: models, enums and dates are turned into what they stand for.

    Args:
        value: A value of a field, or one that nests such values in lists and dicts.
        for_request: Leave out what only the server sets.

    Raises:
        TypeError: It holds something that JSON has no form for.
    """
    match value:
        case None | bool():
            return value
        case enum.Enum():
            return value.value
        case str() | int() | float():
            return value
        case Model():
            return value.to_request() if for_request else value.to_dict()
        case datetime.datetime():
            return write_datetime(value)
        case datetime.date():
            return write_date(value)
        case list() | tuple():
            return [to_json(part, for_request=for_request) for part in value]
        case Mapping():
            return {key: to_json(part, for_request=for_request) for key, part in value.items()}
        case File():
            raise TypeError("a File is sent as a part of an upload, not inside JSON")
        case _:
            raise TypeError(f"JSON has no form for {type(value).__name__} objects")
