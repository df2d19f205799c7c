"""Extracts the facts of the Classic API from the vendor's two documents.

The Swagger document of a version tells which operations there are, but no shapes. The reference
document tells shapes, and lookups that the other mentions in sentences only. Nothing but facts is
copied: paths, methods, parameters, types, values, element names, statuses, dates.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from jamf_pro_codegen.classic_shapes import class_of, settled_shapes
from jamf_pro_codegen.errors import CodegenError

XML = "application/xml"
_METHODS = ("get", "post", "put", "delete")
_TENANT = "/tenant/{tenantId}"
_VARIABLE = re.compile(r"\{[^}]*\}")
_JOINED = {"subset": "&", "id_list": ","}
_DATES = ("start_date", "end_date")
_NUMBERS = ("id", "softwaretitleconfigid")
# An id that the generators of the reference document made up.
_MADE_UP = re.compile(r"_tenant_tenantId_|By[A-Za-z]*(Get|Post|Put|Delete)$|^[A-Z]")

Key = tuple[str, str]


def extract_classic_facts(
    swagger: Mapping[str, Any], reference: Mapping[str, Any]
) -> dict[str, Any]:
    """Return a document of the operations of one version with the shapes of the reference.

    Args:
        swagger: The Swagger 2 document of a Jamf Pro version.
        reference: The OpenAPI 3 reference document.
    """
    present, described = _by_place(swagger), _by_place(reference)
    paths: dict[str, Any] = {}
    for place in sorted(_chosen(present, described)):
        path, operation = _operation(place, present, described)
        item = paths.setdefault(path, {})
        if place[0] in item:
            raise CodegenError(f"two operations stand at {place[0].upper()} {path}")
        item[place[0]] = operation
    return {
        "openapi": "3.0.3",
        "info": {"title": "Classic API", "version": "unknown"},
        "servers": [{"url": "/JSSResource"}],
        "paths": paths,
        "components": {"schemas": settled_shapes(reference["components"]["schemas"])},
    }


def _by_place(document: Mapping[str, Any]) -> dict[Key, tuple[str, dict[str, Any]]]:
    """Return operations by method and path, variables without their names."""
    found = {}
    for given, item in document["paths"].items():
        path = given.removeprefix(_TENANT).strip()
        for method, operation in item.items():
            # One key of the vendor's begins with a blank.
            if method.strip() in _METHODS:
                found[(method.strip(), _VARIABLE.sub("{}", path))] = (path, operation)
    return found


def _chosen(present: Mapping[Key, Any], described: Mapping[Key, Any]) -> Iterator[Key]:
    """Yield what there is: what the version has, and what works at the keys of its records."""
    paths = {path for _, path in present}
    yield from present
    for method, path in described.keys() - present.keys():
        is_known = path in paths or (method == "get" and path.partition("/subset/")[0] in paths)
        if method != "post" and is_known:
            yield method, path


def _operation(
    place: Key, present: Mapping[Key, Any], described: Mapping[Key, Any]
) -> tuple[str, dict[str, Any]]:
    own_path, own = present.get(place, ("", {}))
    path, told = described.get(place, (own_path, {}))
    operation: dict[str, Any] = {
        "operationId": _sound(told.get("operationId")) or own.get("operationId") or "",
        "x-reference": _reference(place, present, own, told),
        "tags": [path.strip("/").partition("/")[0]],
        "parameters": _parameters(path, told),
        "responses": _responses(told),
    }
    body = _body(told)
    if body:
        operation["requestBody"] = body
    if own.get("deprecated"):
        operation["deprecated"] = True
        if own.get("x-deprecation-date"):
            operation["x-deprecation-date"] = str(own["x-deprecation-date"])
    return path, operation


def _sound(name: str | None) -> str | None:
    return None if name is None or _MADE_UP.search(name) else name


def _reference(
    place: Key, present: Mapping[Key, Any], own: Mapping[str, Any], told: Mapping[str, Any]
) -> str:
    """Return the name of Jamf's page: of the operation, or of the read at the same path."""
    read = present.get(("get", place[1]), ("", {}))[1]
    parent = present.get(("get", place[1].partition("/subset/")[0]), ("", {}))[1]
    if own:
        return str(_sound(told.get("operationId")) or own["operationId"])
    return str(read.get("operationId") or parent.get("operationId") or told["operationId"])


def _parameters(path: str, told: Mapping[str, Any]) -> list[dict[str, Any]]:
    given = {p["name"]: p for p in told.get("parameters", []) if "name" in p}
    found = []
    for variable in _VARIABLE.findall(path):
        name = variable[1:-1]
        schema: dict[str, Any] = {"type": "integer" if name in _NUMBERS else "string"}
        if name in _DATES:
            schema["format"] = "date"
        parameter = {"in": "path", "name": name, "required": True, "schema": schema}
        if name in _JOINED:
            parameter["x-joined"] = _JOINED[name]
        values = given.get(name, {}).get("schema", {}).get("enum")
        if values:
            # Some values carry a remark, such as that they are deprecated.
            parameter["x-values"] = [re.split(r"[ (]", value)[0] for value in values]
        found.append(parameter)
    for name, parameter in given.items():
        if parameter["in"] == "query":
            found.append({"in": "query", "name": name, "schema": {"type": "boolean"}})
    return found


def _responses(told: Mapping[str, Any]) -> dict[str, Any]:
    responses: dict[str, Any] = {}
    for status, response in told.get("responses", {}).items():
        if not str(status).startswith("2"):
            continue
        described = response.get("content", {})
        content = described.get(XML) or described.get("application/json", {})
        facts: dict[str, Any] = {"description": "OK" if str(status) == "200" else "Created"}
        if "$ref" in content.get("schema", {}):
            facts["content"] = {XML: {"schema": _referred(content["schema"])}}
        responses[str(status)] = facts
    return responses or {"200": {"description": "OK"}}


def _body(told: Mapping[str, Any]) -> dict[str, Any] | None:
    schema = told.get("requestBody", {}).get("content", {}).get(XML, {}).get("schema", {})
    if "$ref" not in schema:
        return None
    return {"content": {XML: {"schema": _referred(schema)}}, "required": True}


def _referred(schema: Mapping[str, Any]) -> dict[str, str]:
    name = schema["$ref"].rpartition("/")[2].removesuffix("_post")
    return {"$ref": f"#/components/schemas/{class_of(name)}"}
