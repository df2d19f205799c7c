"""Code that pages show passes the strict checks that users run on their own."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

from tests.docs.examples_run import DOCS, code_of, page

ROOT = DOCS.parent
README = code_of((ROOT / "README.md").read_text("utf-8"))
# Its own: other settings than those of `make type` would make each discard what the other cached.
CACHE = ROOT / ".mypy_cache" / "pages"


def test_code_of_all_pages_passes_mypy_strict(tmp_path: Path) -> None:
    blocks = {path.stem: blocks_of(path.stem) for path in DOCS.glob("*.md")} | {"readme": README}
    for name, codes in blocks.items():
        for number, code in enumerate(codes):
            (tmp_path / f"{name.replace('-', '_')}_{number}.py").write_text(code, "utf-8")
    # Its test imports it by the name that the page gives it.
    (tmp_path / "wrapping_0.py").rename(tmp_path / "acme_jamf.py")
    done = subprocess.run(  # noqa: S603 - our own text
        [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(CACHE), "."],
        cwd=tmp_path,
        env={**os.environ, "MYPYPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def blocks_of(name: str) -> list[str]:
    """Return the code of a page; blocks that need a client and each other are one function."""
    blocks = code_of(page(name))
    if name == "paging":
        return [with_client("HTTPAuthenticatedClient", blocks)]
    if name == "facade":
        return [blocks[0], with_client("JamfProClient", blocks[1:])]
    return blocks


def with_client(kind: str, blocks: list[str]) -> str:
    """Return blocks as a function that is given a client."""
    start = f"from jamf_pro_client import {kind}\n\n\nasync def run(client: {kind}) -> None:\n"
    return start + textwrap.indent("".join(blocks), "    ")
