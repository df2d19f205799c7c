"""Every Classic operation: what is sent, what comes back, and what goes wrong."""

from __future__ import annotations

import asyncio
import datetime
import inspect
from typing import Any
from urllib.parse import quote
from xml.etree.ElementTree import Element, SubElement, tostring

import pytest
from tests.classic.described import DOCUMENT, OPERATIONS, SCHEMAS, Described, module_of, resolved

from jamf_pro_client import HTTPAuthenticatedClient, errors
from jamf_pro_client._httpx import httpx
from jamf_pro_client.classic import api, models
from jamf_pro_client.model import Model
from jamf_pro_client.types import File

FUNCTIONS = ("sync", "sync_detailed", "asyncio", "asyncio_detailed")
NAME = "a+b c/d&e%é"
CLASSES = {name.lower(): name for name in models.__all__}


class Server:
    """Answers every request with one document and remembers what was asked."""

    def __init__(self, status: int, content: bytes) -> None:
        self.requests: list[httpx.Request] = []
        self._answer = status, content

    def __call__(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.requests.append(request)
        status, content = self._answer
        return httpx.Response(status, content=content, headers={"Content-Type": "text/xml"})

    async def later(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        return self(request)

    def client(self) -> HTTPAuthenticatedClient:
        transport = httpx.MockTransport(self)
        return HTTPAuthenticatedClient(
            "https://jamf.invalid", token="invented", httpx_args={"transport": transport}
        )


def document(schema: dict[str, Any], element: str) -> Element:
    """Return a document with one value in every place of a schema."""
    schema, root = resolved(schema), Element(element)
    if schema["type"] == "array":
        items = document(schema["items"], schema.get("x-item", element))
        if "x-item" not in schema:
            return items
        SubElement(root, "size").text = "1"
        root.append(items)
    elif schema["type"] == "object":
        for name, given in schema["properties"].items():
            root.append(document(given, name))
    else:
        root.text = {"integer": "1", "number": "1.5", "boolean": "true"}.get(schema["type"], "text")
    return root


def root_of(schema: dict[str, Any]) -> str:
    return str(schema.get("x-element") or resolved(schema)["x-element"])


def class_of(schema: dict[str, Any]) -> Any:
    name = schema["$ref"].rpartition("/")[2].lower()
    return getattr(models, CLASSES.get(name) or CLASSES[f"{name}model"])


def argument(parameter: dict[str, Any]) -> tuple[Any, str]:
    """Return a value for a parameter and how it stands in the path."""
    if "x-joined" in parameter:
        separator = parameter["x-joined"]
        return ["One", NAME], separator.join(["One", quote(NAME, safe="")])
    if parameter["schema"].get("format") == "date":
        return datetime.date(2026, 1, 2), "2026-01-02"
    if parameter["schema"]["type"] == "integer":
        return 7, "7"
    return NAME, quote(NAME, safe="")


def call(operation: Described, function: Any, client: HTTPAuthenticatedClient) -> Any:
    given = [p for p in operation.parameters if p["in"] == "path"]
    arguments = [argument(parameter)[0] for parameter in given]
    keywords: dict[str, Any] = {"client": client}
    for media, content in operation.body.items():
        if media == "multipart/form-data":
            keywords["body"] = models.UploadFilesBody(name=File(b"bytes", "a.png"))
        else:
            keywords["body"] = class_of(content["schema"])()
    value = function(*arguments, **keywords)
    return asyncio.run(value) if inspect.iscoroutine(value) else value


def path_of(operation: Described) -> str:
    path = operation.template
    for parameter in operation.parameters:
        path = path.replace("{" + parameter["name"] + "}", argument(parameter)[1])
    return f"/JSSResource{path}"


def test_there_are_563_operations_each_a_module() -> None:
    assert len(OPERATIONS) == 563
    assert {name for names in api.OPERATIONS.values() for name in names} == set(OPERATIONS)


@pytest.mark.parametrize("name", OPERATIONS)
def test_each_function_sends_the_request_and_reads_the_reply(name: str) -> None:
    operation, module = OPERATIONS[name], module_of(OPERATIONS[name])
    root = document(operation.reply, root_of(operation.reply))
    server = Server(201 if operation.method == "PUT" else 200, tostring(root))
    values = [call(operation, getattr(module, one), server.client()) for one in FUNCTIONS]

    for request in server.requests:
        assert request.method == operation.method
        assert request.url.raw_path.decode() == path_of(operation)
        assert request.headers["Accept"] == "application/xml"
        assert bool(request.content) == bool(operation.body)
    assert values[0] == values[1].parsed == values[2] == values[3].parsed
    _check_type(operation.reply, values[0])
    if operation.body and "multipart/form-data" not in operation.body:
        schema = operation.body["application/xml"]["schema"]
        assert server.requests[0].content.endswith(f"<{root_of(schema)}/>".encode())
        assert server.requests[0].headers["Content-Type"] == "application/xml"


def _check_type(schema: dict[str, Any], value: Any) -> None:
    if schema.get("type") == "array":
        assert len(value) == 1
        value, schema = value[0], schema["items"]
    assert type(value) is class_of(schema)
    assert isinstance(value, Model)
    assert not value.additional_properties
    described = resolved(schema)["properties"]
    assert value.to_dict().keys() == described.keys()


@pytest.mark.parametrize("name", OPERATIONS)
def test_refusals_are_typed(name: str) -> None:
    operation, module = OPERATIONS[name], module_of(OPERATIONS[name])
    page = (
        b"<html>\n<head>\n <title>Status page</title>\n</head>\n<body>\n<p>Conflict</p>"
        b"<p>Error: Duplicate name</p>"
        b'<p>You can get technical details <a href="x">here</a>.<br>\n'
        b"Please continue your visit at our <a>home page</a>.</p></body></html>"
    )
    server = Server(409, page)
    with pytest.raises(errors.ConflictError, match="Duplicate name") as caught:
        call(operation, module.sync, server.client())

    assert caught.value.operation == name
    assert "technical" not in str(caught.value)
    assert call(operation, module.sync_detailed, server.client()).status_code == 409


def test_nothing_but_facts_is_in_the_description() -> None:
    """Prose would stand under other keys, or be longer than names and values are."""
    allowed = {"type", "properties", "items", "$ref"}

    def check(schema: dict[str, Any]) -> None:
        kept = {key for key in schema if not key.startswith("x-")}
        assert kept <= allowed
        for part in (*schema.get("properties", {}).values(), schema.get("items")):
            if part:
                check(part)

    for schema in SCHEMAS.values():
        check(schema)
    responses = [
        (status, response["description"])
        for item in DOCUMENT["paths"].values()
        for operation in item.values()
        for status, response in operation["responses"].items()
    ]
    assert set(responses) == {("200", "OK"), ("201", "Created")}
