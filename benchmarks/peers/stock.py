"""What openapi-python-client makes of our description when nobody interferes."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable
from typing import Any, Final

import attrs
import httpx
from stock_client import AuthenticatedClient
from stock_client.api.buildings import get_v1_buildings_id
from stock_client.models import (
    ComputerInventory,
    ComputerInventorySearchResults,
    ComputerInventorySearchResultsV4,
    ComputerInventoryV4,
)

from benchmarks.worker import SERVER, Task, payload, serve

_RECORDS: Final = 50
_CALLS: Final = 50
_UNKNOWN: Final = "additional_properties"
_BUILDING: Final = b'{"id":"1","name":"HQ"}'


def _decoding(name: str, page: Any, read: Callable[[Any], object]) -> Task:
    text = payload(name)

    def run(_: object) -> None:
        # Its endpoints do just this: `Page.from_dict(response.json())`.
        for computer in page.from_dict(json.loads(text)).results:
            read(computer)

    return Task(run)


def _read_three(computer: Any) -> object:
    return computer.id, computer.general.name, computer.hardware.serial_number


def _read_all(model: type, *, unknown: bool = False) -> Callable[[object], None]:
    names = [field.name for field in attrs.fields(model) if unknown or field.name != _UNKNOWN]

    def read(computer: object) -> None:
        for name in names:
            getattr(computer, name)

    return read


def _records() -> list[ComputerInventory]:
    return ComputerInventorySearchResults.from_dict(json.loads(payload("full"))).results[:_RECORDS]


def _encoding() -> Task:
    def run(records: list[Any]) -> None:
        for record in records:
            record.general.name = "renamed"
            # As httpx writes the dict that its endpoints give it.
            json.dumps(record.to_dict(), ensure_ascii=False, separators=(",", ":")).encode()

    return Task(run, prepare=_records, pieces=_RECORDS)


def _client(transport: httpx.MockTransport | None) -> AuthenticatedClient:
    options = {} if transport is None else {"transport": transport}
    server = f"{os.environ[SERVER]}/api"
    return AuthenticatedClient(base_url=server, token="invented", httpx_args=options)  # noqa: S106


def _mock() -> httpx.MockTransport:
    headers = {"Content-Type": "application/json"}
    return httpx.MockTransport(lambda _: httpx.Response(200, headers=headers, content=_BUILDING))


def _call(transport: httpx.MockTransport | None) -> Task:
    client = _client(transport)
    return Task(lambda _: get_v1_buildings_id.sync("1", client=client))


def _async_call(transport: httpx.MockTransport | None) -> Task:
    client, loop = _client(transport), asyncio.new_event_loop()

    async def calls() -> None:
        for _ in range(_CALLS):
            await get_v1_buildings_id.asyncio("1", client=client)

    return Task(lambda _: loop.run_until_complete(calls()), pieces=_CALLS)


_V1 = ComputerInventorySearchResults
_V4 = ComputerInventorySearchResultsV4
_ALL = _read_all(ComputerInventory)
_ALL_V4 = _read_all(ComputerInventoryV4)
_ALL_AND_UNKNOWN = _read_all(ComputerInventory, unknown=True)

if __name__ == "__main__":
    serve(
        {
            "full: three fields": lambda: _decoding("full", _V1, _read_three),
            "full: all fields": lambda: _decoding("full", _V1, _ALL),
            "full-v4: three fields": lambda: _decoding("full-v4", _V4, _read_three),
            "full-v4: all fields": lambda: _decoding("full-v4", _V4, _ALL_V4),
            "unknown-keys: all fields": lambda: _decoding("unknown-keys", _V1, _ALL_AND_UNKNOWN),
            "missing-keys: all fields": lambda: _decoding("missing-keys", _V1, _ALL),
            # It raises on the null sections of the other small page.
            "small-absent: all fields": lambda: _decoding("small-absent", _V1, _ALL),
            "encode: of a page": _encoding,
            "encode: fetched alone": _encoding,
            "encode: whole": _encoding,
            "encode: whole, alone": _encoding,
            "call: mock": lambda: _call(_mock()),
            "call: loopback": lambda: _call(None),
            "async call: mock": lambda: _async_call(_mock()),
            "async call: loopback": lambda: _async_call(None),
        }
    )
