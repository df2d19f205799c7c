"""Invented values that are valid by a schema, the same every time."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from typing import Any, Final

from jamf_pro_sandbox.description import Description

__all__ = ("Sampler",)

# Beyond this depth only what is required is written: some schemas nest without end.
_DEEPEST: Final = 9

_BY_FORMAT: Final = {
    "date-time": "2026-01-15T09:30:00.000Z",
    "date": "2026-01-15",
    "byte": "U2FuZGJveA==",
    "base64": "U2FuZGJveA==",
    "password": "invented-password",
    "binary": "sandbox",
    "uri": "http://127.0.0.1/sample",
}


class Sampler:
    """Makes values for the schemas of one description.

    Args:
        description: Where `$ref` leads.
    """

    def __init__(self, description: Description) -> None:
        self._description = description

    def answer(self, schema: Mapping[str, Any], *, row: int = 0) -> Any:
        """Make a value as the server would send it: everything but what is write-only.

        Args:
            schema: What the value has to be valid by.
            row: Values of different rows differ where the schema leaves room.
        """
        return self._make(schema, "", row, (), "writeOnly", full=True)

    def request(self, schema: Mapping[str, Any], *, full: bool = False, row: int = 0) -> Any:
        """Make a value that a client may send: nothing read-only.

        Args:
            schema: What the value has to be valid by.
            full: Also the properties that are not required.
            row: Values of different rows differ where the schema leaves room.
        """
        return self._make(schema, "", row, (), "readOnly", full=full)

    def _make(
        self,
        schema: Mapping[str, Any],
        name: str,
        row: int,
        above: tuple[str, ...],
        left_out: str,
        *,
        full: bool,
    ) -> Any:
        if "$ref" in schema:
            above = (*above, schema["$ref"])
            schema = self._description.resolve(schema)
        if "oneOf" in schema:
            return self._variant(schema, name, row, above, left_out, full=full)
        if "enum" in schema:
            choices = [choice for choice in schema["enum"] if choice is not None]
            return choices[row % len(choices)]
        match schema.get("type"):
            case "object":
                return self._object(schema, row, above, left_out, full=full)
            case "array":
                return self._array(schema, name, row, above, left_out, full=full)
            case "string":
                return _text(schema, name, row)
            case "integer" | "number":
                return _number(schema, row)
            case "boolean":
                return row % 2 == 0
            case _ if "properties" in schema:
                return self._object(schema, row, above, left_out, full=full)
            case _:
                return "sample"

    def _variant(
        self,
        schema: Mapping[str, Any],
        name: str,
        row: int,
        above: tuple[str, ...],
        left_out: str,
        *,
        full: bool,
    ) -> Any:
        discriminator = schema.get("discriminator")
        if discriminator is None:
            return self._make(schema["oneOf"][0], name, row, above, left_out, full=full)
        tags = list(discriminator.get("mapping", {}).items())
        tag, target = tags[row % len(tags)]
        value = self._make({"$ref": target}, name, row, above, left_out, full=full)
        value[discriminator["propertyName"]] = tag
        return value

    def _object(
        self,
        schema: Mapping[str, Any],
        row: int,
        above: tuple[str, ...],
        left_out: str,
        *,
        full: bool,
    ) -> dict[str, Any]:
        required = schema.get("required", ())
        made = {}
        for key, part in schema.get("properties", {}).items():
            target = self._description.resolve(part)
            if part.get(left_out) or target.get(left_out):
                continue
            endless = len(above) > _DEEPEST or part.get("$ref") in above
            if key not in required and (endless or not full):
                continue
            made[key] = self._make(part, key, row, above, left_out, full=full)
        extra = schema.get("additionalProperties")
        if full and isinstance(extra, Mapping) and not made:
            made["sample"] = self._make(extra, "", row, above, left_out, full=full)
        return made

    def _array(
        self,
        schema: Mapping[str, Any],
        name: str,
        row: int,
        above: tuple[str, ...],
        left_out: str,
        *,
        full: bool,
    ) -> list[Any]:
        items = schema.get("items", {})
        least = schema.get("minItems", 0)
        inner = items.get("items", items)
        endless = inner.get("$ref") in above or len(above) > _DEEPEST
        count = max(least, 0 if endless else 1)
        return [
            self._make(items, name, row + number, above, left_out, full=full)
            for number in range(count)
        ]


def _text(schema: Mapping[str, Any], name: str, row: int) -> str:
    value = _worded(schema, name, row)
    value = value.ljust(schema.get("minLength", 0), "x")
    return value[: schema.get("maxLength", len(value))]


def _worded(schema: Mapping[str, Any], name: str, row: int) -> str:
    if schema.get("format") == "uuid":
        return str(uuid.UUID(int=row + 1))
    if schema.get("format") in _BY_FORMAT:
        return _BY_FORMAT[schema["format"]]
    if "pattern" in schema:
        # Digits, bytes in Base64, anything that is not blank: no other patterns are described.
        candidates = (_BY_FORMAT["byte"], str(row + 1), f"Sample {row + 1}")
        return next(text for text in candidates if re.search(schema["pattern"], text))
    lowered = name.lower()
    if lowered == "id" or name.endswith(("Id", "Ids")) or lowered == "ids":
        return str(row + 1)
    if "email" in lowered:
        return f"person{row + 1}@example.com"
    if lowered in {"udid", "uuid"} or lowered.endswith("uuid"):
        return str(uuid.UUID(int=row + 1)).upper()
    if lowered.endswith(("url", "uri")) or lowered == "href":
        return f"https://sandbox.example.com/{row + 1}"
    return f"Sample {name or 'text'} {row + 1}"


def _number(schema: Mapping[str, Any], row: int) -> int | float:
    value: int | float = row + 1
    if "minimum" in schema:
        value = max(value, schema["minimum"] + bool(schema.get("exclusiveMinimum")))
    if "maximum" in schema:
        value = min(value, schema["maximum"] - bool(schema.get("exclusiveMaximum")))
    return float(value) if schema.get("format") in {"double", "float"} else int(value)
