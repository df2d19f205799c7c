"""Makes records of XML elements.

Reading never fails: text that is no number stays text, an element that is not as described becomes
a dict of what is in it, and what nobody described is kept.
"""

from __future__ import annotations

from collections import deque
from itertools import repeat
from typing import TYPE_CHECKING, Any, Final

from jamf_pro_client._classic.kinds import (
    COUNT,
    Kind,
    add,
    list_kind,
    one_of_many,
    plain,
    record_kind,
    scalar_kind,
    value_of,
)
from jamf_pro_client._classic.record import Pending, Record
from jamf_pro_client.shapes import ListOf, Ref, Shape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from xml.etree.ElementTree import Element

    from jamf_pro_client._model.fields import Declared

__all__ = ("list_reader", "root_reader")

# Shared by all records: an attribute that is not set is looked for in it and found to be UNSET.
_NOTHING: Final[dict[str, Any]] = {}
# Below this, reading a record whole is cheap.
_LARGE_BYTES: Final = 8_192
_readers: Final[dict[type[Any], _Reader]] = {}
_new: Final = object.__new__
_exhaust: Final = deque[Any](maxlen=0).extend


def root_reader(cls: type[Any], size: int) -> Callable[[Element], Any]:
    """Return the function that makes a record of a document.

    Args:
        cls: The record's class.
        size: Bytes of the document; of large ones the sections stay elements until touched.
    """
    reader = _reader(cls)
    return reader.one if size < _LARGE_BYTES else reader.root


def list_reader(item: Shape, package: str) -> Callable[[Element], list[Any]]:
    """Return the function that makes a list of an element whose children are its items.

    Args:
        item: What an item stands for.
        package: The package of the models.
    """
    kind = _kind_of(item, "str", package)

    def read_items(element: Element) -> list[Any]:
        items = [child for child in element if child.tag != COUNT or len(child)]
        return kind.items(element, items)

    return read_items


class _Reader:
    """Reads the elements of one class."""

    def __init__(self, cls: type[Record]) -> None:
        package = cls._package
        self._cls = cls
        self._kind = record_kind(self.one, self.rows)
        self._sections = set()
        # Of elements that may be repeated: the kind of each.
        self._repeated: dict[str, Kind] = {}
        self._kinds: dict[str, Kind] = {}
        self._fields = {}
        for name, field in cls._declared.items():
            tag, annotation = field.json_name, _annotated(cls, name)
            kind = _field_kind(field, annotation, package)
            if field.item or isinstance(field.shape, Ref):
                self._sections.add(tag)
            elif annotation.startswith("list["):
                self._repeated[tag] = kind
                kind = one_of_many(kind)
            self._kinds[tag] = kind
            self._fields[tag] = (name, kind.convert, kind.read)
        self._ignored = {COUNT} if self._repeated and COUNT not in self._kinds else set()

    def one(self, element: Element) -> Any:
        """Make a record of an element."""
        made = _new(self._cls)
        made._raw = _NOTHING
        fields = self._fields
        due = fields.copy()
        for child in element:
            tag = child.tag
            field = due.pop(tag, None)
            if field is not None:
                name, convert, read = field
                text = child.text
                if text is None or len(child):
                    setattr(made, name, read(child))
                else:
                    setattr(made, name, text if convert is None else convert(text))
            elif tag in fields:
                return self._one_with_repeated(element)
            elif tag not in self._ignored:
                add(made.additional_properties, tag, plain(child))
        return made

    def _one_with_repeated(self, element: Element) -> Any:
        """Make a record of an element some of whose children have one name."""
        made = _new(self._cls)
        made._raw = _NOTHING
        numbers: dict[str, int] = {}
        lists: dict[str, list[Any]] = {}
        for child in element:
            tag = child.tag
            number = numbers[tag] = numbers.get(tag, 0) + 1
            if tag in self._repeated:
                lists.setdefault(tag, []).append(value_of(child, self._repeated[tag]))
            elif tag in self._kinds and number == 1:
                setattr(made, self._fields[tag][0], value_of(child, self._kinds[tag]))
            elif tag in self._kinds:
                # No name of an element: it stands beside the field and overwrites nothing.
                made.additional_properties[f"{tag}[{number}]"] = plain(child)
            elif tag not in self._ignored:
                add(made.additional_properties, tag, plain(child))
        for tag, values in lists.items():
            setattr(made, self._fields[tag][0], values)
        return made

    def root(self, element: Element) -> Any:
        """Make a record whose sections stay elements until they are touched."""
        found = {child.tag: child for child in element}
        if len(found) != len(element):
            return self._one_with_repeated(element)
        made = _new(self._cls)
        pending = made._raw = Pending()
        for tag, child in found.items():
            if tag in self._sections:
                pending[tag] = (child, self._kinds[tag])
            elif tag in self._kinds:
                setattr(made, self._fields[tag][0], value_of(child, self._kinds[tag]))
            elif tag not in self._ignored:
                made.additional_properties[tag] = plain(child)
        return made

    def rows(self, parent: Element, rows: list[Element]) -> list[Any]:
        """Make records of the children of an element, which besides them holds only counts."""
        columns = _columns(parent, rows)
        if columns is None or not columns.keys() <= self._kinds.keys():
            return [value_of(row, self._kind) for row in rows]
        cls = self._cls
        made = list(map(_new, repeat(cls, len(rows))))
        if len(columns) < len(self._kinds):
            _set_all(made, "_raw", repeat(_NOTHING))
        for tag, leaves in columns.items():
            _set_all(made, self._fields[tag][0], self._kinds[tag].leaves(leaves))
        return made


