"""One text where a list of them is wanted: each of its letters would be taken for one."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from jamf_pro_client.client import HTTPClient
from jamf_pro_client.errors import ConfigurationError


def test_one_text_is_no_list_of_urls_privileges_or_roles(jamf: Any) -> None:
    async def main() -> None:
        async with HTTPClient(jamf.url) as client:
            for fetching in (
                client.fetch_batch("/x"),
                client.create_roles("t", jamf.url, privileges="Read Computers"),
                client.create_api_client("t", jamf.url, roles="reader"),
            ):
                with pytest.raises(ConfigurationError, match="must be a list of strings"):
                    await fetching
            assert await client.fetch_batch(iter(())) == []

    asyncio.run(main())
