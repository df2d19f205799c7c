"""The token endpoints of one server: asking for tokens, and having one forgotten."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from jamf_pro_client._auth.asking import asking
from jamf_pro_client._httpx import httpx
from jamf_pro_client._redact import hide_headers, reveal
from jamf_pro_client._transport.failures import is_tls_failure, translate
from jamf_pro_client._transport.log import log_request, start
from jamf_pro_client._transport.plain import codings_for
from jamf_pro_client._transport.reading import read_whole, read_whole_async
from jamf_pro_client.errors import JamfProError

if TYPE_CHECKING:
    from jamf_pro_client._auth.token_replies import TokenQuestion
    from jamf_pro_client._transport.connections import Connections
    from jamf_pro_client._transport.server import Server
    from jamf_pro_client.auth import AccessToken

__all__ = ("MAX_REPLY_BYTES", "TokenEndpoint")

MAX_REPLY_BYTES: Final = 2**20
"""How large a reply may be: a token is a few hundred bytes; an error page may be larger."""

_INVALIDATE: Final = "/api/v1/auth/invalidate-token"
# Connecting and being answered; what takes longer is not worth waiting for at the end.
_INVALIDATE_STEP_SECONDS: Final = 1.0
_INVALIDATE_SECONDS: Final = 2.0


class TokenEndpoint:
    """Where one server gives tokens and takes them back.

    Args:
        server: The server.
        connections: What requests are sent over.
        header_name: The header that carries a token.
    """

    def __init__(self, server: Server, connections: Connections, header_name: str) -> None:
        self._server = server
        self._connections = connections
        self._header_name = header_name

    def ask(self, question: TokenQuestion) -> httpx.Response:
        """Send a question and return the reply, whatever its status.

        Args:
            question: What to ask.
        """
        client = self._connections.sync_client()
        request = self._request(client, question)
        started = start()
        failure: JamfProError | None = None
        reply: httpx.Response | None = None
        try:
            reply = client.send(request, auth=None, follow_redirects=False, stream=True)
            read_whole(
                reply,
                max_bytes=MAX_REPLY_BYTES,
                deadline=_end_of_call(),
                what=f"POST {question.path}",
            )
        except (JamfProError, httpx.HTTPError, OSError) as error:
            failure = _failure(error, question)
        finally:
            hide_headers(request, (self._header_name,))
        # Outside of the handler, so that the httpx error with its request is not attached.
        return _answered(reply, failure, question, started)

    async def ask_async(self, question: TokenQuestion) -> httpx.Response:
        """Do as `ask` does, without blocking the event loop."""
        # Cancelled calls could have the httpx client closed under it otherwise.
        async with self._connections.lease() as client:
            request = self._request(client, question)
            started = start()
            failure: JamfProError | None = None
            reply: httpx.Response | None = None
            try:
                reply = await client.send(request, auth=None, follow_redirects=False, stream=True)
                await read_whole_async(
                    reply, max_bytes=MAX_REPLY_BYTES, what=f"POST {question.path}"
                )
            except (JamfProError, httpx.HTTPError, OSError) as error:
                failure = _failure(error, question)
            finally:
                hide_headers(request, (self._header_name,))
        return _answered(reply, failure, question, started)

    def end(self, client: httpx.Client, token: AccessToken) -> None:
        """Have the server forget a token; failures are not told.

        Args:
            client: Sends the request.
            token: The token.
        """
        request = self._ending(client, token)
        with contextlib.suppress(Exception):
            client.send(request, auth=None, follow_redirects=False, stream=True).close()
        hide_headers(request, (self._header_name,))

    async def end_async(self, client: httpx.AsyncClient, token: AccessToken) -> None:
        """Do as `end` does, without blocking the event loop."""
        import anyio  # comes with httpx, for which both kinds of event loops need it

        request = self._ending(client, token)
        # Also a cancelled task ends its token, within that time.
        with anyio.move_on_after(_INVALIDATE_SECONDS, shield=True), contextlib.suppress(Exception):
            response = await client.send(request, auth=None, follow_redirects=False, stream=True)
            await response.aclose()
        hide_headers(request, (self._header_name,))

    def _request(
        self, client: httpx.Client | httpx.AsyncClient, question: TokenQuestion
    ) -> httpx.Request:
        call = asking()
        # Without it the request for a token would outlive the timeout of the call that needs it.
        steps = None if call is None else call.steps()
        headers = httpx.Headers({"Accept": "application/json"})
        headers.update(codings_for(client, self._connections))
        if question.basic is not None:
            headers["Authorization"] = f"Basic {question.basic.reveal()}"
        if question.bearer is not None:
            headers[self._header_name] = f"Bearer {question.bearer.reveal()}"
        data = None
        if question.form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            data = {name: reveal(value) for name, value in question.form.items()}
        request = client.build_request(
            "POST", self._server.url_for(question.path), data=data, headers=headers
        )
        if steps is not None:
            request.extensions["timeout"] = steps
        return request

    def _ending(
        self, client: httpx.Client | httpx.AsyncClient, token: AccessToken
    ) -> httpx.Request:
        return client.build_request(
            "POST",
            self._server.url_for(_INVALIDATE),
            headers={self._header_name: f"Bearer {token.token}"},
            timeout=_INVALIDATE_STEP_SECONDS,
        )


def _end_of_call() -> Callable[[], None] | None:
    """Return what raises when the time of the call is over; None where there is no limit."""
    call = asking()
    return None if call is None or call.deadline is None else call.check


def _answered(
    reply: httpx.Response | None,
    failure: JamfProError | None,
    question: TokenQuestion,
    started: float,
) -> httpx.Response:
    """Return the reply, or raise the failure if there is one."""
    if failure is not None:
        raise failure
    assert reply is not None  # noqa: S101  # there is no third way
    log_request("POST", question.path, reply.status_code, started)
    return reply


def _failure(error: Exception, question: TokenQuestion) -> JamfProError:
    """Return the error for a question that got no answer."""
    if isinstance(error, JamfProError):
        return error
    if isinstance(error, OSError) and not is_tls_failure(error):
        raise error
    return translate(error, method="POST", path=question.path)
