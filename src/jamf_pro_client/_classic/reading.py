"""Makes records of XML elements.

Reading never fails: text that is no number stays text, an element that is not as described becomes
a dict of what is in it, and what nobody described is kept.
"""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

from jamf_pro_client._classic.record import Pending, Record
from jamf_pro_client.shapes import ListOf, Ref, Shape

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from jamf_pro_client._fields import Declared

__all__ = ("COUNT", "element_reader", "list_reader", "plain", "root_reader", "section")

Read: TypeAlias = "Callable[[Element], Any]"
Convert: TypeAlias = "Callable[[str], Any] | None"

COUNT: Final = "size"
"""The element in which servers count what follows."""
# Shared by all records: an attribute that is not set is looked for in it and found to be UNSET.
_NOTHING: Final[dict[str, Any]] = {}
# Below this, reading a record whole is cheap.
_LARGE_BYTES: Final = 8_192
_readers: Final[dict[type[Any], Read]] = {}
_known_kinds: Final[dict[type[Any], dict[str, _Kind]]] = {}
_root_readers: Final[dict[type[Any], Read]] = {}


class _Kind(NamedTuple):
    """How one element is read."""

    convert: Convert
    """Makes a value of its text; None takes the text as it is."""
    read: Read
    """Makes a value of an element that has children or no text."""


class _Booleans(dict[str, Any]):
    def __missing__(self, text: str) -> str:
        return text


def element_reader(cls: type[Any]) -> Read:
    """Return the function that makes a record of an element, made when it is first needed."""
    reader = _readers.get(cls)
    if reader is None:
        reader = _readers[cls] = _record_reader(cls)
    return reader


def root_reader(cls: type[Any], size: int) -> Read:
    """Return the function that makes a record of a document.

    Args:
        cls: The record's class.
        size: Bytes of the document; of large ones the sections stay elements until touched.
    """
    if size < _LARGE_BYTES:
        return element_reader(cls)
    reader = _root_readers.get(cls)
    if reader is None:
        reader = _root_readers[cls] = _record_reader(cls, is_lazy=True)
    return reader


def section(cls: type[Any], tag: str, element: Element) -> Any:
    """Return the value of a section that was left as an element."""
    return _value(element, _kinds(cls)[tag])


def list_reader(item: Shape, package: str) -> Read:
    """Return the function that makes a list of an element whose children are its items.

    Args:
        item: What an item stands for.
        package: The package of the models.
    """
    kind = _kind_of(item, "str", package)

    def read_items(element: Element) -> list[Any]:
        return [_value(child, kind) for child in element if child.tag != COUNT or len(child)]

    return read_items


def plain(element: Element) -> Any:
    """Return what an element holds: text, or a dict of its children, lists where they repeat."""
    if not len(element):
        return element.text or ""
    found: dict[str, Any] = {}
    for child in element:
        _add(found, child.tag, plain(child))
    return found


def _add(found: dict[str, Any], tag: str, value: Any) -> None:
    if tag not in found:
        found[tag] = value
    elif type(found[tag]) is list:
        found[tag].append(value)
    else:
        found[tag] = [found[tag], value]


def _value(element: Element, kind: _Kind) -> Any:
    text = element.text
    if text is None or len(element):
        return kind.read(element)
    return text if kind.convert is None else kind.convert(text)


def _kinds(cls: type[Record]) -> dict[str, _Kind]:
    """Return how the children of an element are read."""
    if cls not in _known_kinds:
        package = cls._package
        _known_kinds[cls] = {
            field.json_name: _field_kind(field, _annotated(cls, name), package)
            for name, field in cls._declared.items()
        }
    return _known_kinds[cls]


