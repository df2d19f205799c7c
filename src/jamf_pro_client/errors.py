"""Everything that can go wrong, as one tree.

```
JamfProError
├── ConfigurationError        wrong before anything was sent; also a ValueError
├── TransportError            no usable answer; also an httpx.TransportError
│   └── RequestTimeoutError   also an httpx.TimeoutException
├── AmbiguousWriteError       a write was sent, its outcome is unknown
├── InvalidResponseError      the body is not what it claims to be
├── TruncatedResultError      a walk over pages missed rows, or may have missed some
└── JamfProAPIError           the server said no
    ├── UnexpectedStatus      a status that is neither a success nor an error we know
    ├── BadRequestError       400
    ├── UnauthorizedError     401
    ├── ForbiddenError        403
    ├── NotFoundError         404
    ├── ConflictError         409
    │   └── OptimisticLockError   somebody else changed it first
    ├── ValidationError       422
    ├── RateLimitedError      429
    └── ServerError           5xx
```

No error holds a token, a password or a cookie, and every error can be pickled.
"""

from __future__ import annotations

from typing import Any, NamedTuple, NoReturn

from jamf_pro_client._httpx import httpx
from jamf_pro_client._redact import bare_reply

__all__ = (
    "AmbiguousWriteError",
    "ApiErrorDetail",
    "BadRequestError",
    "ConfigurationError",
    "ConflictError",
    "ForbiddenError",
    "InvalidResponseError",
    "JamfProAPIError",
    "JamfProError",
    "NotFoundError",
    "OptimisticLockError",
    "RateLimitedError",
    "RequestTimeoutError",
    "ServerError",
    "TransportError",
    "TruncatedResultError",
    "UnauthorizedError",
    "UnexpectedStatus",
    "ValidationError",
    "error_for",
)


class JamfProError(Exception):
    """The root of all errors of this package."""

    while_authenticating = False
    """Whether it happened while a token was fetched, so the request itself was not sent."""

    @property
    def not_found(self) -> bool:
        """Whether the server does not have what was asked for (404)."""
        return False

    def __reduce__(self) -> tuple[Any, ...]:
        # Exceptions are rebuilt from `args` by calling the class, which fails for those that take
        # keywords; the state is all there is to restore.
        return _rebuild, (type(self), self.args, self.__dict__)


def _rebuild(kind: type[JamfProError], args: tuple[Any, ...], state: dict[str, Any]) -> Any:
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(state)
    return error


class ConfigurationError(JamfProError, ValueError):
    """What was asked for cannot be done; nothing was sent."""


class TransportError(JamfProError, httpx.TransportError):
    """No usable answer came: not connected, cut off, or not HTTP.

    Unlike other httpx errors it never has a `request`, which would hold the token.
    """

    def __init__(
        self,
        message: str,
        *,
        method: str | None = None,
        path: str | None = None,
        operation: str | None = None,
        sent: bool = True,
    ) -> None:
        super().__init__(message)
        self.method = method
        """The HTTP method."""
        self.path = path
        """The path or path template, without query."""
        self.operation = operation
        """The operation's name, None for raw requests."""
        self.sent = sent
        """False when certainly no byte of the request has reached the server."""

    @property
    def request(self) -> NoReturn:
        """Not available: it would hold the token."""
        raise RuntimeError("errors of jamf_pro_client hold no request")

    @request.setter
    def request(self, request: object) -> None:
        # httpx sets it on every error that passes through its own code.
        pass


class RequestTimeoutError(TransportError, httpx.TimeoutException):
    """The time for connecting, sending, reading or waiting for a connection ran out."""


class AmbiguousWriteError(JamfProError):
    """A write was sent and no answer came: look at the server before you write again."""

    def __init__(
        self,
        message: str,
        *,
        method: str | None = None,
        path: str | None = None,
        operation: str | None = None,
        attempts: int = 1,
    ) -> None:
        super().__init__(message)
        self.method = method
        """The HTTP method."""
        self.path = path
        """The path or path template, without query."""
        self.operation = operation
        """The operation's name, None for raw requests."""
        self.attempts = attempts
        """How many times it was sent; the last one is in doubt."""


class InvalidResponseError(JamfProError):
    """The body is not what it claims to be: HTML for JSON, cut off, too large, not decodable."""


class TruncatedResultError(JamfProError):
    """A walk over pages got fewer rows than the server counts, or may have missed some."""


class ApiErrorDetail(NamedTuple):
    """One entry of Jamf's own list of errors."""

    code: str | None = None
    """Jamf's word for it, such as `INVALID_FIELD`; new ones appear at any time."""
    description: str | None = None
    """Jamf's sentence."""
    id: str | None = None
    """Which object is meant; Jamf sends `"0"` for none."""
    field: str | None = None
    """Which field of the request is meant."""


