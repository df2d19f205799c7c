"""Waiting while the server is busy, starting or away: it goes on until the deadline."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from typing import Any

import pytest
from tests.clock import Clock
from tests.facade.conftest import async_client_of, client_of, config_of

from jamf_pro_client import ApiClientCredentialsProvider
from jamf_pro_client._httpx import httpx
from jamf_pro_client.errors import (
    BadRequestError,
    ForbiddenError,
    RequestTimeoutError,
    ServerError,
    TransportError,
    UnauthorizedError,
)
from jamf_pro_client.facade import JamfProClient
from jamf_pro_client.resilience import Breaker, ResilienceConfig
from jamf_pro_client.waiting import DeadlineExceededError

ONE = "aaaa-1"
DONE = {"stepCode": "SERVER_INIT_COMPLETE"}
OFTEN = 20

Failure = Callable[[Any], Any]


class Server:
    """Fails a number of times, then says that its start is over and its commands are answered."""

    def __init__(self, failure: Failure, times: int = OFTEN) -> None:
        self.failure = failure
        self.times = times
        self.steps: list[float] = []

    def __call__(self, request: Any) -> Any:
        self.steps.append(request.extensions["timeout"]["read"])
        if len(self.steps) <= self.times:
            return self.failure(request)
        if request.url.path == "/api/startup-status":
            return httpx.Response(200, json=DONE)
        return commands("ACKNOWLEDGED")


def commands(state: str) -> Any:
    rows = [{"uuid": ONE, "commandState": state}]
    return httpx.Response(200, json={"totalCount": 1, "results": rows})


def answered(status: int, **headers: str) -> Failure:
    return lambda _: httpx.Response(status, headers=headers)


def broken(kind: type[Exception]) -> Failure:
    def fail(_: Any) -> Any:
        raise kind("invented")

    return fail


def untrusted(_: Any) -> Any:
    raise httpx.ConnectError("invented") from ssl.SSLCertVerificationError("self-signed")


def wait_for_commands(client: Any, **options: Any) -> Any:
    return client.wait_for_mdm_commands([ONE], **options)


def wait_for_start(client: Any, **options: Any) -> Any:
    return client.wait_for(client.pro_api.post_v1_system_initialize, **options)


def wait_in_a_loop(wait: Callable[..., Any]) -> Callable[..., Any]:
    def run(server: Any, clock: Clock, **options: Any) -> Any:
        async def main() -> Any:
            return await wait(async_client_of(server, clock), timing=clock.timing, **options)

        return asyncio.run(main())

    return run


def wait_in_a_thread(wait: Callable[..., Any]) -> Callable[..., Any]:
    def run(server: Any, clock: Clock, **options: Any) -> Any:
        return wait(client_of(server, clock), timing=clock.timing, **options)

    return run


WAITS = {
    "commands": wait_in_a_thread(wait_for_commands),
    "commands in a loop": wait_in_a_loop(wait_for_commands),
    "start": wait_in_a_thread(wait_for_start),
    "start in a loop": wait_in_a_loop(wait_for_start),
}
PASSING = {
    "429": answered(429),
    "502": answered(502),
    "503": answered(503),
    "504": answered(504),
    "no connection": broken(httpx.ConnectError),
    "no answer": broken(httpx.ReadTimeout),
    "cut off": broken(httpx.RemoteProtocolError),
}
any_wait = pytest.mark.parametrize("wait", WAITS.values(), ids=list(WAITS))


@any_wait
@pytest.mark.parametrize("failure", PASSING.values(), ids=list(PASSING))
def test_a_wait_goes_on_while_the_server_is_busy_or_away(
    wait: Callable[..., Any], failure: Failure, clock: Clock
) -> None:
    server = Server(failure)
    assert wait(server, clock)
    assert len(server.steps) == OFTEN + 1


@any_wait
@pytest.mark.parametrize(
    ("failure", "error"),
    [
        (answered(400), BadRequestError),
        (answered(401), UnauthorizedError),
        (answered(403), ForbiddenError),
        (answered(500), ServerError),
        (untrusted, TransportError),
        (broken(httpx.UnsupportedProtocol), TransportError),
    ],
)
def test_other_failures_end_a_wait_at_once(
    wait: Callable[..., Any], failure: Failure, error: type[Exception], clock: Clock
) -> None:
    with pytest.raises(error):
        wait(Server(failure), clock)
    assert clock.now < 1


def test_endless_redirects_end_a_wait_at_once(clock: Clock) -> None:
    redirected = answered(302, location="/api/startup-status")
    client = client_of(Server(redirected, 1000), clock, follow_redirects=True)
    with pytest.raises(TransportError, match="redirects"):
        wait_for_start(client, timing=clock.timing)
    assert clock.now == 0


@any_wait
def test_at_the_deadline_the_error_has_the_last_failure(
    wait: Callable[..., Any], clock: Clock
) -> None:
    with pytest.raises(DeadlineExceededError, match="the last look failed: 503") as caught:
        wait(Server(answered(503), 1000), clock, deadline=100)
    assert isinstance(caught.value.__cause__, ServerError)
    assert clock.now == 100


def test_a_failure_before_the_last_look_is_no_cause(clock: Clock) -> None:
    def pending_later(_: Any) -> Any:
        return commands("PENDING") if clock.now > 50 else httpx.Response(503)

    with pytest.raises(DeadlineExceededError, match="within 100 seconds") as caught:
        WAITS["commands"](Server(pending_later, 1000), clock, deadline=100)
    assert caught.value.__cause__ is None
    assert [one.command_state for one in caught.value.last] == ["PENDING"]


def test_what_was_seen_before_a_failure_is_not_forgotten(clock: Clock) -> None:
    uuids = [f"u-{number}" for number in range(41)]

    def half(request: Any) -> Any:
        if uuids[40] in request.url.params["filter"]:
            return httpx.Response(503)
        rows = [{"uuid": uuid, "commandState": "ACKNOWLEDGED"} for uuid in uuids[:40]]
        return httpx.Response(200, json={"totalCount": 40, "results": rows})

    with pytest.raises(DeadlineExceededError) as caught:
        client_of(half, clock).wait_for_mdm_commands(uuids, deadline=0, timing=clock.timing)
    assert [one.uuid for one in caught.value.last] == uuids[:40]


@any_wait
def test_a_server_that_never_answers_does_not_stretch_the_deadline(
    wait: Callable[..., Any], clock: Clock
) -> None:
    def hang(request: Any) -> Any:
        clock.sleep(request.extensions["timeout"]["read"])
        raise httpx.ReadTimeout("invented")

    with pytest.raises(DeadlineExceededError) as caught:
        wait(Server(hang, 1000), clock, deadline=10)
    assert isinstance(caught.value.__cause__, RequestTimeoutError)
    # The last look is at the deadline, and has a second.
    assert clock.now <= 11


@pytest.mark.parametrize(
    ("resilience", "longest"),
    [(None, 20), (ResilienceConfig(), 20), (ResilienceConfig(deadline=8), 8)],
)
def test_a_look_has_the_time_that_is_left(
    resilience: ResilienceConfig | None, longest: float, clock: Clock
) -> None:
    server = Server(lambda _: commands("PENDING"), 1000)
    client = client_of(server, resilience=resilience)
    with pytest.raises(DeadlineExceededError):
        client.wait_for_mdm_commands([ONE], deadline=20, timing=clock.timing)
    left = [20, 19, 17, 13, 5, 1]
    assert len(server.steps) == len(left)
    assert all(
        0 < step <= min(longest, most) for step, most in zip(server.steps, left, strict=True)
    )


def test_a_wait_without_an_end_leaves_a_look_its_usual_time(clock: Clock) -> None:
    server = Server(answered(503), 1)
    client = client_of(server, resilience=None, timeout=7)
    client.wait_for_mdm_commands([ONE], deadline=float("inf"), timing=clock.timing)
    assert server.steps == [7, 7]


def test_the_server_is_not_asked_before_the_time_that_it_names(clock: Clock) -> None:
    WAITS["commands"](Server(answered(503, **{"retry-after": "100"}), 1), clock)
    assert clock.now == 100


def test_a_wait_goes_on_while_there_is_no_token_and_ends_when_it_is_refused(clock: Clock) -> None:
    answers = [httpx.Response(503)] * OFTEN

    def serve(request: Any) -> Any:
        if request.url.path != "/api/v1/oauth/token":
            return commands("ACKNOWLEDGED")
        return answers.pop() if answers else httpx.Response(200, json=TOKEN)

    def wait() -> Any:
        provider = ApiClientCredentialsProvider("id", "canary")
        client = JamfProClient("jamf.my.org", provider, config_of(serve, clock))
        return client.wait_for_mdm_commands([ONE], timing=clock.timing)

    assert wait()
    assert not answers
    answers.append(httpx.Response(401))
    with pytest.raises(UnauthorizedError):
        wait()


TOKEN = {"access_token": "canary", "token_type": "Bearer", "expires_in": 1200}


def test_a_wait_outlasts_an_open_breaker(clock: Clock) -> None:
    breaker = Breaker(window=1, min_calls=1)
    resilience = ResilienceConfig(breaker=breaker, timing=clock.timing)
    client = client_of(Server(answered(503)), resilience=resilience)
    assert client.wait_for_mdm_commands([ONE], deadline=3600, timing=clock.timing)
