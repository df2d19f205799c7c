"""`make faults`: runs all faults on httpx and on httpx2 and says what was survived."""

from __future__ import annotations

import argparse
import faulthandler
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from tests.faults.faults import FAULTS
from tests.faults.outcome import Outcome, run_all
from tests.faults.registry import Fault
from tests.faults.report import line, page, sums

_ROOT: Final = Path(__file__).parents[2]
_PAGE: Final = _ROOT / "docs" / "faults.md"
_PATIENCE_SECONDS: Final = 300
_LIBRARIES: Final = ("httpx", "httpx2")


def main() -> int:
    """Run the faults and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--repeats", type=int, default=1, help="how often each fault is run")
    parser.add_argument("--only", default="", help="numbers of faults, such as 8,9")
    parser.add_argument("--library", choices=_LIBRARIES, help="httpx or httpx2 only")
    parser.add_argument("--write", action="store_true", help="write docs/faults.md")
    # Given by this program to the process that it starts for each library.
    parser.add_argument("--into", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    numbers = {int(text) for text in options.only.split(",") if text}
    faults = [fault for fault in FAULTS if not numbers or fault.number in numbers]
    if options.into:
        # Says where it hangs, should it ever.
        faulthandler.dump_traceback_later(_PATIENCE_SECONDS * options.repeats, exit=True)
        _run_here(faults, options.repeats, options.into)
        return 0
    libraries = [options.library] if options.library else _LIBRARIES
    outcomes = {name: _run_on(name, options.only, options.repeats) for name in libraries}
    print(f"\n{sums(outcomes)}")
    failed = [o for own in outcomes.values() for o in own if not o.is_survived]
    if options.write and not numbers and len(outcomes) == len(_LIBRARIES):
        _PAGE.write_text(page(faults, outcomes, options.repeats), "utf-8")
    return 1 if failed else 0


def _run_here(faults: list[Fault], repeats: int, into: Path) -> None:
    outcomes = run_all(faults, repeats, lambda f, o: print(line(f, o), flush=True))
    into.write_text(json.dumps([outcome._asdict() for outcome in outcomes]), "utf-8")


def _run_on(library: str, only: str, repeats: int) -> list[Outcome]:
    """Run faults in a process that uses *library*."""
    print(f"\n{library}: survived, extra requests, duplicate writes, slots, sockets, secrets")
    with tempfile.TemporaryDirectory() as folder:
        into = Path(folder) / "outcomes.json"
        command = [sys.executable, "-m", "tests.faults", f"--repeats={repeats}", f"--only={only}"]
        subprocess.run(  # noqa: S603
            [*command, f"--into={into}"],
            cwd=_ROOT,
            env={**os.environ, "JAMF_PRO_CLIENT_HTTPX": library},
            check=True,
        )
        return [Outcome.from_document(found) for found in json.loads(into.read_text("utf-8"))]


if __name__ == "__main__":
    sys.exit(main())
