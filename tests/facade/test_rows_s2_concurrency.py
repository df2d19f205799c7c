"""Many calls at a time in event loops, row by row (S2)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from tests.facade.conftest import async_client_at, async_client_of

from jamf_pro_client._httpx import httpx
from jamf_pro_client.exceptions import JamfProAPIError
from jamf_pro_client.facade import AsyncJamfProClient, JamfProClient
from jamf_pro_sandbox import Sandbox


def test_any_async_function_is_called_for_any_iterable(aclient: AsyncJamfProClient) -> None:
    """S2.11, S2.13."""

    async def handler(name: str, end: str = "!") -> str:
        return name + end

    async def arguments() -> AsyncIterator[Any]:
        for item in ("a", {"end": "?", "name": "b"}):
            yield item

    async def run() -> list[str]:
        found = [one async for one in aclient.async_concurrent_api_requests(handler, "xy")]
        return found + [
            one async for one in aclient.async_concurrent_api_requests(handler, arguments())
        ]

    assert asyncio.run(run()) == ["x!", "y!", "a!", "b?"]


@pytest.mark.parametrize(("settings", "most"), [({}, 5), ({"max_concurrency": 2}, 2)])
def test_one_number_limits_runs_and_requests(settings: Any, most: int) -> None:
    """S2.12."""

    async def run() -> list[int]:
        full, running, calls, requests = asyncio.Event(), [0], [0], [0]

        async def answer(_: Any) -> Any:
            requests.append(client.http_client.in_flight)
            if client.http_client.in_flight == most:
                full.set()
            await asyncio.wait_for(full.wait(), 30)
            return httpx.Response(200, json={"id": "1"})

        async def handler(building_id: str) -> None:
            running[0] += 1
            calls.append(running[0])
            await client.pro_api.get_v1_buildings_id(building_id)
            running[0] -= 1

        async with async_client_of(answer, **settings) as client:
            async for _ in client.async_concurrent_api_requests(handler, "123" * 10):
                pass
        return [max(calls), max(requests)]

    assert asyncio.run(run()) == [most, most]


@pytest.mark.parametrize("most", [1, 3])
def test_the_same_number_sizes_the_pool_of_connections(most: int, jamf_sandbox: Sandbox) -> None:
    """S2.12."""

    async def run() -> int:
        peers = set()

        async def connected(reply: Any) -> None:
            stream = reply.extensions["network_stream"]
            peers.add(stream.get_extra_info("client_addr"))

        hooks = {"event_hooks": {"response": [connected]}}
        async with async_client_at(jamf_sandbox, max_concurrency=most, httpx_args=hooks) as client:
            read = client.pro_api.get_v1_buildings_id
            # More calls at a time than the settings allow requests.
            async for _ in client.async_concurrent_api_requests(
                read, "123" * 10, max_concurrency=10
            ):
                pass
        return len(peers)

    assert 1 <= asyncio.run(run()) <= most


@pytest.mark.parametrize(
    ("settings", "raised"),
    [({}, True), ({"return_exceptions": False}, True), ({"return_exceptions": True}, False)],
)
def test_the_first_exception_is_raised_unless_they_are_results(
    settings: Any, raised: bool, jamf_sandbox: Sandbox
) -> None:
    """S2.15."""

    async def run() -> list[Any]:
        async with async_client_at(jamf_sandbox, **settings) as client:
            results = client.async_concurrent_api_requests(
                client.pro_api.get_v1_buildings_id, ["1", "99", "3"]
            )
            return [one if isinstance(one, Exception) else one.name async for one in results]

    if raised:
        with pytest.raises(JamfProAPIError):
            asyncio.run(run())
        return
    first, error, last = asyncio.run(run())
    assert (first, last) == ("Harbour House", "Mill")
    assert isinstance(error, JamfProAPIError)


def test_a_run_can_differ_from_the_settings(client: JamfProClient) -> None:
    """S2.15."""
    results = client.concurrent_api_requests(
        client.pro_api.get_v1_buildings_id, ["99", "1"], return_exceptions=True, max_concurrency=1
    )
    assert [isinstance(one, Exception) for one in results] == [True, False]
