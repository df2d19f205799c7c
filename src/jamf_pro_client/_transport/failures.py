"""Turns failures of httpx into errors of ours, which hold no request and so no token."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jamf_pro_client._httpx import httpx
from jamf_pro_client._transport.ending import is_ended
from jamf_pro_client.errors import (
    ConfigurationError,
    InvalidResponseError,
    JamfProError,
    RequestTimeoutError,
    TransportError,
)

if TYPE_CHECKING:
    from jamf_pro_client._transport.call import Call

__all__ = (
    "EXPECTED",
    "MAX_HOPS",
    "closed",
    "endless",
    "failed_reading",
    "failure_of",
    "is_about",
    "is_tls_failure",
    "kind_of",
    "no_slot",
    "translate",
)

# httpx lets errors of encryption through, and tells by a RuntimeError that it is closed.
EXPECTED: Final = (
    JamfProError,
    httpx.RequestError,
    httpx.InvalidURL,
    OSError,
    RuntimeError,
)
"""What `failure_of` knows."""
MAX_HOPS: Final = 10
"""How many redirects are followed."""

# Surely nothing of the request has reached the server.
_NOT_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)
# httpx, its transport and the event loop's library each wrap the error of the one below.
_MOST_CAUSES = 8
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
    if _is_bad_location(error):
        text = f"{what}: the answer redirects to an address that cannot be read"
        return TransportError(text, method=method, path=path, operation=operation)
    if isinstance(error, httpx.LocalProtocolError):
        # Its text quotes the header, which may be a secret.
        return ConfigurationError(f"{what}: the request cannot be sent as HTTP")
    if isinstance(error, httpx.DecodingError):
        return InvalidResponseError(f"{what}: the body cannot be decompressed")
    refused = _certificate_problem(error)
    if refused is not None:
        text = (
            f"{what}: the server's certificate was refused: {refused}; verify_ssl takes the path "
            "of a certificate to trust"
        )
        return _with_cause(
            TransportError(text, method=method, path=path, operation=operation, sent=False),
            httpx.ConnectError(f"CERTIFICATE_VERIFY_FAILED: {refused}"),
        )
    if is_tls_failure(error):
        error = httpx.ReadError(str(error))
        kind = "ReadError"
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
        return _with_cause(translated, type(error)(text))
    return translated


def kind_of(error: BaseException) -> type[BaseException]:
    """Return what kind of failure decides whether another attempt makes sense.

    That is the class, but for what will fail again: a certificate that was refused, which httpx
    calls a ConnectError, and a Location that cannot be read, which it calls no HTTP.

    Args:
        error: What httpx raised.
    """
    if _certificate_problem(error) is not None:
        import ssl

        return ssl.SSLCertVerificationError
    if _is_bad_location(error):
        return httpx.InvalidURL
    return httpx.ReadError if is_tls_failure(error) else type(error)


def _is_bad_location(error: BaseException) -> bool:
    """Return whether a reply came whose Location httpx cannot read.

    It prepares the next request even when it is not to follow, and then gives no reply at all.
    """
    # The URL of the request was read before.
    return isinstance(error, httpx.InvalidURL) or (
        isinstance(error, httpx.RemoteProtocolError) and "location header" in str(error)
    )


def is_tls_failure(error: BaseException) -> bool:
    """Return whether *error* comes from encryption, which httpx does not always make its own.

    In asyncio it lets such an OSError through when the connection breaks while it is read.

    Args:
        error: What came out of httpx.
    """
    if not isinstance(error, OSError):
        return False
    import ssl

    return isinstance(error, ssl.SSLError)


def _certificate_problem(error: BaseException) -> str | None:
    """Return what is wrong with the server's certificate if that is why it failed."""
    if not isinstance(error, httpx.ConnectError):
        return None
    import ssl

    cause: BaseException | None = error
    for _ in range(_MOST_CAUSES):
        if cause is None:
            break
        if isinstance(cause, ssl.SSLCertVerificationError):
            return getattr(cause, "verify_message", "") or "it is not valid"
        # httpcore takes the cause away and leaves the context.
        cause = cause.__cause__ or cause.__context__
    return None


def _with_cause(error: TransportError, cause: BaseException) -> TransportError:
    error.__cause__ = cause
    return error


def closed(*, sent: bool, method: str, path: str, operation: str | None) -> TransportError:
    """Return the error for a call whose client was closed by somebody else."""
    text = f"{method} {path}: the client was closed during this call"
    return TransportError(text, method=method, path=path, operation=operation, sent=sent)


def endless(*, method: str, path: str, operation: str | None) -> TransportError:
    """Return the error for a call that was redirected again and again."""
    text = f"{method} {path}: more than {MAX_HOPS} redirects"
    return TransportError(text, method=method, path=path, operation=operation)


def no_slot(why: str, *, method: str, path: str, operation: str | None) -> RequestTimeoutError:
    """Return the error for a call that waited too long behind others."""
    text = f"{method} {path}: no slot was free {why}"
    return RequestTimeoutError(text, method=method, path=path, operation=operation, sent=False)


def is_about(error: httpx.RequestError, response: httpx.Response) -> bool:
    """Return whether *error* comes from reading *response*, and not from other code.

    Args:
        error: What was raised while a reply was open.
        response: The reply.
    """
    try:
        return error.request is response.request
    except RuntimeError:  # it has none
        return False


def failure_of(
    error: Exception,
    call: Call,
    client: httpx.Client | httpx.AsyncClient,
    response: httpx.Response | None,
    hops: int,
) -> JamfProError:
    """Return the error for what went wrong between the request and the end of the body.

    Args:
        error: One of `EXPECTED`; others of its kinds are raised again.
        call: What was to be sent.
        client: What sent it.
        response: The reply, as far as it came.
        hops: How many redirects had been followed.
    """
    if isinstance(error, JamfProError):
        # Before there is a reply, only the token's fetching raises errors of ours.
        error.while_authenticating = response is None
        # Frames of httpx hold the request, whose repr holds the query.
        failure = error.with_traceback(None)
    elif isinstance(error, httpx.RequestError | httpx.InvalidURL) or is_tls_failure(error):
        broken = isinstance(error, httpx.NetworkError | httpx.RemoteProtocolError | OSError)
        failure = (
            closed(sent=not isinstance(error, _NOT_SENT), **call.who)
            if broken and is_ended(client)
            else translate(error, **call.who)
        )
    elif isinstance(error, RuntimeError) and client.is_closed:
        failure = closed(sent=False, **call.who)
    else:
        raise error
    if hops and isinstance(failure, TransportError):
        # Something was sent before, and redirected.
        failure.sent = True
    return failure


def failed_reading(
    error: httpx.RequestError, call: Call, response: httpx.Response
) -> JamfProError | None:
    """Return the error for a body that broke off; None if the error has nothing to do with it.

    Args:
        error: What was raised while a reply was open.
        call: What was sent.
        response: The reply.
    """
    if not is_about(error, response):
        return None
    return translate(error, **call.who)
