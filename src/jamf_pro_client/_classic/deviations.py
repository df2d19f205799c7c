"""Compares an XML document with the shape that the description gives it; pure functions.

What reading forgives is told: text that is no number, elements that nobody described, elements
where text should be, and text where elements should be. An empty element is null, which is not
told: servers send one wherever they have nothing to say.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from jamf_pro_client._classic.kinds import COUNT, scalar_kind
from jamf_pro_client._model.deviations import Deviation, Path
from jamf_pro_client.shapes import ListOf, Ref, Shape

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from jamf_pro_client._model.fields import Declared

__all__ = ("element_deviations",)


def element_deviations(
    root: Element, shape: Shape, package: str, limit: int | None
) -> Iterator[Deviation]:
    """Yield where a document differs from its shape.

    Args:
        root: Its root, whatever it is called.
        shape: What it stands for: a record, or a list of records.
        package: The package of the models.
        limit: How many items of each list are looked at; None for all.
    """
    looking = _Looking(package, limit)
    if isinstance(shape, ListOf):
        items = (child for child in root if child.tag != COUNT or len(child))
        yield from looking.items(items, shape.item, "str", ())
    else:
        yield from looking.value(root, shape, "str", ())


class _Looking:
    """What is the same wherever in the document one looks."""

    def __init__(self, package: str, limit: int | None) -> None:
        self._package = package
        self._limit = limit

    def value(
        self, element: Element, shape: Shape, annotation: str, path: Path
    ) -> Iterator[Deviation]:
        if isinstance(shape, Ref):
            if _is_text(element):
                yield Deviation("wrong type", path, "string")
            else:
                cls = getattr(importlib.import_module(self._package), shape.name)
                yield from self._record(element, cls, path)
        elif len(element):
            yield Deviation("wrong type", path, "object")
        else:
            convert = scalar_kind(annotation).convert
            if convert is not None and element.text and isinstance(convert(element.text), str):
                yield Deviation("wrong type", path, "string")

    def items(
        self, elements: Iterable[Element], shape: Shape, annotation: str, path: Path
    ) -> Iterator[Deviation]:
        for number, element in enumerate(elements):
            if number == self._limit:
                return
            yield from self.value(element, shape, annotation, (*path, number))

    def _record(self, element: Element, cls: Any, path: Path) -> Iterator[Deviation]:
        names = {field.json_name: name for name, field in cls._declared.items()}
        for tag, children in _by_tag(element).items():
            name = names.get(tag)
            if name is not None:
                annotation = str(cls.__annotations__[name]).partition(" | ")[0]
                field = cls._declared[name]
                yield from self._field(children, field, annotation, (*path, tag))
            elif tag != COUNT and names:
                yield _unknown(children, (*path, tag))

    def _field(
        self, elements: list[Element], field: Declared, annotation: str, path: Path
    ) -> Iterator[Deviation]:
        shape = field.shape.item if isinstance(field.shape, ListOf) else field.shape
        inner = annotation.removeprefix("list[").removesuffix("]")
        if inner != annotation and not field.item:
            yield from self.items(elements, shape, inner, path)
            return
        if len(elements) > 1:
            yield Deviation("wrong type", path, "array")
        if not field.item:
            yield from self.value(elements[0], shape, inner, path)
            return
        if _is_text(elements[0]):
            yield Deviation("wrong type", path, "string")
        yield from self.items(elements[0].findall(field.item), shape, inner, path)
        others = _by_tag(child for child in elements[0] if child.tag not in (field.item, COUNT))
        for tag, children in others.items():
            yield _unknown(children, (*path, tag))


def _by_tag(elements: Iterable[Element]) -> dict[str, list[Element]]:
    found: dict[str, list[Element]] = {}
    for element in elements:
        found.setdefault(element.tag, []).append(element)
    return found


def _unknown(elements: list[Element], path: Path) -> Deviation:
    return Deviation("unknown key", path, "object" if any(map(len, elements)) else "string")


def _is_text(element: Element) -> bool:
    return not len(element) and bool(element.text) and not str(element.text).isspace()
