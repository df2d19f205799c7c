"""Names of operations: one rule, equal to the slug of Jamf's reference page."""

from __future__ import annotations

import re
from collections.abc import Iterable

from jamf_pro_codegen.errors import CodegenError

_CAMEL_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_NO_WORD = re.compile(r"[^A-Za-z0-9]+")
_REFERENCE = "https://developer.jamf.com/jamf-pro/reference/"


def operation_name(method: str, path: str) -> str:
    """Return the name of an operation: method and path words joined by underscores.

    `GET /v1/computers-inventory/{id}` is `get_v1_computers_inventory_id`. Words in camelCase
    are split, braces are dropped.
    """
    spaced = _CAMEL_HUMP.sub("_", path)
    return "_".join([method.lower(), *_NO_WORD.sub(" ", spaced).lower().split()])


def reference_url(method: str, path: str, vendor_id: str | None = None) -> str:
    """Return the address of Jamf's page for an operation.

    The slug is method and path with hyphens, or, for the operations to which Jamf gave an
    operationId, that id; both in lower case.
    """
    if vendor_id:
        return _REFERENCE + vendor_id.lower()
    slug = path.strip("/").replace("{", "").replace("}", "").replace("/", "-")
    return f"{_REFERENCE}{method}_{slug}".lower()


def check_names(operations: Iterable[tuple[str, str]]) -> dict[str, tuple[str, str]]:
    """Return name -> (method, path); no two operations may share a name.

    Raises:
        CodegenError: Two operations have the same name.
    """
    names: dict[str, tuple[str, str]] = {}
    for method, path in operations:
        name = operation_name(method, path)
        if name in names:
            raise CodegenError(
                f"two operations are named {name}: {names[name]} and {(method, path)}"
            )
        names[name] = (method, path)
    return names


def snake(name: str) -> str:
    """Return a name in snake_case, its humps and hyphens split."""
    return "_".join(_NO_WORD.sub(" ", _CAMEL_HUMP.sub("_", name)).lower().split())
