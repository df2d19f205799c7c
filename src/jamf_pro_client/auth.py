"""Credentials: who asks, and the token that proves it.

Make your own provider by subclassing `CredentialsProvider` and overriding `_request_access_token`,
`_request_access_token_async` or both.
"""

from __future__ import annotations

import contextlib
import datetime
from base64 import b64encode
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final, NoReturn, Self, SupportsFloat

from jamf_pro_client._redact import HIDDEN, Secret
from jamf_pro_client.errors import ConfigurationError, InvalidResponseError, JamfProAPIError

if TYPE_CHECKING:
    from jamf_pro_client._auth.flight import TokenCache
    from jamf_pro_client._auth.server_auth import ServerAuth
    from jamf_pro_client._auth.token_replies import TokenQuestion
    from jamf_pro_client._httpx import httpx

__all__ = (
    "AccessToken",
    "ApiClientCredentialsProvider",
    "BasicAuthProvider",
    "CredentialsProvider",
    "StaticTokenProvider",
)

# A token with less left than this could end before its renewal is answered.
_RENEWAL_SECONDS: Final = 5.0


class AccessToken:
    """A bearer token. Its text appears in no repr, and it cannot be pickled.

    Args:
        type: What it belongs to, such as "user" or "oauth"; for information only.
        token: The text that is sent.
        expires: When it ends; None for never. ISO texts and epoch milliseconds are accepted too.
        scope: The roles it stands for, such as "api-role:2"; None if none are named.
        lifetime_seconds: How long it was valid for when it came, whatever the clocks say. Computed
            from `expires` and this computer's clock unless given.

    Raises:
        ConfigurationError: The token is not text that a header can carry.
    """

    __slots__ = ("expires", "lifetime_seconds", "scope", "token", "type")

    # A plain class: attrs takes longer to import than all of this package.
    def __init__(
        self,
        type: str,
        token: str,
        expires: datetime.datetime | str | SupportsFloat | None = None,
        scope: str | Iterable[str] | None = None,
        *,
        lifetime_seconds: float | None = None,
    ) -> None:
        from jamf_pro_client._auth import token_replies as read  # with the first token

        self.type: Final = type
        self.token: Final = read.token_text(token)
        del token  # a crash report shows what the names of a frame stand for
        if not self.token:
            raise ConfigurationError("a token must be non-empty ASCII text without spaces")
        self.expires: Final = read.read_expiry(expires)
        """When it ends, in UTC; None for never."""
        self.scope: Final = read.read_scope(scope)
        self.lifetime_seconds: Final = (
            read.seconds_until(self.expires) if lifetime_seconds is None else lifetime_seconds
        )

    def __repr__(self) -> str:
        expires, scope = getattr(self, "expires", None), getattr(self, "scope", None)  # half made
        return f"AccessToken(type={self.type!r}, token={HIDDEN!r}, {expires=}, {scope=})"

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


