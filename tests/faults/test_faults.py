"""The faults that take no time, through sync calls and asyncio; `make faults` runs all."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.faults.doors import DOORS
from tests.faults.faults import FAULTS
from tests.faults.registry import Fault, run

QUICK = [fault for fault in FAULTS if not fault.is_slow]


def test_the_table_has_seventy_faults() -> None:
    assert [fault.number for fault in FAULTS] == list(range(1, 71))


@pytest.mark.parametrize("door", ["sync", "asyncio"])
@pytest.mark.parametrize("fault", QUICK, ids=lambda fault: f"{fault.number} {fault.name}")
def test_fault_is_survived_and_leaves_nothing_behind(fault: Fault, door: str) -> None:
    if door not in fault.doors:
        pytest.skip("it does not concern this way to call")
    census = run(fault, DOORS[door])
    assert census.problem is None
    assert census.survived, census


def test_the_page_names_every_fault() -> None:
    page = (Path(__file__).parents[2] / "docs" / "faults.md").read_text("utf-8")
    for fault in FAULTS:
        assert f"| {fault.number} | {fault.name} | {fault.must} |" in page
