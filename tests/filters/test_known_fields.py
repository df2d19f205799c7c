"""Fields that Jamf lists, and warnings about others."""

from __future__ import annotations

import importlib
import warnings
from types import SimpleNamespace
from typing import Any

import pytest

from jamf_pro_client import JamfProClient, SessionConfig, StaticTokenProvider, api
from jamf_pro_client._httpx import httpx
from jamf_pro_client.api.buildings import get_v1_buildings
from jamf_pro_client.api.computer_inventory import get_v1_computers_inventory
from jamf_pro_client.api.users import get_v1_users
from jamf_pro_client.errors import ConfigurationError
from jamf_pro_client.filters import (
    FilterField,
    SortField,
    UnknownFieldWarning,
    check_fields,
    fields_of,
    parse_filter,
    parse_sort,
)
from jamf_pro_client.paging import all_items

COMPUTERS = get_v1_computers_inventory


def test_fields_come_from_the_description() -> None:
    known = fields_of(COMPUTERS)
    assert known == fields_of(COMPUTERS.OPERATION)
    assert "general.name" in known.filter
    assert "hardware.serialNumber" in known.filter
    assert "hardware.serialNumber" not in known.sort
    assert fields_of(get_v1_users) == ((), ())


def test_what_is_no_operation_has_no_fields() -> None:
    wrong: Any
    for wrong in (api, None, SimpleNamespace(OPERATION=3)):
        with pytest.raises(ConfigurationError, match="is neither an operation nor an endpoint"):
            fields_of(wrong)


def test_the_lists_of_every_operation_can_be_written_and_checked() -> None:
    with_filter = 0
    for tag, names in api.OPERATIONS.items():
        for name in names:
            module = importlib.import_module(f"jamf_pro_client.api.{tag}.{name}")
            known = fields_of(module)
            with_filter += bool(known.filter)
            for field in known.filter:
                expression = FilterField(field, module).eq("x")
                assert parse_filter(str(expression)).fields == (field,)
                check_fields(expression, module)
            for field in known.sort:
                check_fields(SortField(field).desc(), module)
    assert with_filter == 88


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("general.nmae", "general.name"),
        ("serialNumber", "hardware.serialNumber"),
        ("General.Name", "general.name"),
        ("general.last_contact_time", "general.lastContactTime"),
        ("general.assettag", "general.assetTag"),
        ("hardware.serialNo", "hardware.serialNumber"),
    ],
)
def test_an_unknown_field_warns_with_the_nearest(name: str, nearest: str) -> None:
    message = (
        f"Jamf does not list the field '{name}' for filters of get_v1_computers_inventory; "
        f"did you mean '{nearest}'?"
    )
    with pytest.warns(UnknownFieldWarning) as caught:
        check_fields(FilterField("id").eq(1) | FilterField(name).eq("x"), COMPUTERS)
    assert [str(warning.message) for warning in caught] == [message]
    with pytest.warns(UnknownFieldWarning) as caught:
        field = FilterField(name, COMPUTERS)
    assert [str(warning.message) for warning in caught] == [message]
    assert field.name == name


def test_nothing_is_suggested_where_nothing_is_near() -> None:
    with pytest.warns(UnknownFieldWarning) as caught:
        check_fields(FilterField("zzz").eq(1), COMPUTERS)
    assert str(caught[0].message).endswith("filters of get_v1_computers_inventory")


def test_sort_orders_are_checked_one_by_one_or_several() -> None:
    good, bad = SortField("general.name").asc(), SortField("hardware.serialNumber").desc()
    check_fields([good], COMPUTERS)
    for sort in (bad, [good, bad], good & bad):
        with pytest.warns(UnknownFieldWarning, match="sort orders of get_v1_computers") as caught:
            check_fields(sort, COMPUTERS)
        assert len(caught) == 1


def test_nothing_is_said_where_jamf_lists_no_fields() -> None:
    check_fields(FilterField("anything").eq(1), get_v1_users)
    FilterField("anything", get_v1_users)
    FilterField("anything", [])
    check_fields("colour==red", COMPUTERS)


def test_a_field_may_bring_its_own_list() -> None:
    FilterField("name", ["name", "id"])
    with pytest.warns(UnknownFieldWarning, match="'nam' for this filter; did you mean 'name'"):
        FilterField("nam", ["name", "id"])


def test_one_place_warns_once_and_is_named() -> None:
    wrong = FilterField("nam").eq("x")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default")
        for _ in range(3):
            check_fields(wrong, get_v1_buildings)
        check_fields(wrong, get_v1_buildings)
    assert len(caught) == 2
    assert {warning.filename for warning in caught} == {__file__}


def test_the_warning_names_the_line_that_made_the_field() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default")
        FilterField("nam", get_v1_buildings)
    assert caught[0].filename == __file__


def test_walks_and_methods_warn_of_unknown_fields_where_they_are_called() -> None:
    page = httpx.Response(200, json={"totalCount": 0, "results": []})
    transport = httpx.MockTransport(lambda _: page)
    settings = SessionConfig(httpx_args={"transport": transport})
    client = JamfProClient("jamf.test", StaticTokenProvider("t"), settings)
    wrong = FilterField("nmae").eq("x")
    for call in (
        lambda: client.pro_api.get_v1_buildings(filter_=wrong),
        lambda: client.all_items(client.pro_api.get_v1_buildings, filter=wrong),
        lambda: all_items(get_v1_buildings, client.http_client, filter=wrong),
        lambda: client.pro_api.get_computer_inventory_v4(
            filter_expression=FilterField("general.nmae").eq("x")
        ),
    ):
        with pytest.warns(UnknownFieldWarning, match=r"did you mean '(general\.)?name'") as caught:
            call()
        assert [one.filename for one in caught] == [__file__]


def test_the_method_of_a_client_stands_for_its_operation() -> None:
    client = JamfProClient("jamf.test", StaticTokenProvider("t"))
    assert fields_of(client.pro_api.get_v1_buildings) == fields_of(get_v1_buildings)
    with pytest.warns(UnknownFieldWarning, match="did you mean 'name'"):
        FilterField("nmae", client.pro_api.get_v1_buildings)


@pytest.mark.parametrize(
    "make",
    [
        FilterField,
        SortField,
        lambda value: FilterField("id").is_in(value),
        parse_filter,
        parse_sort,
    ],
)
@pytest.mark.parametrize("wrong", [None, 3])
def test_what_is_of_another_type_is_refused(make: Any, wrong: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"not a (NoneType|int)"):
        make(wrong)
