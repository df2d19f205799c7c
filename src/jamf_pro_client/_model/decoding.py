"""Turns shapes into functions that decode JSON values or JSON text.

Decoding never fails: a value that does not fit its shape is handed over as it came.
"""

from __future__ import annotations

import enum
import weakref
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from msgspec import MsgspecError, Raw, defstruct
from msgspec.json import Decoder

from jamf_pro_client._dates import read_date, read_datetime
from jamf_pro_client._reading import first_exceeds, read_json, read_object, read_objects
from jamf_pro_client.shapes import DATE, DATETIME, ListOf, OneOf, Ref, Scalar, Shape, Tagged

Decode: TypeAlias = Callable[[Any], Any]
DecodeText: TypeAlias = Callable[[Any], Any]

# Below these, decoding a page or a record whole is cheaper than looking for its sections first.
_LARGE_PAGE_BYTES: Final = 262_144
_LARGE_RECORD_BYTES: Final = 8_192
# After this much text, in all that a function was given, twins pay for being made.
_MUCH_TEXT_BYTES: Final = 65_536
_DATES: Final[Mapping[object, Decode]] = {DATETIME: read_datetime, DATE: read_date}


def decoder(shape: Shape, package: str) -> Decode | None:
    """Return the function that decodes a JSON value of a shape; None if there is nothing to do.

    Args:
        shape: What the value stands for.
        package: The package that holds the models, such as `jamf_pro_client.models`.
    """
    match shape:
        case None:
            return None
        case Ref():
            return _class_decoder(shape.load(package))
        case ListOf(item):
            return _list_decoder(decoder(item, package))
        case Tagged():
            return _tagged_decoder(shape, package)
        case OneOf(options):
            return _best_decoder(options, package)
        case _:
            return _DATES[shape]


def dates_in(shape: Shape) -> Scalar | None:
    """Return what values of a shape are if they are dates, or lists of dates."""
    innermost = _innermost(shape)
    return innermost if isinstance(innermost, Scalar) else None


def reply_decoder(shape: Shape, package: str) -> DecodeText:
    """Return the function that decodes the JSON text of a whole reply.

    Large records of many sections, alone or on a page, stay text section by section until they are
    touched. All other values are decoded whole, which is faster for small ones.

    The function raises ValueError for what is no JSON.
    """
    whole = decoder(shape, package)
    cls = _model_of(shape, package)
    large_bytes = (
        _LARGE_RECORD_BYTES if cls is not None and cls._is_sectioned else _LARGE_PAGE_BYTES
    )
    read_large = None if cls is None else _page_reader(cls, package) or _sections_reader(cls)

    def from_value(text: bytes) -> Any:
        value = read_json(text)
        return value if whole is None else whole(value)

    at_once = _through_twins(shape, package, from_value)

    def decode(text: bytes) -> Any:
        large = read_large(text) if read_large and len(text) >= large_bytes else None
        return at_once(text) if large is None else large

    return decode


def _sections_reader(cls: Any) -> DecodeText:
    """Return what leaves the values of an object text; it gives None for what is no object."""

    def read(text: bytes) -> Any:
        sections = read_object(text)
        return None if sections is None else cls._from_raw(sections)

    return read


def _page_reader(cls: Any, package: str) -> DecodeText | None:
    """Return what reads a page of large records in one go; None for other classes.

    Finding the rows first, and their sections after that, would take twice the time. The function
    gives None for text that is not such a page.
    """
    rows = {
        name: row
        for name, field in cls._declared.items()
        if (row := _row_class(field.shape, package)) is not None
    }
    if cls._is_sectioned or len(rows) != 1:
        return None
    ((attribute, row),) = rows.items()
    fields = {name: f"f{number}" for number, name in enumerate(cls._declared)}
    json_names = {fields[name]: field.json_name for name, field in cls._declared.items()}
    kinds = {name: list[dict[str, Raw]] if name == attribute else Raw for name in cls._declared}
    page_of = Decoder(
        defstruct(
            "Page",
            [(fields[name], kind, None) for name, kind in kinds.items()],
            rename=json_names,
            forbid_unknown_fields=True,
        )
    )
    read_otherwise = _sections_reader(cls)

    def read(text: bytes) -> Any:
        try:
            found = page_of.decode(text)
        except (MsgspecError, UnicodeDecodeError, RecursionError):
            return read_otherwise(text)
        records = getattr(found, fields[attribute])
        if not records or not _is_large(records[0]):
            return None
        sections = {
            json_names[field]: value
            for field in json_names
            if (value := getattr(found, field)) is not None and value is not records
        }
        page = cls._from_raw(sections)
        rows = [row._from_raw(record) for record in records]
        setattr(page, attribute, rows)
        weakref.finalize(page, _detach, [weakref.ref(one) for one in rows]).atexit = False
        return page

    return read


