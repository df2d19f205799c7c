"""Ends an httpx client that other threads are using."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from typing import Any, Final
from weakref import WeakSet

from jamf_pro_client._httpx import httpx

__all__ = ("check_end_of", "end", "is_ended")

_ended: Final[WeakSet[httpx.Client]] = WeakSet()
_MARK: Final = "ended_by_jamf_pro_client"


def end(client: httpx.Client) -> None:
    """Close an httpx client; calls that are under way in other threads fail at once.

    A socket that is only closed wakes nobody: they would wait for their timeout. Its connection is
    shut down before.

    Args:
        client: One of ours.
    """
    _ended.add(client)
    try:
        # What other transports call a pool can be anything; their calls end with their timeouts.
        with contextlib.suppress(Exception):
            _shut_down(client)
    finally:
        client.close()


def is_ended(client: httpx.Client | httpx.AsyncClient) -> bool:
    """Return whether a client was closed, or is about to be.

    Args:
        client: Any httpx client.
    """
    return client.is_closed or client in _ended


def check_end_of(response: httpx.Response) -> None:
    """Refuse a body whose end is that of its connection, if it was `end` that ended it.

    Args:
        response: One whose body has been read.

    Raises:
        httpx.ReadError: Nobody knows whether the body is whole.
    """
    stream, headers = response.extensions.get("network_stream"), response.headers
    if not hasattr(stream, _MARK):
        return
    if "content-length" not in headers and "transfer-encoding" not in headers:
        raise httpx.ReadError("closed before the body ended", request=response.request)


def _shut_down(client: httpx.Client) -> None:
    for stream, used in _connections(client):
        vars(stream)[_MARK] = True
        with contextlib.suppress(OSError):
            # Not by the method of an encrypted socket, which forgets its encryption first.
            socket.socket.shutdown(used, socket.SHUT_RDWR)


def _connections(client: Any) -> Iterator[tuple[Any, socket.socket]]:
    """Yield what a client's connections read from, as far as its transports are those of httpx."""
    for transport in (client._transport, *client._mounts.values()):
        pool = getattr(transport, "_pool", None)
        for connection in getattr(pool, "connections", ()):
            # One through a proxy holds another one.
            inner = getattr(connection, "_connection", None)
            inner = getattr(inner, "_connection", inner)
            stream = getattr(inner, "_network_stream", None)
            used = None if stream is None else stream.get_extra_info("socket")
            if isinstance(used, socket.socket) and hasattr(stream, "__dict__"):
                yield stream, used
