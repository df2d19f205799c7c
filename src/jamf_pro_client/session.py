"""`SessionConfig`: how the clients of the facade talk to their server."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import attrs

from jamf_pro_client._httpx import httpx
from jamf_pro_client.client import HTTPAuthenticatedClient
from jamf_pro_client.errors import ConfigurationError
from jamf_pro_client.resilience import ResilienceConfig

if TYPE_CHECKING:
    from jamf_pro_client._transport.call import TimeoutValue
    from jamf_pro_client.auth import CredentialsProvider
    from jamf_pro_client.drift import DriftLedger

__all__ = ("SessionConfig",)


@attrs.frozen(kw_only=True)
class SessionConfig:
    """Settings that `JamfProClient` and `AsyncJamfProClient` share. Durations are seconds.

    Raises:
        ConfigurationError: Two settings contradict each other.
    """

    timeout: TimeoutValue = attrs.field(factory=lambda: httpx.Timeout(30, connect=5))
    """For each step of a request; None sets no such limit; the deadline of `resilience` stays."""
    max_concurrency: int = 5
    """How many requests may be in flight, and how many items concurrent runs work on.

    More than 5 can keep a Jamf Pro server from its other work.
    """
    verify: bool | str | ssl.SSLContext = True
    """Whether to check the server's certificate; or what to check it with, as a context or path."""
    return_exceptions: bool = False
    """Whether concurrent runs yield exceptions as results instead of raising the first one."""
    max_retries: int | None = None
    """Attempts after the first one; None means what `resilience` says, which is 3 by default."""
    resilience: ResilienceConfig | None = attrs.field(factory=ResilienceConfig)
    """What to retry, and for how long; None switches resilience off altogether."""
    headers: Mapping[str, str] = attrs.field(factory=dict, repr=False)
    """Sent with every request to the server."""
    cookies: Mapping[str, str] = attrs.field(factory=dict, repr=False)
    """Sent with every request to the server."""
    follow_redirects: bool = False
    """Whether redirects are followed."""
    allow_http: bool = False
    """Whether credentials may be sent unencrypted to another machine."""
    httpx_args: Mapping[str, Any] = attrs.field(factory=dict, repr=False)
    """Further arguments for the httpx clients, such as `proxy` or `event_hooks`."""
    drift: DriftLedger | None = None
    """Where deviations of servers from their description are noted."""

    def __attrs_post_init__(self) -> None:
        if self.resilience is None and self.max_retries:
            raise ConfigurationError("max_retries needs resilience, which is switched off")

    @property
    def resilience_in_force(self) -> ResilienceConfig | None:
        """The resilience settings, with `max_retries` in them."""
        if self.resilience is None or self.max_retries is None:
            return self.resilience
        return attrs.evolve(self.resilience, max_retries=self.max_retries)

    def client_for(self, server: str, credentials: CredentialsProvider) -> HTTPAuthenticatedClient:
        """Return a client with these settings.

        Args:
            server: Its name or address; https unless it says otherwise.
            credentials: Gets the tokens.

        Raises:
            ConfigurationError: A setting cannot be used.
        """
        return HTTPAuthenticatedClient(
            server,
            credentials=credentials,
            allow_http=self.allow_http,
            timeout=self.timeout,
            max_concurrency=self.max_concurrency,
            verify_ssl=self.verify,
            resilience=self.resilience_in_force,
            headers=self.headers,
            cookies=self.cookies,
            follow_redirects=self.follow_redirects,
            httpx_args=self.httpx_args,
            drift=self.drift,
        )
