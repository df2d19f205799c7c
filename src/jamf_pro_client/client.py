"""The clients: `HTTPClient` and, with credentials, `HTTPAuthenticatedClient`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NoReturn, Self

from jamf_pro_client._client.downloading import Downloading
from jamf_pro_client._client.fetching import Fetching
from jamf_pro_client._client.lifecycle import Lifecycle
from jamf_pro_client._httpx import httpx

if TYPE_CHECKING:
    import ssl
    from typing import TypedDict, Unpack

    from jamf_pro_client._transport.call import TimeoutValue
    from jamf_pro_client._transport.send import Sender
    from jamf_pro_client.auth import CredentialsProvider
    from jamf_pro_client.drift import DriftLedger
    from jamf_pro_client.resilience import ResilienceConfig

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


__all__ = ("HTTPAuthenticatedClient", "HTTPClient")


class HTTPClient(Lifecycle, Fetching, Downloading):
    """Talks to one Jamf Pro server without credentials.

    Connections are opened on demand and shared by all clients derived from this one, by
    threads, tasks and event loops. Clients are equal only to themselves.

    Args:
        base_url: The server, such as "https://jamf.my.org" or "jamf.my.org"; a port and a path
            prefix are kept.
        cookies: Sent with every request to the server, and to no other.
        headers: Sent with every request to the server.
        timeout: Seconds or an httpx.Timeout for each step of a request, by default 5 to connect and
            30 for each other step; None waits forever.
        verify_ssl: Whether to check the server's certificate; or an SSLContext; or the path of a
            file or folder with the certificates to trust.
        follow_redirects: Whether redirects are followed.
        httpx_args: Further arguments for httpx.Client and httpx.AsyncClient, such as `proxy`,
            `transport`, `limits` or `event_hooks`.
        raise_on_unexpected_status: Whether the detailed functions raise `UnexpectedStatus` for
            statuses that the description does not name.
        resilience: What to retry; None retries nothing.
        max_concurrency: How many requests may be in flight, in all threads, tasks and event loops
            together. More than 5 can keep a Jamf Pro server from its other work; see
            https://developer.jamf.com/developer-guide/docs/jamf-pro-api-scalability-best-practices
        drift: Where deviations of servers from their description are noted; a
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
        # With the first client: many programs import one, fewer make one.
        from jamf_pro_client._client.assembly import sender_for
        from jamf_pro_client._client.ledger import SharedLedger

        self.raise_on_unexpected_status = raise_on_unexpected_status
        self._is_owner = True
        try:
            self._ledger = SharedLedger(drift)
            self._sender = sender_for(
                base_url,
                headers=headers or {},
                cookies=cookies or {},
                timeout=timeout,
                verify_ssl=verify_ssl,
                follow_redirects=follow_redirects,
                httpx_args=httpx_args or {},
                max_concurrency=max_concurrency,
                resilience=resilience,
            )
        except ValueError as refused:
            # A crash report shows what the names of a frame stand for, in frames below too.
            del base_url, headers, cookies, httpx_args
            raise refused.with_traceback(None) from None

    @property
    def base_url(self) -> str:
        """The server's address, without a trailing slash."""
        return self._connections.server.base_url

    @property
    def drift(self) -> DriftLedger:
        """What decoding forgave; shared with derived clients."""
        return self._ledger.value

    @property
    def resilience(self) -> ResilienceConfig | None:
        """What is retried; None for nothing."""
        return self._sender.resilience

    @property
    def max_concurrency(self) -> int:
        """How many requests may be in flight.

        Together with all derived clients, and with all that have the same credentials provider.
        """
        return self._connections.gate.limit

    @property
    def in_flight(self) -> int:
        """How many requests are in flight now, counted as for `max_concurrency`."""
        return self._connections.gate.taken

    @property
    def event_failures(self) -> int:
        """How many exceptions of `on_event` functions were swallowed."""
        return self._connections.allowance.state.event_failures

    def set_concurrency(self, value: int) -> None:
        """Change how many requests may be in flight, at once and for all clients that share it.

        These are the derived clients and those that have the same credentials provider.

        Args:
            value: At least 1. More than 5 can keep a Jamf Pro server from its other work.

        Raises:
            ConfigurationError: It is below 1; it is a ValueError too.
        """
        self._connections.gate.set_limit(value)

    def with_headers(self, headers: Mapping[str, str]) -> Self:
        """Return a client like this one that sends further headers; this one does not change.

        Args:
            headers: They win over those of the same name. An `Authorization` replaces the token.
        """
        try:
            return self._derive(self._sender.with_extras(headers=headers))
        except ValueError as refused:
            del headers  # as in the constructor
            raise refused.with_traceback(None) from None

    def with_cookies(self, cookies: Mapping[str, str]) -> Self:
        """Return a client like this one that sends further cookies; this one does not change.

        Args:
            cookies: They win over those of the same name.
        """
        return self._derive(self._sender.with_extras(cookies=cookies))

    def with_timeout(self, timeout: TimeoutValue) -> Self:
        """Return a client like this one with another timeout; this one does not change.

        Args:
            timeout: Seconds or an httpx.Timeout for each step of a request; None waits forever.
        """
        return self._derive(self._sender.with_extras(timeout=timeout))

    def with_resilience(self, resilience: ResilienceConfig | None) -> Self:
        """Return a client like this one with other resilience settings; this one does not change.

        Args:
            resilience: What to retry, how often and for how long; None retries nothing.
        """
        return self._derive(self._sender.with_resilience(resilience))

    def __repr__(self) -> str:
        if "_sender" not in vars(self):  # its constructor has failed
            return object.__repr__(self)
        return f"{type(self).__name__}(base_url={self.base_url!r})"

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            f"{type(self).__name__} holds connections and secrets and cannot be pickled; "
            "make one in each process"
        )

    def _derive(self, sender: Sender) -> Self:
        derived = object.__new__(type(self))
        derived.__dict__.update(self.__dict__)
        derived._sender = sender
        derived._is_owner = False
        return derived


