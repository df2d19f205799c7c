"""What is sent again and what is not, for each outcome of a scripted call."""

from __future__ import annotations

from typing import Any

import pytest
from tests.runtime.scripted_calls import World, failed, read, reply, token_answer, write

from jamf_pro_client._httpx import httpx
from jamf_pro_client._resilience.steps import (
    CallFacts,
    Failed,
    Return,
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
    assert played.end.note == "gave up after 1 retry: status 500 is retried only once"


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
    outcomes = [failed(httpx.ReadTimeout), *[failed(httpx.ConnectError)] * 3]
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


def test_a_retry_with_an_unreadable_reply_is_an_answer_too() -> None:
    outcome = Failed(InvalidResponseError("too large"), sent=True)
    played = World().play(write("PUT"), [failed(httpx.ReadTimeout), outcome])
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
    played = World().play(write(), [outcome, reply(201)])
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
