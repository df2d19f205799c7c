"""A web service in front of Jamf Pro: FastAPI gives every request the client.

Run it with `fastapi run examples/facade/web_service.py`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import Depends, FastAPI, HTTPException

from jamf_pro_client import AsyncJamfProClient, load_from_env, server_from_env
from jamf_pro_client.exceptions import NotFoundError

app = FastAPI()


async def jamf_client() -> AsyncIterator[AsyncJamfProClient]:
    """Give a client to one request, and close it afterwards.

    With many requests, open one client in the lifespan of the application instead: its
    connections and its token are used again.
    """
    async with AsyncJamfProClient(server_from_env(), load_from_env()) as client:
        yield client


Jamf = Annotated[AsyncJamfProClient, Depends(jamf_client)]


@app.get("/computers")
async def list_computers(client: Jamf) -> list[dict[str, Any]]:
    """Return id and name of every computer."""
    computers = await client.classic_api.list_all_computers()
    return [{"id": computer.id, "name": computer.name} for computer in computers]


@app.get("/computers/{computer_id}")
async def get_computer(computer_id: int, client: Jamf) -> dict[str, Any]:
    """Return everything about one computer."""
    try:
        computer = await client.classic_api.get_computer_by_id(computer_id)
    except NotFoundError:
        raise HTTPException(404, f"there is no computer {computer_id}") from None
    return computer.dict()


@app.get("/inventory/{computer_id}")
async def get_inventory(computer_id: int, client: Jamf) -> dict[str, Any]:
    """Return the same computer as the Jamf Pro API describes it."""
    try:
        computer = await client.pro_api.get_v4_computers_inventory_detail_id(str(computer_id))
    except NotFoundError:
        raise HTTPException(404, f"there is no computer {computer_id}") from None
    return computer.dict()
