"""Brings the JSON of Classic replies into the form that models read.

Servers write a list of one as an object, an empty one as an object with a count, and wrap the whole
in its name.
"""

from __future__ import annotations

from typing import Any

from jamf_pro_client._classic.kinds import COUNT
from jamf_pro_client.shapes import ListOf, Ref, Shape

__all__ = ("settled", "unwrapped")


def unwrapped(value: Any, shape: Shape, package: str) -> Any:
    """Return what stands in a document, in the form that models read.

    Args:
        value: The document, as plain JSON.
        shape: What it stands for.
        package: The package of the models.
    """
    if isinstance(value, dict) and len(value) == 1:
        ((key, inner),) = value.items()
        if key not in _declared(shape, package):
            if isinstance(shape, ListOf) and inner in (None, ""):
                return []
            value = inner if isinstance(inner, dict | list) else value
    item = _item_of(value, shape.item, package) if isinstance(shape, ListOf) else ""
    return settled(value, shape, item, package)


def _item_of(value: Any, row: Shape, package: str) -> str:
    """Return the name that wraps the items of a list; empty if nothing does."""
    if isinstance(value, dict):
        names = [key for key in value if key != COUNT]
        return names[0] if len(names) == 1 else ""
    first = value[0] if isinstance(value, list) and value else None
    if not isinstance(first, dict) or len(first) != 1:
        return ""
    ((name, inner),) = first.items()
    return name if isinstance(inner, dict) and name not in _declared(row, package) else ""


def settled(value: Any, shape: Shape, item: str, package: str) -> Any:
    """Return a value in the form that models read.

    Args:
        value: Plain JSON.
        shape: What it stands for.
        item: The element of a list's items.
        package: The package of the models.
    """
    if isinstance(shape, ListOf) or item:
        inner = shape.item if isinstance(shape, ListOf) else None
        value = _listed(value, item)
        if isinstance(value, list):
            return [settled(part, inner, "", package) for part in value]
    elif isinstance(shape, Ref) and isinstance(value, dict):
        fields = _declared(shape, package)
        return {
            key: settled(part, fields[key].shape, fields[key].item, package)
            if key in fields
            else part
            for key, part in value.items()
        }
    return value


def _declared(shape: Shape, package: str) -> dict[str, Any]:
    if not isinstance(shape, Ref):
        return {}
    cls = shape.load(package)
    return {field.json_name: field for field in cls._declared.values()}


def _listed(value: Any, item: str) -> Any:
    """Return the items of a list, however they were written."""
    if isinstance(value, dict):
        rows = {key: part for key, part in value.items() if key != COUNT}
        if not rows:
            return []
        if rows.keys() == {item}:
            inner = rows[item]
            return inner if isinstance(inner, list) else [inner]
        return value if item else [value]
    is_wrapped = isinstance(value, list) and all(
        isinstance(part, dict) and part.keys() == {item} for part in value
    )
    return [part[item] for part in value] if is_wrapped else value
