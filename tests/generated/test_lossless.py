"""Nothing that was read or given becomes something else unnoticed: it is kept, or refused."""

from __future__ import annotations

import dataclasses
import datetime
import decimal
import enum
import json
import math
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from jamf_pro_client import UNSET, HTTPAuthenticatedClient, models
from jamf_pro_client._httpx import httpx
from jamf_pro_client._model.decoding import reply_decoder
from jamf_pro_client._model.encoding import encode_json
from jamf_pro_client.api.buildings import (
    get_v1_buildings_id,
    post_v1_buildings,
    put_v1_buildings_id,
)
from jamf_pro_client.api.computer_inventory import get_v1_computers_inventory_detail_id
from jamf_pro_client.errors import ConfigurationError, InvalidResponseError
from jamf_pro_client.shapes import Ref

MODELS = "jamf_pro_client.models"
LONG = "9" * 5_000


class Server:
    """Answers every request the same, and keeps the bodies that were sent."""

    def __init__(self, content: bytes = b"{}") -> None:
        self.content = content
        self.bodies: list[bytes] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.bodies.append(request.read())
        media = {"Content-Type": "application/json"}
        return httpx.Response(200, content=self.content, headers=media)

    @property
    def client(self) -> HTTPAuthenticatedClient:
        transport = httpx.MockTransport(self)
        return HTTPAuthenticatedClient(
            "https://jamf.example", token="canary", httpx_args={"transport": transport}
        )


def large_record(general: bytes) -> bytes:
    """A record that is decoded section by section, with a section of its own."""
    filler = b"x" * 20_000
    return b'{"id":"1","general":%s,"userAndLocation":{"username":"%s"}}' % (general, filler)


def record(text: bytes) -> models.ComputerInventory:
    decoded = reply_decoder(Ref("ComputerInventory"), MODELS)(text)
    assert isinstance(decoded, models.ComputerInventory)
    return decoded


@pytest.mark.parametrize("token", ["NaN", "Infinity", "-Infinity", "1e400"])
@pytest.mark.parametrize("place", ['{"name":%s}', '{"name":"a","new":{"b":[1,%s]}}'])
def test_what_json_has_no_number_for_is_read_but_never_sent(token: str, place: str) -> None:
    server = Server((place % token).encode())
    building = get_v1_buildings_id.sync("1", client=server.client)
    assert repr(building.to_dict()) == repr(json.loads(place % token))

    server.bodies.clear()
    pointer = "/name" if "new" not in place else "/new/b/1"
    with pytest.raises(ConfigurationError, match=rf"no number for .*\(JSON pointer {pointer}\)"):
        put_v1_buildings_id.sync("1", client=server.client, body=building)
    with pytest.raises(ConfigurationError, match=rf"no number for .*\(JSON pointer {pointer}\)"):
        put_v1_buildings_id.sync("1", client=server.client, body=building.to_dict())
    assert not server.bodies


def test_a_section_with_such_a_token_is_written_as_it_came_until_it_is_touched() -> None:
    text = large_record(b'{"name":"a","new":1e400}')
    computer = record(text)
    assert encode_json(computer) == text
    assert computer.general
    assert math.isinf(computer.general.additional_properties["new"])
    with pytest.raises(TypeError, match=r"JSON pointer /general/new"):
        encode_json(computer)


def test_an_integer_of_any_length_is_read_and_written_back() -> None:
    text = b'{"name":"a","city":-%s,"new":[%s]}' % (LONG.encode(), LONG.encode())
    server = Server(text)
    building = get_v1_buildings_id.sync("1", client=server.client)
    assert building.city == f"-{LONG}"
    put_v1_buildings_id.sync("1", client=server.client, body=building)
    assert server.bodies[-1] == text


BROKEN = [b"\xff", b"\xc3", b"\xed\xa0\x80"]


@pytest.mark.parametrize("broken", BROKEN)
def test_a_small_reply_that_is_no_utf_8_is_refused(broken: bytes) -> None:
    for general in (b'{"name":"%s"}' % broken, b'{"name":"%s","new":NaN}' % broken):
        client = Server(b'{"id":"1","general":%s}' % general).client
        with pytest.raises(InvalidResponseError, match="utf-8"):
            get_v1_computers_inventory_detail_id.sync("1", client=client)


