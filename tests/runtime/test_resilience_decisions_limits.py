"""How often, how long and how much: what limits a call, and what a cancelled one gives back."""

from __future__ import annotations

from typing import Any

import pytest
from tests.runtime.scripted_calls import World, failed, read, reply, token_answer, write

from jamf_pro_client._httpx import httpx
from jamf_pro_client._resilience.flow import call_flow
from jamf_pro_client._resilience.steps import Outcome, Raise, Return, Send, Wait
from jamf_pro_client.errors import RequestTimeoutError


def test_nothing_is_retried_with_resilience_off() -> None:
    world = World(max_retries=0)
    played = world.play(read(), [failed(httpx.ReadTimeout)])
    assert len(played.sends) == 1
    assert not hasattr(played.error, "__notes__")


def test_one_request_can_have_its_own_number_of_retries() -> None:
    assert len(World().play(read(max_retries=1), [reply(503)] * 2).sends) == 2
    assert len(World(max_retries=0).play(read(max_retries=2), [reply(503)] * 3).sends) == 3


def test_waits_double_up_to_the_longest() -> None:
    world = World(max_retries=6, backoff_base=1, backoff_max=8, retry_budget=None, random=1.0)
    assert world.play(read(), [reply(503)] * 7).waits == [1, 2, 4, 8, 8, 8]


def test_half_of_a_wait_is_fixed() -> None:
    world = World(max_retries=3, backoff_base=1, random=0.0)
    assert world.play(read(), [reply(503)] * 4).waits == [0.5, 1, 2]


def test_the_wait_that_the_server_asks_for_is_kept_with_a_little_more() -> None:
    assert World(random=1.0).play(
        read(), [reply(429, {"Retry-After": "20"}), reply(503, {"Retry-After": "5"}), reply(200)]
    ).waits == [21, 5.5]


def test_a_retry_after_of_zero_leaves_the_usual_wait() -> None:
    assert World().play(read(), [reply(429, {"Retry-After": "0"}), reply(200)]).waits == [0.25]


def test_a_retry_after_beyond_the_longest_is_not_cut_short() -> None:
    played = World().play(read(), [reply(429, {"Retry-After": "3600"})])
    assert (len(played.sends), played.waits) == (1, [])
    assert isinstance(played.end, Return)
    assert played.end.note == (
        "not retried: the server asks to wait 3600 s, and retry_after_max is 60 s"
    )


def test_the_token_endpoint_is_obeyed_too() -> None:
    played = World().play(write(), [token_answer(429, {"Retry-After": "7"}), reply(201)])
    assert played.waits == [7]


def test_a_wait_beyond_the_deadline_is_not_begun() -> None:
    played = World(deadline=10).play(read(), [reply(503, {"Retry-After": "8"})], attempt_seconds=3)
    assert (played.status, played.waits) == (503, [])
    assert isinstance(played.end, Return)
    assert played.end.note is not None
    assert "deadline of 10 s" in played.end.note


def test_each_attempt_gets_what_is_left_of_the_deadline() -> None:
    played = World(deadline=10, backoff_base=2).play(
        read(), [reply(503), reply(200)], attempt_seconds=3
    )
    assert [send.remaining_seconds for send in played.sends] == [10, 6]


def test_without_a_deadline_an_attempt_has_no_limit() -> None:
    played = World(deadline=None).play(read(), [reply(200)])
    assert played.sends[0].remaining_seconds is None


@pytest.mark.parametrize("facts", [{"streams": True}, {"uploads": True}, {"deadline": None}])
def test_streams_and_uploads_have_no_deadline(facts: dict[str, Any]) -> None:
    assert World().play(read(**facts), [reply(200)]).sends[0].remaining_seconds is None


def test_one_request_can_have_its_own_deadline() -> None:
    played = World().play(read(deadline=5, streams=True), [reply(200)])
    assert played.sends[0].remaining_seconds == 5


def test_a_call_that_waits_too_long_for_its_turn_was_never_sent() -> None:
    world = World(deadline=10, rate_limit=(1, 60))
    world.play(read(), [reply(200)])
    played = world.play(write(), [])
    assert played.sends == []
    assert isinstance(played.error, RequestTimeoutError)
    assert not played.error.sent
    assert "no answer ever came" in str(played.error)


def test_the_clock_starts_with_the_first_step() -> None:
    world = World(deadline=10)
    flow = call_flow(read(), world.config, world.state)
    world.clock.now += 100
    step = next(flow)
    assert isinstance(step, Send)
    assert step.remaining_seconds == 10
    flow.close()


def test_a_wait_for_the_rate_limit_comes_before_the_attempt() -> None:
    """S3.26."""
    world = World(rate_limit=(2, 10))
    outcomes = [reply(200)]
    waits = [world.play(read(), outcomes).waits for _ in range(4)]
    assert waits == [[], [], [10], []]


def test_a_retry_takes_another_place_in_the_rate_limit() -> None:
    world = World(rate_limit=(1, 10), backoff_base=2)
    assert world.play(read(), [reply(503), reply(200)]).waits == [1, 9]


