"""What is asked of a token endpoint, and how its reply is read."""

from __future__ import annotations

import datetime
from base64 import b64encode
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, SupportsFloat
from urllib.parse import quote, quote_plus

from jamf_pro_client._httpx import httpx
from jamf_pro_client._redact import HIDDEN, Secret
from jamf_pro_client.errors import (
    ConfigurationError,
    InvalidResponseError,
    JamfProAPIError,
    UnauthorizedError,
    error_for,
)

if TYPE_CHECKING:
    from jamf_pro_client.auth import AccessToken

__all__ = (
    "TokenQuestion",
    "read_expiry",
    "read_scope",
    "read_token",
    "refusal",
    "seconds_until",
    "token_text",
)

# What RFC 6749 calls credentials that are not accepted; sent with 400 as well as with 401.
_REFUSED: Final = frozenset({"invalid_client", "unauthorized_client", "invalid_grant"})
# An epoch number below this is in seconds: as milliseconds it would be in 1973.
_FIRST_MILLISECONDS: Final = 1e11


class TokenQuestion(NamedTuple):
    """A request to a token endpoint."""

    path: str
    kind: Literal["oauth", "user"]
    who: str
    """Whose credentials they are, for errors."""
    form: Mapping[str, str | Secret] | None = None
    basic: Secret | None = None
    bearer: Secret | None = None
    """The token that is to be replaced."""
    secrets: tuple[Secret, ...] = ()
    """What must not be repeated if the server repeats it."""


def read_token(response: httpx.Response, question: TokenQuestion) -> AccessToken:
    """Return the token that a token endpoint gave.

    Args:
        response: Its reply, read.
        question: What was asked.

    Raises:
        UnauthorizedError: The credentials were refused.
        JamfProAPIError: The server said no for another reason.
        InvalidResponseError: There is no token in the reply.
    """
    if not response.is_success:
        raise refusal(response, question)
    token = _token_in(response, question.kind)
    if token is None:
        # Neither the body nor a part of it is in this frame: a token could be in it.
        raise InvalidResponseError(
            f"POST {question.path} for {question.who} was answered with "
            f"{response.status_code}, but the answer holds no readable token"
        )
    return token


def _token_in(response: httpx.Response, kind: Literal["oauth", "user"]) -> AccessToken | None:
    from jamf_pro_client.auth import AccessToken  # which imports this module

    document = _document(response.content)
    try:
        if kind == "oauth":
            token = document.get("access_token")
            lifetime = _seconds(document.get("expires_in"))
            expires = None if lifetime is None else _now() + datetime.timedelta(seconds=lifetime)
        else:
            token = document.get("token")
            expires = read_expiry(document.get("expires"))
            lifetime = _server_seconds(expires, response.headers)
        # What is no text is no token, and says so by the same error.
        scope = document.get("scope")
        return AccessToken(kind, token or "", expires, scope, lifetime_seconds=lifetime)
    except (ConfigurationError, TypeError, ValueError, OverflowError):
        return None


def refusal(response: httpx.Response, question: TokenQuestion) -> JamfProAPIError:
    """Return the error for a token endpoint that said no.

    Args:
        response: Its reply, read.
        question: What was asked.
    """
    content = response.content
    for secret in question.secrets:
        for spelling in _spellings(secret.reveal()):
            content = content.replace(spelling.encode(), HIDDEN.encode())
    shown = httpx.Response(
        response.status_code,
        headers=[
            pair
            for pair in response.headers.raw
            if pair[0].lower() in (b"content-type", b"date", b"retry-after")
        ],
        content=content,
    )
    refused = response.status_code in (400, 401, 403)
    oauth_error = _document(content).get("error")
    return error_for(
        shown,
        method="POST",
        path=question.path,
        kind=UnauthorizedError if refused and oauth_error in _REFUSED else None,
        note=f"the server does not accept {question.who}" if refused else None,
    )


def token_text(token: object) -> str:
    """Return the text of a token; "" if a header cannot carry it.

    Args:
        token: What is said to be one.
    """
    text = token.strip() if isinstance(token, str) else ""
    return text if all("!" <= character <= "~" for character in text) else ""


def read_scope(scope: str | Iterable[str] | None) -> tuple[str, ...] | None:
    """Return the roles that a token stands for; None if none are named.

    Args:
        scope: A text with spaces between them, or several texts.
    """
    if scope is None:
        return None
    return tuple(scope.split() if isinstance(scope, str) else scope)


def seconds_until(moment: datetime.datetime | None) -> float | None:
    """Return how long it is until *moment* by this computer's clock; None for never.

    Args:
        moment: In UTC.
    """
    return None if moment is None else (moment - _now()).total_seconds()


def read_expiry(value: object) -> datetime.datetime | None:
    """Return when a token ends, in UTC.

    Args:
        value: A datetime (UTC if it has no zone), an ISO text, or seconds or milliseconds since
            1970; None stays None.

    Raises:
        ConfigurationError: It is none of these.
    """
    if value is None or value == "":
        return None
    try:
        if isinstance(value, datetime.datetime):
            moment = value
        elif isinstance(value, str):
            moment = _moment(value.strip())
        elif isinstance(value, SupportsFloat) and not isinstance(value, bool):
            moment = _moment_of(float(value))
        else:
            raise TypeError
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=datetime.UTC)
        return moment.astimezone(datetime.UTC)
    except (ValueError, TypeError, OverflowError, OSError):
        pass
    raise ConfigurationError("expires is not a readable date")


def _moment_of(number: float) -> datetime.datetime:
    seconds = number / 1000 if number >= _FIRST_MILLISECONDS else number
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC)


def _moment(text: str) -> datetime.datetime:
    if text.isdecimal():
        return _moment_of(int(text))
    try:
        return datetime.datetime.fromisoformat(text)
    except ValueError:
        from dateutil import parser  # slow to import, for odd dates only

        return parser.parse(text)


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


def _seconds(value: object) -> float | None:
    if value is None:
        return None
    return float(value)  # type: ignore[arg-type]  # a TypeError is what the caller expects


def _server_seconds(expires: datetime.datetime | None, headers: Mapping[str, str]) -> float | None:
    """Return how long a token is good for by the server's own clock."""
    if expires is None:
        return None
    now = _now()
    if "date" in headers:
        from email.utils import parsedate_to_datetime

        try:
            told = parsedate_to_datetime(headers["date"])
            now = told if told.tzinfo is not None else told.replace(tzinfo=datetime.UTC)
        except (ValueError, TypeError):
            pass
    return (expires - now).total_seconds()


def _document(content: bytes) -> dict[str, Any]:
    from jamf_pro_client._reading import plain_object  # with the first token

    return plain_object(content) or {}


def _spellings(secret: str) -> tuple[str, ...]:
    return (secret, quote(secret, safe=""), quote_plus(secret), b64encode(secret.encode()).decode())
