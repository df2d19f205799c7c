"""What a single call or a single walk can have of its own: timeout, headers, progress, order."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest
from tests.facade.conftest import async_client_of, client_of

from jamf_pro_client._httpx import httpx
from jamf_pro_client.errors import TruncatedResultError
from jamf_pro_client.resilience import ResilienceConfig

COMPUTER = b"<computer><general><id>1</id></general></computer>"
ROWS = 25


class Seen:
    """Answers with a page, a building or a computer; remembers what it was asked with."""

    def __init__(self) -> None:
        self.timeouts: list[Any] = []
        self.headers: list[Any] = []

    def __call__(self, request: Any) -> Any:
        self.timeouts.append(request.extensions["timeout"]["read"])
        self.headers.append(request.headers.get("x-change"))
        if "JSSResource" in request.url.path:
            return httpx.Response(200, content=COMPUTER)
        return httpx.Response(200, json={"id": "1", "totalCount": 0, "results": []})


SYNC: dict[str, Callable[..., Any]] = {
    "operation": lambda client, **options: client.pro_api.get_v1_buildings_id("1", **options),
    "whole reply": lambda client, **options: client.pro_api.with_raw_response.get_v1_buildings_id(
        "1", **options
    ),
    "inventory": lambda client, **options: client.pro_api.get_computer_inventory_v1(**options),
    "newest inventory": lambda client, **options: client.pro_api.get_computer_inventory_v4(
        **options
    ),
    "walk": lambda client, **options: client.all_items(client.pro_api.get_v1_buildings, **options),
    "list of computers": lambda client, **options: client.classic_api.list_all_computers(**options),
    "computer": lambda client, **options: client.classic_api.get_computer_by_id(1, **options),
    "section of a computer": lambda client, **options: client.classic_api.get_computer_by_id(
        1, ["general"], **options
    ),
    "update": lambda client, **options: client.classic_api.update_computer_by_id(
        1, "<computer/>", **options
    ),
    "Classic operation": lambda client, **options: client.classic_api.find_computers_by_id(
        1, **options
    ),
    "whole Classic reply": lambda client, **options: (
        client.classic_api.with_raw_response.find_computers_by_id(1, **options)
    ),
}


@pytest.mark.parametrize("call", SYNC.values(), ids=list(SYNC))
def test_a_call_can_have_a_timeout_and_headers_of_its_own(call: Callable[..., Any]) -> None:
    seen = Seen()
    client = client_of(seen, resilience=None)
    call(client, timeout=7, headers={"X-Change": "CHG-42"})
    call(client, timeout=None)
    call(client)
    assert seen.timeouts == [7, None, 30]
    assert seen.headers == ["CHG-42", None, None]


@pytest.mark.parametrize("call", SYNC.values(), ids=list(SYNC))
def test_so_can_an_async_call(call: Callable[..., Any]) -> None:
    seen = Seen()

    async def run() -> None:
        async with async_client_of(seen, resilience=None) as client:
            await call(client, timeout=7, headers={"X-Change": "CHG-42"})
            await call(client, timeout=None)
            await call(client)

    asyncio.run(run())
    assert seen.timeouts == [7, None, 30]
    assert seen.headers == ["CHG-42", None, None]


def test_raw_requests_can_have_a_timeout_of_their_own() -> None:
    seen = Seen()
    client = client_of(seen, resilience=None)
    client.pro_api_request("get", "v1/x", timeout=7)
    client.classic_api_request("get", "computers", timeout=8)

    async def run() -> None:
        async with async_client_of(seen, resilience=None) as client:
            await client.async_pro_api_request("get", "v1/x", timeout=9)
            await client.async_classic_api_request("get", "computers", timeout=None)

    asyncio.run(run())
    assert seen.timeouts == [7, 8, 9, None]


def test_without_a_timeout_the_deadline_of_resilience_stays() -> None:
    seen = Seen()
    client_of(seen).pro_api.get_v1_buildings_id("1", timeout=None)
    assert 0 < seen.timeouts[0] <= ResilienceConfig().deadline


class Rows:
    """Pages of a list, of which some rows can be missing."""

    def __init__(self, missing: int = 0) -> None:
        self.there = ROWS - missing

    def __call__(self, request: Any) -> Any:
        page, size = (int(request.url.params[name]) for name in ("page", "page-size"))
        numbers = range(page * size, min((page + 1) * size, self.there))
        rows = [{"id": str(number)} for number in numbers]
        return httpx.Response(200, json={"totalCount": ROWS, "results": rows})


WALKS: dict[str, Callable[..., Any]] = {"inventory": SYNC["inventory"], "walk": SYNC["walk"]}
TOLD = [(10, ROWS), (20, ROWS), (25, ROWS)]


@pytest.mark.parametrize("walk", WALKS.values(), ids=list(WALKS))
def test_progress_is_told_to_a_function(walk: Callable[..., Any]) -> None:
    told: list[tuple[int, int | None]] = []

    def listen(rows: int, total: int | None) -> None:
        told.append((rows, total))

    assert len(walk(client_of(Rows()), page_size=10, progress=listen)) == ROWS
    assert told == TOLD
    told.clear()

    async def run() -> None:
        async with async_client_of(Rows()) as client:
            assert len(await walk(client, page_size=10, progress=listen)) == ROWS

    asyncio.run(run())
    assert told == TOLD


@pytest.mark.parametrize("walk", WALKS.values(), ids=list(WALKS))
def test_progress_is_drawn_as_a_bar(
    walk: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    walk(client_of(Rows()), page_size=10, progress=True)
    assert "25/25" in capsys.readouterr().out

    async def run() -> None:
        async with async_client_of(Rows()) as client:
            await walk(client, page_size=10, progress=True)

    asyncio.run(run())
    assert "25/25" in capsys.readouterr().out
    walk(client_of(Rows()), page_size=10)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("walk", WALKS.values(), ids=list(WALKS))
def test_missing_rows_are_an_error_unless_they_are_allowed(walk: Callable[..., Any]) -> None:
    with pytest.raises(TruncatedResultError):
        walk(client_of(Rows(missing=3)), page_size=10)
    assert len(walk(client_of(Rows(missing=3)), page_size=10, allow_truncated=True)) == ROWS - 3


def building(request: Any) -> Any:
    return httpx.Response(200, json={"id": request.url.path.rpartition("/")[2]})


def test_results_can_come_as_they_are_ready() -> None:
    second_was_seen = threading.Event()

    def answer(request: Any) -> Any:
        assert request.url.path.endswith("/2") or second_was_seen.wait(30)
        return building(request)

    client, found = client_of(answer), []
    for one in client.concurrent_api_requests(
        client.pro_api.get_v1_buildings_id, ["1", "2"], in_order=False
    ):
        found.append(one.id)
        second_was_seen.set()
    assert found == ["2", "1"]


def test_async_results_can_come_as_they_are_ready() -> None:
    async def run() -> list[Any]:
        second_was_seen = asyncio.Event()

        async def answer(request: Any) -> Any:
            if request.url.path.endswith("/1"):
                await asyncio.wait_for(second_was_seen.wait(), 30)
            return building(request)

        found = []
        async with async_client_of(answer) as client:
            async for one in client.async_concurrent_api_requests(
                client.pro_api.get_v1_buildings_id, ["1", "2"], in_order=False
            ):
                found.append(one.id)
                second_was_seen.set()
        return found

    assert asyncio.run(run()) == ["2", "1"]
