"""What type checkers allow in requests, and what they refuse; never run."""
# Both checkers refuse a `type: ignore` on a line that has no error.
# pyright: strict, reportUnnecessaryTypeIgnoreComment=true

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, assert_type

from jamf_pro_client import UNSET, HTTPAuthenticatedClient, HTTPClient, ResilienceConfig
from jamf_pro_client.api.buildings import (
    get_v1_buildings,
    get_v1_buildings_id,
    post_v1_buildings,
    put_v1_buildings_id,
)
from jamf_pro_client.api.computer_inventory import get_v4_computers_inventory
from jamf_pro_client.api.gsx_connection import patch_v1_gsx_connection
from jamf_pro_client.api.mdm import post_v2_mdm_commands
from jamf_pro_client.models import (
    Building,
    BuildingSearchResults,
    CloudDistributionPoint,
    CloudDistributionPointCdnType,
    EnableLostModeCommand,
    GsxConnectionUpdate,
    HrefResponse,
    MdmCommandRequest,
)

T = TypeVar("T")


def bodies(client: HTTPAuthenticatedClient) -> None:
    made = post_v1_buildings.sync(client=client, body=Building(name="HQ", city=None))
    assert_type(made, HrefResponse)
    post_v1_buildings.sync(client=client, body={"name": "HQ", "city": None})
    put_v1_buildings_id.sync("1", client=client, body=Building(name="HQ", city=UNSET))
    patch_v1_gsx_connection.sync(client=client, body=GsxConnectionUpdate(username=None))
    command = EnableLostModeCommand(lost_mode_message="Call us")
    post_v2_mdm_commands.sync(client=client, body=MdmCommandRequest(command_data=command))


def what_only_the_server_sets_is_not_asked_for() -> CloudDistributionPoint:
    point = CloudDistributionPoint(
        cdn_type=CloudDistributionPointCdnType.AMAZON_S3, username="u", password="p"
    )
    assert_type(point.message, str)
    return point


def keys_that_the_description_does_not_know(rooms: dict[str, str]) -> Building:
    building = Building(name="HQ", additional_properties={"rooms": rooms})
    assert_type(building.additional_properties, dict[str, Any])
    return building


def wrong_constructions() -> None:
    Building()  # type: ignore[call-arg]
    Building("HQ")  # type: ignore[call-arg, arg-type]
    Building(name="HQ", nmae="x")  # type: ignore[call-arg]
    Building(name="HQ", additional_properties=5)  # type: ignore[arg-type]
    Building(name="HQ", _raw={})  # type: ignore[call-arg]
    Building(name=5)  # type: ignore[arg-type]
    Building(name=None)  # type: ignore[arg-type]
    building = Building(name="HQ")
    building.city = 5  # type: ignore[assignment]
    building.cty = "x"  # type: ignore[attr-defined]
    tag = "ERASE_DEVICE"
    EnableLostModeCommand(command_type=tag)  # type: ignore[arg-type]


def wrong_bodies(client: HTTPAuthenticatedClient) -> None:
    post_v1_buildings.sync(client=client)  # type: ignore[call-arg]
    text = '{"name": "HQ"}'
    post_v1_buildings.sync(client=client, body=text)  # type: ignore[arg-type]
    href = HrefResponse()
    post_v1_buildings.sync(client=client, body=href)  # type: ignore[arg-type]


def parameters(client: HTTPAuthenticatedClient, city: str | None) -> None:
    rsql = f'city=="{city}"' if city else None
    get_v1_buildings.sync(client=client, filter_=rsql, sort=UNSET, page=None, page_size=100)
    get_v1_buildings_id.sync(id="1", client=client)
    page = "1"
    get_v1_buildings.sync(client=client, page=page)  # type: ignore[arg-type]
    get_v1_buildings.sync(client=client, filtre="x")  # type: ignore[call-arg]
    sections = ["GENERAL"]
    get_v4_computers_inventory.sync(client=client, section=sections)  # type: ignore[arg-type]


def clients(client: HTTPAuthenticatedClient, anonymous: HTTPClient) -> None:
    derived = client.with_headers({"X": "y"}).with_cookies({"a": "b"}).with_timeout(5)
    assert_type(derived, HTTPAuthenticatedClient)
    assert_type(client.with_resilience(ResilienceConfig()), HTTPAuthenticatedClient)
    assert_type(anonymous.with_timeout(None), HTTPClient)
    with client as opened:
        assert_type(opened, HTTPAuthenticatedClient)
    get_v1_buildings.sync(client=anonymous)  # type: ignore[arg-type]


def logged(call: Callable[[], T]) -> T:
    """Stand for somebody's wrapper around all calls."""
    return call()


def wrappers(client: HTTPAuthenticatedClient) -> None:
    found = logged(lambda: get_v1_buildings.sync(client=client))
    assert_type(found, BuildingSearchResults)
    assert_type(get_v1_buildings.OPERATION.sync(client), BuildingSearchResults)
