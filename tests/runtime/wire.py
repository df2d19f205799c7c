"""A server on a raw socket, which sends exactly the bytes that it is given."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator


class Wire:
    """Answers every request with the bytes it was given, and counts connections."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}/x"
        self.parts: Callable[[], Iterator[bytes]] = lambda: iter(())
        self.connections = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def say(self, body: bytes, *headers: str, chunked: bool = False) -> None:
        """Answer with *body*."""
        self.parts = lambda: iter((chunked_body if chunked else whole)(body, headers))

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                self.connections += 1
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            while _request(connection):
                for part in self.parts():
                    connection.sendall(part)


def _request(connection: socket.socket) -> bool:
    got_so_far = b""
    while b"\r\n\r\n" not in got_so_far:
        got = connection.recv(65536)
        if not got:
            return False
        got_so_far += got
    return True


def head(*headers: str) -> bytes:
    return "\r\n".join(["HTTP/1.1 200 OK", *headers, "", ""]).encode()


def whole(body: bytes, headers: tuple[str, ...]) -> Iterator[bytes]:
    yield head(*headers, f"Content-Length: {len(body)}") + body


def chunk(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


def chunked_body(body: bytes, headers: tuple[str, ...]) -> Iterator[bytes]:
    yield head(*headers, "Transfer-Encoding: chunked")
    for start in range(0, len(body), 50_000):
        yield chunk(body[start : start + 50_000])
    yield b"0\r\n\r\n"
