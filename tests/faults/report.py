"""The tables of a run, for the terminal and for docs/faults.md."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from tests.faults.doors import DOORS
from tests.faults.faults import SCRIPTS
from tests.faults.outcome import Outcome, totals
from tests.faults.registry import Fault

__all__ = ("Outcomes", "line", "page", "sums")

Outcomes = Mapping[str, Sequence[Outcome]]
"""What came out, by the name of the library underneath."""

_HEAD: Final = """# Faults

What can go wrong between a client and a server, made to happen on real sockets: `make faults`
runs all of it on httpx and on httpx2, through sync calls, asyncio and trio, and writes this page.
The sources are in `tests/faults`: a server that fails byte by byte as it is told, one script for
each fault, and a count of what each leaves behind. Waits between attempts move a clock on instead
of lasting; the random part of a wait is the same in every run.
"""
_LEGEND: Final = """- *survived*: in every run, what must happen has happened, and nothing was left.
- *extra requests*: sent beyond one for each call and one for the first token, but for those that
  were refused for a revoked token; retries, mostly.
- *duplicate writes*: creations and changes that took effect more than once.
- *slots leaked*, *sockets open*: counted after the call and after closing the client.
- *secrets found*: places in errors, their tracebacks with local variables and their pickles, in log
  records, events and reprs, where a secret, password, token, cookie or header of the client stands.
"""


def line(fault: Fault, outcome: Outcome) -> str:
    """Return a line of the terminal's table."""
    counts = (
        outcome.extra_requests,
        outcome.duplicate_writes,
        outcome.leaked_slots,
        outcome.open_sockets,
        outcome.canaries,
    )
    shown = " ".join(f"{count:5}" for count in counts)
    mark = "ok  " if outcome.is_survived else "FAIL"
    text = (
        f"{mark} {fault.number:3} {outcome.door:8}{outcome.survived:3}/{outcome.runs:<3}{shown} "
        f"{outcome.seconds:6.2f} s  {fault.name}"
    )
    return "\n".join([text, *(f"         {problem}" for problem in outcome.problems)])


def sums(outcomes: Outcomes) -> str:
    """Return the table of sums."""
    rows: list[list[str]] = []
    names: list[str] = []
    for library, own in outcomes.items():
        for door in DOORS:
            sum_of = totals(own, door)
            names = list(sum_of)
            rows.append([library, door, *map(str, sum_of.values())])
    return _table(["library", "calls", *names], rows)


def page(faults: Iterable[Fault], outcomes: Outcomes, repeats: int) -> str:
    """Return docs/faults.md."""
    runs = "once" if repeats == 1 else f"{repeats} times"
    parts = [_HEAD, f"## What it comes to\n\nEach fault was run {runs}.\n", sums(outcomes) + "\n"]
    parts += [_LEGEND, "## The faults\n"]
    listed = list(faults)
    for module in SCRIPTS:
        own = [fault for fault in listed if fault.script.__module__ == module.__name__]
        title = (module.__doc__ or "").partition(": ")[2].strip().rstrip(".")
        rows = [
            [str(fault.number), fault.name, fault.must, *_marks(fault, outcomes)] for fault in own
        ]
        parts.append(f"### {title[:1].upper()}{title[1:]}\n")
        parts.append(_table(["", "what goes wrong", "what happens", *DOORS], rows) + "\n")
    return "\n".join(parts)


def _marks(fault: Fault, outcomes: Outcomes) -> list[str]:
    """Return for each door whether the fault was survived, on all libraries or on which."""
    marks = []
    for door in DOORS:
        results = {
            library: outcome.is_survived
            for library, own in outcomes.items()
            for outcome in own
            if outcome.number == fault.number and outcome.door == door
        }
        failed = [library for library, survived in results.items() if not survived]
        marks.append(f"not on {', '.join(failed)}" if failed else "yes" if results else "")
    return marks


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
