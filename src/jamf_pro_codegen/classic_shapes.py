"""Turns the schemas of the Classic reference document into facts about XML.

The document writes `<computers><size/><computer/></computers>` as an array of objects with one key,
and sometimes as an object of `size` and that key. Here it is an array that names its item's element
(`x-item`); an array without it is an element that stands there more than once. Every object gets
a schema of its own, and each says how its element is called (`x-element`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from jamf_pro_codegen.errors import CodegenError

_REFERENCE = "#/components/schemas/"
_COUNT = "size"
_TWIN = "_post"
_FIRST = ("id", "name", "general")
# Objects that stand in many places under many names; an object of just these fields is one.
_SHARED = ("id_name", "location", "purchasing", "attachment", "criterion")
_NO_NAME = re.compile(r"[^A-Za-z0-9_-].*", re.DOTALL)


def settled_shapes(schemas: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schemas as objects and lists of named elements.

    Args:
        schemas: The schemas of the reference document.

    Raises:
        CodegenError: Two objects would get the same name.
    """
    return _Settling(schemas).settled()


def class_of(name: str) -> str:
    """Return the name of the schema for an element."""
    return "".join(word[:1].upper() + word[1:] for word in re.split("[_-]", name))


class _Settling:
    """One walk over the schemas; gathers those that it makes."""

    def __init__(self, schemas: Mapping[str, Any]) -> None:
        self._given = schemas
        self._made: dict[str, Any] = {}

    def settled(self) -> dict[str, Any]:
        for name in (*_SHARED, *sorted(self._given.keys() - set(_SHARED))):
            if name.endswith(_TWIN):
                continue
            schema = _with_twin(self._given[name], self._given.get(name + _TWIN, {}))
            element = schema.get("xml", {}).get("name", name)
            if _is_record(schema):
                self._record(class_of(name), element, _record_of(schema), is_shared=False)
            elif schema.get("type") in ("array", "object"):
                listed = self._value(schema, class_of(name), element, is_root=True)
                self._put(class_of(name), {**listed, "x-element": element})
        return self._made

    def _record(self, name: str, element: str, schema: Any, *, is_shared: bool = True) -> str:
        """Make the schema of an object and return a reference to it."""
        properties = {}
        given = schema.get("properties", {})
        for key in sorted(given, key=lambda key: (key not in _FIRST, key)):
            clean = _NO_NAME.sub("", key)
            properties[clean] = self._value(given[key], name + class_of(clean), clean)
        # Where the element itself is repeated inside, the number beside it only counts.
        if any(_repeats(value) for value in properties.values()):
            properties.pop(_COUNT, None)
        if is_shared:
            for shared in _SHARED:
                known = self._made.get(class_of(shared), {})
                if known.get("properties") == properties:
                    return _REFERENCE + class_of(shared)
        self._put(name, {"type": "object", "x-element": element, "properties": properties})
        return _REFERENCE + name

    def _put(self, name: str, schema: dict[str, Any]) -> None:
        if name in self._made:
            raise CodegenError(f"two schemas of the Classic API would be named {name}")
        self._made[name] = schema

    def _value(
        self, schema: Mapping[str, Any], name: str, element: str, *, is_root: bool = False
    ) -> dict[str, Any]:
        """Return what stands for a property: a reference, a list or a plain type."""
        if "$ref" in schema:
            return self._reference(schema["$ref"].rpartition("/")[2], name, element)
        if schema.get("type") == "array":
            return self._list(schema.get("items", {}), name, element, is_root)
        if "properties" not in schema:
            plain: dict[str, Any] = {"type": schema.get("type", "string")}
            if plain["type"] == "object":
                return {"$ref": self._record(name, element, schema)}
            if "enum" in schema:
                plain["x-values"] = [value for value in schema["enum"] if value is not None]
            return plain
        item = _only_item(schema, element)
        if item is not None:
            inner = schema["properties"][item]
            inner = inner.get("items", {}) if inner.get("type") == "array" else inner
            return self._wrapped(inner, name, item, is_root)
        return {"$ref": self._record(name, element, schema)}

    def _reference(self, target: str, name: str, element: str) -> dict[str, Any]:
        schema = self._given[target]
        if not _is_record(schema):
            return self._value(schema, name, element)
        # Named after what it is: the same object elsewhere is the same class.
        alike = self._made.get(class_of("id_name"), {}).get("properties", {})
        if schema.get("properties", {}).keys() == alike.keys():
            return {"$ref": _REFERENCE + class_of("id_name")}
        return {"$ref": _REFERENCE + class_of(target)}

    def _list(
        self, items: Mapping[str, Any], name: str, element: str, is_root: bool
    ) -> dict[str, Any]:
        keys = [key for key in items.get("properties", {}) if key != _COUNT]
        if len(keys) == 1:
            return self._wrapped(items["properties"][keys[0]], name, keys[0], is_root)
        if not keys:  # scalars or references: the element itself is repeated
            return {"type": "array", "items": self._value(items, f"{name}Item", element)}
        rows = [key for key in keys if element == plural(key)]
        if rows and is_root:
            return self._wrapped(items["properties"][rows[0]], name, rows[0], is_root)
        if rows:  # an element that holds its items and something else
            row = {"type": "array", "items": items["properties"][rows[0]]}
            properties = {**items["properties"], rows[0]: row}
            return {"$ref": self._record(name, element, {"properties": properties})}
        return {"type": "array", "items": self._value(items, f"{name}Item", element)}

    def _wrapped(
        self, item: Mapping[str, Any], name: str, element: str, is_root: bool
    ) -> dict[str, Any]:
        if item.get("type") == "array":  # `computers: [{computer: [...]}]` says it twice
            item = item.get("items", {})
        return {
            "type": "array",
            "items": self._value(item, _row_name(name, element, is_root), element),
            "x-item": element,
        }


