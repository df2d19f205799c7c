"""How much trouble a client should bear before it gives up: `ResilienceConfig`."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Literal

import attrs

from jamf_pro_client._httpx import httpx
from jamf_pro_client._resilience import checks
from jamf_pro_client._transport.loops import runs_in_trio
from jamf_pro_client.errors import ConfigurationError

__all__ = (
    "Breaker",
    "BreakerEvent",
    "DeprecationEvent",
    "Event",
    "GaveUpEvent",
    "ResilienceConfig",
    "RetryEvent",
    "Timing",
    "TokenEvent",
)


async def _sleep_async(seconds: float) -> None:
    if runs_in_trio():
        import trio

        await trio.sleep(seconds)
    else:
        import asyncio

        await asyncio.sleep(seconds)


@attrs.frozen(kw_only=True)
class Timing:
    """Where time and randomness come from, so that tests can bring their own."""

    monotonic: Callable[[], float] = time.monotonic
    """A clock in seconds that never goes back."""
    sleep: Callable[[float], object] = time.sleep
    """Waits in a thread."""
    sleep_async: Callable[[float], Awaitable[object]] = _sleep_async
    """Waits in an event loop, of asyncio or trio."""
    random: Callable[[], float] = random.random
    """A number from 0 up to 1."""


@attrs.frozen(kw_only=True)
class RetryEvent:
    """A call is about to be sent again."""

    method: str
    """The HTTP method."""
    path: str
    """The path template, or the path without query."""
    operation: str | None
    """The operation's name; None for raw requests."""
    attempt: int
    """The number of the attempt that failed, counted from 1."""
    status: int | None
    """The status that it was answered with; None if it was not."""
    error: str | None
    """The class of the error that it ended with; None if it was answered."""
    wait_seconds: float
    """How long the call waits before the next attempt."""
    reason: str
    """Why it is sent again."""


@attrs.frozen(kw_only=True)
class GaveUpEvent:
    """A call failed in a way that can pass, and is not sent again."""

    method: str
    """The HTTP method."""
    path: str
    """The path template, or the path without query."""
    operation: str | None
    """The operation's name; None for raw requests."""
    attempts: int
    """How many attempts were made."""
    status: int | None
    """The status that the last one was answered with; None if it was not."""
    error: str | None
    """The class of the error that the last one ended with; None if it was answered."""
    reason: str
    """Why it is not sent again."""


@attrs.frozen(kw_only=True)
class BreakerEvent:
    """The breaker changed state."""

    state: Literal["open", "half_open", "closed"]
    """Open: nothing is sent. Half open: a few calls try. Closed: as usual."""
    seconds: float
    """For how long nothing is sent; 0 unless it opened."""


@attrs.frozen(kw_only=True)
class TokenEvent:
    """A token was fetched, or could not be."""

    result: Literal["fetched", "refused", "failed"]
    """Refused: the credentials were rejected. Failed: no usable answer, or a server error."""
    provider: str
    """The class of the credentials."""
    lifetime_seconds: float | None = None
    """How long the token is valid, if it was fetched and that is known."""
    status: int | None = None
    """The status of an answer that brought no token."""
    error: str | None = None
    """The class of the error, if there was one."""


@attrs.frozen(kw_only=True)
class DeprecationEvent:
    """An operation that Jamf is going to remove was used; reported once per operation."""

    operation: str
    """The operation's name."""
    method: str
    """The HTTP method."""
    path: str
    """The path template."""
    since: str
    """The day on which the deprecation began, as yyyy-mm-dd."""


Event = RetryEvent | GaveUpEvent | BreakerEvent | TokenEvent | DeprecationEvent
"""Everything that `on_event` functions are called with."""


# What cannot be converted is left to the checks, whose sentences name the setting.


def _tuple(given: Iterable[Any]) -> Any:
    return tuple(given) if isinstance(given, Iterable) else given


# Apart from `_tuple` because type checkers take the constructor's argument from it.
def _pair(given: tuple[int, float] | None) -> Any:
    return tuple(given) if isinstance(given, Iterable) else given


def _statuses(given: Iterable[int]) -> Any:
    try:
        return frozenset(given)
    except TypeError:
        return given


@attrs.frozen(kw_only=True)
class Breaker:
    """When to stop asking a server that fails, and when to try it again.

    Connections that cannot be made, timeouts, and the statuses 502, 503 and 504 count as failures.
    """

    window: int = attrs.field(default=20, validator=checks.whole(1))
    """How many of the latest attempts are looked at."""
    min_calls: int = attrs.field(default=10, validator=checks.whole(1))
    """How many attempts it takes to judge."""
    ratio: float = attrs.field(default=0.5, validator=checks.check_share)
    """The share of failures that opens the breaker."""
    open_seconds: float = attrs.field(default=15.0, validator=checks.seconds(above_zero=True))
    """How long nothing is sent once it is open."""
    probes: int = attrs.field(default=1, validator=checks.whole(1))
    """How many attempts may test whether the server is back; all of them must succeed."""

    def __attrs_post_init__(self) -> None:
        if self.min_calls > self.window:
            raise ConfigurationError("min_calls cannot exceed window: the breaker would never open")


