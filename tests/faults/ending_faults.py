"""Faults 67 to 70: something ends in the middle of it."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from tests.faults.acts import accept, after, reply
from tests.faults.doors import AsyncioDoor, TrioDoor
from tests.faults.registry import fault
from tests.faults.world import BUILDING, World

from jamf_pro_client.errors import JamfProError

_ROOT: Final = Path(__file__).parents[2]
_SECONDS: Final = 30.0
_FILE: Final = "/api/v1/file"


def _child(w: World, what: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    w.tokens.let_in("canary-static-token")
    command = [sys.executable, "-m", "tests.faults.children", what, w.door.name, w.server.url]
    return subprocess.run(  # noqa: S603
        [*command, *arguments],
        cwd=_ROOT,
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )


@fault(67, "interpreter ends with an open client", "it ends at once and says nothing", is_slow=True)
def exit_with_open_client(w: World) -> None:
    w.calls += 1
    ended = _child(w, "exit")
    assert ended.returncode == 0, ended.stderr
    assert not ended.stderr, ended.stderr
    assert w.sent == 1, w.sent


@fault(68, "interrupted or cancelled in a wait", "the call ends there; the next one works")
async def interrupted_wait(w: World) -> None:
    door = w.door
    client = w.client()
    w.server.script(BUILDING, reply(503), accept)
    waiting = {"held": -1}

    async def interrupt(_: float) -> None:
        waiting["held"] = w.in_flight()
        if door.name == "sync":
            raise KeyboardInterrupt
        await door.pause(_SECONDS)

    async def slept() -> None:
        while waiting["held"] < 0:
            await door.pause(0.002)

    w.clock.on_sleep = interrupt
    if isinstance(door, AsyncioDoor | TrioDoor):
        await door.cancel([lambda: w.get(client)], slept)
    else:
        interrupted = False
        try:
            await w.get(client)
        except KeyboardInterrupt:
            interrupted = True
        assert interrupted
    assert waiting["held"] == 0, "a waiting call holds no slot"
    w.clock.on_sleep = None
    await w.get(client)
    assert w.in_flight() == 0


@fault(
    69, "client is closed while a call is on its way", "the reply or a typed error; goes on after"
)
async def closed_in_flight(w: World) -> None:
    for retries in (False, True):
        client = w.client(retries=retries)
        w.server.script(BUILDING, after(0.15, accept))

        async def close(client: object = client) -> None:
            while not w.server.live:
                await w.door.pause(0.002)
            await w.door.pause(0.03)
            await w.door.close(client)  # type: ignore[arg-type]

        result, closed = await w.door.many([lambda c=client: w.get(c), close])  # type: ignore[misc]
        w.fine([closed])
        if isinstance(result, BaseException):
            assert isinstance(result, JamfProError), repr(result)
        await w.get(client)


@fault(
    70, "disk is full in a download", "OSError; no file, whole or partial, is left", is_slow=True
)
def disk_full(w: World) -> None:
    w.server.script(_FILE, reply(200, bytes(600_000), ("Content-Type", "application/octet-stream")))
    w.calls += 1
    with tempfile.TemporaryDirectory() as folder:
        ended = _child(w, "download", _FILE, folder)
        assert ended.returncode == 0, ended.stderr
        told = json.loads(ended.stdout)
        assert told["error"] == "OSError", told
        assert told["in_flight"] == 0, told
        assert not list(Path(folder).iterdir()), told
