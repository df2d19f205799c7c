"""Sends calls: a slot, the request, the body, redirects, and errors of ours for those of httpx."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from jamf_pro_client._httpx import httpx
from jamf_pro_client._redact import NO_BODY, bare_request, hide_headers
from jamf_pro_client._transport import failures
from jamf_pro_client._transport.connections import FOREIGN, Connections
from jamf_pro_client._transport.exchange import HOPS, Extras, check_headers, make_request, next_hop
from jamf_pro_client._transport.limits import UNLIMITED, Limits
from jamf_pro_client._transport.log import log_request, start
from jamf_pro_client._transport.loops import running_loop
from jamf_pro_client._transport.plain import SHOWN
from jamf_pro_client._transport.reading import bound_stream, read_whole, read_whole_async
from jamf_pro_client._transport.settings import check_mapping, check_resilience, check_timeout
from jamf_pro_client._unset import UNSET, Unset
from jamf_pro_client.errors import ConfigurationError, JamfProError

if TYPE_CHECKING:
    from jamf_pro_client._transport.call import Call, TimeoutValue
    from jamf_pro_client._transport.gate import Slot
    from jamf_pro_client.resilience import ResilienceConfig

__all__ = ("Sender",)


class Sender:
    """What sends the calls of one client; it is never changed.

    Args:
        connections: Shared with all clients derived from the same one.
        extras: What this client adds to each request.
        resilience: What is retried; None for nothing.
    """

    __slots__ = ("connections", "extras", "resilience")

    def __init__(
        self,
        connections: Connections,
        extras: Extras,
        resilience: ResilienceConfig | None,
    ) -> None:
        self.connections: Final = connections
        self.extras: Final = extras
        self.resilience: Final = resilience

    def with_extras(
        self,
        *,
        headers: Mapping[str, str] | None = None,
        cookies: Mapping[str, str] | None = None,
        timeout: TimeoutValue | Unset = UNSET,
    ) -> Sender:
        """Return a sender that adds more to each request.

        Args:
            headers: They win over those of the same name.
            cookies: They win over those of the same name.
            timeout: It replaces the one that there was.

        Raises:
            ConfigurationError: A header cannot be sent, or the timeout is none.
        """
        check_headers(headers or {})
        check_mapping(cookies or {}, "cookies")
        check_timeout(timeout)
        extras = self.extras.plus(headers or {}, cookies or {}, timeout)
        return Sender(self.connections, extras, self.resilience)

    def with_resilience(self, resilience: ResilienceConfig | None) -> Sender:
        """Return a sender that retries otherwise.

        Args:
            resilience: What is retried; None for nothing.

        Raises:
            ConfigurationError: It is something else.
        """
        check_resilience(resilience)
        return Sender(self.connections, self.extras, resilience)

    def send(self, call: Call) -> httpx.Response:
        """Send a call and return the reply, read, whatever its status."""
        if self.resilience is not None or call.overrides:
            from jamf_pro_client._transport.resilient import send

            return send(self, call)
        return self.attempt(call, UNLIMITED)

    async def send_async(self, call: Call) -> httpx.Response:
        """Send a call and return the reply, read, whatever its status."""
        if self.resilience is not None or call.overrides:
            from jamf_pro_client._transport.resilient import send_async

            return await send_async(self, call)
        return await self.attempt_async(call, UNLIMITED)

    def open(self, call: Call) -> tuple[httpx.Response, Slot | None]:
        """Send a call and return the reply, not read, and the slot that it holds."""
        if self.resilience is not None or call.overrides:
            from jamf_pro_client._transport.resilient import open_stream

            return open_stream(self, call)
        return self.attempt_stream(call, UNLIMITED)

    async def open_async(
        self, client: httpx.AsyncClient, call: Call
    ) -> tuple[httpx.Response, Slot | None]:
        """Send a call and return the reply, not read, and the slot that it holds."""
        if self.resilience is not None or call.overrides:
            from jamf_pro_client._transport.resilient import open_stream_async

            return await open_stream_async(self, client, call)
        return await self.attempt_stream_async(client, call, UNLIMITED)

    def attempt(self, call: Call, limits: Limits) -> httpx.Response:
        """Send a call once and return the reply, read."""
        slot = self._slot(call, limits)
        try:
            return self._exchange(call, limits, stream=False)
        finally:
            slot.release()

    async def attempt_async(self, call: Call, limits: Limits) -> httpx.Response:
        """Send a call once and return the reply, read."""
        slot = await self._slot_async(call, limits)
        try:
            async with self.connections.lease() as client:
                return await self._exchange_async(client, call, limits, stream=False)
        finally:
            slot.release()

    def attempt_stream(self, call: Call, limits: Limits) -> tuple[httpx.Response, Slot]:
        """Send a call once and return the reply, not read, and the slot that it holds."""
        slot = self._slot(call, limits)
        try:
            return self._exchange(call, limits, stream=True), slot
        except BaseException:
            slot.release()
            raise

    async def attempt_stream_async(
        self, client: httpx.AsyncClient, call: Call, limits: Limits
    ) -> tuple[httpx.Response, Slot]:
        """Send a call once and return the reply, not read, and the slot that it holds."""
        slot = await self._slot_async(call, limits)
        try:
            return await self._exchange_async(client, call, limits, stream=True), slot
        except BaseException:
            slot.release()
            raise

    def _slot(self, call: Call, limits: Limits) -> Slot:
        wait, why = limits.slot_wait(in_loop=running_loop() is not None)
        slot = self.connections.gate.acquire(wait)
        if slot is None:
            raise failures.no_slot(why, **call.who)
        return slot

    async def _slot_async(self, call: Call, limits: Limits) -> Slot:
        wait, why = limits.slot_wait(in_loop=False)
        slot = await self.connections.gate.acquire_async(wait)
        if slot is None:
            raise failures.no_slot(why, **call.who)
        return slot

    def _exchange(self, call: Call, limits: Limits, *, stream: bool) -> httpx.Response:
        """Send a call and follow its redirects if that is wanted."""
        bounds = limits.bounds(call.title, stream=stream)
        current = call
        for hops in range(failures.MAX_HOPS + 1):
            client = self.connections.sync_client()
            request = self._prepared(client, current, limits)
            started = start()
            response: httpx.Response | None = None
            failure: JamfProError | None = None
            try:
                auth = self._auth_for(current, request)
                response = client.send(request, auth=auth, follow_redirects=False, stream=True)
                if stream:
                    bound_stream(response, **bounds)
                else:
                    read_whole(response, **bounds)
            except failures.EXPECTED as error:
                failure = failures.failure_of(error, call, client, response, hops)
            finally:
                self._hide(request)
                # Its repr holds the query, and a crash report shows what is in this frame.
                del request
            # Outside of the handler, so that the httpx error and its request are not attached.
            reply = _reply(response, failure, current, limits, started)
            _tidy(reply, hops, is_read=not stream)
            following = self._redirected(client, reply, current)
            if following is None:
                return reply
            reply.close()
            current = following
        raise failures.endless(**call.who)

    async def _exchange_async(
        self, client: httpx.AsyncClient, call: Call, limits: Limits, *, stream: bool
    ) -> httpx.Response:
        """Do as `_exchange` does, without blocking the event loop."""
        bounds = limits.bounds(call.title, stream=stream)
        current = call
        for hops in range(failures.MAX_HOPS + 1):
            request = self._prepared(client, current, limits)
            started = start()
            response: httpx.Response | None = None
            failure: JamfProError | None = None
            try:
                auth = self._auth_for(current, request)
                response = await client.send(
                    request, auth=auth, follow_redirects=False, stream=True
                )
                if stream:
                    bound_stream(response, **bounds)
                else:
                    await read_whole_async(response, **bounds)
            except failures.EXPECTED as error:
                failure = failures.failure_of(error, call, client, response, hops)
            finally:
                self._hide(request)
                del request
            reply = _reply(response, failure, current, limits, started)
            _tidy(reply, hops, is_read=not stream)
            following = self._redirected(client, reply, current)
            if following is None:
                return reply
            await reply.aclose()
            current = following
        raise failures.endless(**call.who)

    def _prepared(
        self, client: httpx.Client | httpx.AsyncClient, call: Call, limits: Limits
    ) -> httpx.Request:
        try:
            request = make_request(client, call, self.connections, self.extras)
        except ConfigurationError as refused:
            # Its frames hold what was to be sent.
            raise refused.with_traceback(None) from None
        if limits is not UNLIMITED:
            limits.apply(request, call, self._cookie_names)
        return request

    def _cookie_names(self) -> set[str]:
        return {*self.connections.cookies, *self.extras.cookies}

    def _auth_for(self, call: Call, request: httpx.Request) -> Any:
        if not call.authenticate or FOREIGN in request.extensions:
            return None
        auth = self.connections.auth
        return httpx.USE_CLIENT_DEFAULT if auth is None else auth

    def _hide(self, request: httpx.Request) -> None:
        auth = self.connections.auth
        names = () if auth is None else (auth.header_name,)
        hide_headers(request, names, request.extensions.get(SHOWN))

    def _redirected(
        self, client: httpx.Client | httpx.AsyncClient, reply: httpx.Response, call: Call
    ) -> Call | None:
        """Return what to send to follow a redirect; None if there is none to follow."""
        follows = call.follow_redirects
        if follows is None:
            follows = client.follow_redirects
        return next_hop(reply, call, self.connections) if follows else None


def _reply(
    response: httpx.Response | None,
    failure: JamfProError | None,
    call: Call,
    limits: Limits,
    started: float,
) -> httpx.Response:
    """Log how sending ended; return the reply, or raise the failure if there is one."""
    if failure is not None:
        if limits.is_logged:
            log_request(call.method, call.shown_path, type(failure).__name__, started)
        raise failure
    assert response is not None  # noqa: S101  # there is no third way
    if limits.is_logged:
        log_request(call.method, call.shown_path, response.status_code, started)
    return response


def _tidy(response: httpx.Response, hops: int, *, is_read: bool) -> None:
    # httpx prepares it even when it is not to follow, with the token in it.
    response.next_request = None
    # A form or document can hold a password, and replies are pickled into caches.
    response.request = bare_request(response.request)
    for earlier in response.history:
        earlier.request = response.request
    if is_read:
        # The stream points back to the reply, which would keep its body until garbage is collected.
        response.stream = NO_BODY
    if hops:
        response.extensions[HOPS] = hops