def _detach(rows: list[weakref.ref[Any]]) -> None:
    """Let go of the text of a page that is gone: rows that somebody kept get their own.

    Nearly always nobody has kept any, and copying all of them takes a sixth of decoding them.
    """
    for row in rows:
        record = row()
        if record is not None:
            record._detach()


def _detached(record: dict[str, Raw]) -> dict[str, Raw]:
    """Return a record that does not keep the whole page in memory for as long as it lives."""
    return dict(zip(record, map(Raw.copy, record.values()), strict=True))


def _is_large(record: Mapping[str, Raw]) -> bool:
    return sum(len(memoryview(value)) for value in record.values()) > _LARGE_RECORD_BYTES


def _row_class(shape: Shape, package: str) -> Any:
    """Return the class of rows of many sections; None for other shapes."""
    if not isinstance(shape, ListOf) or not isinstance(shape.item, Ref):
        return None
    cls = shape.item.load(package)
    return cls if getattr(cls, "_is_sectioned", False) else None


def rows_decoder(shape: Shape, package: str) -> DecodeText | None:
    """Return the function that decodes the JSON text of rows of many sections; None for others."""
    cls = _row_class(shape, package)
    if cls is None:
        return None
    whole = decoder(shape, package)

    def from_value(text: bytes) -> Any:
        value = read_json(text)
        return value if whole is None else whole(value)

    at_once = _through_twins(shape, package, from_value)

    def decode(text: bytes) -> Any:
        rows = read_objects(text) if first_exceeds(text, _LARGE_RECORD_BYTES) else None
        return at_once(text) if rows is None else [cls._from_raw(_detached(row)) for row in rows]

    return decode


def section_decoder(shape: Shape, package: str, whole: Decode) -> DecodeText:
    """Return the function that decodes the JSON text of a section.

    Args:
        shape: What the text stands for.
        package: The package that holds the models.
        whole: The decoder of the JSON value.
    """
    return _through_twins(shape, package, lambda text: whole(read_json(text)))


def class_with_twin(shape: Shape, package: str) -> Any:
    """Return the class that a shape refers to, if its objects can be filled from twins."""
    if not isinstance(shape, Ref):
        return None
    cls = shape.load(package)
    has_twin = hasattr(cls, "_make_filler") and cls._additional_shape is None
    return cls if has_twin else None


def _innermost(shape: Shape) -> Shape:
    return _innermost(shape.item) if isinstance(shape, ListOf) else shape


def _through_twins(shape: Shape, package: str, ordinary: DecodeText) -> DecodeText:
    """Return a function that does what another does, by a faster way once there was much to do."""
    if class_with_twin(_innermost(shape), package) is None:
        return ordinary
    seen_bytes = 0
    faster: DecodeText | None = None

    def decode(text: Any) -> Any:
        nonlocal seen_bytes, faster
        if faster is None:
            if seen_bytes < _MUCH_TEXT_BYTES:
                seen_bytes += len(text)
                return ordinary(text)
            from jamf_pro_client._model.twins import twin_decoder

            faster = twin_decoder(shape, package, ordinary)
        return faster(text)

    return decode


def _model_of(shape: Shape, package: str) -> Any:
    """Return the class that stays text: a record of many sections, or a page of such records."""
    if not isinstance(shape, Ref):
        return None
    cls = shape.load(package)
    if issubclass(cls, enum.Enum):
        return None
    return cls if cls._is_sectioned or cls._holds_rows() else None


def _class_decoder(cls: Any) -> Decode:
    if not issubclass(cls, enum.Enum):
        return cls._reader()  # type: ignore[no-any-return]
    kind = int if issubclass(cls, int) else str
    known = cls._value2member_map_

    def decode(value: Any) -> Any:
        if type(value) is not kind:
            return value
        try:
            return known[value]
        except KeyError:
            return cls(value)

    return decode


def _list_decoder(decode: Decode | None) -> Decode | None:
    if decode is None:
        return None

    def decode_all(value: Any) -> Any:
        if type(value) is not list:
            return value
        return [decode(part) for part in value]

    return decode_all


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
    classes = [option.load(package) for option in options if isinstance(option, Ref)]
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
