"""What is sent again and what is not, for each outcome of a scripted call."""

from __future__ import annotations

from typing import Any

import pytest
from tests.runtime.scripted_calls import World, failed, read, reply, token_answer, write

from jamf_pro_client._httpx import httpx
from jamf_pro_client._resilience.flow import call_flow
from jamf_pro_client._resilience.steps import (
    CallFacts,
    Failed,
    Outcome,
    Raise,
    Return,
    Send,
    Wait,
)
from jamf_pro_client.errors import (
    AmbiguousWriteError,
    ConfigurationError,
    InvalidResponseError,
    RequestTimeoutError,
    TransportError,
    UnauthorizedError,
)

NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
SENT = (
    httpx.ReadTimeout,
    httpx.WriteTimeout,
    httpx.ReadError,
    httpx.WriteError,
    httpx.RemoteProtocolError,
)


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_a_read_is_sent_again_after_a_status_that_can_pass(status: int) -> None:
    played = World().play(read(), [reply(status), reply(200)])
    assert (len(played.sends), played.status) == (2, 200)
    assert [send.attempt for send in played.sends] == [1, 2]


@pytest.mark.parametrize("status", [200, 204, 302, 400, 401, 403, 404, 407, 409, 413, 422, 501])
def test_other_statuses_are_the_answer(status: int) -> None:
    played = World().play(read(), [reply(status, {"Retry-After": "1"})])
    assert (len(played.sends), played.status) == (1, status)
    assert isinstance(played.end, Return)
    assert played.end.note is None


@pytest.mark.parametrize("kind", [*NOT_SENT, *SENT])
def test_a_read_is_sent_again_after_a_failed_connection(kind: type[Exception]) -> None:
    played = World().play(read(), [failed(kind), failed(kind), reply(200)])
    assert (len(played.sends), played.status) == (3, 200)


@pytest.mark.parametrize("method", ["POST", "PATCH"])
@pytest.mark.parametrize("kind", SENT)
def test_a_write_is_not_sent_again_when_it_was_sent(method: str, kind: type[Exception]) -> None:
    played = World().play(write(method), [failed(kind)])
    assert len(played.sends) == 1
    assert isinstance(played.error, AmbiguousWriteError)
    assert (played.error.method, played.error.path) == (method, "/v1/buildings")
    assert (played.error.operation, played.error.attempts) == (f"{method.lower()}_v1_buildings", 1)
    assert isinstance(played.error.__cause__, TransportError)


@pytest.mark.parametrize("method", ["POST", "PATCH", "PUT", "DELETE"])
@pytest.mark.parametrize("kind", NOT_SENT)
def test_a_write_is_sent_again_when_surely_nothing_was_sent(
    method: str, kind: type[Exception]
) -> None:
    played = World().play(write(method), [failed(kind), reply(201)])
    assert (len(played.sends), played.status) == (2, 201)


@pytest.mark.parametrize(
    ("status", "headers", "sends"),
    [
        (429, {}, 2),
        (429, {"Retry-After": "1"}, 2),
        (503, {"Retry-After": "1"}, 2),
        (503, {}, 1),
        (503, {"Retry-After": "soon"}, 1),
        (500, {"Retry-After": "1"}, 1),
        (502, {"Retry-After": "1"}, 1),
        (504, {}, 1),
        (408, {}, 1),
    ],
)
def test_a_post_is_sent_again_only_when_the_server_put_it_off(
    status: int, headers: dict[str, str], sends: int
) -> None:
    played = World().play(write(), [reply(status, headers), reply(201)])
    assert len(played.sends) == sends
    assert played.status == (201 if sends == 2 else status)


def test_a_post_that_was_redirected_is_not_sent_again() -> None:
    """What redirected it may have executed it."""
    played = World().play(write(), [reply(429, redirected=True)])
    assert (len(played.sends), played.status) == (1, 429)


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
@pytest.mark.parametrize("outcome", [failed(httpx.ReadTimeout), reply(502), reply(503), reply(504)])
def test_put_and_delete_are_sent_again(method: str, outcome: Any) -> None:
    played = World().play(write(method), [outcome, reply(200)])
    assert (len(played.sends), played.status) == (2, 200)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "POST"])
@pytest.mark.parametrize(
    "outcome",
    [
        failed(httpx.ReadTimeout),
        reply(500),
        reply(502),
        reply(503, {"Retry-After": "1"}),
        reply(429),
    ],
)
def test_a_version_locked_write_is_sent_once(method: str, outcome: Any) -> None:
    played = World().play(write(method, version_locked=True), [outcome])
    assert len(played.sends) == 1


