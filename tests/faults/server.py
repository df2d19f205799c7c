"""A server on loopback that fails as it is told, byte by byte."""

from __future__ import annotations

import contextlib
import select
import socket
import ssl
import struct
import threading
from collections import Counter
from collections.abc import Callable
from typing import Final, NamedTuple

__all__ = ("TOKEN_PATHS", "Act", "ConnectionAct", "Exchange", "FaultServer", "Seen")

TOKEN_PATHS: Final = ("/api/v1/oauth/token", "/api/v1/auth/token")
_WRITES: Final = ("POST", "PUT", "PATCH", "DELETE")
# Ends the connection with RST, as a crashed server or a firewall does.
_LINGER: Final = struct.pack("ii", 1, 0)
_GRACE_SECONDS: Final = 5.0


class Seen(NamedTuple):
    """A request as it came."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes


class Act(NamedTuple):
    """What the server does with a request."""

    run: Callable[[Exchange], bool]
    """Gets the exchange; tells whether the connection can serve another request."""
    is_early: bool = False
    """Whether it runs before the body of the request is read."""


ConnectionAct = Callable[[socket.socket], None]


class Exchange:
    """One request, and the connection to answer it on."""

    def __init__(self, server: FaultServer, connection: socket.socket, seen: Seen) -> None:
        self.server = server
        self.connection = connection
        self.seen = seen

    def send(self, data: bytes) -> None:
        """Send bytes as they are."""
        self.connection.sendall(data)

    def execute(self) -> None:
        """Note that the write has taken effect."""
        if self.seen.method in _WRITES and not _is_about_tokens(self.seen):
            with self.server.lock:
                self.server.executed.append((self.seen.method, self.seen.path, self.seen.body))

    def reset(self) -> None:
        """End the connection with RST."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER)
        self.connection.close()

    def hold(self, seconds: float) -> bool:
        """Wait, but no longer than the client does; tell whether it went away."""
        return bool(select.select([self.connection], [], [], seconds)[0])


class FaultServer:
    """Answers by script, per path and hit, and remembers everything.

    Args:
        answer: What it does with requests that no script names.
        tls: Makes it a https server.
        is_listening: False leaves the port closed until `listen`.
    """

    def __init__(
        self, answer: Act, tls: ssl.SSLContext | None = None, *, is_listening: bool = True
    ) -> None:
        self.lock = threading.Lock()
        self.seen: list[Seen] = []
        self.executed: list[tuple[str, str, bytes]] = []
        self.refuses: Callable[[Seen], bool] = lambda _: False
        """Which requests are answered with 401 whatever the script says."""
        self.refused = 0
        """How many requests were answered with 401 for their token."""
        self.live = 0
        self.peak = 0
        self.connections = 0
        self._answer = answer
        self._tls = tls
        self._scripts: dict[str, tuple[Act, ...]] = {}
        self._hits: Counter[str] = Counter()
        self._at_connection: tuple[ConnectionAct | None, ...] = ()
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._is_stopping = False
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        if is_listening:
            self.listen()

    @property
    def url(self) -> str:
        """Scheme, host and port."""
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}"

    @property
    def open_connections(self) -> int:
        """How many connections neither side has closed."""
        with self.lock:
            return len(self._open)

    def script(self, path: str, *acts: Act) -> None:
        """Tell what to do with the first, second, ... request for *path*; the last is repeated."""
        with self.lock:
            self._scripts[path] = acts
            self._hits[path] = 0

    def at_connection(self, *acts: ConnectionAct | None) -> None:
        """Tell what to do with the next connections; None, and all later ones, are served."""
        with self.lock:
            self._at_connection = (*(None for _ in range(self.connections)), *acts)

    def calls(self, path: str | None = None) -> list[Seen]:
        """Return the requests for a path, or all that are not for tokens."""
        with self.lock:
            return [
                s for s in self.seen if s.path == path or (not path and not _is_about_tokens(s))
            ]

    @property
    def token_requests(self) -> int:
        """How many tokens were asked for."""
        with self.lock:
            return sum(_is_token(seen) for seen in self.seen)

    def listen(self) -> None:
        """Open the port."""
        self._socket.listen(256)
        thread = threading.Thread(target=self._accept, daemon=True)
        self._threads.append(thread)
        thread.start()

    def stop(self) -> None:
        """Close everything and wait until nothing runs any more."""
        self._is_stopping = True
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        with self.lock:
            left = list(self._open)
        for connection in left:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(_GRACE_SECONDS)

    def _accept(self) -> None:
        while not self._is_stopping:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with self.lock:
                index = self.connections
                self.connections += 1
                acts = self._at_connection
                self._open.add(connection)
            act = acts[index] if index < len(acts) else None
            thread = threading.Thread(target=self._serve, args=(connection, act), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, plain: socket.socket, act: ConnectionAct | None) -> None:
        connection = plain
        try:
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if act is not None:
                act(plain)
                return
            if self._tls is not None:
                connection = self._tls.wrap_socket(plain, server_side=True)
                with self.lock:
                    self._open.discard(plain)
                    self._open.add(connection)
            reader = _Reader(connection)
            while self._exchange(connection, reader):
                pass
        except (OSError, ValueError):
            # The client went away, or the act closed the connection.
            pass
        finally:
            with self.lock:
                self._open.difference_update((plain, connection))
            connection.close()

    def _exchange(self, connection: socket.socket, reader: _Reader) -> bool:
        seen = reader.head()
        if seen is None:
            return False
        refused = self.refuses(seen)
        act = _REFUSAL if refused else self._next_act(seen.path)
        with self.lock:
            self.live += 1
            self.peak = max(self.peak, self.live)
        try:
            if not act.is_early:
                seen = reader.body(seen)
            with self.lock:
                self.seen.append(seen)
                self.refused += refused
            return act.run(Exchange(self, connection, seen))
        finally:
            with self.lock:
                self.live -= 1

    def _next_act(self, path: str) -> Act:
        with self.lock:
            acts = self._scripts.get(path)
            if not acts:
                return self._answer
            hit = self._hits[path]
            self._hits[path] += 1
            return acts[min(hit, len(acts) - 1)]


