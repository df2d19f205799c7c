"""Groups are the same in the lists of their kind and in those of all kinds."""

from __future__ import annotations

from typing import Any

import httpx

STATIC = "/v3/computer-groups/static-groups"
MOBILE = "/v2/mobile-device-groups/static-groups"


def found(api: httpx.Client, name: str) -> dict[str, Any]:
    rows = api.get("/v1/groups", params={"filter": f'groupName=="{name}"'}).json()["results"]
    (row,) = rows
    return dict(row)


def test_a_static_group_is_in_every_list(api: httpx.Client) -> None:
    body = {"name": "Harbour", "description": "By the sea", "assignments": ["1", "3"]}
    number = api.post(STATIC, json=body).json()["id"]
    row = found(api, "Harbour")
    assert (row["groupJamfProId"], row["groupType"], row["smart"]) == (number, "COMPUTER", False)
    assert (row["groupDescription"], row["membershipCount"]) == ("By the sea", 2)
    assert api.get(f"/v2/groups/{row['groupPlatformId']}").json()["groupName"] == "Harbour"
    flat = {one["id"]: one for one in api.get("/v1/computer-groups").json()}
    assert flat[number] == {
        "id": number,
        "name": "Harbour",
        "description": "By the sea",
        "smartGroup": False,
    }
    counts = {one["id"]: one["count"] for one in api.get(STATIC).json()["results"]}
    assert counts[number] == 2


def test_computers_tell_the_static_groups_that_they_are_in(api: httpx.Client) -> None:
    def told(computer: int) -> list[tuple[str, str, bool]]:
        record = api.get(f"/v4/computers-inventory-detail/{computer}").json()
        names = ("groupId", "groupName", "smartGroup")
        return [tuple(one[name] for name in names) for one in record["groupMemberships"]]

    def loaned() -> list[str]:
        query = {"filter": 'groupMemberships.groupName=="Loaners"'}
        found = api.get("/v4/computers-inventory", params=query).json()["results"]
        return [one["id"] for one in found]

    before = told(1)
    assert loaned() == []
    body = {"name": "Loaners", "assignments": ["1", "3"]}
    number = api.post(STATIC, json=body).json()["id"]
    assert told(1) == [*before, (number, "Loaners", False)]
    assert loaned() == ["1", "3"]
    assert api.put(f"{STATIC}/{number}", json=body | {"assignments": ["3"]}).is_success
    assert (told(1), loaned()) == (before, ["3"])
    assert api.delete(f"{STATIC}/{number}").status_code == 204
    assert loaned() == []


def test_groups_that_computers_name_are_in_the_lists(api: httpx.Client) -> None:
    flat = {one["id"]: one["name"] for one in api.get("/v1/computer-groups").json()}
    record = api.get("/v4/computers-inventory-detail/1").json()
    for one in record["groupMemberships"]:
        assert flat[one["groupId"]] == one["groupName"]
    rows = api.get("/v3/computer-groups/smart-groups").json()["results"]
    for row in rows:
        path = f"/v3/computer-groups/smart-group-membership/{row['id']}"
        members = api.get(path).json()["members"]
        query = {"filter": f'groupMemberships.groupName=="{row["name"]}"'}
        found = api.get("/v4/computers-inventory", params=query).json()["results"]
        assert members == [int(one["id"]) for one in found]
        assert len(members) == row["membershipCount"] > 0
    assert api.get("/v3/computer-groups/smart-group-membership/99").status_code == 404


def test_no_two_groups_of_computers_have_one_id(api: httpx.Client) -> None:
    groups = [one["id"] for one in api.get("/v1/computer-groups").json()]
    assert len(groups) == len(set(groups)) == 5


def test_a_group_is_changed_and_deleted_by_its_platform_id(api: httpx.Client) -> None:
    criterion = {"name": "Model", "priority": 0, "andOr": "and", "searchType": "is", "value": "x"}
    body = {"name": "Models", "criteria": [criterion]}
    number = api.post("/v3/computer-groups/smart-groups", json=body).json()["id"]
    path = f"/v2/groups/{found(api, 'Models')['groupPlatformId']}"
    assert api.get(path).json()["criteria"][0]["value"] == "x"
    assert api.patch(path, json={"groupName": "Old models"}).status_code == 204
    assert api.get(f"/v3/computer-groups/smart-groups/{number}").json()["name"] == "Old models"
    taken = api.patch(path, json={"groupName": "Apple Silicon"})
    assert (taken.status_code, taken.json()["errors"][0]["code"]) == (422, "DUPLICATE_FIELD")
    assert api.delete(path).status_code == 204
    assert api.get(f"/v3/computer-groups/smart-groups/{number}").status_code == 404
    assert api.get(path).status_code == 404


def test_assignments_of_mobile_devices_are_changed_one_by_one(api: httpx.Client) -> None:
    def assigned(**devices: bool) -> list[dict[str, Any]]:
        return [
            {"mobileDeviceId": device.removeprefix("d"), "selected": selected}
            for device, selected in devices.items()
        ]

    body = {"groupName": "Kiosks", "siteId": "-1", "assignments": assigned(d1=True, d2=True)}
    number = api.post(MOBILE, json=body).json()["id"]
    change = {"groupName": "Kiosks", "assignments": assigned(d2=False, d4=True)}
    assert api.patch(f"{MOBILE}/{number}", json=change).status_code == 200
    members = f"/v2/mobile-device-groups/static-group-membership/{number}"
    rows = api.get(members).json()["results"]
    assert [row["mobileDeviceId"] for row in rows] == ["1", "4"]
    first = api.get("/v2/mobile-devices/1").json()
    assert rows[0]["serialNumber"] == first["serialNumber"]
    assert found(api, "Kiosks")["membershipCount"] == 2
    path = f"/v1/groups/{found(api, 'Kiosks')['groupPlatformId']}"
    gone = {"assignments": [{"deviceId": "1", "selected": False}]}
    assert api.patch(path, json=gone).status_code == 204
    assert api.get(members).json()["totalCount"] == 1
