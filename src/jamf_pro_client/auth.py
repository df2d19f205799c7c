"""Credentials: who asks, and the token that proves it.

Make your own provider by subclassing `CredentialsProvider` and overriding `_request_access_token`,
`_request_access_token_async` or both.
"""

from __future__ import annotations

import datetime
from base64 import b64encode
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final, NoReturn, Self

from jamf_pro_client._redact import HIDDEN, Secret
from jamf_pro_client.errors import ConfigurationError

if TYPE_CHECKING:
    from jamf_pro_client._auth.flight import TokenCache
    from jamf_pro_client._auth.server_auth import ServerAuth
    from jamf_pro_client._auth.token_replies import TokenQuestion

__all__ = (
    "AccessToken",
    "ApiClientCredentialsProvider",
    "BasicAuthProvider",
    "CredentialsProvider",
    "StaticTokenProvider",
)


def _token_text(token: object) -> str:
    text = token.strip() if isinstance(token, str) else ""
    # The text is not repeated: it is a secret, even if a broken one.
    if not text or not all("!" <= character <= "~" for character in text):
        raise ConfigurationError("a token is a non-empty text of printable ASCII without spaces")
    return text


def _scope(scope: str | Iterable[str] | None) -> tuple[str, ...]:
    if scope is None:
        return ()
    return tuple(scope.split() if isinstance(scope, str) else scope)


class AccessToken:
    """A bearer token. Its text is in no repr, and it cannot be pickled.

    Args:
        type: What it belongs to, such as "user" or "oauth"; for people only.
        token: The text that is sent.
        expires: When it ends; None for never. ISO texts and epoch milliseconds are read too.
        scope: The roles it stands for, such as "api-role:2".
        lifetime_seconds: How long it was good for when it came, whatever the clocks say. Computed
            from `expires` and this computer's clock unless given.

    Raises:
        ConfigurationError: The token is no text that a header can carry.
    """

    __slots__ = ("expires", "lifetime_seconds", "scope", "token", "type")

    # A plain class: attrs takes longer to import than all of this package.
    def __init__(
        self,
        type: str,
        token: str,
        expires: datetime.datetime | str | float | None = None,
        scope: str | Iterable[str] | None = None,
        *,
        lifetime_seconds: float | None = None,
    ) -> None:
        from jamf_pro_client._auth.token_replies import read_expiry  # with the first token

        self.type: Final = type
        self.token: Final = _token_text(token)
        self.expires: Final = read_expiry(expires)
        """When it ends, in UTC; None for never."""
        self.scope: Final = _scope(scope)
        self.lifetime_seconds: Final = (
            _seconds_until(self.expires) if lifetime_seconds is None else lifetime_seconds
        )

    def __repr__(self) -> str:
        return (
            f"AccessToken(type={self.type!r}, token={HIDDEN!r}, expires={self.expires!r}, "
            f"scope={self.scope!r})"
        )

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, AccessToken):
            return NotImplemented
        return self._identity() == other._identity()

    def __hash__(self) -> int:
        return hash(self._identity())

    def _identity(self) -> tuple[object, ...]:
        return self.type, self.token, self.expires, self.scope

    def __reduce__(self) -> NoReturn:
        raise TypeError("an access token cannot be pickled")


def _seconds_until(moment: datetime.datetime | None) -> float | None:
    if moment is None:
        return None
    return (moment - datetime.datetime.now(datetime.UTC)).total_seconds()


