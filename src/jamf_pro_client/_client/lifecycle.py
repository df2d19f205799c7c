"""Which httpx clients a client uses, and how long."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from types import TracebackType

    from jamf_pro_client._httpx import httpx
    from jamf_pro_client._transport.connections import Connections
    from jamf_pro_client._transport.send import Sender

__all__ = ("Lifecycle",)


class Lifecycle:
    """Opens, replaces and closes connections."""

    _sender: Sender
    _is_owner: bool

    def set_httpx_client(self, client: httpx.Client) -> Self:
        """Use an httpx client of your own for sync calls.

        All clients that share connections with this one use it too. Its headers, cookies, timeout,
        redirect and TLS settings replace those that the constructor got; what `with_headers`,
        `with_cookies` and `with_timeout` add is still added. Requests are still sent to the
        server's address, authenticated and counted. You close it.

        Args:
            client: Any httpx client.
        """
        self._connections.set_sync(client)
        return self

    def get_or_create_httpx_client(self) -> httpx.Client:
        """Return the httpx client that sync calls use, made now if there is none.

        It has the base URL, headers, cookies, timeout and authentication of this client; requests
        made with it directly are not counted against `max_concurrency`.
        """
        if self._sender.extras.is_empty:
            return self._connections.sync_client()
        from jamf_pro_client._client.borrow import borrow

        return borrow(self._connections, self._sender.extras)

    def set_async_httpx_client(self, async_client: httpx.AsyncClient) -> Self:
        """Do as `set_httpx_client` does, for async calls.

        It is used in whatever event loop runs, so keep to one. You close it.

        Args:
            async_client: Any async httpx client.
        """
        self._connections.set_async(async_client)
        return self

    def get_or_create_async_httpx_client(self) -> httpx.AsyncClient:
        """Return the httpx client that the running event loop uses, made now if there is none.

        It has the base URL, headers, cookies, timeout and authentication of this client; requests
        made with it directly are not counted against `max_concurrency`.
        """
        if self._sender.extras.is_empty:
            return self._connections.async_client(hand_out=True)
        from jamf_pro_client._client.borrow import borrow_async

        return borrow_async(self._connections, self._sender.extras)

    @property
    def http(self) -> httpx.AsyncClient:
        """The httpx client of the running event loop, made at the first access."""
        return self.get_or_create_async_httpx_client()

    def close(self) -> None:
        """Close the connections of sync calls; the next call opens new ones.

        Calls that are under way in other threads end with a `TransportError`; a write of a client
        with resilience with an `AmbiguousWriteError`.

        The token of an account is ended when nothing else of this client is open.

        A derived client leaves them to the client that it was derived from.
        """
        if self._is_owner:
            self._connections.close()

    async def aclose(self) -> None:
        """Close the connections of the running event loop; the next call opens new ones.

        Calls that are under way in other tasks end as `close` says.

        The token of an account is ended when nothing else of this client is open.

        A derived client leaves them to the client that it was derived from.
        """
        if self._is_owner:
            await self._connections.aclose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    @property
    def _connections(self) -> Connections:
        return self._sender.connections