def _reader(cls: type[Any]) -> _Reader:
    """Return the reader of a class, made when it is first needed."""
    reader = _readers.get(cls)
    if reader is None:
        reader = _readers[cls] = _Reader(cls)
    return reader


def _columns(parent: Element, rows: list[Element]) -> dict[str, list[Element]] | None:
    """Return the elements in rows by their tags; None if rows differ or elements have children."""
    tags = [cell.tag for cell in rows[0]] if rows else []
    step = 1 + len(tags)
    # In the order of the document: a row, the elements in it, the next row. If the next stands
    # where it has to, there is nothing in between that is in one of these elements.
    cells = list(parent.iter())[-step * len(rows) :]
    if not tags or set(map(len, rows)) != {len(tags)} or cells[::step] != rows:
        return None
    columns: dict[str, list[Element]] = {}
    for number, tag in enumerate(tags, 1):
        column = cells[number::step]
        if tag in columns or [cell.tag for cell in column].count(tag) != len(rows):
            return None
        columns[tag] = column
    return columns


def _set_all(records: list[Any], name: str, values: Iterable[Any]) -> None:
    # A loop that Python itself runs: in ours, setting would be the smaller part.
    _exhaust(map(setattr, records, repeat(name), values))


def _annotated(cls: type[Record], name: str) -> str:
    return str(cls.__annotations__[name]).partition(" | ")[0]


def _field_kind(field: Declared, annotation: str, package: str) -> Kind:
    inner = annotation.removeprefix("list[").removesuffix("]")
    shape = field.shape.item if isinstance(field.shape, ListOf) else field.shape
    kind = _kind_of(shape, inner, package)
    return list_kind(kind, field.item) if field.item else kind


def _kind_of(shape: Shape, annotation: str, package: str) -> Kind:
    return _later(shape, package) if isinstance(shape, Ref) else scalar_kind(annotation)


def _later(reference: Ref, package: str) -> Kind:
    """Return the kind of a class that is loaded when the first such element turns up."""
    chosen: list[_Reader] = []

    def load() -> list[_Reader]:
        chosen.append(_reader(reference.load(package)))
        return chosen

    return record_kind(
        lambda element: (chosen or load())[0].one(element),
        lambda parent, rows: (chosen or load())[0].rows(parent, rows),
    )
