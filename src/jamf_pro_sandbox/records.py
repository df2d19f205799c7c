"""Numbered records, and what was written to each."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import attrs

from jamf_pro_sandbox.calls import Call
from jamf_pro_sandbox.errors import Cause, Refusal

__all__ = ("Record", "Table", "merged", "read_number", "record_id")

_INVENTED: Final = 3


@attrs.frozen
class Record:
    """What was written to one record."""

    known: Mapping[str, Any] = attrs.field(factory=dict)
    is_invented: bool = True
    """Whether what was not written is invented; otherwise it is empty."""


class Table:
    """Records with ids from 1.

    Args:
        rows: The records at the start; None means some that are invented.
        gaps_are_invented: Whether what *rows* leave out is invented; otherwise it is empty.
        uuids: Whether ids are written as UUIDs.
        ids: Gives the ids; tables that have the same one share them.
    """

    def __init__(
        self,
        rows: Sequence[Mapping[str, Any]] | None = None,
        *,
        gaps_are_invented: bool = False,
        uuids: bool = False,
        ids: Iterator[int] | None = None,
    ) -> None:
        self._uuids = uuids
        # Ids are never given out twice, not even after the newest record is deleted.
        self._ids = itertools.count(1) if ids is None else ids
        start = [Record()] * _INVENTED
        if rows is not None:
            start = [Record(row, gaps_are_invented) for row in rows]
        self.records = {next(self._ids): record for record in start}

    @property
    def numbers(self) -> Sequence[int]:
        """The ids, the oldest first."""
        return tuple(self.records)

    def key(self, number: int) -> str:
        """Return an id as it is written."""
        return str(uuid.UUID(int=number)) if self._uuids else str(number)

    def number(self, key: str) -> int:
        """Return the id that is written so, whether or not a record has it.

        Raises:
            Refusal: 400; it is not an id.
        """
        if not self._uuids:
            return read_number(key)
        try:
            return uuid.UUID(key).int
        except ValueError:
            raise _no_id(key) from None

    def has(self, key: str) -> bool:
        """Whether a record has the id that is written so.

        Raises:
            Refusal: 400; it is not an id.
        """
        return self.number(key) in self.records

    def add(self, given: Mapping[str, Any]) -> int:
        """Store a new record and return its id."""
        number = next(self._ids)
        self.write(number, given)
        return number

    def write(self, number: int, given: Mapping[str, Any]) -> None:
        """Replace a record as a whole."""
        self.records[number] = Record(given, is_invented=False)

    def change(self, number: int, given: Mapping[str, Any]) -> None:
        """Change what is given of a record."""
        old = self.records[number]
        self.records[number] = attrs.evolve(old, known=merged(old.known, given))

    def remove(self, number: int) -> None:
        """Delete a record."""
        del self.records[number]


def merged(old: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return *old* with *changes* laid over it, object by object."""
    result = dict(old)
    for name, value in changes.items():
        before = result.get(name)
        if isinstance(before, Mapping) and isinstance(value, Mapping):
            result[name] = merged(before, value)
        else:
            result[name] = value
    return result


def record_id(call: Call) -> int:
    """Return the id in the path of a call.

    Raises:
        Refusal: 400; it is no number.
    """
    return read_number(call.path_values["id"])


def read_number(given: str) -> int:
    """Return an id.

    Raises:
        Refusal: 400; it is no number.
    """
    if not given.isdecimal():
        raise _no_id(given)
    return int(given)


def _no_id(given: str) -> Refusal:
    return Refusal(400, [Cause("INVALID_ID", f"{given!r} is not an id", field="id")])
