"""Turns failures of httpx into errors of ours, which hold no request and so no token."""

from __future__ import annotations

from jamf_pro_client._httpx import httpx
from jamf_pro_client.errors import (
    ConfigurationError,
    InvalidResponseError,
    JamfProError,
    RequestTimeoutError,
    TransportError,
)

__all__ = ("translate",)

# Surely nothing of the request has reached the server.
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
_WORDS = {
    "ConnectTimeout": "no connection in time",
    "ReadTimeout": "no answer in time",
    "WriteTimeout": "the request could not be sent in time",
    "PoolTimeout": "no connection was free in time",
    "ConnectError": "no connection",
    "ReadError": "the connection broke while the answer was read",
    "WriteError": "the connection broke while the request was sent",
    "RemoteProtocolError": "the answer is not HTTP or was cut off",
    "ProxyError": "the proxy refused",
}


def translate(
    error: BaseException, *, method: str, path: str, operation: str | None = None
) -> JamfProError:
    """Return the error to raise for one that httpx raised.

    Raise it outside of the handler: an attached httpx error would bring its request along.

    Args:
        error: What httpx raised.
        method: The HTTP method.
        path: The path template, or the path without query.
        operation: The operation's name.
    """
    if isinstance(error, JamfProError):
        return error
    kind = type(error).__name__
    what = f"{method} {path}" + (f" ({operation})" if operation else "")
    if isinstance(error, httpx.InvalidURL):
        # The URL of the request was read before: it is the reply's Location.
        text = f"{what}: the answer redirects to an address that cannot be read"
        return TransportError(text, method=method, path=path, operation=operation)
    if isinstance(error, httpx.LocalProtocolError):
        # Its text quotes the header, which may be a secret.
        return ConfigurationError(f"{what}: the request cannot be sent as HTTP")
    if isinstance(error, httpx.DecodingError):
        return InvalidResponseError(f"{what}: the body cannot be decompressed")
    text = str(error)
    if "b'" in text or 'b"' in text:
        # h11 quotes the line that it could not read, which may be a cookie.
        text = ""
    words = _WORDS.get(kind, kind)
    message = f"{what}: {words}" + (f" ({kind}: {text})" if text else f" ({kind})")
    chosen = RequestTimeoutError if isinstance(error, httpx.TimeoutException) else TransportError
    translated = chosen(
        message,
        method=method,
        path=path,
        operation=operation,
        sent=not isinstance(error, _NOT_SENT),
    )
    if isinstance(error, httpx.TransportError):
        # A copy without request tells which kind of failure it was.
        translated.__cause__ = type(error)(text)
    return translated
