"""What type checkers know of walks over pages and of concurrent calls; never run."""
# Both checkers refuse a `type: ignore` on a line that has no error.
# pyright: strict, reportUnnecessaryTypeIgnoreComment=true

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_type

from jamf_pro_client import HTTPAuthenticatedClient
from jamf_pro_client._httpx import httpx
from jamf_pro_client.api.buildings import get_v1_buildings, post_v1_buildings_export
from jamf_pro_client.api.computer_inventory import get_v4_computers_inventory
from jamf_pro_client.api.inventory_preload import get_inventory_preload
from jamf_pro_client.api.mobile_device_groups import get_v1_mobile_device_groups
from jamf_pro_client.api.sites import get_v1_sites_id_objects
from jamf_pro_client.concurrency import (
    async_concurrent_api_requests,
    concurrent_api_requests,
)
from jamf_pro_client.models import (
    Building,
    BuildingSearchResults,
    ComputerInventoryV4,
    ComputerSectionV4,
    InventoryPreloadRecord,
    MobileDeviceGroup,
    SiteObject,
)
from jamf_pro_client.paging import (
    Stream,
    all_items,
    all_items_async,
    iter_items,
    iter_items_async,
    iter_pages,
    iter_pages_async,
)


def rows_of_modules(client: HTTPAuthenticatedClient) -> None:
    assert_type(iter_items(get_v1_buildings, client), Iterator[Building])
    assert_type(all_items(get_v1_buildings, client, filter="name==A"), list[Building])
    computers = iter_items(
        get_v4_computers_inventory, client, page_size=200, section=[ComputerSectionV4.GENERAL]
    )
    for computer in computers:
        assert_type(computer, ComputerInventoryV4)
        assert computer.general
        assert_type(iter_items(get_v1_buildings.OPERATION, client), Iterator[Building])


def other_replies(client: HTTPAuthenticatedClient) -> None:
    assert_type(all_items(get_v1_sites_id_objects, client, id="1"), list[SiteObject])
    assert_type(all_items(get_v1_mobile_device_groups, client), list[MobileDeviceGroup])
    assert_type(all_items(post_v1_buildings_export, client), list[dict[str, str]])
    assert_type(all_items(get_inventory_preload, client), list[InventoryPreloadRecord])


def pages(client: HTTPAuthenticatedClient) -> None:
    assert_type(iter_pages(get_v1_buildings, client), Iterator[BuildingSearchResults])
    for page in iter_pages(get_v1_buildings.OPERATION, client):
        assert_type(page, BuildingSearchResults)


async def rows_in_an_event_loop(client: HTTPAuthenticatedClient) -> None:
    assert_type(iter_items_async(get_v1_buildings, client), Stream[Building])
    assert_type(await all_items_async(get_v1_buildings, client), list[Building])
    assert_type(await all_items_async(post_v1_buildings_export, client), list[dict[str, str]])
    async with iter_pages_async(get_v1_buildings, client) as stream:
        async for page in stream:
            assert_type(page, BuildingSearchResults)


def wrong_walks(client: HTTPAuthenticatedClient) -> None:
    iter_items(get_v1_buildings, client, page_size="100")  # type: ignore[call-overload]
    iter_items("get_v1_buildings", client)  # type: ignore[call-overload]


def length(text: str) -> int:
    return len(text)


async def length_soon(text: str) -> int:
    return len(text)


def reply(text: str) -> httpx.Response:
    raise NotImplementedError(text)


async def reply_soon(text: str) -> httpx.Response:
    raise NotImplementedError(text)


def concurrent_calls() -> None:
    assert_type(concurrent_api_requests(length, ["a"]), Iterator[int])
    assert_type(concurrent_api_requests(length, ["a"], in_order=False), Iterator[int])
    with_errors = concurrent_api_requests(length, ["a"], return_exceptions=True)
    assert_type(with_errors, Iterator[int | Exception])
    models = concurrent_api_requests(reply, ["a"], return_model=Building)
    assert_type(models, Iterator[Building])


async def concurrent_tasks() -> None:
    assert_type(async_concurrent_api_requests(length_soon, ["a"]), Stream[int])
    models = async_concurrent_api_requests(reply_soon, ["a"], return_model=Building)
    async for model in models:
        assert_type(model, Building)
