"""Faults 22 to 32: the server says that it cannot, or not now."""

from __future__ import annotations

import datetime
from email.utils import format_datetime

from tests.faults.acts import accept, executed_then, reply, reset
from tests.faults.registry import fault
from tests.faults.server import Act
from tests.faults.world import BUILDING, BUILDINGS, SCOPE, World

from jamf_pro_client.errors import (
    AmbiguousWriteError,
    JamfProAPIError,
    RateLimitedError,
    ServerError,
)

UNAVAILABLE = reply(503, "", ("Content-Type", "text/plain"))
HOUR = datetime.timedelta(hours=1)


@fault(22, "503 twice", "the reply after two growing waits")
async def unavailable_twice(w: World) -> None:
    w.server.script(BUILDING, UNAVAILABLE, UNAVAILABLE, accept)
    await w.get(w.client())
    first, second = w.clock.slept
    assert 0.25 <= first <= 0.5, first
    assert 0.5 <= second <= 1.0, second


@fault(23, "503 for all of 60 calls", "ServerError for each, at most 85 requests in all")
async def unavailable_burst(w: World) -> None:
    w.server.script(BUILDING, UNAVAILABLE)
    client = w.client(config={"deadline": None})
    results = await w.door.many([lambda: w.get(client)] * 60)
    assert all(isinstance(result, ServerError) for result in results)
    assert 60 < w.sent <= 85, w.sent


@fault(24, "429 with seconds", "the reply after that time, not earlier")
async def limited_seconds(w: World) -> None:
    w.server.script(BUILDING, reply(429, "{}", ("Retry-After", "7")), accept)
    await w.get(w.client())
    _check_wait(w, 7)


@fault(25, "429 with a date", "the reply after that date, not earlier")
async def limited_date(w: World) -> None:
    w.server.script(BUILDING, _limited_until(datetime.timedelta()), accept)
    await w.get(w.client())
    _check_wait(w, 7)


@fault(26, "429 with a date, clocks an hour apart", "the wait that the server's own clock gives")
async def limited_date_other_clock(w: World) -> None:
    client = w.client()
    for error in (HOUR, -HOUR):
        w.clock.slept.clear()
        w.server.script(BUILDING, _limited_until(error), accept)
        await w.get(client)
        _check_wait(w, 7)


@fault(
    27, "Retry-After decimal, negative, nonsense", "honoured where it can be read, else back-off"
)
async def odd_retry_after(w: World) -> None:
    client = w.client()
    for text, least in (("1.5", 1.5), ("-5", 0.25), ("soon", 0.25), ("", 0.25), ("nan", 0.25)):
        w.clock.slept.clear()
        w.server.script(BUILDING, reply(429, "{}", ("Retry-After", text)), accept)
        await w.get(client)
        assert len(w.clock.slept) == 1
        assert least <= w.clock.slept[0] <= max(0.5, least * 1.1), (text, w.clock.slept)


@fault(28, "Retry-After of an hour", "no early retry: RateLimitedError with the value")
async def long_retry_after(w: World) -> None:
    w.server.script(BUILDING, reply(429, "{}", ("Retry-After", "3600")), accept)
    error = await w.failing(RateLimitedError, w.get(w.client()))
    assert error.retry_after == 3600
    assert w.sent == 1, w.sent
    assert not w.clock.slept


@fault(29, "429 on POST", "the reply; carried out once")
async def limited_post(w: World) -> None:
    limited = reply(429, "{}", ("Retry-After", "1"))
    later = reply(503, "{}", ("Retry-After", "1"))
    w.server.script(BUILDINGS, limited, later, accept)
    await w.post(w.client())
    assert len(w.server.executed) == 1
    assert w.sent == 3, w.sent


@fault(30, "500 on GET and on POST", "GET is repeated once, POST not at all; ServerError")
async def internal_error(w: World) -> None:
    client = w.client()
    w.server.script(BUILDING, reply(500))
    await w.failing(ServerError, w.get(client))
    assert w.sent == 2, w.sent
    w.server.script(BUILDINGS, executed_then(reply(500)))
    await w.failing(ServerError, w.post(client))
    assert w.sent == 3, w.sent


@fault(31, "version-locked PUT fails", "sent once, whatever the failure")
async def version_locked(w: World) -> None:
    client = w.client()
    w.server.script(SCOPE, executed_then(reset), reply(409))
    await w.failing(AmbiguousWriteError, w.put_scope(client))
    assert w.sent == 1, w.sent
    w.server.script(SCOPE, executed_then(UNAVAILABLE), reply(409))
    error = await w.failing(JamfProAPIError, w.put_scope(client))
    assert error.status_code == 503
    assert w.sent == 2, w.sent
    # Any other PUT may be repeated: it says the same twice.
    w.server.script(BUILDING, executed_then(reset), accept)
    await w.put(client)
    assert w.sent == 4, w.sent


@fault(32, "DELETE is repeated and finds nothing", "done: it was there before")
async def delete_repeated(w: World) -> None:
    w.server.script(BUILDING, executed_then(reset), accept)
    assert await w.delete(w.client()) is None
    assert w.sent == 2, w.sent


def _limited_until(clock_error: datetime.timedelta) -> Act:
    now = datetime.datetime.now(datetime.UTC) + clock_error
    moment = now + datetime.timedelta(seconds=7)
    return reply(
        429,
        "{}",
        ("Date", format_datetime(now, usegmt=True)),
        ("Retry-After", format_datetime(moment, usegmt=True)),
    )


def _check_wait(w: World, seconds: float) -> None:
    assert len(w.clock.slept) == 1, w.clock.slept
    # Up to a tenth more, so that clients do not come back all at once.
    assert seconds <= w.clock.slept[0] <= seconds * 1.1, w.clock.slept