class CredentialsProvider:
    """Gets access tokens, keeps the current one and replaces it before it ends.

    However many threads and tasks ask at the same time, one of them fetches the token and the
    others wait for it. One provider can serve any number of clients of one server, which then
    share the token, the smallest of their `max_concurrency` values and what resilience counts.
    Subclasses override `_request_access_token` for sync clients; async clients run it in a worker
    thread unless `_request_access_token_async` is overridden too.
    """

    _cache: TokenCache
    _auth: ServerAuth | None = None
    _clients: int
    # Whether fetching a token ends the one before.
    _renewal_ends_old = False
    # Whether asking again gives another token.
    _can_renew = True

    def __new__(cls, *_args: Any, **_kwargs: Any) -> Self:
        """Set up what every provider has, so that forgetting `super().__init__()` does no harm."""
        from jamf_pro_client._auth.flight import TokenCache  # with the first provider

        provider = super().__new__(cls)
        provider._cache = TokenCache(ends_old=cls._renewal_ends_old)
        provider._clients = 0
        return provider

    def __init__(self) -> None:
        pass

    def get_access_token(self) -> AccessToken:
        """Return a valid token, fetching it if necessary.

        Fetching counts against the client's `max_concurrency` and has its timeout.

        Raises:
            UnauthorizedError: The server refused the credentials.
            TransportError: The server did not answer.
            ConfigurationError: The provider cannot be asked this way.
        """
        from jamf_pro_client._auth.asking import asking_call  # with the first token

        fresh = self._cache.fresh()
        if fresh is not None:
            return fresh
        with asking_call(self._auth) as call:
            return self._cache.obtain(self._fetch, call.asked_at, call.wait_seconds())

    async def get_access_token_async(self) -> AccessToken:
        """Return a valid token, without blocking the event loop.

        Raises:
            UnauthorizedError: The server refused the credentials.
            TransportError: The server did not answer.
            ConfigurationError: The provider cannot be asked this way.
        """
        from jamf_pro_client._auth.asking import asking_call_async  # with the first token

        fresh = self._cache.fresh()
        if fresh is not None:
            return fresh
        async with asking_call_async(self._auth) as call:
            return await self._cache.obtain_async(
                self._fetch_async, call.asked_at, call.wait_seconds()
            )

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
        import anyio.to_thread  # comes with httpx, and knows asyncio and trio

        return await anyio.to_thread.run_sync(self._refresh_access_token, abandon_on_cancel=True)

    def _refresh_access_token(self) -> AccessToken:
        """Fetch a token; the older name of `_request_access_token`, which can be overridden too."""
        token: Any = self._request_access_token
        # Examples for another library write it as a property.
        return token if isinstance(token, AccessToken) else token()

    def _overrides(self, name: str) -> bool:
        return getattr(type(self), name) is not getattr(CredentialsProvider, name)

    def _token_of_its_own(self) -> AccessToken | None:
        """Return the kept token if it was made for a single client and nobody else uses it."""
        return None

    def _fetch(self) -> AccessToken:
        from jamf_pro_client._auth.asking import fetching  # with the first token

        with fetching(type(self).__name__) as tell:
            return tell(self._checked(self._refresh_access_token()))

    async def _fetch_async(self) -> AccessToken:
        from jamf_pro_client._auth.asking import fetching  # with the first token

        with fetching(type(self).__name__) as tell:
            return tell(self._checked(await self._request_access_token_async()))

    def _checked(self, token: object) -> AccessToken:
        if not isinstance(token, AccessToken):
            raise ConfigurationError(
                f"{type(self).__name__} returned {type(token).__name__} instead of an AccessToken"
            )
        return token

    def _serve(self, auth: ServerAuth) -> ServerAuth:
        """Bind the provider to the server of its first client, and return what was bound then."""
        first: ServerAuth = vars(self).setdefault("_auth", auth)  # one step, for threads
        if first.server.origin != auth.server.origin:
            raise ConfigurationError(
                "these credentials already serve another server; make a provider for each server"
            )
        self._clients += 1
        return first

    def _server_auth(self) -> ServerAuth:
        from jamf_pro_client._auth.asking import asking  # with the first token

        own, call = self._auth, asking()
        current = None if call is None else call.auth
        # A provider can get its tokens by means of another one, even of another server.
        if current is not None and (own is None or own.server.origin == current.server.origin):
            return current
        if own is None:
            raise ConfigurationError(
                "these credentials belong to no server yet: give them to a client first"
            )
        return own

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"{type(self).__name__} holds secrets and cannot be pickled")


