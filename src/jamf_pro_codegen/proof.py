"""Proves what was generated, and tells what changed since the last commit and what comes next."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any, Final

from jamf_pro_codegen.errors import CodegenError
from jamf_pro_codegen.files import read_json
from jamf_pro_codegen.report import changes
from jamf_pro_codegen.trees import TREES, Tree

NEXT: Final = """\
Next:
  1. Read what changed: git diff openapi (facts), git diff src/jamf_pro_client (code).
  2. Removed operations and fields break programs: name them in CHANGELOG.md, and what was added.
  3. make lint type test, then commit openapi/ and src/jamf_pro_client together.
To go back: git checkout -- openapi src/jamf_pro_client && git clean -fd src/jamf_pro_client"""


def import_in_fresh_process() -> str:
    """Import every generated module in a process of its own; return what it says.

    Raises:
        CodegenError: One cannot be imported, or warns.
    """
    names = [tree.name for tree in TREES]
    command = [sys.executable, "-W", "error", "-m", "jamf_pro_codegen.imports", *names]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise CodegenError(f"the generated modules cannot be imported:\n{done.stderr.strip()}")
    return done.stdout.strip()


def tally(old: dict[str, Any], new: dict[str, Any]) -> str:
    """Return one line that counts what differs between two descriptions in normal form.

    Args:
        old: A description.
        new: The one that takes its place.
    """
    counted: Counter[tuple[str, str]] = Counter()
    for line in changes(old, new):
        how, _, what = line.partition(": ")
        counted["schemas" if what.startswith("schema ") else "operations", how] += 1
    told = [
        f"{kind} "
        + ", ".join(f"{counted[kind, how]} {how}" for how in ("added", "removed", "changed"))
        for kind in ("operations", "schemas")
    ]
    span = f"{old['info']['version']} -> {new['info']['version']}"
    return f"{span}: {'; '.join(told) if counted else 'nothing changed'}"


def outcome() -> str:
    """Return what differs from the last commit, and what comes next if anything does."""
    told = [line for tree in TREES if (line := _difference(tree))]
    return "\n".join([*told, NEXT] if told else ["nothing changed since the last commit"])


def _difference(tree: Tree) -> str:
    """Return what differs between a description and the one of the last commit, on one line."""
    committed, present = _committed(tree.description), read_json(tree.description)
    if committed is None:
        return f"no commit has {tree.description}"
    return "" if committed == present else f"{_title(tree)} {tally(committed, present)}"


def _title(tree: Tree) -> str:
    return "Classic API" if tree.name.endswith(".classic") else "Jamf Pro API"


def _committed(path: Path) -> dict[str, Any] | None:
    """Return a description as the last commit has it; None without one, or without git."""
    command = ["git", "show", f"HEAD:./{path.as_posix()}"]
    try:
        done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603
    except FileNotFoundError:
        return None
    if done.returncode:
        return None
    document: dict[str, Any] = json.loads(done.stdout)
    return document