@pytest.mark.parametrize("broken", BROKEN)
def test_a_section_that_is_no_utf_8_is_refused_when_touched_and_kept(broken: bytes) -> None:
    text = large_record(b'{"name":"%s"}' % broken).replace(b'"id"', b'"new":"%s","id"' % broken, 1)
    computer = record(text)
    for _ in range(2):
        with pytest.raises(InvalidResponseError, match=r"ComputerInventory\.general .*utf-8"):
            computer.general  # noqa: B018
        with pytest.raises(InvalidResponseError, match=r"\.additional_properties .*utf-8"):
            computer.additional_properties  # noqa: B018
    with pytest.raises(TypeError, match="UTF-8"):
        computer.to_dict()
    assert computer.user_and_location
    assert broken in encode_json(computer)
    assert encode_json(record(text)) == text


def test_a_large_reply_may_hold_any_character() -> None:
    text = large_record('{"name":"Zoë 🖥"}'.encode())
    computer = record(text)
    assert encode_json(computer) == text
    assert computer.general
    assert computer.general.name == "Zoë 🖥"


@dataclasses.dataclass
class Room:
    """What is no model."""

    door: int = 1


class Colour(enum.Enum):
    """An enum that the library does not know."""

    RED = decimal.Decimal(1)


FOREIGN: dict[str, Any] = {
    "Decimal": decimal.Decimal("1.10"),
    "UUID": uuid.UUID(int=1),
    "bytes": b"abc",
    "set": {1},
    "dataclass": Room(),
    "timedelta": datetime.timedelta(1),
    "time": datetime.time(1),
    "name that is no text": {1: 2},
    "UNSET in a list": [UNSET],
    "enum of decimals": Colour.RED,
}


@pytest.mark.parametrize("value", FOREIGN.values(), ids=FOREIGN)
def test_what_has_no_form_in_json_is_refused_everywhere_alike(value: Any) -> None:
    building = models.Building(name="a", additional_properties={"x~/y": {"z": [0, value]}})
    place = r"\(JSON pointer /x~0~1y/z/1(/0)?\)$"
    calls: list[Callable[[], object]] = [
        building.to_dict,
        building.to_request,
        lambda: encode_json(building),
        lambda: encode_json({"x~/y": {"z": (0, value)}}),
    ]
    for call in calls:
        with pytest.raises(TypeError, match=place):
            call()
    server = Server()
    with pytest.raises(ConfigurationError, match=place):
        post_v1_buildings.sync(client=server.client, body=building)
    assert not server.bodies


def test_the_place_is_told_in_models_within_models_too() -> None:
    group = models.ComputerInventory(applications=[models.ComputerApplication(name="a")])
    assert group.applications
    group.applications[0].version = b"1"  # type: ignore[assignment]
    for convert in (encode_json, models.ComputerInventory.to_dict):
        with pytest.raises(
            TypeError, match=r"bytes objects \(JSON pointer /applications/0/version"
        ):
            convert(group)


@pytest.mark.parametrize("body", [None, 5, True, 1.5, datetime.date(2024, 1, 1), {1}, object()])
def test_a_body_is_a_model_a_dict_or_a_list(body: Any) -> None:
    server = Server()
    with pytest.raises(ConfigurationError, match="give a model, a dict or a list"):
        post_v1_buildings.sync(client=server.client, body=body)
    assert not server.bodies


def test_a_moment_in_the_field_of_a_day_is_sent_as_its_day() -> None:
    east = datetime.timezone(datetime.timedelta(hours=9))
    general = models.ComputerGeneral(
        initial_entry_date=datetime.datetime(2024, 5, 6, 7, tzinfo=east)
    )
    assert general.to_dict() == {"initialEntryDate": "2024-05-06"}
    assert encode_json(general) == b'{"initialEntryDate":"2024-05-06"}'


def test_a_moment_that_was_read_is_a_day_in_the_field_of_a_day() -> None:
    general = models.ComputerGeneral.from_dict({"reportDate": "2024-05-06T07:08:09+0000"})
    general.initial_entry_date = general.report_date  # a datetime is a date
    assert general.to_dict() == {
        "reportDate": "2024-05-06T07:08:09+0000",
        "initialEntryDate": "2024-05-06",
    }


def test_a_day_is_not_sent_as_a_moment() -> None:
    day: Any = datetime.date(2024, 5, 6)
    for computer in (
        models.ComputerInventory(general=models.ComputerGeneral(report_date=day)),
        models.ComputerInventory(general=models.ComputerGeneral(last_contact_time=day)),
    ):
        for convert in (encode_json, models.ComputerInventory.to_dict):
            with pytest.raises(TypeError, match=r"give a datetime .*JSON pointer /general/"):
                convert(computer)
