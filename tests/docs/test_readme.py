"""The README tells the truth: its code runs, its targets and files exist."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from jamf_pro_sandbox import Sandbox

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
MOST_LINES = 150


def against(sandbox: Sandbox, code: str) -> str:
    """Return the code with the sandbox in the place of the server and its credentials."""
    return (
        code.replace("https://jamf.example.org", sandbox.url)
        .replace("CLIENT ID", sandbox.client_id)
        .replace("CLIENT SECRET", sandbox.client_secret)
    )


@pytest.mark.parametrize(
    ("number", "printed"),
    [(0, "1 mac-000001"), (1, "4 2"), (2, "no such building"), (3, "11.")],
)
def test_an_example_runs(number: int, printed: str, jamf_sandbox: Sandbox) -> None:
    code = against(jamf_sandbox, BLOCKS[number])
    done = subprocess.run(  # noqa: S603 - our own text
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert printed in done.stdout


def test_the_example_of_the_fixture_runs(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(BLOCKS[4])
    result = pytester.runpytest_subprocess("-W", "error", "-p", "no:cacheprovider")
    result.assert_outcomes(passed=1)


def test_every_code_block_is_run() -> None:
    assert len(BLOCKS) == 5


def test_it_is_short() -> None:
    assert len(README.splitlines()) < MOST_LINES


def test_its_make_targets_and_links_exist() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for target in set(re.findall(r"`make ([a-z-]+)", README)):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
    for link in re.findall(r"\]\(([^)]+)\)", README):
        assert (ROOT / link).exists(), link


def test_it_counts_the_operations_that_there_are() -> None:
    from jamf_pro_client import api

    count = sum(len(names) for names in api.OPERATIONS.values())
    assert f"all {count} operations of the Jamf Pro API {api.JAMF_PRO_VERSION}" in README
