"""On whose behalf a token is being asked for, and within which limits."""

from __future__ import annotations

import contextlib
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from jamf_pro_client._auth.flight import WAIT_SECONDS
from jamf_pro_client._transport.steps_until import StepsUntil
from jamf_pro_client.errors import RequestTimeoutError

if TYPE_CHECKING:
    from jamf_pro_client._auth.server_auth import ServerAuth
    from jamf_pro_client.auth import AccessToken

__all__ = (
    "Asking",
    "TokenListener",
    "asking",
    "asking_call",
    "asking_call_async",
    "asking_for",
    "fetching",
)

TokenListener = Callable[[str, "AccessToken | Exception"], None]
"""Told by whoever fetched: the class of the credentials, and the token or why there is none."""


class Asking:
    """The call that needs a token.

    Args:
        auth: Knows the server; None for a provider that serves no client.
        timeout: The steps of the call's own timeout, in seconds; None for the client's.
        deadline: When the call has to be over, on the monotonic clock.
        asked_at: Since when the call has been waiting, on the monotonic clock.
        listener: Told what came of a fetch.
    """

    __slots__ = ("asked_at", "auth", "deadline", "listener", "timeout")

    def __init__(
        self,
        auth: ServerAuth | None,
        *,
        timeout: Mapping[str, Any] | None = None,
        deadline: float | None = None,
        asked_at: float | None = None,
        listener: TokenListener | None = None,
    ) -> None:
        self.auth = auth
        self.timeout = timeout
        self.deadline = deadline
        self.asked_at = asked_at
        self.listener = listener

    def wait_seconds(self) -> float:
        """Return how long to wait for a token that somebody else fetches."""
        if self.deadline is None:
            return WAIT_SECONDS
        return min(WAIT_SECONDS, max(0.0, self.deadline - time.monotonic()))

    def steps(self) -> Mapping[str, Any] | None:
        """Return the timeout of a request for the token, step by step; None for the client's.

        Raises:
            RequestTimeoutError: The time of the call is over.
        """
        self.check()
        if self.deadline is None or self.timeout is None:
            return self.timeout
        return StepsUntil(self.timeout, self.deadline)

    def check(self) -> None:
        """Do nothing as long as there is time.

        Raises:
            RequestTimeoutError: The time of the call is over.
        """
        if self.deadline is not None and time.monotonic() >= self.deadline:
            raise RequestTimeoutError("the time of the call ended while it waited for a token")


# A context variable reaches worker threads and tasks that a provider starts.
_asking: ContextVar[Asking | None] = ContextVar("jamf_pro_client_asking", default=None)


def asking() -> Asking | None:
    """Return the call for which a token is being obtained right now."""
    return _asking.get()


@contextlib.contextmanager
def asking_for(call: Asking) -> Iterator[None]:
    """Have `asking` return *call* inside the block.

    Args:
        call: The call that needs a token.
    """
    before = _asking.set(call)
    try:
        yield
    finally:
        _asking.reset(before)


@contextlib.contextmanager
def asking_call(auth: ServerAuth | None) -> Iterator[Asking]:
    """Give the call that needs a token; outside of calls, one of its own that holds a slot.

    Whoever fetches must hold a slot first: those who wait for the token may hold all the others.

    Args:
        auth: The server of a provider that is asked outside of calls.
    """
    call = asking()
    if call is not None or auth is None:
        yield call or Asking(None)
        return
    own = Asking(auth, asked_at=time.monotonic())
    slot = auth.slot()
    try:
        with asking_for(own):
            yield own
    finally:
        slot.release()


@contextlib.asynccontextmanager
async def asking_call_async(auth: ServerAuth | None) -> AsyncIterator[Asking]:
    """Do as `asking_call` does, without blocking the event loop.

    Args:
        auth: The server of a provider that is asked outside of calls.
    """
    call = asking()
    if call is not None or auth is None:
        yield call or Asking(None)
        return
    own = Asking(auth, asked_at=time.monotonic())
    slot = await auth.slot_async()
    try:
        with asking_for(own):
            yield own
    finally:
        slot.release()


@contextlib.contextmanager
def fetching(who: str) -> Iterator[Callable[[AccessToken], AccessToken]]:
    """Tell the listener of the call what came of a fetch; exceptions of the listener are ignored.

    Args:
        who: The class of the credentials.

    Raises:
        RequestTimeoutError: The time of the call is over.
    """
    call = asking()
    if call is not None:
        call.check()

    def tell(outcome: AccessToken | Exception) -> None:
        if call is not None and call.listener is not None:
            with contextlib.suppress(Exception):
                call.listener(who, outcome)

    def arrived(token: AccessToken) -> AccessToken:
        tell(token)
        return token

    try:
        yield arrived
    except Exception as failure:
        tell(failure)
        raise
