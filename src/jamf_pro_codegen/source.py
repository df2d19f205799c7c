"""Reads a source document: a file, or the `/api/schema/` page of a server."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import attrs
import httpx
from ruamel.yaml import YAML
from ruamel.yaml.constructor import SafeConstructor
from ruamel.yaml.error import YAMLError

from jamf_pro_codegen.errors import CodegenError
from jamf_pro_codegen.facts import METHODS
from jamf_pro_codegen.pointers import ABSENT, find, references

_TIMEOUT_SECONDS = 60.0
_TIMESTAMP = "tag:yaml.org,2002:timestamp"


class _PlainConstructor(SafeConstructor):
    """Reads YAML as the JSON that it stands for: a date is text."""


_PlainConstructor.add_constructor(_TIMESTAMP, SafeConstructor.construct_yaml_str)


@attrs.frozen
class Source:
    """A source document and what identifies it."""

    name: str
    """Where it was read from: a path or a URL."""
    sha256: str
    """Hash of the bytes as they were read."""
    document: dict[str, Any]
    """The parsed OpenAPI 3 document."""


def read_source(name: str) -> Source:
    """Read and check an OpenAPI 3 document.

    Args:
        name: Path of a JSON or YAML file, or an http(s) URL.

    Raises:
        CodegenError: It cannot be read, or is no complete OpenAPI 3 document.
    """
    raw = read_raw(name)
    document = _parse(raw, name)
    _check(document, name)
    return Source(name, hashlib.sha256(raw).hexdigest(), document)


def read_raw(name: str) -> bytes:
    """Return the bytes of a file or an http(s) URL.

    Raises:
        CodegenError: They cannot be had.
    """
    return _fetch(name) if name.startswith(("http://", "https://")) else _read_file(Path(name))


def _read_file(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CodegenError(f"cannot read {path}: {error.strerror or error}") from error


def _fetch(url: str) -> bytes:
    try:
        response = httpx.get(url, timeout=_TIMEOUT_SECONDS, follow_redirects=True)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise CodegenError(
            f"cannot reach {url}: {error}. Is the server's address right?"
        ) from error
    if not response.is_success:
        raise CodegenError(f"{url} answered {response.status_code}, not a description")
    return response.content


def _parse(raw: bytes, name: str) -> Any:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CodegenError(f"{name} is not UTF-8 text, so it is neither JSON nor YAML") from error
    start = text.lstrip()[:1]
    if not start:
        raise CodegenError(f"{name} is empty")
    if start == "<":
        raise CodegenError(
            f"{name} is an HTML page, not a description. A login page, perhaps: "
            "the schema is at /api/schema/ of the server."
        )
    if start == "{":
        try:
            return json.loads(text)
        except (ValueError, RecursionError) as error:
            raise CodegenError(f"{name} is not valid JSON (cut short?): {error}") from error
    return _text_keys(parse_yaml(text, name))


def parse_yaml(text: str, name: str) -> Any:
    """Return what a YAML text holds; dates are left as text.

    Raises:
        CodegenError: It is no YAML; the message names *name*.
    """
    yaml = YAML(typ="safe", pure=True)
    yaml.Constructor = _PlainConstructor
    try:
        return yaml.load(text)
    except (YAMLError, ValueError, RecursionError) as error:
        first = str(error).strip().splitlines()[0]
        raise CodegenError(f"{name} is neither JSON nor YAML: {first}") from error


def _text_keys(node: Any) -> Any:
    """JSON has no other keys than text; YAML reads the status 200 as a number."""
    if isinstance(node, dict):
        return {str(key): _text_keys(value) for key, value in node.items()}
    return [_text_keys(part) for part in node] if isinstance(node, list) else node


def _check(document: Any, name: str) -> None:
    if not isinstance(document, dict):
        raise CodegenError(f"{name} is not an OpenAPI document: its top level is not an object")
    if "swagger" in document:
        raise CodegenError(
            f"{name} is a Swagger {document['swagger']} document. The Jamf Pro API is described in "
            "OpenAPI 3; the Classic API's Swagger 2 is read by `classic-facts`."
        )
    version = document.get("openapi")
    if not isinstance(version, str) or not version.startswith("3."):
        raise CodegenError(f"{name} is not an OpenAPI 3 document: `openapi` is {version!r}")
    paths = document.get("paths")
    if not isinstance(paths, dict) or not paths:
        raise CodegenError(f"{name} describes no paths")
    _check_operations(paths, name)
    _check_references(document, name)


def _check_operations(paths: dict[str, Any], name: str) -> None:
    for path, item in paths.items():
        if not isinstance(item, dict):
            raise CodegenError(f"{name}: the value of {path} is not an object")
        if "$ref" in item:
            raise CodegenError(
                f"{name}: {path} is a reference, and its operations would be lost; "
                "write them out there"
            )
        for method in METHODS:
            if method in item and not _is_operation(item[method]):
                raise CodegenError(f"{name}: {method.upper()} {path} describes no responses")


def _is_operation(operation: Any) -> bool:
    responses = operation.get("responses") if isinstance(operation, dict) else None
    return isinstance(responses, dict) and all(
        isinstance(response, dict) for response in responses.values()
    )


def _check_references(document: dict[str, Any], name: str) -> None:
    """A reference into nothing is the mark of a document that was cut or edited."""
    for pointer in sorted(set(references(document))):
        if not pointer.startswith("#/") or find(document, pointer) is ABSENT:
            raise CodegenError(f"{name} refers to {pointer}, which is not in it")
