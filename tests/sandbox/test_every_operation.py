"""The sandbox answers all operations of the description as the description says."""

from __future__ import annotations

import ssl
from typing import Any
from uuid import UUID

import httpx
import pytest
from openapi_schema_validator import OAS30ReadValidator
from referencing import Registry, Resource
from tests.existing import naming_what_exists

from jamf_pro_sandbox import Sandbox
from jamf_pro_sandbox.description import Description, Operation, load_description
from jamf_pro_sandbox.logins import TOKEN_OPERATIONS
from jamf_pro_sandbox.samples import Sampler

HOME = "urn:test"
PANELS = "/enrollment-customization/{id}/"
WITH_UUIDS = (
    "/v1/managed-software-updates/plans/{",
    "/v1/log-flushing/task/{",
    "/v1/groups/{",
    "/v2/groups/{",
)
# Nothing here is encrypted, and reading the trusted certificates takes longer than all else.
TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def minimal_request(
    description: Description, operation: Operation, *, full: bool
) -> dict[str, Any]:
    """Build the arguments of `httpx.Client.request` for a valid call."""
    path = operation.template
    query: list[tuple[str, str]] = []
    for parameter in operation.parameters:
        schema = description.resolve(parameter.schema.get("items", parameter.schema))
        # Bodies name the record 1 where they name one: paths leave it to them to delete it.
        values = schema.get("enum", ["true" if schema.get("type") == "boolean" else "2"])
        if parameter.location == "path" and operation.template.startswith(WITH_UUIDS):
            path = path.replace(f"{{{parameter.name}}}", str(UUID(int=2)))
        elif parameter.location == "path" and "/static-group" in path:
            # Static groups share their ids with the smart ones, which come first.
            path = path.replace(f"{{{parameter.name}}}", "5")
        elif parameter.location == "path":
            path = path.replace(f"{{{parameter.name}}}", str(values[0]))
        elif parameter.name == "section":
            # Sections that are not asked for are null, whatever the schema says.
            query += [("section", value) for value in values]
        elif parameter.name == "filter" and parameter.required:
            query.append(("filter", f"{next(iter(parameter.fields), 'id')}==1"))
        elif parameter.location == "query" and parameter.required:
            query.append((parameter.name, str(values[0])))
    return {
        "method": operation.method,
        "url": f"/api{path}",
        "params": query,
        **body_of(description, operation, full=full),
    }


def body_of(description: Description, operation: Operation, *, full: bool) -> dict[str, Any]:
    if not operation.bodies:
        return {}
    media_type, schema = next(iter(operation.bodies.items()))
    if media_type == "multipart/form-data":
        table = b"Serial Number,Device Type\nC1,Computer\n"
        return {"files": {"file": ("sample.png", table, "image/png")}}
    if "json" not in media_type:
        table = b"Serial Number,Device Type\nC1,Computer\n"
        return {"content": table, "headers": {"Content-Type": media_type}}
    # No two of the same name, nor one that a record has at the start.
    if operation.template.endswith("/export"):
        body: Any = {"page": 0, "pageSize": 5, "fields": []} if full else {}
        return {"json": body}
    row = 100 + ["POST", "PUT", "PATCH", "DELETE"].index(operation.method)
    if operation.template.endswith("/delete-multiple"):
        row = 0
    # Servers want of a command what the description does not require.
    full = full or operation.operation_id == "post_v2_mdm_commands"
    body = naming_what_exists(Sampler(description).request(schema, full=full, row=row))
    return {"json": body, "headers": {"Content-Type": media_type}}


def name_current_locks(client: httpx.Client, call: dict[str, Any]) -> None:
    """Let a body name the version locks of the record and of the blocks in it."""
    path = call["url"].removesuffix("/delete-multiple")
    now = client.get(path, headers={"Authorization": call["headers"]["Authorization"]}).json()
    if "results" in now or "versionLock" not in now:
        return
    body = call["json"]
    body["versionLock"] = now["versionLock"]
    for name, block in body.items():
        if isinstance(block, dict) and "versionLock" in block:
            block["versionLock"] = now[name]["versionLock"]


