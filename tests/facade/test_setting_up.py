"""Batches in every event loop, and what is done once in a server's life."""

from __future__ import annotations

import asyncio
import pickle
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
import trio

from jamf_pro_client import ApiClientCredentialsProvider
from jamf_pro_client._httpx import httpx
from jamf_pro_client.client import HTTPClient
from jamf_pro_client.errors import ForbiddenError, InvalidResponseError, NotFoundError
from jamf_pro_client.facade import JamfProClient
from jamf_pro_sandbox import Sandbox


def run_asyncio(main: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(main())


class Numbers:
    """Answers `/n` with n, slowest first; counts what is in flight."""

    def __init__(self, sleep: Any) -> None:
        self.sleep = sleep
        self.now = 0
        self.most = 0
        self.ended = 0

    async def __call__(self, request: Any) -> Any:
        number = int(request.url.path[1:])
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            await self.sleep(0.02 if number % 3 == 0 else 0.001)
        finally:
            self.now -= 1
            self.ended += 1
        if number == 404:
            return httpx.Response(404, text="<html/>")
        return httpx.Response(200, json={"number": number})


def client_of(server: Numbers) -> HTTPClient:
    return HTTPClient("jamf.my.org", httpx_args={"transport": httpx.MockTransport(server)})


@pytest.mark.parametrize(
    ("run", "sleep"),
    [(run_asyncio, asyncio.sleep), (trio.run, trio.sleep)],
    ids=["asyncio", "trio"],
)
def test_a_batch_keeps_order_and_limit_in_every_event_loop(run: Any, sleep: Any) -> None:
    server = Numbers(sleep)

    async def fetch() -> Any:
        async with client_of(server) as client:
            return await client.fetch_batch([f"/{number}" for number in range(20)])

    async def main() -> None:
        assert await fetch() == [{"number": number} for number in range(20)]

    run(main)
    assert server.most == 5


@pytest.mark.parametrize(
    ("run", "sleep"),
    [(run_asyncio, asyncio.sleep), (trio.run, trio.sleep)],
    ids=["asyncio", "trio"],
)
def test_the_first_failure_ends_a_batch_as_a_plain_error(run: Any, sleep: Any) -> None:
    server = Numbers(sleep)

    async def main() -> None:
        async with client_of(server) as client:
            with pytest.raises(NotFoundError):
                await client.fetch_batch(["/404", *(f"/{number}" for number in range(3, 300, 3))])
            assert server.now == 0
            assert await client.fetch_batch([]) == []

    run(main)
    assert server.ended < 20


@pytest.mark.parametrize(
    ("run", "module"), [(run_asyncio, asyncio), (trio.run, trio)], ids=["asyncio", "trio"]
)
def test_a_cancelled_batch_leaves_nothing_in_flight(run: Any, module: Any) -> None:
    server = Numbers(module.sleep)

    async def main() -> None:
        async with client_of(server) as client:
            urls = [f"/{number}" for number in range(0, 3000, 3)]
            if module is trio:
                with trio.move_on_after(0.05) as scope:
                    await client.fetch_batch(urls)
                assert scope.cancelled_caught
            else:
                with pytest.raises(TimeoutError):
                    await asyncio.wait_for(client.fetch_batch(urls), 0.05)
            assert (server.now, client.in_flight) == (0, 0)

    run(main)


def test_an_api_client_is_made_with_the_role_that_was_made(jamf_sandbox: Sandbox) -> None:
    """S0.25, with the API client that goes with it."""

    async def run() -> Any:
        async with HTTPClient(jamf_sandbox.url) as client:
            token = await client.fetch_basic_token(
                jamf_sandbox.username, jamf_sandbox.password, jamf_sandbox.url
            )
            assert await client.create_roles(token, jamf_sandbox.url)
            return await client.create_api_client(token, jamf_sandbox.url)

    made = asyncio.run(run())
    client_id, client_secret = made
    assert (client_id, client_secret) == (made.client_id, made.client_secret)
    assert repr(made).endswith("client_secret='***')")
    with pytest.raises(TypeError):
        pickle.dumps(made)
    role, api_client, credentials = jamf_sandbox.requests[-3:]
    assert role.operation_id == "post_v1_api_roles"
    assert api_client.operation_id == "post_v1_api_integrations"
    assert credentials.operation_id == "post_v1_api_integrations_id_client_credentials"
    provider = ApiClientCredentialsProvider(client_id, client_secret)
    with JamfProClient(jamf_sandbox.url, provider) as client:
        assert client.pro_api.get_v3_computers_inventory().total_count == 10
        with pytest.raises(ForbiddenError):
            client.pro_api.get_v1_buildings()
    assert not [one.violation for one in jamf_sandbox.requests if one.violation]


def test_a_role_that_was_made_before_is_given_what_is_asked_for_now(jamf_sandbox: Sandbox) -> None:
    async def run() -> Any:
        async with HTTPClient(jamf_sandbox.url) as client:
            token = await client.fetch_basic_token(
                jamf_sandbox.username, jamf_sandbox.password, jamf_sandbox.url
            )
            for wanted in (["Read Buildings"], ["Read Sites"], ["Read Sites", "Read Buildings"]):
                assert await client.create_roles(token, jamf_sandbox.url, privileges=wanted)
            name = {"filter": 'displayName=="jamf-pro-client"'}
            bearer = {"Authorization": f"Bearer {token}"}
            return await client.fetch_json("/api/v1/api-roles", bearer, query_params=name)

    (role,) = asyncio.run(run())["results"]
    assert role["privileges"] == ["Read Buildings", "Read Sites"]
    written = [one.operation_id for one in jamf_sandbox.requests if one.method == "PUT"]
    assert written == ["put_v1_api_roles_id"]
    assert not [one.violation for one in jamf_sandbox.requests if one.violation]


@pytest.mark.parametrize(
    ("operation", "body"),
    [
        ("post_v1_api_integrations", {"displayName": "x"}),
        ("post_v1_api_integrations_id_client_credentials", {"clientId": "x"}),
    ],
)
def test_an_answer_without_a_secret_is_told(
    operation: str, body: Any, jamf_sandbox: Sandbox
) -> None:
    jamf_sandbox.answer_next(operation, 200, body)

    async def run() -> None:
        async with HTTPClient(jamf_sandbox.url) as client:
            token = await client.fetch_basic_token(
                jamf_sandbox.username, jamf_sandbox.password, jamf_sandbox.url
            )
            await client.create_roles(token, jamf_sandbox.url)
            with pytest.raises(InvalidResponseError):
                await client.create_api_client(token, jamf_sandbox.url)

    asyncio.run(run())
