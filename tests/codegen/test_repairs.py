from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.codegen.conftest import ROOT

from jamf_pro_codegen.errors import CodegenError
from jamf_pro_codegen.repairs import Repair, apply_repairs, load_repairs


def _repaired(document: dict[str, Any], version: str = "11.30.1", **repair: Any) -> dict[str, Any]:
    return apply_repairs(document, [Repair(why="Servers say so.", **repair)], version)


@pytest.mark.parametrize(
    ("repair", "after"),
    [
        ({"at": "/a/b", "old": 1, "new": 2}, {"a": {"b": 2}, "l": [1, 2]}),
        ({"at": "/a/b", "old": 1}, {"a": {}, "l": [1, 2]}),
        ({"at": "/a/c", "new": {"d": 1}}, {"a": {"b": 1, "c": {"d": 1}}, "l": [1, 2]}),
        ({"at": "/a/c", "new": None}, {"a": {"b": 1, "c": None}, "l": [1, 2]}),
        ({"at": "/l/1", "old": 2, "new": 3}, {"a": {"b": 1}, "l": [1, 3]}),
        ({"at": "/l/0", "old": 1}, {"a": {"b": 1}, "l": [2]}),
        ({"at": "/l/-", "new": 3}, {"a": {"b": 1}, "l": [1, 2, 3]}),
        ({"at": "/a", "old": {"b": 1}, "new": 0}, {"a": 0, "l": [1, 2]}),
    ],
)
def test_a_repair_replaces_removes_or_adds(repair: dict[str, Any], after: dict[str, Any]) -> None:
    before = {"a": {"b": 1}, "l": [1, 2]}

    assert _repaired(before, **repair) == after
    assert before == {"a": {"b": 1}, "l": [1, 2]}


def test_pointers_escape_slashes_and_tildes() -> None:
    document = {"/v1/a~b": {"~1": 1}}
    assert _repaired(document, at="/~1v1~1a~0b/~01", old=1, new=2) == {"/v1/a~b": {"~1": 2}}


@pytest.mark.parametrize(
    ("repair", "found"),
    [
        ({"at": "/a/b", "old": 2, "new": 3}, "expected 2, found 1"),
        ({"at": "/a/b", "old": 2, "new": 1}, "expected 2, found 1"),
        ({"at": "/a/b", "old": True, "new": 2}, "expected True, found 1"),
        ({"at": "/a/b", "new": 1}, "expected nothing, found 1"),
        ({"at": "/a/c", "old": 1}, "expected 1, found nothing"),
        ({"at": "/x/y/z", "new": 1}, "there is no 'x' on the way"),
        ({"at": "/a/b/c", "new": 1}, "nothing can stand at 'c' there"),
        ({"at": "/l/7", "new": 1}, "nothing can stand at '7' there"),
        ({"at": "/l/x/y", "new": 1}, "there is no 'x' on the way"),
        ({"at": "/l/x", "new": 1}, "nothing can stand at 'x' there"),
    ],
    ids=str,
)
def test_a_repair_that_does_not_fit_is_loud(repair: dict[str, Any], found: str) -> None:
    """Another value, one that the vendor has mended, or a place that is gone."""
    with pytest.raises(CodegenError) as caught:
        _repaired({"a": {"b": 1}, "l": [1, 2]}, **repair)

    said = str(caught.value)
    assert repair["at"] in said
    assert found in said
    assert "Servers say so." in said


@pytest.mark.parametrize(
    ("version", "applied"),
    [("11.29.1", False), ("11.30.0", True), ("11.30.1", True), ("11.9.9", False), ("12.0.0", True)],
)
def test_a_repair_waits_for_the_version_that_has_the_fault(version: str, applied: bool) -> None:
    after = _repaired({"a": 1}, version, at="/a", old=1, new=2, since="11.30.0")
    assert after == {"a": 2 if applied else 1}


def test_repairs_are_applied_in_their_order() -> None:
    first = Repair(at="/a", old=1, new=2, why="x")
    second = Repair(at="/a", old=2, new=3, why="x")
    assert apply_repairs({"a": 1}, [first, second], "11.30.1") == {"a": 3}


def _load(tmp_path: Path, text: str) -> list[Repair]:
    path = tmp_path / "repairs.yaml"
    path.write_text(text, "utf-8")
    return load_repairs(path)


def test_repairs_are_read_from_yaml(tmp_path: Path) -> None:
    text = "- {at: /a, old: 1, new: 2, why: 'Because.', since: '11.1.0'}\n"
    assert _load(tmp_path, text) == [Repair(at="/a", old=1, new=2, why="Because.", since="11.1.0")]


@pytest.mark.parametrize("text", ["", "# nothing\n", "[]\n"])
def test_an_empty_file_has_no_repairs(tmp_path: Path, text: str) -> None:
    assert _load(tmp_path, text) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- {at: /a, new: 1}", "entry 1: `at` and `why` are required"),
        ("- {new: 1, why: x}", "entry 1: `at` and `why` are required"),
        ("- {at: /a, new: 1, why: ''}", "entry 1: `at` and `why` are required"),
        ("- {at: /a, new: 1, why: x}\n- {at: /a, nwe: 1, why: x}", r"entry 2: unknown keys.*nwe"),
        ("- {at: /a, why: x}", "entry 1: give either `new` or `remove: true`"),
        ("- {at: /a, new: 1, remove: true, why: x}", "give either"),
        ("- {at: /a, new: 1, why: x, since: 11.30}", "entry 1: `since` must be text"),
        ("- /a", "entry 1: it has no keys"),
        ("at: /a", "holds no list"),
        ("- {at: [", "repairs.yaml is neither JSON nor YAML"),
    ],
)
def test_a_faulty_entry_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(CodegenError, match=said):
        _load(tmp_path, text)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(CodegenError, match="cannot read"):
        load_repairs(tmp_path / "repairs.yaml")


def test_every_repair_of_the_project_says_why() -> None:
    repairs = load_repairs(ROOT / "openapi/repairs.yaml")

    assert repairs
    assert not [repair.at for repair in repairs if len(repair.why.split()) < 3]