def _row_name(name: str, element: str, is_root: bool) -> str:
    """Return the name of the class of a list's rows: a document's rows are records in short."""
    row = class_of(element)
    return f"{row}Summary" if is_root and name == plural(row) else f"{name}Item"


def plural(name: str) -> str:
    """Return how an element is called that holds several of a name."""
    if name.endswith("y"):
        return f"{name[:-1]}ies"
    return f"{name}es" if name.endswith(("s", "x", "ch", "sh")) else f"{name}s"


def _with_twin(schema: Mapping[str, Any], twin: Mapping[str, Any]) -> dict[str, Any]:
    """Return an object with the properties that only its twin for requests names."""
    merged = dict(schema)
    if twin.get("properties") and "$ref" not in schema:
        own = dict(schema.get("properties", {}))
        for key, value in twin["properties"].items():
            own[key] = _with_twin(own[key], value) if key in own else value
        merged["properties"] = own
    return merged


def _is_record(schema: Mapping[str, Any]) -> bool:
    """Whether a schema of the document is one object: some arrays stand for one, too."""
    if schema.get("type") == "array":
        keys = schema.get("items", {}).get("properties", {}).keys() - {_COUNT}
        return len(keys) > 1 and not any(key.endswith("_command") for key in keys)
    element = schema.get("xml", {}).get("name", "")
    return "properties" in schema and _only_item(schema, element) is None


def _record_of(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    items: Mapping[str, Any] = schema["items"] if schema.get("type") == "array" else schema
    return items


def _only_item(schema: Mapping[str, Any], element: str) -> str | None:
    """Return the one child of an element whose name is its plural, besides the count."""
    keys = [key for key in schema["properties"] if key != _COUNT]
    if len(keys) != 1:
        return None
    return keys[0] if element.endswith(plural(keys[0])) else None


def _repeats(value: Mapping[str, Any]) -> bool:
    return value.get("type") == "array" and "x-item" not in value
