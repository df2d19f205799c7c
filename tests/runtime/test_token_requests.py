"""How requests for tokens behave: slots, times, refusals, what is told about them."""

from __future__ import annotations

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from jamf_pro_client._httpx import httpx
from jamf_pro_client._transport.connections import ASKED_AT, DEADLINE, TOKEN_LISTENER
from jamf_pro_client.auth import (
    AccessToken,
    ApiClientCredentialsProvider,
    BasicAuthProvider,
    CredentialsProvider,
)
from jamf_pro_client.client import HTTPAuthenticatedClient
from jamf_pro_client.errors import RequestTimeoutError, TransportError, UnauthorizedError

TOKEN = "/api/v1/oauth/token"


def _client(jamf: Any, **options: Any) -> HTTPAuthenticatedClient:
    options.setdefault("credentials", ApiClientCredentialsProvider("id", "canary-secret"))
    return HTTPAuthenticatedClient(jamf.url, **options)


def _storm(client: HTTPAuthenticatedClient) -> None:
    """Call from 100 threads and from 20 tasks on each of two loops at once."""
    barrier = threading.Barrier(102, timeout=20)

    def thread() -> list[int]:
        barrier.wait()
        return [client.request("GET", "/a").status_code]

    def loop() -> list[int]:
        async def main() -> list[int]:
            try:
                calls = (client.arequest("GET", "/a") for _ in range(20))
                return [reply.status_code for reply in await asyncio.gather(*calls)]
            finally:
                await client.aclose()

        barrier.wait()
        return asyncio.run(main())

    with ThreadPoolExecutor(102) as pool:
        jobs = [pool.submit(thread) for _ in range(100)] + [pool.submit(loop) for _ in range(2)]
        assert [status for job in jobs for status in job.result(60)] == [200] * 140


def test_a_hundred_threads_and_two_loops_fetch_one_token_for_each_end(jamf: Any) -> None:
    with _client(jamf, max_concurrency=20) as client:
        _storm(client)
        assert jamf.tokens == 1
        jamf.valid.clear()
        _storm(client)
        assert jamf.tokens == 2
        assert client._connections.gate.taken == 0


def test_asking_for_a_token_takes_a_slot(jamf: Any) -> None:
    seen: list[int] = []
    client = _client(jamf, max_concurrency=1)
    oauth = jamf.routes[TOKEN]

    def counted(request: Any) -> Any:
        seen.append(client._connections.gate.taken)
        return oauth(request)

    jamf.routes[TOKEN] = counted
    assert client.credentials.get_access_token().token == "canary-token-1"
    client.close()
    assert seen == [1]
    assert client._connections.gate.taken == 0
    # What is there already costs none.
    held = client._connections.gate.acquire()
    assert client.credentials.get_access_token().token == "canary-token-1"
    assert held is not None
    held.release()


def test_asking_in_a_loop_takes_a_slot_and_calls_wait_for_that_token(jamf: Any) -> None:
    jamf.routes["/a"] = lambda _: jamf.answer(200, {})

    async def main() -> None:
        async with _client(jamf, max_concurrency=2) as client:
            provider = client.credentials
            results = await asyncio.gather(
                *(provider.get_access_token_async() for _ in range(10)),
                *(client.arequest("GET", "/a") for _ in range(10)),
            )
            assert len(results) == 20
            assert client._connections.gate.taken == 0

    asyncio.run(main())
    assert jamf.tokens == 1


def test_a_token_request_runs_in_the_slot_of_its_call(jamf: Any) -> None:
    with _client(jamf, max_concurrency=1) as client:
        assert client.request("GET", "/a").status_code == 200


def test_asking_for_a_token_has_the_timeout_of_the_client(jamf: Any) -> None:
    jamf.say_after(TOKEN, 0.25)
    with _client(jamf, timeout=0.03) as client, pytest.raises(RequestTimeoutError):
        client.credentials.get_access_token()


def test_those_who_waited_for_a_slot_share_a_refusal(jamf: Any) -> None:
    barrier = threading.Barrier(100, timeout=20)
    client = _client(
        jamf, credentials=ApiClientCredentialsProvider("id", "wrong"), max_concurrency=5
    )
    oauth = jamf.routes[TOKEN]

    def slow(seen: Any) -> Any:
        # Until all of them wait: one for the answer, four for that one, the others for a slot.
        for _ in range(1000):
            if len(client._connections.gate._line) == 95:
                break
            time.sleep(0.005)
        return oauth(seen)

    jamf.routes[TOKEN] = slow

    def ask(_: object) -> str:
        barrier.wait()
        with pytest.raises(UnauthorizedError) as caught:
            client.credentials.get_access_token()
        return str(caught.value)

    with ThreadPoolExecutor(100) as pool:
        texts = set(pool.map(ask, range(100)))
    assert len(texts) == 1
    assert "the API client id" in texts.pop()
    assert len(jamf.calls(TOKEN)) == 1
    jamf.routes[TOKEN] = oauth
    with pytest.raises(UnauthorizedError):
        client.credentials.get_access_token()
    assert len(jamf.calls(TOKEN)) == 2
    client.close()


def test_a_call_shares_a_refusal_that_came_while_it_waited(jamf: Any) -> None:
    client = _client(jamf, credentials=ApiClientCredentialsProvider("id", "wrong"))
    raw = client.get_or_create_httpx_client()
    began = time.monotonic()
    for asked_at in (began, began, time.monotonic() + 60):
        with pytest.raises(UnauthorizedError):
            raw.get("/a", extensions={ASKED_AT: asked_at})
    assert len(jamf.calls(TOKEN)) == 2
    client.close()


