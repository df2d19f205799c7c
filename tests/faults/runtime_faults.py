"""Faults 61 to 66: tasks, threads, event loops and processes get in each other's way."""

from __future__ import annotations

import asyncio
import os
import threading
import time
import warnings
from collections.abc import Callable
from typing import Any, Final

from tests.faults.acts import accept, after, reply
from tests.faults.doors import DOORS, AsyncioDoor, TrioDoor
from tests.faults.registry import BOTH, fault
from tests.faults.world import BUILDING, World

from jamf_pro_client.client import HTTPAuthenticatedClient as Client
from jamf_pro_client.errors import JamfProError
from jamf_pro_client.resilience import Breaker

_WAVES: Final = 75
_WAVE: Final = 20
_CHILD_SECONDS: Final = 20.0


class _BrokenOffError(Exception):
    """What a caller raises while it reads."""


@fault(61, "1,500 calls cancelled, or broken off", "the next call gets its reply", is_slow=True)
async def cancelled_calls(w: World) -> None:
    door = w.door
    client = w.client(max_concurrency=_WAVE)
    await w.get(client)
    if isinstance(door, AsyncioDoor | TrioDoor):
        w.server.script(BUILDING, after(0.005, accept))
        for wave in range(_WAVES):

            async def moment(wave: int = wave) -> None:
                # Cancelled while waiting, connecting, sending, reading: all of it occurs.
                await door.pause(0.001 * (wave % 9))

            await door.cancel([lambda: w.get(client)] * _WAVE, moment)
    else:
        for _ in range(_WAVES * _WAVE):
            w.calls += 1
            try:
                async with door.stream(client, "GET", BUILDING):
                    raise _BrokenOffError
            except _BrokenOffError:
                pass
    assert w.in_flight() == 0, w.in_flight()
    for result in await door.many([lambda: w.get(client, "2")] * 40):
        assert not isinstance(result, BaseException), repr(result)
    # Of a cancelled call the server may have seen nothing.
    w.calls = max(w.calls, w.sent)


@fault(62, "one client in two event loops at once, and in two later ones", "all replies")
def two_loops(w: World) -> None:
    client = w.client()
    run = w.door.run if w.door.name != "sync" else DOORS["asyncio"].run
    failures: list[BaseException] = []

    async def main() -> None:
        for _ in range(10):
            await w.get(client)
        await client.aclose()

    def work() -> None:
        try:
            run(main)
        except BaseException as error:
            failures.append(error)

    for _ in range(2):
        threads = [threading.Thread(target=work) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    w.fine(failures)
    assert w.sent == 40, w.sent


@fault(63, "process forks while a client has connections", "no reply goes to the other", doors=BOTH)
def fork(w: World) -> None:
    client = w.client()
    if w.door.name == "sync":
        _fork_between(w, client, w.door.run)
        return
    with asyncio.Runner() as runner:
        _fork_between(w, client, lambda job: runner.run(job()))
        runner.run(w.door.close(client))


def _fork_between(w: World, client: Client, run: Callable[[Any], Any]) -> None:
    run(lambda: _own_replies(w, client, "warm"))
    with warnings.catch_warnings():
        # The threads of the server do not matter to the child.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        # Nothing of the parent may happen here, whatever goes wrong.
        code = 1
        try:
            w.door.run(lambda: _own_replies(w, client, "child"))
            code = 0
        finally:
            os._exit(code)
    w.calls += 30
    try:
        run(lambda: _own_replies(w, client, "parent"))
    finally:
        code = _exit_code(child)
    assert code == 0, f"the child ended with {code}"


async def _own_replies(w: World, client: Client, name: str) -> None:
    for index in range(30):
        building = await w.get(client, f"{name}-{index}")
        assert building.id == f"{name}-{index}", building


def _exit_code(child: int) -> int:
    end = time.monotonic() + _CHILD_SECONDS
    while time.monotonic() < end:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.005)
    os.kill(child, 9)
    os.waitpid(child, 0)
    return -9


@fault(64, "100 callers at once", "at most five requests live at any time, 100 replies")
async def many_callers(w: World) -> None:
    w.server.script(BUILDING, after(0.003, accept))
    client = w.client()
    w.fine(await w.door.many([lambda: w.get(client)] * 100))
    assert 2 <= w.server.peak <= 5, w.server.peak


@fault(65, "stream is held open", "it keeps its slot until it is closed, and not longer")
async def stream_keeps_slot(w: World) -> None:
    client = w.client(max_concurrency=1)
    other = "/api/v1/buildings/2"
    state = {"open": False}

    async def holder() -> None:
        w.calls += 1
        async with w.door.stream(client, "GET", BUILDING) as body:
            await body.read()
            state["open"] = True
            await w.door.pause(0.1)
            assert w.in_flight() == 1, w.in_flight()
            assert not w.server.calls(other)

    async def waiter() -> None:
        while not state["open"]:
            await w.door.pause(0.002)
        await w.get(client, "2")

    w.fine(await w.door.many([holder, waiter]))
    assert len(w.server.calls(other)) == 1


@fault(66, "server comes back after an outage, 30 callers are waiting", "one of them tries it")
async def one_probe(w: World) -> None:
    breaker = Breaker(window=10, min_calls=5, ratio=0.5, open_seconds=10, probes=1)
    client = w.client(max_concurrency=30, config={"breaker": breaker, "max_retries": 0})
    w.server.script(BUILDING, reply(503))
    for _ in range(5):
        await w.failing(JamfProError, w.get(client))
    assert w.sent == 5, w.sent
    # Open: nothing is sent.
    await w.failing(JamfProError, w.get(client))
    assert w.sent == 5, w.sent
    w.clock.advance(11)
    w.server.script(BUILDING, after(0.3, accept))
    w.server.peak = 0
    results = await w.door.many([lambda: w.get(client)] * 30)
    served = [result for result in results if not isinstance(result, BaseException)]
    assert served, repr(results[0])
    assert w.server.peak == 1, w.server.peak
    assert w.sent == 5 + len(served), w.sent
    await w.get(client)
