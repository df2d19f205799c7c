"""Installs the built wheel into a clean environment and uses it there, as a user would."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import venv
import zipfile
from pathlib import Path

IMPORTS = """
import sys
from jamf_pro_client import HTTPAuthenticatedClient
from jamf_pro_client.api.buildings import get_v1_buildings
from jamf_pro_client.models import Building
assert Building(name="HQ").to_dict() == {"name": "HQ"}
assert "starlette" not in sys.modules
print("imported", get_v1_buildings.OPERATION.name)
"""
CALLS = """
from jamf_pro_client import HTTPAuthenticatedClient
from jamf_pro_client.api.buildings import get_v1_buildings
from jamf_pro_sandbox import Sandbox
with Sandbox() as sandbox, HTTPAuthenticatedClient(
    sandbox.url, api_key=sandbox.client_id, api_secret=sandbox.client_secret
) as client:
    print("called,", get_v1_buildings.sync(client=client).total_count, "buildings")
"""
NEEDED = (
    "jamf_pro_client/py.typed",
    "jamf_pro_client/api/buildings/get_v1_buildings.py",
    "jamf_pro_codegen/templates/model.py.jinja",
    "jamf_pro_sandbox/classic.json",
    "jamf_pro_sandbox/jamf-pro.json",
)


def main(folder: Path) -> None:
    """Try the only wheel in a folder; fail loudly."""
    (wheel,) = folder.glob("*.whl")
    missing = set(NEEDED) - set(zipfile.ZipFile(wheel).namelist())
    if missing:
        raise SystemExit(f"the wheel lacks {sorted(missing)}")
    with tempfile.TemporaryDirectory() as place:
        venv.create(place, with_pip=True)
        python = Path(place, "bin", "python")
        install: list[Path | str] = [
            python,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
        ]
        run([*install, str(wheel)], place)
        run([python, "-W", "error", "-c", IMPORTS], place)
        run([*install, f"{wheel}[sandbox]"], place)
        run([python, "-W", "error", "-c", CALLS], place)


def run(command: list[Path | str], place: str) -> None:
    """Run a command away from the sources; fail loudly."""
    if subprocess.run(list(map(str, command)), cwd=place, check=False).returncode:  # noqa: S603
        raise SystemExit(f"failed: {command[-1]}")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
