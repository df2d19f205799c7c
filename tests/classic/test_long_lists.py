"""Long lists are read column by column: each row as if it stood there alone."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.classic.described import leaves_of

from jamf_pro_client import UNSET, HTTPAuthenticatedClient
from jamf_pro_client._httpx import httpx
from jamf_pro_client.classic.api.computers import find_computers
from jamf_pro_client.classic.models import Computer, ComputerHardware, Policy

LONG = 20
ROW = "<id>7</id><name>a</name><multi_value>true</multi_value><value/>"
ODD_ROWS = [
    "",
    "some text",
    " \n ",
    "<id>7</id><name>a</name><multi_value>true</multi_value>",
    "<name>a</name><id>7</id><multi_value>true</multi_value><value/>",
    "<id>007</id><name>a</name><multi_value>maybe</multi_value><value/>",
    "<id>7</id><name><b>c</b></name><multi_value>true</multi_value><value/>",
    "<id>7</id><name>mixed<b>c</b></name><multi_value>true</multi_value><value/>",
    "<id>7<b/></id><name>a</name><multi_value>true</multi_value><value/>",
    "<id>7</id><id>8</id><multi_value>true</multi_value><value/>",
    "<id>7</id><name>a</name><multi_value>true</multi_value><value/><added>1</added>",
    "<id>7</id><name>a</name><multi_value>true</multi_value><added/>",
    "<id>7</id><name>a</name><multi_value>true</multi_value><size>4</size>",
    "\n <id>7</id>\n <name>a</name>\n <multi_value/>\n <value>é</value>\n",
]


def _computer(*rows: str, counted: str = "", after: str = "") -> Computer:
    listed = "".join(f"<extension_attribute>{row}</extension_attribute>" for row in rows)
    return Computer.from_xml(
        f"<computer><extension_attributes>{counted}{listed}{after}</extension_attributes>"
        "</computer>"
    )


def _alone(row: str) -> Any:
    rows = _computer(row).extension_attributes
    assert rows
    (value,) = rows
    return value


@pytest.mark.parametrize("place", [0, 1, LONG // 2, LONG - 1])
@pytest.mark.parametrize("odd", ODD_ROWS)
def test_an_odd_row_among_others_is_read_as_if_it_stood_there_alone(odd: str, place: int) -> None:
    rows = [ROW] * LONG
    rows[place] = odd
    computer = _computer(*rows)

    assert computer.extension_attributes == [_alone(row) for row in rows]


@pytest.mark.parametrize("row", [ROW, *ODD_ROWS])
def test_rows_of_one_form_are_read_as_if_each_stood_there_alone(row: str) -> None:
    computer = _computer(*[row] * LONG)

    assert computer.extension_attributes == [_alone(row)] * LONG
    assert leaves_of(computer.to_xml()) == leaves_of(_computer(*[row] * LONG).to_xml())


@settings(max_examples=200, derandomize=True)
@given(st.lists(st.sampled_from([ROW, ROW, ROW, *ODD_ROWS]), min_size=LONG, max_size=LONG))
def test_rows_of_many_forms_are_read_as_if_each_stood_there_alone(rows: list[str]) -> None:
    assert _computer(*rows).extension_attributes == [_alone(row) for row in rows]


@pytest.mark.parametrize("counted", ["", "<size>20</size>", "<size/>"])
@pytest.mark.parametrize("after", ["", "<size>20</size>"])
def test_counts_are_no_rows_wherever_they_stand(counted: str, after: str) -> None:
    computer = _computer(*[ROW] * LONG, counted=counted, after=after)

    assert computer.extension_attributes == [_alone(ROW)] * LONG


@pytest.mark.parametrize("other", ["<note>a</note>", "<size><id>1</id></size>"])
def test_a_long_list_with_other_elements_in_it_is_kept(other: str) -> None:
    listed = "".join(f"<extension_attribute>{ROW}</extension_attribute>" for _ in range(LONG))
    content = (
        f"<computer><extension_attributes>{listed}{other}</extension_attributes></computer>"
    ).encode()

    assert leaves_of(Computer.from_xml(content).to_xml()) == leaves_of(content)


def test_what_a_column_lacks_is_unset_and_what_it_holds_can_be_changed() -> None:
    rows = _computer(*["<id>7</id>"] * LONG).extension_attributes or []

    assert [row.name for row in rows] == [UNSET] * LONG
    rows[3].name = "b"
    assert [row.name for row in rows[2:5]] == [UNSET, "b", UNSET]
    rows[0].additional_properties["new"] = "1"
    assert not rows[1].additional_properties


def test_elements_called_like_the_count_are_fields_where_they_are_described() -> None:
    devices = "".join(f"<device><size>{n}</size></device>" for n in range(LONG))
    hardware = ComputerHardware.from_xml(
        f"<hardware><storage><size>20</size>{devices}<size>20</size></storage></hardware>"
    )

    assert hardware.storage
    assert [device.size for device in hardware.storage] == list(range(LONG))


def test_elements_that_repeat_without_a_list_around_them_are_read_in_order() -> None:
    printers = "".join(f"<printer><id>{n}</id><name>p</name></printer>" for n in range(LONG))
    policy = Policy.from_xml(
        f"<policy><printers><size>20</size>{printers}<leave_existing_default/></printers></policy>"
    )

    assert policy.printers
    assert [row.id for row in policy.printers.printer or ()] == list(range(LONG))


@pytest.mark.parametrize("item", ["computer", "device"])
def test_lists_as_documents_are_read_row_by_row_too(item: str) -> None:
    names = ["a", "", "é", "<", *"bcdefghij"]
    rows = "".join(
        f"<{item}><id>{number}</id><name>{name.replace('<', '&lt;')}</name></{item}>"
        for number, name in enumerate(names)
    )
    content = f"<computers><size>{len(names)}</size>{rows}</computers>".encode()
    transport = httpx.MockTransport(lambda _: httpx.Response(200, content=content))
    client = HTTPAuthenticatedClient(
        "https://jamf.invalid", token="invented", httpx_args={"transport": transport}
    )

    found = find_computers.sync(client=client)
    assert [(row.id, row.name) for row in found] == list(enumerate(names))


def test_plain_values_in_long_lists_are_kept_as_they_are() -> None:
    texts = ["a", "", " ", "7", "true", *"bcdefgh"]
    users = "".join(f"<user>{text}</user>" for text in texts)
    read = ComputerHardware.from_xml(
        f"<hardware><filevault2_users><size>12</size>{users}</filevault2_users></hardware>"
    )
    odd = ComputerHardware.from_xml(
        f"<hardware><filevault2_users>{users}<user>a<b>c</b></user></filevault2_users></hardware>"
    )

    assert read.filevault2_users == texts
    assert odd.filevault2_users == [*texts, {"b": "c"}]
