"""Our side of every case, through what users call."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from typing import Any, Final

import attrs
import httpx

from benchmarks.worker import SERVER, Task, payload, serve
from jamf_pro_client import HTTPAuthenticatedClient, ResilienceConfig
from jamf_pro_client._model.encoding import encode_json
from jamf_pro_client.api.buildings import get_v1_buildings_id
from jamf_pro_client.api.computer_inventory import (
    get_v1_computers_inventory,
    get_v1_computers_inventory_detail_id,
    get_v4_computers_inventory,
)
from jamf_pro_client.classic.api.computers import find_computers, find_computers_by_id
from jamf_pro_client.classic.api.mobiledevices import find_mobile_devices_by_id
from jamf_pro_client.classic.api.policies import find_policies_by_id
from jamf_pro_client.classic.models import Computer, MobileDevice, Policy
from jamf_pro_client.models import ComputerInventory, ComputerInventoryV4

_RECORDS: Final = 50
_CALLS: Final = 50
_BUILDING: Final = b'{"id":"1","name":"HQ"}'
_UNKNOWN: Final = "additional_properties"


def _mock(content: bytes, media: str = "application/json") -> httpx.MockTransport:
    headers = {"Content-Type": media}
    return httpx.MockTransport(lambda _: httpx.Response(200, headers=headers, content=content))


def _client(transport: httpx.MockTransport | None = None) -> HTTPAuthenticatedClient:
    options = {} if transport is None else {"transport": transport}
    server = os.environ[SERVER]
    return HTTPAuthenticatedClient(server, token="invented", httpx_args=options)  # noqa: S106


def _decoding(name: str, read: Callable[[Any], object], endpoint: Any) -> Task:
    # An operation's call less what httpx alone takes for the same reply: what it costs to get
    # models instead of bytes.
    transport = _mock(payload(name))
    client, plain = _client(transport), httpx.Client(transport=transport)

    def run(_: object) -> None:
        for computer in endpoint.sync(client=client).results:
            read(computer)

    address = f"{os.environ[SERVER]}/api/v1/computers-inventory"
    return Task(run, less=lambda: plain.get(address))


def _read_three(computer: ComputerInventory | ComputerInventoryV4) -> object:
    return computer.id, _name_of(computer.general), _serial_number_of(computer.hardware)


def _name_of(general: Any) -> object:
    return general.name


def _serial_number_of(hardware: Any) -> object:
    return hardware.serial_number


def _read_three_classic(computer: Any) -> object:
    return computer.general.id, computer.general.name, computer.hardware.model


def _read_all(model: type, *, unknown: bool = False) -> Callable[[object], None]:
    # A section is decoded with all that it holds, so reading it is reading its fields.
    names = [field.name for field in attrs.fields(model) if unknown or field.name != _UNKNOWN]

    def read(computer: object) -> None:
        for name in names:
            getattr(computer, name)

    return read


def _page_of_records() -> list[ComputerInventory]:
    client = _client(_mock(payload("full")))
    results = get_v1_computers_inventory.sync(client=client).results
    assert isinstance(results, list)  # noqa: S101 - for the type checker
    return results[:_RECORDS]


def _single_records() -> list[ComputerInventory]:
    client = _client(_mock(payload("record")))
    get = get_v1_computers_inventory_detail_id.sync
    return [get("1", client=client) for _ in range(_RECORDS)]


def _encoding(fetch: Callable[[], list[ComputerInventory]], *, to_send: bool) -> Task:
    check_untouched(fetch())

    def run(records: list[ComputerInventory]) -> None:
        for record in records:
            general: Any = record.general
            general.name = "renamed"
            encode_json(record, for_request=to_send, complete=to_send)

    return Task(run, prepare=fetch, pieces=_RECORDS)


def check_untouched(records: list[ComputerInventory]) -> None:
    """Fail where a record that nobody changed is not written as it was read."""
    if encode_json(records[0]) != payload("record"):
        raise SystemExit("an untouched record is not byte-equal")


def _untouched(fetch: Callable[[], list[ComputerInventory]]) -> Task:
    def run(records: list[ComputerInventory]) -> None:
        for record in records:
            encode_json(record)

    return Task(run, prepare=fetch, pieces=_RECORDS)


def _classic(name: str, use: Callable[[Any], object], endpoint: Any, *found_by: int) -> Task:
    transport = _mock(payload(name, "xml"), "text/xml")
    client, plain = _client(transport), httpx.Client(transport=transport)

    def run(_: object) -> None:
        use(endpoint.sync(*found_by, client=client))

    return Task(run, less=lambda: plain.get(f"{os.environ[SERVER]}/JSSResource/computers/id/1"))


def _writing_classic() -> Task:
    client = _client(_mock(payload("classic-computer", "xml"), "text/xml"))

    def run(computer: Computer) -> None:
        general: Any = computer.general
        general.name = "renamed"
        computer.to_xml()

    return Task(run, prepare=lambda: find_computers_by_id.sync(1, client=client))


def _call(
    transport: httpx.MockTransport | None, resilience: ResilienceConfig | None = None
) -> Task:
    client = _client(transport).with_resilience(resilience)
    return Task(lambda _: get_v1_buildings_id.sync("1", client=client))


def _async_call(
    transport: httpx.MockTransport | None, resilience: ResilienceConfig | None = None
) -> Task:
    client = _client(transport).with_resilience(resilience)
    loop = asyncio.new_event_loop()

    async def calls() -> None:
        for _ in range(_CALLS):
            await get_v1_buildings_id.asyncio("1", client=client)

    return Task(lambda _: loop.run_until_complete(calls()), pieces=_CALLS)


_RESILIENCE = ResilienceConfig()
_V1 = get_v1_computers_inventory
_V4 = get_v4_computers_inventory
_ALL = _read_all(ComputerInventory)
_ALL_V4 = _read_all(ComputerInventoryV4)
_ALL_AND_UNKNOWN = _read_all(ComputerInventory, unknown=True)

if __name__ == "__main__":
    serve(
        {
            "full: three fields": lambda: _decoding("full", _read_three, _V1),
            "full: all fields": lambda: _decoding("full", _ALL, _V1),
            "full-v4: three fields": lambda: _decoding("full-v4", _read_three, _V4),
            "full-v4: all fields": lambda: _decoding("full-v4", _ALL_V4, _V4),
            "unknown-keys: all fields": lambda: _decoding("unknown-keys", _ALL_AND_UNKNOWN, _V1),
            "missing-keys: all fields": lambda: _decoding("missing-keys", _ALL, _V1),
            "small: all fields": lambda: _decoding("small", _ALL, _V1),
            "small-absent: all fields": lambda: _decoding("small-absent", _ALL, _V1),
            "encode: of a page": lambda: _encoding(_page_of_records, to_send=True),
            "encode: fetched alone": lambda: _encoding(_single_records, to_send=True),
            "encode: whole": lambda: _encoding(_page_of_records, to_send=False),
            "encode: whole, alone": lambda: _encoding(_single_records, to_send=False),
            "encode: untouched": lambda: _untouched(_page_of_records),
            "encode: untouched, alone": lambda: _untouched(_single_records),
            "classic: all fields": lambda: _classic(
                "classic-computer", _read_all(Computer), find_computers_by_id, 1
            ),
            "classic: three fields": lambda: _classic(
                "classic-computer", _read_three_classic, find_computers_by_id, 1
            ),
            "classic: mobile device": lambda: _classic(
                "classic-mobile-device", _read_all(MobileDevice), find_mobile_devices_by_id, 1
            ),
            "classic: policy": lambda: _classic(
                "classic-policy", _read_all(Policy), find_policies_by_id, 1
            ),
            "classic: list": lambda: _classic("classic-list", len, find_computers),
            "classic: write": _writing_classic,
            "call: mock": lambda: _call(_mock(_BUILDING)),
            "call: loopback": lambda: _call(None),
            "async call: mock": lambda: _async_call(_mock(_BUILDING)),
            "async call: loopback": lambda: _async_call(None),
            "resilient call: mock": lambda: _call(_mock(_BUILDING), _RESILIENCE),
            "resilient call: loopback": lambda: _call(None, _RESILIENCE),
            "resilient async call: mock": lambda: _async_call(_mock(_BUILDING), _RESILIENCE),
            "resilient async call: loopback": lambda: _async_call(None, _RESILIENCE),
        }
    )
