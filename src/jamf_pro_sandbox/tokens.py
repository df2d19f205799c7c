"""Who may call: issues tokens, lets them expire, knows their privileges."""

from __future__ import annotations

import base64
import json
import secrets
import threading
import time
import uuid
from collections.abc import Callable, Collection, Mapping
from typing import Any, Final

import attrs

from jamf_pro_sandbox.errors import Cause, Refusal

__all__ = ("ApiClient", "Credentials", "Grant", "TokenStore")

_CLIENT: Final = "client"
_USER: Final = "user"


@attrs.frozen
class Credentials:
    """What logs in to one sandbox: an API client and a user account."""

    client_id: str = attrs.field(factory=lambda: str(uuid.uuid4()))
    client_secret: str = attrs.field(factory=lambda: secrets.token_urlsafe(32), repr=False)
    username: str = "sandbox-admin"
    password: str = attrs.field(factory=lambda: secrets.token_urlsafe(16), repr=False)


@attrs.frozen
class Grant:
    """A token that was given out."""

    kind: str
    expires_at: float
    """On the monotonic clock."""
    privileges: frozenset[str] | None
    """None means all."""

    @property
    def is_user(self) -> bool:
        """Whether a person logged in, not an API client."""
        return self.kind == _USER

    def lacks(self, wanted: Collection[str]) -> list[str]:
        """Return the privileges of *wanted* that the token does not carry."""
        if self.privileges is None:
            return []
        return [privilege for privilege in wanted if privilege not in self.privileges]


@attrs.frozen
class ApiClient:
    """An API client that may log in."""

    secret: str = attrs.field(repr=False)
    rights: Callable[[], tuple[float, Mapping[str, frozenset[str] | None]] | None]
    """Gives the lifetime of its tokens and what each of its roles allows, None being everything;
    or None when it may not log in any more."""


@attrs.frozen
class Issued:
    """A token for an API client."""

    token: str = attrs.field(repr=False)
    seconds: float
    scope: tuple[str, ...]
    """Its roles."""


class TokenStore:
    """The tokens of one sandbox; safe to use from several threads.

    Args:
        credentials: What is accepted.
        token_seconds: How long tokens of the API client live.
        user_token_seconds: How long tokens of the user live.
        privileges: Of the API client; None means all. The user has all.
    """

    def __init__(
        self,
        credentials: Credentials,
        *,
        token_seconds: float,
        user_token_seconds: float,
        privileges: Collection[str] | None = None,
    ) -> None:
        self.credentials = credentials
        self._user_seconds = user_token_seconds
        allowed = None if privileges is None else frozenset(privileges)
        own = ApiClient(credentials.client_secret, lambda: (token_seconds, {"api-role:1": allowed}))
        self._clients = {credentials.client_id: own}
        self._grants: dict[str, Grant] = {}
        self._lock = threading.Lock()

    def grant_for(self, authorization: str | None) -> Grant:
        """Return what the bearer token in an `Authorization` header allows.

        Raises:
            Refusal: 401; there is no token, or it is not valid or not valid any more.
        """
        with self._lock:
            grant = self._grants.get(_bearer(authorization))
        if grant is None or grant.expires_at <= time.monotonic():
            raise Refusal(401, [Cause("INVALID_TOKEN", "Unauthorized")])
        return grant

    def admit(self, client_id: str, client: ApiClient) -> None:
        """Let one more API client log in, or an old one with another secret."""
        with self._lock:
            self._clients[client_id] = client

    def issue_to_client(self, client_id: str | None, client_secret: str | None) -> Issued | None:
        """Return a token; None when the credentials are wrong."""
        with self._lock:
            client = self._clients.get(client_id or "")
        if client is None or not _same(client_secret, client.secret):
            return None
        rights = client.rights()
        if rights is None:
            return None
        seconds, roles = rights
        allowed = list(roles.values())
        everything = any(one is None for one in allowed)
        privileges = None if everything else frozenset().union(*(one or () for one in allowed))
        token = self._issue(_CLIENT, client_id or "", privileges, seconds, tuple(roles))
        return Issued(token, seconds, tuple(roles))

    def issue_to_user(self, authorization: str | None) -> tuple[str, float]:
        """Return a token and its lifetime in seconds for a Basic `Authorization` header.

        Raises:
            Refusal: 401 without any cause, as Jamf answers wrong passwords.
        """
        self.check_user(authorization)
        return self._issue(_USER, "1", None, self._user_seconds), self._user_seconds

    def check_user(self, authorization: str | None) -> None:
        """Check a Basic `Authorization` header.

        Raises:
            Refusal: 401 without any cause, as Jamf answers wrong passwords.
        """
        username, password = _basic(authorization)
        known = self.credentials
        if not (_same(username, known.username) and _same(password, known.password)):
            raise Refusal(401)

    def renew(self, authorization: str | None) -> tuple[str, float]:
        """Exchange a user's token for a new one; the old one ends.

        Raises:
            Refusal: 401; the token belongs to an API client, which asks for another instead.
        """
        if not self.grant_for(authorization).is_user:
            raise Refusal(401, [Cause("INVALID_TOKEN", "Unauthorized")])
        self.invalidate(authorization)
        return self._issue(_USER, "1", None, self._user_seconds), self._user_seconds

    def invalidate(self, authorization: str | None) -> None:
        """End the presented token."""
        with self._lock:
            self._grants.pop(_bearer(authorization), None)

    def expire_all(self) -> None:
        """End every token that was given out so far."""
        with self._lock:
            self._grants.clear()

    def _issue(
        self,
        kind: str,
        subject: str,
        privileges: frozenset[str] | None,
        seconds: float,
        scope: tuple[str, ...] = (),
    ) -> str:
        now = time.monotonic()
        token = _invent_token(kind, subject, int(time.time() + seconds), scope)
        with self._lock:
            ended = [key for key, grant in self._grants.items() if grant.expires_at <= now]
            for key in ended:
                del self._grants[key]
            self._grants[token] = Grant(kind, now + seconds, privileges)
        return token


def _invent_token(kind: str, subject: str, expires: int, scope: tuple[str, ...]) -> str:
    """Make something that looks like the server's tokens; nothing ever checks a signature."""
    claims: dict[str, Any] = {"sub": subject, "exp": expires, "token-uuid": str(uuid.uuid4())}
    if kind == _CLIENT:
        claims |= {"aud": subject, "subject-type": "REGISTERED_CLIENT_ID", "scope": list(scope)}
    else:
        claims |= {"subject-type": "JSS_USER_ID", "authentication-type": "JSS"}
    parts = [json.dumps({"alg": "HS256", "typ": "JWT"}).encode(), json.dumps(claims).encode()]
    parts.append(secrets.token_bytes(32))
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


def _bearer(authorization: str | None) -> str:
    scheme, _, token = (authorization or "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _basic(authorization: str | None) -> tuple[str, str]:
    scheme, _, encoded = (authorization or "").partition(" ")
    if scheme.lower() != "basic":
        raise Refusal(401)
    try:
        username, _, password = base64.b64decode(encoded).decode().partition(":")
    except ValueError as error:
        raise Refusal(401) from error
    return username, password


def _same(given: str | None, known: str) -> bool:
    return secrets.compare_digest((given or "").encode(), known.encode())
