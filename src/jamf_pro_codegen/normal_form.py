"""Brings the facts of a description into the form that lies in `openapi/`.

Pure functions, each idempotent: names, media types, inheritance, discriminators, security, and
the extensions that templates and runtime read.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from typing import Any

from jamf_pro_codegen.errors import CodegenError
from jamf_pro_codegen.extensions import extend, response_kind
from jamf_pro_codegen.facts import METHODS
from jamf_pro_codegen.naming import check_names, operation_name

_SECRET_NAME = re.compile(
    r"(password|passcode|passphrase|secret|token|privatekey|recoverykey|(?<![a-z])pin)$",
    re.IGNORECASE,
)


def normalise(document: dict[str, Any], version: str) -> dict[str, Any]:
    """Return a document in normal form.

    Args:
        document: Facts, with repairs applied.
        version: The Jamf Pro version that they describe.
    """
    document = copy.deepcopy(document)
    document["info"]["version"] = version
    schemas = document["components"].setdefault("schemas", {})
    _inline_named_parts(document)
    _name_fallbacks(document)
    _flatten_inheritance(schemas)
    _fill_missing_types(document)
    _tag_variants(document)
    _mark_secrets(schemas)
    default_security = document.pop("security", None)
    check_names(
        (method, path)
        for path, item in document["paths"].items()
        for method in item
        if method in METHODS
    )
    for path, method, operation in operations(document):
        operation.setdefault("tags", ["default"])
        _keep_vendor_id(operation, operation_name(method, path))
        _push_security_down(operation, default_security)
        _settle_media_types(operation)
        extend(operation, method, path, schemas)
    in_order: dict[str, Any] = _sorted(document)
    return in_order


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield (path, method, operation) of a document, sorted by path."""
    for path in sorted(document["paths"]):
        for method in METHODS:
            if method in document["paths"][path]:
                yield path, method, document["paths"][path][method]


