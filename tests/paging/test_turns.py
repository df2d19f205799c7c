"""Large pages are read in turns, and nobody waits long for a turn."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
import trio

from jamf_pro_client import HTTPAuthenticatedClient
from jamf_pro_client._httpx import httpx
from jamf_pro_client.api.departments import get_v1_departments
from jamf_pro_client.paging import iter_pages, iter_pages_async

PAGES = 40
AHEAD = 5
LARGE_BYTES = 600_000
SMALL_BYTES = 60_000

doors = pytest.mark.parametrize("door", ["sync", "asyncio", "trio"])


class Body(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body that comes in parts, and says when the last one is asked for."""

    def __init__(self, content: bytes, read: Callable[[], None]) -> None:
        self._parts = [content[at : at + 50_000] for at in range(0, len(content), 50_000)]
        self._read = read

    def __iter__(self) -> Iterator[bytes]:
        yield from self._parts
        self._read()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for part in self:
            yield part


class Server:
    """Serves pages of one row, and knows which of them were read to their end."""

    def __init__(self, page_bytes: int) -> None:
        self._page_bytes = page_bytes
        self._changed = threading.Condition()
        self._read = 0

    def client(self) -> HTTPAuthenticatedClient:
        return HTTPAuthenticatedClient(
            "https://jamf.test",
            token="t",
            max_concurrency=AHEAD,
            httpx_args={"transport": httpx.MockTransport(self._answer)},
        )

    @property
    def read(self) -> int:
        with self._changed:
            return self._read

    def wait_for(self, pages: int) -> bool:
        """Wait until as many pages were read; return False if that does not happen."""
        with self._changed:
            return self._changed.wait_for(lambda: self._read >= pages, timeout=20)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        row = b'{"id":"%d","name":"%s"}' % (
            int(request.url.params["page"]),
            b"x" * self._page_bytes,
        )
        content = b'{"totalCount":%d,"results":[%s]}' % (PAGES, row)
        return httpx.Response(
            200, headers={"Content-Type": "application/json"}, stream=Body(content, self._count)
        )

    def _count(self) -> None:
        with self._changed:
            self._read += 1
            self._changed.notify_all()


def _walk(server: Server, door: str, look: Callable[[int], object], *, pages: int = PAGES) -> None:
    """Walk over pages and look at each, told its number, counted from 1."""

    async def main() -> None:
        async with server.client() as client:
            walk: Any = iter_pages_async(get_v1_departments, client, page_size=1)
            async with walk:
                number = 0
                async for _ in walk:
                    number += 1
                    if door == "asyncio":
                        await asyncio.to_thread(look, number)
                    else:
                        await trio.to_thread.run_sync(look, number)
                    if number == pages:
                        break

    if door == "asyncio":
        asyncio.run(main())
    elif door == "trio":
        trio.run(main)
    else:
        with server.client() as client:
            walk = iter_pages(get_v1_departments, client, page_size=1)
            for number, _ in enumerate(walk, 1):
                look(number)
                if number == pages:
                    break


@doors
def test_large_pages_are_read_when_their_turn_comes(door: str) -> None:
    server = Server(LARGE_BYTES)
    read_ahead: list[int] = []
    _walk(server, door, lambda number: read_ahead.append(server.read - number))
    assert len(read_ahead) == PAGES
    # On a busy machine some of them lose patience.
    assert sorted(read_ahead)[PAGES * 3 // 4] <= 1


@doors
@pytest.mark.parametrize("page_bytes", [LARGE_BYTES, SMALL_BYTES])
def test_pages_are_read_although_the_one_before_is_held(door: str, page_bytes: int) -> None:
    server = Server(page_bytes)
    came: list[bool] = []
    _walk(server, door, lambda number: came.append(server.wait_for(number + AHEAD)), pages=3)
    assert came == [True] * 3


@doors
def test_a_walk_that_is_left_lets_large_pages_go(door: str) -> None:
    server = Server(LARGE_BYTES)
    _walk(server, door, lambda _: None, pages=1)
    names = [thread.name for thread in threading.enumerate()]
    assert not [name for name in names if name.startswith("jamf-pro-client")]
