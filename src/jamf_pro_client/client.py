"""The clients: `HTTPClient` and, with credentials, `HTTPAuthenticatedClient`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NoReturn, Self, TypedDict

from jamf_pro_client._httpx import httpx
from jamf_pro_client._redact import Secret
from jamf_pro_client._shared import Shared
from jamf_pro_client._transport.call import TimeoutValue
from jamf_pro_client._transport.connections import Connections, check_httpx_args
from jamf_pro_client._transport.downloading import Downloading
from jamf_pro_client._transport.exchange import Extras, check_headers
from jamf_pro_client._transport.fetch import Fetching
from jamf_pro_client._transport.gate import Gate
from jamf_pro_client._transport.lifecycle import Lifecycle
from jamf_pro_client._transport.server import parse_server
from jamf_pro_client.auth import (
    ApiClientCredentialsProvider,
    CredentialsProvider,
    StaticTokenProvider,
)
from jamf_pro_client.errors import ConfigurationError

if TYPE_CHECKING:
    import ssl
    from typing import Unpack

    from jamf_pro_client.drift import DriftLedger
    from jamf_pro_client.resilience import ResilienceConfig

__all__ = ("HTTPAuthenticatedClient", "HTTPClient")


class ClientOptions(TypedDict, total=False):
    """What both clients take; see `HTTPClient`."""

    cookies: Mapping[str, str] | None
    headers: Mapping[str, str] | None
    timeout: TimeoutValue
    verify_ssl: bool | str | ssl.SSLContext
    follow_redirects: bool
    httpx_args: Mapping[str, Any] | None
    raise_on_unexpected_status: bool
    resilience: ResilienceConfig | None
    max_concurrency: int
    drift: DriftLedger | None


class HTTPClient(Lifecycle, Fetching, Downloading):
    """Talks to one Jamf Pro server without credentials.

    Connections are made when they are needed and shared by all clients derived from this one, by
    threads, tasks and event loops. Clients are equal only to themselves.

    Args:
        base_url: The server, such as "https://jamf.my.org" or "jamf.my.org"; a port and a path
            prefix are kept.
        cookies: Sent with every request to the server, and to no other.
        headers: Sent with every request to the server.
        timeout: Seconds or an httpx.Timeout for each step of a request, by default 5 to connect and
            30 for each other step; None waits for ever.
        verify_ssl: Whether to check the server's certificate; or an SSLContext; or the path of a
            file or folder with the certificates to trust.
        follow_redirects: Whether redirects are followed.
        httpx_args: Further arguments for httpx.Client and httpx.AsyncClient, such as `proxy`,
            `transport`, `limits` or `event_hooks`.
        raise_on_unexpected_status: Whether the detailed functions raise `UnexpectedStatus` for
            statuses that the description does not name.
        resilience: What to retry; None retries nothing.
        max_concurrency: How many requests may be in flight. More than 5 can keep a Jamf Pro server
            from its other work.
        drift: Where it is noted what servers send against their description; a
            `DriftLedger(strict=True)` refuses such replies. None makes one that takes samples.

    Raises:
        ConfigurationError: An argument cannot be used.
    """

    def __init__(
        self,
        base_url: str,
        *,
        cookies: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: TimeoutValue = httpx.Timeout(30, connect=5),  # noqa: B008  # never changed
        verify_ssl: bool | str | ssl.SSLContext = True,
        follow_redirects: bool = False,
        httpx_args: Mapping[str, Any] | None = None,
        raise_on_unexpected_status: bool = False,
        resilience: ResilienceConfig | None = None,
        max_concurrency: int = 5,
        drift: DriftLedger | None = None,
    ) -> None:
        check_headers(headers or {})
        check_httpx_args(httpx_args or {})
        self.raise_on_unexpected_status = raise_on_unexpected_status
        self._shared = Shared(drift)
        self._resilience = resilience
        self._extras = Extras()
        self._is_owner = True
        self._connections = Connections(
            parse_server(base_url),
            headers=headers or {},
            cookies=cookies or {},
            timeout=timeout,
            verify_ssl=verify_ssl,
            follow_redirects=follow_redirects,
            httpx_args=httpx_args or {},
            gate=Gate(max_concurrency),
        )

    @property
    def base_url(self) -> str:
        """The server's address, without a trailing slash."""
        return self._connections.server.base_url

    @property
    def drift(self) -> DriftLedger:
        """What decoding forgave; shared with derived clients."""
        return self._shared.ledger

    @property
    def resilience(self) -> ResilienceConfig | None:
        """What is retried; None for nothing."""
        return self._resilience

    @property
    def max_concurrency(self) -> int:
        """How many requests may be in flight, together with all derived clients."""
        return self._connections.gate.limit

    @property
    def in_flight(self) -> int:
        """How many requests are in flight now, together with all derived clients."""
        return self._connections.gate.taken

    def set_concurrency(self, value: int) -> None:
        """Change how many requests may be in flight, at once and for all derived clients too.

        Args:
            value: At least 1. More than 5 can keep a Jamf Pro server from its other work.

        Raises:
            ConfigurationError: It is below 1; it is a ValueError too.
        """
        self._connections.gate.set_limit(value)
        self._connections.resize()

    def with_headers(self, headers: Mapping[str, str]) -> Self:
        """Return a client like this one that sends further headers; this one does not change.

        Args:
            headers: They win over those of the same name. An `Authorization` replaces the token.
        """
        check_headers(headers)
        merged = httpx.Headers(self._extras.headers)
        merged.update(dict(headers))
        return self._derive(Extras(merged, self._extras.cookies, self._extras.timeout))

    def with_cookies(self, cookies: Mapping[str, str]) -> Self:
        """Return a client like this one that sends further cookies; this one does not change.

        Args:
            cookies: They win over those of the same name.
        """
        merged = {**self._extras.cookies, **cookies}
        return self._derive(Extras(self._extras.headers, merged, self._extras.timeout))

    def with_timeout(self, timeout: TimeoutValue) -> Self:
        """Return a client like this one with another timeout; this one does not change.

        Args:
            timeout: Seconds or an httpx.Timeout for each step of a request; None waits for ever.
        """
        return self._derive(Extras(self._extras.headers, self._extras.cookies, timeout))

    def with_resilience(self, resilience: ResilienceConfig | None) -> Self:
        """Return a client like this one that retries as told; this one does not change.

        Args:
            resilience: What to retry, how often and for how long; None retries nothing.
        """
        derived = self._derive(self._extras)
        derived._resilience = resilience
        return derived

    def __repr__(self) -> str:
        if "_connections" not in vars(self):  # its constructor has failed
            return object.__repr__(self)
        return f"{type(self).__name__}(base_url={self.base_url!r})"

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            f"{type(self).__name__} holds connections and secrets and cannot be pickled; "
            "make one in each process"
        )

    def _derive(self, extras: Extras) -> Self:
        derived = object.__new__(type(self))
        derived.__dict__.update(self.__dict__)
        derived._extras = extras
        derived._is_owner = False
        return derived


