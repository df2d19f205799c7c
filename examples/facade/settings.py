"""Settings of a client, its token, and a log of what it does."""

from __future__ import annotations

import asyncio
import logging

from jamf_pro_client import (
    AccessToken,
    AsyncJamfProClient,
    CredentialsProvider,
    SessionConfig,
    load_from_env,
    logger_quick_setup,
    server_from_env,
)

# For sync and async clients alike. Jamf recommends no more than five connections at a time.
CONFIG = SessionConfig(timeout=30, max_concurrency=4, verify=True, max_retries=2)


async def count_computers(server: str, credentials: CredentialsProvider) -> int:
    """Return how many computers a server manages."""
    async with AsyncJamfProClient(server, credentials, session_config=CONFIG) as client:
        return len(await client.pro_api.get_computer_inventory_v4())


async def token_of(server: str, credentials: CredentialsProvider) -> AccessToken:
    """Return a token; clients fetch, keep and renew theirs by themselves.

    Its text is `token.token`; it is in no repr and in no log.
    """
    async with AsyncJamfProClient(server, credentials) as client:
        return await client.get_access_token_async()


def main() -> None:
    """Count the computers of the server that the environment names, with a log of the requests."""
    logger_quick_setup(level=logging.DEBUG)
    print(asyncio.run(count_computers(server_from_env(), load_from_env())))


if __name__ == "__main__":
    main()
