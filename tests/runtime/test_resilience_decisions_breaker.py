"""When the breaker opens, whom it lets through, and what a call hears of it."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from tests.runtime.scripted_calls import World, failed, read, reply, token_answer, write

from jamf_pro_client._httpx import httpx
from jamf_pro_client._resilience.breaker import Admitted, CircuitBreaker, Refused
from jamf_pro_client._resilience.flow import call_flow
from jamf_pro_client._resilience.steps import Failed, Return, Send, Wait
from jamf_pro_client.errors import RequestTimeoutError, TransportError
from jamf_pro_client.resilience import Breaker


def _fail(breaker: CircuitBreaker, limits: Breaker, times: int, now: float = 0.0) -> None:
    for _ in range(times):
        admitted = breaker.enter(limits, now)
        assert isinstance(admitted, Admitted)
        breaker.leave(admitted, True, limits, now)


def test_the_breaker_opens_at_its_ratio_and_not_before() -> None:
    breaker, limits = CircuitBreaker(), Breaker(window=10, min_calls=4, ratio=0.5)
    for failed_before in (False, False, True):
        admitted = breaker.enter(limits, 0)
        assert isinstance(admitted, Admitted)
        assert breaker.leave(admitted, failed_before, limits, 0) is None
    admitted = breaker.enter(limits, 0)
    assert isinstance(admitted, Admitted)
    assert breaker.leave(admitted, True, limits, 1) == "open"
    refused = breaker.enter(limits, 4)
    assert isinstance(refused, Refused)
    assert refused.seconds == 12
    assert breaker.open_seconds(4) == 12


def test_the_breaker_needs_its_number_of_calls() -> None:
    breaker, limits = CircuitBreaker(), Breaker(min_calls=10)
    _fail(breaker, limits, 9)
    assert isinstance(breaker.enter(limits, 0), Admitted)


def test_the_breaker_forgets_what_is_out_of_its_window() -> None:
    breaker, limits = CircuitBreaker(), Breaker(window=4, min_calls=4, ratio=0.75)
    _fail(breaker, limits, 2)
    for _ in range(4):
        admitted = breaker.enter(limits, 0)
        assert isinstance(admitted, Admitted)
        breaker.leave(admitted, False, limits, 0)
    _fail(breaker, limits, 2)
    assert isinstance(breaker.enter(limits, 0), Admitted)


def test_old_successes_do_not_keep_the_breaker_closed() -> None:
    breaker, limits = CircuitBreaker(), Breaker(window=4, min_calls=4, ratio=0.75)
    for _ in range(20):
        admitted = breaker.enter(limits, 0)
        assert isinstance(admitted, Admitted)
        breaker.leave(admitted, False, limits, 0)
    _fail(breaker, limits, 3)
    assert isinstance(breaker.enter(limits, 0), Refused)


@pytest.mark.parametrize("probes", [1, 3])
def test_exactly_the_probes_pass_among_30_threads(probes: int) -> None:
    breaker, limits = CircuitBreaker(), Breaker(probes=probes, open_seconds=5)
    _fail(breaker, limits, 10)
    together = threading.Barrier(30)

    def enter(_: int) -> Any:
        together.wait()
        return breaker.enter(limits, 6)

    with ThreadPoolExecutor(30) as pool:
        entered = list(pool.map(enter, range(30)))
    admitted = [one for one in entered if isinstance(one, Admitted)]
    assert len(admitted) == probes
    assert sum(one.half_opened for one in admitted) == 1
    assert all(one.seconds == 0 for one in entered if isinstance(one, Refused))
    changes = [breaker.leave(one, False, limits, 7) for one in admitted]
    assert changes == [None] * (probes - 1) + ["closed"]
    assert isinstance(breaker.enter(limits, 7), Admitted)


def test_a_probe_that_fails_opens_the_breaker_again() -> None:
    breaker, limits = CircuitBreaker(), Breaker(open_seconds=5)
    _fail(breaker, limits, 10)
    probe = breaker.enter(limits, 5)
    assert isinstance(probe, Admitted)
    assert breaker.leave(probe, True, limits, 8) == "open"
    assert breaker.open_seconds(8) == 5


def test_a_probe_that_says_nothing_makes_room_for_another() -> None:
    breaker, limits = CircuitBreaker(), Breaker(open_seconds=5)
    _fail(breaker, limits, 10)
    probe = breaker.enter(limits, 5)
    assert isinstance(probe, Admitted)
    assert isinstance(breaker.enter(limits, 5), Refused)
    breaker.leave(probe, None, limits, 6)
    assert isinstance(breaker.enter(limits, 6), Admitted)


def test_an_attempt_from_before_it_opened_does_not_close_the_breaker() -> None:
    breaker, limits = CircuitBreaker(), Breaker(open_seconds=5)
    early = breaker.enter(limits, 0)
    assert isinstance(early, Admitted)
    _fail(breaker, limits, 10)
    probe = breaker.enter(limits, 5)
    assert isinstance(probe, Admitted)
    assert breaker.leave(early, False, limits, 5) is None
    assert isinstance(breaker.enter(limits, 5), Refused)


SMALL = Breaker(window=2, min_calls=2, ratio=1, open_seconds=30)


@pytest.mark.parametrize(
    "outcome",
    [
        reply(502),
        reply(503),
        reply(504),
        token_answer(503),
        failed(httpx.ConnectError),
        failed(httpx.ConnectTimeout),
        failed(httpx.ReadTimeout),
        failed(httpx.WriteTimeout),
        Failed(RequestTimeoutError("the deadline"), sent=True),
    ],
)
def test_what_opens_the_breaker(outcome: Any) -> None:
    world = World(breaker=SMALL, max_retries=0)
    world.play(read(), [outcome])
    world.play(read(), [outcome])
    played = world.play(read(), [])
    assert played.sends == []
    assert type(played.error) is TransportError
    assert not played.error.sent
    assert "the next attempt is allowed in 30.0 s" in str(played.error)


@pytest.mark.parametrize(
    "outcome",
    [
        reply(429),
        reply(500),
        reply(404),
        token_answer(401),
        failed(httpx.PoolTimeout),
        failed(httpx.ReadError),
        failed(httpx.RemoteProtocolError),
        Failed(RequestTimeoutError("no slot was free"), sent=False),
    ],
)
def test_what_does_not_open_the_breaker(outcome: Any) -> None:
    world = World(breaker=SMALL, max_retries=0)
    for _ in range(5):
        assert len(world.play(read(), [outcome]).sends) == 1


def test_a_call_gives_up_at_once_when_the_breaker_will_still_be_open() -> None:
    world = World(breaker=SMALL, backoff_base=0.1)
    played = world.play(read(), [reply(503), reply(503)])
    assert (played.status, len(played.sends)) == (503, 2)
    assert isinstance(played.end, Return)
    assert played.end.note == "gave up after 1 retry: the breaker is open"


def test_a_call_refused_after_its_wait_gives_its_charge_back() -> None:
    world = World(breaker=SMALL)
    flow = call_flow(read(), world.config, world.state)
    next(flow)
    assert isinstance(flow.send(reply(503)), Wait)
    world.play(read(max_retries=0), [reply(503)])
    step = next(flow)
    assert isinstance(step, Return)
    assert step.reply.status == 503
    flow.close()
    assert world.state.budget.spent == 0


def test_a_cancelled_probe_lets_another_call_try() -> None:
    world = World(breaker=SMALL, max_retries=0)
    world.play(read(), [reply(503)])
    world.play(read(), [reply(503)])
    world.clock.now += 30
    flow = call_flow(read(), world.config, world.state)
    assert isinstance(next(flow), Send)
    waiting = world.play(read(), [])
    assert "another call is testing" in str(waiting.error)
    flow.close()
    assert world.play(read(), [reply(200)]).status == 200


def test_a_probe_cancelled_while_it_waits_for_its_turn_lets_another_call_try() -> None:
    world = World(breaker=SMALL, max_retries=0, rate_limit=(1, 40))
    world.play(read(), [reply(503)])
    world.play(read(), [reply(503)])
    world.clock.now += 30
    flow = call_flow(read(), world.config, world.state)
    assert isinstance(next(flow), Wait)
    flow.close()
    assert world.play(read(), [reply(200)]).status == 200


def test_a_write_stopped_by_the_breaker_is_not_in_doubt() -> None:
    world = World(breaker=SMALL, max_retries=0)
    world.play(read(), [reply(503)])
    world.play(read(), [reply(503)])
    assert type(world.play(write(), []).error) is TransportError
