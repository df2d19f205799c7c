"""Brings the facts of the Classic API into the form that lies in `openapi/classic.json`.

The documents leave out most bodies of requests and what writes answer. Both follow rules: a record
is written as it is read, and a write answers with the id of what it wrote.
"""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

from jamf_pro_codegen.classic_facts import XML
from jamf_pro_codegen.errors import CodegenError
from jamf_pro_codegen.naming import snake
from jamf_pro_codegen.normal_form import in_order, operations
from jamf_pro_codegen.pointers import references, schema_name
from jamf_pro_codegen.schema_form import settle_schemas
from jamf_pro_codegen.source import parse_yaml

_RESULT = "WriteResult"
# Servers read a scope in this order: what it limits stands before its limits.
_LAST = ("limit_to_users", "limitations", "exclusions")
_RESULT_SCHEMA = {
    "type": "object",
    "x-element": "result",
    "properties": {"id": {"type": "integer"}},
}


class Names:
    """The checked-in table of names that do not follow from Jamf's operation ids.

    Args:
        words: Parts of ids -> how they are written before they are split.
        names: Method and path -> name.
    """

    def __init__(self, words: dict[str, str], names: dict[str, str]) -> None:
        self._words = words
        self._names = names
        self._used: set[str] = set()

    def of(self, method: str, path: str, vendor_id: str) -> str:
        """Return the name of an operation."""
        regular = self._regular(vendor_id)
        place = f"{method.upper()} {path}"
        if place not in self._names:
            if not regular:
                raise CodegenError(f"{place} has no operation id: name it in the table of names")
            return regular
        if self._names[place] == regular:
            raise CodegenError(f"{place} is named {regular} even without the table of names")
        self._used.add(place)
        return self._names[place]

    def _regular(self, vendor_id: str) -> str:
        written = vendor_id
        for given, wanted in self._words.items():
            if given in written:
                self._used.add(given)
                written = written.replace(given, wanted)
        return snake(written)

    def unused(self) -> list[str]:
        """Return the entries that changed nothing."""
        return sorted({*self._words, *self._names} - self._used)


def load_names(path: Path) -> Names:
    """Read `classic-names.yaml`.

    Raises:
        CodegenError: It cannot be read.
    """
    try:
        table = parse_yaml(path.read_text("utf-8"), path.name)
    except OSError as error:
        raise CodegenError(f"cannot read {path}: {error.strerror or error}") from error
    return Names(table["words"], table["names"])


def normalise_classic(document: dict[str, Any], version: str, names: Names) -> dict[str, Any]:
    """Return a document in normal form.

    Args:
        document: Facts of the Classic API, with repairs applied.
        version: The Jamf Pro version that they describe.
        names: The table of irregular names.

    Raises:
        CodegenError: Two operations have one name.
    """
    document = copy.deepcopy(document)
    document["info"]["version"] = version
    schemas = document["components"]["schemas"]
    schemas[_RESULT] = copy.deepcopy(_RESULT_SCHEMA)
    _fill_in_sections(document["paths"])
    _inline_lists(document)
    taken: dict[str, str] = {}
    for path, method, operation in operations(document):
        name = names.of(method, path, operation["operationId"])
        if name in taken:
            raise CodegenError(f"two operations are named {name}: {taken[name]} and {path}")
        taken[name] = path
        operation["operationId"] = name
        operation["x-vendor-operation-id"] = operation.pop("x-reference")
        operation["security"] = [{"Bearer": []}]
        operation["x-authentication-required"] = True
        if method != "get":
            _settle_write(document, path, method, operation)
        _note_kinds(operation)
    _drop_unused(document)
    _order_scopes(document["components"]["schemas"])
    settle_schemas(document)
    ordered: dict[str, Any] = in_order(document)
    return ordered


def _content(operation: dict[str, Any]) -> dict[str, Any]:
    responses = operation["responses"].values()
    return next((given["content"] for given in responses if "content" in given), {})


def _fill_in_sections(paths: dict[str, Any]) -> None:
    """Sections of a record are described by the record."""
    for path, item in paths.items():
        whole = paths.get(path.partition("/subset/")[0], {}).get("get")
        if "/subset/{" in path and "get" in item and whole and not _content(item["get"]):
            (status,) = item["get"]["responses"]
            item["get"]["responses"][status]["content"] = copy.deepcopy(_content(whole))


def _inline_lists(document: dict[str, Any]) -> None:
    """Lists that are documents stand where they are answered: only objects become classes."""
    schemas = document["components"]["schemas"]
    for _, _, operation in operations(document):
        for given in _content(operation).values():
            name = schema_name(given["schema"]["$ref"])
            if schemas[name]["type"] == "array":
                given["schema"] = copy.deepcopy(schemas[name])
    for name in [name for name, schema in schemas.items() if schema["type"] == "array"]:
        del schemas[name]


def _settle_write(
    document: dict[str, Any], path: str, method: str, operation: dict[str, Any]
) -> None:
    read = document["paths"][path].get("get")
    schema = _content(read).get(XML, {}).get("schema", {}) if read else {}
    if method in ("post", "put") and "requestBody" not in operation and "$ref" in schema:
        operation["requestBody"] = {"content": {XML: {"schema": schema}}, "required": True}
    answered = {"schema": {"$ref": f"#/components/schemas/{_RESULT}"}}
    for response in operation["responses"].values():
        # Described or not, what is answered is the id, seldom with some of the record.
        response["content"] = {XML: copy.deepcopy(answered)}


def _note_kinds(operation: dict[str, Any]) -> None:
    operation["x-response-kind"] = "xml" if _content(operation) else "empty"
    if "requestBody" in operation:
        media = next(iter(operation["requestBody"]["content"]))
        operation["x-body-kind"] = "multipart" if media.startswith("multipart/") else "xml"


def _drop_unused(document: dict[str, Any]) -> None:
    """Leave out the schemas that no operation leads to."""
    schemas = document["components"]["schemas"]
    wanted = list(map(schema_name, references(document["paths"])))
    kept: set[str] = set()
    while wanted:
        name = wanted.pop()
        if name not in kept:
            kept.add(name)
            wanted += map(schema_name, references(schemas[name]))
    document["components"]["schemas"] = {name: schemas[name] for name in schemas if name in kept}


def _order_scopes(schemas: dict[str, Any]) -> None:
    """Records are written in the order of their properties."""
    for schema in schemas.values():
        given = schema.get("properties", {})
        last = {name: given.pop(name) for name in _LAST if name in given}
        given.update(last)
