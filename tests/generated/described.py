"""What the description says of every operation, worked out apart from the generated code."""

from __future__ import annotations

import base64
import builtins
import importlib
import keyword
import re
from types import ModuleType
from typing import Any
from uuid import UUID

import attrs
import msgspec
from tests.existing import naming_what_exists

from jamf_pro_client.types import File
from jamf_pro_sandbox import Sandbox
from jamf_pro_sandbox.description import Description, Operation, Parameter, load_description
from jamf_pro_sandbox.samples import Sampler

DESCRIPTION: Description = load_description()
OPERATIONS: dict[str, Operation] = dict(DESCRIPTION.operations)
# These replace or end tokens, so they are called with credentials of their own.
LOGINS = {
    "post_v1_auth_token",
    "post_v1_auth_invalidate_token",
    "post_v1_auth_keep_alive",
    "post_auth_invalidate_token",
    "post_auth_keep_alive",
    "post_auth_current",
}
WITH_UUIDS = (
    "/v1/managed-software-updates/plans/{",
    "/v1/log-flushing/task/{",
    "/v1/groups/{",
    "/v2/groups/{",
)
_TABLE = b"Serial Number,Device Type\nC1,Computer\n"
_FILE = b"\x89PNG\r\n\x1a\n--+++\r\n invented bytes"


@attrs.define
class Expected:
    """One call and what has to reach the server."""

    operation: Operation
    positional: list[str] = attrs.field(factory=list)
    keywords: dict[str, Any] = attrs.field(factory=dict)
    path: str = ""
    query: list[tuple[str, str]] = attrs.field(factory=list)
    json: Any = None
    content: bytes | None = None
    content_type: str | None = None


def module_of(name: str) -> ModuleType:
    """Import the module of an operation."""
    api = importlib.import_module("jamf_pro_client.api")
    tag = next(tag for tag, names in api.OPERATIONS.items() if name in names)
    return importlib.import_module(f"jamf_pro_client.api.{tag}.{name}")


def keeps_records(operation: Operation) -> bool:
    """Say whether the sandbox keeps what this operation writes, so that calls change others."""
    return operation.method != "GET" or "/computers-inventory" in operation.template


def expected_call(operation: Operation, sandbox: Sandbox, *, row: int) -> Expected:
    """Choose arguments for an operation; other rows are other records."""
    call = Expected(operation, path="/api" + operation.template)
    in_path_order = sorted(operation.parameters, key=lambda one: call.path.find(f"{{{one.name}}}"))
    for parameter in in_path_order:
        _add_parameter(call, parameter)
    if operation.bodies:
        _add_body(call, sandbox, row)
    return call


def _add_parameter(call: Expected, parameter: Parameter) -> None:
    values = _values(parameter)
    if parameter.location == "path":
        values = [_id_of(call.operation.template) or values[0]]
        call.positional.append(values[0])
        call.path = call.path.replace("{" + parameter.name + "}", values[0])
        return
    if not values:
        return
    typed = [_typed(parameter, value) for value in values]
    call.keywords[python_name(parameter.name)] = typed if parameter.is_array else typed[0]
    if parameter.location == "query":
        call.query += [(parameter.name, value) for value in values]


def _id_of(template: str) -> str | None:
    """Return the id of the second record of a list where that is not 2."""
    if template.startswith(WITH_UUIDS):
        return str(UUID(int=2))
    # Static groups share their ids with the smart ones, which come first.
    return "5" if "/static-group" in template else None


def _values(parameter: Parameter) -> list[str]:
    schema = DESCRIPTION.resolve(parameter.schema.get("items", parameter.schema))
    if parameter.name == "page":
        return ["0"]
    if parameter.name in ("page-size", "pagesize", "size", "limit"):
        return ["100"]
    if parameter.name == "export-fields":
        return ["id"]
    if parameter.name in ("sort", "sort-by", "sortBy") and "enum" not in schema:
        return [f"{parameter.fields[0]}:asc"] if parameter.fields else []
    if parameter.name == "filter":
        if not parameter.fields and not parameter.required:
            return []
        return [f'{(*parameter.fields, "id")[0]}=="a b+c&d/é"']
    if "enum" in schema:
        return list(map(str, schema["enum"])) if parameter.is_array else [str(schema["enum"][0])]
    if schema.get("type") == "boolean":
        return ["true"]
    return ["2"]


def _typed(parameter: Parameter, value: str) -> Any:
    schema = parameter.schema.get("items", parameter.schema)
    match DESCRIPTION.resolve(schema).get("type"):
        case "integer":
            return int(value)
        case "boolean":
            return value == "true"
        case _:
            return value


def _add_body(call: Expected, sandbox: Sandbox, row: int) -> None:
    media, schema = next(iter(call.operation.bodies.items()))
    call.content_type = media
    if media == "multipart/form-data":
        content = _TABLE if "inventory-preload" in call.operation.template else _FILE
        call.keywords["body"] = {"file": File(content, "a b.png", "image/png")}
        call.content = content
    elif media == "application/x-www-form-urlencoded":
        call.keywords["body"] = {
            "grant_type": "client_credentials",
            "client_id": sandbox.client_id,
            "client_secret": sandbox.client_secret,
        }
    elif media.endswith(("/json", "+json")):
        call.json = _json_body(call.operation, schema, row)
        call.keywords["body"] = call.json
    else:
        call.content = _TABLE
        call.keywords["body"] = call.content


def _json_body(operation: Operation, schema: Any, row: int) -> Any:
    if operation.template.endswith("/export"):
        return {"page": 0, "pageSize": 100, "filter": "", "fields": []}
    # What is created has a name that nothing in a new sandbox has; all else is about record 2.
    is_new = operation.method == "POST" and not operation.template.endswith("-multiple")
    body = Sampler(DESCRIPTION).request(schema, full=True, row=row + 100 if is_new else row)
    return _with_first_locks(naming_what_exists(body))


def _with_first_locks(value: Any) -> Any:
    """Let a body carry the version locks of records to which nobody has written yet."""
    if isinstance(value, list):
        return [_with_first_locks(item) for item in value]
    if isinstance(value, dict):
        inner = {name: _with_first_locks(item) for name, item in value.items()}
        return inner | ({"versionLock": 0} if "versionLock" in inner else {})
    return value


def python_name(name: str) -> str:
    """Return the argument name that the naming rule gives a parameter."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).replace("-", "_").lower()
    words = "jsessionid" if name == "JSESSIONID" else words
    reserved = (set(dir(builtins)) | set(keyword.kwlist) | {"datetime", "self"}) - {"id"}
    return f"{words}_" if words in reserved else words


def basic(sandbox: Sandbox) -> dict[str, str]:
    """Return the header of HTTP Basic authentication for the sandbox's user."""
    text = f"{sandbox.username}:{sandbox.password}".encode()
    return {"Authorization": "Basic " + base64.b64encode(text).decode()}


def decoded(content: bytes) -> Any:
    """Parse JSON."""
    return msgspec.json.decode(content)
