"""The invented computers, in all versions of the inventory."""

from __future__ import annotations

import time
from typing import Any

import httpx
import pytest

from jamf_pro_sandbox import Sandbox

VERSIONS = ["v1", "v2", "v3", "v4"]


def rows(api: httpx.Client, path: str = "/v4/computers-inventory", **query: Any) -> list[Any]:
    reply = api.get(path, params=query)
    assert reply.status_code == 200, reply.text
    found: list[Any] = reply.json()["results"]
    return found


@pytest.mark.parametrize("version", VERSIONS)
def test_sections_that_nobody_asked_for_are_null(version: str, api: httpx.Client) -> None:
    path = f"/{version}/computers-inventory"
    (first, *_) = rows(api, path)
    assert {key for key, value in first.items() if value is not None} == {"id", "udid", "general"}
    (first, *_) = rows(api, path, section=["HARDWARE", "USER_AND_LOCATION"])
    present = {key for key, value in first.items() if value is not None}
    assert present == {"id", "udid", "hardware", "userAndLocation"}
    assert api.get(f"{path}/1").json()["hardware"] is None


@pytest.mark.parametrize("version", VERSIONS)
def test_details_have_every_section(version: str, api: httpx.Client) -> None:
    record = api.get(f"/{version}/computers-inventory-detail/3").json()
    assert None not in record.values()
    assert len(record["applications"]) >= 18
    assert record["id"] == "3"


def test_versions_show_the_same_computer_in_their_own_form(api: httpx.Client) -> None:
    old, new = (api.get(f"/{version}/computers-inventory/1").json() for version in ("v1", "v4"))
    assert old["udid"] == new["udid"]
    assert old["general"]["lastContactTime"] == new["general"]["lastContact"]
    assert "lastCheckIn" in new["general"]
    assert {"fonts", "plugins"} <= old.keys() - new.keys()


def test_the_same_seed_invents_the_same_computers() -> None:
    def serials(seed: int) -> list[str]:
        with Sandbox(computers=3, seed=seed) as sandbox:
            auth = (sandbox.username, sandbox.password)
            token = httpx.post(f"{sandbox.url}/api/v1/auth/token", auth=auth).json()["token"]
            headers = {"Authorization": f"Bearer {token}"}
            url = f"{sandbox.url}/api/v4/computers-inventory?section=HARDWARE"
            found = httpx.get(url, headers=headers).json()["results"]
        return [row["hardware"]["serialNumber"] for row in found]

    assert serials(7) == serials(7) != serials(8)


def test_computers_are_sorted_and_filtered(api: httpx.Client) -> None:
    contacts = [row["general"]["lastContact"] for row in rows(api, sort="general.lastContact:desc")]
    assert contacts == sorted(contacts, reverse=True)
    (found,) = rows(api, filter='general.name=="mac-000004"')
    assert found["id"] == "4"
    silicon = rows(api, filter="hardware.appleSilicon==true", section="HARDWARE")
    assert all(row["hardware"]["appleSilicon"] for row in silicon)
    renamed = api.get("/v4/computers-inventory", params={"filter": "general.lastContactTime==x"})
    assert renamed.status_code == 400


def test_computers_can_be_made_changed_and_deleted(api: httpx.Client) -> None:
    changes = {"general": {"assetTag": "A-9", "managed": False}, "userAndLocation": {"room": "9"}}
    assert api.patch("/v3/computers-inventory-detail/2", json=changes).status_code == 204
    record = api.get("/v4/computers-inventory-detail/2").json()
    assert record["general"]["assetTag"] == "A-9"
    assert record["general"]["remoteManagement"]["managed"] is False
    assert record["userAndLocation"]["room"] == "9"
    assert [row["id"] for row in rows(api, filter="general.assetTag==A-9")] == ["2"]

    assert api.delete("/v1/computers-inventory/2").status_code == 204
    assert api.get("/v4/computers-inventory/2").status_code == 404
    assert len(rows(api)) == 9

    made = api.post("/v2/computers-inventory", json={"general": {"name": "new-one"}})
    number = made.json()["id"]
    assert (made.status_code, number) == (201, "11")
    assert [row["id"] for row in rows(api, filter="general.name==new-one")] == [number]


