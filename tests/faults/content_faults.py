"""Faults 33 to 40: a reply came whole, but not what it claims to be."""

from __future__ import annotations

import gc
import tracemalloc

from tests.faults.acts import bomb, endless, reply
from tests.faults.registry import fault
from tests.faults.server import Act, Exchange
from tests.faults.world import BUILDING, BUILDINGS, World

from jamf_pro_client._xml import parse
from jamf_pro_client.client import HTTPAuthenticatedClient
from jamf_pro_client.errors import (
    InvalidResponseError,
    NotFoundError,
    ServerError,
    error_for,
)

HTML = ("Content-Type", "text/html; charset=utf-8")
MIB = 1024 * 1024
CLASSIC = "/JSSResource/buildings/id/1"


@fault(33, "malformed JSON", "InvalidResponseError, no retry")
async def malformed_json(w: World) -> None:
    w.server.script(BUILDING, reply(200, b'{"id": "1", "name": }'))
    await w.failing(InvalidResponseError, w.get(w.client()))
    assert w.sent == 1, w.sent


@fault(
    34,
    "HTML page with 200 and with 500, which repeats the request",
    "InvalidResponseError and ServerError that show no secret of the page",
)
async def html_pages(w: World) -> None:
    client = w.client()
    w.server.script(BUILDING, _page(200))
    await w.failing(InvalidResponseError, w.get(client))
    w.server.script(BUILDINGS, _page(500))
    error = await w.failing(ServerError, w.post(client))
    assert "<" not in str(error), error
    assert w.sent == 2, w.sent


def _page(status: int) -> Act:
    def run(exchange: Exchange) -> bool:
        headers = exchange.seen.headers
        shown = f"Authorization: {headers['authorization']}<br>Cookie: {headers['cookie']}"
        page = f"<html><title>Error</title><p>It went wrong.</p><pre>{shown}</pre></html>"
        return reply(status, page, HTML).run(exchange)

    return Act(run)


@fault(35, "charset that is not the body's", "the right text, or InvalidResponseError")
async def wrong_charset(w: World) -> None:
    client = w.client()
    text = '{"id": "1", "name": "Zürich"}'
    for label in ("iso-8859-1", "utf-16", "no-such-charset"):
        kind = ("Content-Type", f"application/json; charset={label}")
        w.server.script(BUILDING, reply(200, text.encode(), kind))
        assert (await w.get(client)).name == "Zürich"
    w.server.script(BUILDING, reply(200, text.encode("latin-1")))
    await w.failing(InvalidResponseError, w.get(client))


@fault(
    36, "gzip body of 130 kB that unpacks to 128 MiB", "InvalidResponseError, less than 40 MB used"
)
async def gzip_bomb(w: World) -> None:
    w.server.script(BUILDING, bomb(128))
    client = w.client(config={"max_response_bytes": 8 * MIB})
    await w.get(client, "2")
    assert await _peak_bytes(w, client) < 40_000_000
    assert len(w.server.calls(BUILDING)) == 1


@fault(37, "body without end", "InvalidResponseError, and the connection is closed")
async def endless_body(w: World) -> None:
    w.server.script(BUILDING, endless(b" " * 65_536))
    client = w.client(config={"max_response_bytes": MIB})
    await w.failing(InvalidResponseError, w.get(client))
    assert w.sent == 1, w.sent
    await w.get(client, "2")


@fault(38, "body compressed twice and three times", "InvalidResponseError, less than 40 MB used")
async def nested_codings(w: World) -> None:
    client = w.client(config={"max_response_bytes": 8 * MIB})
    await w.get(client, "2")
    for codings in (2, 3):
        w.server.script(BUILDING, bomb(128, codings))
        assert await _peak_bytes(w, client) < 40_000_000
    assert len(w.server.calls(BUILDING)) == 2


async def _peak_bytes(w: World, client: HTTPAuthenticatedClient) -> int:
    """Return how much memory a call takes that must fail."""
    gc.collect()
    tracemalloc.start()
    try:
        await w.failing(InvalidResponseError, w.get(client))
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@fault(39, "XML with entities, a DTD, endless nesting", "InvalidResponseError")
async def hostile_xml(w: World) -> None:
    client = w.client()
    entity = '<!DOCTYPE a [<!ENTITY x "xx"><!ENTITY y "&x;&x;&x;">]><a>&y;</a>'
    outside = '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>'
    deep = "<a>" * 100_000 + "</a>" * 100_000
    for text in (entity, outside, deep):
        w.server.script(CLASSIC, reply(200, text, ("Content-Type", "application/xml")))
        answer = await w.request(client, "GET", CLASSIC)

        async def read(content: bytes = answer.content) -> None:
            parse(content)

        await w.failing(InvalidResponseError, read())


@fault(40, "Classic API says 404 in HTML", "NotFoundError with the sentence of the page, no retry")
async def classic_not_found(w: World) -> None:
    page = (
        "<html><head><title>Status page</title></head><body><p>Not Found</p>"
        "<p>The server has not found anything matching the request URI</p>"
        '<p>You can get technical details <a href="http://example.org">here</a>.</p></body></html>'
    )
    w.server.script(CLASSIC, reply(404, page, HTML))
    answer = await w.request(w.client(), "GET", "JSSResource/buildings/id/1")
    error = error_for(answer, method="GET", path=CLASSIC)
    assert isinstance(error, NotFoundError)
    assert "has not found anything" in str(error), error
    assert "<" not in str(error), error
    assert w.sent == 1, w.sent
