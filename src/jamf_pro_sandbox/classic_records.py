"""Classic records that can be created, changed part by part and deleted."""

from __future__ import annotations

import copy
import threading
from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol

from jamf_pro_sandbox.classic_values import refusal

__all__ = ("ClassicRecords", "Records", "field_of", "find", "merged")

_GENERAL: Final = "general"
_SCOPE: Final = "scope"
_BASE_KEYS: Final = {
    "userid": "id",
    "groupid": "id",
    "username": "name",
    "groupname": "name",
    "macaddress": "mac_address",
    "serialnumber": "serial_number",
    "bundleid": "bundle_id",
    "patchsoftwaretitleid": "id",
    "sourceid": "id",
}


class Records(Protocol):
    """What answers for the records of one kind."""

    def ids(self) -> list[int]:
        """Return the ids of all records, in order."""
        ...

    def get(self, number: int) -> dict[str, Any]:
        """Return one record."""
        ...

    def create(self, given: Mapping[str, Any]) -> int:
        """Store a record and return its id."""
        ...

    def change(self, number: int, given: Mapping[str, Any]) -> None:
        """Change what is given of a record and leave the rest."""
        ...

    def delete(self, number: int) -> None:
        """Delete a record."""
        ...


def field_of(record: Mapping[str, Any], key: str) -> Any:
    """Return what a record is looked up by; most keep it among the general fields."""
    name = _BASE_KEYS.get(key, key)
    for place in (record, record.get(_GENERAL), record.get("connection")):
        for field in (name, f"wifi_{name}"):
            if isinstance(place, Mapping) and field in place:
                return place[field]
    return None


def find(records: Records, key: str, wanted: str) -> int:
    """Return the id of the record with a key; of several with one name, the first.

    Raises:
        Refusal: 404; there is none.
    """
    if _BASE_KEYS.get(key, key) == "id":
        number = int(wanted) if wanted.isdecimal() else -1
        if number in records.ids():
            return number
    else:
        shown = {number: field_of(records.get(number), key) for number in records.ids()}
        for number, field in shown.items():
            # Records that do not show what they are looked up by are all alike.
            if field is None or str(field).casefold() == wanted.casefold():
                return number
    raise refusal(404, "The server has not found anything matching the request URI")


def merged(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """Return a record with parts changed: sections are merged, lists and scopes replaced."""
    result = dict(old)
    for name, value in new.items():
        known = result.get(name)
        if name != _SCOPE and isinstance(known, Mapping) and isinstance(value, Mapping):
            result[name] = merged(known, value)
        else:
            result[name] = value
    return result


class ClassicRecords:
    """Records with unique names, numbered from 1; safe to use from several threads.

    Args:
        rows: The records at the start.
        has_names: Whether names must be unique.
    """

    def __init__(self, rows: Sequence[Mapping[str, Any]], *, has_names: bool) -> None:
        self._lock = threading.RLock()
        self._has_names = has_names
        self._records = {number: _numbered(row, number) for number, row in enumerate(rows, start=1)}
        self._next = len(rows) + 1

    def ids(self) -> list[int]:
        """Return the ids of all records, in order."""
        with self._lock:
            return list(self._records)

    def get(self, number: int) -> dict[str, Any]:
        """Return a copy of one record."""
        with self._lock:
            return copy.deepcopy(self._records[number])

    def create(self, given: Mapping[str, Any]) -> int:
        """Store a record and return its id.

        Raises:
            Refusal: 409; the name is missing or taken.
        """
        with self._lock:
            if self._has_names:
                self._check_name(field_of(given, "name"), None)
            number, self._next = self._next, self._next + 1
            self._records[number] = _numbered(given, number)
            return number

    def change(self, number: int, given: Mapping[str, Any]) -> None:
        """Change what is given of a record and leave the rest; its id stays.

        Raises:
            Refusal: 409; the new name is taken.
        """
        with self._lock:
            name = field_of(given, "name")
            if self._has_names and name is not None:
                self._check_name(name, number)
            self._records[number] = _numbered(merged(self._records[number], given), number)

    def delete(self, number: int) -> None:
        """Delete a record."""
        with self._lock:
            del self._records[number]

    def _check_name(self, name: Any, own: int | None) -> None:
        if not name:
            raise refusal(409, "Error: Name is required")
        for number, record in self._records.items():
            if number != own and str(field_of(record, "name")).casefold() == name.casefold():
                raise refusal(409, "Error: Duplicate name")


def _numbered(record: Mapping[str, Any], number: int) -> dict[str, Any]:
    """Return a copy with the id where records of this kind keep it."""
    made = copy.deepcopy(dict(record))
    for section in (_GENERAL, "connection"):
        if isinstance(made.get(section), dict):
            made[section] = {"id": number} | made[section] | {"id": number}
            return made
    return {"id": number} | made | {"id": number}
