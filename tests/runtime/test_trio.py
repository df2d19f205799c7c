"""Calls in trio, and in trio, asyncio and threads together."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import trio
import trio.testing

from jamf_pro_client._httpx import httpx
from jamf_pro_client._transport.gate import Gate, Slot
from jamf_pro_client.api.buildings import get_v1_buildings_id
from jamf_pro_client.auth import AccessToken, CredentialsProvider
from jamf_pro_client.client import HTTPAuthenticatedClient, HTTPClient
from jamf_pro_client.errors import RequestTimeoutError, TransportError, UnauthorizedError


def _client(jamf: Any, **options: Any) -> HTTPAuthenticatedClient:
    return HTTPAuthenticatedClient(jamf.url, api_key="id", api_secret="canary-secret", **options)


def _run(main: Callable[[], Awaitable[Any]]) -> Any:
    async def bounded() -> Any:
        with trio.fail_after(20):
            return await main()

    return trio.run(bounded)


async def _until(happened: Callable[[], object]) -> None:
    while not happened():
        await trio.sleep(0.002)


async def _many(count: int, call: Callable[[], Awaitable[Any]]) -> list[Any]:
    results: list[Any] = []

    async def one() -> None:
        results.append(await call())

    async with trio.open_nursery() as nursery:
        for _ in range(count):
            nursery.start_soon(one)
    return results


def test_calls_are_answered_with_one_token_and_within_the_limit(jamf: Any) -> None:
    async def main() -> None:
        async with _client(jamf, max_concurrency=3) as client:
            replies = await _many(20, lambda: client.arequest("GET", "/a"))
            assert [reply.status_code for reply in replies] == [200] * 20
            assert client._connections.gate.taken == 0

    _run(main)
    assert jamf.tokens == 1
    assert jamf.connections <= 6


def test_endpoint_functions_run_in_trio(jamf: Any) -> None:
    jamf.routes["/api/v1/buildings/7"] = lambda _: jamf.answer(200, {"id": "7", "name": "Invented"})

    async def main() -> None:
        async with _client(jamf) as client:
            building = await get_v1_buildings_id.asyncio("7", client=client)
            assert building is not None
            assert building.name == "Invented"

    _run(main)


def test_a_stream_keeps_its_slot_and_gives_it_back(jamf: Any) -> None:
    jamf.say("/x", 200, b"abc")

    async def main() -> None:
        async with HTTPClient(jamf.url, max_concurrency=1) as client:
            gate = client._connections.gate
            async with client.astream("GET", "/x") as response:
                assert gate.taken == 1
                assert await gate.acquire_async(0.01) is None
                assert await response.aread() == b"abc"
            assert gate.taken == 0
            with trio.move_on_after(0.05):
                async with client.astream("GET", "/x"):
                    await trio.sleep_forever()
            assert gate.taken == 0

    _run(main)


def test_failures_are_errors_of_ours(jamf: Any) -> None:
    jamf.say_after("/slow", 0.2)

    async def main() -> None:
        async with HTTPClient(jamf.url, timeout=0.02) as client:
            with pytest.raises(RequestTimeoutError):
                await client.arequest("GET", "/slow")
        async with HTTPClient("http://127.0.0.1:9") as client:
            with pytest.raises(TransportError):
                await client.arequest("GET", "/")

    _run(main)


def test_each_run_has_its_own_connections(jamf: Any) -> None:
    client = _client(jamf)

    async def main() -> Any:
        response = await client.arequest("GET", "/a")
        assert response.status_code == 200
        pool = client.get_or_create_async_httpx_client()
        await client.aclose()
        return pool

    assert _run(main) is not _run(main)
    assert jamf.tokens == 1


@pytest.mark.parametrize("runs_in", ["trio", "asyncio"])
def test_loops_that_ended_without_closing_are_forgotten(jamf: Any, runs_in: str) -> None:
    jamf.say("/x", 204)
    client = HTTPClient(jamf.url)

    async def main() -> None:
        # No connection is left open, which would be complained about.
        await client.arequest("GET", "/x", headers={"Connection": "close"})

    for _ in range(4):
        if runs_in == "trio":
            _run(main)
        else:
            asyncio.run(main())
    assert len(client._connections._by_loop) <= 1


def test_a_cancelled_waiter_passes_its_slot_on() -> None:
    async def main() -> None:
        gate = Gate(1)
        first = await gate.acquire_async()
        order: list[str] = []

        async def wait(name: str, scope: trio.CancelScope) -> None:
            with scope:
                slot = await gate.acquire_async()
                order.append(name)
                slot.release()

        scopes = [trio.CancelScope() for _ in range(3)]
        async with trio.open_nursery() as nursery:
            for name, scope in zip("abc", scopes, strict=True):
                nursery.start_soon(wait, name, scope)
                await trio.testing.wait_all_tasks_blocked()
            scopes[0].cancel()
            first.release()
            scopes[1].cancel()
        assert order == ["c"]
        assert gate.taken == 0
        assert not gate._line

    _run(main)


def test_a_task_that_waited_too_long_leaves_the_line() -> None:
    async def wait() -> None:
        gate = Gate(1)
        held = gate.acquire()
        assert await gate.acquire_async(0.01) is None
        assert await gate.acquire_async(0) is None
        assert not gate._line
        assert held is not None
        held.release()
        slot = await gate.acquire_async(0)
        assert slot is not None
        assert gate.taken == 1

    _run(wait)
    asyncio.run(wait())


def test_a_waiter_whose_run_is_over_does_not_keep_the_slot() -> None:
    gate = Gate(1)
    waiting = Slot(gate)

    async def main() -> None:
        from jamf_pro_client._transport.signals import task_signal

        waiting._signal = task_signal()

    _run(main)
    held = gate.acquire()
    gate._line_up(waiting)
    assert held is not None
    held.release()
    slot = gate.acquire(0.1)
    assert slot is not None
    assert gate.taken == 1


@pytest.mark.parametrize("runs_in", ["trio", "asyncio"])
def test_many_cancelled_calls_leave_a_client_that_works(jamf: Any, runs_in: str) -> None:
    """A pool that cancelled calls may have cost connections is given up in time."""
    jamf.say_after("/slow", 0.005, {})

    async def main() -> None:
        import anyio

        async with HTTPClient(jamf.url, timeout=10, max_concurrency=5) as client:
            for round_ in range(40):
                with anyio.move_on_after(round_ % 10 / 1000):
                    async with anyio.create_task_group() as group:
                        for _ in range(15):
                            group.start_soon(client.arequest, "GET", "/slow")
            for _ in range(10):
                assert (await client.arequest("GET", "/slow")).status_code == 200
            assert len(client._connections._retired_async) <= 2
            assert client._connections.gate.taken == 0

    if runs_in == "trio":
        _run(main)
    else:
        asyncio.run(main())


def test_a_retired_pool_is_closed_by_a_cancelled_call(jamf: Any) -> None:
    if httpx.__name__ != "httpx":
        pytest.skip("only httpx loses connections")
    jamf.say_after("/slow", 0.4, {})

    async def main() -> None:
        async with HTTPClient(jamf.url, max_concurrency=1) as client:
            pool = client._connections._async_pool()
            with trio.move_on_after(0.1):
                await client.arequest("GET", "/slow")
            assert pool.is_retired
            assert pool.client.is_closed

    _run(main)


class _Slow(CredentialsProvider):
    """Counts its fetches; async callers run it in a worker thread."""

    def __init__(self) -> None:
        super().__init__()
        self.calls = 0
        self.go_on = threading.Event()

    def _request_access_token(self) -> AccessToken:
        self.calls += 1
        self.go_on.wait(5)
        return AccessToken("user", f"token-{self.calls}")


def test_a_sync_provider_does_not_block_the_run() -> None:
    async def main() -> None:
        provider = _Slow()
        async with trio.open_nursery() as nursery:
            nursery.start_soon(provider.get_access_token_async)
            await _until(lambda: provider.calls)
            provider.go_on.set()
        assert (await provider.get_access_token_async()).token == "token-1"

    _run(main)


def test_a_cancelled_leader_leaves_the_fetch_to_the_next() -> None:
    async def main() -> None:
        provider, tokens = _Slow(), []

        async def follow() -> None:
            tokens.append((await provider.get_access_token_async()).token)

        async with trio.open_nursery() as nursery:
            scope = trio.CancelScope()

            async def lead() -> None:
                with scope:
                    await provider.get_access_token_async()

            nursery.start_soon(lead)
            await _until(lambda: provider.calls)
            for _ in range(10):
                nursery.start_soon(follow)
            await trio.testing.wait_all_tasks_blocked()
            scope.cancel()
            await _until(lambda: provider.calls == 2)
            provider.go_on.set()
        assert len(tokens) == 10
        assert len(set(tokens)) == 1

    _run(main)


def test_a_sync_call_does_not_wait_for_a_task_of_the_run_that_it_blocks() -> None:
    async def main() -> None:
        provider = _Slow()
        async with trio.open_nursery() as nursery:
            nursery.start_soon(provider.get_access_token_async)
            await _until(lambda: provider.calls)
            provider.go_on.set()
            assert provider.get_access_token().token

    _run(main)


def _storm(client: HTTPAuthenticatedClient, threads: int, tasks: int) -> list[int]:
    """Call from threads, from two loops of asyncio and from two trio runs at once."""
    barrier = threading.Barrier(threads + 4, timeout=10)

    async def status() -> int:
        return (await client.arequest("GET", "/a")).status_code

    async def in_asyncio() -> list[int]:
        try:
            return await asyncio.gather(*(status() for _ in range(tasks)))
        finally:
            await client.aclose()

    async def in_trio() -> list[int]:
        try:
            return await _many(tasks, status)
        finally:
            await client.aclose()

    def together(call: Callable[[], Any]) -> Any:
        barrier.wait()
        return call()

    with ThreadPoolExecutor(threads + 4) as pool:
        calls: list[Callable[[], Any]] = [lambda: asyncio.run(in_asyncio())] * 2
        calls += [lambda: _run(in_trio)] * 2
        calls += [lambda: [client.request("GET", "/a").status_code]] * threads
        jobs = [pool.submit(together, call) for call in calls]
        return [status for job in jobs for status in job.result(30)]


def test_threads_loops_and_runs_share_one_token_and_one_gate(jamf: Any) -> None:
    live, most, lock = 0, 0, threading.Lock()

    def counted(seen: Any) -> Any:
        nonlocal live, most
        with lock:
            live += 1
            most = max(most, live)
        given = jamf.guarded(seen)
        with lock:
            live -= 1
        return given

    jamf.routes["/a"] = counted
    client = _client(jamf, max_concurrency=4)
    assert _storm(client, 20, 10) == [200] * 60
    assert jamf.tokens == 1
    jamf.valid.clear()
    assert _storm(client, 20, 10) == [200] * 60
    assert jamf.tokens == 2
    assert most <= 4
    assert client._connections.gate.taken == 0
    client.close()


def test_a_bad_secret_is_told_in_trio(jamf: Any) -> None:
    async def main() -> None:
        async with HTTPAuthenticatedClient(jamf.url, api_key="id", api_secret="wrong") as client:
            with pytest.raises(UnauthorizedError):
                await client.arequest("GET", "/a")

    _run(main)


def test_neither_library_is_loaded_by_importing_and_waiting_in_threads() -> None:
    code = (
        "import sys\n"
        "from jamf_pro_client import BasicAuthProvider, HTTPAuthenticatedClient\n"
        "import jamf_pro_client._auth.server_auth\n"
        "from jamf_pro_client._transport.gate import Gate\n"
        "gate = Gate(1)\n"
        "gate.acquire()\n"
        "gate.acquire(0)\n"
        "assert not {'trio', 'asyncio'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], timeout=30, check=True)  # noqa: S603  # our code
