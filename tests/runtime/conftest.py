"""A scripted HTTP server on loopback."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

import pytest


class Seen(NamedTuple):
    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes


class Answer(NamedTuple):
    status: int = 200
    body: bytes = b"{}"
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "application/json"),)


def answer(status: int, document: object, *headers: tuple[str, str]) -> Answer:
    body = json.dumps(document).encode()
    return Answer(status, body, (("Content-Type", "application/json"), *headers))


class Jamf:
    """Answers what it is told to, counts tokens and remembers every request."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.seen: list[Seen] = []
        self.routes: dict[str, Callable[[Seen], Answer]] = {}
        self.valid: set[str] = set()
        self.tokens = 0
        self.connections = 0
        self.expires_in = 1200
        self.routes["/api/v1/oauth/token"] = self.oauth
        self.routes["/api/v1/auth/token"] = self.login
        self.lock = threading.Lock()

    answer = staticmethod(answer)

    def say(
        self, path: str, status: int, body: bytes | str = b"", *headers: tuple[str, str]
    ) -> None:
        """Give the same answer at *path* from now on."""
        content = body.encode() if isinstance(body, str) else body
        self.routes[path] = lambda _: Answer(status, content, headers)

    def say_after(self, path: str, seconds: float, document: object = None) -> None:
        """Answer at *path* from now on, but not at once."""

        def late(_: Seen) -> Answer:
            time.sleep(seconds)
            return answer(200, document)

        self.routes[path] = late

    def new_token(self) -> str:
        with self.lock:
            self.tokens += 1
            token = f"canary-token-{self.tokens}"
            self.valid.add(token)
        return token

    def oauth(self, seen: Seen) -> Answer:
        if b"client_secret=canary-secret" not in seen.body:
            return answer(401, {"error": "invalid_client"})
        document = {
            "access_token": self.new_token(),
            "scope": "api-role:2",
            "token_type": "Bearer",
            "expires_in": self.expires_in,
        }
        return answer(200, document)

    def login(self, _: Seen) -> Answer:
        return answer(200, {"token": self.new_token(), "expires": "2999-01-01T00:00:00.5Z"})

    def guarded(self, seen: Seen) -> Answer:
        token = seen.headers.get("authorization", "").removeprefix("Bearer ")
        if token not in self.valid:
            return answer(401, {"httpStatus": 401, "errors": [{"code": "INVALID_TOKEN"}]})
        return answer(200, {"path": seen.path})

    def calls(self, path: str) -> list[Seen]:
        return [seen for seen in self.seen if seen.path == path]


def _handler(jamf: Jamf) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def setup(self) -> None:
            super().setup()
            with jamf.lock:
                jamf.connections += 1

        def log_message(self, format: str, *args: Any) -> None:
            pass

        def _body(self) -> bytes:
            if self.headers.get("Transfer-Encoding") == "chunked":
                body = b""
                while size := int(self.rfile.readline(), 16):
                    body += self.rfile.read(size)
                    self.rfile.readline()
                self.rfile.readline()
                return body
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))

        def _any(self) -> None:
            path, _, query = self.path.partition("?")
            headers = {name.lower(): value for name, value in self.headers.items()}
            seen = Seen(self.command, path, query, headers, self._body())
            jamf.seen.append(seen)
            given = jamf.routes.get(path, jamf.guarded)(seen)
            self.send_response(given.status)
            for name, value in given.headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(given.body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(given.body)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = _any

    return Handler


class _Server(ThreadingHTTPServer):
    # The default of 5 makes storms of new connections wait a second.
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: clients that hang up are part of the tests."""


def _serve() -> Iterator[Jamf]:
    server = _Server(("127.0.0.1", 0), BaseHTTPRequestHandler)
    server.daemon_threads = True
    jamf = Jamf(f"http://127.0.0.1:{server.server_port}")
    server.RequestHandlerClass = _handler(jamf)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield jamf
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def jamf() -> Iterator[Any]:
    """A Jamf Pro server that takes its own tokens."""
    yield from _serve()


@pytest.fixture
def other() -> Iterator[Any]:
    """A server somewhere else."""
    yield from _serve()
