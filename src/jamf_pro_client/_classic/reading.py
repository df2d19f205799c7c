"""Makes records of XML elements.

Reading never fails: text that is no number stays text, an element that is not as described becomes
a dict of what is in it, and what nobody described is kept.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from jamf_pro_client.shapes import ListOf, Ref, Shape

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from jamf_pro_client._classic.record import Record
    from jamf_pro_client._fields import Declared

__all__ = ("element_reader", "list_reader", "plain")

Read: TypeAlias = "Callable[[Element], Any]"

COUNT: Final = "size"
"""The element in which servers count what follows."""
_BOOLEANS: Final = {"true": True, "false": False, None: None}
# Shared by all records: an attribute that is not set is looked for in it and found to be UNSET.
_NOTHING: Final[dict[str, Any]] = {}
_readers: Final[dict[type[Any], Read]] = {}


def element_reader(cls: type[Any]) -> Read:
    """Return the function that makes a record of an element, made when it is first needed."""
    reader = _readers.get(cls)
    if reader is None:
        reader = _readers[cls] = _record_reader(cls)
    return reader


def list_reader(item: Shape, package: str) -> Read:
    """Return the function that makes a list of an element whose children are its items.

    Args:
        item: What an item stands for.
        package: The package of the models.
    """
    read = _value_reader(item, "str", package)

    def read_items(element: Element) -> list[Any]:
        return [read(child) for child in element if child.tag != COUNT or len(child)]

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


def _record_reader(cls: type[Record]) -> Read:
    package = cls.__module__.rpartition(".")[0]
    fields = {
        field.json_name: (cls.__dict__[name].__set__, _field_reader(cls, name, field, package))
        for name, field in cls._declared.items()
    }
    repeated = {
        field.json_name
        for name, field in cls._declared.items()
        if not field.item and _annotated(cls, name).startswith("list[")
    }
    once = {
        tag: (fill, _one_of_many(read)) if tag in repeated else (fill, read)
        for tag, (fill, read) in fields.items()
    }
    counts = bool(repeated) and COUNT not in fields
    new, set_raw = cls.__new__, cls._raw.__set__  # type: ignore[attr-defined]

    def read(element: Element) -> Any:
        found = {child.tag: child for child in element}
        if len(found) != len(element):
            return read_repeated(element)
        if not found and element.text and not element.text.isspace():
            return element.text
        made = new(cls)
        set_raw(made, _NOTHING)
        for tag, child in found.items():
            field = once.get(tag)
            if field is not None:
                field[0](made, field[1](child))
            elif not (counts and tag == COUNT):
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
            field = fields.get(tag)
            number = numbers[tag] = numbers.get(tag, 0) + 1
            if field is None:
                if not (counts and tag == COUNT):
                    _add(made.additional_properties, tag, plain(child))
            elif tag in repeated:
                lists.setdefault(tag, []).append(field[1](child))
            elif number == 1:
                field[0](made, field[1](child))
            else:  # no name of an element: it stands beside the field and overwrites nothing
                made.additional_properties[f"{tag}[{number}]"] = plain(child)
        for tag, values in lists.items():
            fields[tag][0](made, values)
        return made

    return read


def _one_of_many(read: Read) -> Read:
    return lambda element: [read(element)]


def _annotated(cls: type[Record], name: str) -> str:
    return str(cls.__annotations__[name]).partition(" | ")[0]


def _field_reader(cls: type[Record], name: str, field: Declared, package: str) -> Read:
    annotation = _annotated(cls, name)
    inner = annotation.removeprefix("list[").removesuffix("]")
    shape = field.shape.item if isinstance(field.shape, ListOf) else field.shape
    read = _value_reader(shape, inner, package)
    return _wrapped_reader(read, field.item) if field.item else read


def _wrapped_reader(read: Read, item: str) -> Read:
    def read_items(element: Element) -> Any:
        items = []
        for child in element:
            if child.tag == item:
                items.append(read(child))
            elif child.tag != COUNT or len(child):
                return plain(element)
        if not items and element.text and not element.text.isspace():
            return element.text if not len(element) else plain(element)
        return items

    return read_items


def _value_reader(shape: Shape, annotation: str, package: str) -> Read:
    if isinstance(shape, Ref):
        return _later(package, shape.name)
    return {"int": _read_number, "bool": _read_boolean, "float": _read_fraction}.get(
        annotation, _read_text
    )


def _later(package: str, name: str) -> Read:
    """Return a reader of a class that is loaded when the first such element turns up."""
    chosen: list[Read] = []

    def read(element: Element) -> Any:
        if not chosen:
            chosen.append(element_reader(getattr(importlib.import_module(package), name)))
        return chosen[0](element)

    return read


def _read_text(element: Element) -> Any:
    if len(element):
        return plain(element)
    return element.text or ""


def _read_boolean(element: Element) -> Any:
    text = element.text
    value = _BOOLEANS.get(text, text)
    return value if not len(element) else plain(element)


def _read_number(element: Element) -> Any:
    text = element.text
    if text is None:
        return None if not len(element) else plain(element)
    try:
        number = int(text)
    except ValueError:
        return text if not len(element) else plain(element)
    # Zeros before it and signs are part of what was sent.
    return number if str(number) == text else text


def _read_fraction(element: Element) -> Any:
    text = element.text
    if text is None or len(element):
        return None if not len(element) else plain(element)
    try:
        number = float(text)
    except ValueError:
        return text
    return number if str(number) == text else text
