"""The example that traces calls runs, and counts attempts as it says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

EXAMPLE = Path(__file__).parents[2] / "examples" / "tracing.py"
ATTEMPTS = """\
  GET /api/v1/jamf-pro-version 401
  POST /api/v1/oauth/token 200
  GET /api/v1/jamf-pro-version 200
"""


def test_it_prints_one_span_for_each_attempt() -> None:
    done = subprocess.run(  # noqa: S603 - our own file
        [sys.executable, "-W", "error", str(EXAMPLE)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"{ATTEMPTS}version, sync\n{ATTEMPTS}version, async\n"
