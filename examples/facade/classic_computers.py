"""Computers in the Classic API: listed, read some at a time, changed where it is needed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from typing import Any

from jamf_pro_client import (
    AsyncJamfProClient,
    ClassicComputer,
    Computer,
    JamfProClient,
    load_from_env,
    server_from_env,
)

OLD_BUILDINGS = ("Day 1", "Low Flying Hawk")


def line_of(computer: Computer) -> str:
    """Return id, name and user of a computer."""
    general, location = computer.general, computer.location
    user = location.username if location else ""
    return f"{general.id} {general.name} {user}" if general else ""


def every_computer(client: JamfProClient) -> Iterator[Computer]:
    """Yield each computer, read five at a time, in the order of the list."""
    ids = [computer.id for computer in client.classic_api.list_all_computers()]
    return client.concurrent_api_requests(
        handler=client.classic_api.get_computer_by_id, arguments=ids
    )


def every_computer_raw(client: JamfProClient) -> Iterator[Computer]:
    """Do the same with raw requests, whose replies become models."""
    computers = client.classic_api.list_all_computers()
    arguments = [{"method": "get", "resource_path": f"computers/id/{i.id}"} for i in computers]
    return client.concurrent_api_requests(
        handler=client.classic_api_request, arguments=arguments, return_model=Computer
    )


def move_computers(client: JamfProClient, ids: Iterable[int], new_building: str) -> list[str]:
    """Move the computers that are in one of the old buildings; return what was done with each."""

    def move(computer_id: int, building: str) -> str:
        current = client.classic_api.get_computer_by_id(computer_id, subsets=["location"])
        if not current.location or current.location.building not in OLD_BUILDINGS:
            return "Not updated"
        update = ClassicComputer()
        update.location.building = building
        client.classic_api.update_computer_by_id(computer_id, update)
        return "Updated"

    arguments = [{"computer_id": one, "building": new_building} for one in ids]
    return list(client.concurrent_api_requests(move, arguments))


async def lines_async(client: AsyncJamfProClient) -> list[str]:
    """Return a line for each computer, read side by side in an event loop."""
    ids = [computer.id for computer in await client.classic_api.list_all_computers()]
    return [
        line_of(computer)
        async for computer in client.async_concurrent_api_requests(
            handler=client.classic_api.get_computer_by_id, arguments=ids
        )
    ]


async def statuses_async(client: AsyncJamfProClient, ids: Iterable[int]) -> list[int]:
    """Return what the server answers for each id; several arguments go in a dict."""
    arguments = [{"method": "get", "resource_path": f"computers/id/{one}"} for one in ids]
    results = client.async_concurrent_api_requests(
        handler=client.async_classic_api_request, arguments=arguments
    )
    return [response.status_code async for response in results]


async def move_computers_async(
    client: AsyncJamfProClient, ids: Iterable[int], new_building: str
) -> list[str]:
    """Move all computers that are somewhere else; the function closes over client and building."""

    async def move(computer_id: int) -> str:
        current = await client.classic_api.get_computer_by_id(computer_id, subsets=["location"])
        if current.location and current.location.building == new_building:
            return f"Skipped computer {computer_id}"
        update = ClassicComputer()
        update.location.building = new_building
        await client.classic_api.update_computer_by_id(computer_id, update)
        return f"Updated computer {computer_id}"

    return [result async for result in client.async_concurrent_api_requests(move, ids)]


def as_dict(client: JamfProClient, computer_id: int) -> dict[str, Any]:
    """Return everything about one computer as plain values, as a web service would."""
    return client.classic_api.get_computer_by_id(computer_id).dict()


async def main() -> None:
    """Print a line for each computer of the server that the environment names."""
    async with AsyncJamfProClient(server_from_env(), load_from_env()) as client:
        print("\n".join(await lines_async(client)))


if __name__ == "__main__":
    asyncio.run(main())