def problems_with(
    description: Description, operation: Operation, reply: httpx.Response
) -> list[str]:
    """Say how a reply differs from what the operation describes."""
    found = []
    if reply.status_code != operation.success_status:
        found.append(f"status {reply.status_code}: {reply.text}")
    media_type = reply.headers.get("content-type", "").partition(";")[0]
    described = {name.replace("image/*", "image/png") for name in operation.answers}
    if not operation.answers:
        if reply.content or media_type:
            found.append("a body where none is described")
    elif media_type not in described:
        found.append(f"content type {media_type!r}")
    elif media_type == "application/json":
        validator = OAS30ReadValidator(
            {"$ref": f"{HOME}#{pointer(operation)}"},
            registry=Registry().with_resource(HOME, Resource.opaque(description.document)),
            format_checker=OAS30ReadValidator.FORMAT_CHECKER,
        )
        found += [
            f"{error.json_path}: {error.message}"
            for error in validator.iter_errors(reply.json())
            # Strictly read, null would have to be listed in the enum as well.
            if not (error.validator == "enum" and error.instance is None)
        ]
    elif not reply.content or "filename=" not in reply.headers["content-disposition"]:
        found.append("no file")
    return found


def pointer(operation: Operation) -> str:
    template = operation.template.replace("~", "~0").replace("/", "~1")
    return (
        f"/paths/{template}/{operation.method.lower()}/responses/{operation.success_status}"
        "/content/application~1json/schema"
    )


def groups(description: Description) -> list[list[Operation]]:
    """Put operations together that work on the same records, those that delete last.

    What is below a record is deleted before the record.
    """
    found: dict[str, list[Operation]] = {}
    for operation in description.operations.values():
        if operation.operation_id not in TOKEN_OPERATIONS:
            # Panels of all kinds are in one list: what one deletes, another does not find.
            steps = 5 if PANELS in operation.template else 3
            key = "/".join(operation.template.split("/")[:steps])
            found.setdefault(key, []).append(operation)
    order = ["GET", "POST", "PUT", "PATCH", "DELETE"]

    def place(one: Operation) -> tuple[int, int]:
        method = "DELETE" if one.template.endswith("/delete-all") else one.method
        depth = one.template.count("/") if "{" in one.template and method == "DELETE" else 0
        return order.index(method), -depth

    return [sorted(group, key=place) for group in found.values()]


@pytest.mark.parametrize("full", [False, True], ids=["required properties", "all properties"])
def test_every_operation_is_answered_as_described(*, full: bool) -> None:
    description = load_description()
    problems = {}
    for group in groups(description):
        with Sandbox() as sandbox, httpx.Client(base_url=sandbox.url, verify=TLS) as client:
            basic = httpx.BasicAuth(sandbox.username, sandbox.password)
            token = ""
            for operation in group:
                if not token or "auth" in operation.template:
                    # Some of these end the token.
                    token = client.post("/api/v1/auth/token", auth=basic).json()["token"]
                call = minimal_request(description, operation, full=full)
                call["headers"] = {**call.get("headers", {}), "Authorization": f"Bearer {token}"}
                if "-prestages/{id}" in operation.template and "json" in call:
                    name_current_locks(client, call)
                found = problems_with(description, operation, client.request(**call))
                found += [one.violation for one in sandbox.requests if one.violation]
                if found:
                    problems[operation.operation_id] = found
    assert problems == {}


def test_every_path_finds_its_own_operation() -> None:
    """Fixed words win over parameters: /v1/x/export is not /v1/x/{id}."""
    description = load_description()
    astray = {}
    for operation in description.operations.values():
        path = operation.template.replace("{", "value-").replace("}", "")
        found = description.find(operation.method, path)
        if found is None or found[0] is not operation:
            astray[operation.operation_id] = found
    assert astray == {}
