"""Our side of every walk, through what users call, with resilience as it is by default."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import attrs

from benchmarks.walker import PAGE, take
from jamf_pro_client import AsyncJamfProClient, JamfProClient, StaticTokenProvider
from jamf_pro_client.models import ComputerInventory

_NAMES = [field.name for field in attrs.fields(ComputerInventory)]

Read = Callable[[Any], object]


def _three(computer: Any) -> object:
    return computer.id, computer.general.name, computer.hardware.serial_number


def _every(computer: Any) -> None:
    # A section is decoded with all that it holds, so reading it is reading its fields.
    for name in _NAMES:
        getattr(computer, name)


def _streamed(read: Read, address: str) -> int:
    rows = 0
    with JamfProClient(address, StaticTokenProvider("invented")) as client:
        api = client.pro_api
        for computer in client.iter_items(api.get_v1_computers_inventory, page_size=PAGE):
            read(computer)
            rows += 1
    return rows


async def _streamed_async(read: Read, address: str) -> int:
    rows = 0
    async with AsyncJamfProClient(address, StaticTokenProvider("invented")) as client:
        api = client.pro_api
        async for computer in client.iter_items(api.get_v1_computers_inventory, page_size=PAGE):
            read(computer)
            rows += 1
    return rows


def _held(address: str) -> int:
    with JamfProClient(address, StaticTokenProvider("invented")) as client:
        api = client.pro_api
        computers = client.all_items(api.get_v1_computers_inventory, page_size=PAGE)
        for computer in computers:
            _three(computer)
    return len(computers)


if __name__ == "__main__":
    take(
        {
            "three": lambda address, _: _streamed(_three, address),
            "three, async": lambda address, _: asyncio.run(_streamed_async(_three, address)),
            "every": lambda address, _: _streamed(_every, address),
            "held": lambda address, _: _held(address),
            "many": lambda address, _: _streamed(_three, address),
            "many, async": lambda address, _: asyncio.run(_streamed_async(_three, address)),
        }
    )
