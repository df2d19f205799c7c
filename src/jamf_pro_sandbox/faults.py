"""Faults on the way: what goes wrong between a client and a server that is well."""

from __future__ import annotations

import fnmatch
import threading
from collections.abc import Callable
from typing import Any, Final, Literal, get_args

import attrs
import msgspec

__all__ = ("Fault", "FaultKind", "Faults", "read_fault")

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


def _check_kind(_fault: Any, _field: Any, kind: str) -> None:
    if kind not in _KINDS:
        raise ValueError(f"No fault is of the kind {kind!r}; there are {', '.join(_KINDS)}.")


def _at_least(lowest: int) -> Callable[[Fault, attrs.Attribute[Any], float], None]:
    def check(_fault: Fault, field: attrs.Attribute[Any], given: float) -> None:
        if given < lowest:
            raise ValueError(f"{field.name} must be at least {lowest}, not {given}.")

    return check


@attrs.frozen
class Fault:
    """Something that goes wrong with the next requests of a path."""

    path: str
    """From the root of the server, such as `/api/v1/buildings`; `*` stands for anything."""
    kind: FaultKind = attrs.field(validator=_check_kind)
    times: int = attrs.field(default=1, validator=_at_least(1))
    """How many requests it meets."""
    method: str | None = None
    """Only these; None means any."""
    seconds: float = attrs.field(default=1.0, validator=_at_least(0))
    """How long a delay is, and what `Retry-After` says."""

    def meets(self, method: str, path: str) -> bool:
        """Whether it is meant for a request."""
        return self.method in (None, method) and fnmatch.fnmatchcase(path, self.path)


def read_fault(content: bytes) -> Fault:
    """Return the fault that JSON describes.

    Raises:
        ValueError: It describes none; the message says why.
    """
    try:
        given = msgspec.json.decode(content, type=dict[str, Any])
        unknown = given.keys() - attrs.fields_dict(Fault)
        if unknown:
            raise ValueError(f"A fault has no {', '.join(sorted(unknown))}.")
        if "kind" in given:
            _check_kind(None, None, given["kind"])
        return msgspec.convert(given, Fault)
    except msgspec.DecodeError as error:
        raise ValueError(str(error)) from error


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
