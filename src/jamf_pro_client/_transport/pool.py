"""One event loop's httpx client, replaced before cancelled calls have used up its connections."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from types import TracebackType

from jamf_pro_client._httpx import httpx

__all__ = ("Lease", "LoopPool")

# httpx 0.28 keeps the connection of a cancelled call for ever, until none is left and every call
# fails with PoolTimeout (httpcore issue 1093). Its successor does not.
_LOSES_CONNECTIONS = httpx.__name__ == "httpx"


class LoopPool:
    """An httpx client and how many calls use it.

    Args:
        client: The httpx client.
        spare: How many cancelled calls it bears, None for any number.
        retire: Called when it has borne them; from then on it gets no new calls.
    """

    def __init__(
        self,
        client: httpx.AsyncClient,
        spare: int | None = None,
        retire: Callable[[LoopPool], None] | None = None,
    ) -> None:
        self.client = client
        self.is_retired = False
        self.is_handed_out = False
        self._spare = spare if _LOSES_CONNECTIONS else None
        self._retire = retire
        self._users = 0

    def lease(self) -> Lease:
        """Return the right to send one call."""
        return Lease(self)

    def enter(self) -> None:
        """Count a call in."""
        self._users += 1

    async def leave(self, *, cancelled: bool) -> None:
        """Count a call out, and close the httpx client if it was the last of a retired pool."""
        self._users -= 1
        if cancelled and self._spare is not None:
            self._spare -= 1
            if self._spare <= 0 and not self.is_retired and self._retire is not None:
                self.is_retired = True
                self._retire(self)
        # The user who got the httpx client itself may still need it; it is closed with the others.
        if self.is_retired and not self._users and not self.is_handed_out:
            import anyio  # comes with httpx, for which both kinds of event loops need it

            # A cancelled task of trio could not wait for the end otherwise. The connections that
            # the pool has lost are what makes it complain.
            with anyio.CancelScope(shield=True), contextlib.suppress(RuntimeError, httpx.HTTPError):
                await self.client.aclose()


class Lease:
    """The right to send one call with the httpx client of an event loop."""

    __slots__ = ("_pool",)

    def __init__(self, pool: LoopPool) -> None:
        self._pool = pool

    async def __aenter__(self) -> httpx.AsyncClient:
        self._pool.enter()
        return self._pool.client

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        # Cancellation is no Exception.
        cancelled = kind is not None and not issubclass(kind, Exception)
        await self._pool.leave(cancelled=cancelled)
