"""A new Classic description is taken in by one command, on tiny documents."""

from __future__ import annotations

import copy
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.codegen.conftest import ROOT
from tests.codegen.test_classic import NUMBER, REFERENCE, SWAGGER, TEXT, obj, operation

from jamf_pro_codegen.__main__ import main
from jamf_pro_codegen.report import changes

LATER: dict[str, Any] = {
    **SWAGGER,
    "paths": {
        **{path: item for path, item in SWAGGER["paths"].items() if path != "/buttons"},
        "/knobs": {"get": {"operationId": "findKnobs"}},
    },
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with what a description is made with, as the present folder."""
    (tmp_path / "openapi").mkdir()
    (tmp_path / "openapi/classic-repairs.yaml").write_text("[]\n", "utf-8")
    (tmp_path / "openapi/classic-names.yaml").write_text("words: {}\nnames: {}\n", "utf-8")
    (tmp_path / "reference.json").write_text(json.dumps(REFERENCE), "utf-8")
    for version, swagger in (("11.30.1", SWAGGER), ("11.31.0", SWAGGER), ("11.32.0", LATER)):
        (tmp_path / version).mkdir()
        (tmp_path / version / "swagger.yaml").write_text(json.dumps(swagger), "utf-8")
    monkeypatch.chdir(tmp_path)
    assert take_in("11.30.1", "--shapes", "reference.json") == 0
    return tmp_path


def take_in(version: str, *more: str) -> int:
    source = f"{version}/swagger.yaml"
    return main(["classic-facts", source, *more]) or main(["classic-versions", source, *more])


def written(project: Path) -> dict[str, str]:
    return {path.name: path.read_text("utf-8") for path in (project / "openapi").iterdir()}


def test_the_same_document_again_changes_nothing(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = written(project)
    capsys.readouterr()

    assert take_in("11.30.1", "--shapes", "reference.json") == 0
    assert "\nnothing changed since 11.30.1\n" in capsys.readouterr().out
    assert written(project) == before


def test_the_same_document_of_a_later_version_needs_no_reference(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = json.loads(written(project)["classic.json"])
    capsys.readouterr()

    assert take_in("11.31.0") == 0
    assert "\nnothing changed since 11.30.1\n" in capsys.readouterr().out
    after, known = (json.loads(written(project)[f"classic{end}.json"]) for end in ("", "-versions"))
    assert after.pop("info")["version"] == "11.31.0"
    assert after == {name: part for name, part in before.items() if name != "info"}
    assert known["versions"] == ["11.30.1", "11.31.0"]
    assert {entry["last"] for entry in known["operations"].values()} == {"11.31.0"}


def test_another_document_is_refused_without_the_reference(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = written(project)

    assert take_in("11.32.0") == 1
    assert "differs from the document of 11.30.1" in capsys.readouterr().err
    assert written(project) == before


def test_what_another_document_changes_is_told_and_noted(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()

    assert take_in("11.32.0", "--shapes", "reference.json") == 0
    told = capsys.readouterr().out.splitlines()
    assert told[1:3] == ["removed: find_buttons, GET /buttons", "added: find_knobs, GET /knobs"]
    known = json.loads(written(project)["classic-versions.json"])["operations"]
    assert (known["find_buttons"]["last"], known["find_knobs"]["first"]) == ("11.30.1", "11.32.0")
    assert '"jamf-pro" = "11.32.0"' in written(project)["lock.toml"]


def test_a_version_that_no_name_tells_is_asked_for(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy("11.31.0/swagger.yaml", "swagger.yaml")

    assert main(["classic-facts", "swagger.yaml"]) == 1
    assert "give --version" in capsys.readouterr().err
    assert main(["classic-facts", "swagger.yaml", "--version", "11.31.0"]) == 0
    assert main(["classic-versions", "swagger.yaml", "--version", "11.31.0"]) == 0
    assert main(["classic-versions", "a", "b", "--version", "11.31.0"]) == 1
    assert '"11.31.0"' in written(project)["classic-versions.json"]


def test_changes_name_operations_schemas_and_what_differs_in_them() -> None:
    old: dict[str, Any] = {
        "info": {"version": "1"},
        "paths": {
            "/a": {"get": {"operationId": "find_a", "tags": ["a"]}},
            "/b": {"get": operation("b")},
        },
        "components": {"schemas": {"A": obj(id=NUMBER, old=TEXT), "B": obj()}},
    }
    new = copy.deepcopy(old)
    new["info"] = {"version": "2"}
    new["paths"]["/a"]["get"]["deprecated"] = True
    new["components"]["schemas"] = {"A": obj(id=TEXT, new=TEXT), "C": obj()}

    assert changes(old, new) == [
        "changed: find_a, GET /a: deprecated",
        "changed: schema A: id, new, old",
        "removed: schema B",
        "added: schema C",
    ]


def test_another_order_of_properties_is_a_change() -> None:
    old, new = (
        {"info": {"version": "1"}, "paths": {}, "components": {"schemas": {"A": schema}}}
        for schema in (obj(id=NUMBER, name=TEXT), obj(name=TEXT, id=NUMBER))
    )
    assert changes(old, new) == ["changed: schema A: order"]
    assert changes(old, old) == []


@pytest.mark.parametrize(
    ("given", "commands"),
    [
        (["SOURCE=a.json"], ["facts a.json", "versions a.json", "generate", "prove"]),
        (
            ["CLASSIC=a.yaml", "SHAPES=b.json", "VERSION=11.31.0"],
            [
                "classic-facts a.yaml --shapes b.json --version 11.31.0",
                "classic-versions a.yaml --shapes b.json --version 11.31.0",
                "generate",
                "prove",
            ],
        ),
    ],
)
def test_make_bump_spec_runs_all_steps(given: list[str], commands: list[str]) -> None:
    make = shutil.which("make")
    assert make, "the project's commands are run with make"
    shown = subprocess.run(  # noqa: S603  # prints what it would run
        [make, "--dry-run", "bump-spec", *given],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    ours = [line.partition(" -m jamf_pro_codegen ")[2].strip() for line in shown.splitlines()]
    assert [command for command in ours if command] == commands
