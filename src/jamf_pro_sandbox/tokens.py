"""Who may call: issues tokens, lets them expire, knows their privileges."""

from __future__ import annotations

import base64
import json
import secrets
import threading
import time
import uuid
from collections.abc import Collection
from typing import Any, Final

import attrs

from jamf_pro_sandbox.errors import Cause, Refusal

__all__ = ("Credentials", "Grant", "TokenStore")

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
        self._lifetimes = {_CLIENT: token_seconds, _USER: user_token_seconds}
        self._privileges = None if privileges is None else frozenset(privileges)
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

    def issue_to_client(
        self, client_id: str | None, client_secret: str | None
    ) -> tuple[str, float] | None:
        """Return a token and its lifetime in seconds; None when the credentials are wrong."""
        known = self.credentials
        if not (_same(client_id, known.client_id) and _same(client_secret, known.client_secret)):
            return None
        return self._issue(_CLIENT, known.client_id, self._privileges)

    def issue_to_user(self, authorization: str | None) -> tuple[str, float]:
        """Return a token and its lifetime in seconds for a Basic `Authorization` header.

        Raises:
            Refusal: 401 without any cause, as Jamf answers wrong passwords.
        """
        username, password = _basic(authorization)
        known = self.credentials
        if not (_same(username, known.username) and _same(password, known.password)):
            raise Refusal(401)
        return self._issue(_USER, "1", None)

    def renew(self, authorization: str | None) -> tuple[str, float]:
        """Exchange a user's token for a new one; the old one ends.

        Raises:
            Refusal: 401; the token belongs to an API client, which asks for another instead.
        """
        if not self.grant_for(authorization).is_user:
            raise Refusal(401, [Cause("INVALID_TOKEN", "Unauthorized")])
        self.invalidate(authorization)
        return self._issue(_USER, "1", None)

    def invalidate(self, authorization: str | None) -> None:
        """End the presented token."""
        with self._lock:
            self._grants.pop(_bearer(authorization), None)

    def expire_all(self) -> None:
        """End every token that was given out so far."""
        with self._lock:
            self._grants.clear()

    def _issue(
        self, kind: str, subject: str, privileges: frozenset[str] | None
    ) -> tuple[str, float]:
        seconds = self._lifetimes[kind]
        now = time.monotonic()
        token = _invent_token(kind, subject, int(time.time() + seconds))
        with self._lock:
            ended = [key for key, grant in self._grants.items() if grant.expires_at <= now]
            for key in ended:
                del self._grants[key]
            self._grants[token] = Grant(kind, now + seconds, privileges)
        return token, seconds


def _invent_token(kind: str, subject: str, expires: int) -> str:
    """Make something that looks like the server's tokens; nothing ever checks a signature."""
    claims: dict[str, Any] = {"sub": subject, "exp": expires, "token-uuid": str(uuid.uuid4())}
    if kind == _CLIENT:
        claims |= {"aud": subject, "subject-type": "REGISTERED_CLIENT_ID", "scope": ["api-role:1"]}
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
