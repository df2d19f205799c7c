"""One token for many callers: kept until it is old, and fetched once however many wait for it."""

from __future__ import annotations

import copy
import threading
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final, NamedTuple

from jamf_pro_client._transport.fork import reset_after_fork
from jamf_pro_client._transport.loops import running_loop
from jamf_pro_client.errors import (
    InvalidResponseError,
    JamfProError,
    RateLimitedError,
    ServerError,
    TransportError,
)

if TYPE_CHECKING:
    import asyncio
    from concurrent.futures import Future

    from jamf_pro_client.auth import AccessToken

__all__ = ("Held", "TokenCache", "is_usable", "needs_refresh", "refresh_margin_seconds")

_MARGIN_SECONDS: Final = 60.0
_MARGIN_SHARE: Final = 0.2
# How long a failed refresh is not repeated while the old token still works.
_PAUSE_SECONDS: Final = 5.0
# Whoever waits longer than this for somebody else's fetch fetches for itself.
_WAIT_SECONDS: Final = 30.0
_TRANSIENT: Final = (TransportError, ServerError, RateLimitedError, InvalidResponseError)


class Held(NamedTuple):
    """A token and when to replace it, on the monotonic clock."""

    token: AccessToken
    refresh_at: float | None
    dead_at: float | None


def hold(token: AccessToken, lifetime_seconds: float | None, now: float) -> Held:
    """Return what is kept for a token that was just received.

    Args:
        token: The token.
        lifetime_seconds: How long it is good for; None is for ever.
        now: The monotonic clock.
    """
    if lifetime_seconds is None:
        return Held(token, None, None)
    dead_at = now + lifetime_seconds
    return Held(token, dead_at - refresh_margin_seconds(lifetime_seconds), dead_at)


def refresh_margin_seconds(lifetime_seconds: float) -> float:
    """Return how long before its end a token is replaced.

    A fixed margin of a minute would fetch a token for every request where tokens live a minute.

    Args:
        lifetime_seconds: How long the token was good for when it came.
    """
    return min(_MARGIN_SECONDS, _MARGIN_SHARE * max(0.0, lifetime_seconds))


def needs_refresh(held: Held, now: float) -> bool:
    """Return whether it is time for another token.

    Args:
        held: The token that is kept.
        now: The monotonic clock.
    """
    return held.refresh_at is not None and now >= held.refresh_at


def is_usable(held: Held, now: float) -> bool:
    """Return whether the server still takes the token.

    Args:
        held: The token that is kept.
        now: The monotonic clock.
    """
    return held.dead_at is None or now < held.dead_at


class _Flight:
    """One fetch that is under way."""

    __slots__ = ("loop", "outcome")

    def __init__(self, loop: asyncio.AbstractEventLoop | None) -> None:
        from concurrent.futures import Future  # slow to import, needed with the first request only

        self.loop = loop
        # None is told when the leader was cancelled: whoever waits elects another one.
        self.outcome: Future[Held | None] = Future()
        # A running future cannot be cancelled by one of those who wait for it.
        self.outcome.set_running_or_notify_cancel()


