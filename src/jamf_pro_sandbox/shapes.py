"""Puts what was written to a record into the shape that an answer describes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import attrs

from jamf_pro_sandbox.description import Description, Schema
from jamf_pro_sandbox.samples import Sampler

__all__ = ("Shaper",)

_NOTHING: Final[Mapping[str, Any]] = {"string": "", "boolean": False, "integer": 0, "number": 0.0}
_KINDS: Final[Mapping[str, type | tuple[type, ...]]] = {
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
}
# What nobody can leave empty: it is invented where it was not written.
_CONSTRAINTS: Final = ("enum", "format", "pattern", "minLength", "minimum", "readOnly")


@attrs.frozen(eq=False)
class Shaper:
    """Makes answers out of what is known of a record.

    Args:
        description: Where `$ref` leads.
    """

    _description: Description
    _sampler: Sampler = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "_sampler", Sampler(self._description))

    def shape(
        self, schema: Schema, known: Mapping[str, Any], *, row: int, invented: bool
    ) -> dict[str, Any]:
        """Return a value that is valid by a schema and says what is known.

        Args:
            schema: Of an object.
            known: What was written; it may have been written by another schema.
            row: Of the samples that fill the gaps.
            invented: Whether gaps are filled with samples; otherwise they stay as empty as the
                schema allows.
        """
        sample: dict[str, Any] = self._sampler.answer(schema, row=row)
        parts = self._variant(schema, known).get("properties", {})
        shaped = {}
        for name, example in sample.items():
            part = parts.get(name, {})
            if name in known:
                shaped[name] = self._fit(part, known[name], example, row, invented=invented)
            else:
                shaped[name] = example if invented else self._empty(part, example)
        return shaped

    def _fit(
        self, schema: Schema, given: Any, example: Any, row: int, *, invented: bool = False
    ) -> Any:
        target = self._variant(schema, given)
        match given:
            case None:
                nullable = schema.get("nullable") or target.get("nullable")
                return None if nullable else self._empty(schema, example)
            case Mapping():
                if not isinstance(example, dict):
                    return example
                if "properties" not in target:
                    return dict(given)
                return self.shape(target, given, row=row, invented=invented)
            case list():
                if target.get("type") != "array":
                    return example
                items = target.get("items", {})
                samples = [
                    self._sampler.answer(items, row=row + place) for place in range(len(given))
                ]
                return [
                    self._fit(items, one, sample, row)
                    for one, sample in zip(given, samples, strict=True)
                ]
            case _:
                return given if _fits(target, given) else example

    def _empty(self, schema: Schema, example: Any) -> Any:
        target = self._description.resolve(schema)
        if "default" in target and target["default"] is not None:
            return target["default"]
        if schema.get("nullable") or target.get("nullable"):
            return None
        if any(word in target or word in schema for word in _CONSTRAINTS):
            return example
        match target.get("type"):
            case "array" if not target.get("minItems"):
                return []
            case _ if isinstance(example, dict) and "oneOf" not in target:
                parts = target.get("properties", {})
                return {
                    name: self._empty(parts.get(name, {}), one) for name, one in example.items()
                }
            case kind:
                return _NOTHING.get(str(kind), example)

    def _variant(self, schema: Schema, given: Any) -> Schema:
        """Resolve a schema; of a tagged union, take the variant that the value names."""
        target = self._description.resolve(schema)
        if "oneOf" not in target or not isinstance(given, Mapping):
            return target
        discriminator = target.get("discriminator")
        if discriminator is None:
            return self._description.resolve(target["oneOf"][0])
        found = discriminator.get("mapping", {}).get(given.get(discriminator["propertyName"]))
        return self._description.resolve({"$ref": found}) if found else target


def _fits(schema: Schema, given: Any) -> bool:
    if "enum" in schema:
        return given in schema["enum"]
    kind = _KINDS.get(schema.get("type", ""))
    if kind is None:
        return True
    # A boolean is an integer to Python, but not to JSON.
    return isinstance(given, kind) and (schema["type"] == "boolean") == isinstance(given, bool)
