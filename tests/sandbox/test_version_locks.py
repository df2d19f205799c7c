"""Prestages are written by whoever names the version locks as they are, and by nobody else."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from jamf_pro_sandbox import Sandbox
from jamf_pro_sandbox.description import load_description
from jamf_pro_sandbox.samples import Sampler

PRESTAGES = ["/v3/computer-prestages", "/v3/mobile-device-prestages", "/v2/mobile-device-prestages"]
BLOCKS = ("locationInformation", "purchasingInformation")


def body_for(path: str, method: str) -> dict[str, Any]:
    """Everything that a body may carry, under a name that no prestage has."""
    description = load_description()
    slug = path.strip("/").replace("/", "_").replace("-", "_")
    operation = f"post_{slug}" if method == "POST" else f"put_{slug}_id"
    schema = description.operations[operation].bodies["application/json"]
    body: dict[str, Any] = Sampler(description).request(schema, full=True, row=100)
    return body


def locks(record: dict[str, Any]) -> dict[str, int]:
    inner = {name: record[name]["versionLock"] for name in BLOCKS}
    return {"": record["versionLock"], **inner}


def with_locks(body: dict[str, Any], record: dict[str, Any]) -> dict[str, Any]:
    """Let a body carry each lock of a record at its place."""
    carried = {
        name: {**value, "versionLock": record[name]["versionLock"]}
        for name, value in body.items()
        if isinstance(value, dict) and "versionLock" in record.get(name, {})
    }
    return {**body, **carried, "versionLock": record["versionLock"]}


@pytest.mark.parametrize("path", PRESTAGES)
def test_a_new_prestage_has_locks_of_zero_and_each_write_raises_them(
    path: str, api: httpx.Client
) -> None:
    made = api.post(path, json=body_for(path, "POST"))
    one = f"{path}/{made.json()['id']}"
    first = api.get(one).json()
    assert set(locks(first).values()) == {0}

    body: dict[str, Any] = with_locks(body_for(path, "PUT"), first)
    body["displayName"] = "Renamed"
    body["locationInformation"]["room"] = "7"
    second = api.put(one, json=body)
    assert second.status_code == 200, second.text
    assert second.json() == api.get(one).json()
    assert second.json()["displayName"] == "Renamed"
    assert second.json()["locationInformation"]["room"] == "7"
    assert locks(second.json()) == {"": 1, "locationInformation": 1, "purchasingInformation": 0}


@pytest.mark.parametrize("path", PRESTAGES)
@pytest.mark.parametrize("block", ["", *BLOCKS])
def test_a_stale_lock_of_any_block_is_409_and_nothing_is_written(
    path: str, block: str, api: httpx.Client
) -> None:
    before = api.get(f"{path}/1").json()
    body = with_locks(body_for(path, "PUT"), before)
    (body[block] if block else body)["versionLock"] += 1
    refused = api.put(f"{path}/1", json=body)
    assert refused.status_code == 409
    assert [one["code"] for one in refused.json()["errors"]] == ["OPTIMISTIC_LOCK_FAILED"]
    assert api.get(f"{path}/1").json() == before


@pytest.mark.parametrize("noun", ["computer-prestages", "mobile-device-prestages"])
def test_a_scope_gains_and_loses_serial_numbers(noun: str, api: httpx.Client) -> None:
    path = f"/v2/{noun}/1/scope"
    before = api.get(path).json()

    def serials(reply: httpx.Response) -> list[str]:
        assert reply.status_code == 200, reply.text
        return [row["serialNumber"] for row in reply.json()["assignments"]]

    old = serials(api.get(path))
    given = {"serialNumbers": ["C02A", "C02B"], "versionLock": before["versionLock"]}
    assert serials(api.post(path, json=given)) == [*old, "C02A", "C02B"]
    assert api.post(path, json=given).status_code == 409
    gone = {"serialNumbers": ["C02A"], "versionLock": before["versionLock"] + 1}
    assert serials(api.post(f"{path}/delete-multiple", json=gone)) == [*old, "C02B"]
    whole = {"serialNumbers": ["C02Z"], "versionLock": before["versionLock"] + 2}
    assert serials(api.put(path, json=whole)) == ["C02Z"]
    assert api.get(path).json()["versionLock"] == before["versionLock"] + 3
    assert api.get(f"/v2/{noun}/scope").json()["serialsByPrestageId"]["C02Z"] == "1"


@pytest.mark.parametrize("noun", ["computer-prestages", "mobile-device-prestages"])
def test_a_serial_number_is_in_one_prestage_only(noun: str, api: httpx.Client) -> None:
    first, second = (f"/v2/{noun}/{number}/scope" for number in (1, 2))

    def send(path: str, *serials: str, below: str = "", method: str = "POST") -> httpx.Response:
        lock = api.get(path).json()["versionLock"]
        body = {"serialNumbers": serials, "versionLock": lock}
        return api.request(method, path + below, json=body)

    assert send(first, "C02A", "C02B").is_success
    assert send(first, "C02A").is_success
    before = api.get(second).json()
    for method in ("POST", "PUT"):
        refused = send(second, "C02Z", "C02A", "C02B", method=method)
        assert refused.status_code == 400
        (error, other) = refused.json()["errors"]
        assert (error["code"], error["description"]) == ("ALREADY_SCOPED", "C02A")
        assert (error["field"], other["description"]) == ("serialNumbers", "C02B")
        assert api.get(second).json() == before
    assert send(first, "C02A", below="/delete-multiple").is_success
    assert send(second, "C02A").is_success


def test_both_versions_show_the_same_prestage(api: httpx.Client, jamf_sandbox: Sandbox) -> None:
    made = api.post("/v3/mobile-device-prestages", json=body_for(PRESTAGES[1], "POST")).json()
    for path in PRESTAGES[1:]:
        rows = {row["id"]: row["displayName"] for row in api.get(path).json()["results"]}
        assert rows[made["id"]] == "Sample displayName 101"
    assert not any(one.violation for one in jamf_sandbox.requests)
