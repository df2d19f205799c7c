"""How elements are read that are no records: text, numbers, lists, and what nobody described."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

__all__ = (
    "COUNT",
    "Kind",
    "add",
    "list_kind",
    "one_of_many",
    "plain",
    "record_kind",
    "scalar_kind",
    "value_of",
)

Read: TypeAlias = "Callable[[Element], Any]"
ReadItems: TypeAlias = "Callable[[Element, list[Element]], list[Any]]"
Convert: TypeAlias = "Callable[[str], Any] | None"

COUNT: Final = "size"
"""The element in which servers count what follows; no list has items of that name."""

# Fewer are read faster one by one.
_SEVERAL: Final = 8


class Kind(NamedTuple):
    """How elements of one kind are read."""

    convert: Convert
    """Makes a value of its text; None takes the text as it is."""
    read: Read
    """Makes a value of an element that has children or no text."""
    leaves: Callable[[list[Element]], list[Any]]
    """Makes the values of elements that have no children."""
    items: ReadItems
    """Makes the values of children of an element; besides them it holds only counts."""


class _Booleans(dict[str, Any]):
    def __missing__(self, text: str) -> str:
        return text


def value_of(element: Element, kind: Kind) -> Any:
    """Return what an element stands for."""
    text = element.text
    if text is None or len(element):
        return kind.read(element)
    return text if kind.convert is None else kind.convert(text)


def plain(element: Element) -> Any:
    """Return what an element holds: text, or a dict of its children, lists where they repeat."""
    if not len(element):
        return element.text or ""
    found: dict[str, Any] = {}
    for child in element:
        add(found, child.tag, plain(child))
    return found


def add(found: dict[str, Any], tag: str, value: Any) -> None:
    """Put a value into a dict; of one name it holds several as a list."""
    if tag not in found:
        found[tag] = value
    elif type(found[tag]) is list:
        found[tag].append(value)
    else:
        found[tag] = [found[tag], value]


def scalar_kind(annotation: str) -> Kind:
    """Return the kind of a type that is written as text."""
    return _SCALARS.get(annotation, _SCALARS["str"])


def record_kind(read: Read, read_rows: ReadItems) -> Kind:
    """Return the kind of a class.

    Args:
        read: Makes a record of an element.
        read_rows: Makes records of the children of an element.
    """
    return _one_by_one(_text_or(read), read, read_rows)


def one_of_many(kind: Kind) -> Kind:
    """Return the kind of a repeatable element that occurs only once."""
    convert, read = kind.convert, kind.read
    return _one_by_one(
        lambda text: [text if convert is None else convert(text)], lambda element: [read(element)]
    )


def list_kind(kind: Kind, item: str) -> Kind:
    """Return the kind of a list.

    Args:
        kind: Of its items.
        item: The element of each.
    """
    convert, read = kind.convert, kind.read

    def read_items(element: Element) -> Any:
        if len(element) >= _SEVERAL:
            return read_several(element)
        values = []
        for child in element:
            if child.tag == item:
                text = child.text
                if text is None or len(child):
                    values.append(read(child))
                else:
                    values.append(text if convert is None else convert(text))
            elif child.tag != COUNT or len(child):
                return plain(element)
        return values

    def read_several(element: Element) -> Any:
        items = element.findall(item)
        counts = element.findall(COUNT)
        if len(items) + len(counts) != len(element) or any(map(len, counts)):
            return plain(element)
        return kind.items(element, items)

    return _one_by_one(_text_or(read_items), read_items)


def _one_by_one(convert: Convert, read: Read, read_items: ReadItems | None = None) -> Kind:
    def read_leaves(leaves: list[Element]) -> list[Any]:
        return [value_of(leaf, kind) for leaf in leaves]

    def each(_: Element, items: list[Element]) -> list[Any]:
        return read_leaves(items)

    kind = Kind(convert, read, read_leaves, read_items or each)
    return kind


def _text_or(read: Read) -> Convert:
    """Return what makes a value of text where children should be: none, if it is blank."""

    def convert(text: str) -> Any:
        from xml.etree.ElementTree import Element

        return read(Element("")) if text.isspace() else text

    return convert


def _scalar(convert: Convert, read: Read) -> Kind:
    def read_leaves(leaves: list[Element]) -> list[Any]:
        if convert is None:
            return [leaf.text or "" for leaf in leaves]
        return [None if (text := leaf.text) is None else convert(text) for leaf in leaves]

    def read_items(_: Element, items: list[Element]) -> list[Any]:
        if any(map(len, items)):
            return [value_of(item, kind) for item in items]
        return read_leaves(items)

    kind = Kind(convert, read, read_leaves, read_items)
    return kind


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
    "str": _scalar(None, plain),
    "int": _scalar(_number, _nothing_or_plain),
    "float": _scalar(_fraction, _nothing_or_plain),
    "bool": _scalar(_Booleans(true=True, false=False).__getitem__, _nothing_or_plain),
}
