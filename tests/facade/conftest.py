"""Clients of the facade, on a sandbox of their own or on replies that a test makes up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.clock import Clock

from jamf_pro_client import ApiClientCredentialsProvider, StaticTokenProvider
from jamf_pro_client._httpx import httpx
from jamf_pro_client.facade import AsyncJamfProClient, JamfProClient
from jamf_pro_client.resilience import ResilienceConfig
from jamf_pro_client.session import SessionConfig
from jamf_pro_sandbox import Sandbox

Handler = Callable[[Any], Any]


@pytest.fixture
def clock() -> Clock:
    return Clock(random=1.0)


@pytest.fixture
def credentials(jamf_sandbox: Sandbox) -> ApiClientCredentialsProvider:
    return ApiClientCredentialsProvider(jamf_sandbox.client_id, jamf_sandbox.client_secret)


@pytest.fixture
def client(
    jamf_sandbox: Sandbox, credentials: ApiClientCredentialsProvider
) -> Iterator[JamfProClient]:
    with JamfProClient(jamf_sandbox.url, credentials) as client:
        yield client


@pytest.fixture
def aclient(jamf_sandbox: Sandbox, credentials: ApiClientCredentialsProvider) -> AsyncJamfProClient:
    """Closed by nobody: each test runs it in an event loop of its own."""
    return AsyncJamfProClient(jamf_sandbox.url, credentials)


def config_of(handler: Handler, clock: Clock | None = None, **settings: Any) -> SessionConfig:
    """Return settings for replies that *handler* makes."""
    if clock is not None:
        settings["resilience"] = ResilienceConfig(timing=clock.timing)
    return SessionConfig(httpx_args={"transport": httpx.MockTransport(handler)}, **settings)


def client_of(handler: Handler, clock: Clock | None = None, **settings: Any) -> JamfProClient:
    """Return a client whose replies *handler* makes."""
    return JamfProClient(
        "jamf.my.org", StaticTokenProvider("invented"), config_of(handler, clock, **settings)
    )


def async_client_of(
    handler: Handler, clock: Clock | None = None, **settings: Any
) -> AsyncJamfProClient:
    """Return an async client whose replies *handler* makes."""
    return AsyncJamfProClient(
        "jamf.my.org", StaticTokenProvider("invented"), config_of(handler, clock, **settings)
    )


def async_client_at(sandbox: Sandbox, **settings: Any) -> AsyncJamfProClient:
    """Return an async client of a sandbox with settings of its own."""
    credentials = ApiClientCredentialsProvider(sandbox.client_id, sandbox.client_secret)
    return AsyncJamfProClient(sandbox.url, credentials, SessionConfig(**settings))
