"""The candidate's side: a process that runs a case when it is told to, and says what it took.

Standard library only: this runs in the environments of the peers too.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

LEAST_CPU_SECONDS: Final = 0.1
"""A case is repeated until it took this long, so that short ones are measured too."""
PAYLOADS: Final = "BENCHMARK_PAYLOADS"
"""Environment variable: the folder with the payloads."""
SERVER: Final = "BENCHMARK_SERVER"
"""Environment variable: the address of the server on loopback."""


class Task(NamedTuple):
    """What is timed."""

    run: Callable[[Any], object]
    """Does the work once; the time in which its result is freed counts too."""
    prepare: Callable[[], Any] = lambda: None
    """Makes the argument of each run; its time does not count."""
    pieces: int = 1
    """How many pieces of work a run does; the time of one is given."""
    less: Callable[[], object] | None = None
    """Work that a run contains but that is not meant; its time is taken off."""


Cases = Mapping[str, Callable[[], Task]]


def payload(name: str, kind: str = "json") -> bytes:
    """Return the text of a payload."""
    return Path(os.environ[PAYLOADS], f"{name}.{kind}").read_bytes()


def serve(cases: Cases) -> None:
    """Answer each case named on standard input with its CPU seconds, until the input ends.

    A case that the candidate does not have is answered with null.
    """
    made: dict[str, Task] = {}
    for line in sys.stdin:
        name = line.strip()
        if name in cases and name not in made:
            made[name] = cases[name]()
            seconds_of(made[name])  # warms up: loads classes, fills caches
        seconds = seconds_of(made[name]) if name in made else None
        print(json.dumps(seconds), flush=True)


def seconds_of(task: Task) -> float:
    """Return the CPU seconds of one piece of the work."""
    seconds = _repeat(task.run, task.prepare)
    if task.less is not None:
        less = task.less
        seconds -= _repeat(lambda _: less(), lambda: None)
    return seconds / task.pieces


def _repeat(run: Callable[[Any], object], prepare: Callable[[], Any]) -> float:
    gc.collect()  # what others left behind shall not count
    total, times = 0.0, 0
    while total < LEAST_CPU_SECONDS:
        argument = prepare()
        start = time.process_time()
        run(argument)
        total += time.process_time() - start
        times += 1
    return total / times
