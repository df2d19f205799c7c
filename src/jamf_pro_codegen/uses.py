"""Tells where each model is met: what returns it, what takes it, what it is a part of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from jamf_pro_codegen.digest import class_name
from jamf_pro_codegen.extensions import success_statuses
from jamf_pro_codegen.normal_form import operations
from jamf_pro_codegen.pointers import schema_name

_MOST_NAMED = 4


def uses(document: dict[str, Any]) -> dict[str, list[str]]:
    """Return class name -> lines for its docstring; deprecated operations come last.

    Args:
        document: A description in normal form.
    """
    returned, sent, part = defaultdict(list), defaultdict(list), defaultdict(list)
    found = sorted(
        (bool(operation.get("deprecated")), operation["operationId"], operation)
        for _, _, operation in operations(document)
    )
    for _, name, operation in found:
        for schema in _of_successes(operation):
            returned[schema].append(name)
        for schema in _of_contents(operation.get("requestBody", {})):
            sent[schema].append(name)
    for owner, schema in document["components"]["schemas"].items():
        for name in _referred(schema):
            part[name].append(class_name(owner))
    told = (("Returned by", returned), ("Sent to", sent), ("Part of", part))
    return {
        class_name(schema): [f"{what} {_listed(by[schema])}." for what, by in told if by[schema]]
        for schema in {*returned, *sent, *part}
    }


def _of_successes(operation: dict[str, Any]) -> Iterator[str]:
    for status in success_statuses(operation):
        yield from _of_contents(operation["responses"][status])


def _of_contents(holder: dict[str, Any]) -> Iterator[str]:
    for given in holder.get("content", {}).values():
        yield from _referred(given.get("schema", {}))


def _referred(node: Any) -> Iterator[str]:
    """Yield the names of the schemas that a schema refers to itself."""
    if isinstance(node, dict):
        if "$ref" in node:
            yield schema_name(node["$ref"])
        for key, value in node.items():
            if key != "mapping":  # of a union, told by its variants already
                yield from _referred(value)
    elif isinstance(node, list):
        for value in node:
            yield from _referred(value)


def _listed(names: list[str]) -> str:
    distinct = list(dict.fromkeys(names))
    shown = [f"`{name}`" for name in distinct[:_MOST_NAMED]]
    if len(distinct) > _MOST_NAMED:
        shown.append(f"{len(distinct) - _MOST_NAMED} more")
    return " and ".join(filter(None, [", ".join(shown[:-1]), shown[-1]]))
