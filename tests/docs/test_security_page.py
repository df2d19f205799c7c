"""The page about security tells the truth: its code runs, and what it names is there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import trustme

from jamf_pro_client._transport import reading, tls

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text("utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


def test_its_code_runs(tmp_path: Path) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "roots.pem")
    certificate = authority.issue_cert("mac.my.org")
    certificate.private_key_and_cert_chain_pem.write_to_path(tmp_path / "client.pem")
    assert len(BLOCKS) == 2
    for block in BLOCKS:
        done = subprocess.run(  # noqa: S603 - our own text
            [sys.executable, "-W", "error", "-c", block],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr


def test_its_names_and_numbers_are_right() -> None:
    assert tls.UncheckedServerWarning.__name__ in PAGE
    assert f"{reading.MAX_BYTES // 2**20} MiB" in PAGE
    assert (ROOT / "examples" / "tracing.py").exists()
    assert "docs/security.md" in (ROOT / "SECURITY.md").read_text("utf-8")
