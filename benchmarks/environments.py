"""Virtual environments for the candidates, made from the package index and kept."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import venv
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
FOLDER: Final = ROOT / "benchmarks" / ".envs"

_RUNTIME: Final = ("httpx", "attrs", "python-dateutil")
_PACKAGE_SOURCES: Final = ("src", "openapi", "pyproject.toml", "README.md", "LICENSE")
_STOCK_PACKAGE: Final = "stock_client"


def make_environments() -> dict[str, Path]:
    """Make the environments that are missing or out of date.

    Returns:
        The Python of each: `ours`, `stock` and `sdk`.
    """
    makers: Mapping[str, tuple[str, Callable[[Path], None]]] = {
        "ours": (_digest(ROOT / name for name in _PACKAGE_SOURCES), _make_ours),
        "stock": (_digest([ROOT / "openapi" / "jamf-pro.json", Path(__file__)]), _make_stock),
        "sdk": (_digest([Path(__file__)]), _make_sdk),
    }
    return {name: _environment(name, stamp, make) for name, (stamp, make) in makers.items()}


def clean_environ(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment variables for a candidate, without those that change how it works.

    Args:
        extra: What it is told besides.
    """
    changing = ("PYTHON", "JAMF_PRO_CLIENT_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(changing)}
    return {**kept, **(extra or {})}


def versions_of(python: Path, names: Iterable[str]) -> dict[str, str]:
    """Return the versions of packages that are installed for a Python.

    Args:
        python: Its interpreter.
        names: The packages.
    """
    code = (
        "import json, sys; from importlib.metadata import version; "
        "print(json.dumps({name: version(name) for name in sys.argv[1:]}))"
    )
    found: dict[str, str] = json.loads(_run([python, "-I", "-c", code, *names]))
    return found


def _environment(name: str, stamp: str, make: Callable[[Path], None]) -> Path:
    folder = FOLDER / name
    python = folder / "bin" / "python"
    mark = folder / "made-from"
    with contextlib.suppress(FileNotFoundError):
        if mark.read_text("utf-8") == stamp:
            return python
    print(f"making the environment of {name}", flush=True)
    shutil.rmtree(folder, ignore_errors=True)
    venv.create(folder, with_pip=True)
    make(python)
    mark.write_text(stamp, "utf-8")
    return python


def _make_ours(python: Path) -> None:
    # Not editable and with bytecode, as users have it.
    _install(python, str(ROOT), "orjson")


def _make_sdk(python: Path) -> None:
    _install(python, "jamf-pro-sdk")


def _make_stock(python: Path) -> None:
    _install(python, *_RUNTIME)
    place = _run([python, "-I", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"])
    output = Path(place.strip(), _STOCK_PACKAGE)
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder, "config.json")
        # How the code is laid out makes no difference here, and it takes no second tool.
        config.write_text('{"post_hooks": []}', "utf-8")
        # Warnings about media types that it leaves out end with status 0.
        _run(
            [
                *(sys.executable, "-P", "-m", "openapi_python_client", "generate"),
                *("--path", ROOT / "openapi" / "jamf-pro.json", "--config", config),
                *("--meta", "none", "--output-path", output),
            ]
        )
    _run([python, "-I", "-m", "compileall", "-q", output])


def _install(python: Path, *what: str) -> None:
    quiet = ("--quiet", "--disable-pip-version-check", "--no-input")
    _run([python, "-m", "pip", "install", *quiet, "--compile", *what])


def _run(command: list[str | Path]) -> str:
    done = subprocess.run(  # noqa: S603 - our own commands
        list(map(str, command)),
        cwd=FOLDER,
        env=clean_environ(),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"failed: {' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done.stdout


def _digest(places: Iterable[Path]) -> str:
    found = hashlib.sha256(sys.version.encode())
    for place in places:
        files = [place] if place.is_file() else sorted(place.rglob("*"))
        for path in files:
            if path.is_file() and "__pycache__" not in path.parts:
                found.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return found.hexdigest()
