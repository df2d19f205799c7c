"""What servers send against their description is found, counted, logged once, or refused."""

from __future__ import annotations

import json
import logging
import re
from typing import Any

import pytest
from tests.generated.described import DESCRIPTION

from jamf_pro_client import DriftLedger, HTTPClient, errors, models
from jamf_pro_client._httpx import httpx
from jamf_pro_client._model.deviations import deviations
from jamf_pro_client.api.computer_inventory import (
    get_v4_computers_inventory,
    get_v4_computers_inventory_detail_id,
)
from jamf_pro_client.api.mdm import post_v2_mdm_commands
from jamf_pro_client.models import ComputerInventoryV4, ComputerSectionV4
from jamf_pro_client.shapes import ListOf, Ref
from jamf_pro_sandbox.samples import Sampler

MODELS = "jamf_pro_client.models"
COMPUTER = "ComputerInventoryV4"


def client_that_gets(body: Any, drift: DriftLedger | None = None) -> Any:
    transport = httpx.MockTransport(lambda _: httpx.Response(200, json=body))
    return HTTPClient("https://jamf.test", httpx_args={"transport": transport}, drift=drift)


def fetch(client: Any) -> Any:
    return get_v4_computers_inventory_detail_id.sync("1", client=client)


def found(value: Any, name: str = COMPUTER) -> list[tuple[str, str, str]]:
    every = deviations(value, Ref(name), MODELS, None)
    return [(one.kind, one.exact_pointer, one.seen) for one in every]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"id": None}, ("null", "/id", "null")),
        ({"general": {"platform": 7}}, ("wrong type", "/general/platform", "integer")),
        ({"general": []}, ("wrong type", "/general", "array")),
        ({"applications": {}}, ("wrong type", "/applications", "object")),
        ({"applications": [{}, None]}, ("null", "/applications/1", "null")),
        ({"general": {"new~/": 1}}, ("unknown key", "/general/new~0~1", "integer")),
        (
            {"general": {"lastContact": "2026-01-02 03:04:05 UTC"}},
            ("odd date", "/general/lastContact", "0000-00-00 00:00:00 UTC"),
        ),
        (
            {"configurationProfiles": [{"removable": "no"}]},
            ("wrong type", "/configurationProfiles/0/removable", "string"),
        ),
    ],
)
def test_each_kind_of_drift_is_told_with_its_pointer(
    value: Any, expected: tuple[str, str, str]
) -> None:
    assert found(value) == [expected]


def test_unknown_enum_values_and_tags_are_told() -> None:
    hardware = {"operatingSystem": {"fileVault2Status": "SOME_NEW_STATE"}}
    pointer = "/operatingSystem/fileVault2Status"
    assert found(hardware) == [("unknown value", pointer, "SOME_NEW_STATE")]
    long = {"operatingSystem": {"fileVault2Status": "X" * 100}}
    assert found(long) == [("unknown value", pointer, "X" * 60)]
    command = {"commandData": {"commandType": "MAKE_COFFEE"}}
    tag = ("unknown tag", "/commandData/commandType", "MAKE_COFFEE")
    assert found(command, "MdmCommandRequest") == [tag]
    no_object = ("wrong type", "/commandData", "integer")
    assert found({"commandData": 7}, "MdmCommandRequest") == [no_object]


def test_a_missing_required_field_is_told() -> None:
    assert found({}, "ApiErrorCause") == [("missing", "/field", "nothing")]


def test_what_fits_the_description_is_no_drift() -> None:
    sampler = Sampler(DESCRIPTION)
    schemas = DESCRIPTION.document["components"]["schemas"]
    drifting = {}
    for name in set(schemas) & set(models.__all__):
        value = sampler.answer({"$ref": f"#/components/schemas/{name}"})
        if told := found(value, name):
            drifting[name] = told
    assert drifting == {}


def test_a_client_counts_drift_by_pointer_with_wildcards() -> None:
    rows = [{"id": None}, {"id": "2"}, {"id": None}]
    client = client_that_gets({"totalCount": 3, "results": rows})
    get_v4_computers_inventory.sync(client=client)
    (entry,) = client.drift.entries()
    assert entry.operation == "get_v4_computers_inventory"
    assert (entry.kind, entry.pointer, entry.seen) == ("null", "/results/*/id", "null")
    assert entry.times == 2
    assert json.loads(client.drift.to_json()) == [entry._asdict()]
    assert client.with_timeout(3).drift is client.drift
    client.drift.clear()
    assert client.drift.entries() == ()


def test_samples_are_the_first_reply_and_one_in_a_hundred() -> None:
    client = client_that_gets({"id": None})
    for _ in range(201):
        fetch(client)
    assert client.drift.entries()[0].times == 3


@pytest.mark.parametrize(("odd_row", "times"), [(4, 1), (5, 0)])
def test_samples_are_the_first_values_of_arrays(odd_row: int, times: int) -> None:
    rows = [{"id": None if number == odd_row else "1"} for number in range(9)]
    client = client_that_gets({"totalCount": 9, "results": rows})
    get_v4_computers_inventory.sync(client=client)
    assert [entry.times for entry in client.drift.entries()] == [1] * times


