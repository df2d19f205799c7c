"""What the server can do with a request, as values to put into scripts."""

from __future__ import annotations

import functools
import json
import select
import socket
import time
import zlib
from collections.abc import Iterator
from http import HTTPStatus
from typing import Final

from tests.faults.server import Act, Exchange

__all__ = (
    "accept",
    "after",
    "bomb",
    "building",
    "cut_body",
    "cut_handshake",
    "drip",
    "end",
    "endless",
    "executed_then",
    "head",
    "hold",
    "raw",
    "reply",
    "reset",
    "reset_upload",
)

Header = tuple[str, str]
_JSON: Final = ("Content-Type", "application/json")
_FAR_TOO_MUCH: Final = 128 * 1024 * 1024


def head(status: int, *headers: Header) -> bytes:
    """Return a status line and headers."""
    phrase = HTTPStatus(status).phrase
    lines = [f"HTTP/1.1 {status} {phrase}", *(f"{name}: {value}" for name, value in headers)]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def building(number: str = "1") -> bytes:
    """Return an invented building as JSON."""
    return json.dumps({"id": number, "name": f"Building {number}"}).encode()


def reply(status: int, body: bytes | str = b"{}", *headers: Header) -> Act:
    """Answer with a status and a body that is JSON unless the headers say otherwise."""
    content = body.encode() if isinstance(body, str) else body
    given = headers if any(n == "Content-Type" for n, _ in headers) else (_JSON, *headers)
    data = head(status, *given, ("Content-Length", str(len(content)))) + content

    def run(exchange: Exchange) -> bool:
        if 200 <= status < 300:
            exchange.execute()
        exchange.send(data)
        return True

    return Act(run)


def _accept(exchange: Exchange) -> bool:
    """Do what was asked for, as a healthy server would; every id exists."""
    method, path, body = exchange.seen.method, exchange.seen.path, exchange.seen.body
    number = path.rpartition("/")[2]
    if method == "DELETE":
        # Lists are changed by the threads of other connections.
        gone = (method, path, body) in tuple(exchange.server.executed)
        answer = reply(404, '{"httpStatus": 404, "errors": []}') if gone else _NO_CONTENT
    elif method == "POST":
        answer = reply(201, json.dumps({"id": "7", "href": f"{path}/7"}))
    elif method in ("PUT", "PATCH"):
        answer = reply(200, body)
    else:
        answer = reply(200, building(number))
    return answer.run(exchange)


def _no_content(exchange: Exchange) -> bool:
    exchange.execute()
    exchange.send(head(204))
    return True


_NO_CONTENT: Final = Act(_no_content)
accept: Final = Act(_accept)


def _reset(exchange: Exchange) -> bool:
    exchange.reset()
    return False


def _end(_: Exchange) -> bool:
    return False


reset: Final = Act(_reset)
end: Final = Act(_end)


def _reset_upload(exchange: Exchange) -> bool:
    # Some of the body is on its way: a close would lose it with RST in any case.
    exchange.connection.recv(1024)
    exchange.reset()
    return False


reset_upload: Final = Act(_reset_upload, is_early=True)


def executed_then(act: Act) -> Act:
    """Carry out the write, then do *act*: the client cannot know that it worked."""

    def run(exchange: Exchange) -> bool:
        exchange.execute()
        return act.run(exchange)

    return Act(run)


def raw(data: bytes, *, goes_on: bool = False) -> Act:
    """Send bytes as they are and close the connection, unless it goes on."""

    def run(exchange: Exchange) -> bool:
        exchange.send(data)
        return goes_on

    return Act(run)


def cut_body(sent: bytes, claimed: int) -> Act:
    """Send less than Content-Length claims, and close."""
    return raw(head(200, _JSON, ("Content-Length", str(claimed))) + sent)


def hold(seconds: float = 10.0) -> Act:
    """Say nothing until the client gives up."""

    def run(exchange: Exchange) -> bool:
        exchange.hold(seconds)
        return False

    return Act(run)


def after(seconds: float, act: Act) -> Act:
    """Do *act*, but not at once."""

    def run(exchange: Exchange) -> bool:
        time.sleep(seconds)
        return act.run(exchange)

    return Act(run)


def drip(data: bytes, step_seconds: float, *, before: bytes = b"") -> Act:
    """Send byte by byte, apart from what comes before."""

    def run(exchange: Exchange) -> bool:
        exchange.send(before)
        for index in range(len(data)):
            exchange.send(data[index : index + 1])
            if exchange.hold(step_seconds):
                return False
        return True

    return Act(run)


def endless(chunk: bytes, *headers: Header) -> Act:
    """Send the same chunk until the client hangs up, or far more than it should take."""

    def run(exchange: Exchange) -> bool:
        exchange.send(head(200, *(headers or (_JSON,)), ("Transfer-Encoding", "chunked")))
        framed = b"%x\r\n%b\r\n" % (len(chunk), chunk)
        for _ in range(_FAR_TOO_MUCH // len(chunk)):
            if select.select([exchange.connection], [], [], 0)[0]:
                break
            exchange.send(framed)
        return False

    return Act(run)


@functools.cache
def _zeros(count_mib: int) -> bytes:
    return b"".join(_members(count_mib))


def _members(count_mib: int) -> Iterator[bytes]:
    # After a full flush, the same input gives the same bytes: one block is compressed only.
    packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    block = bytes(1024 * 1024)
    yield packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    for _ in range(count_mib - 1):
        yield again


def bomb(count_mib: int, codings: int = 1) -> Act:
    """Answer with a small gzip body that unpacks to *count_mib* MiB of zeros."""
    body = _zeros(count_mib)
    for _ in range(codings - 1):
        packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
        body = packer.compress(body) + packer.flush()
    return reply(200, body, _JSON, ("Content-Encoding", ", ".join(["gzip"] * codings)))


def cut_handshake(connection: socket.socket) -> None:
    """Close the connection in the middle of the TLS handshake."""
    connection.recv(16)
