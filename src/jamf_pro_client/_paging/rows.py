"""What a page holds: its rows, the server's count, and what tells one row from another."""

from __future__ import annotations

import csv
import functools
import io
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from jamf_pro_client._unset import UNSET
from jamf_pro_client.errors import ConfigurationError, InvalidResponseError
from jamf_pro_client.shapes import ListOf, Ref, Shape

if TYPE_CHECKING:
    from jamf_pro_client.operation import Operation

__all__ = ("KEYS", "Page", "SeenRows", "row_fields", "same_rows")

KEYS: Final = (
    "id",
    "uuid",
    "mobileDeviceId",
    "groupPlatformId",
    "groupId",
    "planUuid",
    "computerId",
    "sessionId",
    "templateId",
    "languageCode",
    "managementId",
    "deviceId",
    "objectType objectId",
)
"""Properties that can tell rows apart, the best first; two with a blank between do it together."""

_SMALL_NUMBERS: Final = 2**24
_ENVELOPE: Final = "results"


class Page:
    """One page as it came.

    Args:
        value: What the operation gave: a model with the rows, a list of them, or CSV.
        operation: What gave it.

    Raises:
        InvalidResponseError: There are no rows where the description has them.
        ConfigurationError: The operation is no list.
    """

    __slots__ = ("rows", "total", "value")

    def __init__(self, value: Any, operation: Operation[Any, Any]) -> None:
        self.value = value
        self.total = _total_of(value)
        rows = _rows_of(value, has_count=self.total is not None)
        if rows is None:
            found = "an empty reply" if value is None else f"a {type(value).__name__}"
            if operation.paging is None:
                raise ConfigurationError(f"{operation.name} is not a list: it returned {found}")
            # No rows would look like the end of the list.
            raise InvalidResponseError(f"{operation.name} answered without rows: {found}")
        self.rows: list[Any] = rows

    def keep(self, rows: list[Any]) -> None:
        """Take out all rows but these; the text of a table stays as it is."""
        if rows is self.rows:
            return
        self.rows = rows
        if isinstance(self.value, list):
            self.value = rows
        elif isinstance(self.value, dict):
            self.value = {**self.value, _ENVELOPE: rows}
        elif not isinstance(self.value, str):
            setattr(self.value, _ENVELOPE, rows)


class SeenRows:
    """Knows which rows were there before: by their ids, or else by comparing neighbours.

    What different rows of one page have in common is not an id, and from then on rows are not told
    apart by ids.
    Small numbers are kept as bits: a long walk takes as much memory as a short one.
    """

    def __init__(self) -> None:
        self._has_ids = True
        self.found_new_ids = False
        """Whether the latest rows had an id that was not there before."""
        self._name: str | None = None
        self._bits = bytearray()
        self._others: set[object] = set()
        # The page before; only where there are no ids.
        self._tail: list[Any] = []

    def can_tell(self, count: int) -> bool:
        """Whether as many rows before the next ones would be known again."""
        return self._has_ids or count <= len(self._tail)

    def knows(self, row: Any) -> bool:
        """Whether a row was there before, as far as that can be told."""
        if not self._has_ids or self._name is None:
            return row in self._tail
        key = _key(row, self._name)
        return key is None or not self._is_unknown(key)

    def fresh(self, rows: list[Any], overlap: int, *, is_table: bool = False) -> list[Any]:
        """Return the rows that were not there before; the same list if all are new.

        Args:
            rows: What follows the rows of the last time.
            overlap: How many of them may have been the last ones of that time.
            is_table: Whether these are some columns only, in which rows can be equal.
        """
        keys = self._keys(rows, is_table=is_table)
        self.found_new_ids = False
        if keys is not None:
            kept = [row for row, key in zip(rows, keys, strict=True) if self._is_new(key)]
            return rows if len(kept) == len(rows) else kept
        before, self._tail = self._tail[-overlap:] if overlap else [], rows
        kept = []
        for row in rows:
            if row in before:
                before.remove(row)
            else:
                kept.append(row)
        return rows if len(kept) == len(rows) else kept

    def _keys(self, rows: list[Any], *, is_table: bool) -> list[Any] | None:
        if not self._has_ids or not rows:
            return None
        if self._name is None:
            self._name = next((name for name in KEYS if _key(rows[0], name) is not None), None)
        keys = [] if self._name is None else [_key(row, self._name) for row in rows]
        given = [key for key in keys if key is not None]
        is_repeated = len(set(given)) < len(given)
        if not given or (is_repeated and (is_table or not _are_ids(keys, rows))):
            self._has_ids = False
            return None
        return keys

    def _is_new(self, key: Any) -> bool:
        if key is None:
            return True
        is_new = self._add(key)
        self.found_new_ids |= is_new
        return is_new

    def _add(self, key: Any) -> bool:
        is_new = self._is_unknown(key)
        number = _small_number(key)
        if number is None:
            self._others.add(key)
        elif is_new:
            byte = number >> 3
            if byte >= len(self._bits):
                self._bits.extend(bytes(byte - len(self._bits) + 1))
            self._bits[byte] |= 1 << (number & 7)
        return is_new

    def _is_unknown(self, key: Any) -> bool:
        number = _small_number(key)
        if number is None:
            return key not in self._others
        byte = number >> 3
        return byte >= len(self._bits) or not self._bits[byte] & 1 << (number & 7)


