"""The async client in the other event loop library."""

from __future__ import annotations

from typing import Any

import trio

from jamf_pro_client.facade import AsyncJamfProClient
from jamf_pro_sandbox import Sandbox


def test_everything_async_runs_in_trio(aclient: AsyncJamfProClient, jamf_sandbox: Sandbox) -> None:
    command = {"uuid": "u-1", "commandState": "ACKNOWLEDGED"}
    listed = {"totalCount": 1, "results": [command]}
    jamf_sandbox.answer_next("get_v2_mdm_commands", 200, {"totalCount": 0, "results": []})
    jamf_sandbox.answer_next("get_v2_mdm_commands", 200, listed)

    def rename(prestage: Any) -> None:
        prestage.display_name = "Harbour"

    async def run() -> None:
        async with aclient as client:
            buildings = client.pro_api.get_v1_buildings
            assert len(await client.all_items(buildings, page_size=1)) == 3
            assert [1 async for _ in client.iter_pages(buildings, page_size=2)] == [1, 1]
            pages = await client.pro_api.get_computer_inventory_v1(
                page_size=4, return_generator=True
            )
            assert [len(page.results or ()) async for page in pages] == [4, 4, 2]
            read = client.pro_api.get_v1_buildings_id
            found = client.async_concurrent_api_requests(read, ["3", "1"])
            assert [one.id async for one in found] == ["3", "1"]
            raw = await client.async_pro_api_request("get", "v1/buildings/1")
            assert raw.status_code == 200
            await client.update_safely(
                client.pro_api.put_v3_computer_prestages_id, "1", change=rename
            )
            (answered,) = await client.wait_for_mdm_commands(["u-1"], first_wait=0.01)
            assert answered.command_state == "ACKNOWLEDGED"

    trio.run(run)
