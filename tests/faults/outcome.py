"""Running many faults, and what the runs come to together."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, Self

from tests.faults.census import Census
from tests.faults.doors import DOORS
from tests.faults.registry import Fault, run

__all__ = ("Outcome", "run_all", "totals")


class Outcome(NamedTuple):
    """What the repeats of one fault through one door came to."""

    number: int
    door: str
    runs: int
    survived: int
    extra_requests: int
    """Of all runs together, as all that follow."""
    duplicate_writes: int
    leaked_slots: int
    open_sockets: int
    canaries: int
    seconds: float
    problems: tuple[str, ...] = ()

    @property
    def is_survived(self) -> bool:
        """Whether every run was."""
        return self.survived == self.runs

    @classmethod
    def of(cls, number: int, door: str, runs: list[Census]) -> Self:
        """Sum up the runs of one fault through one door."""
        return cls(
            number,
            door,
            len(runs),
            sum(census.survived for census in runs),
            sum(census.extra_requests for census in runs),
            sum(census.duplicate_writes for census in runs),
            sum(census.leaked_slots for census in runs),
            sum(census.open_sockets for census in runs),
            sum(census.canaries for census in runs),
            sum(census.seconds for census in runs),
            tuple(dict.fromkeys(census.problem for census in runs if census.problem)),
        )

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Self:
        """Return an outcome that was written as JSON."""
        return cls(**{**document, "problems": tuple(document["problems"])})


def run_all(
    faults: Iterable[Fault], repeats: int, done: Callable[[Fault, Outcome], None]
) -> list[Outcome]:
    """Run faults through all doors that they concern.

    Args:
        faults: Which.
        repeats: How often each.
        done: Called after each fault and door.
    """
    outcomes = []
    for fault in faults:
        for name in fault.doors:
            census = [run(fault, DOORS[name]) for _ in range(repeats)]
            outcomes.append(Outcome.of(fault.number, name, census))
            done(fault, outcomes[-1])
    return outcomes


def totals(outcomes: Iterable[Outcome], door: str) -> dict[str, int | str]:
    """Return the sums of one door, by the name of the column."""
    own = [outcome for outcome in outcomes if outcome.door == door]
    survived = sum(outcome.is_survived for outcome in own)
    return {
        "survived": f"{survived}/{len(own)}",
        "extra requests": sum(outcome.extra_requests for outcome in own),
        "duplicate writes": sum(outcome.duplicate_writes for outcome in own),
        "slots leaked": sum(outcome.leaked_slots for outcome in own),
        "sockets open": sum(outcome.open_sockets for outcome in own),
        "secrets found": sum(outcome.canaries for outcome in own),
    }
