"""Puts together what a client consists of; loaded when the first client is made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from jamf_pro_client._auth.server_auth import ServerAuth
from jamf_pro_client._redact import Secret
from jamf_pro_client._transport.allowance import Allowance
from jamf_pro_client._transport.call import TimeoutValue
from jamf_pro_client._transport.connections import Connections, check_httpx_args
from jamf_pro_client._transport.exchange import Extras, check_headers
from jamf_pro_client._transport.send import Sender
from jamf_pro_client._transport.server import parse_server
from jamf_pro_client._transport.settings import (
    check_mapping,
    check_resilience,
    check_timeout,
    check_verify,
)
from jamf_pro_client.auth import (
    ApiClientCredentialsProvider,
    CredentialsProvider,
    StaticTokenProvider,
)
from jamf_pro_client.errors import ConfigurationError

if TYPE_CHECKING:
    import ssl

    from jamf_pro_client.resilience import ResilienceConfig

__all__ = ("authenticate", "check_transport", "provider_of", "sender_for")


def sender_for(
    base_url: str,
    *,
    headers: Mapping[str, str],
    cookies: Mapping[str, str],
    timeout: TimeoutValue,
    verify_ssl: bool | str | ssl.SSLContext,
    follow_redirects: bool,
    httpx_args: Mapping[str, Any],
    max_concurrency: int,
    resilience: ResilienceConfig | None,
) -> Sender:
    """Return the sender of a new client; the arguments are those of `HTTPClient`.

    Raises:
        ConfigurationError: An argument cannot be used.
    """
    check_headers(headers)
    for name, given in (("cookies", cookies), ("httpx_args", httpx_args)):
        check_mapping(given, name)
    check_httpx_args(httpx_args)
    check_timeout(timeout)
    check_verify(verify_ssl)
    check_resilience(resilience)
    connections = Connections(
        parse_server(base_url),
        headers=headers,
        cookies=cookies,
        timeout=timeout,
        verify_ssl=verify_ssl,
        follow_redirects=follow_redirects,
        httpx_args=httpx_args,
        allowance=Allowance(max_concurrency),
    )
    return Sender(connections, Extras(), resilience)


def check_transport(base_url: str, auth_header_name: str, *, allow_http: bool) -> None:
    """Refuse to send credentials in a way that others could read.

    Args:
        base_url: The server.
        auth_header_name: The header that carries the token.
        allow_http: Whether credentials may be sent unencrypted to another machine.

    Raises:
        ConfigurationError: The server is reached unencrypted, or the header's name cannot be sent.
    """
    if parse_server(base_url).is_plain_remote and not allow_http:
        raise ConfigurationError(
            "credentials go over https only, except to this machine; allow_http=True sends "
            "them unencrypted"
        )
    check_headers({auth_header_name: ""})


def authenticate(
    connections: Connections, credentials: CredentialsProvider, auth_header_name: str
) -> None:
    """Let all requests over some connections carry a token.

    Args:
        connections: Of a new client.
        credentials: Where the tokens come from.
        auth_header_name: The header that carries the token.
    """
    connections.auth = ServerAuth(connections.server, connections, credentials, auth_header_name)


def provider_of(
    credentials: CredentialsProvider | None,
    token: Secret | None,
    api_key: str | None,
    api_secret: Secret | None,
) -> CredentialsProvider:
    """Return the provider for the one way to log in that was given.

    Args:
        credentials: A provider.
        token: A ready bearer token.
        api_key: The client id of an API client.
        api_secret: Its client secret.

    Raises:
        ConfigurationError: It is not clear which to use.
    """
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
            raise ConfigurationError(
                "credentials must be an ApiClientCredentialsProvider, a BasicAuthProvider or "
                f"another CredentialsProvider, not of type {type(credentials).__name__}"
            )
        return credentials
    if token is not None:
        return StaticTokenProvider(token.reveal())
    if not api_key or not api_secret:
        raise ConfigurationError("api_key and api_secret belong together")
    return ApiClientCredentialsProvider(api_key, api_secret.reveal())
