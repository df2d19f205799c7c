"""`make bench`: makes the environments, measures in turns, writes README.md."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from benchmarks.environments import FOLDER, make_environments, versions_of
from benchmarks.goals import PARTS, WALKS_MEMORY, Part, parts_named
from benchmarks.imports import modules_loaded
from benchmarks.payloads import write_payloads
from benchmarks.report import blocks_in, machine_facts, modules_line, page, tables
from benchmarks.rounds import measure
from benchmarks.walks import MOST_ROUNDS, SLOW_ROUNDS, measure_walks

_HERE: Final = Path(__file__).parent
_README: Final = _HERE / "README.md"
_LEAST_ROUNDS: Final = 7
# Fresh processes differ more than repetitions in one; and the goals of calls are a few per cent.
_LEAST_ROUNDS_OF: Final = {"import": 41, "calls": 31}
_PACKAGES: Final = {
    "ours": ("jamf-pro-client", "httpx", "msgspec", "orjson"),
    "stock": ("httpx", "attrs", "python-dateutil"),
    "sdk": ("jamf-pro-sdk", "pydantic", "requests"),
}


def main() -> None:
    """Measure all, or one part."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--only", default="", help="decode, encode, classic, import, calls or stream"
    )
    parser.add_argument("--rounds", type=int, default=11, help="at least 7")
    options = parser.parse_args()
    parts = parts_named(options.only)
    rounds = max(options.rounds, _LEAST_ROUNDS)
    FOLDER.mkdir(exist_ok=True)
    pythons = make_environments()
    payloads = FOLDER / "payloads"
    sizes = write_payloads(payloads)
    load = os.getloadavg()[0]
    # The tables of parts that are not measured stay as they are.
    blocks = blocks_in(_README.read_text("utf-8"), PARTS) if options.only else {}
    for part in parts:
        print(f"measuring: {part.name}", flush=True)
        text = _measured(part, pythons, payloads, _rounds_for(part.name, rounds))
        print(f"\n{text}\n", flush=True)
        blocks[part.name] = text
    versions = {name: versions_of(pythons[name], names) for name, names in _PACKAGES.items()}
    filled = {
        "machine": machine_facts(versions, load),
        "sizes": "\n".join(f"- `{name}`: {size:,} bytes" for name, size in sizes.items()),
        "rounds": str(rounds),
        "import rounds": str(_rounds_for("import", rounds)),
        "call rounds": str(_rounds_for("calls", rounds)),
        "walk rounds": str(min(rounds, MOST_ROUNDS)),
        "slow rounds": str(SLOW_ROUNDS),
        "tables": "\n\n".join(blocks[part.name] for part in PARTS),
    }
    template = (_HERE / "README.template.md").read_text("utf-8")
    _README.write_text(page(template, filled), "utf-8")


def _rounds_for(part: str, rounds: int) -> int:
    return max(rounds, _LEAST_ROUNDS_OF.get(part, _LEAST_ROUNDS))


def _measured(part: Part, pythons: Mapping[str, Path], payloads: Path, rounds: int) -> str:
    """Return a part's tables."""
    if part.name == "stream":
        seconds, memory = measure_walks(pythons, payloads, rounds)
        return f"{tables(part, seconds)}\n\n{tables(WALKS_MEMORY, memory)}"
    text = tables(part, measure(part, pythons, payloads, rounds))
    if part.name == "import":
        text += f"\n\n{modules_line(modules_loaded(pythons['ours']))}"
    return text


if __name__ == "__main__":
    main()
