"""Changing what others may change at the same time: records with a version lock."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any, TypeVar

from jamf_pro_client._callbacks import awaited, not_awaitable
from jamf_pro_client._transport.abandoning import pause
from jamf_pro_client._unset import UNSET
from jamf_pro_client.errors import ConfigurationError, OptimisticLockError
from jamf_pro_client.model import Model
from jamf_pro_client.resilience import Timing

__all__ = ("update_safely", "update_safely_async")

R = TypeVar("R")
W = TypeVar("W")

_FIRST_WAIT = 0.5
_LONGEST_WAIT = 8.0
_LOCK = "versionLock"


def update_safely(
    read: Callable[[], R],
    change: Callable[[R], object],
    write: Callable[[Any], W],
    *,
    attempts: int = 5,
    timing: Timing | None = None,
) -> W:
    """Read a record, change it and write it; start over when somebody else was faster.

    A write is never repeated as it was: each attempt begins with a fresh read, whose locks it
    carries. Any failure other than a lost lock is raised. After an `AmbiguousWriteError` or a
    `ServerError` look at the record first: servers are known to fail after they have written.

    Args:
        read: Reads the record.
        change: Changes the record in place and returns None, or returns the body to write: a model
            or a dict. In a dict, a missing version lock is filled in. It is called once for each
            attempt.
        write: Writes the body.
        attempts: How often to try, at least once.
        timing: Where time and randomness come from, for tests.

    Returns:
        What *write* returned.

    Raises:
        OptimisticLockError: The last attempt was too late as well.
    """
    clock = timing or Timing()
    waits = _waits(attempts, clock)
    while True:
        record = read()
        body = _body(record, not_awaitable(change(record), "the change"))
        try:
            return write(body)
        except OptimisticLockError:
            wait = next(waits, None)
            if wait is None:
                raise
        pause(wait, clock.sleep)


async def update_safely_async(
    read: Callable[[], Awaitable[R]],
    change: Callable[[R], object],
    write: Callable[[Any], Awaitable[W]],
    *,
    attempts: int = 5,
    timing: Timing | None = None,
) -> W:
    """Do as `update_safely` does, without blocking the event loop; *change* can be async."""
    clock = timing or Timing()
    waits = _waits(attempts, clock)
    while True:
        record = await read()
        body = _body(record, await awaited(change(record)))
        try:
            return await write(body)
        except OptimisticLockError:
            wait = next(waits, None)
            if wait is None:
                raise
        await clock.sleep_async(wait)


def _waits(attempts: int, timing: Timing) -> Iterator[float]:
    """Return the waits between the attempts: without them, writers of equal speed would race."""
    if attempts < 1:
        raise ConfigurationError("there has to be at least one attempt")
    longest = (min(_FIRST_WAIT * 2**number, _LONGEST_WAIT) for number in range(attempts - 1))
    return (wait / 2 * (1 + timing.random()) for wait in longest)


def _body(record: object, changed: object) -> object:
    body = record if changed is None else changed
    if isinstance(body, Model) and type(body) is type(record):
        # What was read is no request: without passwords and the like it would not be complete.
        body = body.to_request()
    lock = getattr(record, "version_lock", UNSET)
    if lock is UNSET or lock is None:
        return body
    if isinstance(body, Mapping) and body.get(_LOCK) is None:
        return {**body, _LOCK: lock}
    if isinstance(body, Model) and getattr(body, "version_lock", lock) in (UNSET, None):
        return body.evolve(version_lock=lock)
    return body
