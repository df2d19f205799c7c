"""Reads JSON text: fast where it is JSON, patiently where it is not quite."""

from __future__ import annotations

import json
from typing import Any, Final

from msgspec import MsgspecError, Raw
from msgspec.json import decode

# For bytes that are not UTF-8, msgspec raises Python's own error.
_NOT_QUITE_JSON: Final = (MsgspecError, UnicodeDecodeError, RecursionError)


class LongInteger(str):
    """An integer of more digits than Python makes an `int` of; it is written as it was read."""

    __slots__ = ()


def read_json(text: bytes | Raw) -> Any:
    """Return the value of a JSON text.

    The standard library reads what is not quite JSON: NaN, 1e400, half surrogate pairs.

    Raises:
        ValueError: It is no JSON, or not in UTF-8.
    """
    try:
        return decode(text)
    except (MsgspecError, RecursionError):
        return json.loads(bytes(text).decode("utf-8-sig"), parse_int=_read_integer)


def _read_integer(digits: str) -> int | LongInteger:
    try:
        return int(digits)
    except ValueError:
        return LongInteger(digits)


def plain_object(text: bytes | str) -> dict[str, Any] | None:
    """Return a JSON object as a dict; None if it is something else, or is not JSON."""
    try:
        value = decode(text)
    except _NOT_QUITE_JSON:
        return None
    return value if isinstance(value, dict) else None


def read_object(text: bytes | Raw) -> dict[str, Raw] | None:
    """Return the values of a JSON object as text; None if it is no object."""
    try:
        return decode(text, type=dict[str, Raw])
    except _NOT_QUITE_JSON:
        return None


def read_objects(text: bytes | Raw) -> list[dict[str, Raw]] | None:
    """Return the objects of a JSON array, their values as text; None if it is something else."""
    try:
        return decode(text, type=list[dict[str, Raw]])
    except _NOT_QUITE_JSON:
        return None


def read_start(text: bytes, count: int) -> Any:
    """Return the value of a JSON text; of an array, or an object's arrays, the first values only.

    Raises:
        ValueError: It is no JSON at all.
    """
    values = read_object(text)
    if values is None:
        return _first_values(text, count)
    return {name: _first_values(value, count) for name, value in values.items()}


def _first_values(text: bytes | Raw, count: int) -> Any:
    try:
        values = decode(text, type=list[Raw])
    except _NOT_QUITE_JSON:
        return read_json(text)
    return [read_json(value) for value in values[:count]]


def first_exceeds(text: bytes | Raw, size: int) -> bool:
    """Whether the first value of a JSON array is longer than a number of bytes."""
    start = bytes(memoryview(text)[: size + 1]).decode("utf-8", "ignore")
    try:
        json.JSONDecoder().raw_decode(start, start.index("{"))
    except ValueError:  # cut off in the middle
        return len(start) >= size // 2
    return False
