"""The schemas of a normal form: flat, tagged, typed, with one way to say null."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from jamf_pro_codegen.errors import CodegenError
from jamf_pro_codegen.pointers import schema_name

_SECRET_NAME = re.compile(
    r"(?i:password|passcode|passphrase|secret|token|private_?key|recovery_?key|password_sha256)$"
    r"|(?:^p|P)in$|PIN$"
)
_SCHEMA_PLACES = ("schema", "items", "additionalProperties", "not")
_COMBINATIONS = ("allOf", "oneOf", "anyOf")
_NULL = {"type": "null"}
_UNION_KEYS = ("discriminator", "oneOf", "anyOf")
# Facts about a property whose type stands elsewhere.
_BESIDE_REFERENCES = ("nullable", "readOnly", "writeOnly", "deprecated")


def settle_schemas(document: dict[str, Any]) -> None:
    """Bring every schema of a document into normal form."""
    _settle_nulls(document)
    _name_fallbacks(document)
    _flatten_inheritance(document)
    _fill_missing_types(document)
    _tag_variants(document)
    _mark_secrets(document["components"]["schemas"])


def _settle_nulls(document: dict[str, Any]) -> None:
    """OpenAPI 3.1 has a type for null; `nullable` says the same in one place for all versions."""
    for schema in [*_schemas_within(document)][::-1]:  # those within a schema come first
        if None in (schema.get("enum") or []):
            schema["enum"] = [value for value in schema["enum"] if value is not None]
            schema["nullable"] = True
        types = schema.get("type")
        if isinstance(types, list):
            kept = [given for given in types if given != "null"]
            rest = {key: value for key, value in schema.items() if key != "type"}
            schema.clear()
            if len(kept) == 1:
                schema.update(rest, type=kept[0])
            elif kept:
                schema["anyOf"] = [{**rest, "type": given} for given in kept]
            if "null" in types:
                schema["nullable"] = True
        for key in ("oneOf", "anyOf"):
            if isinstance(schema.get(key), list) and _NULL in schema[key]:
                kept = [part for part in schema.pop(key) if part != _NULL]
                schema.update(kept[0] if len(kept) == 1 else {key: kept}, nullable=True)


def _name_fallbacks(document: dict[str, Any]) -> None:
    """A union whose variants share a parent falls back to it for tags that nobody described."""
    schemas = document["components"]["schemas"]
    for union in _schemas_within(document):
        variants = [part for part in union.get("oneOf", []) if "$ref" in part]
        if not union.get("discriminator") or "x-fallback" in union:
            continue
        parents = {
            schema_name(part["$ref"])
            for variant in variants
            for part in schemas[schema_name(variant["$ref"])].get("allOf", [{}])[:1]
            if "$ref" in part
        }
        if len(parents) == 1:
            union["x-fallback"] = parents.pop()


def _flatten_inheritance(document: dict[str, Any]) -> None:
    """`allOf` is merged, so that every schema tells all its properties itself."""
    schemas = document["components"]["schemas"]
    try:
        for name in list(schemas):
            schemas[name] = _flat(schemas[name], schemas)
        document["paths"] = _flat(document["paths"], schemas)
    except RecursionError as error:
        raise CodegenError("a schema's `allOf` leads back to itself") from error


def _flat(schema: Any, schemas: dict[str, Any]) -> Any:
    if isinstance(schema, list):
        return [_flat(part, schemas) for part in schema]
    if not isinstance(schema, dict):
        return schema
    schema = {key: _flat(value, schemas) for key, value in schema.items()}
    if not isinstance(schema.get("allOf"), list):  # a property may be called allOf
        return schema
    parts = schema.pop("allOf")
    if len(parts) == 1 and "$ref" in parts[0] and not schema.get("properties"):
        return {**{key: schema[key] for key in _BESIDE_REFERENCES if key in schema}, **parts[0]}
    merged: dict[str, Any] = {}
    for part in [*parts, schema]:
        if "$ref" in part:
            part = _flat(schemas[schema_name(part["$ref"])], schemas)
            if "discriminator" in part:
                # It tells the children apart, not a child's own children.
                part = {key: value for key, value in part.items() if key not in _UNION_KEYS}
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
        mapping = discriminator.setdefault("mapping", {schema_name(r): r for r in references})
        by_schema: dict[str, list[str]] = {}
        for value, reference in mapping.items():
            by_schema.setdefault(schema_name(reference), []).append(value)
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


def _schemas_within(node: Any) -> Iterator[dict[str, Any]]:
    """Yield every schema object, wherever it stands; maps of properties are no schemas."""
    if isinstance(node, list):
        for part in node:
            yield from _schemas_within(part)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key in _SCHEMA_PLACES and isinstance(value, dict):
                yield value
                yield from _schemas_within(value)
            elif key in _COMBINATIONS and isinstance(value, list):
                for part in value:
                    if isinstance(part, dict):
                        yield part
                        yield from _schemas_within(part)
            elif key in ("properties", "schemas") and isinstance(value, dict):
                for part in value.values():
                    if isinstance(part, dict):
                        yield part
                        yield from _schemas_within(part)
            else:
                yield from _schemas_within(value)
