"""The benchmarks are there for others to repeat; nothing is timed here."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from benchmarks.goals import PARTS, WALKS_MEMORY
from benchmarks.report import blocks_in, ratios, spread_of, tables, verdict

ROOT = Path(__file__).parents[2]
README = (ROOT / "benchmarks" / "README.md").read_text("utf-8")


def test_bench_is_a_target_with_help() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    assert re.search(r"^bench: .*## Measure", makefile, re.MULTILINE)
    assert re.search(r"^\.PHONY: .*\bbench\b", makefile, re.MULTILINE)


def test_the_readme_has_a_row_with_its_goal_for_every_case() -> None:
    for part in (*PARTS, WALKS_MEMORY):
        assert f"## {part.title}" in README
        for case in part.cases:
            goals = [f"at most {limit.at_most:g}" for limit in case.limits if limit.at_most]
            row = re.search(rf"^\| {re.escape(case.title)} \| .*$", README, re.MULTILINE)
            assert row, case.title
            assert not goals or goals[0] in row[0]


def test_the_readme_has_no_place_left_empty() -> None:
    assert "{{" not in README


def test_parts_that_are_not_measured_anew_stay_as_they_are() -> None:
    blocks = blocks_in(README, PARTS)
    assert list(blocks) == [part.name for part in PARTS]
    assert "\n\n".join(blocks.values()) in README
    with pytest.raises(SystemExit, match="measure all parts"):
        blocks_in("", PARTS)


def test_ratios_are_made_round_by_round() -> None:
    assert ratios([1.0, 4.0], [2.0, 4.0]) == [0.5, 1.0]
    assert ratios([1.0, 4.0, 9.0], [2.0, 4.0]) == [0.5, 1.0]


def test_the_spread_is_the_middle_half() -> None:
    assert spread_of([1.0, 2.0, 3.0, 4.0, 100.0]) == (3.0, 2.0, 4.0)


def test_a_goal_is_met_up_to_its_limit() -> None:
    assert verdict(1.05, 1.05) == ("at most 1.05", "met")
    assert verdict(1.06, 1.05) == ("at most 1.05", "**missed**")
    assert verdict(1.06, None) == ("", "")


def test_tables_show_what_was_measured() -> None:
    (part,) = (part for part in PARTS if part.name == "import")
    seconds = {"ours": [0.2, 0.2], "httpx": [0.1, 0.1], "stock": [2.0, 2.0], "sdk": [0.4, 0.4]}
    shown = tables(part, {case.key: seconds for case in part.cases})
    assert (
        "| one endpoint and the client | httpx | 2 | 2 to 2 | at most 1.1 | **missed** |" in shown
    )
    assert "| one endpoint and the client | 200 | 100 | 2e+03 | 400 |" in shown
