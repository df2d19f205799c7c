"""Prepares a description in normal form for openapi-python-client.

The generator gets a document it digests without a warning. What it cannot carry to the templates
(media types, privileges, docstrings, discriminators) goes beside it, as a template of data.
"""

from __future__ import annotations

import pprint
from collections.abc import Mapping
from types import ModuleType
from typing import Any

import attrs

from jamf_pro_codegen import classic_wording, wording
from jamf_pro_codegen.digest import class_name, for_generator, unions_within, with_free_names
from jamf_pro_codegen.extensions import response_kind, success_statuses
from jamf_pro_codegen.naming import reference_url
from jamf_pro_codegen.normal_form import operations
from jamf_pro_codegen.pointers import resolve, schema_name
from jamf_pro_codegen.uses import uses

# A record with as many parts that are objects, or lists of objects, is one of many sections.
_MANY_SECTIONS = 6


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
    base: str = "model.Model"
    """Class that models derive from, below the runtime."""
    aliases: Mapping[str, Mapping[str, tuple[str, str]]] = attrs.field(factory=dict)
    """Further modules of `models`; see `aliases.py`."""


@attrs.frozen
class Prepared:
    """What the generator is run with."""

    document: dict[str, Any]
    """The OpenAPI document for the generator."""
    facts: dict[str, str]
    """Templates of data by file name: `_facts.jinja` for all, one for each operation."""


def prepare(
    document: dict[str, Any], versions: dict[str, dict[str, Any]], target: Target
) -> Prepared:
    """Return the generator's input for a description in normal form.

    Args:
        document: The description.
        versions: Operation name -> first and last version, from versions.json.
        target: Where the output goes.
    """
    document = with_free_names(document)
    shared = {
        "TARGET": attrs.asdict(target),
        "UNIONS": _unions(document),
        "USES": uses(document),
    }
    # JSON text by sections is for JSON; records of XML have their own way.
    sectioned = _sectioned(document) if target.base == "model.Model" else []
    templates = {"_facts.jinja": _data(**shared, SECTIONED=sectioned)}
    for path, method, operation in operations(document):
        facts = _operation_facts(document, path, method, operation, versions)
        templates[f"_operations/{operation['operationId']}.jinja"] = _data(facts=facts)
    return Prepared(document=for_generator(document), facts=templates)


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
    words = classic_wording if operation["x-response-kind"] == "xml" else wording
    seen = versions.get(operation["operationId"], {})
    span = (seen["first"], seen["last"]) if seen else None
    body = operation.get("requestBody", {})
    return {
        "method": method.upper(),
        "path": path,
        "summary": words.summary(method, path, operation),
        "prose": wording.prose(operation),
        "notes": words.notes(method, path, operation, span),
        "fields_notes": wording.field_lists(parameters),
        "parameters": {
            f"{given['in']}:{given['name']}": _parameter_text(document, given, path, words)
            for given in parameters
        },
        "joined": {given["name"]: given["x-joined"] for given in parameters if "x-joined" in given},
        "raises": words.raises(operation),
        "reference": reference_url(method, path, operation.get("x-vendor-operation-id")),
        "bodies": list(body.get("content", {})),
        "body_models": _body_models(body),
        "body_files": _body_files(document, body),
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


def _parameter_text(
    document: dict[str, Any], parameter: dict[str, Any], path: str, words: ModuleType
) -> str:
    schema = dict(resolve(document, parameter.get("schema", {})))
    text: str = words.parameter_doc(parameter, schema, path)
    return text


def _body_models(body: dict[str, Any]) -> dict[str, str]:
    """Return media type -> class, for bodies that are written as XML."""
    return {
        media: class_name(schema_name(given["schema"]["$ref"]))
        for media, given in body.get("content", {}).items()
        if response_kind(media, given.get("schema", {})) == "xml" and "$ref" in given["schema"]
    }


def _body_files(document: dict[str, Any], body: dict[str, Any]) -> dict[str, list[str]]:
    """Return media type -> parts that are files, one or a list of them, for uploads."""
    return {
        media: [
            name
            for name, part in resolve(document, given["schema"]).get("properties", {}).items()
            if "binary" in (part.get("format"), part.get("items", {}).get("format"))
        ]
        for media, given in body.get("content", {}).items()
        if media.startswith("multipart/")
    }


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
    for union in unions_within(document["components"]["schemas"]):
        discriminator = union["discriminator"]
        models = {
            tag: class_name(schema_name(reference))
            for tag, reference in discriminator["mapping"].items()
        }
        fallback = union.get("x-fallback", "")
        unions["|".join(sorted(set(models.values())))] = {
            "tag": discriminator["propertyName"],
            "models": models,
            "fallback": class_name(fallback) if fallback else "",
        }
    return unions


def _sectioned(document: dict[str, Any]) -> list[str]:
    """Classes of records of many sections."""
    records = []
    for name, schema in document["components"]["schemas"].items():
        parts = [resolve(document, part) for part in schema.get("properties", {}).values()]
        items = [part.get("items", {}) for part in parts]
        objects = [part for part in (*parts, *items) if _is_object(resolve(document, part))]
        if len(objects) >= _MANY_SECTIONS:
            records.append(class_name(name))
    return sorted(records)


def _is_object(schema: dict[str, Any]) -> bool:
    return schema.get("type") == "object" or not schema.keys().isdisjoint(("properties", "oneOf"))
