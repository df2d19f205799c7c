"""The pages under docs/ name what is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [*(ROOT / "docs").glob("*.md"), ROOT / "CONTRIBUTING.md", ROOT / "openapi" / "README.md"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_files_and_targets_that_a_page_names_exist(page: Path) -> None:
    text = page.read_text("utf-8")
    modules = {
        path.name for place in ("src", "examples", "docs") for path in (ROOT / place).rglob("*.py")
    }
    for name in re.findall(r"\b([a-z_]+\.py)\b", text):
        assert name in modules, name
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for target in re.findall(r"make\s+([a-z-]+)\b(?=[`\s])", text):
        known = re.search(rf"^{target}:", makefile, re.MULTILINE)
        assert known or f"`make {target}" not in text, target
    for link in re.findall(r"\]\((?!https:)([^)#]+)\)", text):
        assert (page.parent / link).exists(), link


def test_the_architecture_page_names_every_private_folder_and_module_of_the_runtime() -> None:
    present = {
        f"{path.name}/" if path.is_dir() else path.name
        for path in (ROOT / "src/jamf_pro_client").glob("_[a-z]*")
    }
    text = (ROOT / "docs/architecture.md").read_text("utf-8")
    tables = "\n".join(line for line in text.splitlines() if line.startswith("| `_"))
    assert set(re.findall(r"`(_[a-z]+(?:/|\.py))`", tables)) == present


def test_changelog_and_package_agree_on_the_version() -> None:
    from jamf_pro_client import __version__

    assert f"## {__version__}" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_no_hand_written_file_is_longer_than_400_lines() -> None:
    package = ROOT / "src/jamf_pro_client"
    generated = {package / tree for tree in ("api", "models", "classic/api", "classic/models")}
    long = {
        str(path.relative_to(ROOT)): lines
        for path in (ROOT / "src").rglob("*.py")
        if not generated & set(path.parents)
        and (lines := len(path.read_text("utf-8").splitlines())) > 400
    }
    assert long == {}


def test_every_target_has_a_line_of_help() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    (phony,) = re.findall(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    helped = re.findall(r"^([a-z0-9-]+):.*## \S", makefile, re.MULTILINE)
    assert sorted(helped) == sorted(phony.split())
