"""Compares a JSON value with the shape that the description gives it; pure functions."""

from __future__ import annotations

import enum
import functools
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from jamf_pro_client._model.fields import Declared
from jamf_pro_client._model.requirements import below
from jamf_pro_client.shapes import DATE, ListOf, OneOf, Ref, Scalar, Shape, Tagged

if TYPE_CHECKING:
    from jamf_pro_client.drift import Kind

_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d")
_DATE_TIME: Final = re.compile(  # RFC 3339, as `format: date-time` means it
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.IGNORECASE
)
_TYPES: Final[dict[str, tuple[type, ...]]] = {
    "str": (str,),
    "int": (int,),
    "float": (int, float),
    "bool": (bool,),
}
_JSON_NAMES: Final = {
    "NoneType": "null",
    "bool": "boolean",
    "int": "integer",
    "float": "number",
    "str": "string",
    "list": "array",
    "dict": "object",
}
_SHOWN_CHARACTERS: Final = 60

Path = tuple[str | int, ...]


class Deviation(NamedTuple):
    """One place where a value is not as described."""

    kind: Kind
    path: Path
    seen: str

    @property
    def pointer(self) -> str:
        """The JSON pointer, with `*` for positions."""
        return _pointer("*" if isinstance(part, int) else part for part in self.path)

    @property
    def exact_pointer(self) -> str:
        """The JSON pointer."""
        return _pointer(str(part) for part in self.path)


def deviations(
    value: Any, shape: Shape, package: str, limit: int | None, path: Path = ()
) -> Iterator[Deviation]:
    """Yield where a value differs from its shape.

    Args:
        value: Plain JSON.
        shape: What it stands for.
        package: The package of the models.
        limit: How many values of each array are looked at; None for all.
        path: Where the value stands.
    """
    match shape:
        case Ref():
            cls = shape.load(package)
            if issubclass(cls, enum.Enum):
                yield from _of_enum(value, cls, path)
            else:
                yield from _of_object(value, cls, package, limit, path)
        case ListOf(item):
            yield from _of_array(value, item, package, limit, path)
        case Tagged():
            yield from _of_union(value, shape, package, limit, path)
        case Scalar():
            yield from _of_date(value, shape, path)
        case OneOf() | None:
            return


def _of_enum(value: Any, cls: type[enum.Enum], path: Path) -> Iterator[Deviation]:
    kind = int if issubclass(cls, int) else str
    if type(value) is not kind:
        yield _wrong_type(value, path)
    elif value not in cls._value2member_map_:
        yield Deviation("unknown value", path, str(value)[:_SHOWN_CHARACTERS])


def _of_date(value: Any, shape: Scalar, path: Path) -> Iterator[Deviation]:
    if not isinstance(value, str):
        yield _wrong_type(value, path)
    elif not (_DATE if shape is DATE else _DATE_TIME).fullmatch(value):
        yield Deviation("odd date", path, re.sub(r"\d", "0", value)[:_SHOWN_CHARACTERS])


def _of_array(
    value: Any, item: Shape, package: str, limit: int | None, path: Path
) -> Iterator[Deviation]:
    if not isinstance(value, list):
        yield _wrong_type(value, path)
        return
    for number, part in enumerate(value[:limit]):
        yield from _of_value(part, item, package, limit, (*path, number))


def _of_union(
    value: Any, shape: Tagged, package: str, limit: int | None, path: Path
) -> Iterator[Deviation]:
    if not isinstance(value, dict):
        yield _wrong_type(value, path)
        return
    tag = value.get(shape.tag)
    name = shape.models.get(tag) if isinstance(tag, str) else None
    if name is None:
        yield Deviation("unknown tag", (*path, shape.tag), str(tag)[:_SHOWN_CHARACTERS])
    else:
        yield from deviations(value, Ref(name), package, limit, path)


def _of_object(
    value: Any, cls: Any, package: str, limit: int | None, path: Path
) -> Iterator[Deviation]:
    if not isinstance(value, dict):
        yield _wrong_type(value, path)
        return
    declared: dict[str, Declared] = cls._declared
    for name, field in declared.items():
        place = (*path, field.json_name)
        if field.json_name not in value:
            if not field.write_only and "Unset" not in cls.__annotations__[name]:
                yield Deviation("missing", place, "nothing")
        elif value[field.json_name] is None:
            if not (field.nullable or _is_section(cls, name, field)):
                yield Deviation("null", place, "null")
        elif field.shape is None:
            yield from _of_plain(value[field.json_name], cls.__annotations__[name], place)
        else:
            yield from deviations(value[field.json_name], field.shape, package, limit, place)
    known = {field.json_name for field in declared.values()}
    for key, part in value.items():
        if key in known:
            continue
        if cls._additional_shape is not None:
            yield from _of_value(part, cls._additional_shape, package, limit, (*path, key))
        elif declared:
            yield Deviation("unknown key", (*path, key), _type_name(part))


def _is_section(cls: Any, name: str, field: Declared) -> bool:
    """Whether a field is a part of a large record, which is null when nobody asked for it."""
    return (
        cls._is_sectioned
        and isinstance(field.shape, Ref | ListOf)
        and "Unset" in cls.__annotations__[name]
    )


def _of_value(
    value: Any, shape: Shape, package: str, limit: int | None, path: Path
) -> Iterator[Deviation]:
    if value is None and shape is not None:
        yield Deviation("null", path, "null")
    else:
        yield from deviations(value, shape, package, limit, path)


def _of_plain(value: Any, annotation: str, path: Path) -> Iterator[Deviation]:
    """Compare a value that is taken as it is with the first part of its annotation."""
    expected = annotation.partition(" | ")[0]
    if expected.startswith("list["):
        if not isinstance(value, list):
            yield _wrong_type(value, path)
    elif expected in _TYPES and type(value) not in _TYPES[expected]:
        yield _wrong_type(value, path)


def _wrong_type(value: Any, path: Path) -> Deviation:
    return Deviation("wrong type", path, _type_name(value))


def _type_name(value: Any) -> str:
    return _JSON_NAMES.get(type(value).__name__, type(value).__name__)


def _pointer(parts: Iterator[str]) -> str:
    return functools.reduce(below, parts, "")
