"""Faults 55 to 60: the request is led, or would go, to where it must not."""

from __future__ import annotations

from tests.faults.acts import accept, reply
from tests.faults.certificates import server_context, trusting_context
from tests.faults.registry import fault
from tests.faults.server import FaultServer, Seen
from tests.faults.tokens import Tokens
from tests.faults.world import BUILDING, TOKEN, World

from jamf_pro_client._httpx import httpx
from jamf_pro_client.errors import ConfigurationError, JamfProError, TransportError

STATIC = "canary-static-token"


def _elsewhere(w: World) -> FaultServer:
    return w.another(FaultServer(accept))


def _check_bare(seen: Seen) -> None:
    shown = repr(seen)
    assert "authorization" not in seen.headers, "the token went to another server"
    assert "canary" not in shown, "a secret went to another server"


@fault(
    55, "redirect to another server", "followed only when asked to, without token, cookie, header"
)
async def redirect_elsewhere(w: World) -> None:
    other = _elsewhere(w)
    for status in (302, 307):
        w.server.script(BUILDING, reply(status, "", ("Location", f"{other.url}/there")))
        await w.failing(JamfProError, w.get(w.client()))
        assert not other.seen
        answer = await w.request(w.client(follow_redirects=True), "GET", BUILDING)
        assert answer.status_code == 200
        for seen in other.seen:
            _check_bare(seen)
        assert len(other.seen) == 1
        other.seen.clear()
        # A body goes to nobody else.
        client = w.client(follow_redirects=True)
        await w.request(client, "PUT", BUILDING, json={"name": "canary-in-body"})
        assert not other.seen


@fault(56, "token endpoint redirects (307)", "an error; the secret goes nowhere else")
async def token_redirected(w: World) -> None:
    other = _elsewhere(w)
    w.server.script(TOKEN, reply(307, "", ("Location", f"{other.url}{TOKEN}")))
    await w.failing(JamfProError, w.get(w.client(follow_redirects=True)))
    assert not other.seen
    assert w.server.token_requests == 1, w.server.token_requests
    assert w.sent == 0, w.sent


@fault(57, "redirect from https to http", "not followed")
async def redirect_to_plain(w: World) -> None:
    secure = w.another(FaultServer(accept, server_context()))
    Tokens(secure).let_in(STATIC)
    secure.script(BUILDING, reply(302, "", ("Location", f"{w.server.url}{BUILDING}")))
    client = w.client(
        secure.url, token=STATIC, verify_ssl=trusting_context(), follow_redirects=True
    )
    await w.failing(JamfProError, w.get(client))
    assert not w.server.seen


@fault(58, "redirects without end", "TransportError after at most 11 requests, no retry")
async def redirect_loop(w: World) -> None:
    w.server.script(BUILDING, reply(302, "", ("Location", BUILDING)))
    await w.failing(TransportError, w.get(w.client(follow_redirects=True)))
    assert w.sent <= 11, w.sent


@fault(59, "absolute URL of another server", "sent bare: no token, cookie or header of the client")
async def absolute_url(w: World) -> None:
    other = _elsewhere(w)
    client = w.client()
    for method in ("GET", "POST"):
        answer = await w.request(client, method, f"{other.url}/there")
        assert answer.is_success
    for seen in other.seen:
        _check_bare(seen)
    assert len(other.seen) == 2
    assert not w.server.seen


@fault(60, "path parameters with .., slashes, control characters", "refused, or one segment")
async def hostile_segments(w: World) -> None:
    client = w.client()
    for text in ("", ".", "..", "a\nb", "a\x00b", "a\x7fb"):
        await w.failing(ConfigurationError, w.get(client, text))
    for path in ("/api/../x", "/api/%2e%2E/x", "/a\r\nHost: b"):
        await w.failing(ConfigurationError, w.request(client, "GET", path))
    await w.failing(ConfigurationError, _with_header(w))
    assert not w.server.seen
    await w.get(client, "a/b?c#d")
    assert [seen.path for seen in w.server.calls()] == ["/api/v1/buildings/a%2Fb%3Fc%23d"]


async def _with_header(w: World) -> httpx.Response:
    return await w.request(w.client(), "GET", BUILDING, headers={"X-A": "a\r\nX-B: b"})