def _record_reader(cls: type[Record], *, is_lazy: bool = False) -> Read:
    kinds = _kinds(cls)
    fills = {field.json_name: getattr(cls, name).__set__ for name, field in cls._declared.items()}
    repeated = {
        field.json_name
        for name, field in cls._declared.items()
        if not field.item and _annotated(cls, name).startswith("list[")
    }
    # tag -> what sets the field, and the two parts of its kind
    fields: dict[str, tuple[Any, Any, Any]] = {}
    for tag, kind in kinds.items():
        given = _one_of_many(kind) if tag in repeated else kind
        fields[tag] = (fills[tag], given.convert, given.read)
    sections = {
        field.json_name
        for field in cls._declared.values()
        if field.item or isinstance(field.shape, Ref)
    }
    ignored = {COUNT} if repeated and COUNT not in fields else set()
    new, set_raw = object.__new__, cls._raw.__set__  # type: ignore[attr-defined]

    def read(element: Element) -> Any:
        found = {child.tag: child for child in element}
        if len(found) != len(element):
            return read_repeated(element)
        made = new(cls)
        set_raw(made, _NOTHING)
        for tag, child in found.items():
            if tag in fields:
                fill, convert, otherwise = fields[tag]
                text = child.text
                if text is None or len(child):
                    fill(made, otherwise(child))
                else:
                    fill(made, text if convert is None else convert(text))
            elif tag not in ignored:
                made.additional_properties[tag] = plain(child)
        return made

    def read_repeated(element: Element) -> Any:
        """Read an element some of whose children have one name."""
        made = new(cls)
        set_raw(made, _NOTHING)
        numbers: dict[str, int] = {}
        lists: dict[str, list[Any]] = {}
        for child in element:
            tag = child.tag
            number = numbers[tag] = numbers.get(tag, 0) + 1
            if tag in repeated:
                lists.setdefault(tag, []).append(_value(child, kinds[tag]))
            elif tag in kinds and number == 1:
                fills[tag](made, _value(child, kinds[tag]))
            elif tag in kinds:
                # No name of an element: it stands beside the field and overwrites nothing.
                made.additional_properties[f"{tag}[{number}]"] = plain(child)
            elif tag not in ignored:
                _add(made.additional_properties, tag, plain(child))
        for tag, values in lists.items():
            fills[tag](made, values)
        return made

    def read_lazily(element: Element) -> Any:
        found = {child.tag: child for child in element}
        if len(found) != len(element):
            return read_repeated(element)
        made = new(cls)
        pending = Pending()
        set_raw(made, pending)
        for tag, child in found.items():
            if tag in sections:
                pending[tag] = child
            elif tag in kinds:
                _, convert, otherwise = fields[tag]
                fills[tag](made, _value(child, _Kind(convert, otherwise)))
            elif tag not in ignored:
                made.additional_properties[tag] = plain(child)
        return made

    return read_lazily if is_lazy else read


def _annotated(cls: type[Record], name: str) -> str:
    return str(cls.__annotations__[name]).partition(" | ")[0]


def _field_kind(field: Declared, annotation: str, package: str) -> _Kind:
    inner = annotation.removeprefix("list[").removesuffix("]")
    shape = field.shape.item if isinstance(field.shape, ListOf) else field.shape
    kind = _kind_of(shape, inner, package)
    return _wrapped(kind, field.item) if field.item else kind


def _kind_of(shape: Shape, annotation: str, package: str) -> _Kind:
    if isinstance(shape, Ref):
        read = _later(package, shape.name)
        return _Kind(_text_or(read), read)
    return _SCALARS.get(annotation, _SCALARS["str"])


def _one_of_many(kind: _Kind) -> _Kind:
    convert, read = kind.convert, kind.read
    return _Kind(
        lambda text: [text if convert is None else convert(text)], lambda element: [read(element)]
    )


def _wrapped(kind: _Kind, item: str) -> _Kind:
    convert, read = kind.convert, kind.read

    def read_items(element: Element) -> Any:
        items = []
        for child in element:
            if child.tag == item:
                text = child.text
                if text is None or len(child):
                    items.append(read(child))
                else:
                    items.append(text if convert is None else convert(text))
            elif child.tag != COUNT or len(child):
                return plain(element)
        return items

    return _Kind(_text_or(read_items), read_items)


def _text_or(read: Read) -> Convert:
    """Return what makes a value of text where children should be: none, if it is blank."""

    def convert(text: str) -> Any:
        from xml.etree.ElementTree import Element

        return read(Element("")) if text.isspace() else text

    return convert


def _later(package: str, name: str) -> Read:
    """Return a reader of a class that is loaded when the first such element turns up."""
    chosen: list[Read] = []

    def read(element: Element) -> Any:
        if not chosen:
            chosen.append(element_reader(getattr(importlib.import_module(package), name)))
        return chosen[0](element)

    return read


def _number(text: str) -> Any:
    try:
        number = int(text)
    except ValueError:
        return text
    # Zeros before it and signs are part of what was sent.
    return number if str(number) == text else text


def _fraction(text: str) -> Any:
    try:
        number = float(text)
    except ValueError:
        return text
    is_plain = str(number) == text and math.isfinite(number)
    return number if is_plain else _number(text)


def _nothing_or_plain(element: Element) -> Any:
    return plain(element) if len(element) else None


_SCALARS: Final = {
    "str": _Kind(None, plain),
    "int": _Kind(_number, _nothing_or_plain),
    "float": _Kind(_fraction, _nothing_or_plain),
    "bool": _Kind(_Booleans(true=True, false=False).__getitem__, _nothing_or_plain),
}
