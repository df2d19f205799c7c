"""What is below a record: lists of its own, files, switches; and it goes with the record."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

CUSTOMIZATION = "/v1/enrollment-customization/1"
TEXT = {
    "displayName": "Welcome",
    "rank": 1,
    "title": "Hello",
    "body": "Read this",
    "backButtonText": "Back",
    "continueButtonText": "On",
}


def test_attachments_of_a_computer_come_back_as_they_were_sent(api: httpx.Client) -> None:
    path = "/v4/computers-inventory/2/attachments"
    made = api.post(path, files={"file": ("notes.txt", b"caf\xe9", "text/plain")}).json()
    assert made["href"].endswith(f"{path}/{made['id']}")
    # All versions hold the same, other computers do not.
    older = f"/v1/computers-inventory/2/attachments/{made['id']}"
    assert api.get(older).content == b"caf\xe9"
    other = f"/v4/computers-inventory/3/attachments/{made['id']}"
    assert api.get(other).status_code == 404
    assert api.delete(f"{path}/{made['id']}").status_code == 204
    assert api.get(older).status_code == 404


def test_attachments_of_a_prestage_are_listed(api: httpx.Client) -> None:
    path = "/v3/mobile-device-prestages/2/attachments"
    before = api.get(path).json()
    made = api.post(path, files={"file": ("terms.pdf", b"%PDF", "application/pdf")}).json()
    assert made == {"id": made["id"], "name": "terms.pdf", "fileType": "pdf"}
    after = api.get(path).json()
    assert [one["id"] for one in after] == [*(one["id"] for one in before), made["id"]]
    ids = [one["id"] for one in before]
    assert api.post(f"{path}/delete-multiple", json={"ids": ids}).status_code == 204
    assert [one["id"] for one in api.get(path).json()] == [made["id"]]


def test_panels_of_all_kinds_are_in_one_list(api: httpx.Client) -> None:
    made = api.post(f"{CUSTOMIZATION}/text", json=TEXT).json()
    assert made == made | TEXT | {"type": "text"}
    panels = api.get(f"{CUSTOMIZATION}/all").json()["panels"]
    assert {"id": made["id"], "displayName": "Welcome", "rank": 1, "type": "text"} in panels
    path = f"{CUSTOMIZATION}/text/{made['id']}"
    assert api.put(path, json=TEXT | {"title": "Good day"}).json()["title"] == "Good day"
    assert api.delete(f"{CUSTOMIZATION}/all/{made['id']}").status_code == 204
    assert api.get(path).status_code == 404


def test_what_is_below_an_unknown_record_is_not_found(api: httpx.Client) -> None:
    for path in (
        "/v1/scripts/99/download",
        "/v1/buildings/99/history",
        "/v4/computers-inventory/99/filevault",
        "/v1/enrollment-customization/99/all",
        "/v3/patch-software-title-configurations/99/patch-report",
    ):
        assert api.get(path).status_code == 404, path


@pytest.mark.parametrize(
    "path",
    ["/v2/patch-policies/2/dashboard", "/v3/patch-software-title-configurations/2/dashboard"],
)
def test_the_dashboard_shows_what_was_put_there(path: str, api: httpx.Client) -> None:
    def shown() -> Any:
        return api.get(path).json()["onDashboard"]

    assert not shown()
    assert api.post(path).status_code == 204
    assert shown()
    assert api.delete(path).status_code == 204
    assert not shown()


def test_settings_that_are_deleted_are_gone_until_they_are_written(api: httpx.Client) -> None:
    path = "/v3/enrollment/languages/de"
    words = {"languageCode": "de", "name": "German", "title": "Anmeldung"}
    assert api.get(path).status_code == 200
    assert api.delete(path).status_code == 204
    assert api.get(path).status_code == 404
    assert api.put(path, json=words).status_code == 200
    assert api.get(path).json()["title"] == "Anmeldung"


def test_a_list_is_deleted_as_a_whole(api: httpx.Client) -> None:
    path = "/v1/inventory-preload"
    assert api.get(path).json()["totalCount"] > 0
    assert api.delete(path).status_code == 204
    assert api.get(path).json()["totalCount"] == 0
