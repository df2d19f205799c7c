"""Puts the token on requests to its own server, and asks that server for it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from jamf_pro_client._httpx import httpx
from jamf_pro_client._redact import hide_headers, reveal
from jamf_pro_client._transport.connections import REPLAYABLE, TOKEN_SET, Connections
from jamf_pro_client._transport.failures import translate
from jamf_pro_client._transport.log import log_request, start
from jamf_pro_client._transport.server import Server
from jamf_pro_client.errors import JamfProError

if TYPE_CHECKING:
    from jamf_pro_client._auth.token_replies import TokenQuestion
    from jamf_pro_client.auth import AccessToken, CredentialsProvider

__all__ = ("REPLAYABLE", "ServerAuth", "current_auth")

_asking: ContextVar[tuple[ServerAuth, dict[str, Any] | None] | None] = ContextVar(
    "jamf_pro_client_asking", default=None
)


def current_auth() -> ServerAuth | None:
    """Return the auth on whose behalf a token is being fetched right now."""
    asking = _asking.get()
    return None if asking is None else asking[0]


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
        self._connections = connections
        self._provider = provider
        provider._serve(self)

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
                self._put(request, fresh)
                yield request

    def ask(self, question: TokenQuestion) -> httpx.Response:
        """Send a question to the token endpoint and return the reply, whatever its status.

        Args:
            question: What to ask.
        """
        client = self._connections.sync_client()
        request = self._request(client, question)
        started = start()
        try:
            outcome: httpx.Response | JamfProError = client.send(
                request, auth=None, follow_redirects=False
            )
        except httpx.HTTPError as error:
            outcome = translate(error, method="POST", path=question.path)
        finally:
            hide_headers(request)
        # Outside of the handler, so that the httpx error with its request is not attached.
        if isinstance(outcome, JamfProError):
            raise outcome
        log_request("POST", question.path, outcome.status_code, started)
        return outcome

    async def ask_async(self, question: TokenQuestion) -> httpx.Response:
        """Send a question to the token endpoint and return the reply, whatever its status.

        Args:
            question: What to ask.
        """
        client = self._connections.async_client()
        request = self._request(client, question)
        started = start()
        try:
            outcome: httpx.Response | JamfProError = await client.send(
                request, auth=None, follow_redirects=False
            )
        except httpx.HTTPError as error:
            outcome = translate(error, method="POST", path=question.path)
        finally:
            hide_headers(request)
        if isinstance(outcome, JamfProError):
            raise outcome
        log_request("POST", question.path, outcome.status_code, started)
        return outcome

    def _request(
        self, client: httpx.Client | httpx.AsyncClient, question: TokenQuestion
    ) -> httpx.Request:
        asking = _asking.get()
        # Without it the request for a token would outlive the timeout of the call that needs it.
        times = asking[1] if asking is not None else None
        timeout: Any = httpx.USE_CLIENT_DEFAULT if times is None else httpx.Timeout(**times)
        headers = httpx.Headers({"Accept": "application/json"})
        if question.basic is not None:
            headers["Authorization"] = f"Basic {question.basic.reveal()}"
        content_type = {"Content-Type": "application/x-www-form-urlencoded"}
        if question.form is None:
            return client.build_request(
                "POST", self.server.url_for(question.path), headers=headers, timeout=timeout
            )
        headers.update(content_type)
        return client.build_request(
            "POST",
            self.server.url_for(question.path),
            data={name: reveal(value) for name, value in question.form.items()},
            headers=headers,
            timeout=timeout,
        )

    def _applies(self, request: httpx.Request) -> bool:
        headers = request.headers
        # A header that was given wins, and then no token is fetched.
        if self.header_name in headers or "Authorization" in headers:
            return False
        return self.server.owns(str(request.url))

    def _token(self, request: httpx.Request) -> AccessToken:
        with self._asking_for(request):
            return self._provider.get_access_token()

    async def _token_async(self, request: httpx.Request) -> AccessToken:
        with self._asking_for(request):
            return await self._provider.get_access_token_async()

    @contextmanager
    def _asking_for(self, request: httpx.Request) -> Generator[None, None, None]:
        before = _asking.set((self, request.extensions.get("timeout")))
        try:
            yield
        finally:
            _asking.reset(before)

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


def is_replayable(request: httpx.Request) -> bool:
    """Return whether the body of *request* can be sent a second time.

    Args:
        request: Marked by us, or made by the user, whose body must then be bytes.
    """
    marked = request.extensions.get(REPLAYABLE)
    return isinstance(request.stream, httpx.ByteStream) if marked is None else bool(marked)
