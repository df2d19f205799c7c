"""The inventory in an event loop: all of it, some of it, page by page, side by side."""

from __future__ import annotations

import asyncio

from jamf_pro_client import (
    AsyncJamfProClient,
    CredentialsProvider,
    FilterField,
    load_from_env,
    server_from_env,
)
from jamf_pro_client.models import ComputerInventory


async def without_a_block(server: str, credentials: CredentialsProvider) -> int:
    """Count the computers; a client needs no `async with`, but then close it yourself."""
    client = AsyncJamfProClient(server=server, credentials=credentials)
    try:
        return len(await client.pro_api.get_computer_inventory_v1())
    finally:
        await client.aclose()


async def everything(client: AsyncJamfProClient) -> list[ComputerInventory]:
    """Return every computer; pages of a hundred are fetched side by side."""
    return await client.pro_api.get_computer_inventory_v1(page_size=100)


async def named(client: AsyncJamfProClient, name: str) -> list[ComputerInventory]:
    """Return the computers of a name, whatever marks are in it."""
    return await client.pro_api.get_computer_inventory_v1(
        filter_expression=FilterField("general.name").eq(name)
    )


async def names_by_page(client: AsyncJamfProClient, page_size: int = 100) -> list[str]:
    """Return the names of all computers; one page at a time is in memory."""
    names = []
    pages = await client.pro_api.get_computer_inventory_v1(
        page_size=page_size, return_generator=True
    )
    async for page in pages:
        for computer in page.results or []:
            names.append(str(computer.general.name) if computer.general else "")
    return names


async def in_full(client: AsyncJamfProClient) -> list[str]:
    """Return id and name of each computer, each read with an operation of its own."""
    ids = [computer.id for computer in await everything(client)]
    return [
        f"{computer.id}: {computer.general.name if computer.general else ''}"
        async for computer in client.async_concurrent_api_requests(
            handler=client.pro_api.get_v1_computers_inventory_detail_id, arguments=ids
        )
    ]


async def statuses(client: AsyncJamfProClient, ids: list[str]) -> list[int]:
    """Return what the server answers for each id; several arguments go in a dict."""
    arguments = [{"method": "get", "resource_path": f"v1/computers-inventory/{one}"} for one in ids]
    return [
        response.status_code
        async for response in client.async_concurrent_api_requests(
            handler=client.async_pro_api_request, arguments=arguments
        )
    ]


async def main() -> None:
    """Print the names of all computers of the server that the environment names."""
    async with AsyncJamfProClient(server_from_env(), load_from_env()) as client:
        for name in await names_by_page(client):
            print(f"Processing {name}")


if __name__ == "__main__":
    asyncio.run(main())
