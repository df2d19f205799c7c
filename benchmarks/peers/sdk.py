"""jamf-pro-sdk from the package index: pydantic models."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

from jamf_pro_sdk.models.pro.computers import Computer

from benchmarks.worker import Task, payload, serve

_RECORDS: Final = 50
_NAMES: Final = tuple(Computer.model_fields)


def _page(text: bytes) -> list[Computer]:
    # Its paginator does just this with the page that requests reads for it.
    page = json.loads(text.decode())
    return [Computer.model_validate(row) for row in page["results"]]


def _decoding(name: str, read: Callable[[Any], object]) -> Task:
    text = payload(name)

    def run(_: object) -> None:
        for computer in _page(text):
            read(computer)

    return Task(run)


def _read_three(computer: Any) -> object:
    return computer.id, computer.general.name, computer.hardware.serialNumber


def _read_all(computer: Computer) -> None:
    for name in _NAMES:
        getattr(computer, name)


def _records() -> list[Computer]:
    return _page(payload("full"))[:_RECORDS]


def _encoding() -> Task:
    def run(records: list[Any]) -> None:
        for record in records:
            record.general.name = "renamed"
            record.model_dump_json().encode()

    return Task(run, prepare=_records, pieces=_RECORDS)


if __name__ == "__main__":
    serve(
        {
            "full: three fields": lambda: _decoding("full", _read_three),
            "full: all fields": lambda: _decoding("full", _read_all),
            "unknown-keys: all fields": lambda: _decoding("unknown-keys", _read_all),
            "missing-keys: all fields": lambda: _decoding("missing-keys", _read_all),
            "small: all fields": lambda: _decoding("small", _read_all),
            "small-absent: all fields": lambda: _decoding("small-absent", _read_all),
            "encode: of a page": _encoding,
            "encode: fetched alone": _encoding,
            "encode: whole": _encoding,
            "encode: whole, alone": _encoding,
        }
    )
