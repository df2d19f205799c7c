"""Mobile devices are the same in every list and record that shows them."""

from __future__ import annotations

import httpx

from jamf_pro_sandbox import Sandbox


def test_all_answers_are_of_the_same_devices(api: httpx.Client) -> None:
    rows = api.get("/v2/mobile-devices").json()["results"]
    assert len(rows) == 10
    assert len({row["serialNumber"] for row in rows}) == 10
    sections = {"section": ["GENERAL", "HARDWARE"]}
    details = {
        one["mobileDeviceId"]: one
        for one in api.get("/v2/mobile-devices/detail", params=sections).json()["results"]
    }
    for row in rows:
        assert api.get(f"/v2/mobile-devices/{row['id']}").json() == row
        detail = api.get(f"/v2/mobile-devices/{row['id']}/detail").json()
        assert detail["serialNumber"] == row["serialNumber"]
        assert details[row["id"]]["hardware"]["serialNumber"] == row["serialNumber"]
        assert details[row["id"]]["general"]["displayName"] == row["name"]
        assert details[row["id"]]["userAndLocation"] is None


def test_what_is_changed_is_changed_in_all_answers(api: httpx.Client) -> None:
    body = {"name": "Ward 7", "assetTag": "A-7", "location": {"room": "7"}}
    before = api.get("/v2/mobile-devices/2/detail").json()
    changed = api.patch("/v2/mobile-devices/2", json=body)
    assert (changed.status_code, changed.json()["name"]) == (200, "Ward 7")
    detail = api.get("/v2/mobile-devices/2/detail").json()
    assert detail == before | body | {"location": before["location"] | {"room": "7"}}
    assert api.get("/v2/mobile-devices/2").json()["name"] == "Ward 7"
    assert api.get("/v2/mobile-devices/99").status_code == 404


def test_the_seed_and_the_number_decide() -> None:
    def serials(**options: int) -> list[str]:
        with Sandbox(**options) as sandbox:  # type: ignore[arg-type]
            auth = (sandbox.username, sandbox.password)
            token = httpx.post(f"{sandbox.url}/api/v1/auth/token", auth=auth).json()["token"]
            headers = {"Authorization": f"Bearer {token}"}
            reply = httpx.get(f"{sandbox.url}/api/v2/mobile-devices", headers=headers)
            return [row["serialNumber"] for row in reply.json()["results"]]

    assert serials(mobile_devices=4) == serials()[:4] != serials(mobile_devices=4, seed=2)
