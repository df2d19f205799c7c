"""Walks take no more memory the longer they are: nothing that was handed over is held on to."""

from __future__ import annotations

import asyncio
import copy
import gc
import tracemalloc
import weakref
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import msgspec
import pytest
import trio

from jamf_pro_client import HTTPAuthenticatedClient
from jamf_pro_client._httpx import httpx
from jamf_pro_client.api.computer_inventory import get_v4_computers_inventory
from jamf_pro_client.paging import iter_items, iter_items_async, iter_pages, iter_pages_async
from jamf_pro_client.resilience import ResilienceConfig
from jamf_pro_sandbox.description import load_description
from jamf_pro_sandbox.samples import Sampler

ROWS = 20
PAGES = 15
CONCURRENCY = 3
MAY_WAIT = CONCURRENCY + 1  # the one that is being handed over, and those that follow


class Inventory:
    """Serves pages of large computers, and knows which of its replies are still alive."""

    def __init__(self, pages: int = PAGES) -> None:
        schema = {"$ref": "#/components/schemas/ComputerInventoryV4"}
        record = Sampler(load_description()).answer(schema)
        self.computer = {**record, "applications": record["applications"] * 100}
        self.total = pages * ROWS
        self.asked = 0
        self.replies: weakref.WeakSet[httpx.Response] = weakref.WeakSet()

    @property
    def page_bytes(self) -> int:
        return len(self._body(0))

    def client(self) -> HTTPAuthenticatedClient:
        return HTTPAuthenticatedClient(
            "https://jamf.test",
            token="t",
            max_concurrency=CONCURRENCY,
            resilience=ResilienceConfig(),
            httpx_args={"transport": httpx.MockTransport(self._answer)},
        )

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        body = self._body(int(request.url.params["page"]))
        reply = httpx.Response(200, headers={"Content-Type": "application/json"}, content=body)
        self.replies.add(reply)
        return reply

    def _body(self, page: int) -> bytes:
        ids = range(page * ROWS, (page + 1) * ROWS)
        rows = [{**self.computer, "id": str(number)} for number in ids]
        return msgspec.json.encode({"totalCount": self.total, "results": rows})


def _in_threads(walk: Any, client: HTTPAuthenticatedClient) -> Iterator[Any]:
    kind = iter_items if walk == "items" else iter_pages
    yield from kind(get_v4_computers_inventory, client, page_size=ROWS)


def _stream(walk: str, client: HTTPAuthenticatedClient) -> AsyncIterator[Any]:
    kind: Any = iter_items_async if walk == "items" else iter_pages_async
    stream: AsyncIterator[Any] = kind(get_v4_computers_inventory, client, page_size=ROWS)
    return stream


def _looked_at(inventory: Inventory, door: str, walk: str, look: Callable[[Any], None]) -> None:
    """Walk through an inventory and look at each part, without holding it."""

    async def main() -> None:
        async with inventory.client() as client:
            async for part in _stream(walk, client):
                look(part)
                del part

    if door == "sync":
        with inventory.client() as client:
            for part in _in_threads(walk, client):
                look(part)
                del part
    elif door == "asyncio":
        asyncio.run(main())
    else:
        trio.run(main)


@pytest.fixture
def uncollected() -> Iterator[None]:
    """Without the collector of cycles: what goes away goes because nobody holds it."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


doors = pytest.mark.parametrize("door", ["sync", "asyncio", "trio"])
walks = pytest.mark.parametrize("walk", ["items", "pages"])


@doors
@walks
@pytest.mark.usefixtures("uncollected")
def test_no_more_replies_are_asked_for_or_held_than_the_limit_allows(door: str, walk: str) -> None:
    inventory = Inventory()
    asked_ahead, held, taken = [0], [0], [0]
    parts_of_a_page = ROWS if walk == "items" else 1

    def look(_: Any) -> None:
        pages_begun = taken[0] // parts_of_a_page + 1
        taken[0] += 1
        asked_ahead.append(inventory.asked - pages_begun)
        held.append(len(inventory.replies))

    _looked_at(inventory, door, walk, look)
    assert taken == [PAGES * parts_of_a_page]
    assert inventory.asked == PAGES
    # Asked for ahead at all, and never further.
    assert 1 <= max(asked_ahead) <= CONCURRENCY
    assert max(held) <= MAY_WAIT
    assert not inventory.replies


@doors
@walks
@pytest.mark.usefixtures("uncollected")
def test_what_was_taken_is_let_go_of_at_once(door: str, walk: str) -> None:
    inventory = Inventory()
    taken: list[weakref.ref[Any]] = []
    alive = []

    def look(part: Any) -> None:
        taken.append(weakref.ref(part))
        # Whoever was taken much earlier would be seen again and again.
        alive.append(sum(one() is not None for one in taken[-ROWS:]))

    _looked_at(inventory, door, walk, look)
    assert len(alive) >= PAGES
    assert set(alive) == {1}


@pytest.mark.usefixtures("uncollected")
def test_a_record_that_is_kept_does_not_keep_its_page() -> None:
    inventory = Inventory()
    page_bytes = inventory.page_bytes
    with inventory.client() as client:
        # Loads what it takes to read one.
        assert all(computer.general for computer in _in_threads("items", client))
        tracemalloc.start()
        try:
            kept = [
                computer
                for number, computer in enumerate(_in_threads("items", client))
                if number % ROWS == ROWS // 2
            ]
            held_bytes, _ = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert [computer.id for computer in kept] == [
        str(page * ROWS + ROWS // 2) for page in range(PAGES)
    ]
    # Its own text, and not much besides.
    assert page_bytes / ROWS < held_bytes / PAGES < 2 * page_bytes / ROWS


@pytest.mark.usefixtures("uncollected")
@pytest.mark.parametrize("keep", [lambda record: record, copy.copy])
def test_a_record_that_is_kept_of_one_page_does_not_keep_it(keep: Callable[[Any], Any]) -> None:
    inventory = Inventory()

    def record_of(page: int) -> Any:
        got = get_v4_computers_inventory.sync(client=client, page=page, page_size=ROWS)
        assert isinstance(got.results, list)
        return keep(got.results[ROWS // 2])

    with inventory.client() as client:
        assert record_of(0).general
        tracemalloc.start()
        try:
            kept = [record_of(page) for page in range(PAGES)]
            held_bytes, _ = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert [record.general.name for record in kept] == [kept[0].general.name] * PAGES
    assert held_bytes / PAGES < 2 * inventory.page_bytes / ROWS


@doors
@pytest.mark.usefixtures("uncollected")
def test_a_long_walk_takes_no_more_memory_than_a_short_one(door: str) -> None:
    def peak_of(pages: int) -> int:
        inventory = Inventory(pages)

        def look(computer: Any) -> None:
            assert computer.general

        tracemalloc.start()
        try:
            _looked_at(inventory, door, "items", look)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak_of(2)
    page_bytes = Inventory().page_bytes
    assert page_bytes < peak_of(40) < peak_of(2 * MAY_WAIT) + 2 * page_bytes
