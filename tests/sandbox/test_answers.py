"""What is answered where nothing is kept."""

from __future__ import annotations

import httpx
import pytest

from jamf_pro_sandbox import Sandbox
from jamf_pro_sandbox.description import load_description


def test_the_server_has_the_version_of_its_description(api: httpx.Client) -> None:
    version = api.get("/v1/jamf-pro-version").json()["version"]
    assert version.partition("-t")[0] == load_description().document["info"]["version"]


def test_the_server_is_up(open_door: httpx.Client) -> None:
    status = open_door.get("/api/startup-status").json()
    assert status["stepCode"] == "SERVER_INIT_COMPLETE"
    assert status.keys() <= load_description().schema("StartupStatus")["properties"].keys()
    assert open_door.get("/healthCheck.html").text == "[]"


def test_the_server_gives_its_description(open_door: httpx.Client) -> None:
    reply = open_door.get("/api/schema/")
    assert reply.headers["content-type"] == "application/json"
    assert reply.json() == load_description().document


def test_records_have_the_id_that_was_asked_for(api: httpx.Client) -> None:
    assert api.get("/v1/ebooks/77").json()["id"] == "77"
    assert api.get("/v1/account-groups/77").json()["id"] == "77"


def test_samples_are_of_the_device_in_the_path(api: httpx.Client) -> None:
    assert api.get("/v4/computers-inventory/3/filevault").json()["computerId"] == "3"
    accounts = api.get("/v2/local-admin-password/some-device/accounts").json()["results"]
    assert [one["clientManagementId"] for one in accounts] == ["some-device"]


def test_links_lead_back_to_this_server(api: httpx.Client, jamf_sandbox: Sandbox) -> None:
    made = api.post("/v1/scripts", json={"name": "Sample"}).json()
    assert made == {"id": "4", "href": f"{jamf_sandbox.url}/api/v1/scripts/4"}


@pytest.mark.parametrize(
    ("method", "path", "media_type", "start", "name"),
    [
        ("POST", "/v1/buildings/export", "text/csv", b"id,name,", "buildings.csv"),
        ("POST", "/v1/buildings/export?export-fields=city", "text/csv", b"city\n", "buildings.csv"),
        ("GET", "/v1/icon/download/1", "image/png", b"\x89PNG", "icon.png"),
        ("GET", "/v1/scripts/1/download", "text/plain", b"#!", "scripts.txt"),
        (
            "GET",
            "/v1/pki/certificate-authority/active/pem",
            "application/pem-certificate-chain",
            b"-----BEGIN CERTIFICATE-----",
            "active.pem",
        ),
    ],
)
def test_downloads_have_the_right_kind_and_a_name(
    method: str, path: str, media_type: str, start: bytes, name: str, api: httpx.Client
) -> None:
    reply = api.request(method, path)
    assert reply.headers["content-type"].partition(";")[0] == media_type
    assert reply.headers["content-disposition"] == f'attachment; filename="{name}"'
    assert reply.content.startswith(start)


def test_two_kinds_of_body_are_told_apart_by_accept(api: httpx.Client) -> None:
    as_json = api.get("/v1/inventory-preload")
    as_table = api.get("/v1/inventory-preload", headers={"Accept": "text/csv"})
    assert as_json.headers["content-type"] == "application/json"
    assert as_table.headers["content-type"] == "text/csv;charset=utf-8"
