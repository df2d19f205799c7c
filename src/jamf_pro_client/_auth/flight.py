"""One token for many callers: kept until it is old, and fetched once however many wait for it."""

from __future__ import annotations

import copy
import threading
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final, NamedTuple

from jamf_pro_client._transport.fork import reset_after_fork
from jamf_pro_client._transport.loops import running_loop
from jamf_pro_client._transport.signals import ThreadSignal, task_signal
from jamf_pro_client.errors import ConfigurationError, JamfProAPIError, JamfProError

if TYPE_CHECKING:
    from jamf_pro_client._transport.loops import Loop
    from jamf_pro_client._transport.signals import Signal
    from jamf_pro_client.auth import AccessToken

__all__ = (
    "WAIT_SECONDS",
    "Held",
    "TokenCache",
    "hold",
    "is_usable",
    "needs_refresh",
    "refresh_margin_seconds",
)

WAIT_SECONDS: Final = 30.0
"""Whoever waits longer than this for somebody else's fetch fetches for itself."""

_MARGIN_SECONDS: Final = 60.0
_MARGIN_SHARE: Final = 0.2
# How long a failed refresh is not repeated while the old token still works.
_PAUSE_SECONDS: Final = 5.0
# These, like 5xx, say nothing about the credentials.
_LATER: Final = frozenset({408, 425, 429})


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

    __slots__ = ("has_landed", "loop", "outcome", "waiting")

    def __init__(self, loop: Loop | None) -> None:
        self.loop = loop
        self.has_landed = False
        # None is for when the leader was cancelled: whoever waits elects another one.
        self.outcome: Held | Exception | None = None
        self.waiting: list[Signal] = []


class _Turn(NamedTuple):
    """What a caller has to do who found no token to use at once."""

    flight: _Flight
    leads: bool
    spare: Held | None
    """The old token, when it still works."""


