"""One fetch for many callers."""

from __future__ import annotations

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from jamf_pro_client._auth.flight import Held, TokenCache, hold, is_usable, needs_refresh
from jamf_pro_client._httpx import httpx
from jamf_pro_client._transport.failures import translate
from jamf_pro_client.auth import AccessToken, ApiClientCredentialsProvider, CredentialsProvider
from jamf_pro_client.client import HTTPAuthenticatedClient
from jamf_pro_client.errors import (
    ConfigurationError,
    JamfProAPIError,
    ServerError,
    TransportError,
    UnauthorizedError,
)
from jamf_pro_client.resilience import ResilienceConfig, Timing


def _token(name: str = "t", lifetime: float | None = None) -> AccessToken:
    return AccessToken("user", name, lifetime_seconds=lifetime)


@pytest.mark.parametrize(
    ("lifetime", "margin"), [(60, 12), (59, 11.8), (299, 59.8), (1800, 60), (0, 0)]
)
def test_the_margin_shrinks_with_the_lifetime(lifetime: float, margin: float) -> None:
    held = hold(_token(), lifetime, 1000)
    edge = 1000 + lifetime - margin
    assert needs_refresh(held, edge + 0.001)
    assert lifetime == 0 or not needs_refresh(held, edge - 0.001)
    assert is_usable(held, 1000 + lifetime - 0.001)
    assert not is_usable(held, 1000 + lifetime)


def test_a_token_without_end_is_kept() -> None:
    held = Held(_token(), None, None)
    assert not needs_refresh(held, 1e12)
    assert is_usable(held, 1e12)


class _Slow(CredentialsProvider):
    """Counts its fetches, which take a moment and may fail."""

    def __init__(self, *outcomes: AccessToken | BaseException, seconds: float = 0.1) -> None:
        super().__init__()
        self.outcomes = list(outcomes)
        self.calls = 0
        self.seconds = seconds

    def _next(self) -> AccessToken:
        outcome = self.outcomes[min(self.calls, len(self.outcomes)) - 1]
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    def _request_access_token(self) -> AccessToken:
        self.calls += 1
        time.sleep(self.seconds)
        return self._next()

    async def _request_access_token_async(self) -> AccessToken:
        self.calls += 1
        await asyncio.sleep(self.seconds)
        return self._next()


def _storm(provider: CredentialsProvider) -> list[str]:
    """Ask from 30 threads and from 20 tasks on each of two loops at once."""
    barrier = threading.Barrier(32, timeout=5)

    def thread() -> list[str]:
        barrier.wait()
        return [_outcome(provider)]

    def loop() -> list[str]:
        async def main() -> list[str]:
            return list(await asyncio.gather(*(_outcome_async(provider) for _ in range(20))))

        barrier.wait()
        return asyncio.run(main())

    with ThreadPoolExecutor(32) as pool:
        jobs = [pool.submit(thread) for _ in range(30)] + [pool.submit(loop) for _ in range(2)]
        return [outcome for job in jobs for outcome in job.result()]


def _outcome(provider: CredentialsProvider) -> str:
    try:
        return provider.get_access_token().token
    except UnauthorizedError as error:
        return str(error.status_code)


async def _outcome_async(provider: CredentialsProvider) -> str:
    try:
        return (await provider.get_access_token_async()).token
    except UnauthorizedError as error:
        return str(error.status_code)


def test_thirty_threads_and_two_loops_fetch_one_token() -> None:
    provider = _Slow(_token("one"))
    assert _storm(provider) == ["one"] * 70
    assert provider.calls == 1


def test_a_bad_secret_is_one_call_for_all_who_wait_for_it() -> None:
    refused = UnauthorizedError(401, method="POST", path="/api/v1/oauth/token")
    provider = _Slow(refused, seconds=0.2)
    assert _storm(provider) == ["401"] * 70
    assert provider.calls == 1


def test_a_token_revoked_under_many_callers_is_replaced_once(jamf: Any) -> None:
    provider = ApiClientCredentialsProvider("id", "canary-secret")
    options: dict[str, Any] = {"credentials": provider, "max_concurrency": 40}
    with HTTPAuthenticatedClient(jamf.url, **options) as client:
        client.request("GET", "/a")
        jamf.valid.clear()

        async def main() -> list[int]:
            async with client:
                calls = (client.arequest("GET", "/b") for _ in range(20))
                return [response.status_code for response in await asyncio.gather(*calls)]

        with ThreadPoolExecutor(21) as pool:
            loop = pool.submit(asyncio.run, main())
            ask = lambda _: client.request("GET", "/b").status_code  # noqa: E731  # short
            assert list(pool.map(ask, range(20))) == [200] * 20
            assert loop.result() == [200] * 20
    assert jamf.tokens == 2


def test_a_cancelled_leader_leaves_the_fetch_to_the_next() -> None:
    async def main() -> None:
        provider = _Slow(_token("one"), seconds=0.05)
        leader = asyncio.ensure_future(provider.get_access_token_async())
        await asyncio.sleep(0.01)
        others = [asyncio.ensure_future(provider.get_access_token_async()) for _ in range(20)]
        await asyncio.sleep(0.01)
        others[0].cancel()
        leader.cancel()
        tokens = await asyncio.gather(*others[1:])
        assert {token.token for token in tokens} == {"one"}
        assert provider.calls == 2
        assert leader.cancelled()

    asyncio.run(main())


