"""Runs the candidates in turns, each in a process of its own."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from benchmarks.environments import ROOT, clean_environ
from benchmarks.goals import Case, Part
from benchmarks.imports import PROGRAMS, cpu_seconds
from benchmarks.worker import PAYLOADS, SERVER

_WORKERS: Final[Mapping[str, tuple[str, str]]] = {
    "ours": ("ours", "benchmarks.ours"),
    "etree": ("ours", "benchmarks.peers.plain"),
    "orjson": ("ours", "benchmarks.peers.plain"),
    "httpx": ("ours", "benchmarks.peers.plain"),
    "stock": ("stock", "benchmarks.peers.stock"),
    "sdk": ("sdk", "benchmarks.peers.sdk"),
}

Seconds = dict[str, list[float]]
"""Candidate -> CPU seconds, one figure a round."""


def measure(
    part: Part, pythons: Mapping[str, Path], payloads: Path, rounds: int
) -> dict[str, Seconds]:
    """Return what each candidate took for each case of a part.

    Args:
        part: What to measure.
        pythons: The interpreters of the environments.
        payloads: The folder with the payloads.
        rounds: How often each is measured.
    """
    if part.name == "import":
        record = payloads / "record.json"
        return {case.key: _imports(case, pythons, record, rounds) for case in part.cases}
    with _server() as address:
        # A proxy has no place between a candidate and loopback.
        extra = {PAYLOADS: str(payloads), SERVER: address, "NO_PROXY": "*"}
        environ = clean_environ(extra)
        with contextlib.ExitStack() as stack:
            workers = {
                name: stack.enter_context(_worker(name, pythons, environ))
                for name in part.candidates
            }
            return {case.key: _turns(case, workers, rounds) for case in part.cases}


def _turns(case: Case, workers: Mapping[str, subprocess.Popen[str]], rounds: int) -> Seconds:
    compared = ("ours", *(limit.against for limit in case.limits))
    found: Seconds = {name: [] for name in compared}
    for number in range(rounds):
        # Turned round each time: whoever runs first may find a cooler machine.
        for name in compared[:: -1 if number % 2 else 1]:
            found[name].append(_ask(name, workers[name], case.key))
    return found


def _imports(case: Case, pythons: Mapping[str, Path], record: Path, rounds: int) -> Seconds:
    programs = PROGRAMS[case.key]
    found: Seconds = {name: [] for name in programs}
    for environment, program in programs.values():
        cpu_seconds(pythons[environment], program, record)  # reads the files once
    for number in range(rounds):
        bare = {
            environment: cpu_seconds(pythons[environment], "", record)
            for environment, _ in programs.values()
        }
        for name in list(programs)[:: -1 if number % 2 else 1]:
            environment, program = programs[name]
            seconds = cpu_seconds(pythons[environment], program, record)
            found[name].append(seconds - bare[environment])
    return found


def _ask(name: str, worker: subprocess.Popen[str], key: str) -> float:
    assert worker.stdin is not None  # noqa: S101 - for the type checker
    assert worker.stdout is not None  # noqa: S101 - for the type checker
    with contextlib.suppress(BrokenPipeError):
        worker.stdin.write(f"{key}\n")
        worker.stdin.flush()
    answer = worker.stdout.readline()
    if not answer:
        raise SystemExit(f"{name} ended in the middle of {key!r}")
    seconds: float | None = json.loads(answer)
    if seconds is None:
        raise SystemExit(f"{name} does not have the case {key!r}")
    return seconds


@contextlib.contextmanager
def _worker(
    name: str, pythons: Mapping[str, Path], environ: Mapping[str, str]
) -> Iterator[subprocess.Popen[str]]:
    environment, module = _WORKERS[name]
    command = [str(pythons[environment]), "-m", module]
    pipe = subprocess.PIPE
    with subprocess.Popen(  # noqa: S603 - our own modules
        command, cwd=ROOT, env=environ, stdin=pipe, stdout=pipe, text=True
    ) as process:
        # Leaving closes its input, which ends it.
        yield process


@contextlib.contextmanager
def _server() -> Iterator[str]:
    command = [sys.executable, "-m", "benchmarks.server"]
    with subprocess.Popen(  # noqa: S603 - our own module
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None  # noqa: S101 - for the type checker
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.terminate()