class _AskingProvider(CredentialsProvider):
    """Gets its tokens from one of the token endpoints of Jamf Pro."""

    def _question(self) -> TokenQuestion:
        raise NotImplementedError

    def _renewal(self) -> TokenQuestion | None:
        """Return how to replace the token without logging in again, if that can be done now."""
        return None

    def _request_access_token(self) -> AccessToken:
        renewal = self._renewal()
        if renewal is not None:
            with contextlib.suppress(JamfProAPIError, InvalidResponseError):
                return self._read(self._server_auth().endpoint.ask(renewal), renewal)
        question = self._question()
        return self._read(self._server_auth().endpoint.ask(question), question)

    async def _request_access_token_async(self) -> AccessToken:
        renewal = self._renewal()
        if renewal is not None:
            with contextlib.suppress(JamfProAPIError, InvalidResponseError):
                return self._read(await self._server_auth().endpoint.ask_async(renewal), renewal)
        question = self._question()
        return self._read(await self._server_auth().endpoint.ask_async(question), question)

    def _read(self, reply: httpx.Response, question: TokenQuestion) -> AccessToken:
        from jamf_pro_client._auth.token_replies import read_token  # with the first token

        return read_token(reply, question)


class ApiClientCredentialsProvider(_AskingProvider):
    """Logs in with an API client of Jamf Pro.

    Args:
        client_id: The client id.
        client_secret: The client secret.
    """

    def __init__(self, client_id: str, client_secret: str) -> None:
        super().__init__()
        self._client_secret = Secret(_given(client_secret, "client_secret"))
        del client_secret  # a crash report shows what the names of a frame stand for
        self.client_id = _given(client_id, "client_id")

    def __repr__(self) -> str:
        name = getattr(self, "client_id", None)
        return f"{type(self).__name__}(client_id={name!r}, client_secret='{HIDDEN}')"

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

    A token that is about to expire is renewed without the password. Closing the client makes the
    server forget the token, unless the provider serves more than one client.

    Args:
        username: The account's name.
        password: Its password.
    """

    # The server ends a token that is renewed.
    _renewal_ends_old = True

    def __init__(self, username: str, password: str) -> None:
        super().__init__()
        self._own_token: AccessToken | None = None
        self._password = Secret(_given(password, "password"))
        del password  # as above
        self.username = _given(username, "username")
        if ":" in self.username:
            raise ConfigurationError("a username cannot hold a colon")

    def __repr__(self) -> str:
        name = getattr(self, "username", None)
        return f"{type(self).__name__}(username={name!r}, password='{HIDDEN}')"

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

    def _read(self, reply: httpx.Response, question: TokenQuestion) -> AccessToken:
        self._own_token = super()._read(reply, question)
        return self._own_token

    def _renewal(self) -> TokenQuestion | None:
        from jamf_pro_client._auth.token_replies import TokenQuestion  # with the first token

        old = self._cache.ageing(_RENEWAL_SECONDS)
        if old is None:
            return None
        bearer = Secret(old.token)
        return TokenQuestion(
            path="/api/v1/auth/keep-alive",
            kind="user",
            who=f"the account {self.username}",
            bearer=bearer,
            secrets=(bearer,),
        )

    def _token_of_its_own(self) -> AccessToken | None:
        kept = self._cache.kept()
        return kept if kept is self._own_token and self._clients == 1 else None


class StaticTokenProvider(CredentialsProvider):
    """Sends an existing token, and cannot get another one.

    Args:
        token: The bearer token.
        expires: When it ends, if known; for information only, since the server decides.
    """

    _can_renew = False

    def __init__(
        self, token: str, expires: datetime.datetime | str | SupportsFloat | None = None
    ) -> None:
        super().__init__()
        secret = Secret(token)
        del token  # as above
        # No lifetime: there is nothing to replace it with, so the server's 401 is the answer.
        self._token = AccessToken("static", secret.reveal(), expires, lifetime_seconds=None)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({getattr(self, '_token', None)!r})"

    def _request_access_token(self) -> AccessToken:
        return self._token

    async def _request_access_token_async(self) -> AccessToken:
        return self._token


def _given(value: object, name: str) -> str:
    if not isinstance(value, str) or not value:
        raise ConfigurationError(f"{name} must be non-empty text")
    return value
