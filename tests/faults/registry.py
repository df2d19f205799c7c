"""Faults as data, and how one is run."""

from __future__ import annotations

import inspect
import time
import traceback
from collections.abc import Callable, Coroutine
from typing import Any, Final, NamedTuple

from tests.faults.census import Census, canaries_in, duplicates, listening, open_sockets, told
from tests.faults.doors import Door
from tests.faults.world import World

__all__ = ("ALL", "ASYNC", "Fault", "fault", "registered", "run")

ALL: Final = ("sync", "asyncio", "trio")
BOTH: Final = ("sync", "asyncio")
ASYNC: Final = ("asyncio", "trio")

# Plain functions run outside of any event loop.
Script = Callable[[World], Coroutine[Any, Any, None]] | Callable[[World], None]


class Fault(NamedTuple):
    """One way in which things go wrong."""

    number: int
    name: str
    must: str
    """What must happen."""
    script: Script
    doors: tuple[str, ...] = ALL
    is_slow: bool = False
    """Whether it is left out of the selection that the tests run."""


_registered: dict[int, Fault] = {}


def fault(
    number: int, name: str, must: str, *, doors: tuple[str, ...] = ALL, is_slow: bool = False
) -> Callable[[Script], Script]:
    """Make a fault of a script.

    Args:
        number: Its place in the table.
        name: What goes wrong.
        must: What must happen.
        doors: The ways to call that it concerns.
        is_slow: Whether the tests leave it out.
    """

    def register(script: Script) -> Script:
        assert number not in _registered, number
        _registered[number] = Fault(number, name, must, script, doors, is_slow)
        return script

    return register


def registered() -> tuple[Fault, ...]:
    """Return the faults in order."""
    return tuple(_registered[number] for number in sorted(_registered))


def run(fault: Fault, door: Door) -> Census:
    """Let a fault happen and count what it leaves behind."""
    before, began = open_sockets(), time.perf_counter()
    problem: str | None = None
    with listening() as log:
        world = World(door)
        leaked = left = 0
        try:
            try:
                _play(fault, door, world)
            except Exception as error:
                problem = f"{type(error).__name__}: {error}{_place(error)}"
                world.errors.append(error)
            leaked, left = world.in_flight(), world.left_open()
        finally:
            world.stop()
    texts = [told(error) for error in world.errors] + log.texts
    texts += [repr(thing) for thing in (*world.events, *world.clients)]
    return Census(
        problem=problem,
        extra_requests=world.extra_requests(),
        duplicate_writes=sum(duplicates(server.executed) for server in world.servers),
        leaked_slots=leaked,
        open_sockets=max(left, open_sockets() - before, 0),
        canaries=canaries_in(texts),
        seconds=time.perf_counter() - began,
    )


def _place(error: Exception) -> str:
    """Return which line of a script was not met; most have nothing else to say."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [f.line for f in frames if f.filename.endswith("_faults.py") and f.line]
    return f" [{lines[-1]}]" if lines else ""


def _play(fault: Fault, door: Door, world: World) -> None:
    script = fault.script
    if inspect.iscoroutinefunction(script):

        async def main() -> None:
            try:
                await script(world)
            finally:
                await world.close()

        door.run(main)
        return
    try:
        script(world)
    finally:
        door.run(world.close)
