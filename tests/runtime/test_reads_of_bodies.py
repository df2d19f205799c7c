"""Bodies are read from the connection as far as it is theirs alone, and in time."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.faults.acts import accept, head
from tests.faults.server import Act, Exchange, FaultServer

from jamf_pro_client import HTTPAuthenticatedClient, ResilienceConfig
from jamf_pro_client._httpx import httpx
from jamf_pro_client.errors import RequestTimeoutError

OWN = {"jamf": {"deadline": 0.6, "max_retries": 0}}


def _stalls_late(exchange: Exchange) -> bool:
    exchange.send(head(200, ("Content-Length", "1000000")) + b"x" * 100_000)
    # So late that the time that was left when the body began is more than is left now.
    exchange.hold(0.4)
    exchange.send(b"x" * 1000)
    exchange.hold(60)
    return False


def _read(client: HTTPAuthenticatedClient, _: Path) -> None:
    with client.stream("GET", "/slow", extensions=OWN) as reply:
        for _part in reply.iter_bytes():
            pass


def _download(client: HTTPAuthenticatedClient, folder: Path) -> None:
    client.download("/slow", folder / "file", extensions=OWN)


def _request(client: HTTPAuthenticatedClient, _: Path) -> None:
    client.request("GET", "/slow", extensions=OWN)


class Reads:
    """A connection that notes how long each read may take."""

    def __init__(self, stream: Any) -> None:
        self.seconds: list[float | None] = []
        ordinary = type(stream).read

        def read(max_bytes: int, timeout: float | None = None) -> bytes:
            self.seconds.append(timeout)
            given: bytes = ordinary(stream, max_bytes, timeout)
            return given

        vars(stream)["read"] = read


class Noting(httpx.HTTPTransport):
    reads: Reads

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = super().handle_request(request)
        self.reads = Reads(response.extensions["network_stream"])
        return response


@pytest.mark.parametrize("act", [_request, _read, _download])
def test_a_read_gets_the_time_that_is_left_and_not_that_of_the_beginning(
    act: Callable[[HTTPAuthenticatedClient, Path], None], tmp_path: Path
) -> None:
    server, transport = FaultServer(accept), Noting()
    server.script("/slow", Act(_stalls_late))
    client = HTTPAuthenticatedClient(
        server.url,
        token="t",
        timeout=60,
        resilience=ResilienceConfig(),
        httpx_args={"transport": transport},
    )
    try:
        with client, pytest.raises(RequestTimeoutError, match="deadline"):
            act(client, tmp_path)
        last = transport.reads.seconds[-1]
        assert last is not None
        assert last < 0.25
    finally:
        server.stop()


class _Body(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A large body that says how its connection looks while it is read."""

    def __init__(self, connection: Any, looks: Callable[[Any], None]) -> None:
        self._connection = connection
        self._looks = looks

    def __iter__(self) -> Iterator[bytes]:
        for _ in range(10):
            self._looks(self._connection)
            yield b"x" * 50_000

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for part in self:
            yield part


class Connection:
    def read(self, *_: object) -> bytes:
        raise AssertionError("the body comes from elsewhere")


class Unreadable:
    pass


@pytest.mark.parametrize(
    ("kind", "version"), [(Connection, b"HTTP/2"), (Unreadable, b"HTTP/1.1"), (object, b"HTTP/1.1")]
)
def test_a_connection_of_several_calls_or_another_kind_is_left_as_it_is(
    kind: type, version: bytes
) -> None:
    connection, patched = kind(), threading.Event()

    def looks(stream: Any) -> None:
        if "read" in getattr(stream, "__dict__", {}):
            patched.set()

    def answer(_: httpx.Request) -> httpx.Response:
        extensions = {"http_version": version, "network_stream": connection}
        return httpx.Response(200, stream=_Body(connection, looks), extensions=extensions)

    async def main(client: HTTPAuthenticatedClient) -> None:
        async with client:
            assert len((await client.arequest("GET", "/x")).content) == 500_000

    transport = httpx.MockTransport(answer)
    client = HTTPAuthenticatedClient(
        "https://jamf.test", token="t", httpx_args={"transport": transport}
    )
    with client:
        assert len(client.request("GET", "/x").content) == 500_000
    asyncio.run(main(client))
    assert not patched.is_set()
