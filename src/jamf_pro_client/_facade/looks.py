"""Waits of the clients: each look ends in time, and failures that can pass do not end a wait."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final, TypeVar

import attrs

from jamf_pro_client._callbacks import awaited, not_awaitable
from jamf_pro_client._resilience.decisions import trouble_in
from jamf_pro_client._resilience.steps import Failed
from jamf_pro_client._transport.abandoning import pause
from jamf_pro_client._transport.resilient import OFF
from jamf_pro_client.errors import (
    JamfProAPIError,
    JamfProError,
    RequestTimeoutError,
    TransportError,
)
from jamf_pro_client.resilience import ResilienceConfig

if TYPE_CHECKING:
    from jamf_pro_client.client import HTTPClient
    from jamf_pro_client.waiting import Pace

__all__ = ("in_time", "watch", "watch_async")

C = TypeVar("C", bound="HTTPClient")
T = TypeVar("T")

# For the look at the deadline, when nothing is left.
_LEAST_SECONDS: Final = 1.0
# What a server says that is busy, starting or not there yet.
_BUSY: Final = frozenset({429, 502, 503, 504})
_USUAL: Final = ResilienceConfig()


def in_time(client: C, pace: Pace) -> C:
    """Return the client for one look, which ends with the wait.

    Args:
        client: The client of all other calls.
        pace: Of the wait.
    """
    config = client.resilience or OFF
    left = max(pace.remaining_seconds, _LEAST_SECONDS)
    seconds = min(left, config.deadline or math.inf)
    if seconds == math.inf:
        return client
    return client.with_resilience(attrs.evolve(config, deadline=seconds))


def watch(look: Callable[[], T], is_done: Callable[[T], object], pace: Pace) -> T:
    """Look again and again until what was seen is done; return it.

    Args:
        look: Looks once; errors that can pass do not end the wait.
        is_done: Whether what was seen is final.
        pace: When to look.

    Raises:
        DeadlineExceededError: It took too long.
    """
    seen: T | None = None
    while True:
        failure = None
        try:
            seen = look()
        except JamfProError as error:
            if not _can_pass(error):
                raise
            failure = error
        else:
            if not_awaitable(is_done(seen), "the condition"):
                return seen
        pause(pace.next_wait(seen, failure), pace.timing.sleep)


async def watch_async(
    look: Callable[[], Awaitable[T]], is_done: Callable[[T], object], pace: Pace
) -> T:
    """Do as `watch` does, without blocking the event loop; *is_done* can be async."""
    seen: T | None = None
    while True:
        failure = None
        try:
            seen = await look()
        except JamfProError as error:
            if not _can_pass(error):
                raise
            failure = error
        else:
            if await awaited(is_done(seen)):
                return seen
        await pace.timing.sleep_async(pace.next_wait(seen, failure))


def _can_pass(error: JamfProError) -> bool:
    if isinstance(error, RequestTimeoutError):
        return True
    if isinstance(error, JamfProAPIError) and not error.while_authenticating:
        return error.status_code in _BUSY
    cause = error.__cause__
    if isinstance(error, TransportError) and cause is None:
        # Not sent: the breaker is open. Sent: redirected again and again.
        return not error.sent
    kind = None if cause is None else type(cause)
    failed = Failed(error, kind=kind, sent=True, token_step=error.while_authenticating)
    return trouble_in(failed, _USUAL) is not None
