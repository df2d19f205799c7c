"""Filters and sort orders in requests to a server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from jamf_pro_client import HTTPAuthenticatedClient
from jamf_pro_client.api.buildings import get_v1_buildings
from jamf_pro_client.api.computer_inventory import (
    get_v1_computers_inventory,
    patch_v1_computers_inventory_detail_id,
)
from jamf_pro_client.filters import FilterExpression, FilterField, SortField
from jamf_pro_client.models import ComputerGeneralUpdate, ComputerInventoryUpdateRequest
from jamf_pro_sandbox import Sandbox

NAME = FilterField("general.name")
ID = FilterField("id")
NAMES = (
    "Oscar's MacBook Air",
    'Oscar\'s 13" (*new*), Mac; "lab"',
    'Oscar\'s 13" (xnewx), Mac; "lab"',
    "a*c",
    "abc",
    "a\\*c",
    "a\\bc",
    "back\\slash\\",
    'only "double" quotes',
    "== or , and ; (x)",
    'x" or id>"0',
    "x' or id>'0",
    "100% & more + #1 = ?/",
    "Größe 機 😀",
    " spaces around ",
    "true",
    "17",
    "*",
    "\\",
    '"',
)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(computers=len(NAMES) + 5) as running:
        yield running


@pytest.fixture(scope="module")
def client(sandbox: Sandbox) -> Iterator[HTTPAuthenticatedClient]:
    """A client of a server whose first computers have awkward names."""
    made = HTTPAuthenticatedClient(
        sandbox.url, api_key=sandbox.client_id, api_secret=sandbox.client_secret
    )
    with made:
        for number, name in enumerate(NAMES, start=1):
            patch_v1_computers_inventory_detail_id.sync(
                str(number),
                client=made,
                body=ComputerInventoryUpdateRequest(general=ComputerGeneralUpdate(name=name)),
            )
        yield made


def found(client: HTTPAuthenticatedClient, filter_: FilterExpression) -> list[str]:
    reply = get_v1_computers_inventory.sync(
        client=client, filter_=filter_, sort=[SortField("id").asc()]
    )
    return [computer.id for computer in reply.results or [] if isinstance(computer.id, str)]


@pytest.mark.parametrize("number", range(1, len(NAMES) + 1))
def test_a_name_finds_exactly_that_computer(number: int, client: HTTPAuthenticatedClient) -> None:
    name = NAMES[number - 1]
    assert found(client, NAME.eq(name)) == [str(number)]
    assert found(client, NAME.is_in([name])) == [str(number)]
    assert found(client, NAME.contains(name) & NAME.eq(name)) == [str(number)]
    others = found(client, NAME.ne(name))
    assert len(others) == len(NAMES) + 4
    assert str(number) not in others


def test_wildcards_are_asked_for(client: HTTPAuthenticatedClient) -> None:
    assert found(client, NAME.like("a*c")) == ["4", "5", "6", "7"]
    assert found(client, NAME.starts_with("a*")) == ["4"]
    assert found(client, NAME.contains("\\")) == ["6", "7", "8", "19"]
    assert found(client, NAME.ends_with("\\")) == ["8", "19"]
    assert found(client, NAME.not_like("*") & ID.gt(0)) == []


def test_groups_keep_the_rows_that_python_says(client: HTTPAuthenticatedClient) -> None:
    one, two, last = ID.eq(1), ID.eq(2), NAME.like("Oscar*")
    assert found(client, (one | two | ID.eq(3)) & last & ID.not_in([3])) == ["1", "2"]
    assert found(client, one | two & ID.eq(9)) == ["1"]
    assert found(client, (one | two) & ID.eq(2)) == ["2"]
    assert found(client, ID.between(3, 4) | ID.is_in([1])) == ["1", "3", "4"]


def test_the_text_and_the_object_are_the_same_request(
    client: HTTPAuthenticatedClient, sandbox: Sandbox
) -> None:
    filter_ = FilterField("city").eq("Seahaven") & FilterField("name").ne("M\"il'l")
    sort = SortField("city").asc() & SortField("name").desc()
    sandbox.clear_requests()
    get_v1_buildings.sync(client=client, filter_=filter_, sort=[sort])
    get_v1_buildings.sync(client=client, filter_=str(filter_), sort=[str(sort)])
    client.request("GET", "/api/v1/buildings", params={"filter": filter_, "sort": sort})
    query = 'city=="Seahaven";name!="M\\"il\'l"'
    assert filter_ == query
    for request in sandbox.requests:
        assert sorted(request.query) == [("filter", query), ("sort", "city:asc,name:desc")]
    assert len(sandbox.requests) == 3


def test_sort_orders_may_be_joined_or_listed(client: HTTPAuthenticatedClient) -> None:
    city, name = SortField("city").asc(), SortField("name").desc()
    orders: list[list[str]] = [[city & name], [city, name]]
    for sort in orders:
        reply = get_v1_buildings.sync(client=client, sort=sort)
        names = [building.name for building in reply.results or []]
        assert names == ["Mill", "Lighthouse", "Harbour House"]
