"""Tells what differs between two descriptions in normal form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from jamf_pro_codegen.normal_form import operations


def summary(old: dict[str, Any], new: dict[str, Any]) -> str:
    """Return the changes as text, one on a line.

    Args:
        old: A description in normal form.
        new: The one that takes its place.
    """
    return "\n".join(changes(old, new)) or f"nothing changed since {old['info']['version']}"


def changes(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """Return a line for every operation and schema that differs, operations first.

    Args:
        old: A description in normal form.
        new: The one that takes its place. Its version alone is no difference.
    """
    return [
        *_differences(_operations(old), _operations(new)),
        *_differences(_schemas(old), _schemas(new)),
    ]


def _operations(document: dict[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {
        f"{operation['operationId']}, {method.upper()} {path}": operation
        for path, method, operation in operations(document)
    }


def _schemas(document: dict[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Return what is said of each schema, its properties beside the rest."""
    return {
        f"schema {name}": {**schema, **schema.get("properties", {}), "properties": None}
        for name, schema in document["components"]["schemas"].items()
    }


def _differences(
    old: Mapping[str, Mapping[str, Any]], new: Mapping[str, Mapping[str, Any]]
) -> Iterator[str]:
    for name in sorted(old.keys() | new.keys()):
        if name not in old:
            yield f"added: {name}"
        elif name not in new:
            yield f"removed: {name}"
        elif parts := _differing(old[name], new[name]):
            yield f"changed: {name}: {', '.join(parts)}"


def _differing(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    missing = object()
    names = sorted(old.keys() | new.keys())
    found = [name for name in names if old.get(name, missing) != new.get(name, missing)]
    # Records are written in the order of their properties.
    return found or (["order"] if list(old) != list(new) else [])
