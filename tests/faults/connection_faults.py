"""Faults 1 to 7: there is no connection, or none that lasts."""

from __future__ import annotations

import socket

from tests.faults.acts import accept, building, cut_body, cut_handshake, end, reply
from tests.faults.certificates import server_context, trusting_context
from tests.faults.registry import fault
from tests.faults.server import Act, FaultServer
from tests.faults.tokens import Tokens
from tests.faults.world import BUILDING, World

from jamf_pro_client._httpx import httpx
from jamf_pro_client.errors import JamfProAPIError, RequestTimeoutError, TransportError

STATIC = "canary-static-token"


@fault(1, "name is not resolved", "TransportError after the retries, nothing in doubt")
async def dns_fails(w: World) -> None:
    client = w.client("https://no-such-host.invalid", token=STATIC)
    error = await w.failing(TransportError, w.get(client))
    assert not error.sent
    assert len(w.clock.slept) == 3, w.clock.slept
    await w.failing(TransportError, w.post(client))
    assert len(w.clock.slept) == 6, "a write that was surely not sent is tried again"


@fault(2, "connection refused, then the server is up", "the reply; POST is carried out once")
async def refused_then_up(w: World) -> None:
    for send in (w.get, w.post):
        server = w.another(FaultServer(accept, is_listening=False))
        Tokens(server).let_in(STATIC)

        async def open_port(_: float, server: FaultServer = server) -> None:
            w.clock.on_sleep = None
            server.listen()

        w.clock.on_sleep = open_port
        await send(w.client(server.url, token=STATIC))
        assert len(server.calls()) == 1
    assert len(w.clock.slept) == 2, w.clock.slept


@fault(3, "connecting gets no answer", "RequestTimeoutError within the deadline")
async def connect_black_hole(w: World) -> None:
    # A full backlog: the kernel drops what knocks.
    with socket.socket() as hole:
        hole.bind(("127.0.0.1", 0))
        hole.listen(0)
        port = hole.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)):
            client = w.client(
                f"http://127.0.0.1:{port}",
                token=STATIC,
                timeout=httpx.Timeout(5, connect=0.2),
                config={"deadline": 0.5, "backoff_base": 0.01},
            )
            error = await w.failing(TransportError, w.post(client))
    assert isinstance(error, RequestTimeoutError)
    assert not error.sent
    assert w.elapsed <= 1.0, w.elapsed


@fault(4, "certificate for another name, or expired", "TransportError at once, no retry")
async def wrong_certificate(w: World) -> None:
    for context in (server_context("other.example"), server_context(is_expired=True)):
        server = w.another(FaultServer(accept, context))
        client = w.client(server.url, token=STATIC, verify_ssl=trusting_context())
        error = await w.failing(TransportError, w.get(client))
        assert not error.sent
        assert server.connections == 1, server.connections
        assert not server.seen


@fault(
    5, "connection cut in the TLS handshake", "the reply after a retry; POST is carried out once"
)
async def handshake_cut(w: World) -> None:
    server = w.another(FaultServer(accept, server_context()))
    Tokens(server).let_in(STATIC)
    for send in (w.get, w.post):
        server.at_connection(cut_handshake)
        client = w.client(server.url, token=STATIC, verify_ssl=trusting_context())
        await send(client)
    assert len(w.clock.slept) == 2, w.clock.slept
    assert len(server.calls()) == 2


@fault(6, "proxy is down, or wants a login (407)", "a typed error; nothing reaches the server")
async def proxy_fails(w: World) -> None:
    down = w.another(FaultServer(accept, is_listening=False))
    asking = w.another(
        FaultServer(reply(407, "who are you?", ("Proxy-Authenticate", 'Basic realm="proxy"')))
    )
    for scheme in ("http", "https"):
        url = w.server.url.replace("http:", f"{scheme}:")
        client = w.client(url, token=STATIC, httpx_args={"proxy": down.url})
        error = await w.failing(TransportError, w.get(client))
        assert not error.sent
    client = w.client(token=STATIC, httpx_args={"proxy": asking.url})
    refused = await w.failing(JamfProAPIError, w.get(client))
    assert refused.status_code == 407
    url = w.server.url.replace("http:", "https:")
    client = w.client(url, token=STATIC, httpx_args={"proxy": asking.url})
    await w.failing(TransportError, w.post(client))
    assert not w.server.seen


@fault(7, "kept connection went stale", "the reply; a stale connection costs no error")
async def stale_keep_alive(w: World) -> None:
    plain = w.client(retries=False)
    # Closed while it was idle: noticed before it is used, without any resilience.
    w.server.script(BUILDING, _closing(), accept)
    await w.get(plain)
    await w.door.pause(0.05)
    await w.post(plain)
    # Closed in the moment in which it is used.
    w.server.script(BUILDING, accept, end, accept)
    client = w.client()
    await w.get(client)
    await w.get(client)
    assert len(w.clock.slept) == 1, w.clock.slept


def _closing() -> Act:
    """Answer, and close the connection without a word about it."""
    return cut_body(building(), len(building()))
