"""A sandbox for each test, and raw HTTP clients that are logged in to it."""

from __future__ import annotations

import ssl
from collections.abc import Iterator

import httpx
import pytest

from jamf_pro_sandbox import Sandbox


@pytest.fixture(scope="session")
def no_certificates() -> ssl.SSLContext:
    """Spare every client the reading of certificates, which takes longer than a whole test."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@pytest.fixture
def open_door(jamf_sandbox: Sandbox, no_certificates: ssl.SSLContext) -> Iterator[httpx.Client]:
    """A client that is not logged in."""
    with httpx.Client(base_url=jamf_sandbox.url, verify=no_certificates) as client:
        yield client


@pytest.fixture
def api(jamf_sandbox: Sandbox, no_certificates: ssl.SSLContext) -> Iterator[httpx.Client]:
    """A client that is logged in, with paths below `/api`."""
    with httpx.Client(base_url=f"{jamf_sandbox.url}/api", verify=no_certificates) as client:
        form = {
            "grant_type": "client_credentials",
            "client_id": jamf_sandbox.client_id,
            "client_secret": jamf_sandbox.client_secret,
        }
        token = client.post("/v1/oauth/token", data=form).json()["access_token"]
        client.headers["Authorization"] = f"Bearer {token}"
        jamf_sandbox.clear_requests()
        yield client
