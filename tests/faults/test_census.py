"""The census sees what it is there to count."""

from __future__ import annotations

import logging
import socket
from typing import Any

from tests.faults.acts import accept, executed_then, reset
from tests.faults.census import Census
from tests.faults.doors import DOORS
from tests.faults.registry import Fault, Script, run
from tests.faults.world import BUILDINGS, World

from jamf_pro_client.errors import TransportError


def _census(script: Script) -> Census:
    return run(Fault(0, "", "", script), DOORS["sync"])


def test_nothing_is_counted_when_nothing_goes_wrong() -> None:
    async def script(w: World) -> None:
        await w.get(w.client())

    census = _census(script)
    assert census._replace(seconds=0) == Census(None)
    assert census.survived


def test_an_expectation_that_is_not_met_is_told() -> None:
    async def script(_: World) -> None:
        raise AssertionError("it went wrong")

    census = _census(script)
    assert census.problem is not None
    assert census.problem.startswith("AssertionError: it went wrong")
    assert not census.survived


def test_writes_that_take_effect_twice_are_counted() -> None:
    async def script(w: World) -> None:
        w.server.script(BUILDINGS, executed_then(reset), accept)
        client, body = w.client(retries=False), {"name": "the same"}
        await w.failing(TransportError, w.request(client, "POST", BUILDINGS, json=body))
        await w.request(client, "POST", BUILDINGS, json=body)

    census = _census(script)
    assert census.duplicate_writes == 1
    assert not census.survived


def test_requests_beyond_one_for_each_call_are_counted() -> None:
    async def script(w: World) -> None:
        await w.door.request(w.client(), "GET", BUILDINGS)

    assert _census(script).extra_requests == 1


def test_slots_and_connections_that_are_kept_are_counted() -> None:
    kept: list[Any] = []

    async def slot(w: World) -> None:
        kept.append(w.client().stream("GET", BUILDINGS))
        kept[0].__enter__()

    async def connection(w: World) -> None:
        kept.append(socket.create_connection(("127.0.0.1", w.server.port)))

    assert _census(slot).leaked_slots == 1
    assert _census(connection).open_sockets >= 1
    kept[0].__exit__(None, None, None)
    kept[1].close()


def test_secrets_in_logs_errors_and_events_are_found() -> None:
    async def logged(_: World) -> None:
        logging.getLogger("jamf_pro_client.part").debug("sending %s", "canary-token")

    async def raised(w: World) -> None:
        w.errors.append(ValueError("canary-token"))

    async def told(w: World) -> None:
        w.events.append({"Authorization": "canary-token"})

    for script in (logged, raised, told):
        assert _census(script).canaries > 0
