"""What the sandbox does with Classic records as servers do."""

from __future__ import annotations

import ssl
from typing import Any

import pytest

from jamf_pro_client import HTTPAuthenticatedClient, errors
from jamf_pro_client._httpx import httpx
from jamf_pro_client.classic import ClassicComputer
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
from jamf_pro_client.classic.api.osxconfigurationprofiles import (
    create_osx_configuration_profile_by_id,
    find_osx_configuration_profiles_by_id,
)
from jamf_pro_client.classic.api.policies import (
    create_policy_by_id,
    find_policies_by_id,
    update_policy_by_id,
)
from jamf_pro_client.classic.api.users import find_users_by_email_address
from jamf_pro_client.classic.models import (
    Computer,
    ComputerGeneral,
    ComputerGroup,
    ComputerGroupComputersItem,
    IdName,
    Location,
    NetworkSegment,
    OsXConfigurationProfile,
    OsXConfigurationProfileGeneral,
    Policy,
    PolicyGeneral,
    PolicyScope,
    WriteResult,
)
from jamf_pro_sandbox import Sandbox

TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


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


def building_of_both(client: HTTPAuthenticatedClient) -> tuple[str | None, str]:
    """The name that the Classic API tells of computer 1, and the id of the inventory."""
    computer = find_computers_by_id.sync(1, client=client)
    assert computer.location
    reply = client.request("GET", "/api/v4/computers-inventory-detail/1").json()
    return computer.location.building or None, reply["userAndLocation"]["buildingId"]


def move(client: HTTPAuthenticatedClient, building: str | None) -> tuple[str | None, str]:
    body = Computer(location=Location(building=building))
    update_computer_by_id.sync(1, client=client, body=body)
    return building_of_both(client)


def test_a_building_that_is_cleared_is_cleared_on_both_sides(
    client: HTTPAuthenticatedClient,
) -> None:
    assert move(client, "Mill") == ("Mill", "3")
    assert move(client, None) == (None, "")
    # The inventory does not know it, and says of no other building that it is there.
    assert move(client, "Quay") == ("Quay", "")
    assert move(client, None) == (None, "")


def test_buildings_that_were_added_are_named_on_both_sides(client: HTTPAuthenticatedClient) -> None:
    made = client.request("POST", "/api/v1/buildings", json={"name": "Quay"}).json()
    assert move(client, "Quay") == ("Quay", made["id"])
    path = "/api/v4/computers-inventory-detail/1"
    client.request("PATCH", path, json={"userAndLocation": {"buildingId": "2"}})
    assert building_of_both(client) == ("Lighthouse", "2")
    client.request("PATCH", path, json={"userAndLocation": {"buildingId": made["id"]}})
    assert building_of_both(client) == ("Quay", made["id"])


def test_members_are_named_by_id_name_or_serial_number(client: HTTPAuthenticatedClient) -> None:
    made = create_computer_group_by_id.sync(
        0, client=client, body=ComputerGroup(name="Static", is_smart=False)
    )
    assert made.id

    def changed(body: ComputerGroup) -> list[Any]:
        group = made.id or 0
        update_computer_group_by_id.sync(group, client=client, body=body)
        return [
            one.id for one in find_computer_groups_by_id.sync(group, client=client).computers or []
        ]

    third = find_computers_by_id.sync(3, client=client)
    assert third.general
    name = ComputerGroupComputersItem(name="mac-000002")
    serial = ComputerGroupComputersItem(serial_number=third.general.serial_number)
    assert changed(ComputerGroup(computer_additions=[name, serial])) == [2, 3]
    assert changed(ComputerGroup(computer_deletions=[name])) == [3]
    assert changed(ComputerGroup(computers=[name])) == [2]
    for nobody in (ComputerGroupComputersItem(name="nobody"), ComputerGroupComputersItem()):
        with pytest.raises(errors.ConflictError):
            changed(ComputerGroup(computer_additions=[serial, nobody]))
    assert changed(ComputerGroup()) == [2]


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


def test_payloads_of_profiles_are_read_as_they_were_written(
    client: HTTPAuthenticatedClient,
) -> None:
    payloads = "<plist><string>a &amp; b &lt; c</string></plist>"
    general = OsXConfigurationProfileGeneral(name="New", payloads=payloads)
    made = create_osx_configuration_profile_by_id.sync(
        0, client=client, body=OsXConfigurationProfile(general=general)
    )
    assert made.id
    found = find_osx_configuration_profiles_by_id.sync(made.id, client=client)
    assert found.general
    assert found.general.payloads == payloads


def test_payloads_that_are_escaped_once_are_refused_as_servers_do(
    client: HTTPAuthenticatedClient,
) -> None:
    content = (
        b"<os_x_configuration_profile><general><name>New</name><payloads><![CDATA["
        b"<!DOCTYPE plist><plist><string>a &amp; b</string></plist>"
        b"]]></payloads></general></os_x_configuration_profile>"
    )
    reply = client.request(
        "POST",
        "/JSSResource/osxconfigurationprofiles/id/0",
        content=content,
        headers={"Content-Type": "text/xml"},
    )
    assert reply.status_code == 409
    reply = client.request(
        "POST",
        "/JSSResource/osxconfigurationprofiles/id/0",
        content=content.replace(b"&amp;", b"&amp;amp;"),
        headers={"Content-Type": "text/xml"},
    )
    assert reply.status_code == 201


def test_a_scope_is_replaced_and_other_sections_are_merged(
    client: HTTPAuthenticatedClient,
) -> None:
    scope = PolicyScope(all_computers=False, buildings=[IdName(id=1)])
    body = Policy(general=PolicyGeneral(name="New", enabled=True), scope=scope)
    made = create_policy_by_id.sync(0, client=client, body=body)
    assert made.id
    scope = PolicyScope(departments=[IdName(id=2)])
    change = Policy(general=PolicyGeneral(trigger_other="now"), scope=scope)
    update_policy_by_id.sync(made.id, client=client, body=change)

    found = find_policies_by_id.sync(made.id, client=client)
    assert found.general
    assert (found.general.name, found.general.trigger_other) == ("New", "now")
    assert found.scope == scope


def test_users_of_an_address_are_a_list(client: HTTPAuthenticatedClient) -> None:
    (user,) = find_users_by_email_address.sync("person2@example.com", client=client)
    assert (user.id, user.email) == (2, "person2@example.com")
    with pytest.raises(errors.NotFoundError):
        find_users_by_email_address.sync("nobody@example.com", client=client)
