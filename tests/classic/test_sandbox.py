"""Every Classic operation, all four functions, against the sandbox."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from tests.classic.described import OPERATIONS, Described, module_of
from tests.classic.test_every_operation import class_of

from jamf_pro_client import File, HTTPAuthenticatedClient
from jamf_pro_client.classic import models
from jamf_pro_client.types import Response
from jamf_pro_sandbox import Sandbox

TAGS = sorted({operation.tag for operation in OPERATIONS.values()})
ORDER = ("GET", "PUT", "POST", "DELETE")
FIELDS = {
    "macaddress": "mac_address",
    "serialnumber": "serial_number",
    "bundleid": "bundle_id",
    "username": "name",
    "groupname": "name",
}
# What stands in a path without being the key of a record.
WORDS = {"subset": "General", "id_list": [1, 2], "command": "UpdateInventory", "match": "*"}
# Where the devices are that others tell of.
DEVICES = {
    "computerapplicationusage": "computers",
    "computerhardwaresoftwarereports": "computers",
    "computerhistory": "computers",
    "computermanagement": "computers",
    "mobiledevicehistory": "mobiledevices",
}


class Caller:
    """Calls operations with keys of records that are there."""

    def __init__(self, client: HTTPAuthenticatedClient) -> None:
        self._client = client
        self._created = self._deleted = 0

    def call(self, operation: Described, function: Any) -> Any:
        number = 1
        if operation.method == "DELETE":
            # Asked for a second time, it is the one that has just been deleted.
            self._deleted += not function.__name__.endswith("detailed")
            number = self._deleted
        path = [given for given in operation.parameters if given["in"] == "path"]
        arguments = [self._argument(operation, given, number) for given in path]
        body = self._body(operation)
        return function(*arguments, client=self._client, **({"body": body} if body else {}))

    def _argument(self, operation: Described, given: dict[str, Any], number: int) -> Any:
        name, key = given["name"], operation.template.split("/")[2]
        if name in WORDS:
            return WORDS[name]
        if operation.tag == "computerapplications" and name in ("application", "version"):
            application = self._record("computers/id/1")["software"]["applications"][0]
            return application["name" if name == "application" else "version"]
        if operation.tag == "patchreports" and name == "version":
            return self._record("patchsoftwaretitles/id/1")["versions"][0]["software_version"]
        if given["schema"].get("format") == "date":
            return "2026-01-02"
        if given["schema"]["type"] == "integer":
            return number
        if f"/{key}/{{{name}}}" in operation.template and key not in ("command", "match"):
            return self._field(operation, key, number)
        return "anything"

    def _field(self, operation: Described, key: str, number: int) -> Any:
        """Return what a record is looked up by."""
        ids = {"username": "userid", "groupname": "groupid"}
        tag = DEVICES.get(operation.tag, operation.tag)
        record = self._record(f"{tag}/{ids.get(key, 'id')}/{number}")
        if isinstance(record, list):
            return "All Computers"  # the name of a saved report
        general = record.get("general") or record.get("connection") or {}
        field = FIELDS.get(key, key)
        found = record | general
        return str(found.get(field, found.get(f"wifi_{field}", "anything")))

    def _record(self, path: str) -> Any:
        reply = self._client.request(
            "GET", f"/JSSResource/{path}", headers={"Accept": "application/json"}
        )
        if reply.status_code != 200:
            return {}
        (record,) = reply.json().values()
        return record

    def _body(self, operation: Described) -> Any:
        if "multipart/form-data" in operation.body:
            return models.UploadFilesBody(name=File(b"bytes", "a.png"))
        if not operation.body:
            return None
        fields = class_of(operation.body["application/xml"]["schema"])
        if operation.method != "POST":
            return fields()
        self._created += 1
        named = {"name": f"New {self._created}"}
        for body in ({"general": named}, {"connection": named}):
            if next(iter(body)) in fields.json_names():
                return body
        return named if "name" in fields.json_names() else fields()


def in_order(tag: str) -> list[Described]:
    """Return the operations of a tag so that what is deleted was asked for before."""
    operations = [one for one in OPERATIONS.values() if one.tag == tag]
    return sorted(operations, key=lambda one: ORDER.index(one.method))


def check_answered(sandbox: Sandbox, tag: str) -> None:
    assert [request.violation for request in sandbox.requests if request.violation] == []
    answered = {request.operation_id for request in sandbox.requests}
    assert answered >= {operation.name for operation in in_order(tag)}


def check_detailed(operation: Described, detailed: Response[Any]) -> None:
    if operation.method == "DELETE" and detailed.status_code == 404:
        return
    assert detailed.status_code in (200, 201)
    assert detailed.parsed is not None


@pytest.mark.parametrize("tag", TAGS)
def test_every_operation_is_answered(
    tag: str, client: HTTPAuthenticatedClient, jamf_sandbox: Sandbox
) -> None:
    caller = Caller(client)
    for operation in in_order(tag):
        module = module_of(operation)
        assert caller.call(operation, module.sync) is not None
        check_detailed(operation, caller.call(operation, module.sync_detailed))
    check_answered(jamf_sandbox, tag)


@pytest.mark.parametrize("tag", TAGS)
def test_every_operation_is_answered_without_blocking(
    tag: str, client: HTTPAuthenticatedClient, jamf_sandbox: Sandbox
) -> None:
    async def call_all() -> None:
        caller = Caller(client)
        async with client:
            for operation in in_order(tag):
                module = module_of(operation)
                assert await caller.call(operation, module.asyncio) is not None
                check_detailed(operation, await caller.call(operation, module.asyncio_detailed))

    asyncio.run(call_all())
    check_answered(jamf_sandbox, tag)
