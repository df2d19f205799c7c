"""Values of the Classic API: read from XML, written as XML and as JSON, with Jamf's quirks."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import Any, Final
from xml.etree.ElementTree import Element, ParseError, SubElement, XMLParser, tostring

from jamf_pro_sandbox.description import Description, Schema
from jamf_pro_sandbox.errors import Refusal

__all__ = ("ClassicValues", "refusal")

# Before the first element only: a payload in CDATA may have one.
_DOCUMENT_TYPE: Final = re.compile(rb"\s*(<\?.*?\?>\s*|<!--.*?-->\s*)*<!DOCTYPE", re.DOTALL)
_COUNT: Final = "size"
# Lists that servers write in JSON as an object: empty, or with the last item only.
_LOST_IN_JSON: Final = frozenset({"jss_user_groups", "available_updates", "user_groups"})


def refusal(status: int, sentence: str) -> Refusal:
    """Make the refusal of a Classic request; the sentence goes to its page."""
    return Refusal(status, violation=sentence)


def _decoded_again(payload: str) -> str:
    """Return the payload of a profile as servers store it: entities are decoded once too often.

    Raises:
        Refusal: 409; what is left is no property list.
    """
    stored = html.unescape(payload)
    if stored.lstrip().startswith("<"):
        parser = XMLParser()  # noqa: S314  # on loopback, and only to see whether it is one
        try:
            parser.feed(stored.encode())
            parser.close()
        except ParseError as error:
            raise refusal(409, "Error: Unable to update the database") from error
    return stored


class ClassicValues:
    """Turns documents into plain values and back, as the description tells.

    A record is a dict of its fields, a list is a list of its items.

    Args:
        description: Of the Classic API.
    """

    def __init__(self, description: Description) -> None:
        self._resolve = description.resolve

    def read(self, content: bytes, schema: Schema) -> Any:
        """Return the value of a document; what is not described is dropped, as servers do.

        Raises:
            Refusal: 400; it is no XML, or another record.
        """
        if _DOCUMENT_TYPE.match(content):
            raise refusal(400, "Error: Unable to parse XML: it has a document type")
        parser = XMLParser()  # noqa: S314  # on loopback, without a document type
        try:
            parser.feed(content)
            root = parser.close()
        except ParseError as error:
            raise refusal(400, f"Error: Unable to parse XML: {error}") from error
        wanted = self.element(schema)
        if root.tag != wanted:
            raise refusal(400, f"Error: The document is called {root.tag}, not {wanted}")
        return self._value(root, schema)

    def xml(self, value: Any, schema: Schema, element: str | None = None) -> bytes:
        """Return the document of a value.

        Args:
            value: Plain.
            schema: Of the value.
            element: What the root is called, if not as described.
        """
        root = Element(element or self.element(schema))
        self._fill(root, value, schema)
        return b'<?xml version="1.0" encoding="UTF-8"?>' + tostring(root)

    def json(self, value: Any, schema: Schema) -> dict[str, Any]:
        """Return a value as servers write it in JSON, wrapped in its name."""
        return {self.element(schema): self._lossy(value, schema)}

    def element(self, schema: Schema) -> str:
        """Return what the root of a document is called."""
        return str(schema.get("x-element") or self._resolve(schema)["x-element"])

    def _value(self, element: Element, schema: Schema) -> Any:
        schema = self._resolve(schema)
        if schema["type"] == "object":
            return self._object(element, schema)
        if schema["type"] == "array":
            items = [child for child in element if child.tag == schema.get("x-item")]
            return [self._value(item, schema["items"]) for item in items]
        text = element.text or ""
        if schema["type"] == "boolean":
            return text.lower() == "true"
        if schema["type"] == "integer":
            return int(text) if text.lstrip("-").isdecimal() else None
        return _decoded_again(text) if schema.get("x-decoded-twice") else text

    def _object(self, element: Element, schema: Schema) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for child in element:
            described = schema["properties"].get(child.tag)
            if described is None:
                continue
            if described.get("type") == "array" and "x-item" not in described:
                rows = found.setdefault(child.tag, [])
                rows.append(self._value(child, described["items"]))
            else:
                found[child.tag] = self._value(child, described)
        return found

    def _fill(self, element: Element, value: Any, schema: Schema) -> None:
        schema = self._resolve(schema)
        if isinstance(value, Mapping):
            for name, described in schema.get("properties", {}).items():
                if name in value:
                    self._add(element, name, value[name], described)
        elif isinstance(value, list):
            SubElement(element, _COUNT).text = str(len(value))
            for part in value:
                self._add(element, schema.get("x-item", element.tag), part, schema["items"])
        elif isinstance(value, bool):
            element.text = "true" if value else "false"
        elif value is not None:
            element.text = str(value)

    def _add(self, parent: Element, name: str, value: Any, schema: Schema) -> None:
        if isinstance(value, list) and "x-item" not in schema:
            for part in value:
                self._fill(SubElement(parent, name), part, schema["items"])
        else:
            self._fill(SubElement(parent, name), value, schema)

    def _lossy(self, value: Any, schema: Schema, name: str = "") -> Any:
        schema = self._resolve(schema)
        if isinstance(value, Mapping):
            described = schema.get("properties", {})
            return {
                key: self._lossy(part, described[key], key)
                for key, part in value.items()
                if key in described
            }
        if isinstance(value, list):
            items = [self._lossy(part, schema["items"]) for part in value]
            if name in _LOST_IN_JSON:
                return {schema["x-item"]: items[-1]} if items else {}
            return items
        return "" if value is None and schema["type"] == "string" else value