def resolve(document: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    """Return what a reference leads to, or the node itself."""
    while "$ref" in node:
        target: Any = document
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        node = target
    return node


def _inline_named_parts(document: dict[str, Any]) -> None:
    """Path-level parameters, shared bodies and shared responses move to their operations."""
    for item in document["paths"].values():
        shared = item.pop("parameters", [])
        for operation in (item[method] for method in METHODS if method in item):
            own = operation.get("parameters", [])
            names = {_parameter_key(resolve(document, given)) for given in own}
            extra = [p for p in shared if _parameter_key(resolve(document, p)) not in names]
            if own or extra:
                operation["parameters"] = own + extra
            if "$ref" in operation.get("requestBody", {}):
                operation["requestBody"] = copy.deepcopy(
                    resolve(document, operation["requestBody"])
                )
            for status, response in operation["responses"].items():
                operation["responses"][status] = copy.deepcopy(resolve(document, response))
    document["components"].pop("requestBodies", None)
    document["components"].pop("responses", None)


def _parameter_key(parameter: dict[str, Any]) -> tuple[str, str]:
    return parameter["in"], parameter["name"]


def _name_fallbacks(document: dict[str, Any]) -> None:
    """A union whose variants share a parent falls back to it for tags that nobody described."""
    schemas = document["components"]["schemas"]
    for union in _schemas_within(document):
        variants = [part for part in union.get("oneOf", []) if "$ref" in part]
        if not union.get("discriminator") or "x-fallback" in union:
            continue
        parents = {
            part["$ref"].rpartition("/")[2]
            for variant in variants
            for part in schemas[variant["$ref"].rpartition("/")[2]].get("allOf", [{}])[:1]
            if "$ref" in part
        }
        if len(parents) == 1:
            union["x-fallback"] = parents.pop()


def _flatten_inheritance(schemas: dict[str, Any]) -> None:
    """`allOf` is merged, so that every schema tells all its properties itself."""
    for name in list(schemas):
        schemas[name] = _flat(schemas[name], schemas)


def _flat(schema: Any, schemas: dict[str, Any]) -> Any:
    if isinstance(schema, list):
        return [_flat(part, schemas) for part in schema]
    if not isinstance(schema, dict):
        return schema
    schema = {key: _flat(value, schemas) for key, value in schema.items()}
    parts = schema.pop("allOf", None)
    if not isinstance(parts, list):  # a property may be called allOf
        return schema if parts is None else {**schema, "allOf": parts}
    if len(parts) == 1 and "$ref" in parts[0] and not schema.get("properties"):
        return dict(parts[0])
    merged: dict[str, Any] = {}
    for part in [*parts, schema]:
        if "$ref" in part:
            part = _flat(schemas[part["$ref"].rpartition("/")[2]], schemas)
            # The parent's discriminator tells the children apart, not the child's own children.
            part = {key: value for key, value in part.items() if key != "discriminator"}
        properties = {**merged.get("properties", {}), **part.get("properties", {})}
        required = [*merged.get("required", []), *part.get("required", [])]
        merged.update(part)
        if properties:
            merged["properties"] = properties
        if required:
            merged["required"] = list(dict.fromkeys(required))
    return merged


def _fill_missing_types(document: dict[str, Any]) -> None:
    """A schema with properties is an object, one with a binary format a string."""
    for schema in _schemas_within(document):
        if "type" not in schema:
            if isinstance(schema.get("properties"), dict):
                schema["type"] = "object"
            elif schema.get("format") in ("binary", "byte", "date", "date-time"):
                schema["type"] = "string"


def _schemas_within(node: Any) -> Iterator[dict[str, Any]]:
    """Yield every schema object, wherever it stands; maps of properties are no schemas."""
    if isinstance(node, list):
        for part in node:
            yield from _schemas_within(part)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key in ("schema", "items", "additionalProperties") and isinstance(value, dict):
                yield value
                yield from _schemas_within(value)
            elif key in ("properties", "schemas") and isinstance(value, dict):
                for part in value.values():
                    if isinstance(part, dict):
                        yield part
                        yield from _schemas_within(part)
            else:
                yield from _schemas_within(value)


def _tag_variants(document: dict[str, Any]) -> None:
    """Each variant of a discriminated union names its tag as the only value of that property."""
    schemas = document["components"]["schemas"]
    for union in list(_schemas_within(document)):
        discriminator = union.get("discriminator")
        if not discriminator:
            continue
        if "oneOf" not in union and "anyOf" not in union:
            del union["discriminator"]  # it tells nothing apart
            continue
        tag = discriminator["propertyName"]
        references = [
            part["$ref"] for part in union.get("oneOf", union.get("anyOf", [])) if "$ref" in part
        ]
        mapping = discriminator.setdefault("mapping", {r.rpartition("/")[2]: r for r in references})
        by_schema: dict[str, list[str]] = {}
        for value, reference in mapping.items():
            by_schema.setdefault(reference.rpartition("/")[2], []).append(value)
        for name, values in by_schema.items():
            if name not in schemas:
                raise CodegenError(f"a discriminator maps to {name}, which is not described")
            schema = schemas[name]
            given: dict[str, Any] = {"type": "string", "enum": sorted(values)}
            if len(values) == 1:
                given["x-tag"] = True
            schema.setdefault("properties", {})[tag] = given
            schema["required"] = list(dict.fromkeys([*schema.get("required", []), tag]))


def _mark_secrets(schemas: dict[str, Any]) -> None:
    for schema in _schemas_within({"schemas": schemas}):
        properties = schema.get("properties")
        for name, given in properties.items() if isinstance(properties, dict) else ():
            if not isinstance(given, dict) or given.get("type") != "string" or "enum" in given:
                continue
            if (
                given.get("format") == "password"
                or given.get("writeOnly")
                or _SECRET_NAME.search(name)
            ):
                given["x-secret"] = True


def _keep_vendor_id(operation: dict[str, Any], name: str) -> None:
    vendor_id = operation.get("operationId")
    if vendor_id is not None and vendor_id != name:
        operation["x-vendor-operation-id"] = vendor_id  # Jamf's reference page is named by it
    operation["operationId"] = name


def _push_security_down(operation: dict[str, Any], default: list[Any] | None) -> None:
    if operation.get("x-authentication-required") is False and "security" not in operation:
        operation["security"] = []
    elif "security" not in operation and default is not None:
        # Basic authentication is for the token endpoint, which says so itself.
        operation["security"] = [given for given in default if "BasicAuth" not in given] or default
    schemes = {scheme for given in operation.get("security", []) for scheme in given}
    operation["x-authentication-required"] = bool(schemes - {"BasicAuth"})


def _settle_media_types(operation: dict[str, Any]) -> None:
    body = operation.get("requestBody")
    if body:
        body["content"] = _settled(body["content"])
    for response in operation["responses"].values():
        if response.get("content"):
            response["content"] = _settled(response["content"])


def _settled(content: dict[str, Any]) -> dict[str, Any]:
    settled: dict[str, Any] = {}
    for media, given in content.items():
        # One key of the vendor's names two types; the first is what the server sends.
        media = media.partition(",")[0].strip()
        schema = given.get("schema", {})
        if media == "*/*":
            media = (
                "application/octet-stream"
                if schema.get("format") == "binary"
                else "application/json"
            )
        if media.startswith(("multipart/", "application/x-www-form-urlencoded")):
            settled[media] = given
        elif response_kind(media, schema) != "json":
            opaque = {"type": "string"}
            if response_kind(media, schema) == "binary":
                opaque["format"] = "binary"
            settled[media] = {"schema": opaque}
        else:
            settled[media] = given
    return settled


def _sorted(node: Any) -> Any:
    """Keys sorted, so that equal documents are equal bytes.

    Lists and properties keep their order: the vendor puts what belongs together side by side.
    """
    if isinstance(node, list):
        return [_sorted(part) for part in node]
    if not isinstance(node, dict):
        return node
    return {
        key: {name: _sorted(given) for name, given in node[key].items()}
        if key == "properties" and isinstance(node[key], dict)
        else _sorted(node[key])
        for key in sorted(node)
    }
