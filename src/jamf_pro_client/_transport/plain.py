"""The short way to a request for most calls: to an operation, without body and cookies.

httpx would parse the URL and merge headers, cookies and parameters anew for each of them, which
takes half of the time that sending takes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from jamf_pro_client._httpx import httpx
from jamf_pro_client._redact import HIDDEN, without_secrets
from jamf_pro_client._transport.connections import ASKED_AT, REPLAYABLE, WANTS_TOKEN
from jamf_pro_client._unset import Unset

if TYPE_CHECKING:
    from jamf_pro_client._transport.call import Call
    from jamf_pro_client._transport.connections import Connections
    from jamf_pro_client._transport.exchange import Extras

__all__ = ("SHOWN", "HeaderSet", "codings_for", "plain_request")

SHOWN: Final = "jamf_pro_client.shown"
"""The request extension with the headers that may be seen when it has been sent."""

# Their requests carry no headers that describe a body, when there is none.
_WITHOUT_BODY: Final = ("GET", "HEAD", "DELETE")


class HeaderSet:
    """Headers that are the same for many requests, merged once."""

    __slots__ = ("_accept", "_given", "merged", "shown", "wants_token")

    def __init__(
        self,
        given: list[tuple[bytes, bytes]],
        accept: str | None,
        merged: httpx.Headers,
        shown: httpx.Headers,
        *,
        wants_token: bool,
    ) -> None:
        self._given = given
        self._accept = accept
        self.merged: Final = merged
        """What is sent."""
        self.shown: Final = shown
        """What remains of it when it was sent: no secrets."""
        self.wants_token: Final = wants_token
        """Whether there is nothing in it that authenticates."""

    def serves(self, given: list[tuple[bytes, bytes]], accept: str | None) -> bool:
        """Return whether it is what the client's headers and this Accept header make.

        Args:
            given: The headers of the httpx client, which users can change.
            accept: The Accept header of the call.
        """
        return accept == self._accept and given == self._given


def plain_request(
    client: httpx.Client | httpx.AsyncClient,
    call: Call,
    connections: Connections,
    extras: Extras,
) -> httpx.Request | None:
    """Return the request of a plain call; None when it takes all that httpx can do.

    Args:
        client: Adds its own headers and timeout.
        call: What to send.
        connections: Know the server.
        extras: What the derived client adds.
    """
    if not _is_plain(call) or extras.cookies or client.params or any(client.cookies.jar):
        return None
    timeout = extras.timeout if isinstance(call.timeout, Unset) else call.timeout
    chosen = client.timeout if isinstance(timeout, Unset) else httpx.Timeout(timeout)
    headers = _headers(client, call.headers, extras, connections)
    extensions: dict[str, Any] = {
        SHOWN: headers.shown,
        REPLAYABLE: True,
        ASKED_AT: call.asked_at,
        "timeout": chosen.as_dict(),
    }
    if headers.wants_token:
        extensions[WANTS_TOKEN] = True
    url = connections.server.base_url + call.path
    request = httpx.Request(
        call.method,
        httpx.URL(url, params=call.params) if call.params else url,
        headers=headers.merged,
        stream=httpx.ByteStream(b""),
        extensions=extensions,
    )
    # As for other requests: whoever looks at it finds its body read.
    request.read()
    return request


def codings_for(
    client: httpx.Client | httpx.AsyncClient, connections: Connections
) -> dict[str, str]:
    """Return the header that leaves out codings whose size cannot be kept within bounds.

    An httpx client that the user has made asks for all codings that are installed.

    Args:
        client: Whose default it is to replace; nothing is replaced for those that we have made.
        connections: Know who has made it.
    """
    if not connections.is_given(client):
        return {}
    from jamf_pro_client._transport.inflate import CODINGS  # with the first body

    asked = client.headers.get("Accept-Encoding", "").split(",")
    kept = [c.strip() for c in asked if c.partition(";")[0].strip() in {*CODINGS, "identity"}]
    return {"Accept-Encoding": ", ".join(kept) or "identity"}


def _is_plain(call: Call) -> bool:
    return (
        call.operation is not None
        and call.content is None
        and call.data is None
        and call.files is None
        and not call.cookies
        and call.method in _WITHOUT_BODY
    )


def _headers(
    client: httpx.Client | httpx.AsyncClient,
    own: Mapping[str, str],
    extras: Extras,
    connections: Connections,
) -> HeaderSet:
    given = client.headers.raw
    accept = own.get("Accept") if len(own) == 1 else None
    known = extras.header_set
    if accept is not None and known is not None and known.serves(given, accept):
        return known
    merged = _merged(client, own, extras, connections)
    names = () if connections.auth is None else (connections.auth.header_name,)
    shown = httpx.Headers(merged)
    # The token is put on when it is sent.
    shown.update(dict.fromkeys(names, HIDDEN))
    wants_token = not any(name in merged for name in ("Authorization", *names))
    safe = without_secrets(shown, names)
    made = HeaderSet(given, accept, merged, safe, wants_token=wants_token)
    if accept is not None:
        extras.header_set = made
    return made


def _merged(
    client: httpx.Client | httpx.AsyncClient,
    own: Mapping[str, str],
    extras: Extras,
    connections: Connections,
) -> httpx.Headers:
    # First, where RFC 9110 wants it; a Host of the client's headers wins.
    host = httpx.URL(connections.server.base_url).netloc.decode("ascii")
    merged = httpx.Headers({"Host": host})
    merged.update(client.headers)
    merged.update(codings_for(client, connections))
    merged.update(dict(extras.headers))
    merged.update(dict(own))
    return merged
