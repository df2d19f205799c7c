"""Keeping secrets out of reprs, logs, errors and pickles."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NoReturn

from jamf_pro_client._httpx import httpx

__all__ = ("HIDDEN", "Secret", "bare_reply", "hide_headers", "reveal", "without_secrets")

HIDDEN: Final = "***"
"""What stands where a secret was."""

_HIDDEN: Final = HIDDEN.encode("ascii")
_SECRET_REQUEST_HEADERS: Final = (b"authorization", b"proxy-authorization", b"cookie")

# The body was decompressed, and a cookie is a credential.
_DROPPED_HEADERS: Final = frozenset(
    {"content-encoding", "content-length", "transfer-encoding", "set-cookie", "set-cookie2"}
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


def hide_headers(request: httpx.Request, names: Iterable[str] = ()) -> None:
    """Replace what authenticates a request that has been sent.

    A reply and an httpx error both point to their request; without this a pickled reply or a
    debugger's view of an error would carry the token.

    Args:
        request: The request, changed in place.
        names: Further header names to hide.
    """
    request.headers = without_secrets(request.headers, names)


def without_secrets(headers: httpx.Headers, names: Iterable[str] = ()) -> httpx.Headers:
    """Return headers with what authenticates replaced; the same ones if there is none of it.

    Args:
        headers: Of a request.
        names: Further header names to hide.
    """
    secret = {*_SECRET_REQUEST_HEADERS, *(name.lower().encode("ascii") for name in names)}
    sent = headers.raw
    if not any(name.lower() in secret for name, _ in sent):
        return headers
    return httpx.Headers(
        [(name, _HIDDEN if name.lower() in secret else value) for name, value in sent]
    )


def bare_reply(response: httpx.Response) -> httpx.Response:
    """Return a copy of a reply without its request and without cookies.

    Args:
        response: A reply that has been read.
    """
    headers = [pair for pair in response.headers.multi_items() if pair[0] not in _DROPPED_HEADERS]
    return httpx.Response(response.status_code, headers=headers, content=response.content)