class HTTPAuthenticatedClient(HTTPClient):
    """Talks to one Jamf Pro server with credentials.

    Give exactly one of `credentials`, `token`, or `api_key` with `api_secret`. The token goes to
    the server's scheme, host and port and nowhere else. An `Authorization` among the headers wins
    over it, and then no token is fetched.

    Args:
        base_url: The server, such as "https://jamf.my.org" or "jamf.my.org".
        credentials: Gets the tokens; one provider can serve several clients of one server.
        api_key: The client id of an API client.
        api_secret: The client secret of an API client.
        auth_header_name: The header that carries the token.
        token: A bearer token that is there already and cannot be renewed.
        allow_http: Whether credentials may be sent unencrypted to another machine.
        **options: What `HTTPClient` takes.

    Raises:
        ConfigurationError: An argument cannot be used, or it is not clear which credentials to use.
    """

    def __init__(
        self,
        base_url: str,
        *,
        credentials: CredentialsProvider | None = None,
        api_key: str | None = None,
        api_secret: str | None = None,
        auth_header_name: str = "Authorization",
        token: str | None = None,
        allow_http: bool = False,
        **options: Unpack[ClientOptions],
    ) -> None:
        from jamf_pro_client._auth.server_auth import ServerAuth  # with the first client

        # Wrapped at once: a crash report shows what the names of a frame stand for.
        secret = None if api_secret is None else Secret(api_secret)
        bearer = None if token is None else Secret(token)
        del api_secret, token
        server = parse_server(base_url)
        if server.is_plain_remote and not allow_http:
            raise ConfigurationError(
                "credentials go over https only, except to this machine; allow_http=True sends "
                "them unencrypted"
            )
        check_headers({auth_header_name: ""})
        super().__init__(base_url, **options)
        self.auth_header_name = auth_header_name
        self.api_key = api_key
        self.api_secret = secret
        self.credentials = _provider(credentials, bearer, api_key, secret)
        self._connections.auth = ServerAuth(
            server, self._connections, self.credentials, auth_header_name
        )

    def __repr__(self) -> str:
        credentials = vars(self).get("credentials")
        if credentials is None:  # its constructor has failed
            return object.__repr__(self)
        return f"{type(self).__name__}(base_url={self.base_url!r}, credentials={credentials!r})"


def _provider(
    credentials: CredentialsProvider | None,
    token: Secret | None,
    api_key: str | None,
    api_secret: Secret | None,
) -> CredentialsProvider:
    """Return the provider for the one way to log in that was given."""
    ways = (
        (credentials is not None)
        + (token is not None)
        + (api_key is not None or api_secret is not None)
    )
    if ways != 1:
        raise ConfigurationError(
            "give exactly one of credentials, token, or api_key together with api_secret"
        )
    if credentials is not None:
        if not isinstance(credentials, CredentialsProvider):
            raise ConfigurationError("credentials must be a CredentialsProvider")
        return credentials
    if token is not None:
        return StaticTokenProvider(token.reveal())
    if not api_key or not api_secret:
        raise ConfigurationError("api_key and api_secret belong together")
    return ApiClientCredentialsProvider(api_key, api_secret.reveal())
