"""Brings the facts of a description into the form that lies in `openapi/`.

Pure functions, each idempotent: names, media types, inheritance, discriminators, security, and
the extensions that templates and runtime read.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from jamf_pro_codegen.extensions import extend, response_kind
from jamf_pro_codegen.facts import METHODS
from jamf_pro_codegen.naming import check_names, operation_name
from jamf_pro_codegen.pointers import resolve
from jamf_pro_codegen.schema_form import settle_schemas


def normalise(document: dict[str, Any], version: str) -> dict[str, Any]:
    """Return a document in normal form.

    Args:
        document: Facts, with repairs applied.
        version: The Jamf Pro version that they describe.
    """
    document = copy.deepcopy(document)
    document["info"]["version"] = version
    document["components"].setdefault("schemas", {})
    _inline_named_parts(document)
    settle_schemas(document)
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
        extend(operation, method, path, document)
    ordered: dict[str, Any] = in_order(document)
    return ordered


def is_normal_form(document: dict[str, Any]) -> bool:
    """Whether a document is what `normalise` returns: all its operations have our names."""
    found = list(operations(document))
    return bool(found) and all(
        operation.get("operationId") == operation_name(method, path)
        for path, method, operation in found
    )


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield (path, method, operation) of a document, sorted by path."""
    for path in sorted(document["paths"]):
        for method in METHODS:
            if method in document["paths"][path]:
                yield path, method, document["paths"][path][method]


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


def _keep_vendor_id(operation: dict[str, Any], name: str) -> None:
    vendor_id = operation.get("operationId")
    if vendor_id is not None and vendor_id != name:
        operation["x-vendor-operation-id"] = vendor_id  # Jamf's reference page is named by it
    operation["operationId"] = name


def _push_security_down(operation: dict[str, Any], default: list[Any] | None) -> None:
    if "security" not in operation:
        if default is None and operation.get("x-authentication-required"):
            return  # said without saying how
        if operation.get("x-authentication-required") is False:
            default = []
        # Basic authentication is for the token endpoint, which says so itself.
        given = [given for given in default or [] if "BasicAuth" not in given]
        operation["security"] = given or default or []
    schemes = {scheme for given in operation["security"] for scheme in given}
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
        media = media.partition(",")[0].partition(";")[0].strip().lower()
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


def in_order(node: Any) -> Any:
    """Keys sorted, so that equal documents are equal bytes.

    Lists and properties keep their order: the vendor puts what belongs together side by side.
    """
    if isinstance(node, list):
        return [in_order(part) for part in node]
    if not isinstance(node, dict):
        return node
    return {
        key: {name: in_order(given) for name, given in node[key].items()}
        if key == "properties" and isinstance(node[key], dict)
        else in_order(node[key])
        for key in sorted(node)
    }
