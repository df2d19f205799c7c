"""Faults 8 to 21: the request or the reply gets lost, late or out of shape."""

from __future__ import annotations

from collections.abc import Iterator

from tests.faults.acts import (
    accept,
    building,
    cut_body,
    drip,
    end,
    executed_then,
    head,
    hold,
    raw,
    reply,
    reset,
    reset_upload,
)
from tests.faults.registry import fault
from tests.faults.world import BUILDING, BUILDINGS, World

from jamf_pro_client._httpx import httpx
from jamf_pro_client.errors import (
    AmbiguousWriteError,
    InvalidResponseError,
    JamfProError,
    RequestTimeoutError,
    TransportError,
)

JSON = ("Content-Type", "application/json")
LENGTH = ("Content-Length", str(75 + len(building())))
CHUNKED = ("Transfer-Encoding", "chunked")


@fault(8, "reset before the reply, GET", "the reply after a retry")
async def reset_get(w: World) -> None:
    w.server.script(BUILDING, reset, reset, accept)
    assert (await w.get(w.client())).name == "Building 1"
    assert w.sent == 3, w.sent


@fault(9, "reset before the reply, POST", "sent once; AmbiguousWriteError")
async def reset_post(w: World) -> None:
    w.server.script(BUILDINGS, executed_then(reset), accept)
    error = await w.failing(AmbiguousWriteError, w.post(w.client()))
    assert isinstance(error.__cause__, TransportError)
    assert error.method == "POST"
    assert w.sent == 1, w.sent


@fault(10, "connection closed before the reply", "GET: the reply after a retry; POST: sent once")
async def closed_early(w: World) -> None:
    w.server.script(BUILDING, end, accept)
    await w.get(w.client())
    w.server.script(BUILDINGS, executed_then(end), accept)
    await w.failing(AmbiguousWriteError, w.post(w.client()))
    assert w.sent == 3, w.sent


@fault(11, "reset in an upload that can be read once", "never sent again, least of all empty")
async def upload_reset(w: World) -> None:
    client = w.client()
    for method in ("POST", "PUT"):
        path = f"/api/v1/uploads/{method}"
        w.server.script(path, reset_upload, accept)
        call = w.request(client, method, path, content=_pieces())
        await w.failing(AmbiguousWriteError, call)
        assert len(w.server.calls(path)) == 1
    assert not w.clock.slept


def _pieces() -> Iterator[bytes]:
    for _ in range(64):
        yield bytes(16_384)


@fault(12, "no reply in time, GET", "the reply after a retry")
async def slow_get(w: World) -> None:
    w.server.script(BUILDING, hold(), accept)
    await w.get(w.client(timeout=httpx.Timeout(5, read=0.15)))
    assert w.sent == 2, w.sent


@fault(13, "no reply in time, POST", "sent once; AmbiguousWriteError")
async def slow_post(w: World) -> None:
    w.server.script(BUILDINGS, executed_then(hold()), accept)
    client = w.client(timeout=httpx.Timeout(5, read=0.15))
    error = await w.failing(AmbiguousWriteError, w.post(client))
    assert isinstance(error.__cause__, RequestTimeoutError)
    assert w.sent == 1, w.sent


@fault(14, "body cut in a chunk", "the reply after a retry")
async def body_cut(w: World) -> None:
    part = b"40\r\n" + building()[:10]
    w.server.script(BUILDING, raw(head(200, JSON, CHUNKED) + part), accept)
    assert (await w.get(w.client())).name == "Building 1"
    assert w.sent == 2, w.sent


@fault(
    15, "Content-Length smaller than the body", "InvalidResponseError; the rest harms no other call"
)
async def length_too_small(w: World) -> None:
    body = building()
    short = head(200, JSON, ("Content-Length", str(len(body) - 8))) + body
    w.server.script(BUILDING, raw(short, goes_on=True))
    client = w.client()
    await w.failing(InvalidResponseError, w.get(client))
    assert (await w.get(client, "2")).name == "Building 2"


@fault(16, "Content-Length larger than the body", "the reply after a retry")
async def length_too_large(w: World) -> None:
    w.server.script(BUILDING, cut_body(building(), len(building()) + 100), accept)
    assert (await w.get(w.client())).name == "Building 1"
    assert w.sent == 2, w.sent


@fault(17, "JSON cut off in a reply without length", "InvalidResponseError")
async def json_cut(w: World) -> None:
    w.server.script(BUILDING, raw(head(200, JSON, ("Connection", "close")) + building()[:-9]))
    await w.failing(InvalidResponseError, w.get(w.client()))


@fault(18, "body comes byte by byte", "an error within the deadline and half a second")
async def body_drips(w: World) -> None:
    w.server.script(BUILDING, drip(b" " * 75 + building(), 0.02, before=head(200, JSON, LENGTH)))
    client = w.client()
    await w.get(client, "2")
    began, client = w.elapsed, client.with_resilience(w.config(deadline=0.3))
    await w.failing(RequestTimeoutError, w.get(client))
    assert w.elapsed - began <= 0.8, w.elapsed - began
    # Nothing comes any more when most of the time is over.
    w.server.script(BUILDING, drip(b" " * 40, 0.02, before=head(200, JSON, LENGTH)))
    began, client = w.elapsed, client.with_resilience(w.config(deadline=1.2))
    await w.failing(RequestTimeoutError, w.get(client))
    assert w.elapsed - began <= 1.7, w.elapsed - began


@fault(
    19,
    "headers come byte by byte",
    "an error within the deadline and half a second; sync, where nothing can interrupt the "
    "waiting, when the headers end or one byte takes longer than the timeout",
)
async def headers_drip(w: World) -> None:
    data = head(200, JSON, ("Content-Length", "2"))[:45]
    w.server.script(BUILDING, drip(data, 0.015), hold())
    client = w.client(timeout=httpx.Timeout(5, read=0.3))
    await w.get(client, "2")
    began, client = w.elapsed, client.with_resilience(w.config(deadline=0.3))
    await w.failing(RequestTimeoutError, w.get(client))
    limit = 1.8 if w.door.name == "sync" else 0.8
    assert w.elapsed - began <= limit, w.elapsed - began


@fault(20, "status line that is none", "the reply after a retry; TransportError if it stays so")
async def malformed_status_line(w: World) -> None:
    broken = raw(b"HTTP/1.1 canary two hundred\r\nSet-Cookie: c=canary\r\n\r\n")
    w.server.script(BUILDING, broken, accept)
    client = w.client()
    await w.get(client)
    assert w.sent == 2, w.sent
    w.server.script(BUILDING, broken)
    await w.failing(TransportError, w.get(client))
    assert w.sent == 6, w.sent


@fault(21, "header of 64 kB, and of 1 MB", "the reply; a typed error for what is too large")
async def large_header(w: World) -> None:
    large, huge = "x" * 65_536, "x" * 1_048_576
    w.server.script(BUILDING, reply(200, building(), ("X-Large", large)))
    client = w.client()
    assert (await w.get(client)).name == "Building 1"
    w.server.script(BUILDING, reply(200, building(), ("X-Huge", huge)))
    error = await w.failing(JamfProError, w.get(client))
    assert isinstance(error, TransportError | InvalidResponseError)
    assert "xxxxxxxxxx" not in str(error)
