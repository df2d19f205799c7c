"""Tokens from a place of your own: a table that another job keeps fresh.

`TokenTable` stands for whatever you have: DynamoDB, Vault, a file. The provider is asked when a
client needs a token and has none that is good; it keeps the answer until shortly before its end.
"""

from __future__ import annotations

import asyncio
import os
from typing import Protocol

from jamf_pro_client import AccessToken, AsyncJamfProClient, CredentialsProvider, JamfProClient


class TokenTable(Protocol):
    """Where the tokens are."""

    def get_item(self, key: str) -> dict[str, str]:
        """Return the token and when it ends."""
        ...


class TableProvider(CredentialsProvider):
    """Reads the token from a table; it needs neither name nor password.

    Args:
        table: Where the token is.
        key: Under which key.
    """

    def __init__(self, table: TokenTable, key: str = "access-token") -> None:
        super().__init__()
        self.table = table
        self.key = key

    def _request_access_token(self) -> AccessToken:
        item = self.table.get_item(self.key)
        return AccessToken(type="user", token=item["token"], expires=item["expires"])

    async def _request_access_token_async(self) -> AccessToken:
        # Without this method, async clients run the one above in a worker thread. With a library
        # that can be awaited, this is where it belongs.
        item = await asyncio.to_thread(self.table.get_item, self.key)
        return AccessToken(type="user", token=item["token"], expires=item["expires"])


class EnvironmentTable:
    """The simplest table: environment variables."""

    def get_item(self, key: str) -> dict[str, str]:
        """Return the token and when it ends."""
        name = key.upper().replace("-", "_")
        return {"token": os.environ[name], "expires": os.environ[f"{name}_EXPIRES"]}


def version(server: str, provider: CredentialsProvider) -> str:
    """Return the version of a server."""
    with JamfProClient(server, provider) as client:
        return str(client.pro_api.get_v1_jamf_pro_version().version)


async def version_async(server: str, provider: CredentialsProvider) -> str:
    """Return the version of a server."""
    async with AsyncJamfProClient(server, provider) as client:
        return str((await client.pro_api.get_v1_jamf_pro_version()).version)


if __name__ == "__main__":
    print(version(os.environ["JAMF_URL"], TableProvider(EnvironmentTable())))
