"""The candidate's side of a walk over many pages: a process that takes one and says what it took.

Standard library only: this runs in the environments of the peers too.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Final, TypeVar

ADDRESSES: Final = "BENCHMARK_ADDRESSES"
"""Environment variable: a JSON object, number of computers -> address of their server."""
CONNECTIONS: Final = 5
"""How many pages everybody may ask for at a time."""
PAGE: Final = 100
"""Computers of a page."""
FEW: Final = 5_000
MANY: Final = 50_000
TOTALS: Final = (PAGE, FEW, MANY)
"""How many computers the servers have."""

T = TypeVar("T")

Walk = Callable[[str, int], int]
"""Walks over a server's computers, told its address and their number; returns how many it got."""


def take(walks: Mapping[str, Walk]) -> None:
    """Take the walk that the command line names, and print what it took as JSON.

    Args:
        walks: Case -> walk.
    """
    case, total = sys.argv[1], int(sys.argv[2])
    walk = walks[case]
    addresses: dict[str, str] = json.loads(os.environ[ADDRESSES])
    bytes_before = _memory("VmRSS")
    walk(addresses[str(PAGE)], PAGE)  # warms up: loads classes, fills caches
    gc.collect()
    start = time.perf_counter()
    rows = walk(addresses[str(total)], total)
    seconds = time.perf_counter() - start
    if rows != total:
        raise SystemExit(f"{case}: {rows} of {total} computers")
    print(json.dumps({"seconds": seconds, "bytes": _memory("VmHWM") - bytes_before}))


def in_order(fetch: Callable[[int], T], total: int) -> Iterator[T]:
    """Yield pages in their order, at most five of them on their way or waiting.

    Args:
        fetch: Returns the page of a number.
        total: How many computers there are on all of them.
    """
    waiting: deque[Future[T]] = deque()
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        for number in range(total // PAGE):
            if len(waiting) == CONNECTIONS:
                yield waiting.popleft().result()
            waiting.append(pool.submit(fetch, number))
        while waiting:
            yield waiting.popleft().result()


def _memory(name: str) -> int:
    """Return what Linux says of this process's memory, in bytes."""
    for line in Path("/proc/self/status").read_text("ascii").splitlines():
        key, _, value = line.partition(":")
        if key == name:
            return int(value.split()[0]) * 1024
    raise SystemExit(f"this system does not tell {name}")
