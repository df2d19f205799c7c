"""The limit on requests in flight."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from jamf_pro_client._transport.gate import Gate
from jamf_pro_client.client import HTTPClient
from jamf_pro_client.errors import ConfigurationError, RequestTimeoutError


def _wait_for(gate: Gate, waiting: int) -> None:
    for _ in range(200):
        if len(gate._line) == waiting:
            return
        time.sleep(0.005)
    raise AssertionError(f"{len(gate._line)} wait, not {waiting}")


def test_threads_and_tasks_are_served_in_the_order_they_came() -> None:
    gate = Gate(1)
    held = gate.acquire()
    order: list[str] = []

    def thread(name: str) -> None:
        slot = gate.acquire()
        order.append(name)
        assert slot is not None
        slot.release()

    async def task(name: str) -> None:
        slot = await gate.acquire_async()
        order.append(name)
        slot.release()

    workers = []
    for index, name in enumerate("abcdef"):
        target = thread if index % 2 else lambda n: asyncio.run(task(n))
        worker = threading.Thread(target=target, args=(name,))
        worker.start()
        workers.append(worker)
        _wait_for(gate, index + 1)
    assert held is not None
    held.release()
    for worker in workers:
        worker.join()
    assert order == list("abcdef")


def test_threads_and_loops_together_never_exceed_the_limit(jamf: Any) -> None:
    """S0.8."""
    live, most, lock = 0, 0, threading.Lock()

    def slow(_: object) -> Any:
        nonlocal live, most
        with lock:
            live += 1
            most = max(most, live)
        time.sleep(0.01)
        with lock:
            live -= 1
        return jamf.answer(200, {})

    jamf.routes["/x"] = slow
    with HTTPClient(jamf.url, max_concurrency=3) as client:

        async def many() -> None:
            await asyncio.gather(*(client.arequest("GET", "/x") for _ in range(10)))
            await client.aclose()

        with ThreadPoolExecutor(12) as pool:
            loops = [pool.submit(asyncio.run, many()) for _ in range(2)]
            list(pool.map(lambda _: client.request("GET", "/x"), range(20)))
            for loop in loops:
                loop.result()
    assert len(jamf.calls("/x")) == 40
    assert 1 < most <= 3


def test_a_cancelled_waiter_passes_its_slot_on() -> None:
    async def main() -> None:
        gate = Gate(1)
        first = await gate.acquire_async()
        waiting = [asyncio.ensure_future(gate.acquire_async()) for _ in range(3)]
        await asyncio.sleep(0)
        waiting[0].cancel()
        # Granted in the same moment as it is cancelled: the slot must reach the third.
        first.release()
        waiting[1].cancel()
        slot = await asyncio.wait_for(waiting[2], 1)
        slot.release()
        assert gate.taken == 0

    asyncio.run(main())


def test_a_waiter_whose_loop_is_gone_does_not_keep_the_slot() -> None:
    gate = Gate(1)
    held = gate.acquire()
    loop = asyncio.new_event_loop()
    coroutine = gate.acquire_async()
    task = loop.create_task(coroutine)
    loop.run_until_complete(asyncio.sleep(0))
    task._log_destroy_pending = False  # type: ignore[attr-defined]  # it is abandoned on purpose
    loop.close()
    assert held is not None
    held.release()
    assert gate.acquire(0.1) is not None


def test_a_thread_that_waited_too_long_leaves_the_line() -> None:
    gate = Gate(1)
    held = gate.acquire()
    assert gate.acquire(0.01) is None
    assert not gate._line
    assert held is not None
    held.release()
    held.release()
    assert gate.taken == 0


def test_raising_the_limit_lets_waiters_in_at_once() -> None:
    gate = Gate(1)
    held = gate.acquire()
    got: list[object] = []
    worker = threading.Thread(target=lambda: got.append(gate.acquire()))
    worker.start()
    _wait_for(gate, 1)
    gate.set_limit(2)
    worker.join(1)
    assert got
    assert held is not None
    assert gate.acquire(0.01) is None


@pytest.mark.parametrize("value", [0, -1, 1.5, True, "5"])
def test_a_limit_below_one_or_no_number_is_refused(value: Any) -> None:
    """S0.4."""
    client = HTTPClient("jamf.my.org")
    with pytest.raises(ConfigurationError) as caught:
        client.set_concurrency(value)
    assert isinstance(caught.value, ValueError)
    with pytest.raises(ConfigurationError):
        HTTPClient("jamf.my.org", max_concurrency=value)
    assert client.max_concurrency == 5


def test_a_higher_limit_is_not_held_back_by_the_pool(jamf: Any) -> None:
    """S0.7."""
    barrier = threading.Barrier(6, timeout=5)
    jamf.routes["/x"] = lambda _: (barrier.wait(), jamf.answer(200, {}))[1]
    with HTTPClient(jamf.url, max_concurrency=1, timeout=5) as client:
        jamf.say("/warm", 200)
        client.request("GET", "/warm")
        client.set_concurrency(6)
        with ThreadPoolExecutor(6) as pool:
            statuses = list(pool.map(lambda _: client.request("GET", "/x").status_code, range(6)))
    assert statuses == [200] * 6


def test_a_stream_holds_its_slot_until_it_is_closed(jamf: Any) -> None:
    with HTTPClient(jamf.url, max_concurrency=1) as client:
        gate = client._connections.gate
        jamf.say("/x", 200, b"abc")
        with client.stream("GET", "/x") as response:
            assert gate.acquire(0.01) is None
            assert response.read() == b"abc"
            assert gate.acquire(0.01) is None
        assert gate.taken == 0

        async def main() -> None:
            async with client.astream("GET", "/x") as streamed:
                assert gate.taken == 1
                assert await streamed.aread() == b"abc"
            await client.aclose()

        asyncio.run(main())
        assert gate.taken == 0


def test_slots_come_back_after_failures_and_cancelled_calls(jamf: Any) -> None:
    jamf.say_after("/slow", 0.2)
    client = HTTPClient(jamf.url, max_concurrency=2, timeout=0.02)
    with pytest.raises(RequestTimeoutError):
        client.request("GET", "/slow")

    async def main() -> None:
        patient = client.with_timeout(5)
        calls = [asyncio.ensure_future(patient.arequest("GET", "/slow")) for _ in range(6)]
        await asyncio.sleep(0.05)
        for call in calls:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)
        await client.aclose()

    asyncio.run(main())
    client.close()
    assert client._connections.gate.taken == 0
    assert not client._connections.gate._line


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_forked_child_has_all_slots_and_its_own_connections(jamf: Any) -> None:
    client = HTTPClient(jamf.url, max_concurrency=1)
    jamf.say("/x", 204)
    client.request("GET", "/x")
    pool = client.get_or_create_httpx_client()
    slot = client._connections.gate.acquire()
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            fresh = client.get_or_create_httpx_client() is not pool
            status = client.request("GET", "/x").status_code
            assert slot is not None
            slot.release()
            client.close()
            os.write(writer, f"{fresh} {status} {client._connections.gate.taken}".encode())
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    assert os.read(reader, 100) == b"True 204 0"
    os.close(reader)
    os.close(writer)
    assert client.get_or_create_httpx_client() is pool
    client.close()


def test_many_cancelled_calls_leave_a_client_that_works(jamf: Any) -> None:
    async def main() -> None:
        client = HTTPClient(jamf.url, timeout=10, max_concurrency=5)
        jamf.say_after("/slow", 0.005, {})
        async with client:
            for round_ in range(40):
                calls = [asyncio.ensure_future(client.arequest("GET", "/slow")) for _ in range(15)]
                await asyncio.sleep(round_ % 10 / 1000)
                for call in calls:
                    call.cancel()
                await asyncio.gather(*calls, return_exceptions=True)
            calls = [asyncio.ensure_future(client.arequest("GET", "/slow")) for _ in range(10)]
            assert {reply.status_code for reply in await asyncio.gather(*calls)} == {200}
            assert len(client._connections._retired_async) <= 2
        assert client._connections.gate.taken == 0

    asyncio.run(main())