class TokenCache:
    """Holds one token for threads, tasks and event loops together."""

    def __init__(self) -> None:
        self._clear()
        reset_after_fork(self)

    def _clear(self) -> None:
        self._lock = threading.Lock()
        self._held: Held | None = None
        self._flight: _Flight | None = None

    def _reset_after_fork(self) -> None:
        self._clear()

    def drop(self, token: AccessToken) -> None:
        """Forget *token* if it is the one that is kept; a newer one stays.

        Args:
            token: The token that a server refused.
        """
        with self._lock:
            if self._held is not None and self._held.token.token == token.token:
                self._held = None

    def obtain(self, fetch: Callable[[], AccessToken]) -> AccessToken:
        """Return the kept token, or fetch one, or wait for who does.

        Args:
            fetch: Asks the server.
        """
        loop = running_loop()
        while True:
            turn = self._turn(loop)
            if isinstance(turn, Held):
                return turn.token
            flight, leads, spare = turn
            if leads:
                try:
                    token = fetch()
                except BaseException as failure:
                    kept = self._failed(flight, failure, spare)
                    if kept is None:
                        raise
                    return kept.token
                return self._arrived(flight, token).token
            if loop is not None and flight.loop is loop:
                # The leader is a task of the loop that this call blocks: it would never end.
                return self._arrived(None, fetch()).token
            held = _result(flight.outcome, _WAIT_SECONDS)
            if held is _LATE:
                return self._arrived(None, fetch()).token
            if isinstance(held, Held):
                return held.token

    async def obtain_async(self, fetch: Callable[[], Awaitable[AccessToken]]) -> AccessToken:
        """Return the kept token, or fetch one, or wait for who does, without blocking the loop.

        Args:
            fetch: Asks the server.
        """
        loop = running_loop()
        while True:
            turn = self._turn(loop)
            if isinstance(turn, Held):
                return turn.token
            flight, leads, spare = turn
            if leads:
                try:
                    token = await fetch()
                except BaseException as failure:
                    kept = self._failed(flight, failure, spare)
                    if kept is None:
                        raise
                    return kept.token
                return self._arrived(flight, token).token
            await _settled(flight.outcome, _WAIT_SECONDS)
            held = _result(flight.outcome, 0)
            if held is _LATE:
                return self._arrived(None, await fetch()).token
            if isinstance(held, Held):
                return held.token

    def _turn(
        self, loop: asyncio.AbstractEventLoop | None
    ) -> Held | tuple[_Flight, bool, Held | None]:
        """Decide what a caller does: use what is there, lead a flight, or wait for one."""
        now = time.monotonic()
        with self._lock:
            held = self._held
            if held is not None and not needs_refresh(held, now):
                return held
            spare = held if held is not None and is_usable(held, now) else None
            if self._flight is None:
                self._flight = _Flight(loop)
                return self._flight, True, spare
            # The old token is good enough while somebody else fetches the next.
            return spare if spare is not None else (self._flight, False, None)

    def _arrived(self, flight: _Flight | None, token: AccessToken) -> Held:
        held = hold(token, token.lifetime_seconds, time.monotonic())
        with self._lock:
            self._held = held
            if flight is not None and self._flight is flight:
                self._flight = None
        if flight is not None:
            flight.outcome.set_result(held)
        return held

    def _failed(self, flight: _Flight, failure: BaseException, spare: Held | None) -> Held | None:
        """End a flight that failed; return the old token when it will do."""
        transient = isinstance(failure, _TRANSIENT)
        kept: Held | None = None
        with self._lock:
            if self._flight is flight:
                self._flight = None
            if transient and spare is not None and self._held is spare:
                pause = time.monotonic() + _PAUSE_SECONDS
                kept = self._held = spare._replace(refresh_at=pause)
        if kept is not None:
            flight.outcome.set_result(kept)
        elif isinstance(failure, Exception):
            # A copy: who waits must not share a traceback with the thread that failed.
            flight.outcome.set_exception(_again(failure))
        else:
            flight.outcome.set_result(None)
        return kept


class _Late:
    """The type of `_LATE`."""


_LATE: Final = _Late()


def _result(outcome: Future[Held | None], timeout: float) -> Held | _Late | None:
    try:
        failure = outcome.exception(timeout)
    except TimeoutError:
        return _LATE
    if failure is not None:
        raise _again(failure)
    return outcome.result()


async def _settled(outcome: Future[Held | None], timeout: float) -> None:
    import asyncio

    waiting = asyncio.wrap_future(outcome)
    try:
        await asyncio.wait({waiting}, timeout=timeout)
    finally:
        # Who takes the outcome reads it from the flight; asyncio must not complain that nobody did.
        if waiting.done() and not waiting.cancelled():
            waiting.exception()
        else:
            waiting.cancel()


def _again(failure: BaseException) -> BaseException:
    return copy.copy(failure) if isinstance(failure, JamfProError) else failure
