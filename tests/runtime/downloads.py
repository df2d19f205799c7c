"""Clients that download, and the ways to let them: sync, in asyncio, in trio."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
import trio

from jamf_pro_client._client.download import Download
from jamf_pro_client._httpx import httpx
from jamf_pro_client.client import HTTPAuthenticatedClient


def download_sync(client: HTTPAuthenticatedClient, *args: Any, **options: Any) -> Download:
    with client:
        return client.download(*args, **options)


async def _in_loop(client: HTTPAuthenticatedClient, args: Any, options: Any) -> Download:
    async with client:
        return await client.adownload(*args, **options)


def download_async(client: HTTPAuthenticatedClient, *args: Any, **options: Any) -> Download:
    return asyncio.run(_in_loop(client, args, options))


def download_trio(client: HTTPAuthenticatedClient, *args: Any, **options: Any) -> Download:
    return trio.run(_in_loop, client, args, options)


Get = Callable[..., Download]
gets = pytest.mark.parametrize("get", [download_sync, download_async, download_trio])


def client_of(url: str = "https://jamf.my.org", **options: Any) -> HTTPAuthenticatedClient:
    return HTTPAuthenticatedClient(
        url, token="canary-token", cookies={"c": "canary-cookie"}, **options
    )


def answering(answer: Callable[[httpx.Request], httpx.Response]) -> HTTPAuthenticatedClient:
    return client_of(httpx_args={"transport": httpx.MockTransport(answer)})
