"""Reduces an OpenAPI document to the facts of the interface.

Only what is known to be a fact is copied; everything else, and so every sentence of the
vendor's, stays behind: descriptions, summaries, titles, examples, links, terms of service.
"""

from __future__ import annotations

import http
from collections.abc import Callable, Mapping
from typing import Any

from jamf_pro_codegen.fields import listed_fields

METHODS = ("get", "post", "put", "patch", "delete", "head", "options", "trace")

# Facts of a schema that are copied as they are.
_SCHEMA_VALUES = [
    "type",
    "format",
    "nullable",
    "enum",
    "pattern",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "uniqueItems",
    "minProperties",
    "maxProperties",
    "required",
    "readOnly",
    "writeOnly",
    "deprecated",
    "x-internal",
    "x-deprecation-date",
    "const",
]
_PARAMETER_VALUES = [
    "name",
    "in",
    "required",
    "style",
    "explode",
    "allowReserved",
    "allowEmptyValue",
    "deprecated",
    "x-internal",
]
_OPERATION_VALUES = [
    "operationId",
    "tags",
    "deprecated",
    "security",
    "x-required-privileges",
    "x-deprecation-date",
    "x-authentication-required",
    "x-action",
    "x-rate-limit",
]
# Python 3.13 calls these by other names, but the facts may not depend on who extracts them.
_OLDER_PHRASES = {
    "413": "Request Entity Too Large",
    "414": "Request-URI Too Long",
    "416": "Requested Range Not Satisfiable",
    "422": "Unprocessable Entity",
}
_SENTENCE_BLANKS = 3


def extract_facts(document: Mapping[str, Any], *, keep_prose: bool = False) -> dict[str, Any]:
    """Return a document that holds the facts of another one and nothing else.

    Args:
        document: An OpenAPI 3 document.
        keep_prose: Keep descriptions and summaries too, for private use only.
    """
    extract = _Extraction(keep_prose)
    components = document.get("components", {})
    facts: dict[str, Any] = {
        "openapi": document["openapi"],
        "info": {"title": "Jamf Pro API", "version": "unknown"},
        "servers": [{"url": server["url"]} for server in document.get("servers", [])],
        "paths": _each(document["paths"], extract.path_item),
        "components": {
            "parameters": _each(components.get("parameters", {}), extract.parameter),
            "requestBodies": _each(components.get("requestBodies", {}), extract.body),
            "responses": {
                name: extract.response(name, response)
                for name, response in components.get("responses", {}).items()
            },
            "headers": _each(components.get("headers", {}), extract.parameter),
            "schemas": _each(components.get("schemas", {}), extract.schema),
            "securitySchemes": _each(components.get("securitySchemes", {}), _security_scheme),
        },
    }
    if "security" in document:
        facts["security"] = document["security"]
    facts["components"] = {key: value for key, value in facts["components"].items() if value}
    return facts


def _each(mapping: Mapping[str, Any], reduce: Callable[[Any], Any]) -> dict[str, Any]:
    return {key: reduce(value) for key, value in mapping.items()}


def _pick(node: Mapping[str, Any], keys: list[str]) -> dict[str, Any]:
    return {key: node[key] for key in keys if key in node}


def _has_sentence(value: object) -> bool:
    if isinstance(value, Mapping):
        return any(map(_has_sentence, value.values()))
    if isinstance(value, list):
        return any(map(_has_sentence, value))
    return isinstance(value, str) and value.strip().count(" ") >= _SENTENCE_BLANKS


def _security_scheme(scheme: Mapping[str, Any]) -> dict[str, Any]:
    facts = _pick(scheme, ["type", "scheme", "bearerFormat", "name", "in"])
    if "flows" in scheme:
        facts["flows"] = {
            flow: {**_pick(given, ["tokenUrl", "authorizationUrl"]), "scopes": {}}
            for flow, given in scheme["flows"].items()
        }
    return facts


class _Extraction:
    """One walk over a document; holds the choice about prose."""

    def __init__(self, keep_prose: bool) -> None:
        self._prose = ["summary", "description"] if keep_prose else []

    def path_item(self, item: Mapping[str, Any]) -> dict[str, Any]:
        facts: dict[str, Any] = {
            method: self.operation(item[method]) for method in METHODS if method in item
        }
        if "parameters" in item:
            facts["parameters"] = [self.parameter(given) for given in item["parameters"]]
        return facts

    def operation(self, operation: Mapping[str, Any]) -> dict[str, Any]:
        facts = _pick(operation, [*_OPERATION_VALUES, *self._prose])
        if "parameters" in operation:
            facts["parameters"] = [self.parameter(given) for given in operation["parameters"]]
        if "requestBody" in operation:
            facts["requestBody"] = self.body(operation["requestBody"])
        facts["responses"] = {
            str(status): self.response(str(status), response)
            for status, response in operation["responses"].items()
        }
        return facts

    def parameter(self, parameter: Mapping[str, Any]) -> dict[str, Any]:
        if "$ref" in parameter:
            return {"$ref": parameter["$ref"]}
        facts = _pick(parameter, [*_PARAMETER_VALUES, *self._prose])
        if "schema" in parameter:
            facts["schema"] = self.schema(parameter["schema"])
        if "content" in parameter:
            facts["content"] = self._content(parameter["content"])
        if parameter.get("name") in ("filter", "sort"):
            fields = listed_fields(parameter.get("description"))
            if fields:
                facts["x-fields"] = list(fields)
        return facts

    def body(self, body: Mapping[str, Any]) -> dict[str, Any]:
        if "$ref" in body:
            return {"$ref": body["$ref"]}
        facts = _pick(body, ["required", *self._prose])
        facts["content"] = self._content(body.get("content", {}))
        return facts

    def response(self, status: str, response: Mapping[str, Any]) -> dict[str, Any]:
        if "$ref" in response:
            return {"$ref": response["$ref"]}
        # OpenAPI demands a description; the name of the status is one that nobody owns.
        facts: dict[str, Any] = {"description": _status_phrase(status)}
        facts.update(_pick(response, self._prose))
        if response.get("content"):
            facts["content"] = self._content(response["content"])
        if response.get("headers"):
            facts["headers"] = _each(response["headers"], self.parameter)
        return facts

    def _content(self, content: Mapping[str, Any]) -> dict[str, Any]:
        return {
            media: {"schema": self.schema(given["schema"])} if "schema" in given else {}
            for media, given in content.items()
        }

    def schema(self, schema: Any) -> Any:
        if not isinstance(schema, Mapping):  # additionalProperties: true
            return schema
        if "$ref" in schema:
            return {"$ref": schema["$ref"]}
        facts = _pick(schema, [*_SCHEMA_VALUES, *self._prose])
        if "default" in schema and not _has_sentence(schema["default"]):
            facts["default"] = schema["default"]
        for key in ("items", "additionalProperties", "not"):
            if key in schema:
                facts[key] = self.schema(schema[key])
        for key in ("allOf", "oneOf", "anyOf"):
            if key in schema:
                facts[key] = [self.schema(part) for part in schema[key]]
        if "properties" in schema:
            facts["properties"] = _each(schema["properties"], self.schema)
        if "discriminator" in schema:
            facts["discriminator"] = _pick(schema["discriminator"], ["propertyName", "mapping"])
        return facts


def _status_phrase(status: str) -> str:
    try:
        return _OLDER_PHRASES.get(status) or http.HTTPStatus(int(status)).phrase
    except ValueError:
        return status
