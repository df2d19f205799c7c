"""What type checkers know of the facade; never run."""
# Both checkers refuse a `type: ignore` on a line that has no error.
# pyright: strict, reportUnnecessaryTypeIgnoreComment=true

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_type

from jamf_pro_client import (
    AsyncJamfProClient,
    ClassicComputer,
    Computer,
    FilterField,
    JamfProClient,
    Response,
)
from jamf_pro_client.classic.models import IdName, Policy, WriteResult
from jamf_pro_client.models import (
    ApiError,
    Building,
    BuildingSearchResults,
    ComputerInventory,
    ComputerInventorySearchResults,
    ComputerInventoryV4,
    PrestageScopeResponseV2,
)
from jamf_pro_client.paging import Stream


def operations(client: JamfProClient) -> None:
    """Operations have the types of their modules."""
    assert_type(client.pro_api.get_v1_buildings(page=1, timeout=3), BuildingSearchResults)
    assert_type(client.pro_api.get_v1_buildings_id("1", headers={"X": "1"}), Building)
    assert_type(
        client.pro_api.with_raw_response.get_v1_buildings_id("1"), Response[Building | ApiError]
    )
    client.pro_api.get_v1_buildings(pages=1)  # type: ignore[call-arg]
    client.pro_api.get_v1_buildings_id("1", timeout="3")  # type: ignore[arg-type]
    client.pro_api.get_v1_building()  # type: ignore[attr-defined]


def inventory(client: JamfProClient) -> None:
    """The inventory is a list, or an iterator of pages."""
    name = FilterField("general.name").eq("x")
    assert_type(
        client.pro_api.get_computer_inventory_v1(filter_expression=name), list[ComputerInventory]
    )
    assert_type(
        client.pro_api.get_computer_inventory_v1(page_size=1, return_generator=True),
        Iterator[ComputerInventorySearchResults],
    )
    assert_type(client.pro_api.get_computer_inventory_v4(), list[ComputerInventoryV4])


def classic(client: JamfProClient) -> None:
    """Operations of the Classic API have the types of their modules, curated ones of their own."""
    assert_type(client.classic_api.list_all_computers(timeout=3), list[IdName])
    assert_type(client.classic_api.get_computer_by_id(1, subsets=["location"]), Computer)
    assert_type(client.classic_api.update_computer_by_id(1, ClassicComputer()), WriteResult)
    assert_type(client.classic_api.find_policies_by_id(1, headers={"X": "1"}), Policy)
    assert_type(client.classic_api.with_raw_response.find_policies_by_id(1).parsed, Policy | None)
    client.classic_api.find_policies_by_id("1", timeout="3")  # type: ignore[arg-type]
    client.classic_api.find_policy()  # type: ignore[attr-defined]
    read = client.classic_api.get_computer_by_id
    assert_type(client.concurrent_api_requests(read, [1]), Iterator[Computer])
    assert_type(
        client.concurrent_api_requests(client.classic_api_request, [], return_model=Computer),
        Iterator[Computer],
    )


def many(client: JamfProClient) -> None:
    """Walks and runs know what comes out of them."""
    assert_type(client.all_items(client.pro_api.get_v1_buildings, page_size=3), list[Building])
    assert_type(client.iter_items(client.pro_api.get_v1_buildings), Iterator[Building])
    assert_type(client.iter_pages(client.pro_api.get_v1_buildings), Iterator[BuildingSearchResults])
    assert_type(client.all_items(client.pro_api.post_v1_buildings_export), list[dict[str, str]])
    client.all_items(client.pro_api.get_v1_buildings, page_size="3")  # type: ignore[call-overload]
    client.iter_pages(client.pro_api.get_v1_buildings, sort=3)  # type: ignore[arg-type]
    one = client.pro_api.get_v1_buildings_id
    assert_type(client.concurrent_api_requests(one, ["1"]), Iterator[Building])
    assert_type(
        client.concurrent_api_requests(one, ["1"], return_exceptions=True),
        Iterator[Building | Exception],
    )
    assert_type(
        client.concurrent_api_requests(client.pro_api_request, [], return_model=Building),
        Iterator[Building],
    )


def update(client: JamfProClient) -> None:
    """An update gives what the write gives."""
    write = client.pro_api.put_v2_computer_prestages_id_scope
    assert_type(client.update_safely(write, "1", change=print), PrestageScopeResponseV2)


async def in_a_loop(client: AsyncJamfProClient) -> None:
    """The async client has the same types, to be awaited."""
    assert_type(await client.pro_api.get_v1_buildings_id("1"), Building)
    assert_type(await client.pro_api.get_computer_inventory_v1(), list[ComputerInventory])
    assert_type(
        await client.pro_api.get_computer_inventory_v1(return_generator=True),
        Stream[ComputerInventorySearchResults],
    )
    assert_type(await client.all_items(client.pro_api.get_v1_buildings), list[Building])
    assert_type(client.iter_items(client.pro_api.get_v1_buildings), Stream[Building])
    assert_type(await client.classic_api.get_computer_by_id(1), Computer)
    assert_type(await client.classic_api.list_all_computers(), list[IdName])
    assert_type(
        client.async_concurrent_api_requests(client.pro_api.get_v1_buildings_id, ["1"]),
        Stream[Building],
    )
