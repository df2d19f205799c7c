from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.codegen.conftest import ROOT

from jamf_pro_codegen.__main__ import main
from jamf_pro_codegen.errors import CodegenError
from jamf_pro_codegen.lock import input_hashes, read_lock, tool_versions, write_lock
from jamf_pro_codegen.render import differences, replace

INPUTS = [
    "openapi/jamf-pro.json",
    "openapi/repairs.yaml",
    "openapi/versions.json",
    "openapi/classic.json",
    "openapi/classic-repairs.yaml",
    "openapi/classic-names.yaml",
    "openapi/classic-versions.json",
    "openapi/lock.toml",
    "generator_config.yaml",
]


def _write(package: Path, **files: str) -> Path:
    for tree in ("api", "models"):
        (package / tree).mkdir(parents=True)
    for name, text in files.items():
        (package / name.replace("__", "/")).with_suffix(".py").write_text(text, "utf-8")
    return package


def _content(package: Path) -> dict[str, str]:
    files = (path for path in package.rglob("*") if path.is_file())
    return {str(path.relative_to(package)): path.read_text("utf-8") for path in files}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the generated trees of the project."""
    package = tmp_path / "package"
    for tree in ("api", "models"):
        shutil.copytree(
            ROOT / "src/jamf_pro_client" / tree,
            package / tree,
            ignore=shutil.ignore_patterns("__pycache__"),
        )
    return package


def test_equal_trees_do_not_differ(copy: Path) -> None:
    (copy / "api/__pycache__").mkdir()
    (copy / "api/__pycache__/x.pyc").write_bytes(b"compiled")

    assert differences(copy, ROOT / "src/jamf_pro_client") == []


def test_changed_missing_and_extra_files_are_found(copy: Path) -> None:
    package = ROOT / "src/jamf_pro_client"
    changed = copy / "models/__init__.py"
    changed.write_text(changed.read_text("utf-8") + "\n", "utf-8")
    (copy / "api/__init__.py").unlink()
    (copy / "api/notes.txt").write_text("mine", "utf-8")

    assert sorted(differences(package, copy)) == [
        "differs: models/__init__.py",
        "missing: api/__init__.py",
        "not generated: api/notes.txt",
    ]


def test_trees_are_replaced_whole(tmp_path: Path) -> None:
    made = _write(tmp_path / "made", api__new="1", models__new="2")
    package = _write(tmp_path / "package", api__old="a", models__old="b")
    (package / "client.py").write_text("hand-written", "utf-8")
    replace(made, package)

    assert _content(package) == {
        "api/new.py": "1",
        "models/new.py": "2",
        "client.py": "hand-written",
    }
    assert sorted(path.name for path in package.iterdir()) == ["api", "client.py", "models"]


def test_trees_are_put_where_none_were(tmp_path: Path) -> None:
    made = _write(tmp_path / "made", api__new="1", models__new="2")
    package = tmp_path / "package"
    package.mkdir()
    replace(made, package)

    assert _content(package) == {"api/new.py": "1", "models/new.py": "2"}


def test_what_an_interrupted_replacement_left_is_cleared(tmp_path: Path) -> None:
    made = _write(tmp_path / "made", api__new="1", models__new="2")
    package = _write(tmp_path / "package", api__old="a", models__old="b")
    (package / ".api-new").mkdir()
    (package / ".models-old/deep").mkdir(parents=True)
    replace(made, package)

    assert _content(package) == {"api/new.py": "1", "models/new.py": "2"}


def test_nothing_is_replaced_when_a_tree_is_not_made(tmp_path: Path) -> None:
    made = _write(tmp_path / "made", api__new="1")
    shutil.rmtree(made / "models")
    package = _write(tmp_path / "package", api__old="a", models__old="b")

    with pytest.raises(CodegenError, match="cannot replace"):
        replace(made, package)
    assert _content(package) == {"api/old.py": "a", "models/old.py": "b"}
    assert sorted(path.name for path in package.iterdir()) == ["api", "models"]


@pytest.mark.parametrize("old", [{"api__old": "a", "models__old": "b"}, {}])
def test_the_first_tree_is_put_back_when_the_second_cannot_be_replaced(
    tmp_path: Path, old: dict[str, str]
) -> None:
    made = _write(tmp_path / "made", api__new="1", models__new="2")
    package = _write(tmp_path / "package", **old)
    # A file where the folder of the old models would be moved to.
    (package / ".models-old").write_text("in the way", "utf-8")

    with pytest.raises(CodegenError, match="cannot replace"):
        replace(made, package)
    assert _content(package) == {
        **{name.replace("__", "/") + ".py": text for name, text in old.items()},
        ".models-old": "in the way",
    }


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of what the trees are made from, as the present folder."""
    for name in INPUTS:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", [name for name in INPUTS if "lock" not in name])
def test_a_changed_input_is_found(
    name: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with (project / name).open("a") as file:
        file.write("\n")

    assert main(["check"]) == 1
    error = capsys.readouterr().err
    assert "openapi/lock.toml is out of date" in error
    assert f" {name} changed" in error


def test_a_missing_lock_is_found(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "openapi/lock.toml").unlink()

    assert main(["check"]) == 1
    assert "openapi/lock.toml is out of date" in capsys.readouterr().err


def test_another_tool_version_is_found(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lock = project / "openapi/lock.toml"
    lock.write_text(lock.read_text("utf-8").replace('"ruff" = "', '"ruff" = "9.'), "utf-8")

    assert main(["check"]) == 1
    assert " ruff changed" in capsys.readouterr().err


def test_a_lock_that_is_no_toml_is_told(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "openapi/lock.toml").write_text("<<<<<<< HEAD\n", "utf-8")

    assert main(["check"]) == 1
    assert "is not valid TOML" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["check", "generate"])
def test_another_folder_than_the_projects_is_told(
    command: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)

    assert main([command]) == 1
    assert "is missing: run this in the project's folder" in capsys.readouterr().err


def test_the_lock_fits_the_working_tree() -> None:
    lock = read_lock(ROOT / "openapi/lock.toml")

    assert lock["inputs"] == input_hashes(ROOT)
    assert lock["tools"] == tool_versions()
    assert lock["source"].keys() == {"jamf-pro", "sha256"}


def test_notes_beside_the_templates_are_no_input() -> None:
    assert not [name for name in input_hashes(ROOT) if name.endswith(".md")]


def test_a_lock_is_read_as_it_was_written(tmp_path: Path) -> None:
    sections = {"source": {"jamf-pro": "11.30.1"}, "inputs": {"a/b.json": "0" * 64}}
    write_lock(tmp_path / "lock.toml", sections)

    assert read_lock(tmp_path / "lock.toml") == sections
    assert read_lock(tmp_path / "missing.toml") == {}
