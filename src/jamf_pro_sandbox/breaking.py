"""Breaks requests and connections as the script of faults says."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from typing import Any, Final

import attrs
import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from jamf_pro_sandbox.errors import Refusal, error_body
from jamf_pro_sandbox.faults import Fault, Faults, read_fault
from jamf_pro_sandbox.serving import TRANSPORT
from jamf_pro_sandbox.tokens import TokenStore

__all__ = ("FaultyApp",)

_DOOR: Final = "/sandbox/faults"
# Closing the socket then resets the connection instead of ending it.
_LINGER_NOT: Final = struct.pack("ii", 1, 0)


@attrs.frozen
class FaultyApp:
    """Stands between the sockets and an application.

    Args:
        app: What answers when all is well.
        faults: What goes wrong.
        tokens: Knows the user who may script faults over HTTP.
    """

    app: ASGIApp
    faults: Faults
    tokens: TokenStore

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, well or not."""
        if scope["path"] == _DOOR:
            response = await self._script(Request(scope, receive))
            await response(scope, receive, send)
            return
        fault = self.faults.take(scope["method"], scope["path"])
        # Clients that do not wait any longer are nothing to report.
        with suppress(ClientDisconnect):
            if fault is None:
                await self.app(scope, receive, send)
            else:
                await self._break(fault, scope, receive, send)

    async def _break(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        match fault.kind:
            case "reset-before":
                # Whoever is still sending would see a broken pipe, not a reset.
                await Request(scope, receive).body()
                await _end(scope, receive, _reset)
            case "reset-after":
                await _reply_of(self.app, scope, receive)
                await _end(scope, receive, _reset)
            case "cut-body":
                reply = await _reply_of(self.app, scope, receive)
                half = reply.body[: len(reply.body) // 2]
                await _end(scope, receive, lambda to: _send(to, reply, len(reply.body), half))
            case "wrong-length":
                reply = await _reply_of(self.app, scope, receive)
                length = len(reply.body) // 2
                await _end(scope, receive, lambda to: _send(to, reply, length, reply.body))
            case "unavailable":
                headers = {"Retry-After": f"{fault.seconds:g}"}
                body = error_body(HTTPStatus.SERVICE_UNAVAILABLE)
                response = Response(body, 503, headers, "application/json")
                await response(scope, receive, send)
            case "delay":
                await asyncio.sleep(fault.seconds)
                await self.app(scope, receive, send)
            case "expired-token":
                self.tokens.expire_all()
                await self.app(scope, receive, send)

    async def _script(self, request: Request) -> Response:
        try:
            self.tokens.check_user(request.headers.get("authorization"))
        except Refusal as refusal:
            return Response(refusal.body, refusal.status, media_type="application/json")
        match request.method:
            case "GET":
                coming = [attrs.asdict(fault) for fault in self.faults.pending()]
                return Response(msgspec.json.encode(coming), media_type="application/json")
            case "DELETE":
                self.faults.clear()
                return Response(status_code=204)
            case "POST":
                try:
                    self.faults.add(read_fault(await request.body()))
                except ValueError as error:
                    return Response(f"Not a valid fault: {error}", 400, media_type="text/plain")
                return Response(status_code=201)
            case _:
                return Response(status_code=405, headers={"Allow": "DELETE, GET, POST"})


@attrs.define
class _Reply:
    status: int = 200
    headers: list[tuple[bytes, bytes]] = attrs.field(factory=list)
    body: bytes = b""


async def _reply_of(app: ASGIApp, scope: Scope, receive: Receive) -> _Reply:
    """Let an application answer, and keep the answer back."""
    reply = _Reply()

    async def keep(message: Message) -> None:
        if message["type"] == "http.response.start":
            reply.status = message["status"]
            reply.headers = list(message.get("headers", ()))
        else:
            reply.body += message.get("body", b"")

    await app(scope, receive, keep)
    return reply


async def _end(scope: Scope, receive: Receive, end: Callable[[asyncio.Transport], Any]) -> None:
    """End a connection, and wait until it has ended: the server must not answer any more."""
    end(scope["state"][TRANSPORT])
    while (await receive())["type"] != "http.disconnect":
        pass


def _reset(transport: asyncio.Transport) -> None:
    connection = transport.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
    transport.abort()


def _send(transport: asyncio.Transport, reply: _Reply, length: int, body: bytes) -> None:
    """Write a reply whose Content-Length is not that of its body, and close the connection."""
    lines = [f"HTTP/1.1 {reply.status} {HTTPStatus(reply.status).phrase}".encode()]
    lines += [b": ".join(pair) for pair in reply.headers if pair[0].lower() != b"content-length"]
    lines += [f"Content-Length: {length}".encode(), b"", body]
    transport.write(b"\r\n".join(lines))
    transport.close()
