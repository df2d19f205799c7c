"""Providers that people write: S1's example, sync and async."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from jamf_pro_client import AccessToken, CredentialsProvider
from jamf_pro_client._httpx import httpx
from jamf_pro_client.client import HTTPAuthenticatedClient
from jamf_pro_client.errors import ConfigurationError

boto3 = pytest.importorskip("boto3")


@pytest.fixture
def table(other: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A server that speaks as AWS DynamoDB does, with one item in one table."""
    for name, value in (
        ("AWS_ENDPOINT_URL", other.url),
        ("AWS_DEFAULT_REGION", "eu-central-1"),
        ("AWS_ACCESS_KEY_ID", "invented"),
        ("AWS_SECRET_ACCESS_KEY", "invented"),
        ("AWS_EC2_METADATA_DISABLED", "true"),
    ):
        monkeypatch.setenv(name, value)

    def item(seen: Any) -> Any:
        assert json.loads(seen.body) == {
            "TableName": "my-table",
            "Key": {"pk": {"S": "access-token"}},
        }
        expires = str(int(time.time()) + 1200)
        return other.answer(200, {"Item": {"token": {"S": "found"}, "expires": {"N": expires}}})

    other.routes["/"] = item
    return other


def _read(table: Any) -> AccessToken:
    item = table.get_item(Key={"pk": "access-token"})["Item"]
    return AccessToken(type="user", token=item["token"], expires=item["expires"])


class DynamoDBProvider(CredentialsProvider):
    def __init__(self, table_name: str) -> None:
        self.table = boto3.resource("dynamodb").Table(table_name)
        super().__init__()

    def _request_access_token(self) -> AccessToken:
        return _read(self.table)


class AsWritten(CredentialsProvider):
    """With the decorator of the example."""

    def __init__(self, table_name: str) -> None:
        self.table = boto3.resource("dynamodb").Table(table_name)
        super().__init__()

    @property
    def _request_access_token(self) -> AccessToken:  # type: ignore[override]  # as it is written
        return _read(self.table)


class OlderName(CredentialsProvider):
    """With the method that the text around the example names."""

    def __init__(self, table_name: str) -> None:
        self.table = boto3.resource("dynamodb").Table(table_name)

    def _refresh_access_token(self) -> AccessToken:
        return _read(self.table)


class AsyncProvider(CredentialsProvider):
    """Asks without a worker thread, and has no sync method."""

    def __init__(self, url: str) -> None:
        self.url = url
        super().__init__()

    async def _request_access_token_async(self) -> AccessToken:
        async with httpx.AsyncClient() as client:
            reply = await client.post(
                self.url,
                json={"TableName": "my-table", "Key": {"pk": {"S": "access-token"}}},
            )
        item = reply.json()["Item"]
        return AccessToken(
            type="user", token=item["token"]["S"], expires=Decimal(item["expires"]["N"])
        )


@pytest.mark.parametrize("provider", [DynamoDBProvider, AsWritten, OlderName])
def test_a_provider_gives_its_token_before_it_has_a_client(
    table: Any, provider: Callable[[str], CredentialsProvider]
) -> None:
    creds = provider("my-table")
    token = creds.get_access_token()
    assert repr(token).startswith("AccessToken(type='user', token='***', expires=datetime.")
    assert token.token == "found"
    assert token.lifetime_seconds == pytest.approx(1200, abs=5)
    assert creds.get_access_token() is token
    assert len(table.seen) == 1


@pytest.mark.parametrize("provider", [DynamoDBProvider, AsWritten, OlderName])
def test_a_provider_serves_sync_and_async_clients(
    jamf: Any, table: Any, provider: Callable[[str], CredentialsProvider]
) -> None:
    jamf.valid.add("found")
    creds = provider("my-table")
    with HTTPAuthenticatedClient(jamf.url, credentials=creds) as client:

        async def main() -> int:
            async with client:
                return (await client.arequest("GET", "/a")).status_code

        assert asyncio.run(main()) == 200
        assert client.request("GET", "/a").status_code == 200
    assert len(table.seen) == 1


def test_an_async_provider_serves_async_clients(jamf: Any, table: Any) -> None:
    jamf.valid.add("found")
    creds = AsyncProvider(table.url)

    async def main() -> None:
        assert (await creds.get_access_token_async()).token == "found"
        async with HTTPAuthenticatedClient(jamf.url, credentials=creds) as client:
            assert (await client.arequest("GET", "/a")).status_code == 200

    asyncio.run(main())
    assert len(table.seen) == 1
    with pytest.raises(ConfigurationError, match="override it for use with a sync client"):
        AsyncProvider(table.url).get_access_token()


def test_a_provider_can_decide_for_each_request(jamf: Any) -> None:
    class Each(CredentialsProvider):
        calls = 0

        def get_access_token(self) -> AccessToken:
            self.calls += 1
            return AccessToken("user", f"token-{self.calls}")

    jamf.valid |= {"token-1", "token-2"}
    with HTTPAuthenticatedClient(jamf.url, credentials=Each()) as client:
        assert [client.request("GET", "/a").status_code for _ in range(2)] == [200, 200]
    assert [seen.headers["authorization"][-1] for seen in jamf.seen] == ["1", "2"]
