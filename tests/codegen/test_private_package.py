"""What somebody generates from the description of a server of their own."""

from __future__ import annotations

import copy
import inspect
import json
from pathlib import Path

import pytest
from tests.codegen.conftest import ROOT, TINY, Generated
from tests.codegen.pretend import call, replying

from jamf_pro_codegen.__main__ import main
from jamf_pro_codegen.source import read_source

ROUTE = "/v1/things/{thingId}/parts/{partName}"
PART = "get_v1_things_thing_id_parts_part_name"
SAID = 'Whoever "said" this\nsaid it of \\d+ parts, """each""".\n\nAnd more.'


def taken_in(folder: Path, *options: str) -> Path:
    """Take in the tiny API with sentences of its vendor's; return where its facts are."""
    document = copy.deepcopy(dict(read_source(str(TINY)).document))
    operation = document["paths"][ROUTE]["get"]
    operation |= {"summary": "Short.", "description": SAID}
    operation["parameters"][1]["description"] = "The day it broke."
    source, repairs, made = (folder / name for name in ("source.json", "repairs.yaml", "mine.json"))
    source.write_text(json.dumps(document), "utf-8")
    repairs.write_text("[]\n", "utf-8")
    given = ["--version", "11.31.0", "--repairs", str(repairs), "--output", str(made)]
    assert main(["facts", str(source), *given, *options]) == 0
    return made


@pytest.fixture
def _in_the_project(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


@pytest.mark.usefixtures("_in_the_project")
def test_it_decodes_to_its_own_models_and_shows_the_prose_that_was_kept(
    importable: Path, tmp_path: Path
) -> None:
    made = taken_in(tmp_path, "--keep-prose")
    folder = importable / "private_jamf"
    assert main(["generate", "--description", str(made), "--package", str(folder)]) == 0

    private = Generated("private_jamf", folder)
    part = call(private, PART, replying({"label": "p"}), "1", "2", x_trace="t")
    assert type(part) is private.models.Part
    told = str(inspect.getdoc(private.operation(PART).sync))
    assert "\nShort.\n" in told
    assert '\nWhoever "said" this said it of \\d+ parts, ' in told
    assert "\nAnd more.\n\nGET /v1/things/" in told
    assert "The day it broke." in told


def test_prose_stays_behind_unless_it_is_asked_for(tmp_path: Path) -> None:
    text = taken_in(tmp_path).read_text("utf-8")
    assert "Whoever" not in text
    assert "The day it broke" not in text


@pytest.mark.usefixtures("_in_the_project")
def test_a_folder_that_cannot_be_imported_needs_a_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made, folder = str(taken_in(tmp_path)), tmp_path / "11.31.0"
    where = ["generate", "--description", made, "--package", str(folder)]
    assert main(where) == 1
    assert "--name" in capsys.readouterr().err
    assert not folder.exists()

    assert main([*where, "--name", "somewhere.own"]) == 0
    (module,) = (folder / "api").glob(f"*/{PART}.py")
    assert "from somewhere.own.models import" in module.read_text("utf-8")
