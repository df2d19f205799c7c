"""Follows the references of a document: JSON pointers, as in RFC 6901."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from jamf_pro_codegen.errors import CodegenError

ABSENT: Final = object()
"""What `child` gives where there is nothing; None stands for null."""


def parts_of(pointer: str) -> list[str]:
    """Return the steps of a pointer, unescaped."""
    steps = pointer.removeprefix("#").removeprefix("/").split("/")
    return [step.replace("~1", "/").replace("~0", "~") for step in steps]


def child(node: Any, part: str) -> Any:
    """Return what stands in an object or a list under a step, or ABSENT."""
    if isinstance(node, list):
        return node[int(part)] if part.isdecimal() and int(part) < len(node) else ABSENT
    return node.get(part, ABSENT) if isinstance(node, dict) else ABSENT


def find(document: Any, pointer: str) -> Any:
    """Return what a pointer leads to, or ABSENT."""
    node = document
    for part in parts_of(pointer):
        node = child(node, part)
    return node


def resolve(document: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    """Return what a reference leads to, or the node itself.

    Raises:
        CodegenError: The references lead back to themselves.
    """
    seen = []
    while "$ref" in node:
        if node["$ref"] in seen:
            raise CodegenError(f"the reference {node['$ref']} leads back to itself")
        seen.append(node["$ref"])
        node = find(document, node["$ref"])
    return node


def references(node: Any) -> Iterator[str]:
    """Yield what the references in a part of a document lead to, in their order."""
    if isinstance(node, list):
        for part in node:
            yield from references(part)
    elif isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for part in node.values():
            yield from references(part)


def schema_name(reference: str) -> str:
    """Return the name of the schema that a reference leads to."""
    return parts_of(reference)[-1]