def test_a_token_request_ends_with_the_time_of_its_call(jamf: Any) -> None:
    jamf.say_after(TOKEN, 0.3)
    client = _client(jamf)
    raw = client.get_or_create_httpx_client()
    with pytest.raises(RequestTimeoutError):
        raw.get("/a", extensions={DEADLINE: time.monotonic() + 0.05})
    with pytest.raises(RequestTimeoutError):
        raw.get("/a", extensions={DEADLINE: time.monotonic() - 1})
    assert len(jamf.calls(TOKEN)) <= 1
    client.close()


def test_waiting_for_somebody_elses_token_ends_with_the_time_of_the_call(jamf: Any) -> None:
    reached, release = threading.Event(), threading.Event()
    oauth = jamf.routes[TOKEN]

    def slow(seen: Any) -> Any:
        reached.set()
        release.wait(5)
        return oauth(seen)

    jamf.routes[TOKEN] = slow
    client = _client(jamf)
    leader = threading.Thread(target=client.request, args=("GET", "/a"))
    leader.start()
    assert reached.wait(5)
    try:
        with pytest.raises(RequestTimeoutError):
            client.get_or_create_httpx_client().get(
                "/a", extensions={DEADLINE: time.monotonic() + 0.05}
            )

        async def main() -> None:
            raw = client.get_or_create_async_httpx_client()
            with pytest.raises(RequestTimeoutError):
                await raw.get("/a", extensions={DEADLINE: time.monotonic() + 0.05})
            await client.aclose()

        asyncio.run(main())
    finally:
        release.set()
        leader.join()
    client.close()
    assert jamf.tokens == 1


def test_what_comes_of_a_fetch_is_told_to_the_call(jamf: Any) -> None:
    told: list[tuple[str, object]] = []

    def listen(who: str, outcome: object) -> None:
        told.append((who, outcome))
        raise ValueError

    client = _client(jamf)
    raw = client.get_or_create_httpx_client()
    for _ in range(2):
        assert raw.get("/a", extensions={TOKEN_LISTENER: listen}).status_code == 200
    bad = _client(jamf, credentials=ApiClientCredentialsProvider("id", "wrong"))
    with pytest.raises(UnauthorizedError):
        bad.get_or_create_httpx_client().get("/a", extensions={TOKEN_LISTENER: listen})
    assert [who for who, _ in told] == ["ApiClientCredentialsProvider"] * 2
    assert isinstance(told[0][1], AccessToken)
    assert isinstance(told[1][1], UnauthorizedError)
    client.close()
    bad.close()


class _Through(CredentialsProvider):
    """Gets its tokens by means of another provider."""

    def __init__(self, inner: CredentialsProvider) -> None:
        super().__init__()
        self.inner = inner

    def _request_access_token(self) -> AccessToken:
        return self.inner.get_access_token()

    async def _request_access_token_async(self) -> AccessToken:
        return await self.inner.get_access_token_async()


def test_a_provider_inside_of_another_asks_the_server_of_the_call(jamf: Any) -> None:
    inner = ApiClientCredentialsProvider("id", "canary-secret")
    with _client(jamf, credentials=_Through(inner), max_concurrency=1) as client:
        assert client.request("GET", "/a").status_code == 200
    assert jamf.tokens == 1


def test_a_provider_inside_of_another_stays_with_its_own_server(jamf: Any, other: Any) -> None:
    inner = BasicAuthProvider("account", "canary-password")
    issuer = HTTPAuthenticatedClient(other.url, credentials=inner)
    with _client(jamf, credentials=_Through(inner)) as client:
        client.request("GET", "/a")
    issuer.close()
    assert other.calls("/api/v1/auth/token")
    assert [seen.path for seen in jamf.seen] == ["/a"]


class _ByHttpx(CredentialsProvider):
    """Fetches its tokens with httpx, as people do."""

    def __init__(self, url: str, **options: Any) -> None:
        super().__init__()
        self.url, self.options = url, options

    def _request_access_token(self) -> AccessToken:
        reply = httpx.get(self.url, params={"key": "canary-key"}, **self.options)
        return AccessToken("user", reply.raise_for_status().json()["token"])


@pytest.mark.parametrize("asks", ["sync", "async"])
def test_a_failure_inside_of_a_provider_is_not_a_failure_of_the_call(
    jamf: Any, other: Any, asks: str
) -> None:
    other.say("/token", 403)
    other.say_after("/slow", 0.3)
    for path, timeout in (("/token", 5), ("/slow", 0.03)):
        client = _client(jamf, credentials=_ByHttpx(other.url + path, timeout=timeout))
        with pytest.raises(TransportError, match="token of _ByHttpx") as caught:  # noqa: PT012  # both ways
            if asks == "sync":
                client.request("POST", "/a")
            else:
                asyncio.run(client.arequest("POST", "/a"))
        shown = repr(caught.value) + str(caught.value.__cause__) + str(caught.value.__context__)
        assert "canary-key" not in shown
        client.close()
    assert not jamf.seen


def test_a_storm_on_a_bad_secret_leaves_no_slot_behind(jamf: Any) -> None:
    client = _client(
        jamf, credentials=ApiClientCredentialsProvider("id", "wrong"), max_concurrency=2
    )

    def ask(_: object) -> None:
        with pytest.raises(UnauthorizedError):
            client.request("GET", "/a")

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(ask, range(20)))
    assert client._connections.gate.taken == 0
    client.close()


def test_a_refusal_with_headers_that_are_not_ascii_is_a_refusal(jamf: Any) -> None:
    jamf.say(TOKEN, 401, b"", ("Content-Type", "text/plain; charset=\xe9"))
    with _client(jamf) as client, pytest.raises(UnauthorizedError):
        client.request("GET", "/a")
