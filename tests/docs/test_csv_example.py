"""The example for tables writes every computer, or no table at all."""

from __future__ import annotations

import csv
import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jamf_pro_client.errors import TruncatedResultError
from jamf_pro_client.models import ComputerInventoryV4
from jamf_pro_sandbox import Sandbox

EXAMPLE: Any = importlib.import_module("examples.computers_csv")
LISTING = "get_v4_computers_inventory"


@pytest.fixture
def sandbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """Run a sandbox that the environment names, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    with Sandbox(computers=250) as sandbox:
        monkeypatch.setenv("JAMF_URL", sandbox.url)
        monkeypatch.setenv("JAMF_CLIENT_ID", sandbox.client_id)
        monkeypatch.setenv("JAMF_CLIENT_SECRET", sandbox.client_secret)
        yield sandbox


def rows_written() -> list[list[str]]:
    with Path("computers.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_every_computer_is_a_row(sandbox: Sandbox) -> None:
    EXAMPLE.main()
    heading, *rows = rows_written()
    assert heading == ["id", "name", "serial number", "user"]
    assert [row[0] for row in rows] == [str(number) for number in range(1, 251)]
    assert rows[0][1] == "mac-000001"
    assert [path.name for path in Path().iterdir()] == ["computers.csv"]
    assert [one.operation_id for one in sandbox.requests].count(LISTING) == 3


def test_a_table_that_would_lack_rows_replaces_none(sandbox: Sandbox) -> None:
    EXAMPLE.main()
    before = rows_written()
    sandbox.answer_next(LISTING, 200, {"totalCount": 3, "results": [{"id": "1"}]})
    for _ in range(8):
        sandbox.answer_next(LISTING, 200, {"totalCount": 3, "results": []})
    with pytest.raises(TruncatedResultError):
        EXAMPLE.main()
    assert rows_written() == before


def test_what_the_server_does_not_have_is_an_empty_cell() -> None:
    bare = {"id": "7", "general": {"name": None}, "hardware": {}}
    assert EXAMPLE.row_of(ComputerInventoryV4.from_dict(bare)) == ["7", "", "", ""]
