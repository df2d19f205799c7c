"""What goes wrong: raised by a call, raised by the first of many, or handed over as a result."""

from __future__ import annotations

import asyncio

from jamf_pro_client import (
    AsyncJamfProClient,
    CredentialsProvider,
    SessionConfig,
    load_from_env,
    server_from_env,
)
from jamf_pro_client.exceptions import JamfProAPIError
from jamf_pro_client.models import ComputerInventoryV4


async def computer_or_none(
    client: AsyncJamfProClient, computer_id: str
) -> ComputerInventoryV4 | None:
    """Return a computer, or None and a line about why not."""
    try:
        return await client.pro_api.get_v4_computers_inventory_detail_id(computer_id)
    except JamfProAPIError as error:
        print(f"API error: {error}")
        return None


async def good_and_bad(
    server: str, credentials: CredentialsProvider, ids: list[str]
) -> tuple[list[str], list[Exception]]:
    """Read many computers; one that fails does not keep the others from being read."""
    good: list[str] = []
    bad: list[Exception] = []
    config = SessionConfig(return_exceptions=True)
    async with AsyncJamfProClient(server, credentials, session_config=config) as client:
        async for result in client.async_concurrent_api_requests(
            handler=client.pro_api.get_v4_computers_inventory_detail_id, arguments=ids
        ):
            if isinstance(result, Exception):
                bad.append(result)
            else:
                good.append(str(result.general.name) if result.general else "")
    return good, bad


async def main() -> None:
    """Read some computers of the server that the environment names."""
    good, bad = await good_and_bad(server_from_env(), load_from_env(), ["1", "2", "999999"])
    print(f"Success: {good}\nErrors: {[str(error) for error in bad]}")


if __name__ == "__main__":
    asyncio.run(main())
