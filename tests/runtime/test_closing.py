"""A client is closed while other threads and tasks use it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import anyio
import pytest
from tests.faults.acts import accept, head, hold
from tests.faults.certificates import server_context, trusting_context
from tests.faults.server import Act, Exchange, FaultServer

from jamf_pro_client import HTTPAuthenticatedClient, ResilienceConfig
from jamf_pro_client._httpx import httpx
from jamf_pro_client.errors import AmbiguousWriteError, TransportError

HALF = b"x" * 100
LENGTH = ("Content-Length", "1000")
SLOW = "/api/slow"


@pytest.fixture(params=[False, True], ids=["http", "https"])
def server(request: pytest.FixtureRequest) -> Iterator[FaultServer]:
    made = FaultServer(accept, server_context() if request.param else None)
    yield made
    made.stop()


def client_of(server: FaultServer, **options: Any) -> HTTPAuthenticatedClient:
    return HTTPAuthenticatedClient(
        server.url, token="t", timeout=60, verify_ssl=trusting_context(), **options
    )


def begins(*headers: tuple[str, str]) -> Act:
    """Send a half of a body, and nothing more."""

    def run(exchange: Exchange) -> bool:
        exchange.send(head(200, *headers) + HALF)
        exchange.hold(60)
        return False

    return Act(run)


class Caller:
    """A call in a thread, and the error that it ends with."""

    def __init__(self, call: Callable[[], object]) -> None:
        self._call = call
        self._error: Exception | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._call()
        except Exception as error:
            self._error = error

    def error(self) -> Exception:
        """Return it; the call must not wait for its timeout of a minute."""
        self._thread.join(20)
        assert not self._thread.is_alive(), "the call goes on"
        assert self._error is not None, "the call succeeded"
        return self._error


def wait_for(server: FaultServer, calls: int) -> None:
    ends_at = time.monotonic() + 20
    while len(server.calls(SLOW)) < calls:
        assert time.monotonic() < ends_at, "no request came"
        time.sleep(0.01)


@pytest.mark.parametrize("act", [hold(60), begins(LENGTH), begins()])
@pytest.mark.parametrize("resilience", [None, ResilienceConfig(max_retries=2)])
def test_calls_end_at_once_and_give_back_their_slots(
    server: FaultServer, act: Act, resilience: ResilienceConfig | None
) -> None:
    server.script(SLOW, act)
    client = client_of(server, resilience=resilience)
    callers = [Caller(lambda: client.request("GET", SLOW)) for _ in range(3)]
    wait_for(server, 3)
    client.close()
    for error in (caller.error() for caller in callers):
        assert isinstance(error, TransportError)
        assert "the client was closed" in str(error)
        assert error.sent
    assert client.in_flight == 0
    # Nobody who closes a client wants its calls again.
    assert len(server.calls(SLOW)) == 3
    with client:
        assert client.request("GET", "/api/other").status_code == 200


def test_a_transport_with_a_pool_of_another_kind_is_closed_like_any_other() -> None:
    class Other(httpx.MockTransport):
        class _pool:
            connections = 5

        is_closed = False

        def close(self) -> None:
            self.is_closed = True

    transport = Other(lambda _: httpx.Response(200))
    client = HTTPAuthenticatedClient(
        "https://jamf.test", token="t", httpx_args={"transport": transport}
    )
    assert client.request("GET", "/x").status_code == 200
    client.close()
    assert transport.is_closed


def test_a_write_that_was_under_way_is_in_doubt(server: FaultServer) -> None:
    server.script(SLOW, hold(60))
    client = client_of(server, resilience=ResilienceConfig(max_retries=2))
    caller = Caller(lambda: client.request("POST", SLOW, json={"name": "x"}))
    wait_for(server, 1)
    client.close()
    assert isinstance(caller.error(), AmbiguousWriteError)
    assert len(server.calls(SLOW)) == 1


@pytest.mark.parametrize("headers", [(), (LENGTH,)])
def test_a_stream_does_not_end_as_if_it_were_whole(
    server: FaultServer, headers: tuple[tuple[str, str], ...]
) -> None:
    server.script(SLOW, begins(*headers))
    client, began = client_of(server), threading.Event()

    def read() -> None:
        with client.stream("GET", SLOW) as reply:
            for _ in reply.iter_bytes():
                began.set()

    caller = Caller(read)
    assert began.wait(20)
    client.close()
    assert isinstance(caller.error(), TransportError)
    assert client.in_flight == 0


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
@pytest.mark.parametrize("resilience", [None, ResilienceConfig(max_retries=2)])
def test_tasks_are_told_the_same(
    server: FaultServer, backend: str, resilience: ResilienceConfig | None
) -> None:
    server.script(SLOW, hold(60))
    errors: list[TransportError] = []

    async def main() -> None:
        client = client_of(server, resilience=resilience)

        async def call() -> None:
            with pytest.raises(TransportError, match="the client was closed") as caught:
                await client.arequest("GET", SLOW)
            errors.append(caught.value)

        with anyio.fail_after(20):
            async with anyio.create_task_group() as group:
                group.start_soon(call)
                group.start_soon(call)
                while len(server.calls(SLOW)) < 2:
                    await anyio.sleep(0.01)
                await client.aclose()
        assert client.in_flight == 0

    anyio.run(main, backend=backend)
    assert [error.sent for error in errors] == [True, True]
    assert len(server.calls(SLOW)) == 2