def test_a_ledger_can_look_at_all_or_at_nothing() -> None:
    client = client_that_gets({"id": None}, DriftLedger(examine="all"))
    for _ in range(7):
        fetch(client)
    assert client.drift.entries()[0].times == 7
    silent = client_that_gets({"id": None}, DriftLedger(examine="nothing"))
    fetch(silent)
    assert silent.drift.entries() == ()


def test_drift_is_logged_once_for_each_place(caplog: pytest.LogCaptureFixture) -> None:
    client = client_that_gets({"id": None}, DriftLedger(examine="all"))
    with caplog.at_level(logging.INFO, "jamf_pro_client.drift"):
        fetch(client)
        fetch(client)
    assert len(caplog.messages) == 1
    assert caplog.messages[0].startswith("get_v4_computers_inventory_detail_id: null at /id")


def test_all_nulls_of_an_operation_are_logged_in_one_line_and_counted_each(
    caplog: pytest.LogCaptureFixture,
) -> None:
    body = {"id": None, "udid": None, "general": {"name": None, "platform": 7}}
    client = client_that_gets(body, DriftLedger(examine="all"))
    with caplog.at_level(logging.INFO, "jamf_pro_client.drift"):
        fetch(client)
        body["general"] = {"barcode1": None}
        fetch(client)
    assert sorted(caplog.messages) == [
        "get_v4_computers_inventory_detail_id: null at /id and 2 other places",
        "get_v4_computers_inventory_detail_id: wrong type at /general/platform (integer)",
    ]
    times = {entry.pointer: entry.times for entry in client.drift.entries()}
    assert times == {
        "/id": 2,
        "/udid": 2,
        "/general/name": 1,
        "/general/platform": 1,
        "/general/barcode1": 1,
    }


def test_nulls_are_logged_again_after_they_were_forgotten(
    caplog: pytest.LogCaptureFixture,
) -> None:
    client = client_that_gets({"id": None})
    with caplog.at_level(logging.INFO, "jamf_pro_client.drift"):
        fetch(client)
        client.drift.clear()
        fetch(client)
    assert len(caplog.messages) == 2


def test_sections_that_nobody_asked_for_are_no_drift(caplog: pytest.LogCaptureFixture) -> None:
    sections = set(ComputerInventoryV4.json_names()) - {"id", "udid", "general"}
    row = {"id": "1", "udid": "u", "general": {"name": "a"}, **dict.fromkeys(sections)}
    client = client_that_gets({"totalCount": 1, "results": [row]}, DriftLedger(strict=True))
    with caplog.at_level(logging.INFO, "jamf_pro_client.drift"):
        page = get_v4_computers_inventory.sync(client=client, section=[ComputerSectionV4.GENERAL])
    assert len(sections) > 15
    assert page.results
    assert page.results[0].hardware is None
    assert caplog.messages == []


@pytest.mark.parametrize(
    "name",
    [
        "ComputerInventory",
        "ComputerInventoryV2",
        "ComputerInventoryV3",
        "ComputerInventoryV4",
        "MobileDeviceIosInventory",
        "MobileDeviceTvOsInventory",
    ],
)
def test_null_in_place_of_a_section_is_no_drift_in_any_inventory(name: str) -> None:
    model = getattr(models, name)
    sections = {
        field.json_name
        for field in model._declared.values()
        if isinstance(field.shape, Ref | ListOf)
    }
    assert len(sections) > 5
    assert not {place for kind, place, _ in found(dict.fromkeys(sections), name) if kind == "null"}
    others = set(model.json_names()) - sections
    told = {place for kind, place, _ in found(dict.fromkeys(others), name) if kind == "null"}
    assert "/udid" in told or "/mobileDeviceId" in told


def test_a_strict_ledger_refuses_and_names_the_pointer() -> None:
    rows = [{"id": "1"}, {"id": "2", "general": {"name": 5}}]
    client = client_that_gets({"totalCount": 2, "results": rows}, DriftLedger(strict=True))
    with pytest.raises(errors.InvalidResponseError, match=re.escape("/results/1/general/name")):
        get_v4_computers_inventory.sync(client=client)
    with pytest.raises(errors.InvalidResponseError, match="wrong type"):
        get_v4_computers_inventory.sync_detailed(client=client)


def test_a_ledger_shows_no_values_but_unknown_ones_of_enums() -> None:
    canary = "canary-55aa"
    client = client_that_gets({"general": {"supervised": canary, "extra": canary}})
    fetch(client)
    assert canary not in client.drift.to_json()


def test_error_replies_are_not_looked_at() -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(400, json={"httpStatus": "x"}))
    client: Any = HTTPClient(
        "https://jamf.test",
        httpx_args={"transport": transport},
        drift=DriftLedger(strict=True),
    )
    with pytest.raises(errors.BadRequestError):
        post_v2_mdm_commands.sync(client=client, body={})
