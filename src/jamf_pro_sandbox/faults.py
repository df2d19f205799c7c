"""Faults on the way: what goes wrong between a client and a server that is well."""

from __future__ import annotations

import fnmatch
import threading
from typing import Final, Literal, get_args

import attrs

__all__ = ("Fault", "FaultKind", "Faults")

FaultKind = Literal[
    "delay",
    "reset-before",
    "reset-after",
    "cut-body",
    "wrong-length",
    "unavailable",
    "expired-token",
]
_KINDS: Final = get_args(FaultKind)


@attrs.frozen
class Fault:
    """Something that goes wrong with the next requests of a path."""

    path: str = attrs.field()
    """From the root of the server, such as `/api/v1/buildings`; `*` stands for anything."""
    kind: FaultKind = attrs.field(validator=attrs.validators.in_(_KINDS))
    times: int = attrs.field(default=1, validator=attrs.validators.ge(1))
    """How many requests it meets."""
    method: str | None = None
    """Only these; None means any."""
    seconds: float = attrs.field(default=1.0, validator=attrs.validators.ge(0))
    """How long a delay is, and what `Retry-After` says."""

    def meets(self, method: str, path: str) -> bool:
        """Whether it is meant for a request."""
        return self.method in (None, method) and fnmatch.fnmatchcase(path, self.path)


class Faults:
    """The faults of one sandbox that are still to come, in their order."""

    def __init__(self) -> None:
        self._coming: list[Fault] = []
        self._lock = threading.Lock()

    def add(self, fault: Fault) -> None:
        """Let a fault come after those that are there for the same path."""
        with self._lock:
            self._coming.append(fault)

    def clear(self) -> None:
        """Let all be well again."""
        with self._lock:
            self._coming.clear()

    def pending(self) -> list[Fault]:
        """Return those that are still to come."""
        with self._lock:
            return list(self._coming)

    def take(self, method: str, path: str) -> Fault | None:
        """Return the fault of a request and count it."""
        with self._lock:
            for place, fault in enumerate(self._coming):
                if fault.meets(method, path):
                    rest = [attrs.evolve(fault, times=fault.times - 1)] if fault.times > 1 else []
                    self._coming[place : place + 1] = rest
                    return fault
        return None
