"""Has the candidates walk over many pages in turns, each time in a process of its own."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from benchmarks.environments import ROOT, clean_environ
from benchmarks.goals import WALKS, WALKS_MEMORY
from benchmarks.rounds import Seconds
from benchmarks.walker import ADDRESSES, CONNECTIONS, FEW, MANY

MOST_ROUNDS: Final = 9
"""A walk takes so long that few of them tell enough."""
SLOW_ROUNDS: Final = 3
"""How many rounds those take part in that take half a minute for one walk."""

Bytes = dict[str, list[float]]
"""Candidate -> bytes of memory, one figure a round."""

_WALKERS: Final[Mapping[str, tuple[str, str]]] = {
    "ours": ("ours", "benchmarks.ours_walking"),
    "httpx": ("ours", "benchmarks.peers.plain_walking"),
    "orjson": ("ours", "benchmarks.peers.plain_walking"),
    "stock": ("stock", "benchmarks.peers.stock_walking"),
    "sdk": ("sdk", "benchmarks.peers.sdk_walking"),
}
_SLOW: Final = ("stock", "sdk")
# What walks over many computers are compared with.
_FEW: Final = {"many": "three", "many, async": "three, async"}
_OTHER_BYTES: Final = 40e6


def measure_walks(
    pythons: Mapping[str, Path], payloads: Path, rounds: int
) -> tuple[dict[str, Seconds], dict[str, Bytes]]:
    """Return what the walks took, case -> candidate -> round: seconds on the clock, and memory.

    Args:
        pythons: The interpreters of the environments.
        payloads: The folder with the payloads.
        rounds: How often each is measured, `MOST_ROUNDS` at most; slow ones less often.
    """
    payload = payloads / "full.json"
    walkers = _walkers()
    seconds: dict[str, Seconds] = {case: {name: [] for name in walkers[case]} for case in walkers}
    memory: dict[str, Bytes] = {case: {name: [] for name in walkers[case]} for case in walkers}
    with _page_servers(payload) as addresses:
        # A proxy has no place between a candidate and loopback.
        environ = clean_environ({ADDRESSES: addresses, "NO_PROXY": "*"})
        for number in range(min(rounds, MOST_ROUNDS)):
            for case, name in _turns(walkers, number):
                environment, module = _WALKERS[name]
                took = _walk([str(pythons[environment]), "-m", module, case], case, environ)
                seconds[case][name].append(took["seconds"])
                memory[case][name].append(took["bytes"])
    bound = 2 * CONNECTIONS * payload.stat().st_size + _OTHER_BYTES
    for case, found in memory.items():
        if case in _FEW:
            found["few"] = memory[_FEW[case]]["ours"]
        elif case != "held":
            found["bound"] = [bound] * len(found["ours"])
    return seconds, memory


def _walkers() -> dict[str, list[str]]:
    """Return who walks, by case: we, and all that we are compared with."""
    found: dict[str, list[str]] = {}
    for case in (*WALKS.cases, *WALKS_MEMORY.cases):
        names = found.setdefault(case.key, ["ours"])
        names += [limit.against for limit in case.limits if limit.against in _WALKERS]
    return {case: list(dict.fromkeys(names)) for case, names in found.items()}


def _turns(walkers: Mapping[str, list[str]], number: int) -> Iterator[tuple[str, str]]:
    """Yield who walks in a round, and which walk."""
    for case, names in walkers.items():
        # Turned round each time: whoever runs first may find a cooler machine.
        for name in names[:: -1 if number % 2 else 1]:
            if number < SLOW_ROUNDS or name not in _SLOW:
                yield case, name


def _walk(command: list[str], case: str, environ: Mapping[str, str]) -> dict[str, float]:
    total = MANY if case in _FEW else FEW
    done = subprocess.run(  # noqa: S603 - our own modules
        [*command, str(total)], cwd=ROOT, env=environ, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"failed: {' '.join(command)}\n{done.stderr}")
    took: dict[str, float] = json.loads(done.stdout)
    return took


@contextlib.contextmanager
def _page_servers(payload: Path) -> Iterator[str]:
    command = [sys.executable, "-m", "benchmarks.page_server", str(payload)]
    pipe = subprocess.PIPE
    with subprocess.Popen(  # noqa: S603 - our own module
        command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True
    ) as process:
        assert process.stdout is not None  # noqa: S101 - for the type checker
        # Leaving closes its input, which ends it.
        yield process.stdout.readline()
