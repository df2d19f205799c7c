"""What a client with resilience does, over real sockets; every fault is in tests/faults."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
import trio
from tests.clock import Clock

from jamf_pro_client import HTTPAuthenticatedClient, ResilienceConfig
from jamf_pro_client._httpx import httpx
from jamf_pro_client._transport.steps_until import StepsUntil
from jamf_pro_client.api.buildings import get_v1_buildings_id, post_v1_buildings
from jamf_pro_client.api.cloud_azure import get_v1_cloud_azure_defaults_mappings
from jamf_pro_client.errors import (
    AmbiguousWriteError,
    ConfigurationError,
    InvalidResponseError,
    RateLimitedError,
    RequestTimeoutError,
    ServerError,
)
from jamf_pro_client.models import Building
from jamf_pro_client.resilience import (
    DeprecationEvent,
    Event,
    GaveUpEvent,
    RetryEvent,
    TokenEvent,
)

BUILDING = "/api/v1/buildings/5"


@pytest.fixture
def clock() -> Clock:
    return Clock(random=0.5)


def client_of(jamf: Any, clock: Clock, **settings: Any) -> HTTPAuthenticatedClient:
    return HTTPAuthenticatedClient(
        jamf.url,
        api_key="id",
        api_secret="canary-secret",
        resilience=ResilienceConfig(timing=clock.timing, **settings),
    )


def in_turn(jamf: Any, path: str, *answers: Any) -> None:
    """Give these answers one after the other, the last one from then on."""
    left = list(answers)
    jamf.routes[path] = lambda _: left.pop(0) if len(left) > 1 else left[0]


def _sync(client: HTTPAuthenticatedClient) -> Any:
    with client:
        return get_v1_buildings_id.sync("5", client=client)


async def _in_loop(client: HTTPAuthenticatedClient) -> Any:
    async with client:
        return await get_v1_buildings_id.asyncio("5", client=client)


def _asyncio(client: HTTPAuthenticatedClient) -> Any:
    return asyncio.run(_in_loop(client))


def _trio(client: HTTPAuthenticatedClient) -> Any:
    return trio.run(_in_loop, client)


@pytest.mark.parametrize("get", [_sync, _asyncio, _trio])
def test_a_read_is_sent_until_it_is_answered(
    jamf: Any, clock: Clock, get: Callable[[HTTPAuthenticatedClient], Any]
) -> None:
    in_turn(
        jamf, BUILDING, jamf.answer(503, {}), jamf.answer(502, {}), jamf.answer(200, {"id": "5"})
    )
    client = client_of(jamf, clock)
    assert get(client).id == "5"
    assert len(jamf.calls(BUILDING)) == 3
    assert clock.slept == [0.375, 0.75]
    assert client.in_flight == 0


def test_the_error_says_why_it_was_not_sent_again(jamf: Any, clock: Clock) -> None:
    jamf.say(BUILDING, 429, b"", ("Retry-After", "3600"))
    with client_of(jamf, clock) as client, pytest.raises(RateLimitedError) as caught:
        get_v1_buildings_id.sync("5", client=client)
    assert caught.value.retry_after == 3600
    assert "3600 s" in caught.value.__notes__[0]
    assert clock.slept == []


def test_without_resilience_nothing_is_sent_again(jamf: Any, clock: Clock) -> None:
    jamf.say(BUILDING, 503)
    with client_of(jamf, clock) as client, pytest.raises(ServerError):
        get_v1_buildings_id.sync("5", client=client.with_resilience(None))
    assert len(jamf.calls(BUILDING)) == 1


def test_one_request_can_have_other_rules(jamf: Any, clock: Clock) -> None:
    jamf.say(BUILDING, 503)
    with client_of(jamf, clock) as client:
        for extensions, sent in (
            ({"jamf": {"max_retries": 0}}, 1),
            ({"jamf": {"max_retries": 1}}, 2),
            ({"jamf": {"deadline": 0.1}}, 1),
        ):
            jamf.seen.clear()
            client.request("GET", BUILDING, extensions=extensions)
            assert len(jamf.calls(BUILDING)) == sent
        jamf.seen.clear()
        client.request("POST", BUILDING, json={}, extensions={"jamf": {"idempotent": True}})
        assert len(jamf.calls(BUILDING)) == 4
        with pytest.raises(ConfigurationError, match="max_retry"):
            client.request("GET", BUILDING, extensions={"jamf": {"max_retry": 1}})
        with pytest.raises(ConfigurationError, match="deadline cannot be"):
            client.request("GET", BUILDING, extensions={"jamf": {"deadline": "soon"}})
        for endless in (float("nan"), float("inf")):
            with pytest.raises(ConfigurationError, match="deadline cannot be"):
                client.request("GET", BUILDING, extensions={"jamf": {"deadline": endless}})
        with pytest.raises(ConfigurationError, match="takes a mapping"):
            client.request("GET", BUILDING, extensions={"jamf": None})


def test_a_request_can_have_rules_without_a_resilient_client(jamf: Any) -> None:
    jamf.say("/large", 200, b"x" * 2000)
    least = {"jamf": {"max_response_bytes": 1000}}
    with HTTPAuthenticatedClient(jamf.url, token="t") as client:
        with pytest.raises(InvalidResponseError, match="1000 bytes are allowed"):
            client.request("GET", "/large", extensions=least)
        with (
            pytest.raises(InvalidResponseError, match="1000 bytes are allowed"),
            client.stream("GET", "/large", extensions=least) as reply,
        ):
            reply.read()
        assert client.in_flight == 0


def test_the_largest_body_is_a_setting(jamf: Any, clock: Clock) -> None:
    jamf.say("/large", 200, b"x" * 2000)
    with client_of(jamf, clock, max_response_bytes=1000) as client:
        with pytest.raises(InvalidResponseError, match="1000 bytes are allowed"):
            client.request("GET", "/large")
        with client.stream("GET", "/large") as reply:
            assert len(reply.read()) == 2000


def test_a_stream_is_opened_until_there_is_a_reply(jamf: Any, clock: Clock) -> None:
    in_turn(jamf, "/file", jamf.answer(503, {"a": 1}), jamf.answer(200, {"b": 2}))
    with client_of(jamf, clock) as client:
        with client.stream("GET", "/file") as reply:
            assert client.in_flight == 1
            assert reply.read() == b'{"b": 2}'
        assert client.in_flight == 0


def test_the_last_refusal_of_a_stream_can_be_read(jamf: Any, clock: Clock) -> None:
    jamf.say("/file", 503, b"not now")
    with client_of(jamf, clock) as client:
        with client.stream("GET", "/file") as reply:
            assert (reply.status_code, reply.read()) == (503, b"not now")
        assert len(jamf.calls("/file")) == 4
        assert client.in_flight == 0


def test_the_last_refusal_of_an_async_stream_can_be_read(jamf: Any, clock: Clock) -> None:
    async def main() -> None:
        jamf.say("/file", 503, b"not now")
        async with client_of(jamf, clock) as client:
            async with client.astream("GET", "/file") as reply:
                assert (reply.status_code, await reply.aread()) == (503, b"not now")
            assert client.in_flight == 0

    asyncio.run(main())
    jamf.seen.clear()
    trio.run(main)
    assert len(jamf.calls("/file")) == 4


def test_a_write_without_an_answer_is_ambiguous(jamf: Any, clock: Clock) -> None:
    jamf.say_after("/api/v1/buildings", 0.6)
    with client_of(jamf, clock) as client, pytest.raises(AmbiguousWriteError) as caught:
        post_v1_buildings.sync(client=client.with_timeout(0.2), body=Building(name="Harbour"))
    assert len(jamf.calls("/api/v1/buildings")) == 1
    assert (caught.value.method, caught.value.path) == ("POST", "/v1/buildings")
    assert caught.value.operation == "post_v1_buildings"
    assert isinstance(caught.value.__cause__, RequestTimeoutError)


def test_the_cookies_of_a_node_go_with_what_follows_a_write(jamf: Any, clock: Clock) -> None:
    jamf.say(BUILDING, 200, b"{}", ("Set-Cookie", "APBALANCEID=node-2; Path=/"))
    with client_of(jamf, clock) as client:
        own = client.with_cookies({"theme": "dark"})
        for method, cookie in (
            ("GET", "theme=dark"),
            ("GET", "theme=dark"),
            ("PUT", "theme=dark"),
            ("GET", "APBALANCEID=node-2; theme=dark"),
        ):
            own.request(method, BUILDING)
            assert jamf.seen[-1].headers["cookie"] == cookie, method
        clock.now += 61
        own.request("GET", BUILDING)
        assert jamf.seen[-1].headers["cookie"] == "theme=dark"


@pytest.mark.parametrize(("setting", "sent"), [(True, True), (False, False)])
def test_staying_on_a_node_is_a_setting(jamf: Any, clock: Clock, setting: bool, sent: bool) -> None:
    jamf.say(BUILDING, 200, b"{}", ("Set-Cookie", "jpro-ingress=node-2; Path=/"))
    with client_of(jamf, clock, sticky_sessions=setting) as client:
        client.request("PUT", BUILDING)
        client.request("GET", BUILDING)
    assert ("cookie" in jamf.seen[-1].headers) is sent


def test_events_tell_what_happens(jamf: Any, clock: Clock) -> None:
    events: list[Event] = []

    def broken(_: Event) -> None:
        raise RuntimeError("a listener's own fault")

    in_turn(
        jamf, BUILDING, jamf.answer(503, {}), jamf.answer(200, {"id": "5"}), jamf.answer(503, {})
    )
    with client_of(jamf, clock, max_retries=1, on_event=[broken, events.append]) as client:
        get_v1_buildings_id.sync("5", client=client)
        with pytest.raises(ServerError):
            get_v1_buildings_id.sync("5", client=client)
        for _ in range(2):
            get_v1_cloud_azure_defaults_mappings.sync_detailed(client=client)
    kinds = [type(event) for event in events]
    assert kinds == [TokenEvent, RetryEvent, RetryEvent, GaveUpEvent, DeprecationEvent]
    assert "canary" not in repr(events)


@pytest.mark.parametrize("asynchronous", [False, True])
def test_each_attempt_and_each_pause_has_a_record(
    asynchronous: bool, jamf: Any, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    """S3.26."""
    in_turn(jamf, BUILDING, jamf.answer(503, {}), jamf.answer(200, {"id": "5"}))
    client = client_of(jamf, clock, enable_logging=True, log_level=logging.INFO)

    async def main() -> None:
        async with client:
            await get_v1_buildings_id.asyncio("5", client=client)

    with caplog.at_level(logging.INFO, "jamf_pro_client"), client:
        if asynchronous:
            asyncio.run(main())
        else:
            get_v1_buildings_id.sync("5", client=client)
    told = [record.getMessage() for record in caplog.records if record.name == "jamf_pro_client"]
    assert len(told) == 3
    assert all("/v1/buildings/{id}" in text for text in told)
    assert "503" in told[0]
    assert "0.38 s" in told[1]
    assert "200" in told[2]


def test_connections_stay_those_of_the_client(jamf: Any) -> None:
    transport = httpx.HTTPTransport(retries=0)
    client = HTTPAuthenticatedClient(
        jamf.url, token="t", httpx_args={"mounts": {"all://mounted.invalid": transport}}
    )
    resilient = client.with_resilience(ResilienceConfig())
    assert resilient.get_or_create_httpx_client() is client.get_or_create_httpx_client()
    client.close()


def test_each_step_has_what_the_steps_before_have_left_of_the_deadline(jamf: Any) -> None:
    left: list[float] = []

    class Watching(httpx.HTTPTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            response = super().handle_request(request)
            left.append(request.extensions["timeout"]["read"])
            return response

    jamf.say_after("/api/v1/oauth/token", 0.2, {"access_token": "t", "expires_in": 60})
    jamf.say_after("/a", 0.2)
    client = HTTPAuthenticatedClient(
        jamf.url,
        api_key="id",
        api_secret="canary-secret",
        resilience=ResilienceConfig(deadline=20),
        timeout=100,
        httpx_args={"transport": Watching()},
    )
    with client:
        client.request("GET", "/a")
    assert 0 < left[1] <= left[0] - 0.2 <= 20 - 2 * 0.2


def test_steps_without_time_left_are_tried_for_a_moment() -> None:
    steps = StepsUntil({"read": 30, "connect": 0.5, "pool": None}, time.monotonic() + 1000)
    assert (steps["read"], steps["connect"]) == (30, 0.5)
    assert 30 < (steps["pool"] or 0) <= 1000
    over = StepsUntil({"read": 30, "pool": None}, time.monotonic() - 1)
    assert dict(over) == {"read": 0.001, "pool": 0.001}


@pytest.mark.parametrize("size", [2, 1_000_000])
def test_the_next_call_of_a_connection_has_its_own_time(jamf: Any, size: int) -> None:
    jamf.say("/a", 200, b" " * size)
    jamf.say_after("/b", 0.4)
    with HTTPAuthenticatedClient(jamf.url, token="t", timeout=20) as client:
        within = client.with_resilience(ResilienceConfig(deadline=0.3))
        assert len(within.request("GET", "/a").content) == size
        assert client.request("GET", "/b").status_code == 200
    assert jamf.connections == 1


def test_the_deadline_ends_a_wait_for_a_slot(jamf: Any) -> None:
    client = HTTPAuthenticatedClient(
        jamf.url, token="t", max_concurrency=1, resilience=ResilienceConfig(deadline=0.2)
    )
    with client, client.stream("GET", "/a"):
        with pytest.raises(RequestTimeoutError, match="before the deadline") as caught:
            client.request("GET", "/b")
        assert caught.value.sent is False


def test_the_deadline_ends_a_wait_for_a_slot_in_a_loop(jamf: Any) -> None:
    async def main() -> None:
        client = HTTPAuthenticatedClient(
            jamf.url, token="t", max_concurrency=1, resilience=ResilienceConfig(deadline=0.2)
        )
        async with client, client.astream("GET", "/a"):
            with pytest.raises(RequestTimeoutError, match="before the deadline"):
                await client.arequest("GET", "/b")

    run: Callable[[Coroutine[Any, Any, None]], None] = asyncio.run
    run(main())
    trio.run(main)
