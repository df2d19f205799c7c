"""Performs what the steps of a call with resilience say: waits, attempts, the reply or the error.

All decisions are in `_resilience`; here is what takes time, once for threads and once for tasks.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Final

from jamf_pro_client._httpx import httpx
from jamf_pro_client._resilience.decisions import certificate_refused
from jamf_pro_client._resilience.flow import call_flow
from jamf_pro_client._resilience.steps import (
    CallFacts,
    Failed,
    Outcome,
    Raise,
    Replied,
    Return,
    Send,
    Wait,
)
from jamf_pro_client._transport.abandoning import pause
from jamf_pro_client._transport.exchange import HOPS, NOTE
from jamf_pro_client._transport.limits import Limits
from jamf_pro_client._transport.loops import runs_in_trio
from jamf_pro_client._transport.reading import read_whole, read_whole_async
from jamf_pro_client._unset import UNSET
from jamf_pro_client.errors import (
    ConfigurationError,
    InvalidResponseError,
    JamfProAPIError,
    JamfProError,
    RequestTimeoutError,
    TransportError,
    UnauthorizedError,
)
from jamf_pro_client.resilience import ResilienceConfig, TokenEvent

if TYPE_CHECKING:
    from jamf_pro_client._auth.asking import TokenListener
    from jamf_pro_client._transport.call import Call
    from jamf_pro_client._transport.gate import Slot
    from jamf_pro_client._transport.send import Sender
    from jamf_pro_client.auth import AccessToken
    from jamf_pro_client.operation import Operation

__all__ = ("OFF", "open_stream", "open_stream_async", "send", "send_async")

OFF: Final = ResilienceConfig(max_retries=0, deadline=None, sticky_sessions=True)
"""For a request with rules of its own on a client without any."""
_GRACE_SECONDS: Final = 0.25
# Of a refusal that a retry will replace: enough for what it says.
_KEPT_BYTES: Final = 2**20
_KEPT_SECONDS: Final = 1.0
_OF_THE_BODY: Final = (b"content-encoding", b"content-length", b"transfer-encoding")


class _Driver:
    """One call on its way through the steps, in a thread or a task.

    Args:
        sender: Of the client.
        call: What to send.
        streams: Whether the caller reads the body.
    """

    def __init__(self, sender: Sender, call: Call, *, streams: bool) -> None:
        self.config = sender.resilience or OFF
        self.call = call
        self._state = sender.connections.allowance.state
        self._streams = streams
        self.flow = call_flow(_facts_of(call, streams=streams), self.config, self._state)
        self._started = 0.0
        self.response: httpx.Response | None = None
        self.slot: Slot | None = None

    def limits(self, step: Send) -> Limits:
        """Return the limits of the next attempt."""
        self._started = time.perf_counter()
        told = self.call.overrides.get("max_response_bytes", UNSET)
        return Limits(
            self.call,
            seconds=step.remaining_seconds,
            max_bytes=self.config.max_response_bytes if told is UNSET else told,
            stream_bytes=None if told is UNSET else told,
            sticky=step.sticky,
            is_logged=not self.config.enable_logging,
            listener=self._listener(),
            monotonic=self.config.timing.monotonic,
        )

    def replied(self, response: httpx.Response) -> Outcome:
        """Keep a reply and return what the steps want to know of it."""
        self.response = response
        return Replied(
            response.status_code,
            response.headers,
            time.perf_counter() - self._started,
            redirected=HOPS in response.extensions,
        )

    def failed(self, error: JamfProError) -> Outcome:
        """Return what the steps want to know of a failure."""
        self.response = None
        cause = error.__cause__
        return Failed(
            error,
            kind=None if cause is None else type(cause),
            sent=_may_be_sent(error),
            token_step=error.while_authenticating,
            certificate_refused=certificate_refused(error),
            elapsed_seconds=time.perf_counter() - self._started,
        )

    def drop(self) -> None:
        """Close a streamed reply that nobody will get."""
        if self._streams and self.response is not None:
            self.response.close()
        if self.slot is not None:
            self.slot.release()

    async def drop_async(self) -> None:
        """Do as `drop` does, without blocking the event loop."""
        try:
            if self._streams and self.response is not None:
                await self.response.aclose()
        finally:
            if self.slot is not None:
                self.slot.release()

    def put_off(self) -> None:
        """Read a reply that the caller may get after all, and give back what it holds."""
        slot, self.slot = self.slot, None
        try:
            if self.response is not None and self._streams:
                read_whole(self.response, max_bytes=_KEPT_BYTES, deadline=_soon())
        except (InvalidResponseError, httpx.RequestError):
            # A retry is due: nobody will miss the body.
            self.response = _without_body(self.response)
        finally:
            if slot is not None:
                slot.release()

    async def put_off_async(self) -> None:
        """Do as `put_off` does, without blocking the event loop."""
        slot, self.slot = self.slot, None
        try:
            if self.response is not None and self._streams:
                await read_whole_async(self.response, max_bytes=_KEPT_BYTES, deadline=_soon())
        except (InvalidResponseError, httpx.RequestError):
            self.response = _without_body(self.response)
        finally:
            if slot is not None:
                slot.release()

    def result(self, step: Return) -> httpx.Response:
        """Return the reply that the caller gets."""
        response = self.response
        assert response is not None  # noqa: S101  # a reply was there, or it would be no Return
        if step.done_already:
            return httpx.Response(204, request=response.request)
        if step.note is not None:
            response.extensions[NOTE] = step.note
        return response

    def _listener(self) -> TokenListener | None:
        if not self.config.on_event:
            return None

        def tell(provider: str, outcome: AccessToken | Exception) -> None:
            self._state.publish(self.config, _token_event(provider, outcome))

        return tell


def send(sender: Sender, call: Call) -> httpx.Response:
    """Send a call, as often as it takes, and return the reply, read.

    Args:
        sender: Of the client.
        call: What to send.
    """
    driver = _Driver(sender, call, streams=False)
    return _drive(driver, lambda limits: sender.attempt(call, limits))


def open_stream(sender: Sender, call: Call) -> tuple[httpx.Response, Slot | None]:
    """Send a call until there is a reply; return it, not read, and the slot that it holds.

    Args:
        sender: Of the client.
        call: What to send.
    """
    driver = _Driver(sender, call, streams=True)

    def attempt(limits: Limits) -> httpx.Response:
        response, driver.slot = sender.attempt_stream(call, limits)
        return response

    response = _drive(driver, attempt)
    return response, driver.slot


async def send_async(sender: Sender, call: Call) -> httpx.Response:
    """Do as `send` does, without blocking the event loop."""
    driver = _Driver(sender, call, streams=False)
    return await _drive_async(driver, lambda limits: sender.attempt_async(call, limits))


async def open_stream_async(
    sender: Sender, client: httpx.AsyncClient, call: Call
) -> tuple[httpx.Response, Slot | None]:
    """Do as `open_stream` does, without blocking the event loop."""
    driver = _Driver(sender, call, streams=True)

    async def attempt(limits: Limits) -> httpx.Response:
        response, driver.slot = await sender.attempt_stream_async(client, call, limits)
        return response

    response = await _drive_async(driver, attempt)
    return response, driver.slot


def _drive(driver: _Driver, attempt: Callable[[Limits], httpx.Response]) -> httpx.Response:
    flow = driver.flow
    try:
        step = next(flow)
        while isinstance(step, Send | Wait):
            if isinstance(step, Wait):
                driver.put_off()
                pause(step.seconds, driver.config.timing.sleep)
                step = flow.send(None)
                continue
            try:
                outcome = driver.replied(attempt(driver.limits(step)))
            except JamfProError as error:
                outcome = driver.failed(error)
            step = flow.send(outcome)
    except BaseException:
        driver.drop()
        raise
    finally:
        flow.close()
    # Outside of the handlers, so that no earlier attempt is attached.
    if isinstance(step, Raise):
        raise step.error
    return driver.result(step)


async def _drive_async(
    driver: _Driver, attempt: Callable[[Limits], Awaitable[httpx.Response]]
) -> httpx.Response:
    flow = driver.flow
    try:
        step = next(flow)
        while isinstance(step, Send | Wait):
            if isinstance(step, Wait):
                await driver.put_off_async()
                await driver.config.timing.sleep_async(step.seconds)
                step = flow.send(None)
                continue
            try:
                outcome = driver.replied(await _in_time(driver.limits(step), attempt))
            except JamfProError as error:
                outcome = driver.failed(error)
            step = flow.send(outcome)
    except BaseException:
        await driver.drop_async()
        raise
    finally:
        flow.close()
    if isinstance(step, Raise):
        raise step.error
    return driver.result(step)


async def _in_time(
    limits: Limits, attempt: Callable[[Limits], Awaitable[httpx.Response]]
) -> httpx.Response:
    """Make an attempt; a reply whose headers come drop by drop is cut off too."""
    if limits.seconds is None:
        return await attempt(limits)
    # Each step has its own limit, and tells better what took too long.
    seconds = limits.seconds + _GRACE_SECONDS
    if runs_in_trio():
        import trio

        with trio.move_on_after(seconds):
            return await attempt(limits)
    else:
        import asyncio

        try:
            async with asyncio.timeout(seconds):
                return await attempt(limits)
        except TimeoutError:
            pass
    # Outside of the handler, so that the cancelled steps are not attached.
    raise limits.over(sent=True)


def _soon() -> Callable[[], None]:
    """Return what raises when a body takes longer than it is worth."""
    ends_at = time.monotonic() + _KEPT_SECONDS

    def check() -> None:
        if time.monotonic() >= ends_at:
            raise RequestTimeoutError("the body of the refusal takes too long")

    return check


def _without_body(response: httpx.Response | None) -> httpx.Response | None:
    """Return a reply whose body could not be read as one that has none."""
    if response is None:
        return None
    headers = [pair for pair in response.headers.raw if pair[0].lower() not in _OF_THE_BODY]
    return httpx.Response(response.status_code, headers=headers, request=response.request)


def _token_event(provider: str, outcome: AccessToken | Exception) -> TokenEvent:
    if not isinstance(outcome, Exception):
        return TokenEvent(
            result="fetched", provider=provider, lifetime_seconds=outcome.lifetime_seconds
        )
    return TokenEvent(
        result="refused" if isinstance(outcome, UnauthorizedError) else "failed",
        provider=provider,
        status=outcome.status_code if isinstance(outcome, JamfProAPIError) else None,
        error=type(outcome).__name__,
    )


def _may_be_sent(error: JamfProError) -> bool:
    if isinstance(error, TransportError):
        return error.sent
    return not isinstance(error, ConfigurationError)


def _facts_of(call: Call, *, streams: bool) -> CallFacts:
    operation, told = call.operation, call.overrides
    uploads = bool(call.files) or not isinstance(call.content, bytes | str | None)
    if operation is not None and not told and not streams and not uploads:
        return _usual_facts(operation)
    return CallFacts(
        call.method,
        call.shown_path,
        operation=call.operation_name,
        replayable=call.replayable,
        version_locked=operation is not None and operation.version_locked,
        read_only=operation is not None and operation.read_only,
        idempotent=told.get("idempotent"),
        streams=streams,
        uploads=uploads,
        max_retries=told.get("max_retries"),
        deadline=told.get("deadline", UNSET),
        retry_timeouts=told.get("retry_timeouts", True),
        deprecated_since=None if operation is None else operation.deprecated_since,
    )


@functools.lru_cache(maxsize=1024)
def _usual_facts(operation: Operation[Any, Any]) -> CallFacts:
    """Return the facts of the calls of an operation that say nothing else about themselves."""
    return CallFacts(
        operation.method,
        operation.path,
        operation=operation.name,
        version_locked=operation.version_locked,
        read_only=operation.read_only,
        deprecated_since=operation.deprecated_since,
    )
