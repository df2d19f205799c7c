"""Read, decide, change: functions of your own, run for many computers at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from jamf_pro_client import AsyncJamfProClient, JamfProClient, load_from_env, server_from_env
from jamf_pro_client.models import ComputerInventoryUpdateRequest, ComputerUserAndLocation

OLD_ROOMS = ("Day 1", "Low Flying Hawk")


def update_for(room: str) -> ComputerInventoryUpdateRequest:
    """Return an update that says one thing and leaves all else as it is."""
    return ComputerInventoryUpdateRequest(user_and_location=ComputerUserAndLocation(room=room))


def move_computers(client: JamfProClient, ids: Iterable[str], new_room: str) -> list[str]:
    """Move the computers that are in one of the old rooms; return what was done with each."""

    def move(computer_id: str, room: str) -> str:
        current = client.pro_api.get_v4_computers_inventory_detail_id(computer_id)
        location = current.user_and_location
        if not location or location.room not in OLD_ROOMS:
            return "Not updated"
        client.pro_api.patch_v4_computers_inventory_detail_id(computer_id, body=update_for(room))
        return "Updated"

    arguments = [{"computer_id": one, "room": new_room} for one in ids]
    return list(client.concurrent_api_requests(move, arguments))


async def move_computers_async(
    client: AsyncJamfProClient, ids: Iterable[str], new_room: str
) -> list[str]:
    """Do the same in an event loop: the function closes over the client and the room."""

    async def move(computer_id: str) -> str:
        current = await client.pro_api.get_v4_computers_inventory_detail_id(computer_id)
        location = current.user_and_location
        if location and location.room == new_room:
            return f"Skipped computer {computer_id}"
        body = update_for(new_room)
        await client.pro_api.patch_v4_computers_inventory_detail_id(computer_id, body=body)
        return f"Updated computer {computer_id}"

    return [result async for result in client.async_concurrent_api_requests(move, ids)]


async def main() -> None:
    """Move the first five computers of the server that the environment names."""
    async with AsyncJamfProClient(server_from_env(), load_from_env()) as client:
        for line in await move_computers_async(client, ["1", "2", "3", "4", "5"], "Main Office"):
            print(line)


if __name__ == "__main__":
    asyncio.run(main())