def test_node_cookies_go_with_what_follows_a_write() -> None:
    world = World()
    assert not world.play(read(), [reply(200)]).sends[0].sticky
    assert not world.play(write(), [reply(201)]).sends[0].sticky
    world.clock.now += 59
    assert world.play(read(), [reply(200)]).sends[0].sticky
    world.clock.now += 1
    assert not world.play(read(), [reply(200)]).sends[0].sticky


def test_a_call_that_reads_by_post_does_not_keep_the_node() -> None:
    world = World()
    world.play(write(read_only=True), [reply(200)])
    assert not world.play(read(), [reply(200)]).sends[0].sticky


@pytest.mark.parametrize("setting", [True, False])
def test_node_cookies_can_always_or_never_go(setting: bool) -> None:
    world = World(sticky_sessions=setting)
    world.play(write(), [reply(201)])
    assert world.play(read(), [reply(200)]).sends[0].sticky is setting


def test_a_call_cancelled_in_its_wait_gives_its_charge_back() -> None:
    world = World()
    flow = call_flow(read(), world.config, world.state)
    assert isinstance(next(flow), Send)
    assert isinstance(flow.send(reply(503)), Wait)
    assert world.state.budget.spent == 10
    flow.close()
    assert world.state.budget.spent == 0


def test_a_call_cancelled_in_its_retry_gives_its_charge_back() -> None:
    world = World()
    flow = call_flow(read(), world.config, world.state)
    next(flow)
    flow.send(reply(503))
    assert isinstance(next(flow), Send)
    flow.close()
    assert world.state.budget.spent == 0


def test_a_call_that_was_never_begun_can_be_closed() -> None:
    world = World()
    call_flow(read(), world.config, world.state).close()
    assert world.state.budget.spent == 0


def test_a_place_in_the_rate_limit_stays_used_when_its_call_is_cancelled() -> None:
    world = World(rate_limit=(1, 10))
    flow = call_flow(read(), world.config, world.state)
    next(flow)
    flow.close()
    assert world.play(read(), [reply(200)]).waits == [10]


def test_60_calls_in_an_outage_send_at_most_85_requests() -> None:
    outages: list[Outcome] = [
        reply(503),
        reply(503, {"Retry-After": "1"}),
        failed(httpx.ReadTimeout),
    ]
    for outcome in outages:
        world = World()
        played = [world.play(read(), [outcome] * 4) for _ in range(60)]
        assert 60 < sum(len(one.sends) for one in played) <= 85
        assert isinstance(played[-1].end, Return | Raise)


def test_calls_that_need_no_retry_fill_the_budget_again() -> None:
    world = World(retry_budget=10)
    assert len(world.play(read(), [reply(503)] * 2).sends) == 2
    assert len(world.play(read(), [reply(503)]).sends) == 1
    for _ in range(10):
        world.play(read(), [reply(404)])
    assert len(world.play(read(), [reply(503), reply(200)]).sends) == 2


def test_a_retry_that_succeeds_costs_nothing() -> None:
    world = World(retry_budget=10)
    for _ in range(5):
        assert world.play(read(), [reply(503), reply(200)]).status == 200
    assert world.state.budget.spent == 0


@pytest.mark.parametrize(
    ("outcome", "cost"),
    [
        (reply(503), 10),
        (failed(httpx.ReadTimeout), 10),
        (reply(503, {"Retry-After": "1"}), 5),
        (reply(429), 5),
        (token_answer(429), 5),
        (token_answer(503), 10),
    ],
)
def test_what_a_retry_costs(outcome: Outcome, cost: int) -> None:
    world = World(max_retries=1)
    world.play(read(), [outcome, outcome])
    assert world.state.budget.spent == cost


def test_without_a_budget_only_the_number_of_retries_counts() -> None:
    world = World(retry_budget=None)
    assert all(len(world.play(read(), [reply(503)] * 4).sends) == 4 for _ in range(60))


def test_a_slow_reply_makes_the_next_call_pause() -> None:
    world = World(pacing=True)
    for _ in range(5):
        assert world.play(read(), [reply(200, elapsed_seconds=0.1)]).waits == []
    world.play(read(), [reply(200, elapsed_seconds=1.1)])
    assert world.play(read(), [reply(200, elapsed_seconds=0.1)]).waits == [pytest.approx(1.0)]


def test_a_pause_after_a_slow_reply_stays_within_the_deadline() -> None:
    world = World(pacing=True, deadline=3)
    for latency in (0.1, 0.1, 0.1, 0.1, 0.1, 60):
        world.play(read(), [reply(200, elapsed_seconds=latency)])
    played = world.play(read(), [])
    assert isinstance(played.error, RequestTimeoutError)
    assert "the pause after a slow reply" in str(played.error)


def test_an_attempt_does_not_begin_after_the_deadline() -> None:
    """A sleep can take longer than it was to."""
    world = World(deadline=10)
    flow = call_flow(read(), world.config, world.state)
    next(flow)
    assert isinstance(flow.send(reply(503)), Wait)
    world.clock.now += 60
    step = next(flow)
    assert isinstance(step, Return)
    assert step.note == "not retried: the deadline of 10 s has passed"
    flow.close()
    assert world.state.budget.spent == 0


def test_a_send_without_an_outcome_is_a_mistake_of_the_shell() -> None:
    world = World()
    flow = call_flow(read(), world.config, world.state)
    next(flow)
    with pytest.raises(TypeError, match="needs an outcome"):
        next(flow)
