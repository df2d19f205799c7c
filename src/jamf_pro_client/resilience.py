"""How much trouble a client is to bear before it gives up: `ResilienceConfig`."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import Any, Literal

import attrs

from jamf_pro_client._httpx import httpx
from jamf_pro_client.errors import ConfigurationError

__all__ = ("Breaker", "ResilienceConfig")


def _at_least(least: float) -> Callable[[Any, attrs.Attribute[Any], Any], None]:
    def check(_: object, attribute: attrs.Attribute[Any], value: Any) -> None:
        if value is not None and value < least:
            raise ConfigurationError(f"{attribute.name} must be at least {least:g}")

    return check


def _statuses(given: Iterable[int]) -> frozenset[int]:
    return frozenset(given)


@attrs.frozen(kw_only=True)
class Breaker:
    """When to stop asking a server that fails, and when to try it again."""

    window: int = attrs.field(default=20, validator=_at_least(1))
    """How many of the latest calls are looked at."""
    min_calls: int = attrs.field(default=10, validator=_at_least(1))
    """How many calls it takes to judge."""
    ratio: float = attrs.field(default=0.5, validator=_at_least(0))
    """The share of failed calls that opens the breaker."""
    open_seconds: float = attrs.field(default=15.0, validator=_at_least(0))
    """How long nothing is sent once it is open."""
    probes: int = attrs.field(default=1, validator=_at_least(1))
    """How many calls may try whether the server is back."""


@attrs.frozen(kw_only=True)
class ResilienceConfig:
    """What to retry, how often and for how long. Durations are seconds."""

    max_retries: int = attrs.field(default=3, validator=_at_least(0))
    """Attempts after the first one."""
    backoff_base: float = attrs.field(default=0.5, validator=_at_least(0))
    """The first wait; it doubles each time. Half of a wait is fixed, half is random."""
    backoff_max: float = attrs.field(default=30.0, validator=_at_least(0))
    """The longest wait of our own choosing."""
    retry_after_max: float = attrs.field(default=60.0, validator=_at_least(0))
    """The longest wait that a server may ask for; for longer ones nothing is retried."""
    deadline: float | None = attrs.field(default=120.0, validator=_at_least(0))
    """The time for one call with all attempts, waits and token requests; None is no limit."""
    retryable_exceptions: tuple[type[Exception], ...] = (
        httpx.ConnectError,
        httpx.ConnectTimeout,
        httpx.ReadTimeout,
        httpx.WriteTimeout,
        httpx.PoolTimeout,
        httpx.ReadError,
        httpx.WriteError,
        httpx.RemoteProtocolError,
        httpx.ProxyError,
    )
    """Failures of the connection that are worth another attempt."""
    retry_statuses: frozenset[int] = attrs.field(
        default=frozenset({408, 425, 429, 500, 502, 503, 504}), converter=_statuses
    )
    """Statuses that are worth another attempt; 500 only for reads, and once."""
    retry_budget: int | None = attrs.field(default=100, validator=_at_least(0))
    """How much retrying a server bears in an outage, shared by derived clients; None: no limit."""
    rate_limit: tuple[int, float] | None = None
    """At most so many calls in so many seconds."""
    pacing: bool = False
    """Whether to pause when the server gets slow."""
    breaker: Breaker | None = None
    """When to stop asking a failing server; None never stops."""
    max_response_bytes: int | None = attrs.field(default=64 * 1024 * 1024, validator=_at_least(1))
    """The largest decompressed body that is read into memory; None is no limit."""
    sticky_sessions: bool | Literal["auto"] = "auto"
    """Whether to stay on one node of a cluster; "auto" does so for a while after a write."""
    enable_logging: bool = False
    """Whether each attempt is logged."""
    log_level: int = logging.DEBUG
    """The level of those records."""
    on_event: tuple[Callable[[Any], object], ...] = attrs.field(default=(), converter=tuple)
    """Called for retries, giving up, the breaker, tokens and deprecations."""

    @classmethod
    def off(cls) -> ResilienceConfig:
        """Return a configuration that retries nothing."""
        return cls(max_retries=0)
