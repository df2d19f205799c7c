"""The extensions of an operation that templates and runtime read, worked out from its facts."""

from __future__ import annotations

from typing import Any

from jamf_pro_codegen.pointers import resolve, schema_name

# Last words of POST paths that compute or fetch something and change nothing on the server.
_READ_ONLY_POSTS = frozenset(
    [
        "csv-validate",
        "export",
        "parse",
        "parse-markdown",
        "test-group",
        "test-user",
        "test-user-membership",
        "validate-certificate",
        "validate-client-certificate",
        "validate-csv",
        "verify",
    ]
)
_PAGE_SIZES = ("page-size", "pagesize", "size")
_TEXT_MEDIA = ("application/xml", "application/pem-certificate-chain", "application/x-pem-file")
_MAX_LOCK_DEPTH = 2


def extend(operation: dict[str, Any], method: str, path: str, document: dict[str, Any]) -> None:
    """Add the extensions of one operation to it."""
    schemas = document["components"]["schemas"]
    kinds = [
        response_kind(media, given.get("schema", {}))
        for status in success_statuses(operation)
        for media, given in operation["responses"][status].get("content", {}).items()
    ]
    operation["x-response-kind"] = "+".join(dict.fromkeys(kinds)) or "empty"
    if "requestBody" in operation:
        content = operation["requestBody"]["content"]
        operation["x-body-kind"] = "+".join(_body_kind(media) for media in content)
        if any(_has_version_lock(given.get("schema", {}), schemas) for given in content.values()):
            operation["x-version-lock"] = True
    names = {resolve(document, given)["name"] for given in operation.get("parameters", [])}
    sizes = [name for name in _PAGE_SIZES if name in names]
    if "page" in names and sizes:
        operation["x-paging"] = {
            "page": "page",
            "size": sizes[0],
            "rows": _rows(operation, schemas),
        }
    if method == "post" and path.rpartition("/")[2] in _READ_ONLY_POSTS:
        operation["x-read-only"] = True


def success_statuses(operation: dict[str, Any]) -> list[str]:
    """Return the described statuses that mean success; `default` is one if no other is."""
    responses = operation["responses"]
    return [status for status in responses if status.startswith("2")] or [
        status for status in responses if status == "default"
    ]


def response_kind(media: str, schema: dict[str, Any]) -> str:
    """Say how a body of a media type is handed over: `json`, `xml`, `text` or `binary`.

    XML is a document only where the description tells its shape; elsewhere it is text.
    """
    if media.endswith(("/json", "+json")):
        return "json"
    if media == "application/xml" and ("$ref" in schema or "items" in schema):
        return "xml"
    if media == "text/plain" and schema.get("format") == "binary":
        return "binary"  # the server sends whatever the file is, under this label
    return "text" if media.startswith("text/") or media in _TEXT_MEDIA else "binary"


def _body_kind(media: str) -> str:
    if media == "application/merge-patch+json":
        return "merge-patch"
    if media.startswith("multipart/"):
        return "multipart"
    if media == "application/x-www-form-urlencoded":
        return "form"
    return response_kind(media, {})


def _has_version_lock(schema: dict[str, Any], schemas: dict[str, Any], depth: int = 0) -> bool:
    if "$ref" in schema:
        schema = schemas[schema_name(schema["$ref"])]
    properties = schema.get("properties", {})
    return "versionLock" in properties or (
        depth < _MAX_LOCK_DEPTH
        and any(_has_version_lock(given, schemas, depth + 1) for given in properties.values())
    )


def _rows(operation: dict[str, Any], schemas: dict[str, Any]) -> str:
    """Where a page keeps its rows: the property's name, or empty for a bare array."""
    for status in success_statuses(operation):
        for given in operation["responses"][status].get("content", {}).values():
            schema = given.get("schema", {})
            if "$ref" in schema:
                schema = schemas[schema_name(schema["$ref"])]
            if "results" in schema.get("properties", {}):
                return "results"
    return ""
