"""Clients of one server with one provider are one to the server: limit, budget and breaker."""

from __future__ import annotations

import asyncio
import gc
import threading
import time
import weakref
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from jamf_pro_client import (
    ApiClientCredentialsProvider,
    HTTPAuthenticatedClient,
    ResilienceConfig,
    StaticTokenProvider,
)
from jamf_pro_client.resilience import Timing


class _Crowd:
    """Counts how many requests are being answered at the same time."""

    def __init__(self, jamf: Any) -> None:
        self.most = 0
        self._now = 0
        self._lock = threading.Lock()
        self._jamf = jamf
        jamf.routes["/x"] = self._answer

    def _answer(self, _: object) -> Any:
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
        time.sleep(0.01)
        with self._lock:
            self._now -= 1
        return self._jamf.answer(200, {})


def test_a_sync_and_an_async_client_with_one_provider_keep_one_limit(jamf: Any) -> None:
    crowd = _Crowd(jamf)
    provider = ApiClientCredentialsProvider("id", "canary-secret")
    threads = HTTPAuthenticatedClient(jamf.url, credentials=provider)
    tasks = HTTPAuthenticatedClient(jamf.url, credentials=provider)

    async def many() -> None:
        async with tasks:
            await asyncio.gather(*(tasks.arequest("GET", "/x") for _ in range(30)))

    with threads, ThreadPoolExecutor(13) as pool:
        loop = pool.submit(asyncio.run, many())
        list(pool.map(lambda _: threads.request("GET", "/x"), range(30)))
        loop.result()
    assert len(jamf.calls("/x")) == 60
    assert 1 < crowd.most <= 5
    assert (threads.in_flight, tasks.in_flight) == (0, 0)


def test_the_smallest_limit_is_for_all_and_a_change_too(jamf: Any) -> None:
    provider = StaticTokenProvider("t")
    first = HTTPAuthenticatedClient(jamf.url, credentials=provider, max_concurrency=4)
    second = HTTPAuthenticatedClient(jamf.url, credentials=provider, max_concurrency=2)
    third = HTTPAuthenticatedClient(jamf.url, credentials=provider, max_concurrency=9)
    assert [client.max_concurrency for client in (first, second, third)] == [2, 2, 2]
    third.set_concurrency(7)
    assert [client.max_concurrency for client in (first, second, third)] == [7, 7, 7]


def test_a_limit_raised_by_one_client_is_not_held_back_by_the_pool_of_another(jamf: Any) -> None:
    provider = StaticTokenProvider("t")
    one = HTTPAuthenticatedClient(jamf.url, credentials=provider, max_concurrency=1)
    barrier = threading.Barrier(6, timeout=5)
    jamf.routes["/x"] = lambda _: (barrier.wait(), jamf.answer(200, {}))[1]
    jamf.say("/warm", 200)
    with HTTPAuthenticatedClient(jamf.url, credentials=provider, timeout=5) as other:
        other.request("GET", "/warm")
        one.set_concurrency(6)
        with ThreadPoolExecutor(6) as pool:
            statuses = list(pool.map(lambda _: other.request("GET", "/x").status_code, range(6)))
    assert statuses == [200] * 6


def test_credentials_of_their_own_have_a_limit_of_their_own(jamf: Any) -> None:
    clients = [
        HTTPAuthenticatedClient(jamf.url, api_key="id", api_secret="secret"),
        HTTPAuthenticatedClient(jamf.url, api_key="id", api_secret="secret", max_concurrency=3),
        HTTPAuthenticatedClient(jamf.url, token="t", max_concurrency=2),
    ]
    clients[0].set_concurrency(8)
    assert [client.max_concurrency for client in clients] == [8, 3, 2]


def test_clients_with_one_provider_spend_one_retry_budget(jamf: Any) -> None:
    jamf.say("/x", 503)
    provider = StaticTokenProvider("t")
    config = ResilienceConfig(
        retry_budget=30, timing=Timing(sleep=lambda _: None, random=lambda: 0.5)
    )
    for _ in range(4):
        with HTTPAuthenticatedClient(jamf.url, credentials=provider, resilience=config) as client:
            client.request("GET", "/x")
    # Four calls, and three retries at 10 each.
    assert len(jamf.calls("/x")) == 7


def test_a_provider_does_not_keep_the_clients_that_came_later(jamf: Any) -> None:
    provider = StaticTokenProvider("t")
    first = HTTPAuthenticatedClient(jamf.url, credentials=provider)
    later = HTTPAuthenticatedClient(jamf.url, credentials=provider)
    connections = weakref.ref(later._connections)
    del later
    gc.collect()
    assert connections() is None
    first.set_concurrency(3)
    assert HTTPAuthenticatedClient(jamf.url, credentials=provider).max_concurrency == 3


def test_threads_that_make_clients_at_once_get_one_limit(jamf: Any) -> None:
    for _ in range(20):
        provider = StaticTokenProvider("t")
        start = threading.Barrier(4)

        def make(_: int, *, provider: Any = provider, start: Any = start) -> Any:
            start.wait()
            return HTTPAuthenticatedClient(jamf.url, credentials=provider)

        with ThreadPoolExecutor(4) as pool:
            clients = list(pool.map(make, range(4)))
        assert len({id(client._connections.gate) for client in clients}) == 1


@pytest.mark.parametrize("limit", [0, "5"])
def test_a_limit_that_cannot_be_used_leaves_the_others_as_they_are(jamf: Any, limit: Any) -> None:
    provider = StaticTokenProvider("t")
    client = HTTPAuthenticatedClient(jamf.url, credentials=provider)
    with pytest.raises(ValueError, match="max_concurrency"):
        HTTPAuthenticatedClient(jamf.url, credentials=provider, max_concurrency=limit)
    assert client.max_concurrency == 5


def test_exceptions_of_listeners_are_counted_for_all_that_share_them(jamf: Any) -> None:
    jamf.say("/x", 503)

    def fail(_: object) -> None:
        raise RuntimeError

    provider = StaticTokenProvider("t")
    config = ResilienceConfig(
        max_retries=1, on_event=(fail,), timing=Timing(sleep=lambda _: None, random=lambda: 0.5)
    )
    other = HTTPAuthenticatedClient(jamf.url, credentials=provider)
    with HTTPAuthenticatedClient(jamf.url, credentials=provider, resilience=config) as client:
        assert client.event_failures == 0
        client.request("GET", "/x")
        assert client.event_failures == other.event_failures > 0
