"""What type checkers know of replies; never run."""
# Both checkers refuse a `type: ignore` on a line that has no error.
# pyright: strict, reportUnnecessaryTypeIgnoreComment=true

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import NamedTuple, assert_type

import attrs

from jamf_pro_client import UNSET, File, HTTPAuthenticatedClient, Response, Unset
from jamf_pro_client.api.buildings import (
    delete_v1_buildings_id,
    get_v1_buildings,
    get_v1_buildings_id,
    post_v1_buildings_export,
)
from jamf_pro_client.api.computer_inventory import (
    get_v4_computers_inventory,
    get_v4_computers_inventory_id_attachments_attachment_id,
)
from jamf_pro_client.api.mobile_device_groups import get_v1_mobile_device_groups
from jamf_pro_client.errors import ApiErrorDetail
from jamf_pro_client.models import (
    ApiError,
    Building,
    BuildingSearchResults,
    ComputerInventoryV4,
    ComputerSectionV4,
    MobileDeviceGroup,
)


class Row(NamedTuple):
    """What somebody's script keeps of a computer."""

    name: str
    serial_number: str
    version: str


def three_nested_fields(client: HTTPAuthenticatedClient) -> Iterator[Row]:
    sections = [ComputerSectionV4.GENERAL, ComputerSectionV4.HARDWARE]
    page = get_v4_computers_inventory.sync(client=client, section=sections, page_size=100)
    for computer in page.results or ():
        assert_type(computer, ComputerInventoryV4)
        if computer.general and computer.hardware and computer.operating_system:
            yield Row(
                name=computer.general.name or "",
                serial_number=computer.hardware.serial_number or "",
                version=computer.operating_system.version or "",
            )


def plain_calls(client: HTTPAuthenticatedClient) -> None:
    assert_type(get_v1_buildings.sync(client=client), BuildingSearchResults)
    assert_type(get_v1_mobile_device_groups.sync(client=client), list[MobileDeviceGroup])
    assert_type(post_v1_buildings_export.sync(client=client), str)
    attachment = get_v4_computers_inventory_id_attachments_attachment_id
    assert_type(attachment.sync("1", "2", client=client), File)
    assert_type(attachment.sync("1", "2", client=client).read(), bytes)
    assert_type(delete_v1_buildings_id.sync("1", client=client), None)


async def async_calls(client: HTTPAuthenticatedClient) -> None:
    assert_type(await get_v1_buildings.asyncio(client=client), BuildingSearchResults)
    assert_type(await get_v1_buildings_id.asyncio("1", client=client), Building)
    assert_type(await post_v1_buildings_export.asyncio(client=client), str)
    whole = await get_v1_buildings_id.asyncio_detailed("1", client=client)
    assert_type(whole, Response[Building | ApiError])


def whole_replies(client: HTTPAuthenticatedClient) -> None:
    whole = get_v1_buildings_id.sync_detailed("1", client=client)
    assert_type(whole, Response[Building | ApiError])
    assert_type(whole.parsed, Building | ApiError | None)
    assert_type(whole.status_code, int)
    assert_type(whole.errors, tuple[ApiErrorDetail, ...])
    assert_type(delete_v1_buildings_id.sync_detailed("1", client=client), Response[None])


def narrowing(building: Building) -> str:
    assert_type(building.name, str)
    assert_type(building.city, str | None | Unset)
    assert_type(building.city or "nowhere", str)
    if building.city is UNSET:
        return "not in the reply"
    assert_type(building.city, str | None)
    if building.city is None:
        return "null"
    assert_type(building.city, str)
    return building.city


def dates(computer: ComputerInventoryV4) -> datetime.datetime | None:
    if not computer.general:
        return None
    assert_type(computer.general.last_contact, datetime.datetime | None | Unset)
    return computer.general.last_contact or None


def narrowing_is_needed(computer: ComputerInventoryV4) -> None:
    _ = computer.general.name  # type: ignore[union-attr]
    if computer.general:
        _ = computer.general.nmae  # type: ignore[attr-defined]
    _ = Building.from_dcit  # type: ignore[attr-defined]


def enums_are_open(text: str) -> bool:
    assert_type(ComputerSectionV4(text), ComputerSectionV4)
    assert_type(ComputerSectionV4.GENERAL.is_known, bool)
    return ComputerSectionV4(text) == ComputerSectionV4.GENERAL


def copies(building: Building) -> None:
    assert_type(building.evolve(city="Oslo"), Building)
    assert_type(Building.from_dict({"name": "HQ"}), Building)
    fields: tuple[attrs.Attribute[object], ...] = attrs.fields(Building)
    names: list[str] = [field.name for field in fields]
    del names
