"""Runs the code that pages show, with a sandbox in the place of the server."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from jamf_pro_sandbox import Sandbox

DOCS = Path(__file__).parents[2] / "docs"


def page(name: str) -> str:
    """Return the text of a page."""
    return (DOCS / f"{name}.md").read_text("utf-8")


def code_of(text: str) -> list[str]:
    """Return the blocks of Python in a page."""
    return re.findall(r"```python\n(.*?)```", text, re.DOTALL)


def at_sandbox(code: str, sandbox: Sandbox) -> str:
    """Return an example with address and credentials of the sandbox."""
    for word, value in (
        ("https://jamf.example.org", sandbox.url),
        ("CLIENT ID", sandbox.client_id),
        ("CLIENT SECRET", sandbox.client_secret),
        ("USER NAME", sandbox.username),
        ("PASSWORD", sandbox.password),
    ):
        code = code.replace(word, value)
    return code


def printed_by(code: str, sandbox: Sandbox) -> str:
    """Return what an example prints, in a process of its own; warnings are errors."""
    login = {"JAMF_CLIENT_ID": sandbox.client_id, "JAMF_CLIENT_SECRET": sandbox.client_secret}
    done = subprocess.run(  # noqa: S603 - our own text
        [sys.executable, "-W", "error", "-c", at_sandbox(code, sandbox)],
        env={**os.environ, **login, "JAMF_URL": sandbox.url},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout
