"""Puts the token on requests to its own server, and a fresh one where it was refused."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Generator
from typing import TYPE_CHECKING

from jamf_pro_client._auth.asking import Asking, asking_for
from jamf_pro_client._auth.token_endpoint import MAX_REPLY_BYTES, TokenEndpoint
from jamf_pro_client._httpx import httpx
from jamf_pro_client._transport.connections import (
    ASKED_AT,
    DEADLINE,
    REPLAYABLE,
    TOKEN_LISTENER,
    TOKEN_SET,
    WANTS_TOKEN,
    Connections,
)
from jamf_pro_client._transport.failures import translate
from jamf_pro_client._transport.limits import UNLIMITED
from jamf_pro_client._transport.loops import running_loop
from jamf_pro_client._transport.reading import read_whole, read_whole_async
from jamf_pro_client._transport.server import Server
from jamf_pro_client.errors import JamfProError, RequestTimeoutError, TransportError

if TYPE_CHECKING:
    from jamf_pro_client._transport.allowance import Allowance
    from jamf_pro_client._transport.gate import Slot
    from jamf_pro_client.auth import AccessToken, CredentialsProvider

__all__ = ("ServerAuth",)


class ServerAuth(httpx.Auth):
    """Authenticates requests to one server, and to no other.

    A 401 is answered once with a fresh token, when the body can be sent again.
    """

    def __init__(
        self,
        server: Server,
        connections: Connections,
        provider: CredentialsProvider,
        header_name: str,
    ) -> None:
        self.server = server
        self.header_name = header_name
        self.endpoint = TokenEndpoint(server, connections, header_name)
        self._header_names = {b"authorization", header_name.lower().encode("ascii")}
        self._connections = connections
        self._provider = provider
        # A subclass may want to be asked for each request.
        self._asks_always = provider._overrides("get_access_token") or (
            provider._overrides("get_access_token_async")
        )
        first = provider._serve(self)
        if first is not self:
            connections.share(first.allowance)

    @property
    def allowance(self) -> Allowance:
        """How much of the server may be used with these credentials."""
        return self._connections.allowance

    def sync_auth_flow(
        self, request: httpx.Request
    ) -> Generator[httpx.Request, httpx.Response, None]:
        """Send *request* with the token."""
        if not self._applies(request):
            yield request
            return
        token = self._token(request)
        self._put(request, token)
        response = yield request
        if self._is_worth_another(request, response, token):
            fresh = self._token(request)
            if fresh.token != token.token:
                # httpx would read it without any bounds.
                read_whole(response, max_bytes=MAX_REPLY_BYTES, deadline=_end_of(request))
                self._put(request, fresh)
                yield request

    async def async_auth_flow(
        self, request: httpx.Request
    ) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Send *request* with the token."""
        if not self._applies(request):
            yield request
            return
        token = await self._token_async(request)
        self._put(request, token)
        response = yield request
        if self._is_worth_another(request, response, token):
            fresh = await self._token_async(request)
            if fresh.token != token.token:
                await read_whole_async(
                    response, max_bytes=MAX_REPLY_BYTES, deadline=_end_of(request)
                )
                self._put(request, fresh)
                yield request

    def slot(self) -> Slot:
        """Wait for a slot for a token that no request asks for."""
        seconds, when = UNLIMITED.slot_wait(in_loop=running_loop() is not None)
        slot = self._connections.gate.acquire(seconds)
        if slot is None:
            raise RequestTimeoutError(f"no slot was free {when}", sent=False)
        return slot

    async def slot_async(self) -> Slot:
        """Wait for a slot for a token that no request asks for."""
        return await self._connections.gate.acquire_async()

    def end_token(self, client: httpx.Client) -> None:
        """Have the server forget the token, if it is ours alone; failures are not told.

        Args:
            client: Sends the request; a closed one ends nothing.
        """
        token = None if client.is_closed else self._token_to_end()
        if token is not None:
            self.endpoint.end(client, token)

    async def end_token_async(self, client: httpx.AsyncClient) -> None:
        """Do as `end_token` does, without blocking the event loop."""
        token = None if client.is_closed else self._token_to_end()
        if token is not None:
            await self.endpoint.end_async(client, token)

    def _token_to_end(self) -> AccessToken | None:
        # Whoever is in flight may be using it.
        if self._connections.gate.taken:
            return None
        token = self._provider._token_of_its_own()
        if token is not None:
            self._provider._cache.drop(token)
        return token

    def _applies(self, request: httpx.Request) -> bool:
        if WANTS_TOKEN in request.extensions:
            return True
        # A header that was given wins, and then no token is fetched.
        if any(name.lower() in self._header_names for name, _ in request.headers.raw):
            return False
        return self.server.owns(str(request.url))

    def _token(self, request: httpx.Request) -> AccessToken:
        fresh = None if self._asks_always else self._provider._cache.fresh()
        if fresh is not None:
            return fresh
        try:
            with asking_for(self._asking(request)):
                return self._provider.get_access_token()
        except httpx.HTTPError as error:
            failure = self._own_failure(error)
        raise failure

    async def _token_async(self, request: httpx.Request) -> AccessToken:
        fresh = None if self._asks_always else self._provider._cache.fresh()
        if fresh is not None:
            return fresh
        try:
            with asking_for(self._asking(request)):
                return await self._provider.get_access_token_async()
        except httpx.HTTPError as error:
            failure = self._own_failure(error)
        raise failure

    def _own_failure(self, error: httpx.HTTPError) -> JamfProError:
        """Return the error for a provider that uses httpx itself: its failure is not the call's."""
        whose = f"(token of {type(self._provider).__name__})"
        if isinstance(error, httpx.HTTPStatusError):
            # Its text quotes the whole URL.
            status = error.response.status_code
            return TransportError(f"{whose}: the provider was answered with {status}")
        return translate(error, method="POST", path=whose)

    def _asking(self, request: httpx.Request) -> Asking:
        extensions = request.extensions
        return Asking(
            self,
            timeout=extensions.get("timeout"),
            deadline=extensions.get(DEADLINE),
            asked_at=extensions.get(ASKED_AT),
            listener=extensions.get(TOKEN_LISTENER),
        )

    def _put(self, request: httpx.Request, token: AccessToken) -> None:
        request.headers[self.header_name] = f"Bearer {token.token}"
        request.extensions[TOKEN_SET] = True

    def _is_worth_another(
        self, request: httpx.Request, response: httpx.Response, token: AccessToken
    ) -> bool:
        if response.status_code != 401 or not self._provider._can_renew:
            return False
        # Also when nothing is sent again: the next request must not use a refused token.
        self._provider._cache.drop(token)
        return is_replayable(request)


def _end_of(request: httpx.Request) -> Callable[[], None] | None:
    """Return what raises when the time of a call is over; None where there is no limit."""
    ends_at = request.extensions.get(DEADLINE)
    return None if ends_at is None else Asking(None, deadline=ends_at).check


def is_replayable(request: httpx.Request) -> bool:
    """Return whether the body of *request* can be sent a second time.

    Args:
        request: Marked by us, or made by the user, whose body must then be bytes.
    """
    marked = request.extensions.get(REPLAYABLE)
    return isinstance(request.stream, httpx.ByteStream) if marked is None else bool(marked)
