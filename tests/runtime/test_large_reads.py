"""How much of large bodies is read at once; nothing of that is left on the connection."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
import trio

from jamf_pro_client import HTTPAuthenticatedClient, ResilienceConfig
from jamf_pro_client._httpx import httpx

LARGE = {"text": "x" * 4_000_000}
SMALL = {"text": "x" * 1000}


class CountingInThreads(httpx.HTTPTransport):
    """Notes how much is asked of a connection, from the head of each reply on."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[int] = []
        self.stream: Any = None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = super().handle_request(request)
        self.stream = response.extensions["network_stream"]
        ordinary = type(self.stream).read

        def read(max_bytes: int, timeout: float | None = None) -> bytes:
            self.asked.append(max_bytes)
            given: bytes = ordinary(self.stream, max_bytes, timeout)
            return given

        vars(self.stream)["read"] = read
        return response


class Counting(httpx.AsyncHTTPTransport):
    """Notes how much is asked of a connection, from the head of each reply on."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[int] = []
        self.stream: Any = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await super().handle_async_request(request)
        self.stream = response.extensions["network_stream"]
        ordinary = type(self.stream).read

        async def read(max_bytes: int, timeout: float | None = None) -> bytes:
            self.asked.append(max_bytes)
            given: bytes = await ordinary(self.stream, max_bytes, timeout)
            return given

        vars(self.stream)["read"] = read
        return response


def asyncio_run(main: Callable[[], Any]) -> None:
    asyncio.run(main())


@pytest.mark.parametrize("run", [asyncio_run, trio.run])
def test_a_large_body_is_asked_for_in_large_parts(
    jamf: Any, run: Callable[[Callable[[], Any]], None]
) -> None:
    jamf.routes["/api/v1/large"] = lambda _: jamf.answer(200, LARGE)
    transport = Counting()

    async def main() -> None:
        client = HTTPAuthenticatedClient(jamf.url, token="t", httpx_args={"transport": transport})
        async with client:
            reply = await client.arequest("GET", "/api/v1/large")
            assert reply.json() == LARGE
            assert min(transport.asked) >= 262_144
            assert "read" not in vars(transport.stream)

    run(main)


@pytest.mark.parametrize("resilience", [None, ResilienceConfig()])
def test_threads_ask_for_less_of_a_body_than_of_a_head(
    jamf: Any, resilience: ResilienceConfig | None
) -> None:
    """Blocks that were made for heads have room for what is read of bodies."""
    jamf.routes["/api/v1/large"] = lambda _: jamf.answer(200, LARGE)
    transport = CountingInThreads()
    client = HTTPAuthenticatedClient(
        jamf.url, token="t", resilience=resilience, httpx_args={"transport": transport}
    )
    with client:
        assert client.request("GET", "/api/v1/large").json() == LARGE
        assert max(transport.asked) == 61_440
        assert "read" not in vars(transport.stream)


def test_the_connection_is_used_again_as_it_was(jamf: Any) -> None:
    jamf.routes["/api/v1/large"] = lambda _: jamf.answer(200, LARGE)
    jamf.routes["/api/v1/small"] = lambda _: jamf.answer(200, SMALL)

    async def main() -> None:
        async with HTTPAuthenticatedClient(jamf.url, token="t") as client:
            for _ in range(3):
                large = await client.arequest("GET", "/api/v1/large")
                small = await client.arequest("GET", "/api/v1/small")
                assert (large.json(), small.json()) == (LARGE, SMALL)
                used = small.extensions["network_stream"]
                assert used is large.extensions["network_stream"]
                assert "read" not in vars(used)

    asyncio.run(main())
