"""Sends calls: a slot, the request, redirects, and errors of ours for failures of httpx."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any, Final

from jamf_pro_client._httpx import httpx
from jamf_pro_client._redact import hide_headers
from jamf_pro_client._transport.connections import FOREIGN, Connections
from jamf_pro_client._transport.exchange import MAX_HOPS, Extras, make_request, next_hop
from jamf_pro_client._transport.log import log_request, start
from jamf_pro_client._transport.loops import running_loop
from jamf_pro_client.errors import JamfProError, RequestTimeoutError, TransportError

if TYPE_CHECKING:
    from typing import Unpack

    from jamf_pro_client._transport.call import Call
    from jamf_pro_client._transport.gate import Slot
    from jamf_pro_client._transport.raw import RequestOptions

__all__ = ("Sending",)

# A sync call inside of an event loop may wait for tasks that cannot go on while it waits.
_WAIT_IN_LOOP_SECONDS: Final = 30.0


class Sending:
    """What both clients do with a call."""

    _connections: Connections
    _extras: Extras

    def request(self, method: str, path: str, **options: Unpack[RequestOptions]) -> httpx.Response:
        """Send any request and return the reply, whatever its status.

        Args:
            method: The HTTP method.
            path: Below the server's address, such as "/api/v1/buildings" or
                "JSSResource/computers"; or an absolute URL. Requests to another server get no
                token, cookie or header of this client.
            **options: `params` (mapping or pairs; None values are left out), `headers`, `cookies`,
                one body of `json` (models too), `content` or `data` with or without `files`;
                `timeout` in seconds, `follow_redirects`. A Content-Type in `headers` wins.

        Raises:
            ConfigurationError: It cannot be sent; nothing was.
            RequestTimeoutError: A step took longer than the timeout.
            TransportError: There is no usable answer.
            UnauthorizedError: The token endpoint refused the credentials.
        """
        call = _raw_call(method, path, **options)
        # What a crash report shows of this frame; a call hides what it holds.
        del options
        return self._send(call)

    async def arequest(
        self, method: str, path: str, **options: Unpack[RequestOptions]
    ) -> httpx.Response:
        """Do as `request` does, without blocking the event loop."""
        call = _raw_call(method, path, **options)
        del options
        return await self._send_async(call)

    @contextmanager
    def stream(
        self, method: str, path: str, **options: Unpack[RequestOptions]
    ) -> Iterator[httpx.Response]:
        """Send any request and give the reply with its body still to be read.

        It counts against `max_concurrency` until the `with` block ends. Arguments and errors are
        those of `request`; reading the body raises the same errors.

        Args:
            method: The HTTP method.
            path: Below the server's address, or an absolute URL.
            **options: As for `request`.
        """
        call = _raw_call(method, path, **options)
        del options
        slot = self._slot(call)
        try:
            response = self._exchange(call, stream=True)
            failure: JamfProError | None = None
            try:
                yield response
            except httpx.RequestError as error:
                if not _is_about(error, response):
                    raise
                failure = _translated(error, call)
            finally:
                response.close()
            if failure is not None:
                raise failure
        finally:
            slot.release()

    @asynccontextmanager
    async def astream(
        self, method: str, path: str, **options: Unpack[RequestOptions]
    ) -> AsyncIterator[httpx.Response]:
        """Do as `stream` does, without blocking the event loop."""
        call = _raw_call(method, path, **options)
        del options
        slot = await self._connections.gate.acquire_async()
        try:
            async with self._connections.lease() as client:
                response = await self._exchange_async(client, call, stream=True)
                failure: JamfProError | None = None
                try:
                    yield response
                except httpx.RequestError as error:
                    if not _is_about(error, response):
                        raise
                    failure = _translated(error, call)
                finally:
                    await response.aclose()
                if failure is not None:
                    raise failure
        finally:
            slot.release()

    def _send(self, call: Call) -> httpx.Response:
        """Send a call and return the reply, read, whatever its status."""
        slot = self._slot(call)
        try:
            return self._exchange(call, stream=False)
        finally:
            slot.release()

    async def _send_async(self, call: Call) -> httpx.Response:
        """Send a call and return the reply, read, whatever its status."""
        slot = await self._connections.gate.acquire_async()
        try:
            async with self._connections.lease() as client:
                return await self._exchange_async(client, call, stream=False)
        finally:
            slot.release()

    def _slot(self, call: Call) -> Slot:
        in_loop = running_loop() is not None
        slot = self._connections.gate.acquire(_WAIT_IN_LOOP_SECONDS if in_loop else None)
        if slot is None:
            raise RequestTimeoutError(
                f"{call.method} {call.shown_path}: no slot was free in {_WAIT_IN_LOOP_SECONDS:g} s "
                "for a sync call inside of an event loop, which blocks the tasks that hold them; "
                "use the async call there",
                method=call.method,
                path=call.shown_path,
                operation=call.operation_name,
                sent=False,
            )
        return slot

    def _exchange(self, call: Call, *, stream: bool) -> httpx.Response:
        """Send a call and follow its redirects if that is wanted."""
        current = call
        for _ in range(MAX_HOPS + 1):
            client = self._connections.sync_client()
            request = make_request(client, current, self._connections, self._extras)
            started = start()
            try:
                outcome: httpx.Response | JamfProError = client.send(
                    request,
                    auth=self._auth_for(current, request),
                    follow_redirects=False,
                    stream=stream,
                )
            except (httpx.RequestError, httpx.InvalidURL) as error:
                outcome = _translated(error, call)
            except RuntimeError:
                if not client.is_closed:
                    raise
                outcome = _closed(call)
            finally:
                self._hide(request)
            # Outside of the handlers, so that the httpx error and its request are not attached.
            if isinstance(outcome, JamfProError):
                log_request(current.method, current.shown_path, type(outcome).__name__, started)
                raise outcome
            self._tidy(outcome, current, started)
            hop = self._hop(client, request, outcome, current)
            if hop is None:
                return outcome
            outcome.close()
            current = hop
        raise _endless(call)

    async def _exchange_async(
        self, client: httpx.AsyncClient, call: Call, *, stream: bool
    ) -> httpx.Response:
        """Send a call and follow its redirects if that is wanted."""
        current = call
        for _ in range(MAX_HOPS + 1):
            request = make_request(client, current, self._connections, self._extras)
            started = start()
            try:
                outcome: httpx.Response | JamfProError = await client.send(
                    request,
                    auth=self._auth_for(current, request),
                    follow_redirects=False,
                    stream=stream,
                )
            except (httpx.RequestError, httpx.InvalidURL) as error:
                outcome = _translated(error, call)
            except RuntimeError:
                if not client.is_closed:
                    raise
                outcome = _closed(call)
            finally:
                self._hide(request)
            if isinstance(outcome, JamfProError):
                log_request(current.method, current.shown_path, type(outcome).__name__, started)
                raise outcome
            self._tidy(outcome, current, started)
            hop = self._hop(client, request, outcome, current)
            if hop is None:
                return outcome
            await outcome.aclose()
            current = hop
        raise _endless(call)

    def _auth_for(self, call: Call, request: httpx.Request) -> Any:
        if not call.authenticate or FOREIGN in request.extensions:
            return None
        auth = self._connections.auth
        return httpx.USE_CLIENT_DEFAULT if auth is None else auth

    def _hide(self, request: httpx.Request) -> None:
        auth = self._connections.auth
        hide_headers(request, () if auth is None else (auth.header_name,))

    def _tidy(self, response: httpx.Response, call: Call, started: float) -> None:
        # httpx prepares it even when it is not to follow, with the token in it.
        response.next_request = None
        log_request(call.method, call.shown_path, response.status_code, started)

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


def _raw_call(method: str, path: str, **options: Unpack[RequestOptions]) -> Call:
    # Imported here: operations do not come this way.
    from jamf_pro_client._transport.raw import raw_call

    return raw_call(method, path, **options)


def _translated(error: BaseException, call: Call) -> JamfProError:
    from jamf_pro_client._transport.failures import translate

    return translate(error, method=call.method, path=call.shown_path, operation=call.operation_name)


def _closed(call: Call) -> TransportError:
    return TransportError(
        f"{call.method} {call.shown_path}: the client was closed in this moment",
        method=call.method,
        path=call.shown_path,
        operation=call.operation_name,
        sent=False,
    )


def _endless(call: Call) -> TransportError:
    return TransportError(
        f"{call.method} {call.shown_path}: more than {MAX_HOPS} redirects",
        method=call.method,
        path=call.shown_path,
        operation=call.operation_name,
    )


def _is_about(error: httpx.RequestError, response: httpx.Response) -> bool:
    """Whether *error* comes from reading *response*, and not from other code in the block."""
    try:
        return error.request is response.request
    except RuntimeError:  # it has none
        return False
