"""httpx clients for derived clients: their own settings over the connections of the parent."""

from __future__ import annotations

from typing import Any

from jamf_pro_client._httpx import httpx
from jamf_pro_client._transport.connections import Connections, take_off
from jamf_pro_client._transport.cookies import server_cookies
from jamf_pro_client._transport.exchange import Extras
from jamf_pro_client._unset import Unset

__all__ = ("borrow", "borrow_async")


class _Borrowed(httpx.BaseTransport):
    """Sends through the shared httpx client; closing it closes nothing."""

    def __init__(self, connections: Connections, extras: Extras) -> None:
        self._connections = connections
        self._extras = extras

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        _guard(request, self._connections, self._extras)
        client = self._connections.sync_client()
        return client.send(request, stream=True, auth=None, follow_redirects=False)


class _BorrowedAsync(httpx.AsyncBaseTransport):
    """Sends through the shared httpx client; closing it closes nothing."""

    def __init__(self, connections: Connections, extras: Extras) -> None:
        self._connections = connections
        self._extras = extras

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        _guard(request, self._connections, self._extras)
        client = self._connections.async_client()
        return await client.send(request, stream=True, auth=None, follow_redirects=False)


def borrow(connections: Connections, extras: Extras) -> httpx.Client:
    """Return an httpx client with the settings of a derived client.

    Args:
        connections: What it sends through.
        extras: What the derived client adds.
    """
    arguments = _arguments(connections.sync_client(), connections, extras)
    return httpx.Client(transport=_Borrowed(connections, extras), **arguments)


def borrow_async(connections: Connections, extras: Extras) -> httpx.AsyncClient:
    """Return an async httpx client with the settings of a derived client.

    Args:
        connections: What it sends through.
        extras: What the derived client adds.
    """
    arguments = _arguments(connections.async_client(), connections, extras)
    return httpx.AsyncClient(transport=_BorrowedAsync(connections, extras), **arguments)


def _guard(request: httpx.Request, connections: Connections, extras: Extras) -> None:
    """Take off what the derived client adds when a request leaves the server."""
    if not connections.server.owns(str(request.url)):
        take_off(request, extras.headers, extras.cookies)


def _arguments(
    shared: httpx.Client | httpx.AsyncClient, connections: Connections, extras: Extras
) -> dict[str, Any]:
    headers = httpx.Headers(shared.headers)
    headers.update(extras.headers)
    cookies = httpx.Cookies(shared.cookies)
    cookies.update(server_cookies(connections.server, extras.cookies))
    return {
        "base_url": connections.server.base_url,
        "headers": headers,
        "cookies": cookies,
        "timeout": shared.timeout if isinstance(extras.timeout, Unset) else extras.timeout,
        "auth": connections.auth,
        "follow_redirects": shared.follow_redirects,
        # The shared client knows the proxies and holds the certificates.
        "trust_env": False,
        "verify": False,
    }
