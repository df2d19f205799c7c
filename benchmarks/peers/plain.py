"""The yardsticks: orjson for JSON, ElementTree for XML, httpx for calls."""

from __future__ import annotations

import asyncio
import os
from typing import Any, Final
from xml.etree import ElementTree

import httpx
import orjson

from benchmarks.worker import SERVER, Task, payload, serve

_RECORDS: Final = 50
_CALLS: Final = 50
_BUILDING: Final = b'{"id":"1","name":"HQ"}'
_HEADERS: Final = {"Authorization": "Bearer invented"}


def _decoding(name: str) -> Task:
    text = payload(name)
    return Task(lambda _: orjson.loads(text))


def _records() -> list[dict[str, Any]]:
    return orjson.loads(payload("full"))["results"][:_RECORDS]


def _encoding() -> Task:
    def run(records: list[dict[str, Any]]) -> None:
        for record in records:
            record["general"]["name"] = "renamed"
            orjson.dumps(record)

    return Task(run, prepare=_records, pieces=_RECORDS)


def _parsing(name: str) -> Task:
    text = payload(name, "xml")
    return Task(lambda _: ElementTree.fromstring(text))  # noqa: S314 - our own


def _writing() -> Task:
    text = payload("classic-computer", "xml")

    def run(root: ElementTree.Element) -> None:
        root[0][1].text = "renamed"
        ElementTree.tostring(root)

    return Task(run, prepare=lambda: ElementTree.fromstring(text))  # noqa: S314 - our own


def _mock() -> httpx.MockTransport:
    headers = {"Content-Type": "application/json"}
    return httpx.MockTransport(lambda _: httpx.Response(200, headers=headers, content=_BUILDING))


def _call(transport: httpx.MockTransport | None) -> Task:
    client = httpx.Client(base_url=os.environ[SERVER], headers=_HEADERS, transport=transport)
    return Task(lambda _: client.get("/api/v1/buildings/1"))


def _async_call(transport: httpx.MockTransport | None) -> Task:
    client = httpx.AsyncClient(base_url=os.environ[SERVER], headers=_HEADERS, transport=transport)
    loop = asyncio.new_event_loop()

    async def calls() -> None:
        for _ in range(_CALLS):
            await client.get("/api/v1/buildings/1")

    return Task(lambda _: loop.run_until_complete(calls()), pieces=_CALLS)


if __name__ == "__main__":
    serve(
        {
            "full: three fields": lambda: _decoding("full"),
            "full: all fields": lambda: _decoding("full"),
            "full-v4: three fields": lambda: _decoding("full-v4"),
            "full-v4: all fields": lambda: _decoding("full-v4"),
            "unknown-keys: all fields": lambda: _decoding("unknown-keys"),
            "missing-keys: all fields": lambda: _decoding("missing-keys"),
            "small: all fields": lambda: _decoding("small"),
            "small-absent: all fields": lambda: _decoding("small-absent"),
            "encode: of a page": _encoding,
            "encode: fetched alone": _encoding,
            "encode: whole": _encoding,
            "encode: whole, alone": _encoding,
            "encode: untouched": _encoding,
            "encode: untouched, alone": _encoding,
            "classic: all fields": lambda: _parsing("classic-computer"),
            "classic: three fields": lambda: _parsing("classic-computer"),
            "classic: mobile device": lambda: _parsing("classic-mobile-device"),
            "classic: policy": lambda: _parsing("classic-policy"),
            "classic: list": lambda: _parsing("classic-list"),
            "classic: write": _writing,
            "call: mock": lambda: _call(_mock()),
            "call: loopback": lambda: _call(None),
            "async call: mock": lambda: _async_call(_mock()),
            "async call: loopback": lambda: _async_call(None),
            "resilient call: mock": lambda: _call(_mock()),
            "resilient call: loopback": lambda: _call(None),
            "resilient async call: mock": lambda: _async_call(_mock()),
            "resilient async call: loopback": lambda: _async_call(None),
        }
    )
