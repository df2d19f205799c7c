"""A client of a sandbox of its own for each test."""

from __future__ import annotations

import ssl
from collections.abc import Iterator

import pytest

from jamf_pro_client import BasicAuthProvider, HTTPAuthenticatedClient
from jamf_pro_sandbox import Sandbox

TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@pytest.fixture
def client(jamf_sandbox: Sandbox) -> Iterator[HTTPAuthenticatedClient]:
    provider = BasicAuthProvider(jamf_sandbox.username, jamf_sandbox.password)
    made = HTTPAuthenticatedClient(jamf_sandbox.url, credentials=provider, verify_ssl=TLS)
    with made:
        yield made
