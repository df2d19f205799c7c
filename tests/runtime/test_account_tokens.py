"""Tokens of accounts: renewed without the password, and ended when the client is closed."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import trio

from jamf_pro_client._auth.flight import Held
from jamf_pro_client._httpx import httpx
from jamf_pro_client.auth import (
    AccessToken,
    ApiClientCredentialsProvider,
    BasicAuthProvider,
    CredentialsProvider,
    StaticTokenProvider,
)
from jamf_pro_client.client import HTTPAuthenticatedClient
from jamf_pro_sandbox import Sandbox

LOGIN = "/api/v1/auth/token"
RENEW = "/api/v1/auth/keep-alive"
END = "/api/v1/auth/invalidate-token"


@pytest.fixture
def accounts(jamf: Any) -> Any:
    """The server also renews and ends tokens."""

    def renew(seen: Any) -> Any:
        jamf.valid.discard(seen.headers["authorization"].removeprefix("Bearer "))
        return jamf.login(seen)

    def end(seen: Any) -> Any:
        jamf.valid.discard(seen.headers["authorization"].removeprefix("Bearer "))
        return jamf.answer(204, None)

    jamf.routes[RENEW], jamf.routes[END] = renew, end
    return jamf


def _client(jamf: Any, **options: Any) -> HTTPAuthenticatedClient:
    options.setdefault("credentials", BasicAuthProvider("account", "canary-password"))
    return HTTPAuthenticatedClient(jamf.url, **options)


def _age(client: HTTPAuthenticatedClient, left_seconds: float) -> AccessToken:
    """Make the token one that is to be replaced."""
    cache = client.credentials._cache
    assert cache._held is not None
    now = time.monotonic()
    cache._held = Held(cache._held.token, now - 1, now + left_seconds)
    return cache._held.token


def _status(client: HTTPAuthenticatedClient) -> int:
    return client.request("GET", "/a").status_code


def _status_async(client: HTTPAuthenticatedClient) -> int:
    async def main() -> int:
        reply = await client.arequest("GET", "/a", headers={"Connection": "close"})
        return reply.status_code

    return asyncio.run(main())


both = pytest.mark.parametrize("status", [_status, _status_async], ids=["sync", "async"])
Status = Callable[[HTTPAuthenticatedClient], int]


@both
def test_a_token_near_its_end_is_renewed_without_the_password(
    accounts: Any, status: Status
) -> None:
    client = _client(accounts)
    assert status(client) == 200
    old = _age(client, 50)
    assert status(client) == 200
    assert len(accounts.calls(LOGIN)) == 1
    (renewal,) = accounts.calls(RENEW)
    assert renewal.headers["authorization"] == f"Bearer {old.token}"
    assert [seen.headers["authorization"] for seen in accounts.calls("/a")] == [
        "Bearer canary-token-1",
        "Bearer canary-token-2",
    ]
    client.close()


@both
def test_a_token_about_to_end_is_replaced_by_a_login(accounts: Any, status: Status) -> None:
    client = _client(accounts)
    status(client)
    _age(client, 4)
    assert status(client) == 200
    assert len(accounts.calls(LOGIN)) == 2
    assert not accounts.calls(RENEW)
    client.close()


@both
@pytest.mark.parametrize("answer", [401, 404, 500, 200])
def test_a_renewal_that_is_refused_becomes_a_login(
    accounts: Any, status: Status, answer: int
) -> None:
    accounts.say(RENEW, answer, "<html>")
    client = _client(accounts)
    status(client)
    _age(client, 50)
    assert status(client) == 200
    assert len(accounts.calls(LOGIN)) == 2
    client.close()


def test_nobody_uses_a_token_while_it_is_being_renewed(accounts: Any) -> None:
    """The server ends it in this moment."""
    client = _client(accounts)
    _status(client)
    _age(client, 50)
    renew, reached = accounts.routes[RENEW], threading.Event()

    def slow(seen: Any) -> Any:
        reached.set()
        time.sleep(0.1)
        return renew(seen)

    accounts.routes[RENEW] = slow
    statuses: list[int] = []
    leader = threading.Thread(target=lambda: statuses.append(_status(client)))
    leader.start()
    assert reached.wait(5)
    assert _status(client) == 200
    leader.join()
    assert statuses == [200]
    used = [seen.headers["authorization"] for seen in accounts.calls("/a")]
    assert used == ["Bearer canary-token-1"] + ["Bearer canary-token-2"] * 2
    client.close()


def test_closing_ends_the_token_once_and_the_client_can_be_used_again(accounts: Any) -> None:
    client = _client(accounts)
    client.close()
    with client:
        _status(client)
    client.close()
    (ending,) = accounts.calls(END)
    assert ending.headers["authorization"] == "Bearer canary-token-1"
    assert not accounts.valid
    assert _status(client) == 200
    client.close()
    assert len(accounts.calls(LOGIN)) == len(accounts.calls(END)) == 2


def _with_asyncio(main: Callable[[], Awaitable[None]]) -> None:
    async def run() -> None:
        await main()

    asyncio.run(run())


@pytest.mark.parametrize("run", [_with_asyncio, trio.run], ids=["asyncio", "trio"])
def test_closing_in_a_loop_ends_the_token_once(
    accounts: Any, run: Callable[[Callable[[], Awaitable[None]]], None]
) -> None:
    async def main() -> None:
        client = _client(accounts)
        await client.aclose()
        async with client:
            await client.arequest("GET", "/a")
        await client.aclose()

    run(main)
    assert len(accounts.calls(END)) == 1
    assert not accounts.valid


def test_a_cancelled_block_ends_its_token_too(accounts: Any) -> None:
    async def main() -> None:
        with trio.CancelScope() as scope:
            async with _client(accounts) as client:
                await client.arequest("GET", "/a")
                scope.cancel()
                await trio.sleep_forever()

    trio.run(main)
    assert len(accounts.calls(END)) == 1


class _Found(BasicAuthProvider):
    """Has the token from somewhere else."""

    def _request_access_token(self) -> AccessToken:
        return AccessToken("user", "shared-token")


@pytest.mark.parametrize(
    "credentials",
    [
        ApiClientCredentialsProvider("id", "canary-secret"),
        StaticTokenProvider("theirs"),
        _Found("account", "canary-password"),
    ],
    ids=["api client", "static", "found"],
)
def test_tokens_of_others_are_not_ended(accounts: Any, credentials: CredentialsProvider) -> None:
    with _client(accounts, credentials=credentials) as client:
        _status(client)
    assert not accounts.calls(END)


def test_a_token_that_two_clients_share_is_not_ended(accounts: Any) -> None:
    one = _client(accounts)
    two = _client(accounts, credentials=one.credentials)
    _status(one)
    one.close()
    assert _status(two) == 200
    two.close()
    assert not accounts.calls(END)
    assert len(accounts.calls(LOGIN)) == 1


def test_a_token_is_kept_when_the_httpx_client_that_could_end_it_is_closed(accounts: Any) -> None:
    client = _client(accounts)
    client.set_httpx_client(httpx.Client())
    client.request("GET", "/a")
    client.get_or_create_httpx_client().close()
    client.close()
    with httpx.Client() as another:
        client.set_httpx_client(another).request("GET", "/b")
    assert len(accounts.calls(LOGIN)) == 1


def test_a_derived_client_ends_nothing(accounts: Any) -> None:
    client = _client(accounts)
    with client.with_timeout(5) as derived:
        _status(derived)
    assert not accounts.calls(END)
    client.close()
    assert len(accounts.calls(END)) == 1


def test_a_token_that_is_in_use_is_not_ended(accounts: Any) -> None:
    client = _client(accounts)
    with client.stream("GET", "/a"):
        client.close()
    assert not accounts.calls(END)

    async def main() -> None:
        async with client:
            await client.arequest("GET", "/a")
            _status(client)
            # The loop may go on.
            client.close()
            assert not accounts.calls(END)

    asyncio.run(main())
    assert len(accounts.calls(END)) == 1


@pytest.mark.parametrize("trouble", [500, 307, "slow", "gone"])
def test_a_token_that_cannot_be_ended_is_left_behind(
    accounts: Any, other: Any, trouble: int | str
) -> None:
    def fail(_: Any) -> Any:
        raise ConnectionError

    def slow(_: Any) -> Any:
        time.sleep(1.5)
        return accounts.answer(204, None)

    if isinstance(trouble, int):
        accounts.say(END, trouble, b"<html>", ("Location", f"{other.url}/x"))
    else:
        accounts.routes[END] = slow if trouble == "slow" else fail
    began = time.monotonic()
    with _client(accounts, follow_redirects=True) as client:
        _status(client)
    assert time.monotonic() - began < 5
    assert len(accounts.calls(END)) == 1
    assert not other.seen


def test_the_sandbox_renews_and_ends_tokens(jamf_sandbox: Sandbox) -> None:
    provider = BasicAuthProvider(jamf_sandbox.username, jamf_sandbox.password)
    with HTTPAuthenticatedClient(jamf_sandbox.url, credentials=provider) as client:
        assert client.request("GET", "/api/v1/buildings").status_code == 200
        old = _age(client, 50)
        assert client.request("GET", "/api/v1/buildings").status_code == 200
        new = provider.get_access_token()
    assert old != new
    for ended in (old, new):
        with HTTPAuthenticatedClient(jamf_sandbox.url, token=ended.token) as client:
            assert client.request("GET", "/api/v1/buildings").status_code == 401
    paths = [seen.path for seen in jamf_sandbox.requests]
    assert paths.count("/api/v1/auth/token") == 1
