"""Every Classic operation against the sandbox, and what the sandbox does as servers do."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterator
from typing import Any

import pytest
from tests.classic.described import OPERATIONS, Described, module_of
from tests.classic.test_every_operation import class_of

from jamf_pro_client import BasicAuthProvider, File, HTTPAuthenticatedClient, errors
from jamf_pro_client._httpx import httpx
from jamf_pro_client.classic import ClassicComputer, models
from jamf_pro_client.classic.api.computergroups import (
    create_computer_group_by_id,
    find_computer_groups_by_id,
    update_computer_group_by_id,
)
from jamf_pro_client.classic.api.computers import (
    create_computer_by_id,
    delete_computer_by_id,
    find_computers,
    find_computers_by_id,
    find_computers_by_id_subset,
    find_computers_by_serial_number,
    match_computers,
    update_computer_by_id,
)
from jamf_pro_client.classic.api.networksegments import (
    create_network_segment_by_id,
    delete_network_segment_by_id,
    find_network_segments,
    find_network_segments_by_id,
    find_network_segments_by_name,
    update_network_segment_by_id,
)
from jamf_pro_client.classic.models import (
    Computer,
    ComputerGeneral,
    ComputerGroup,
    ComputerGroupComputersItem,
    Location,
    NetworkSegment,
    WriteResult,
)
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
TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@pytest.fixture
def client(jamf_sandbox: Sandbox) -> Iterator[HTTPAuthenticatedClient]:
    provider = BasicAuthProvider(jamf_sandbox.username, jamf_sandbox.password)
    made = HTTPAuthenticatedClient(jamf_sandbox.url, credentials=provider, verify_ssl=TLS)
    with made:
        yield made


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


def test_records_are_created_changed_in_parts_and_deleted(client: HTTPAuthenticatedClient) -> None:
    made = create_network_segment_by_id.sync(
        0, client=client, body=NetworkSegment(name="A+B & C%", starting_address="X")
    )
    assert made.id
    update_network_segment_by_id.sync(
        made.id, client=client, body=NetworkSegment(ending_address="Y")
    )

    found = find_network_segments_by_name.sync("A+B & C%", client=client)
    assert (found.name, found.starting_address, found.ending_address) == ("A+B & C%", "X", "Y")
    assert made.id in {row.id for row in find_network_segments.sync(client=client)}
    assert delete_network_segment_by_id.sync(made.id, client=client) == WriteResult(id=made.id)
    with pytest.raises(errors.NotFoundError, match="not found anything matching"):
        find_network_segments_by_id.sync(made.id, client=client)


def test_names_are_given_once(client: HTTPAuthenticatedClient) -> None:
    create_network_segment_by_id.sync(0, client=client, body=NetworkSegment(name="A"))
    with pytest.raises(errors.ConflictError, match="Duplicate name"):
        create_network_segment_by_id.sync(0, client=client, body=NetworkSegment(name="a"))
    with pytest.raises(errors.ConflictError, match="Name is required"):
        create_network_segment_by_id.sync(0, client=client, body=NetworkSegment(building="A"))


def test_a_put_is_answered_with_201_and_xml(client: HTTPAuthenticatedClient) -> None:
    reply = client.request(
        "PUT",
        "/JSSResource/computers/id/1",
        content=b"<computer><general><asset_tag>A</asset_tag></general></computer>",
        headers={"Content-Type": "text/xml", "Accept": "application/json"},
    )
    assert (reply.status_code, reply.content) == (
        201,
        b'<?xml version="1.0" encoding="UTF-8"?><computer><id>1</id></computer>',
    )


def test_json_is_labelled_as_text_and_gives_the_same_record(
    client: HTTPAuthenticatedClient,
) -> None:
    reply = client.request(
        "GET", "/JSSResource/computers/id/1", headers={"Accept": "application/json"}
    )
    assert reply.headers["Content-Type"] == "text/plain;charset=UTF-8"
    wanted = client.with_headers({"Accept": "application/json"})
    assert find_computers_by_id.sync(1, client=wanted) == find_computers_by_id.sync(
        1, client=client
    )


def test_subsets_are_cut_and_unknown_ones_give_all(client: HTTPAuthenticatedClient) -> None:
    part = find_computers_by_id_subset.sync(1, ["General", "Location"], client=client)
    whole = find_computers_by_id_subset.sync(1, "Nothing", client=client)

    assert part.to_dict().keys() == {"general", "location"}
    assert whole.hardware


def test_computers_are_those_of_the_inventory(client: HTTPAuthenticatedClient) -> None:
    update = ClassicComputer()
    update.general.name = "renamed"
    update.location.building = "Mill"
    update.location.room = "7"
    update_computer_by_id.sync(2, client=client, body=update)

    reply = client.request("GET", "/api/v1/computers-inventory-detail/2").json()
    assert reply["general"]["name"] == "renamed"
    assert (reply["userAndLocation"]["room"], reply["userAndLocation"]["buildingId"]) == ("7", "3")
    body = {"userAndLocation": {"buildingId": "1"}, "general": {"assetTag": "from there"}}
    client.request("PATCH", "/api/v1/computers-inventory-detail/2", json=body).raise_for_status()
    computer = find_computers_by_id.sync(2, client=client)
    assert computer.location
    assert computer.general
    assert (computer.location.building, computer.location.room) == ("Harbour House", "7")
    assert (computer.general.name, computer.general.asset_tag) == ("renamed", "from there")


def test_computers_come_and_go_on_both_sides(client: HTTPAuthenticatedClient) -> None:
    body = Computer(general=ComputerGeneral(name="new", serial_number="S1"))
    made = create_computer_by_id.sync(0, client=client, body=body)
    assert made.id
    found = find_computers_by_serial_number.sync("S1", client=client)
    detail = f"/api/v1/computers-inventory-detail/{made.id}"

    assert found.general
    assert found.general.id == made.id
    assert client.request("GET", detail).json()["hardware"]["serialNumber"] == "S1"
    assert match_computers.sync("ne*", client=client)[0].id == made.id
    delete_computer_by_id.sync(made.id, client=client)
    assert client.request("GET", detail).status_code == 404
    assert made.id not in {row.id for row in find_computers.sync(client=client)}


def test_what_the_inventory_has_no_place_for_is_kept(client: HTTPAuthenticatedClient) -> None:
    update_computer_by_id.sync(
        1, client=client, body=Computer(location=Location(building="Somewhere else"))
    )
    computer = find_computers_by_id.sync(1, client=client)
    assert computer.location
    assert computer.location.building == "Somewhere else"


def test_members_of_groups_are_seen_on_both_sides(client: HTTPAuthenticatedClient) -> None:
    one, two = (ComputerGroupComputersItem(id=number) for number in (1, 2))
    made = create_computer_group_by_id.sync(
        0, client=client, body=ComputerGroup(name="Static", is_smart=False, computers=[one])
    )
    assert made.id
    change = ComputerGroup(computer_additions=[two], computer_deletions=[one])
    update_computer_group_by_id.sync(made.id, client=client, body=change)

    group = find_computer_groups_by_id.sync(made.id, client=client)
    assert group.computers
    assert [computer.id for computer in group.computers] == [2]
    reply = client.request(
        "GET", "/api/v1/computers-inventory/2", params={"section": "GROUP_MEMBERSHIPS"}
    )
    assert "Static" in {given["groupName"] for given in reply.json()["groupMemberships"]}
    with pytest.raises(errors.ConflictError):
        update_computer_group_by_id.sync(made.id, client=client, body=change)


@pytest.mark.parametrize(
    ("content", "media", "status"),
    [
        (b"{}", "application/json", 415),
        (b"<computer>", "text/xml", 400),
        (b"", "text/xml", 400),
        (b"<policy/>", "application/xml", 400),
        (b"<!DOCTYPE a><computer/>", "application/xml", 400),
    ],
)
def test_bodies_that_are_no_such_record_are_refused_with_a_page(
    content: bytes, media: str, status: int, client: HTTPAuthenticatedClient
) -> None:
    reply = client.request(
        "PUT", "/JSSResource/computers/id/1", content=content, headers={"Content-Type": media}
    )
    assert reply.status_code == status
    assert reply.headers["Content-Type"].startswith("text/html")


def test_without_a_token_the_answer_is_a_page(jamf_sandbox: Sandbox) -> None:
    reply = httpx.get(f"{jamf_sandbox.url}/JSSResource/computers", verify=TLS)
    assert (reply.status_code, reply.headers["Content-Type"]) == (401, "text/html;charset=utf-8")


def test_a_slash_in_a_name_is_refused_and_a_plus_is_a_blank(
    client: HTTPAuthenticatedClient,
) -> None:
    create_network_segment_by_id.sync(0, client=client, body=NetworkSegment(name="a b"))
    assert client.request("GET", "/JSSResource/networksegments/name/a+b").status_code == 200
    assert find_network_segments_by_name.sync("a b", client=client).name == "a b"
    with pytest.raises(errors.BadRequestError, match="slash"):
        find_network_segments_by_name.sync("a/b", client=client)


def test_replies_can_be_scripted(client: HTTPAuthenticatedClient, jamf_sandbox: Sandbox) -> None:
    jamf_sandbox.answer_next("find_network_segments", 200, "<network_segments/>")
    assert find_network_segments.sync(client=client) == []
    assert len(find_network_segments.sync(client=client)) == 5