def _are_ids(keys: list[Any], rows: list[Any]) -> bool:
    """Whether keys tell rows apart: few rows of the page have that of another, and are that one."""
    first: dict[Any, Any] = {}
    repeated = 0
    for key, row in zip(keys, rows, strict=True):
        if key is None:
            continue
        if key not in first:
            first[key] = row
        elif row == first[key]:
            repeated += 1
        else:
            return False
    return 2 * repeated < len(rows)


def _small_number(key: Any) -> int | None:
    """Return a number that is kept as a bit: a small one that is written plainly, unlike "07"."""
    number = int(key) if isinstance(key, str) and key.isascii() and key.isdecimal() else key
    if not isinstance(number, int) or not 0 <= number < _SMALL_NUMBERS:
        return None
    return number if str(number) == str(key) else None


def row_fields(operation: Operation[Any, Any]) -> frozenset[str]:
    """Return the JSON names of a row's properties; none if the description does not tell."""
    for reply in operation.replies:
        if reply.is_success and reply.kind == "json":
            shape = _item_shape(reply.shape, operation)
            if isinstance(shape, Ref):
                return frozenset(shape.load(operation.models).json_names())
    return frozenset()


def _item_shape(shape: Shape, operation: Operation[Any, Any]) -> Shape:
    if isinstance(shape, Ref) and operation.paging is not None:
        declared = shape.load(operation.models)._declared.get(operation.paging.rows)
        shape = None if declared is None else declared.shape
    return shape.item if isinstance(shape, ListOf) else None


def _rows_of(value: Any, *, has_count: bool) -> list[Any] | None:
    """Return the rows in a value, none for null and, beside a count, for what is left out."""
    if isinstance(value, str):
        return list(csv.DictReader(io.StringIO(value, newline="")))
    rows = value if isinstance(value, list) else _property(value, _ENVELOPE, _ENVELOPE)
    if rows is None or (rows is UNSET and has_count):
        return []
    return rows if isinstance(rows, list) else None


def _total_of(value: Any) -> int | None:
    total = _property(value, "totalCount", "total_count")
    # Servers send what they like in place of a number.
    if isinstance(total, int) and not isinstance(total, bool) and total >= 0:
        return total
    return None


def _key(row: Any, name: str) -> Any:
    found = tuple(_property(row, one, _attribute(one)) for one in name.split(" "))
    if not all(isinstance(key, str | int) and key != "" for key in found):
        return None
    return found[0] if len(found) == 1 else found


@functools.cache
def _attribute(name: str) -> str:
    return re.sub("[A-Z]", lambda letter: f"_{letter[0].lower()}", name)


def _property(value: Any, name: str, attribute: str) -> Any:
    if isinstance(value, Mapping):
        return value.get(name, UNSET)
    return getattr(value, attribute, UNSET)


def same_rows(one: Sequence[Any], other: Sequence[Any]) -> bool:
    """Whether two pages hold the same rows in the same order."""
    return len(one) == len(other) and all(a == b for a, b in zip(one, other, strict=True))
