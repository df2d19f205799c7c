"""What is written stays written."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from jamf_pro_sandbox import Sandbox

LISTS = [
    ("/v1/buildings", {"name": "Windmill", "city": "Seahaven"}),
    ("/v1/categories", {"name": "Baking", "priority": 4}),
    ("/v1/departments", {"name": "Bakery"}),
]


@pytest.mark.parametrize(("path", "body"), LISTS)
def test_a_record_lives_from_create_to_delete(
    path: str, body: dict[str, Any], api: httpx.Client, jamf_sandbox: Sandbox
) -> None:
    made = api.post(path, json=body)
    number = made.json()["id"]
    assert made.status_code == 201
    assert made.json()["href"] == f"{jamf_sandbox.url}/api{path}/{number}"

    one = f"{path}/{number}"
    read = api.get(one).json()
    assert read == read | body | {"id": number}
    assert api.get(path, params={"page-size": 2000}).json()["results"][-1] == read

    changed = api.put(one, json=body | {"name": "Renamed"})
    assert (changed.status_code, changed.json()["name"]) == (200, "Renamed")
    assert api.get(one).json() == changed.json()

    assert api.delete(one).status_code == 204
    assert api.get(one).status_code == 404
    assert api.post(path, json=body).json()["id"] != number


def test_put_replaces_the_whole_record(api: httpx.Client) -> None:
    assert api.get("/v1/buildings/1").json()["city"] == "Seahaven"
    api.put("/v1/buildings/1", json={"name": "Harbour House"})
    assert api.get("/v1/buildings/1").json()["city"] is None


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_a_missing_record_is_404_and_a_word_is_no_id(method: str, api: httpx.Client) -> None:
    missing = api.request(method, "/v1/buildings/999")
    assert (missing.status_code, missing.json()["httpStatus"]) == (404, 404)
    wordy = api.request(method, "/v1/buildings/first")
    assert (wordy.status_code, wordy.json()["errors"][0]["code"]) == (400, "INVALID_ID")


def test_names_are_unique_whatever_their_case(api: httpx.Client) -> None:
    for reply in (
        api.post("/v1/buildings", json={"name": "MILL"}),
        api.put("/v1/buildings/1", json={"name": "Mill"}),
    ):
        (error,) = reply.json()["errors"]
        assert reply.status_code == 400
        assert (error["code"], error["field"]) == ("DUPLICATE_FIELD", "name")
    assert api.put("/v1/buildings/3", json={"name": "Mill"}).status_code == 200


def test_delete_multiple_deletes_the_good_and_names_the_bad(api: httpx.Client) -> None:
    assert api.post("/v1/departments/delete-multiple", json={"ids": ["1"]}).status_code == 204
    reply = api.post("/v1/departments/delete-multiple", json={"ids": ["77", "2", "x"]})
    assert reply.status_code == 400
    assert [error["id"] for error in reply.json()["errors"]] == ["77", "x"]
    assert [row["id"] for row in api.get("/v1/departments").json()["results"]] == ["3"]


def test_every_sandbox_starts_fresh(api: httpx.Client, jamf_sandbox: Sandbox) -> None:
    api.delete("/v1/buildings/1")
    with Sandbox() as other:
        assert (other.url, other.client_secret) != (jamf_sandbox.url, jamf_sandbox.client_secret)
        reply = httpx.post(f"{other.url}/api/v1/auth/token", auth=(other.username, other.password))
        headers = {"Authorization": f"Bearer {reply.json()['token']}"}
        assert httpx.get(f"{other.url}/api/v1/buildings/1", headers=headers).status_code == 200
