"""Every capability that users of other clients know has a test that names it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
COUNTS = {0: 26, 1: 23, 2: 22, 3: 27, 4: 14}
# They need the models of the Classic API.
WITH_CLASSIC = {"S1.8", "S1.9", "S2.6"}


def named() -> set[str]:
    return {
        row
        for path in TESTS.rglob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
        for row in re.findall(r"S[0-4]\.\d+", ast.get_docstring(node) or "")
    }


def test_every_row_is_named_by_a_test() -> None:
    rows = {f"S{seed}.{row}" for seed, count in COUNTS.items() for row in range(1, count + 1)}
    assert len(rows) == 112
    assert rows - named() <= WITH_CLASSIC
    assert named() <= rows