@attrs.frozen(kw_only=True)
class ResilienceConfig:
    """What to retry, how often and for how long. Durations are seconds.

    Reads, PUT and DELETE are sent again after failures that can pass. POST, PATCH and writes with a
    version lock are sent again only when they were certainly not executed.

    Raises:
        ConfigurationError: A setting cannot be used.
    """

    max_retries: int = attrs.field(default=3, validator=checks.whole(0))
    """Attempts after the first one."""
    backoff_base: float = attrs.field(default=0.5, validator=checks.seconds())
    """The first wait; it doubles each time. Half of a wait is fixed, half is random."""
    backoff_max: float = attrs.field(default=30.0, validator=checks.seconds())
    """The longest wait of our own choosing."""
    retry_after_max: float = attrs.field(default=60.0, validator=checks.seconds())
    """The longest wait that a server may ask for; for longer ones nothing is retried."""
    deadline: float | None = attrs.field(
        default=120.0, validator=checks.optional(checks.seconds(above_zero=True))
    )
    """The time for one call with all attempts, waits and token requests; None means no limit. It
does not apply to streams and uploads of files.
    """
    retryable_exceptions: tuple[type[Exception], ...] = attrs.field(
        default=(
            httpx.ConnectError,
            httpx.ConnectTimeout,
            httpx.ReadTimeout,
            httpx.WriteTimeout,
            httpx.PoolTimeout,
            httpx.ReadError,
            httpx.WriteError,
            httpx.RemoteProtocolError,
            httpx.ProxyError,
        ),
        converter=_tuple,
        validator=checks.check_exceptions,
    )
    """Failures of the connection that are worth another attempt.

    Certificates that do not pass and proxies that refuse are never retried.
    """
    retry_statuses: frozenset[int] = attrs.field(
        default=frozenset({408, 425, 429, 500, 502, 503, 504}),
        converter=_statuses,
        validator=checks.check_statuses,
    )
    """Statuses that are worth another attempt; 500 only for reads, and once."""
    retry_budget: int | None = attrs.field(default=100, validator=checks.optional(checks.whole(0)))
    """How much retrying a server bears in an outage, shared by derived clients; None: no limit.

    A retry costs 10, or 5 when the server said that it did nothing and when to come back. A retry
    that succeeds returns its cost, and a call that needs none returns 1.
    """
    rate_limit: tuple[int, float] | None = attrs.field(
        default=None, converter=_pair, validator=checks.check_rate_limit
    )
    """How many attempts may be made, and in how many seconds; shared by derived clients."""
    pacing: bool = attrs.field(default=False, validator=checks.check_flag)
    """Whether to pause for a moment, at most 5 s, after a reply that took twice the average."""
    breaker: Breaker | None = attrs.field(
        default=None, validator=checks.optional(checks.instance_of(Breaker))
    )
    """When to stop asking a failing server; None never stops."""
    max_response_bytes: int | None = attrs.field(
        default=64 * 1024 * 1024, validator=checks.optional(checks.whole(1))
    )
    """The largest decompressed body that is read into memory; None means no limit."""
    sticky_sessions: bool | Literal["auto"] = attrs.field(
        default="auto", validator=checks.check_sticky
    )
    """Whether to stay on one node of a cluster; "auto" does so for 60 s after a write."""
    enable_logging: bool = attrs.field(default=False, validator=checks.check_flag)
    """Whether each attempt and each wait is logged, by the logger `jamf_pro_client`."""
    log_level: int = attrs.field(default=logging.DEBUG, validator=checks.whole(0))
    """The level of those records."""
    on_event: tuple[Callable[[Event], object], ...] = attrs.field(
        default=(), converter=_tuple, validator=checks.check_events
    )
    """Called with retries, giving up, the breaker, tokens and deprecations; see `Event`.

    In the thread or task of the call, which waits for it; exceptions in it are swallowed
    and counted in `event_failures` of the client.
    """
    timing: Timing = attrs.field(
        factory=Timing, eq=False, repr=False, validator=checks.instance_of(Timing)
    )
    """Where time and randomness come from, for tests."""

    @classmethod
    def off(cls) -> ResilienceConfig:
        """Return a configuration that retries nothing."""
        return cls(max_retries=0)