class TokenCache:
    """Holds one token for threads, tasks and event loops together.

    Args:
        ends_old: Whether fetching ends the token that is held, so that nobody may use it meanwhile.
    """

    def __init__(self, *, ends_old: bool = False) -> None:
        self._ends_old = ends_old
        self._clear()
        reset_after_fork(self)

    def _clear(self) -> None:
        self._lock = threading.Lock()
        self._held: Held | None = None
        self._flight: _Flight | None = None
        # The last refusal and when it came.
        self._refusal: tuple[JamfProAPIError, float] | None = None

    def _reset_after_fork(self) -> None:
        self._clear()

    def fresh(self) -> AccessToken | None:
        """Return the kept token if it needs no replacing yet."""
        held = self._held
        if held is None or needs_refresh(held, time.monotonic()):
            return None
        return held.token

    def kept(self) -> AccessToken | None:
        """Return the kept token, however old."""
        held = self._held
        return None if held is None else held.token

    def ageing(self, least_seconds: float) -> AccessToken | None:
        """Return the kept token if it is due to be replaced but will be good for a while.

        Args:
            least_seconds: How long at least.
        """
        held, now = self._held, time.monotonic()
        if held is None or held.dead_at is None or not needs_refresh(held, now):
            return None
        return held.token if held.dead_at - now > least_seconds else None

    def drop(self, token: AccessToken) -> None:
        """Forget *token* if it is the one that is kept; a newer one stays.

        Args:
            token: The token that a server refused.
        """
        with self._lock:
            if self._held is not None and self._held.token.token == token.token:
                self._held = None

    def obtain(
        self,
        fetch: Callable[[], AccessToken],
        asked_at: float | None = None,
        wait_seconds: float = WAIT_SECONDS,
    ) -> AccessToken:
        """Return the kept token, fetch one, or wait for whoever is fetching one.

        Args:
            fetch: Asks the server.
            asked_at: Since when the caller has been waiting, on the monotonic clock; credentials
                that were refused since then are not tried again.
            wait_seconds: How long to wait for somebody else's fetch before fetching.
        """
        loop = running_loop()
        while True:
            turn = self._turn(loop, asked_at)
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
            signal = ThreadSignal()
            if self._joins(flight, signal):
                signal.wait(wait_seconds)
            if not flight.has_landed:
                # Its leader may never come back, as a task of an event loop that was stopped.
                return self._arrived(flight, fetch()).token
            held = _outcome(flight)
            if held is not None:
                return held.token

    async def obtain_async(
        self,
        fetch: Callable[[], Awaitable[AccessToken]],
        asked_at: float | None = None,
        wait_seconds: float = WAIT_SECONDS,
    ) -> AccessToken:
        """Do as `obtain` does, without blocking the event loop.

        Args:
            fetch: Asks the server.
            asked_at: Since when the caller has been waiting, on the monotonic clock; credentials
                that were refused since then are not tried again.
            wait_seconds: How long to wait for somebody else's fetch before fetching.
        """
        loop = running_loop()
        while True:
            turn = self._turn(loop, asked_at)
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
            signal = task_signal()
            if self._joins(flight, signal):
                await signal.wait(wait_seconds)
            if not flight.has_landed:
                return self._arrived(flight, await fetch()).token
            held = _outcome(flight)
            if held is not None:
                return held.token

    def _turn(self, loop: Loop | None, asked_at: float | None) -> Held | _Turn:
        """Decide what a caller does: use what is there, lead a flight, or wait for one."""
        now = time.monotonic()
        with self._lock:
            held = self._held
            if held is not None and not needs_refresh(held, now):
                return held
            if self._refusal is not None and asked_at is not None and asked_at <= self._refusal[1]:
                raise _again(self._refusal[0])
            spare = held if held is not None and is_usable(held, now) else None
            if self._flight is None:
                self._flight = _Flight(loop)
                return _Turn(self._flight, True, spare)
            if spare is not None and not self._ends_old:
                # The old token is good enough while somebody else fetches the next.
                return spare
            return _Turn(self._flight, False, None)

    def _joins(self, flight: _Flight, signal: Signal) -> bool:
        """Have *signal* woken when *flight* lands; False when it has landed already."""
        with self._lock:
            if not flight.has_landed:
                flight.waiting.append(signal)
            return not flight.has_landed

    def _arrived(self, flight: _Flight | None, token: AccessToken) -> Held:
        held = hold(token, token.lifetime_seconds, time.monotonic())
        with self._lock:
            self._held = held
            self._refusal = None
            waiting = self._land(flight, held)
        _wake(waiting)
        return held

    def _failed(self, flight: _Flight, failure: BaseException, spare: Held | None) -> Held | None:
        """End a flight that failed; return the old token when it will do."""
        kept: Held | None = None
        now = time.monotonic()
        with self._lock:
            if isinstance(failure, JamfProAPIError) and _refuses(failure.status_code):
                # A copy: those who wait must not share a traceback with the thread that failed.
                self._refusal = copy.copy(failure), now
            elif spare is not None and self._held is spare and _may_pass(failure):
                kept = self._held = spare._replace(refresh_at=now + _PAUSE_SECONDS)
            told = kept or (_again(failure) if isinstance(failure, Exception) else None)
            waiting = self._land(flight, told)
        _wake(waiting)
        return kept

    def _land(self, flight: _Flight | None, outcome: Held | Exception | None) -> list[Signal]:
        """End a flight, under the lock, and return the signals of those who wait for it."""
        if flight is None:
            return []
        if self._flight is flight:
            self._flight = None
        flight.outcome, flight.has_landed = outcome, True
        waiting, flight.waiting = flight.waiting, []
        return waiting


def _refuses(status_code: int) -> bool:
    return status_code < 500 and status_code not in _LATER


def _may_pass(failure: BaseException) -> bool:
    """Whether a failure may pass, as any may that a provider of the user's own raises."""
    return isinstance(failure, Exception) and not isinstance(failure, ConfigurationError)


def _wake(waiting: list[Signal]) -> None:
    for signal in waiting:
        signal.wake()


def _outcome(flight: _Flight) -> Held | None:
    if isinstance(flight.outcome, Exception):
        raise _again(flight.outcome)
    return flight.outcome


def _again(failure: Exception) -> Exception:
    if not isinstance(failure, JamfProError):
        return failure
    told = copy.copy(failure)
    # It tells whether another attempt makes sense, to those who waited too.
    told.__cause__ = failure.__cause__
    return told
