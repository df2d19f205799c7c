"""The same request from a thread and from a task, for tests that hold for both."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from jamf_pro_client.client import HTTPAuthenticatedClient

Ask = Callable[..., Any]


def client_of(jamf: Any, **options: Any) -> HTTPAuthenticatedClient:
    if not options.keys() & {"token", "credentials"}:
        options |= {"api_key": "id", "api_secret": "canary-secret"}
    return HTTPAuthenticatedClient(jamf.url, **options)


def ask_sync(client: HTTPAuthenticatedClient, *args: Any, **options: Any) -> Any:
    try:
        return client.request(*args, **options)
    finally:
        client.close()


def ask_async(client: HTTPAuthenticatedClient, *args: Any, **options: Any) -> Any:
    async def main() -> Any:
        try:
            return await client.arequest(*args, **options)
        finally:
            # A derived client leaves that to its parent, which knows nothing of this loop.
            await client._connections.aclose()

    return asyncio.run(main())


both = pytest.mark.parametrize("ask", [ask_sync, ask_async], ids=["sync", "async"])