def _refuse(exchange: Exchange) -> bool:
    body = b'{"httpStatus": 401, "errors": [{"code": "INVALID_TOKEN"}]}'
    exchange.send(
        b"HTTP/1.1 401 Unauthorized\r\nContent-Type: application/json\r\n"
        b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
    )
    return True


_REFUSAL: Final = Act(_refuse)


def _is_token(seen: Seen) -> bool:
    return seen.path in TOKEN_PATHS


def _is_about_tokens(seen: Seen) -> bool:
    """Whether it asks for a token, renews one or ends one."""
    return _is_token(seen) or seen.path.startswith("/api/v1/auth/")


class _Reader:
    """Reads requests from a connection."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._buffer = b""

    def head(self) -> Seen | None:
        """Return the next request without its body, or None at the end of the connection."""
        while b"\r\n\r\n" not in self._buffer:
            if not self._more():
                return None
        head, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        method, target, _ = first.split(" ", 2)
        path, _, query = target.partition("?")
        pairs = (line.partition(":") for line in lines)
        headers = {name.lower(): value.strip() for name, _, value in pairs}
        return Seen(method, path, query, headers, b"")

    def body(self, seen: Seen) -> Seen:
        """Return the request with its body."""
        if seen.headers.get("transfer-encoding") == "chunked":
            return seen._replace(body=self._chunks())
        return seen._replace(body=self._exactly(int(seen.headers.get("content-length", 0))))

    def _chunks(self) -> bytes:
        body = b""
        while size := int(self._line(), 16):
            body += self._exactly(size)
            self._line()
        self._line()
        return body

    def _line(self) -> bytes:
        while b"\r\n" not in self._buffer:
            if not self._more():
                raise ConnectionError
        line, _, self._buffer = self._buffer.partition(b"\r\n")
        return line

    def _exactly(self, count: int) -> bytes:
        while len(self._buffer) < count:
            if not self._more():
                raise ConnectionError
        data, self._buffer = self._buffer[:count], self._buffer[count:]
        return data

    def _more(self) -> bool:
        data = self._connection.recv(65_536)
        self._buffer += data
        return bool(data)