class HTTPAuthenticatedClient(HTTPClient):
    """Talks to one Jamf Pro server with credentials.

    Give exactly one of `credentials`, `token`, or `api_key` with `api_secret`. The token goes to
    the server's scheme, host and port and nowhere else. An `Authorization` among the headers wins
    over it, and then no token is fetched.

    Args:
        base_url: The server, such as "https://jamf.my.org" or "jamf.my.org".
        credentials: Gets the tokens; clients of one server that have the same provider share the
            token, the smallest of their `max_concurrency` values, the retry budget, the breaker and
            the rate limit.
        api_key: The client id of an API client.
        api_secret: The client secret of an API client.
        auth_header_name: The header that carries the token.
        token: An existing bearer token, which cannot be renewed.
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
        from jamf_pro_client._client.assembly import authenticate, check_transport, provider_of
        from jamf_pro_client._redact import Secret

        # Wrapped at once: a crash report shows what the names of a frame stand for.
        secret = None if api_secret is None else Secret(api_secret)
        bearer = None if token is None else Secret(token)
        del api_secret, token
        try:
            check_transport(base_url, auth_header_name, allow_http=allow_http)
            super().__init__(base_url, **options)
        except ValueError as refused:
            del base_url, options
            raise refused.with_traceback(None) from None
        self.auth_header_name = auth_header_name
        self.api_key = api_key
        self.api_secret = secret
        self.credentials = provider_of(credentials, bearer, api_key, secret)
        authenticate(self._connections, self.credentials, auth_header_name)

    def __repr__(self) -> str:
        credentials = vars(self).get("credentials")
        if credentials is None:  # its constructor has failed
            return object.__repr__(self)
        return f"{type(self).__name__}(base_url={self.base_url!r}, credentials={credentials!r})"