def test_a_version_locked_write_that_was_not_sent_is_sent() -> None:
    played = World().play(
        write("PUT", version_locked=True), [failed(httpx.ConnectError), reply(200)]
    )
    assert (len(played.sends), played.status) == (2, 200)


@pytest.mark.parametrize("outcome", [failed(httpx.ReadTimeout), reply(500), reply(503)])
@pytest.mark.parametrize("facts", [{"read_only": True}, {"idempotent": True}])
def test_a_post_that_reads_or_may_be_repeated_is_sent_again(
    outcome: Any, facts: dict[str, Any]
) -> None:
    played = World().play(write(**facts), [outcome, reply(200)])
    assert (len(played.sends), played.status) == (2, 200)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_what_the_caller_calls_not_repeatable_is_sent_once(method: str) -> None:
    played = World().play(CallFacts(method, "/x", idempotent=False), [failed(httpx.ReadTimeout)])
    assert len(played.sends) == 1


def test_a_read_only_post_that_fails_is_no_write_in_doubt() -> None:
    outcomes = [failed(httpx.ReadTimeout)] * 4
    played = World().play(write(read_only=True), outcomes)
    assert isinstance(played.error, RequestTimeoutError)


@pytest.mark.parametrize(
    "outcome", [failed(httpx.ConnectError), failed(httpx.ReadTimeout), reply(503), reply(429)]
)
@pytest.mark.parametrize("method", ["PUT", "POST", "GET"])
def test_a_body_that_cannot_be_repeated_is_sent_once(method: str, outcome: Any) -> None:
    played = World().play(CallFacts(method, "/x", replayable=False), [outcome])
    assert len(played.sends) == 1


def test_500_is_retried_once_for_reads() -> None:
    played = World().play(read(), [reply(500), reply(500)])
    assert (len(played.sends), played.status) == (2, 500)
    assert isinstance(played.end, Return)
    assert played.end.note == "gave up after 1 retry: the status 500 is retried once only"


def test_another_failure_between_does_not_allow_a_second_500() -> None:
    played = World().play(read(), [reply(500), reply(503), reply(500)])
    assert (len(played.sends), played.status) == (3, 500)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_500_is_never_retried_for_writes(method: str) -> None:
    played = World().play(write(method), [reply(500)])
    assert (len(played.sends), played.status) == (1, 500)


@pytest.mark.parametrize("doubt", [failed(httpx.ReadTimeout), reply(502), reply(504), reply(503)])
def test_a_retried_delete_that_ends_in_404_is_done(doubt: Any) -> None:
    played = World().play(write("DELETE"), [doubt, reply(404)])
    assert isinstance(played.end, Return)
    assert played.end.done_already


@pytest.mark.parametrize("before", [[], [failed(httpx.ConnectError)], [reply(429)]])
def test_a_404_stays_one_when_no_earlier_delete_can_have_done_it(before: list[Any]) -> None:
    played = World().play(write("DELETE"), [*before, reply(404)])
    assert isinstance(played.end, Return)
    assert not played.end.done_already


def test_a_404_of_another_method_is_never_taken_for_done() -> None:
    played = World().play(write("PUT"), [failed(httpx.ReadTimeout), reply(404)])
    assert isinstance(played.end, Return)
    assert not played.end.done_already


def test_a_write_stays_in_doubt_when_the_last_attempt_was_not_sent() -> None:
    """The server may have executed the first one; a connect error at the end must not hide that."""
    outcomes = [failed(httpx.ReadTimeout)] + [failed(httpx.ConnectError)] * 3
    played = World().play(write("PUT"), outcomes)
    assert isinstance(played.error, AmbiguousWriteError)
    assert played.error.attempts == 4


def test_a_write_stays_in_doubt_when_the_token_is_refused_later() -> None:
    played = World().play(write("PUT"), [failed(httpx.ReadTimeout), token_answer(401)])
    assert isinstance(played.error, AmbiguousWriteError)
    assert isinstance(played.error.__cause__, UnauthorizedError)


def test_a_write_that_never_was_sent_is_not_in_doubt() -> None:
    played = World().play(write(), [failed(httpx.ConnectError)] * 4)
    assert type(played.error) is TransportError
    assert not played.error.sent


def test_a_write_with_an_unreadable_reply_is_not_in_doubt() -> None:
    outcome = Failed(InvalidResponseError("too large"), sent=True)
    played = World().play(write(), [outcome])
    assert played.error is outcome.error


def test_an_error_of_the_caller_is_raised_as_it_is() -> None:
    outcome = Failed(ConfigurationError("no header"), sent=False)
    played = World().play(write(), [outcome])
    assert played.error is outcome.error
    assert not hasattr(played.error, "__notes__")


