"""MDM commands are pending when they are first looked at, and acknowledged afterwards."""

from __future__ import annotations

from typing import Any

import httpx

from jamf_pro_client import ApiClientCredentialsProvider, JamfProClient
from jamf_pro_client.models import (
    MdmCommandClientRequest,
    MdmCommandRequest,
    RestartDeviceCommand,
)
from jamf_pro_client.resilience import Timing
from jamf_pro_sandbox import Sandbox

RESTART = {"commandType": "RESTART_DEVICE"}


def management_ids(api: httpx.Client) -> list[str]:
    rows = api.get("/v4/computers-inventory").json()["results"]
    return [row["general"]["managementId"] for row in rows]


def restart(api: httpx.Client, *devices: str) -> list[str]:
    clients = [{"managementId": device} for device in devices]
    made = api.post("/v2/mdm/commands", json={"commandData": RESTART, "clientData": clients})
    assert made.status_code == 201, made.text
    return [one["id"] for one in made.json()]


def listed(api: httpx.Client, query: str) -> list[dict[str, Any]]:
    found = api.get("/v2/mdm/commands", params={"filter": query}).json()
    assert found["totalCount"] == len(found["results"])
    return list(found["results"])


def test_a_command_is_pending_and_then_acknowledged(api: httpx.Client) -> None:
    device = management_ids(api)[0]
    (command,) = restart(api, device)
    (first,) = listed(api, f"uuid=={command}")
    assert first["client"] == {"managementId": device, "clientType": "COMPUTER"}
    assert (first["commandType"], first["commandState"]) == ("RESTART_DEVICE", "PENDING")
    (second,) = listed(api, f"uuid=={command}")
    assert second == first | {
        "commandState": "ACKNOWLEDGED",
        "dateCompleted": second["dateCompleted"],
    }


def test_commands_are_found_by_what_filters_know(api: httpx.Client) -> None:
    one, two = management_ids(api)[:2]
    restart(api, one, two)
    erased = api.post("/v4/computers-inventory/1/erase", json={}).json()["commandUuid"]
    assert len(listed(api, f"clientManagementId=={one};status==Pending")) == 2
    assert [row["uuid"] for row in listed(api, "command==ERASE_DEVICE")] == [erased]
    assert len(listed(api, "active==true")) == 1
    assert len(listed(api, "clientType==COMPUTER;status==Acknowledged")) == 3
    assert len(api.get("/v1/mdm/commands", params={"client-management-id": two}).json()) == 1
    assert api.get("/v1/mdm/commands", params={"uuids": erased}).json()[0]["uuid"] == erased


def test_no_more_uuids_are_looked_up_than_servers_take(api: httpx.Client) -> None:
    reply = api.get("/v1/mdm/commands", params={"uuids": [str(number) for number in range(41)]})
    assert (reply.status_code, reply.json()["errors"][0]["code"]) == (414, "INVALID_SIZE")


def test_a_command_to_nobody_is_refused(api: httpx.Client, jamf_sandbox: Sandbox) -> None:
    clients = [{"managementId": management_ids(api)[0]}]
    wrong: list[dict[str, Any]] = [{"commandData": RESTART}, {"clientData": clients}]
    for body in wrong:
        refused = api.post("/v2/mdm/commands", json=body)
        assert refused.status_code == refused.json()["httpStatus"] == 400
        assert "commandData and clientData" in refused.json()["errors"][0]["description"]
        assert "clientData" in str(jamf_sandbox.requests[-1].violation)
    # So do real servers.
    assert api.post("/v2/mdm/commands", json={}).status_code == 500
    assert api.post("/v4/computers-inventory/9999/erase", json={}).status_code == 404


def test_operations_on_mobile_devices_send_commands(api: httpx.Client) -> None:
    device = api.get("/v2/mobile-devices").json()["results"][0]
    made = api.post(f"/v2/mobile-devices/{device['id']}/unmanage").json()
    assert made["deviceId"] == device["id"]
    (command,) = listed(api, f"uuid=={made['commandUuid']}")
    assert command["client"] == {
        "managementId": device["managementId"],
        "clientType": "MOBILE_DEVICE",
    }


def test_packages_are_deployed_to_computers_that_exist(api: httpx.Client) -> None:
    manifest = {
        "bundleId": "com.example.drawing",
        "bundleVersion": "1.0",
        "hash": "d41d8cd98f00b204e9800998ecf8427e",
        "hashType": "MD5",
        "sizeInBytes": 1,
        "title": "Drawing",
        "url": "https://example.com/drawing.pkg",
    }
    made = api.post("/v1/deploy-package", json={"manifest": manifest, "devices": [2, 99]}).json()
    (queued,) = made["queuedCommands"]
    assert (queued["device"], [one["device"] for one in made["errors"]]) == (2, [99])
    assert listed(api, f"uuid=={queued['commandUuid']}")


def test_pushes_and_renewals_tell_who_is_unknown(api: httpx.Client) -> None:
    known = management_ids(api)[0]
    told = api.post("/v2/mdm/blank-push", json={"clientManagementIds": [known, "nobody"]})
    assert told.json() == {"errorUuids": ["nobody"]}
    told = api.post("/v1/mdm/renew-profile", json={"udids": ["nobody"]})
    assert told.json() == {"udidsNotProcessed": {"udids": ["nobody"]}}


def test_the_library_waits_for_commands(jamf_sandbox: Sandbox) -> None:
    login = ApiClientCredentialsProvider(jamf_sandbox.client_id, jamf_sandbox.client_secret)
    pauses: list[float] = []
    with JamfProClient(jamf_sandbox.url, login) as client:
        page: Any = client.pro_api.get_v4_computers_inventory()
        sent: Any = client.pro_api.post_v2_mdm_commands(
            body=MdmCommandRequest(
                client_data=[
                    MdmCommandClientRequest(management_id=computer.general.management_id)
                    for computer in page.results[:2]
                ],
                command_data=RestartDeviceCommand(),
            )
        )
        commands = client.wait_for_mdm_commands(
            [command.id for command in sent], timing=Timing(sleep=pauses.append)
        )
    assert [command.command_state for command in commands] == ["ACKNOWLEDGED"] * 2
    assert len(pauses) == 1
