"""What a call tells: events, log records, and notes on errors."""

from __future__ import annotations

import copy
import logging
import pickle
from typing import Any

import attrs
import pytest
from tests.runtime.scripted_calls import World, failed, read, reply, token_answer, write

from jamf_pro_client._httpx import httpx
from jamf_pro_client._resilience.steps import Outcome
from jamf_pro_client.resilience import (
    Breaker,
    BreakerEvent,
    DeprecationEvent,
    GaveUpEvent,
    RetryEvent,
    TokenEvent,
)


def _listening(**settings: Any) -> tuple[World, list[Any]]:
    events: list[Any] = []
    return World(on_event=(events.append,), **settings), events


def test_each_retry_is_told() -> None:
    world, events = _listening()
    world.play(read("/v1/buildings/{id}"), [reply(503), failed(httpx.ReadTimeout), reply(200)])
    assert events == [
        RetryEvent(
            method="GET",
            path="/v1/buildings/{id}",
            operation="get_v1_buildings",
            attempt=1,
            status=503,
            error=None,
            wait_seconds=0.25,
            reason="503",
        ),
        RetryEvent(
            method="GET",
            path="/v1/buildings/{id}",
            operation="get_v1_buildings",
            attempt=2,
            status=None,
            error="RequestTimeoutError",
            wait_seconds=0.5,
            reason="ReadTimeout",
        ),
    ]


def test_giving_up_is_told() -> None:
    world, events = _listening(max_retries=1)
    world.play(read(), [reply(503), reply(502)])
    assert events[1] == GaveUpEvent(
        method="GET",
        path="/v1/buildings",
        operation="get_v1_buildings",
        attempts=2,
        status=502,
        error=None,
        reason="max_retries is 1",
    )


def test_a_write_that_is_not_sent_again_is_told() -> None:
    world, events = _listening()
    world.play(write(), [failed(httpx.ReadTimeout)])
    assert [event.reason for event in events] == ["it may have been executed"]


def test_a_final_answer_is_no_event() -> None:
    world, events = _listening()
    world.play(read(), [reply(200)])
    world.play(read(), [reply(404)])
    assert events == []


def test_the_breaker_is_told() -> None:
    world, events = _listening(
        max_retries=0, breaker=Breaker(window=1, min_calls=1, open_seconds=5)
    )
    world.play(read(), [reply(503)])
    world.play(read(), [])
    world.clock.now += 5
    world.play(read(), [reply(200)])
    assert events == [
        BreakerEvent(state="open", seconds=5),
        GaveUpEvent(
            method="GET",
            path="/v1/buildings",
            operation="get_v1_buildings",
            attempts=0,
            status=None,
            error=None,
            reason="the breaker is open",
        ),
        BreakerEvent(state="half_open", seconds=0),
        BreakerEvent(state="closed", seconds=0),
    ]


def test_a_deprecated_operation_is_told_once() -> None:
    world, events = _listening()
    for _ in range(3):
        world.play(read(deprecated_since="2025-03-17"), [reply(200)])
    assert events == [
        DeprecationEvent(
            operation="get_v1_buildings", method="GET", path="/v1/buildings", since="2025-03-17"
        )
    ]


def test_a_listener_that_fails_does_the_call_no_harm() -> None:
    events: list[Any] = []

    def broken(_: object) -> None:
        raise ValueError("nobody catches it")

    world = World(on_event=(broken, events.append))
    assert world.play(read(), [reply(503), reply(200)]).status == 200
    assert (world.state.event_failures, len(events)) == (1, 1)


def test_a_listener_that_ends_the_program_does() -> None:
    def stop(_: object) -> None:
        raise KeyboardInterrupt

    world = World(on_event=(stop,))
    with pytest.raises(KeyboardInterrupt):
        world.play(read(), [reply(503)])
    assert world.state.budget.spent == 0


def test_events_do_not_change() -> None:
    event = TokenEvent(result="fetched", provider="ApiClientCredentialsProvider")
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        event.result = "refused"  # type: ignore[misc]  # what is tested


def test_only_pauses_before_retries_are_logged_unless_more_is_wanted(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG, "jamf_pro_client")
    World(rate_limit=(1, 10)).play(read(), [reply(503), reply(200)])
    assert caplog.messages == ["GET /v1/buildings waits 0.25 s before attempt 2: 503"]
    assert caplog.records[0].levelno == logging.INFO


def test_each_attempt_and_each_wait_is_one_record(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "jamf_pro_client")
    world = World(enable_logging=True, log_level=logging.INFO, rate_limit=(3, 10))
    outcomes: list[Outcome] = [
        reply(503, elapsed_seconds=0.012),
        token_answer(503),
        failed(httpx.ReadTimeout),
        reply(200),
    ]
    world.play(read("/v1/buildings/{id}"), outcomes, attempt_seconds=1)
    assert [record.getMessage() for record in caplog.records] == [
        "GET /v1/buildings/{id} 503 12 ms, attempt 1",
        "GET /v1/buildings/{id} waits 0.25 s: 503",
        "GET /v1/buildings/{id} ServerError 1000 ms, attempt 2",
        "GET /v1/buildings/{id} waits 0.50 s: 503 of the token endpoint",
        "GET /v1/buildings/{id} RequestTimeoutError 1000 ms, attempt 3",
        "GET /v1/buildings/{id} waits 1.00 s: ReadTimeout",
        "GET /v1/buildings/{id} waits 5.25 s: the rate limit",
        "GET /v1/buildings/{id} 200 1000 ms, attempt 4",
    ]
    assert {record.levelno for record in caplog.records} == {logging.INFO}


def test_an_error_tells_why_it_is_the_end() -> None:
    world = World(retry_budget=10)
    error = world.play(read(), [failed(httpx.ReadTimeout)] * 2).error
    assert error.__notes__ == ["gave up after 1 retry: the retry budget is used up"]
    again = pickle.loads(pickle.dumps(error))  # noqa: S301  # just written
    assert again.__notes__ == error.__notes__


def test_the_error_of_a_write_in_doubt_tells_it_too() -> None:
    error = World().play(write(), [failed(httpx.ReadTimeout)]).error
    assert error.__notes__ == ["not retried: it may have been executed"]


def test_calls_that_share_the_error_of_one_token_keep_their_own_notes() -> None:
    """The copies that waiters get share the list of notes with the original."""
    one, two = token_answer(503), token_answer(503)
    one.error.add_note("for both")
    two.error = copy.copy(one.error)
    World(retry_budget=0).play(read(), [one])
    World(retry_budget=0).play(read(), [two])
    assert len(one.error.__notes__) == len(two.error.__notes__) == 2


def test_nothing_of_headers_is_in_any_repr() -> None:
    played = World().play(read(), [reply(200, {"Set-Cookie": "node=canary"})])
    assert "canary" not in repr(played)
