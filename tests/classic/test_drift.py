"""What Classic replies hold against their description is found, counted and refused."""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import tostring

import pytest
from tests.classic.described import OPERATIONS, module_of
from tests.classic.test_every_operation import Server, call, document, root_of

from jamf_pro_client import DriftLedger, HTTPClient, errors
from jamf_pro_client._httpx import httpx
from jamf_pro_client.classic.api.buildings import find_buildings, update_building_by_id
from jamf_pro_client.classic.api.computergroups import find_computer_groups_by_id
from jamf_pro_client.classic.models import Building, ComputerGroup


def client_that_gets(body: str, drift: DriftLedger | None = None) -> Any:
    answer = httpx.Response(200, content=body.encode(), headers={"Content-Type": "text/xml"})
    transport = httpx.MockTransport(lambda _: answer)
    return HTTPClient("https://jamf.test", httpx_args={"transport": transport}, drift=drift)


def told(body: str, call: Any = find_computer_groups_by_id.sync) -> list[tuple[str, str, str]]:
    client = client_that_gets(body)
    if call is find_buildings.sync:
        call(client=client)
    else:
        call(1, client=client)
    return [(one.kind, one.pointer, one.seen) for one in client.drift.entries()]


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ("<id>one</id>", ("wrong type", "/id", "string")),
        ("<id>007</id>", ("wrong type", "/id", "string")),
        ("<is_smart>yes</is_smart>", ("wrong type", "/is_smart", "string")),
        ("<name><b>x</b></name>", ("wrong type", "/name", "object")),
        ("<id>1</id><id>2</id>", ("wrong type", "/id", "array")),
        ("<colour>red</colour>", ("unknown key", "/colour", "string")),
        ("<new><id>1</id></new>", ("unknown key", "/new", "object")),
        ("<site>HQ</site>", ("wrong type", "/site", "string")),
        ("<site><city>x</city></site>", ("unknown key", "/site/city", "string")),
        ("<computers>none</computers>", ("wrong type", "/computers", "string")),
        ("<computers><mac>1</mac></computers>", ("unknown key", "/computers/mac", "string")),
        (
            "<computers><size>1</size><computer><id>x</id></computer></computers>",
            ("wrong type", "/computers/*/id", "string"),
        ),
    ],
)
def test_each_kind_of_drift_is_told_with_its_place(
    inside: str, expected: tuple[str, str, str]
) -> None:
    body = f"<computer_group>{inside}</computer_group>"
    assert told(body) == [expected]
    strict = client_that_gets(body, DriftLedger(strict=True))
    with pytest.raises(errors.InvalidResponseError, match=expected[0]):
        find_computer_groups_by_id.sync(1, client=strict)


def test_empty_elements_and_counts_are_no_drift() -> None:
    inside = "<id/><is_smart/><site/><computers><size>0</size></computers><criteria> </criteria>"
    assert told(f"<computer_group>{inside}</computer_group>") == []


def test_the_items_of_a_list_have_the_place_of_all() -> None:
    rows = "<building><id>x</id></building>" * 3
    body = f"<buildings><size>3</size>{rows}</buildings>"
    assert told(body, find_buildings.sync) == [("wrong type", "/*/id", "string")]


def test_samples_are_the_first_reply_and_one_in_a_hundred_and_the_first_rows() -> None:
    rows = "<building><id>1</id></building>" * 5 + "<building><id>x</id></building>"
    client = client_that_gets(f"<buildings>{rows}</buildings>")
    find_buildings.sync(client=client)
    assert client.drift.entries() == ()
    client = client_that_gets("<computer_group><id>x</id></computer_group>")
    for _ in range(101):
        assert find_computer_groups_by_id.sync(1, client=client).to_dict() == {"id": "x"}
    (entry,) = client.drift.entries()
    assert entry.times == 2


def test_a_document_that_had_to_be_mended_is_looked_at_too() -> None:
    assert told("\ufeff<computer_group><id>\x01x</id></computer_group>") == [
        ("wrong type", "/id", "string")
    ]


def test_writes_that_are_answered_with_nothing_or_json_are_no_drift() -> None:
    for body in ("", " "):
        strict = client_that_gets(body, DriftLedger(strict=True))
        update_building_by_id.sync(1, body=Building(name="x"), client=strict)
    strict = client_that_gets('{"computer_group": {"id": "x"}}', DriftLedger(strict=True))
    assert isinstance(find_computer_groups_by_id.sync(1, client=strict), ComputerGroup)


def test_what_fits_the_description_is_no_drift() -> None:
    drifting = {}
    for name, operation in OPERATIONS.items():
        root = document(operation.reply, root_of(operation.reply))
        client = Server(200, tostring(root)).client()
        call(operation, module_of(operation).sync, client)
        if found := client.drift.entries():
            drifting[name] = found
    assert drifting == {}
