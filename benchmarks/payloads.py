"""Pages of invented computers, made from the description; the same every time."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from benchmarks.classic_payloads import classic_documents
from jamf_pro_sandbox.description import Description, load_description
from jamf_pro_sandbox.samples import Sampler

COMPUTERS: Final = 100
_GENERAL_ONLY: Final = ("id", "udid", "general")
# What a well-filled computer has of each; sections that are not named hold one.
_ENTRIES: Final = {
    "applications": 160,
    "attachments": 2,
    "certificates": 14,
    "configurationProfiles": 20,
    "extensionAttributes": 25,
    "fonts": 60,
    "groupMemberships": 40,
    "ibeacons": 1,
    "licensedSoftware": 2,
    "localUserAccounts": 8,
    "plugins": 20,
    "printers": 4,
    "services": 80,
    "softwareUpdates": 4,
}
_SAMPLE_DAY: Final = "2026-01-15T"

Change = Callable[[dict[str, Any]], dict[str, Any]]


def write_payloads(folder: Path) -> dict[str, int]:
    """Write all payloads as NAME.json, those of the Classic API as NAME.xml.

    Returns:
        The size of each in bytes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    sizes = {}
    for name, value in _payloads(load_description()):
        text = json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
        (folder / f"{name}.json").write_bytes(text)
        sizes[name] = len(text)
    for name, document in classic_documents():
        (folder / f"{name}.xml").write_bytes(document)
        sizes[name] = len(document)
    return sizes


def _payloads(description: Description) -> Iterator[tuple[str, Any]]:
    full = _computers(description, "ComputerInventory")
    yield "full", _page(full)
    yield "full-v4", _page(_computers(description, "ComputerInventoryV4"))
    yield "unknown-keys", _changed(_page(full), _with_unknown_key)
    yield "missing-keys", _changed(_page(full), _without_last_scalar(_names_needed(description)))
    yield "small", _page([{name: _if_general(name, row) for name in row} for row in full])
    yield "small-absent", _page([{name: row[name] for name in _GENERAL_ONLY} for row in full])
    yield "record", full[0]


def _computers(description: Description, schema: str) -> list[dict[str, Any]]:
    sampler = Sampler(description)
    sections: Mapping[str, Any] = description.schema(schema)["properties"]
    clock = itertools.count()

    def computer(row: int) -> dict[str, Any]:
        made = sampler.answer({"$ref": f"#/components/schemas/{schema}"}, row=row)
        for name in made.keys() & _ENTRIES.keys():
            items = description.resolve(sections[name])["items"]
            made[name] = [
                sampler.answer(items, row=row * 31 + number) for number in range(_ENTRIES[name])
            ]
        varied: dict[str, Any] = _with_varied_dates(made, clock)
        return varied

    return [computer(row) for row in range(COMPUTERS)]


def _page(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {"totalCount": len(rows), "results": rows}


def _if_general(name: str, row: dict[str, Any]) -> Any:
    return row[name] if name in _GENERAL_ONLY else None


def _with_varied_dates(value: Any, clock: Iterator[int]) -> Any:
    # One date all over would be read from caches that real dates do not fill.
    if isinstance(value, dict):
        return {name: _with_varied_dates(part, clock) for name, part in value.items()}
    if isinstance(value, list):
        return [_with_varied_dates(part, clock) for part in value]
    if isinstance(value, str) and value.startswith(_SAMPLE_DAY):
        tick = next(clock)
        return f"{_SAMPLE_DAY}09:30:{tick % 60:02}.{1 + tick % 999:03}Z"
    return value


def _changed(value: Any, change: Change) -> Any:
    if isinstance(value, dict):
        return change({name: _changed(part, change) for name, part in value.items()})
    if isinstance(value, list):
        return [_changed(part, change) for part in value]
    return value


def _with_unknown_key(value: dict[str, Any]) -> dict[str, Any]:
    return {**value, "addedInALaterVersion": "not described"}


def _names_needed(description: Description) -> frozenset[str]:
    """Return what no object goes without: required names, and what the benchmark itself reads."""
    schemas: Mapping[str, Mapping[str, Any]] = description.document["components"]["schemas"]
    required = {name for schema in schemas.values() for name in schema.get("required", ())}
    return frozenset({*required, "totalCount", "id", "name", "serialNumber"})


def _without_last_scalar(needed: frozenset[str]) -> Change:
    def change(value: dict[str, Any]) -> dict[str, Any]:
        scalars = [
            name
            for name, part in value.items()
            if name not in needed and not isinstance(part, dict | list)
        ]
        return {name: part for name, part in value.items() if name not in scalars[-1:]}

    return change