@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "DELETE"])
@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_any_call_goes_on_after_a_token_that_could_not_be_had(method: str, status: int) -> None:
    call = CallFacts(method, "/x", version_locked=True)
    played = World().play(call, [token_answer(status), token_answer(status), reply(200)])
    assert (len(played.sends), played.status) == (3, 200)


def test_any_call_goes_on_after_a_malformed_token() -> None:
    malformed = Failed(InvalidResponseError("no token in it"), sent=True, token_step=True)
    assert World().play(write(), [malformed, reply(201)]).status == 201


@pytest.mark.parametrize("kind", [*NOT_SENT, *SENT])
def test_any_call_goes_on_after_the_connection_for_the_token_failed(kind: type[Exception]) -> None:
    played = World().play(write(), [failed(kind, token_step=True), reply(201)])
    assert (len(played.sends), played.status) == (2, 201)


@pytest.mark.parametrize("status", [302, 400, 401, 403, 404])
def test_refused_credentials_are_final(status: int) -> None:
    outcome = token_answer(status)
    played = World().play(read(), [outcome])
    assert played.error is outcome.error


def test_a_token_endpoint_that_stays_down_gives_its_own_error() -> None:
    played = World().play(write(), [token_answer(503)] * 4)
    assert getattr(played.error, "status_code", None) == 503
    assert played.error.__notes__ == ["gave up after 3 retries: max_retries is 3"]


@pytest.mark.parametrize(
    "text",
    [
        "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate has expired",
        "[SSL: CERTIFICATE_VERIFY_FAILED] Hostname mismatch, certificate is not valid for 'x.org'",
    ],
)
def test_a_certificate_that_does_not_pass_is_final(text: str) -> None:
    played = World().play(read(), [failed(httpx.ConnectError, text)])
    assert len(played.sends) == 1


def test_a_certificate_that_the_shell_saw_refused_is_final() -> None:
    outcome = failed(httpx.ConnectError, "untrusted root", certificate_refused=True)
    assert len(World().play(read(), [outcome]).sends) == 1


@pytest.mark.parametrize(
    "text",
    [
        "[SSL: UNEXPECTED_EOF_WHILE_READING] EOF occurred in violation of protocol",
        "[Errno -2] Name or service not known",
        "[Errno 111] Connection refused",
    ],
)
def test_cut_handshakes_and_failed_look_ups_are_retried(text: str) -> None:
    assert World().play(read(), [failed(httpx.ConnectError, text), reply(200)]).status == 200


@pytest.mark.parametrize(
    ("text", "sends"),
    [
        ("407 Proxy Authentication Required", 1),
        ("403 Forbidden", 1),
        ("429 Too Many Requests", 2),
        ("502 Bad Gateway", 2),
        ("Proxy Server could not connect: Host unreachable.", 2),
        ("", 2),
    ],
)
def test_a_proxy_that_refuses_is_final_and_one_that_is_down_is_not(text: str, sends: int) -> None:
    outcome = failed(httpx.ProxyError, text, sent=False)
    played = World().play(write(), [outcome, reply(201)][:sends])
    assert len(played.sends) == sends


def test_only_the_chosen_exceptions_are_retried() -> None:
    world = World(retryable_exceptions=[httpx.ConnectError])
    assert len(world.play(read(), [failed(httpx.ReadTimeout)]).sends) == 1
    assert len(world.play(read(), [failed(httpx.ConnectError), reply(200)]).sends) == 2


def test_errors_of_this_package_can_be_chosen_too() -> None:
    world = World(retryable_exceptions=(RequestTimeoutError,))
    assert len(world.play(read(), [failed(httpx.ReadTimeout), reply(200)]).sends) == 2
    assert len(world.play(read(), [failed(httpx.ConnectError)]).sends) == 1


def test_only_the_chosen_statuses_are_retried() -> None:
    world = World(retry_statuses={404})
    assert len(world.play(read(), [reply(503)]).sends) == 1
    assert len(world.play(read(), [reply(404), reply(200)]).sends) == 2


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
    assert "nothing was ever answered" in str(played.error)


def test_the_clock_starts_with_the_first_step() -> None:
    world = World(deadline=10)
    flow = call_flow(read(), world.config, world.state)
    world.clock.now += 100
    step = next(flow)
    assert isinstance(step, Send)
    assert step.remaining_seconds == 10
    flow.close()


def test_a_wait_for_the_rate_limit_comes_before_the_attempt() -> None:
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
    assert step.note == "gave up after 1 retry: the deadline of 10 s is over"
    flow.close()
    assert world.state.budget.spent == 0


def test_a_send_without_an_outcome_is_a_mistake_of_the_shell() -> None:
    world = World()
    flow = call_flow(read(), world.config, world.state)
    next(flow)
    with pytest.raises(TypeError, match="needs an outcome"):
        next(flow)
