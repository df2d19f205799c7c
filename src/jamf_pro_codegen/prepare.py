"""Prepares a description in normal form for openapi-python-client.

The generator gets a document it digests without a warning. What it cannot carry to the templates
(media types, privileges, docstrings, discriminators) goes beside it, as a template of data.
"""

from __future__ import annotations

import copy
import pprint
from typing import Any

import attrs
from openapi_python_client.strings import ClassName, PythonIdentifier

from jamf_pro_codegen import wording
from jamf_pro_codegen.extensions import response_kind, success_statuses
from jamf_pro_codegen.naming import reference_url
from jamf_pro_codegen.normal_form import operations
from jamf_pro_codegen.pointers import resolve, schema_name

_SCHEMAS = "#/components/schemas/"
_STRUCTURED = ("multipart/", "application/x-www-form-urlencoded")
_MARKS_OF_A_SCHEMA = (("$ref", str), ("oneOf", list), ("anyOf", list), ("enum", list))
_FIELD_PREFIX = "field_"
# What generated modules import by name; a schema of such a name becomes `<name>Model`.
_TAKEN_CLASSES = {
    *("Any", "Body", "ClassVar", "DATE", "DATETIME", "File", "HTTPAuthenticatedClient"),
    *("HTTPClient", "ListOf", "Literal", "Mapping", "Model", "OneOf", "Operation", "Paging"),
    *("Ref", "Reply", "Response", "Shape", "TYPE_CHECKING", "Tagged", "UNSET", "Unset"),
}


@attrs.frozen
class Target:
    """Where a generated tree will live and what it stands on."""

    package: str
    """Import path of the generated `api` and `models`, such as `jamf_pro_client`."""
    runtime: str
    """Import path of the hand-written runtime."""
    base_path: str
    """Where the API lies on the server, such as `/api`."""
    header: str
    """First line of every generated file, without the comment sign."""


@attrs.frozen
class Prepared:
    """What the generator is run with."""

    document: dict[str, Any]
    """The OpenAPI document for the generator."""
    facts: dict[str, str]
    """Templates of data by file name: one that sets TARGET and UNIONS, one for each operation."""


def prepare(
    document: dict[str, Any], versions: dict[str, dict[str, Any]], target: Target
) -> Prepared:
    """Return the generator's input for a description in normal form.

    Args:
        document: The description.
        versions: Operation name -> first and last version, from versions.json.
        target: Where the output goes.
    """
    document = _with_free_names(document)
    templates = {"_facts.jinja": _data(TARGET=attrs.asdict(target), UNIONS=_unions(document))}
    for path, method, operation in operations(document):
        facts = _operation_facts(document, path, method, operation, versions)
        templates[f"_operations/{operation['operationId']}.jinja"] = _data(facts=facts)
    return Prepared(document=_for_generator(document), facts=templates)


def _with_free_names(document: dict[str, Any]) -> dict[str, Any]:
    schemas = document["components"]["schemas"]
    taken = {name: f"{name}Model" for name in schemas if _class_name(name) in _TAKEN_CLASSES}
    if not taken:
        return document
    references = {f"{_SCHEMAS}{old}": f"{_SCHEMAS}{new}" for old, new in taken.items()}
    renamed: dict[str, Any] = _replaced(document, references)
    renamed["components"]["schemas"] = {
        taken.get(name, name): schema for name, schema in renamed["components"]["schemas"].items()
    }
    return renamed


def _replaced(node: Any, references: dict[str, str]) -> Any:
    if isinstance(node, dict):
        return {key: _replaced(value, references) for key, value in node.items()}
    if isinstance(node, list):
        return [_replaced(part, references) for part in node]
    return references.get(node, node) if isinstance(node, str) else node


def _data(**values: Any) -> str:
    # Jinja reads Python's literals; a template that imports its data needs no library of ours.
    return "".join(
        "{%- set " + name + " = " + pprint.pformat(value, width=120) + " -%}\n"
        for name, value in values.items()
    )


