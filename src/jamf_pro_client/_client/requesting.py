"""Raw requests: `request`, `stream` and their async twins.

Light, so that an import of a client is; what sends is loaded with the first client.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING

from jamf_pro_client._httpx import httpx

if TYPE_CHECKING:
    from typing import Unpack

    from jamf_pro_client._client.raw import RequestOptions
    from jamf_pro_client._transport.call import Call
    from jamf_pro_client._transport.connections import Connections
    from jamf_pro_client._transport.send import Sender
    from jamf_pro_client.errors import ConfigurationError, JamfProError

__all__ = ("Requesting",)


class Requesting:
    """What both clients do with a request."""

    _sender: Sender

    @property
    def _connections(self) -> Connections:
        return self._sender.connections

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
        return self._sender.send(call)

    async def arequest(
        self, method: str, path: str, **options: Unpack[RequestOptions]
    ) -> httpx.Response:
        """Do as `request` does, without blocking the event loop."""
        call = _raw_call(method, path, **options)
        del options, path
        if isinstance(call, Exception):
            raise call
        return await self._sender.send_async(call)

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
        response, slot = self._sender.open(call)
        try:
            failure: JamfProError | None = None
            try:
                yield response
            except httpx.RequestError as error:
                failure = _failed_reading(error, call, response)
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
            response, slot = await self._sender.open_async(client, call)
            try:
                failure: JamfProError | None = None
                try:
                    yield response
                except httpx.RequestError as error:
                    failure = _failed_reading(error, call, response)
                    if failure is None:
                        raise
                finally:
                    await response.aclose()
                if failure is not None:
                    raise failure
            finally:
                if slot is not None:
                    slot.release()


def _raw_call(
    method: str, path: str, **options: Unpack[RequestOptions]
) -> Call | ConfigurationError | TypeError:
    # Imported here: operations do not come this way.
    from jamf_pro_client._client.raw import checked_call

    return checked_call(method, path, **options)


def _failed_reading(
    error: httpx.RequestError, call: Call, response: httpx.Response
) -> JamfProError | None:
    from jamf_pro_client._transport import failures

    return failures.failed_reading(error, call, response)
