"""Runs the application on a loopback socket in a thread of its own."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import itertools
import socket
import threading
import time
from typing import Final

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

__all__ = ("TRANSPORT", "LoopbackServer", "is_loopback")

TRANSPORT: Final = "transport"
"""Under this name the state of a request holds its connection."""

_TICK_SECONDS: Final = 0.1
_PATIENCE_SECONDS: Final = 2.0
# URLs that are too long are refused by what answers, which can say so.
_LARGEST_HEAD: Final = 1 << 20


class LoopbackServer:
    """A running server; it accepts connections as soon as it is made.

    Args:
        app: What answers.
        host: A loopback address or `localhost`.
        port: 0 takes a free one.

    Raises:
        ValueError: *host* is not loopback.
        OSError: The port is taken.
    """

    def __init__(self, app: ASGIApp, host: str = "127.0.0.1", port: int = 0) -> None:
        if not is_loopback(host):
            raise ValueError(f"The sandbox serves loopback only, not {host!r}.")
        self._socket = _listen(host, port)
        self.port: int = self._socket.getsockname()[1]
        self.url = f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"
        config = uvicorn.Config(
            app,
            log_config=None,
            log_level="error",
            access_log=False,
            lifespan="off",
            loop="asyncio",
            http=_Protocol,
            ws="none",
            server_header=False,
            proxy_headers=False,
            h11_max_incomplete_event_size=_LARGEST_HEAD,
        )
        self._server = _PromptServer(config)
        self._thread = threading.Thread(target=self._run, name="jamf-pro-sandbox", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop, and wait until the socket and all connections are closed."""
        self._server.stop()
        self._thread.join(_PATIENCE_SECONDS * 2)

    def _run(self) -> None:
        self._server.run(sockets=[self._socket])


class _Protocol(H11Protocol):
    """Shows every request the connection that it came by, so that it can be broken."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.app_state = {**self.app_state, TRANSPORT: transport}


class _PromptServer(uvicorn.Server):
    """Stops within a millisecond: a test that starts a sandbox should not pay for the end."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._wake: tuple[asyncio.AbstractEventLoop, asyncio.Event] | None = None

    def stop(self) -> None:
        self.should_exit = True
        if self._wake is not None:
            loop, event = self._wake
            # The loop may have ended by itself in the meantime.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(event.set)

    async def main_loop(self) -> None:
        event = asyncio.Event()
        self._wake = (asyncio.get_running_loop(), event)
        for number in itertools.count():
            if await self.on_tick(number):
                return
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(event.wait(), _TICK_SECONDS)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        for listener in sockets or ():
            listener.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while self.server_state.connections or self.server_state.tasks:
            if time.monotonic() > deadline:
                for task in list(self.server_state.tasks):
                    task.cancel()
                return
            await asyncio.sleep(0.001)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is named: asyncio sends small replies at once only on sockets that say TCP.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(1024)
    except OSError:
        listener.close()
        raise
    return listener


def is_loopback(host: str) -> bool:
    """Whether nobody outside this computer can reach *host*."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
