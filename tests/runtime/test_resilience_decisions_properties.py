"""What holds for every call, whatever is scripted."""

from __future__ import annotations

import itertools
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from hypothesis import given
from hypothesis import settings as runs
from hypothesis import strategies as st
from tests.runtime.scripted_calls import World, failed, read, reply, token_answer

from jamf_pro_client._httpx import httpx
from jamf_pro_client._resilience.backoff import backoff_seconds
from jamf_pro_client._resilience.budget import RetryBudget
from jamf_pro_client._resilience.flow import call_flow
from jamf_pro_client._resilience.rate import RateLimiter
from jamf_pro_client._resilience.steps import (
    CallFacts,
    Failed,
    Outcome,
    Raise,
    Replied,
    Return,
    Send,
    Wait,
)
from jamf_pro_client.errors import AmbiguousWriteError, InvalidResponseError
from jamf_pro_client.resilience import Breaker

KINDS = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ReadTimeout,
    httpx.WriteTimeout,
    httpx.ReadError,
    httpx.WriteError,
    httpx.RemoteProtocolError,
    httpx.ProxyError,
    httpx.TooManyRedirects,
)
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")

retry_afters: st.SearchStrategy[dict[str, str]] = st.one_of(
    st.just({}),
    st.floats(0, 200).map(lambda seconds: {"Retry-After": f"{seconds:.3f}"}),
    st.text(st.characters(min_codepoint=32, max_codepoint=126)).map(
        lambda text: {"Retry-After": text}
    ),
)
replies = st.builds(
    reply,
    st.sampled_from([200, 201, 204, 400, 401, 404, 408, 425, 429, 500, 502, 503, 504]),
    retry_afters,
    redirected=st.booleans(),
)
failures = st.one_of(
    st.builds(failed, st.sampled_from(KINDS), sent=st.booleans(), token_step=st.booleans()),
    st.builds(token_answer, st.sampled_from([400, 401, 403, 429, 500, 503]), retry_afters),
    st.just(Failed(InvalidResponseError("unreadable"), sent=True)),
)
outcomes = st.lists(st.one_of(replies, failures), min_size=1, max_size=6)
calls = st.builds(
    CallFacts,
    st.sampled_from(METHODS),
    st.just("/v1/buildings"),
    replayable=st.booleans(),
    version_locked=st.booleans(),
    read_only=st.booleans(),
    idempotent=st.sampled_from([None, None, True, False]),
)
settings = st.fixed_dictionaries(
    {
        "max_retries": st.integers(0, 5),
        "deadline": st.one_of(st.none(), st.floats(0.1, 200)),
        "retry_budget": st.one_of(st.none(), st.integers(0, 120)),
        "rate_limit": st.one_of(st.none(), st.tuples(st.integers(1, 3), st.floats(0.1, 20))),
        "breaker": st.one_of(st.none(), st.just(Breaker(window=4, min_calls=2))),
        "pacing": st.booleans(),
        "random": st.floats(0, 1, exclude_max=True),
    }
)


def _played(
    call: CallFacts, script: list[Outcome], chosen: dict[str, Any], attempt_seconds: float = 0.0
) -> Any:
    world = World(**chosen)
    return world, world.play(call, itertools.cycle(script), attempt_seconds=attempt_seconds)


@runs(max_examples=50)
@given(calls, outcomes, settings)
def test_no_call_is_sent_more_often_than_its_retries_allow(
    call: CallFacts, script: list[Outcome], chosen: dict[str, Any]
) -> None:
    _, played = _played(call, script, chosen)
    assert len(played.sends) <= chosen["max_retries"] + 1
    assert [send.attempt for send in played.sends] == list(range(1, len(played.sends) + 1))