def _operation_facts(
    document: dict[str, Any],
    path: str,
    method: str,
    operation: dict[str, Any],
    versions: dict[str, dict[str, Any]],
) -> dict[str, Any]:
    parameters = [resolve(document, given) for given in operation.get("parameters", [])]
    seen = versions.get(operation["operationId"], {})
    span = (seen["first"], seen["last"]) if seen else None
    body = operation.get("requestBody", {})
    return {
        "method": method.upper(),
        "path": path,
        "summary": wording.summary(method, path, operation),
        "notes": wording.notes(method, path, operation, span),
        "fields_notes": wording.field_lists(parameters),
        "parameters": {
            f"{given['in']}:{given['name']}": _parameter_text(document, given, path)
            for given in parameters
        },
        "raises": wording.raises(operation),
        "reference": reference_url(method, path, operation.get("x-vendor-operation-id")),
        "bodies": list(body.get("content", {})),
        "body_required": bool(body.get("required", "content" in body)),
        "replies": _replies(operation),
        "accept": _accept(operation),
        "privileges": operation.get("x-required-privileges", []),
        "authenticated": operation.get("x-authentication-required", True),
        "deprecated_since": operation.get("x-deprecation-date"),
        "versions": list(span) if span else [],
        "paging": operation.get("x-paging", {}),
        "filter_fields": _fields(parameters, "filter"),
        "sort_fields": _fields(parameters, "sort"),
        "version_locked": operation.get("x-version-lock", False),
        "read_only": operation.get("x-read-only", False),
        "rate_limited": bool(operation.get("x-rate-limit")),
    }


def _parameter_text(document: dict[str, Any], parameter: dict[str, Any], path: str) -> str:
    schema = dict(resolve(document, parameter.get("schema", {})))
    return wording.parameter_doc(parameter, schema, path)


def _fields(parameters: list[dict[str, Any]], name: str) -> list[str]:
    return next((given.get("x-fields", []) for given in parameters if given["name"] == name), [])


def _replies(operation: dict[str, Any]) -> list[dict[str, Any]]:
    replies: list[dict[str, Any]] = []
    successes = success_statuses(operation)
    for status, response in operation["responses"].items():
        code = int(status) if status.isdigit() else status
        told = {"status": code, "is_success": status in successes}
        content = response.get("content")
        if not content:
            replies.append({**told, "media": "", "kind": "empty"})
        for media, given in (content or {}).items():
            kind = response_kind(media, given.get("schema", {}))
            replies.append({**told, "media": media, "kind": kind})
    return replies


def _accept(operation: dict[str, Any]) -> str:
    media = [
        media
        for status in success_statuses(operation)
        for media in operation["responses"][status].get("content", {})
    ]
    return ", ".join(dict.fromkeys(media)) or "application/json"


def _unions(document: dict[str, Any]) -> dict[str, Any]:
    """Discriminated unions, found again by the class names of their variants."""
    unions: dict[str, Any] = {}
    for union in _unions_within(document["components"]["schemas"]):
        discriminator = union["discriminator"]
        models = {
            tag: _class_name(schema_name(reference))
            for tag, reference in discriminator["mapping"].items()
        }
        fallback = union.get("x-fallback", "")
        unions["|".join(sorted(set(models.values())))] = {
            "tag": discriminator["propertyName"],
            "models": models,
            "fallback": _class_name(fallback) if fallback else "",
        }
    return unions


def _class_name(name: str) -> str:
    return str(ClassName(name, _FIELD_PREFIX))


def _unions_within(node: Any) -> list[dict[str, Any]]:
    if isinstance(node, list):
        return [found for part in node for found in _unions_within(part)]
    if not isinstance(node, dict):
        return []
    discriminator = node.get("discriminator")
    own = [node] if isinstance(discriminator, dict) and "mapping" in discriminator else []
    return own + [found for part in node.values() for found in _unions_within(part)]


def _for_generator(document: dict[str, Any]) -> dict[str, Any]:
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
        elif response_kind(media, {}) == "json":
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
        if response_kind(media, given.get("schema", {})) == "json"
    ]
    if kept:
        response["content"] = {"application/json": kept[0]}
    response.pop("headers", None)


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