class CredentialsProvider:
    """Gets access tokens, keeps the current one and replaces it before it ends.

    However many threads and tasks ask at the same time, one of them fetches the token and the
    others wait for it. One provider can serve any number of clients of one server, which then
    share the token. Subclasses override `_request_access_token` for sync clients; async clients run
    it in a worker thread unless `_request_access_token_async` is overridden too.
    """

    _cache: TokenCache
    _auth: ServerAuth | None

    def __new__(cls, *_args: Any, **_kwargs: Any) -> Self:
        """Set up what every provider has, so that forgetting `super().__init__()` does no harm."""
        from jamf_pro_client._auth.flight import TokenCache  # with the first provider

        provider = super().__new__(cls)
        provider._cache = TokenCache()
        provider._auth = None
        return provider

    def __init__(self) -> None:
        pass

    def get_access_token(self) -> AccessToken:
        """Return a token that is good now, fetching it if necessary.

        Raises:
            UnauthorizedError: The server refused the credentials.
            TransportError: The server did not answer.
            ConfigurationError: The provider cannot be asked like this.
        """
        return self._cache.obtain(self._fetch)

    async def get_access_token_async(self) -> AccessToken:
        """Return a token that is good now, without blocking the event loop.

        Raises:
            UnauthorizedError: The server refused the credentials.
            TransportError: The server did not answer.
            ConfigurationError: The provider cannot be asked like this.
        """
        return await self._cache.obtain_async(self._fetch_async)

    def _request_access_token(self) -> AccessToken:
        """Fetch a token. Override it."""
        if self._overrides("_request_access_token_async"):
            raise ConfigurationError(
                f"{type(self).__name__} has no _request_access_token: override it for use with a "
                "sync client, or use an async one"
            )
        raise ConfigurationError(f"{type(self).__name__} must override _request_access_token")

    async def _request_access_token_async(self) -> AccessToken:
        """Fetch a token in an event loop. Override it to fetch without a worker thread."""
        import asyncio  # loaded with the first async call only, as it takes its time

        return await asyncio.to_thread(self._refresh_access_token)

    def _refresh_access_token(self) -> AccessToken:
        """Fetch a token; the older name of `_request_access_token`, which can be overridden too."""
        return self._request_access_token()

    @property
    def _can_renew(self) -> bool:
        """Whether asking again gives another token."""
        return True

    def _overrides(self, name: str) -> bool:
        return getattr(type(self), name) is not getattr(CredentialsProvider, name)

    def _fetch(self) -> AccessToken:
        return self._checked(self._refresh_access_token())

    async def _fetch_async(self) -> AccessToken:
        return self._checked(await self._request_access_token_async())

    def _checked(self, token: object) -> AccessToken:
        if not isinstance(token, AccessToken):
            raise ConfigurationError(
                f"{type(self).__name__} gave {type(token).__name__} instead of an AccessToken"
            )
        return token

    def _serve(self, auth: ServerAuth) -> None:
        """Bind the provider to the server of its first client; the token is for no other."""
        if self._auth is None:
            self._auth = auth
        elif self._auth.server.origin != auth.server.origin:
            raise ConfigurationError(
                "these credentials already serve another server; make a provider for each server"
            )

    def _server_auth(self) -> ServerAuth:
        from jamf_pro_client._auth.server_auth import current_auth

        auth = current_auth() or self._auth
        if auth is None:
            raise ConfigurationError(
                "these credentials belong to no server yet: give them to a client first"
            )
        return auth

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"{type(self).__name__} holds secrets and cannot be pickled")


class _AskingProvider(CredentialsProvider):
    """Gets its tokens from one of the token endpoints of Jamf Pro."""

    def _question(self) -> TokenQuestion:
        raise NotImplementedError

    def _request_access_token(self) -> AccessToken:
        from jamf_pro_client._auth.token_replies import read_token  # with the first token

        question = self._question()
        return read_token(self._server_auth().ask(question), question)

    async def _request_access_token_async(self) -> AccessToken:
        from jamf_pro_client._auth.token_replies import read_token  # with the first token

        question = self._question()
        return read_token(await self._server_auth().ask_async(question), question)


class ApiClientCredentialsProvider(_AskingProvider):
    """Logs in with an API client of Jamf Pro.

    Args:
        client_id: The client id.
        client_secret: The client secret.
    """

    def __init__(self, client_id: str, client_secret: str) -> None:
        super().__init__()
        self.client_id = _given(client_id, "client_id")
        self._client_secret = Secret(_given(client_secret, "client_secret"))

    def __repr__(self) -> str:
        return f"{type(self).__name__}(client_id={self.client_id!r}, client_secret='{HIDDEN}')"

    def _question(self) -> TokenQuestion:
        from jamf_pro_client._auth.token_replies import TokenQuestion  # with the first token

        return TokenQuestion(
            path="/api/v1/oauth/token",
            kind="oauth",
            who=f"the API client {self.client_id}",
            form={
                "grant_type": "client_credentials",
                "client_id": self.client_id,
                "client_secret": self._client_secret,
            },
            secrets=(self._client_secret,),
        )


class BasicAuthProvider(_AskingProvider):
    """Logs in with the name and password of a Jamf Pro account.

    Args:
        username: The account's name.
        password: Its password.
    """

    def __init__(self, username: str, password: str) -> None:
        super().__init__()
        self.username = _given(username, "username")
        if ":" in self.username:
            raise ConfigurationError("a username cannot hold a colon")
        self._password = Secret(_given(password, "password"))

    def __repr__(self) -> str:
        return f"{type(self).__name__}(username={self.username!r}, password='{HIDDEN}')"

    def _question(self) -> TokenQuestion:
        from jamf_pro_client._auth.token_replies import TokenQuestion  # with the first token

        both = Secret(
            b64encode(f"{self.username}:{self._password.reveal()}".encode()).decode("ascii")
        )
        return TokenQuestion(
            path="/api/v1/auth/token",
            kind="user",
            who=f"the account {self.username}",
            basic=both,
            secrets=(self._password, both),
        )


class StaticTokenProvider(CredentialsProvider):
    """Sends a token that is there already, and cannot get another one.

    Args:
        token: The bearer token.
        expires: When it ends, if known; for information only, since the server decides.
    """

    def __init__(self, token: str, expires: datetime.datetime | str | float | None = None) -> None:
        super().__init__()
        # No lifetime: there is nothing to replace it with, so the server's 401 is the answer.
        self._token = AccessToken("static", token, expires, lifetime_seconds=None)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._token!r})"

    @property
    def _can_renew(self) -> bool:
        return False

    def _request_access_token(self) -> AccessToken:
        return self._token

    async def _request_access_token_async(self) -> AccessToken:
        return self._token


def _given(value: object, name: str) -> str:
    if not isinstance(value, str) or not value:
        raise ConfigurationError(f"{name} must be a non-empty text")
    return value
