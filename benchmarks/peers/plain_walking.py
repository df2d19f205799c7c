"""The yardsticks of walks: httpx alone, and httpx with orjson."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any, Final

import httpx
import orjson

from benchmarks.walker import CONNECTIONS, PAGE, in_order, take

_PATH: Final = "/api/v1/computers-inventory"
_HEADERS: Final = {"Authorization": "Bearer invented", "Accept": "application/json"}


def _params(number: int) -> dict[str, int]:
    return {"page": number, "page-size": PAGE}


def _bytes(address: str, total: int) -> int:
    with httpx.Client(base_url=address, headers=_HEADERS) as client:

        def fetch(number: int) -> bytes:
            return client.get(_PATH, params=_params(number)).content

        for content in in_order(fetch, total):
            del content
    return total


async def _bytes_async(address: str, total: int) -> int:
    async with httpx.AsyncClient(base_url=address, headers=_HEADERS) as client:

        async def fetch(number: int) -> bytes:
            return (await client.get(_PATH, params=_params(number))).content

        waiting: deque[asyncio.Task[bytes]] = deque()
        for number in range(total // PAGE):
            if len(waiting) == CONNECTIONS:
                await waiting.popleft()
            waiting.append(asyncio.create_task(fetch(number)))
        while waiting:
            await waiting.popleft()
    return total


def _pages(client: httpx.Client, total: int) -> Any:
    def fetch(number: int) -> list[dict[str, Any]]:
        return orjson.loads(client.get(_PATH, params=_params(number)).content)["results"]

    return in_order(fetch, total)


def _dicts(address: str, total: int) -> int:
    rows = 0
    with httpx.Client(base_url=address, headers=_HEADERS) as client:
        for page in _pages(client, total):
            rows += len(page)
            del page
    return rows


def _held_dicts(address: str, total: int) -> int:
    with httpx.Client(base_url=address, headers=_HEADERS) as client:
        return len([row for page in _pages(client, total) for row in page])


if __name__ == "__main__":
    take(
        {
            "three": _bytes,
            "three, async": lambda address, total: asyncio.run(_bytes_async(address, total)),
            "every": _dicts,
            "held": _held_dicts,
        }
    )
