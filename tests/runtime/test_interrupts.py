"""Ctrl-C in every line between a call and its slot: none stays taken."""

from __future__ import annotations

import linecache
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import pytest

from jamf_pro_client import HTTPAuthenticatedClient, HTTPClient, ResilienceConfig
from jamf_pro_client._httpx import httpx
from jamf_pro_client._transport.gate import Gate

_FILES = ("gate.py", "send.py", "resilient.py", "asking.py", "requesting.py", "signals.py")


def _is_with(frame: FrameType) -> bool:
    # Tracing comes to it once more before its block is left, where Python handles no signal.
    line = linecache.getline(frame.f_code.co_filename, frame.f_lineno)
    return line.lstrip().startswith("with ")


@contextmanager
def _interrupt_at(number: int) -> Iterator[list[str]]:
    """Raise KeyboardInterrupt before the line of that number; tell where that was."""
    left = number
    where: list[str] = []

    def trace(frame: FrameType, event: str, _: object) -> Any:
        nonlocal left
        if not frame.f_code.co_filename.endswith(_FILES):
            return trace
        if event == "line" and not where and not _is_with(frame):
            left -= 1
            if left < 0:
                where.append(f"{frame.f_code.co_qualname}:{frame.f_lineno}")
                raise KeyboardInterrupt
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        yield where
    finally:
        sys.settrace(before)


def _interrupted_everywhere(act: Callable[[], object], check: Callable[[str], None]) -> set[str]:
    """Interrupt *act* at each of its lines in turn, and return where that was."""
    places: set[str] = set()
    for number in range(2000):
        where: list[str] = []
        try:
            with _interrupt_at(number) as where:
                act()
        except KeyboardInterrupt:
            pass
        if not where:
            return places
        places.update(where)
        check(where[0])
    raise AssertionError("it never came to an end")


def _read_stream(client: HTTPClient) -> None:
    with client.stream("GET", "/x") as reply:
        reply.read()


@pytest.mark.parametrize(
    "act",
    [
        lambda client: client.request("GET", "/x"),
        _read_stream,
        lambda client: client.with_resilience(ResilienceConfig()).request("GET", "/x"),
    ],
    ids=["request", "stream", "resilient"],
)
def test_an_interrupt_at_any_line_of_a_call_leaves_no_slot_taken(
    act: Callable[[HTTPClient], object],
) -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(200, json={}))
    client = HTTPAuthenticatedClient(
        "https://jamf.my.org", token="t", max_concurrency=1, httpx_args={"transport": transport}
    )
    act(client)

    def check(where: str) -> None:
        assert client.in_flight == 0, where

    places = _interrupted_everywhere(lambda: act(client), check)
    assert {place.partition(":")[0] for place in places} >= {
        "Gate.acquire",
        "Gate._enter",
        "Gate._give_back",
        "Sender._slot",
    }
    assert client.request("GET", "/x").status_code == 200
    client.close()


def test_an_interrupt_while_waiting_in_the_line_leaves_neither_place_nor_slot() -> None:
    gate = Gate(1)

    def act() -> None:
        held = gate.acquire()
        assert held is not None
        # Granted at the moment when the wait begins, at its end, or never.
        timer = threading.Timer(0.0005, held.release)
        timer.start()
        try:
            slot = gate.acquire(1)
            assert slot is not None
            slot.release()
        finally:
            timer.join()
            held.release()

    def check(where: str) -> None:
        assert (gate.taken, len(gate._line)) == (0, 0), where

    places = _interrupted_everywhere(act, check)
    assert "Gate._is_granted" in {place.partition(":")[0] for place in places}


def test_an_interrupt_of_the_one_who_gives_back_does_not_keep_the_next_waiting() -> None:
    gate = Gate(1)
    workers: list[threading.Thread] = []
    got: list[bool] = []

    def take() -> None:
        slot = gate.acquire(5)
        got.append(slot is not None)

    def act() -> None:
        held = gate.acquire()
        assert held is not None
        workers.append(threading.Thread(target=take))
        workers[-1].start()
        while not gate._line:
            pass
        held.release()

    def check(where: str) -> None:
        while workers:
            workers.pop().join()
        assert all(got), where
        assert (gate.taken, len(gate._line)) == (0, 0), where

    places = _interrupted_everywhere(act, check)
    check("at its end")
    assert {"Gate._give_back", "Gate._admit", "Gate._wake"} <= {p.partition(":")[0] for p in places}


def test_a_slot_that_nobody_gives_back_goes_to_the_next_in_the_line() -> None:
    gate = Gate(1)
    lost = gate.acquire()
    got: list[object] = []
    worker = threading.Thread(target=lambda: got.append(gate.acquire(5)))
    worker.start()
    while not gate._line:
        pass
    del lost
    worker.join()
    assert got != [None]
    assert gate.taken == 1