class JamfProAPIError(JamfProError):
    """The server said no."""

    def __init__(
        self,
        status_code: int,
        *,
        method: str,
        path: str,
        errors: tuple[ApiErrorDetail, ...] = (),
        trace_id: str | None = None,
        response: httpx.Response | None = None,
        operation: str | None = None,
        privileges: tuple[str, ...] = (),
        note: str | None = None,
    ) -> None:
        self.status_code = status_code
        """The HTTP status, also when no standard names it."""
        self.method = method
        """The HTTP method."""
        self.path = path
        """The path or path template, without query."""
        self.errors = errors
        """Jamf's own list; often empty."""
        self.trace_id = trace_id
        """What Jamf support asks for, when the reply has it."""
        self.response = response
        """The reply: status, headers without cookies, body; its `request` is not there."""
        self.operation = operation
        """The operation's name, None for raw requests."""
        self.privileges = privileges
        """The privileges that the operation needs, as far as the description names them."""
        # Imported here like all of `_replies` in this module: most programs meet no error.
        from jamf_pro_client._replies import refusal_text

        super().__init__(
            refusal_text(
                status_code,
                f"{method} {path}" + (f" ({operation})" if operation else ""),
                errors,
                # Only there it is known that they were missing.
                privileges if status_code == 403 else (),
                note,
            )
        )

    @property
    def not_found(self) -> bool:
        """Whether the server does not have what was asked for (404)."""
        return self.status_code == 404

    @property
    def retry_after(self) -> float | None:
        """How many seconds the server asks to wait; None when it does not say."""
        from jamf_pro_client._resilience.retry_after import parse_retry_after

        return None if self.response is None else parse_retry_after(self.response.headers)


class UnexpectedStatus(JamfProAPIError):
    """A status that is neither a success nor an error that we know, such as a redirect."""


class BadRequestError(JamfProAPIError):
    """400: the server does not accept what was sent."""


class UnauthorizedError(JamfProAPIError):
    """401: not logged in, or the credentials were refused."""


class ForbiddenError(JamfProAPIError):
    """403: logged in, but a privilege is missing; `privileges` names those that are needed."""


class NotFoundError(JamfProAPIError):
    """404: there is no such thing."""


class ConflictError(JamfProAPIError):
    """409: it exists already, or it is in use."""


class OptimisticLockError(ConflictError):
    """Somebody else changed it first: read it again, then write with the new version lock."""


class ValidationError(JamfProAPIError):
    """422: understood, and refused."""


class RateLimitedError(JamfProAPIError):
    """429: too many requests; `retry_after` says how many seconds to wait."""


class ServerError(JamfProAPIError):
    """5xx: the server or something in front of it failed."""


_BY_STATUS: dict[int, type[JamfProAPIError]] = {
    400: BadRequestError,
    401: UnauthorizedError,
    403: ForbiddenError,
    404: NotFoundError,
    409: ConflictError,
    422: ValidationError,
    429: RateLimitedError,
}


def error_for(
    response: httpx.Response,
    *,
    operation: str | None = None,
    method: str,
    path: str,
    privileges: tuple[str, ...] = (),
    unexpected: bool = False,
    kind: type[JamfProAPIError] | None = None,
    note: str | None = None,
) -> JamfProAPIError:
    """Return the error that fits a reply that has been read.

    Args:
        response: The reply; the error keeps a copy without request and cookies.
        operation: The operation's name.
        method: The HTTP method.
        path: The path template, or the path without query.
        privileges: What the operation needs; named when it was refused for lack of them.
        unexpected: Make it an `UnexpectedStatus` whatever the status.
        kind: The class to use instead of the one that fits the status.
        note: What else to say.
    """
    from jamf_pro_client._replies import read_error_body

    shown = bare_reply(response)
    body = read_error_body(shown.content, response.headers)
    details = tuple(ApiErrorDetail(*detail) for detail in body.details)
    chosen = UnexpectedStatus if unexpected else kind or _kind(response.status_code, details)
    told = (None if details else body.sentence, note, _wait_asked_for(shown))
    return chosen(
        response.status_code,
        method=method,
        path=path,
        errors=details,
        trace_id=body.trace_id,
        response=shown,
        operation=operation,
        privileges=privileges,
        note="; ".join(filter(None, told)) or None,
    )


def _wait_asked_for(response: httpx.Response) -> str | None:
    from jamf_pro_client._resilience.retry_after import parse_retry_after

    seconds = parse_retry_after(response.headers)
    return f"the server asks to wait {seconds:g} s" if seconds else None


def _kind(status_code: int, details: tuple[ApiErrorDetail, ...]) -> type[JamfProAPIError]:
    if 400 <= status_code < 500 and any(d.code == "OPTIMISTIC_LOCK_FAILED" for d in details):
        return OptimisticLockError
    if status_code in _BY_STATUS:
        return _BY_STATUS[status_code]
    if 500 <= status_code < 600:
        return ServerError
    return JamfProAPIError if 400 <= status_code < 500 else UnexpectedStatus
