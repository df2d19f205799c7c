"""Sends calls: a slot, the request, the body, redirects, and errors of ours for those of httpx."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any

from jamf_pro_client._httpx import httpx
from jamf_pro_client._redact import NO_BODY, bare_request, hide_headers
from jamf_pro_client._transport import failures
from jamf_pro_client._transport.connections import FOREIGN, Connections
from jamf_pro_client._transport.exchange import HOPS, Extras, make_request, next_hop
from jamf_pro_client._transport.limits import UNLIMITED, Limits
from jamf_pro_client._transport.log import log_request, start
from jamf_pro_client._transport.loops import running_loop
from jamf_pro_client._transport.plain import SHOWN
from jamf_pro_client._transport.reading import bound_stream, read_whole, read_whole_async
from jamf_pro_client.errors import ConfigurationError, JamfProError

if TYPE_CHECKING:
    from typing import Unpack

    from jamf_pro_client._shared import Shared
    from jamf_pro_client._transport.call import Call
    from jamf_pro_client._transport.gate import Slot
    from jamf_pro_client._transport.raw import RequestOptions
    from jamf_pro_client.resilience import ResilienceConfig

__all__ = ("Sending",)


class Sending:
    """What both clients do with a call."""

    _connections: Connections
    _extras: Extras
    _resilience: ResilienceConfig | None
    _shared: Shared

    def request(self, method: str, path: str, **options: Unpack[RequestOptions]) -> httpx.Response:
        """Send any request and return the reply, whatever its status.

        Args:
            method: The HTTP method.
            path: Below the server's address, such as "/api/v1/buildings" or
                "JSSResource/computers"; or an absolute URL. Requests to another server get no
                token, cookie or header of this client.
            **options: `params` (mapping or pairs; None values are left out), `headers`, `cookies`,
                one body of `json` (models too), `content` or `data` with or without `files`;
                `timeout` in seconds, `follow_redirects`, `extensions`. A Content-Type in `headers`
                wins. `extensions={"jamf": {...}}` says what is different for this request:
                `max_retries`, `deadline` (seconds or None), `idempotent` (a write that can be
                repeated), `max_response_bytes`.

        Raises:
            ConfigurationError: It cannot be sent; nothing was.
            RequestTimeoutError: A step took longer than the timeout.
            TransportError: There is no usable answer.
            AmbiguousWriteError: With resilience: a write was sent and got no answer.
            InvalidResponseError: The body is too large or cannot be decompressed.
            UnauthorizedError: The token endpoint refused the credentials.
        """
        call = _raw_call(method, path, **options)
        # What a crash report shows of this frame; a call hides what it holds.
        del options, path
        if isinstance(call, Exception):
            raise call
        return self._send(call)

    async def arequest(
        self, method: str, path: str, **options: Unpack[RequestOptions]
    ) -> httpx.Response:
        """Do as `request` does, without blocking the event loop."""
        call = _raw_call(method, path, **options)
        del options, path
        if isinstance(call, Exception):
            raise call
        return await self._send_async(call)

    @contextmanager
    def stream(
        self, method: str, path: str, **options: Unpack[RequestOptions]
    ) -> Iterator[httpx.Response]:
        """Send any request and give the reply with its body still to be read.

        It counts against `max_concurrency` until the `with` block ends. Arguments and errors are
        those of `request`; reading the body raises the same errors. Once there is a reply, nothing
        is sent again.

        Args:
            method: The HTTP method.
            path: Below the server's address, or an absolute URL.
            **options: As for `request`.
        """
        call = _raw_call(method, path, **options)
        del options, path
        if isinstance(call, Exception):
            raise call
        response, slot = self._open(call)
        try:
            failure: JamfProError | None = None
            try:
                yield response
            except httpx.RequestError as error:
                failure = failures.failed_reading(error, call, response)
                if failure is None:
                    raise
            finally:
                response.close()
            if failure is not None:
                raise failure
        finally:
            if slot is not None:
                slot.release()

    @asynccontextmanager
    async def astream(
        self, method: str, path: str, **options: Unpack[RequestOptions]
    ) -> AsyncIterator[httpx.Response]:
        """Do as `stream` does, without blocking the event loop."""
        call = _raw_call(method, path, **options)
        del options, path
        if isinstance(call, Exception):
            raise call
        async with self._connections.lease() as client:
            response, slot = await self._open_async(client, call)
            try:
                failure: JamfProError | None = None
                try:
                    yield response
                except httpx.RequestError as error:
                    failure = failures.failed_reading(error, call, response)
                    if failure is None:
                        raise
                finally:
                    await response.aclose()
                if failure is not None:
                    raise failure
            finally:
                if slot is not None:
                    slot.release()

    def _send(self, call: Call) -> httpx.Response:
        """Send a call and return the reply, read, whatever its status."""
        if self._resilience is not None or call.overrides:
            from jamf_pro_client._transport.resilient import send

            return send(self, call)
        return self._attempt(call, UNLIMITED)

    async def _send_async(self, call: Call) -> httpx.Response:
        """Send a call and return the reply, read, whatever its status."""
        if self._resilience is not None or call.overrides:
            from jamf_pro_client._transport.resilient import send_async

            return await send_async(self, call)
        return await self._attempt_async(call, UNLIMITED)

    def _open(self, call: Call) -> tuple[httpx.Response, Slot | None]:
        """Send a call and return the reply, not read, and the slot that it holds."""
        if self._resilience is not None or call.overrides:
            from jamf_pro_client._transport.resilient import open_stream

            return open_stream(self, call)
        return self._attempt_stream(call, UNLIMITED)

    async def _open_async(
        self, client: httpx.AsyncClient, call: Call
    ) -> tuple[httpx.Response, Slot | None]:
        """Send a call and return the reply, not read, and the slot that it holds."""
        if self._resilience is not None or call.overrides:
            from jamf_pro_client._transport.resilient import open_stream_async

            return await open_stream_async(self, client, call)
        return await self._attempt_stream_async(client, call, UNLIMITED)

    def _attempt(self, call: Call, limits: Limits) -> httpx.Response:
        """Send a call once and return the reply, read."""
        slot = self._slot(call, limits)
        try:
            return self._exchange(call, limits, stream=False)
        finally:
            slot.release()

    async def _attempt_async(self, call: Call, limits: Limits) -> httpx.Response:
        """Send a call once and return the reply, read."""
        slot = await self._slot_async(call, limits)
        try:
            async with self._connections.lease() as client:
                return await self._exchange_async(client, call, limits, stream=False)
        finally:
            slot.release()

    def _attempt_stream(self, call: Call, limits: Limits) -> tuple[httpx.Response, Slot]:
        """Send a call once and return the reply, not read, and the slot that it holds."""
        slot = self._slot(call, limits)
        try:
            return self._exchange(call, limits, stream=True), slot
        except BaseException:
            slot.release()
            raise

    async def _attempt_stream_async(
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
        slot = self._connections.gate.acquire(wait)
        if slot is None:
            raise failures.no_slot(why, **call.who)
        return slot

    async def _slot_async(self, call: Call, limits: Limits) -> Slot:
        wait, why = limits.slot_wait(in_loop=False)
        slot = await self._connections.gate.acquire_async(wait)
        if slot is None:
            raise failures.no_slot(why, **call.who)
        return slot

    def _exchange(self, call: Call, limits: Limits, *, stream: bool) -> httpx.Response:
        """Send a call and follow its redirects if that is wanted."""
        current = call
        for hops in range(failures.MAX_HOPS + 1):
            client = self._connections.sync_client()
            request = self._prepared(client, current, limits)
            started = start()
            response: httpx.Response | None = None
            failure: JamfProError | None = None
            try:
                response = client.send(
                    request,
                    auth=self._auth_for(current, request),
                    follow_redirects=False,
                    stream=True,
                )
                if stream:
                    bound_stream(
                        response,
                        max_bytes=limits.stream_bytes,
                        deadline=limits.check,
                        what=call.title,
                    )
                else:
                    read_whole(
                        response,
                        max_bytes=limits.max_bytes,
                        deadline=limits.check,
                        what=call.title,
                    )
            except failures.EXPECTED as error:
                failure = failures.failure_of(error, call, client, response, hops)
            finally:
                self._hide(request)
            # Outside of the handler, so that the httpx error and its request are not attached.
            if failure is not None:
                if limits.is_logged:
                    name = type(failure).__name__
                    log_request(current.method, current.shown_path, name, started)
                # Its repr holds the query.
                del request
                raise failure
            assert response is not None  # noqa: S101  # there is no third way
            if limits.is_logged:
                status = response.status_code
                log_request(current.method, current.shown_path, status, started)
            _tidy(response, hops, is_read=not stream)
            hop = self._hop(client, request, response, current)
            if hop is None:
                return response
            response.close()
            current = hop
            del request
        raise failures.endless(**call.who)

    async def _exchange_async(
        self, client: httpx.AsyncClient, call: Call, limits: Limits, *, stream: bool
    ) -> httpx.Response:
        """Send a call and follow its redirects if that is wanted."""
        current = call
        for hops in range(failures.MAX_HOPS + 1):
            request = self._prepared(client, current, limits)
            started = start()
            response: httpx.Response | None = None
            failure: JamfProError | None = None
            try:
                response = await client.send(
                    request,
                    auth=self._auth_for(current, request),
                    follow_redirects=False,
                    stream=True,
                )
                if stream:
                    bound_stream(
                        response,
                        max_bytes=limits.stream_bytes,
                        deadline=limits.check,
                        what=call.title,
                    )
                else:
                    await read_whole_async(
                        response,
                        max_bytes=limits.max_bytes,
                        deadline=limits.check,
                        what=call.title,
                    )
            except failures.EXPECTED as error:
                failure = failures.failure_of(error, call, client, response, hops)
            finally:
                self._hide(request)
            if failure is not None:
                if limits.is_logged:
                    name = type(failure).__name__
                    log_request(current.method, current.shown_path, name, started)
                # Its repr holds the query.
                del request
                raise failure
            assert response is not None  # noqa: S101  # there is no third way
            if limits.is_logged:
                status = response.status_code
                log_request(current.method, current.shown_path, status, started)
            _tidy(response, hops, is_read=not stream)
            hop = self._hop(client, request, response, current)
            if hop is None:
                return response
            await response.aclose()
            current = hop
            del request
        raise failures.endless(**call.who)

    def _prepared(
        self, client: httpx.Client | httpx.AsyncClient, call: Call, limits: Limits
    ) -> httpx.Request:
        try:
            request = make_request(client, call, self._connections, self._extras)
        except ConfigurationError as refused:
            # Its frames hold what was to be sent.
            raise refused.with_traceback(None) from None
        if limits is not UNLIMITED:
            limits.apply(request, call, self._cookie_names)
        return request

    @property
    def _cookie_names(self) -> set[str]:
        return {*self._connections.cookies, *self._extras.cookies}

    def _auth_for(self, call: Call, request: httpx.Request) -> Any:
        if not call.authenticate or FOREIGN in request.extensions:
            return None
        auth = self._connections.auth
        return httpx.USE_CLIENT_DEFAULT if auth is None else auth

    def _hide(self, request: httpx.Request) -> None:
        auth = self._connections.auth
        names = () if auth is None else (auth.header_name,)
        hide_headers(request, names, request.extensions.get(SHOWN))

    def _hop(
        self,
        client: httpx.Client | httpx.AsyncClient,
        request: httpx.Request,
        response: httpx.Response,
        call: Call,
    ) -> Call | None:
        follows = call.follow_redirects
        if follows is None:
            follows = client.follow_redirects
        return next_hop(request, response, call, self._connections) if follows else None


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


def _raw_call(
    method: str, path: str, **options: Unpack[RequestOptions]
) -> Call | ConfigurationError | TypeError:
    # Imported here: operations do not come this way.
    from jamf_pro_client._transport.raw import checked_call

    return checked_call(method, path, **options)
