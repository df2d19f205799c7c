"""Keeping secrets out of reprs, logs, errors and pickles."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, NoReturn

from jamf_pro_client._httpx import httpx

__all__ = (
    "HIDDEN",
    "NO_BODY",
    "Secret",
    "bare_reply",
    "bare_request",
    "hide_headers",
    "reveal",
    "without_echo",
    "without_secrets",
)

HIDDEN: Final = "***"
"""What stands where a secret was."""

_HIDDEN: Final = HIDDEN.encode("ascii")
# A list of what is harmless and not of what is secret: people put keys into headers of any name.
_HARMLESS_REQUEST_HEADERS: Final = frozenset(
    {
        b"accept",
        b"accept-encoding",
        b"accept-language",
        b"connection",
        b"content-encoding",
        b"content-length",
        b"content-type",
        b"host",
        b"if-match",
        b"if-modified-since",
        b"if-none-match",
        b"if-unmodified-since",
        b"range",
        b"transfer-encoding",
        b"user-agent",
    }
)

NO_BODY: Final = httpx.ByteStream(b"")
"""The stream of a request or reply that has none, or none any more."""
_SENT: Final = "jamf_pro_client.sent"

# The body was decompressed, and a cookie is a credential.
_DROPPED_HEADERS: Final = frozenset(
    {b"content-encoding", b"content-length", b"transfer-encoding", b"set-cookie", b"set-cookie2"}
)


class Secret:
    """A text that prints as `***`, cannot be pickled and equals only itself."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the text. Call it where it is sent and nowhere else."""
        return self._value

    def __bool__(self) -> bool:
        return bool(self._value)

    def __repr__(self) -> str:
        return HIDDEN

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret cannot be pickled")


def reveal(value: str | Secret) -> str:
    """Return the text of *value*, secret or not."""
    return value.reveal() if isinstance(value, Secret) else value


class _Sent:
    """A request as it was sent; prints as `***` and cannot be pickled."""

    __slots__ = ("_body", "_headers", "_names", "_url")

    def __init__(self, request: httpx.Request, names: Iterable[str]) -> None:
        self._headers = request.headers
        self._names = names
        self._url = request.url
        # The request itself would keep what its extensions hold.
        self._body = request.stream

    def secrets(self) -> list[bytes]:
        """Return the values of its headers that are secret."""
        harmless = _harmless(self._names)
        return [value for name, value in self._headers.raw if name.lower() not in harmless]

    def values(self) -> set[str]:
        """Return the texts of its query and body; what was sent in pieces is not known any more."""
        from jamf_pro_client._echo import values_of

        body = b"".join(self._body) if isinstance(self._body, httpx.ByteStream) else b""
        return values_of(self._url.query, body)

    def __repr__(self) -> str:
        return HIDDEN

    def __reduce__(self) -> NoReturn:
        raise TypeError("secrets cannot be pickled")


def hide_headers(
    request: httpx.Request, names: Iterable[str] = (), shown: httpx.Headers | None = None
) -> None:
    """Replace what could authenticate a request that has been sent.

    A reply and an httpx error both point to their request; without this a pickled reply or a
    debugger's view of an error would carry the token.

    Args:
        request: The request, changed in place.
        names: Harmless headers that carry a secret here.
        shown: What remains of the headers, if that is known already.
    """
    # Error pages repeat requests; what must not be shown of them is known by this alone.
    request.extensions[_SENT] = _Sent(request, names)
    if shown is None:
        shown = without_secrets(request.headers, names)
    request.headers = httpx.Headers(shown)


def without_echo(response: httpx.Response) -> bytes:
    """Return a reply's body without what its request held, which error pages repeat.

    These are headers, and the texts of the query and the body.

    Args:
        response: A reply that has been read.
    """
    content = response.content
    try:
        sent = response.request.extensions.get(_SENT)
    except RuntimeError:  # it has no request
        return content
    if sent is None or not content:
        return content
    from jamf_pro_client._echo import SHORTEST_SECRET, without  # with the first error

    for secret in sent.secrets():
        # The whole header, and its parts: "Bearer x" and "name=x; other=y".
        for part in (secret, *re.split(rb"; |=| ", secret)):
            if len(part) >= SHORTEST_SECRET:
                content = content.replace(part, _HIDDEN)
    return without(content, sent.values(), _HIDDEN)


def without_secrets(headers: httpx.Headers, names: Iterable[str] = ()) -> httpx.Headers:
    """Return headers with what could authenticate replaced.

    Args:
        headers: Of a request.
        names: Harmless headers that carry a secret here.
    """
    harmless = _harmless(names)
    # All at once: httpx looks through all headers for each that is set.
    return httpx.Headers(
        [(name, value if name.lower() in harmless else _HIDDEN) for name, value in headers.raw]
    )


def _harmless(names: Iterable[str]) -> frozenset[bytes]:
    return _HARMLESS_REQUEST_HEADERS.difference(name.lower().encode() for name in names)


def bare_request(request: httpx.Request) -> httpx.Request:
    """Return what a reply may tell of its request: method, URL and headers, but not the body.

    Args:
        request: One whose headers are hidden already.
    """
    # Without its constructor, which would make a body and headers anew for every call.
    bare = httpx.Request.__new__(httpx.Request)
    bare.method = request.method
    bare.url = request.url
    bare.headers = request.headers
    sent = request.extensions.get(_SENT)
    bare.extensions = {} if sent is None else {_SENT: sent}
    bare.stream = NO_BODY
    return bare


def bare_reply(response: httpx.Response) -> httpx.Response:
    """Return a copy of a reply without its request, without cookies and without what was secret.

    Args:
        response: A reply that has been read.
    """
    # As bytes: httpx reads headers that are not ASCII, and does not take them back as text.
    headers = [pair for pair in response.headers.raw if pair[0].lower() not in _DROPPED_HEADERS]
    return httpx.Response(response.status_code, headers=headers, content=without_echo(response))