@runs(max_examples=50)
@given(calls, outcomes, settings, st.floats(0, 30))
def test_waits_and_attempts_stay_within_the_deadline(
    call: CallFacts, script: list[Outcome], chosen: dict[str, Any], attempt_seconds: float
) -> None:
    world = World(**chosen)
    began = world.clock.now
    played = world.play(call, itertools.cycle(script), attempt_seconds=attempt_seconds)
    if world.config.deadline is None:
        return
    assert sum(played.waits) < world.config.deadline
    assert all(send.remaining_seconds > 0 for send in played.sends if send.remaining_seconds)
    # Only an attempt that a shell does not end in time can go beyond it.
    assert world.clock.now <= began + world.config.deadline + attempt_seconds


@runs(max_examples=50)
@given(calls, outcomes, settings)
def test_a_write_is_sent_again_only_after_it_was_surely_not_executed(
    call: CallFacts, script: list[Outcome], chosen: dict[str, Any]
) -> None:
    guarded = call.method in ("POST", "PATCH") and not call.read_only and not call.idempotent
    guarded |= call.idempotent is False
    guarded |= call.version_locked and call.idempotent is None and call.method == "PUT"
    _, played = _played(call, script, chosen)
    if not guarded:
        return
    for outcome in itertools.islice(itertools.cycle(script), len(played.sends) - 1):
        if isinstance(outcome, Failed):
            assert outcome.token_step or not outcome.sent
        else:
            assert outcome.status in (429, 503)
            assert not outcome.redirected
            assert outcome.status == 429 or "Retry-After" in outcome.headers
            assert not call.version_locked


@runs(max_examples=50)
@given(calls, outcomes, settings)
def test_a_body_that_cannot_be_repeated_goes_out_once(
    call: CallFacts, script: list[Outcome], chosen: dict[str, Any]
) -> None:
    _, played = _played(call, script, chosen)
    assert call.replayable or len(played.sends) <= 1


@given(
    st.floats(0.001, 200),
    st.sampled_from([408, 425, 429, 500, 502, 503, 504]),
    settings,
    st.sampled_from(METHODS),
)
def test_a_retry_after_is_never_undercut(
    seconds: float, status: int, chosen: dict[str, Any], method: str
) -> None:
    text = f"{seconds:.3f}"
    asked = float(text)
    outcome = reply(status, {"Retry-After": text})
    chosen = chosen | {"rate_limit": None, "pacing": False}
    _, played = _played(CallFacts(method, "/x"), [outcome, reply(200)], chosen)
    if asked > 60:
        assert played.waits == []
    if asked:
        assert all(asked <= wait <= asked + min(1, asked / 10) for wait in played.waits)


@runs(max_examples=30)
@given(st.lists(st.tuples(calls, outcomes), max_size=12), settings)
def test_the_budget_is_never_overdrawn_and_never_owed(
    script: list[tuple[CallFacts, list[Outcome]]], chosen: dict[str, Any]
) -> None:
    world = World(**chosen)
    for call, scripted in script:
        world.play(call, itertools.cycle(scripted))
        spent = world.state.budget.spent
        assert 0 <= spent <= (world.config.retry_budget or 0)


@given(st.lists(st.one_of(st.sampled_from([5, 10]), st.sampled_from([-1, -5, -10]))))
def test_a_budget_stays_between_nothing_and_its_capacity(moves: list[int]) -> None:
    budget = RetryBudget()
    for move in moves:
        if move > 0:
            budget.charge(move, 30)
        else:
            budget.give_back(-move)
        assert 0 <= budget.spent <= 30


@runs(max_examples=50)
@given(calls, outcomes, settings, st.integers(0, 8))
def test_a_call_that_is_cancelled_anywhere_holds_nothing(
    call: CallFacts, script: list[Outcome], chosen: dict[str, Any], steps: int
) -> None:
    """Neither the charge of its present retry nor the place of a probe."""
    world = World(**chosen)
    flow = call_flow(call, world.config, world.state)
    answers = itertools.cycle(script)
    answer: Outcome | None = None
    retries_sent = retries_ended = 0
    for _ in range(steps):
        retries_ended = retries_sent if answer is not None else retries_ended
        step = flow.send(answer)
        answer = None
        if isinstance(step, Return | Raise):
            break
        if isinstance(step, Wait):
            world.clock.now += step.seconds
        else:
            retries_sent = step.attempt - 1
            answer = next(answers)
    flow.close()
    assert world.state.budget.spent <= 10 * retries_ended


