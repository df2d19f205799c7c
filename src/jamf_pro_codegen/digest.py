"""Turns a description in normal form into one that the generator digests without a warning."""

from __future__ import annotations

import copy
from typing import Any

from openapi_python_client.strings import ClassName, PythonIdentifier

from jamf_pro_codegen.errors import CodegenError
from jamf_pro_codegen.extensions import response_kind
from jamf_pro_codegen.normal_form import operations
from jamf_pro_codegen.pointers import resolve

_SCHEMAS = "#/components/schemas/"
_STRUCTURED = ("multipart/", "application/x-www-form-urlencoded")
_MARKS_OF_A_SCHEMA = (("$ref", str), ("oneOf", list), ("anyOf", list), ("enum", list))
# The generator takes no other media type than JSON for what is decoded to models.
_DOCUMENTS = ("json", "xml")
_FIELD_PREFIX = "field_"
# What generated modules import by name; a schema of such a name becomes `<name>Model`.
_TAKEN_CLASSES = {
    *("Any", "Body", "ClassVar", "DATE", "DATETIME", "File", "HTTPAuthenticatedClient"),
    *("HTTPClient", "ListOf", "Literal", "Mapping", "Model", "OneOf", "Operation", "Paging"),
    *("Ref", "Reply", "Response", "Shape", "TYPE_CHECKING", "Tagged", "UNSET", "Unset"),
}


def class_name(name: str) -> str:
    """Return the name of the class that the generator makes of a schema."""
    return str(ClassName(name, _FIELD_PREFIX))


def for_generator(document: dict[str, Any]) -> dict[str, Any]:
    """Return a description without what the generator warns of or turns into unwanted code."""
    document = copy.deepcopy(document)
    for _, _, operation in operations(document):
        # Names are ours already; with a leading word the generator's splitter leaves them alone.
        operation.pop("x-vendor-operation-id", None)
        operation["parameters"] = [
            _with_schema(copy.deepcopy(resolve(document, given)))
            for given in operation.get("parameters", [])
        ]
        _keep_structured_body(operation)
        for response in operation["responses"].values():
            _keep_json_response(response)
    document["components"].pop("parameters", None)
    return {key: _schemas_digestible(value) for key, value in document.items()}


def with_free_names(document: dict[str, Any]) -> dict[str, Any]:
    """Return a description whose schemas have no name that generated modules import.

    Raises:
        CodegenError: The name that one would get is given to another.
    """
    schemas = document["components"]["schemas"]
    taken = {name: f"{name}Model" for name in schemas if class_name(name) in _TAKEN_CLASSES}
    if not taken:
        return document
    if clashes := sorted(schemas.keys() & taken.values()):
        raise CodegenError(f"no class name is left for the schemas besides {', '.join(clashes)}")
    references = {f"{_SCHEMAS}{old}": f"{_SCHEMAS}{new}" for old, new in taken.items()}
    renamed: dict[str, Any] = _replaced(document, references)
    for union in unions_within(renamed):
        if union.get("x-fallback") in taken:
            union["x-fallback"] = taken[union["x-fallback"]]
    renamed["components"]["schemas"] = {
        taken.get(name, name): schema for name, schema in renamed["components"]["schemas"].items()
    }
    return renamed


def unions_within(node: Any) -> list[dict[str, Any]]:
    """Return the unions of a description that are told apart by a tag."""
    if isinstance(node, list):
        return [found for part in node for found in unions_within(part)]
    if not isinstance(node, dict):
        return []
    discriminator = node.get("discriminator")
    own = [node] if isinstance(discriminator, dict) and "mapping" in discriminator else []
    return own + [found for part in node.values() for found in unions_within(part)]


def _replaced(node: Any, references: dict[str, str]) -> Any:
    if isinstance(node, dict):
        return {key: _replaced(value, references) for key, value in node.items()}
    if isinstance(node, list):
        return [_replaced(part, references) for part in node]
    return references.get(node, node) if isinstance(node, str) else node


def _with_schema(parameter: dict[str, Any]) -> dict[str, Any]:
    """A parameter that carries a document of its own is text: the generator would drop it."""
    if parameter.pop("content", None):
        parameter["schema"] = {"type": "string"}
    return parameter


def _keep_structured_body(operation: dict[str, Any]) -> None:
    content = operation.get("requestBody", {}).get("content", {})
    kept = {}
    for media, given in content.items():
        if media.startswith(_STRUCTURED):
            kept[media] = given
        elif response_kind(media, given.get("schema", {})) in _DOCUMENTS:
            kept["application/json"] = given
    if kept:
        operation["requestBody"] = {"content": kept, "required": True}
    else:
        operation.pop("requestBody", None)


def _keep_json_response(response: dict[str, Any]) -> None:
    content = response.pop("content", {})
    kept = [
        given
        for media, given in content.items()
        if response_kind(media, given.get("schema", {})) in _DOCUMENTS
    ]
    if kept:
        response["content"] = {"application/json": kept[0]}
    response.pop("headers", None)


def _schemas_digestible(node: Any) -> Any:
    """Leave out what the generator would turn into code that we do not want.

    Defaults would be sent with every request, and `nullable` would make a union of every field
    although all of ours can be null; the template reads it from the extension.
    """
    if isinstance(node, list):
        return [_schemas_digestible(part) for part in node]
    if not isinstance(node, dict):
        return node
    is_schema = isinstance(node.get("type"), str) or any(
        isinstance(node.get(key), kind) for key, kind in _MARKS_OF_A_SCHEMA
    )
    result: dict[str, Any] = {}
    if is_schema and isinstance(node.get("enum"), list):
        names = _member_names(node["enum"])
        if names:
            result["x-enum-varnames"] = names
    for key, value in node.items():
        if is_schema and key in ("default", "discriminator", "deprecated"):
            continue
        if is_schema and key == "nullable":
            result["x-nullable"] = value
        elif is_schema and key == "x-tag":
            result["const"] = node["enum"][0]
        elif is_schema and key == "enum" and node.get("x-tag"):
            continue
        elif is_schema and key == "format" and value == "uuid":
            continue  # text like all other identifiers of Jamf's
        elif key == "properties" and isinstance(value, dict):
            result[key] = {name: _schemas_digestible(part) for name, part in value.items()}
        else:
            result[key] = _schemas_digestible(value)
    return result


def _member_names(values: list[Any]) -> list[str]:
    """Return names for the members of an enum where the generator would make two the same."""
    names: list[str] = []
    for number, value in enumerate(values):
        name = str(PythonIdentifier(f"{value}", "")).upper().strip("_") if value else ""
        names.append(name if name[:1].isalpha() else f"VALUE_{number}")
    if len(set(names)) == len(names) or not all(isinstance(value, str) for value in values):
        return []
    return [
        name if names.count(name) == 1 else f"{name}_{number}" for number, name in enumerate(names)
    ]