def test_fifty_thousand_computers_are_no_burden() -> None:
    with Sandbox(computers=50_000) as sandbox:
        auth = (sandbox.username, sandbox.password)
        with httpx.Client(base_url=f"{sandbox.url}/api") as client:
            token = client.post("/v1/auth/token", auth=auth).json()["token"]
            client.headers["Authorization"] = f"Bearer {token}"
            (last,) = rows(client, **{"page": "49999", "page-size": "1"})
            started = time.perf_counter()
            page = rows(client, page=250)
            seconds = time.perf_counter() - started
    assert last["id"] == "50000"
    assert len(page) == 100
    # A few milliseconds at rest; the bound leaves room for a busy machine.
    assert seconds < 0.25


def defined(api: httpx.Client, name: str, place: str, **facts: Any) -> str:
    body = {"name": name, "dataType": "STRING", "inputType": "TEXT", "inventoryDisplayType": place}
    made = api.post("/v1/computer-extension-attributes", json={**body, **facts})
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


@pytest.mark.parametrize("version", VERSIONS)
def test_extension_attributes_are_merged_by_definition(version: str, api: httpx.Client) -> None:
    path = f"/{version}/computers-inventory-detail/1"
    owner, end = (defined(api, name, "USER_AND_LOCATION") for name in ("Owner", "Loan end"))

    def values() -> dict[str, list[str]]:
        section = api.get(path).json()["userAndLocation"]
        return {one["name"]: one["values"] for one in section["extensionAttributes"]}

    assert values() == {"Owner": [], "Loan end": []}
    first, second = ({"definitionId": one, "values": [one]} for one in (owner, end))
    # Servers know by the definition where a value belongs.
    sent = [
        {"extensionAttributes": [first]},
        {"general": {"assetTag": "A-1", "extensionAttributes": [second]}},
    ]
    for body in sent:
        assert api.patch(path, json=body).is_success
    assert values() == {"Owner": [owner], "Loan end": [end]}
    assert api.get(path).json()["general"]["assetTag"] == "A-1"
    assert api.patch(path, json={"extensionAttributes": [first | {"values": []}]}).is_success
    assert values() == {"Owner": [], "Loan end": [end]}
    other = api.get(f"/{version}/computers-inventory-detail/2").json()["userAndLocation"]
    assert [one["values"] for one in other["extensionAttributes"]] == [[], []]


def test_extension_attributes_are_described_by_their_definition(api: httpx.Client) -> None:
    facts = {"description": "Of the cable", "popupMenuChoices": ["red", "blue"]}
    number = defined(api, "Colour", "HARDWARE", inputType="POPUP", dataType="DATE", **facts)
    sent = {"definitionId": number, "values": ["red"]}
    api.patch("/v4/computers-inventory-detail/3", json={"extensionAttributes": [sent]})
    section = api.get("/v4/computers-inventory-detail/3").json()["hardware"]
    assert section["extensionAttributes"][-1] == {
        "definitionId": number,
        "name": "Colour",
        "description": "Of the cable",
        "enabled": True,
        "multiValue": False,
        "values": ["red"],
        "dataType": "DATE_TIME",
        "options": ["red", "blue"],
        "inputType": "POPUP",
    }
    assert api.delete(f"/v1/computer-extension-attributes/{number}").status_code == 204
    section = api.get("/v4/computers-inventory-detail/3").json()["hardware"]
    assert "Colour" not in {one["name"] for one in section["extensionAttributes"]}


def test_an_extension_attribute_without_a_definition_is_refused(api: httpx.Client) -> None:
    path = "/v4/computers-inventory-detail/1"
    before = api.get(path).json()
    sent = [{"definitionId": "99", "values": ["x"]}]
    refused = api.patch(path, json={"general": {"assetTag": "A-1", "extensionAttributes": sent}})
    (error,) = refused.json()["errors"]
    assert (refused.status_code, error["code"]) == (400, "INVALID_ID")
    assert (error["field"], "99" in error["description"]) == ("definitionId", True)
    assert api.get(path).json() == before


def test_computers_know_the_definitions_of_every_node() -> None:
    with Sandbox(computers=1, nodes=2) as sandbox:
        auth = (sandbox.username, sandbox.password)
        with httpx.Client(base_url=f"{sandbox.url}/api") as client:
            token = client.post("/v1/auth/token", auth=auth).json()["token"]
            client.headers["Authorization"] = f"Bearer {token}"
            for name in ("Owner", "Loan end"):
                client.cookies.clear()  # the other node is next
                number = defined(client, name, "GENERAL")
                sent = {"extensionAttributes": [{"definitionId": number, "values": [name]}]}
                client.patch("/v4/computers-inventory-detail/1", json=sent)
            general = client.get("/v4/computers-inventory/1").json()["general"]
    assert [one["values"] for one in general["extensionAttributes"]][-2:] == [
        ["Owner"],
        ["Loan end"],
    ]