def test_an_interrupted_leader_leaves_the_fetch_to_the_next() -> None:
    provider = _Slow(KeyboardInterrupt(), _token("two"), seconds=0)
    with pytest.raises(KeyboardInterrupt):
        provider.get_access_token()
    assert provider.get_access_token().token == "two"


@pytest.mark.parametrize("wait", ["threads", "tasks"])
def test_who_waits_for_a_fetch_that_breaks_is_sent_again_like_who_fetched(
    jamf: Any, wait: str
) -> None:
    broken = translate(httpx.ReadError("reset"), method="POST", path="/api/v1/oauth/token")
    provider = _Slow(broken, _token("one"), seconds=0.2)
    jamf.valid.add("one")
    resilience = ResilienceConfig(timing=Timing(sleep=_at_once, sleep_async=_at_once_async))
    client = HTTPAuthenticatedClient(jamf.url, credentials=provider, resilience=resilience)
    if wait == "threads":
        with client, ThreadPoolExecutor(5) as pool:
            replies = list(pool.map(lambda _: client.request("GET", "/a"), range(5)))
    else:

        async def main() -> list[httpx.Response]:
            async with client:
                return list(await asyncio.gather(*(client.arequest("GET", "/a") for _ in range(5))))

        replies = asyncio.run(main())
    assert [reply.status_code for reply in replies] == [200] * 5
    assert provider.calls == 2


def _at_once(_: float) -> None:
    pass


async def _at_once_async(_: float) -> None:
    pass


def test_nobody_waits_twice_for_a_leader_that_does_not_come_back() -> None:
    cache, gone, back = TokenCache(), threading.Event(), threading.Event()

    def lead() -> AccessToken:
        gone.set()
        back.wait(10)
        return _token("late")

    with ThreadPoolExecutor(1) as pool:
        leader = pool.submit(cache.obtain, lead)
        gone.wait(10)
        assert cache.obtain(lambda: _token("second"), wait_seconds=0.01).token == "second"
        cache.drop(_token("second"))
        # Somebody who waited for the leader would get its token.
        rescue = threading.Timer(5, back.set)
        rescue.start()
        assert cache.obtain(lambda: _token("third"), wait_seconds=60).token == "third"
        rescue.cancel()
        back.set()
        leader.result()


def test_the_old_token_is_used_while_another_caller_refreshes_it() -> None:
    cache, release = TokenCache(), threading.Event()
    cache.obtain(lambda: _token("old", 100))
    held = cache._held
    assert held is not None
    cache._held = Held(held.token, time.monotonic() - 1, time.monotonic() + 50)

    def slow() -> AccessToken:
        release.wait(5)
        return _token("new", 100)

    got: list[str] = []
    leader = threading.Thread(target=lambda: got.append(cache.obtain(slow).token))
    leader.start()
    while cache._flight is None:
        time.sleep(0.001)
    assert cache.obtain(slow).token == "old"
    release.set()
    leader.join()
    assert got == ["new"]
    assert cache.obtain(slow).token == "new"


@pytest.mark.parametrize(
    "trouble",
    [
        TransportError("reset"),
        ServerError(503, method="POST", path="/api/v1/oauth/token"),
        JamfProAPIError(408, method="POST", path="/api/v1/oauth/token"),
        httpx.ConnectError("a provider's own server"),
        OSError("a provider's own vault"),
    ],
    ids=["reset", "503", "408", "httpx", "vault"],
)
def test_a_failing_refresh_is_survived_while_the_old_token_is_good(trouble: Exception) -> None:
    cache = TokenCache()
    now = time.monotonic()
    cache._held = Held(_token("old"), now - 1, now + 50)
    calls = 0

    def failing() -> AccessToken:
        nonlocal calls
        calls += 1
        raise trouble

    assert [cache.obtain(failing).token for _ in range(5)] == ["old"] * 5
    assert calls == 1
    cache._held = Held(_token("dead"), now - 2, now - 1)
    with pytest.raises(type(trouble)):
        cache.obtain(failing)


@pytest.mark.parametrize(
    "refusal",
    [
        UnauthorizedError(401, method="POST", path="/api/v1/oauth/token"),
        ConfigurationError("no token"),
    ],
    ids=["401", "configuration"],
)
def test_a_refused_refresh_is_told_although_the_old_token_is_good(refusal: Exception) -> None:
    cache = TokenCache()
    now = time.monotonic()
    cache._held = Held(_token("old"), now - 1, now + 50)

    def refused() -> AccessToken:
        raise refusal

    with pytest.raises(type(refusal)):
        cache.obtain(refused)


def test_a_sync_call_does_not_wait_for_a_task_of_the_loop_that_it_blocks() -> None:
    async def main() -> None:
        provider = _Slow(_token("one"), seconds=0.05)
        task = asyncio.ensure_future(provider.get_access_token_async())
        await asyncio.sleep(0.01)
        assert provider.get_access_token().token == "one"
        assert (await task).token == "one"

    asyncio.run(main())


def test_short_lived_tokens_are_fetched_once_for_many_calls(jamf: Any) -> None:
    jamf.expires_in = 59
    with HTTPAuthenticatedClient(jamf.url, api_key="id", api_secret="canary-secret") as client:
        for _ in range(20):
            assert client.request("GET", "/a").status_code == 200
    assert jamf.tokens == 1


def test_a_token_at_its_end_is_replaced_before_it_is_used(jamf: Any) -> None:
    jamf.expires_in = 0
    with HTTPAuthenticatedClient(jamf.url, api_key="id", api_secret="canary-secret") as client:
        client.request("GET", "/a")
        client.request("GET", "/a")
    assert jamf.tokens == 2