@runs(max_examples=50)
@given(calls, outcomes, settings)
def test_every_call_ends_with_its_latest_outcome(
    call: CallFacts, script: list[Outcome], chosen: dict[str, Any]
) -> None:
    _, played = _played(call, script, chosen)
    last = script[(len(played.sends) - 1) % len(script)] if played.sends else None
    if isinstance(played.end, Return):
        assert played.end.reply is last
    elif isinstance(last, Failed) and not isinstance(played.error, AmbiguousWriteError):
        assert played.error is last.error
    elif isinstance(last, Failed):
        assert played.error.__cause__ is last.error
        assert call.method not in ("GET", "HEAD")
        assert not call.read_only
    else:
        assert last is None


@runs(max_examples=50)
@given(calls, outcomes, settings)
def test_no_healthy_reply_is_thrown_away(
    call: CallFacts, script: list[Outcome], chosen: dict[str, Any]
) -> None:
    _, played = _played(call, script, chosen)
    ended = list(itertools.islice(itertools.cycle(script), max(0, len(played.sends) - 1)))
    assert not any(isinstance(one, Replied) and one.status < 408 for one in ended)


@given(
    st.tuples(st.integers(1, 5), st.floats(0.1, 10)),
    st.lists(st.floats(0, 5), min_size=1, max_size=40),
)
def test_no_period_holds_more_calls_than_allowed(
    limit: tuple[int, float], gaps: list[float]
) -> None:
    limiter, now = RateLimiter(), 0.0
    places: list[float] = []
    for gap in gaps:
        now += gap
        place = limiter.reserve(limit, now, None)
        assert place is not None
        assert place >= now
        places.append(place)
    assert places == sorted(places)
    calls, seconds = limit
    for first, later in zip(places, places[calls:], strict=False):
        assert later >= first + seconds


@given(
    st.integers(0, 2000),
    st.floats(0.001, 100),
    st.floats(0, 100),
    st.floats(0, 1, exclude_max=True),
)
def test_a_wait_is_at_least_half_of_the_most_it_can_be(
    retry: int, base: float, longest: float, random: float
) -> None:
    most = min(longest, base * 2.0 ** min(retry, 1000))
    assert most / 2 <= backoff_seconds(retry, base, longest, random) <= most


def test_30_threads_send_exactly_one_probe() -> None:
    world = World(max_retries=0, breaker=Breaker(window=1, min_calls=1, open_seconds=5))
    world.play(read(), [reply(503)])
    world.clock.now += 5
    together, others_done = threading.Barrier(30), threading.Event()
    refused, lock = 0, threading.Lock()

    def call(_: int) -> type:
        nonlocal refused
        flow = call_flow(read(), world.config, world.state)
        together.wait(timeout=10)
        step = next(flow)
        if isinstance(step, Send):
            others_done.wait(timeout=10)
            step = flow.send(reply(200))
        else:
            with lock:
                refused += 1
            if refused == 29:
                others_done.set()
        flow.close()
        return type(step)

    with ThreadPoolExecutor(30) as pool:
        ends = list(pool.map(call, range(30)))
    assert (ends.count(Return), ends.count(Raise)) == (1, 29)
    assert world.play(read(), [reply(200)]).status == 200


def test_60_calls_of_many_threads_in_an_outage_send_at_most_85_requests() -> None:
    world = World()
    with ThreadPoolExecutor(12) as pool:
        played = list(pool.map(lambda _: world.play(read(), [reply(503)] * 4), range(60)))
    assert sum(len(one.sends) for one in played) <= 85
