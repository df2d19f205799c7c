"""What the description says of the Classic API, worked out apart from the generated code."""

from __future__ import annotations

import importlib
import json
from collections import defaultdict
from pathlib import Path
from types import ModuleType
from typing import Any
from xml.etree.ElementTree import Element, SubElement, fromstring

import attrs
from hypothesis import strategies as st

ROOT = Path(__file__).parents[2]
DOCUMENT: dict[str, Any] = json.loads((ROOT / "openapi/classic.json").read_text("utf-8"))
SCHEMAS: dict[str, Any] = DOCUMENT["components"]["schemas"]
XML = "application/xml"


@attrs.frozen
class Described:
    """One operation of the description."""

    name: str
    method: str
    template: str
    tag: str
    parameters: tuple[dict[str, Any], ...]
    body: dict[str, Any]
    reply: dict[str, Any]


def _operation(path: str, method: str, given: dict[str, Any]) -> Described:
    content = next(iter(given["responses"].values()))["content"]
    return Described(
        name=given["operationId"],
        method=method.upper(),
        template=path,
        tag=given["tags"][0],
        parameters=tuple(given["parameters"]),
        body=given.get("requestBody", {}).get("content", {}),
        reply=content[XML]["schema"],
    )


OPERATIONS: dict[str, Described] = {
    given["operationId"]: _operation(path, method, given)
    for path, item in DOCUMENT["paths"].items()
    for method, given in item.items()
}


def module_of(operation: Described) -> ModuleType:
    return importlib.import_module(f"jamf_pro_client.classic.api.{operation.tag}.{operation.name}")


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    return SCHEMAS[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema


# Characters of XML, with what has to be escaped and what parsers change among them.
TEXTS = st.text(
    st.one_of(
        st.sampled_from("&<>\"'\r\n\t ]é😀"),
        st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="￾￿"),
    ),
    max_size=12,
)
NUMBERS = st.one_of(
    st.integers(), st.sampled_from(["", "Unlimited", "007", "-1", "99999999999999999999", "1.5"])
)
FRACTIONS = st.one_of(
    st.floats(allow_nan=False), st.sampled_from(["-91.502672", "1.50", "1e5", "nan", "-0.0"])
)
_UNKNOWN = st.sampled_from(["added_by_servers", "modelNumber"])
_SCALARS: dict[str, Any] = {
    "integer": NUMBERS.map(str),
    "number": st.one_of(FRACTIONS, NUMBERS).map(str),
    "boolean": st.sampled_from(["true", "false", "", "True", "1"]),
    "string": TEXTS,
}


def fill(draw: Any, element: Element, schema: dict[str, Any], *, depth: int = 0) -> None:
    """Put what a schema allows into an element, and now and then what it does not know."""
    schema = resolved(schema)
    if schema["type"] == "object":
        names = list(schema["properties"])
        chosen = draw(st.lists(st.sampled_from(names), unique=True, max_size=6)) if names else []
        for name in chosen:
            _fill_property(draw, element, name, schema["properties"][name], depth)
        if draw(st.booleans()):
            SubElement(element, draw(_UNKNOWN)).text = draw(TEXTS)
    elif schema["type"] == "array":
        for _ in range(draw(st.integers(0, 3))):
            fill(draw, SubElement(element, schema["x-item"]), schema["items"], depth=depth + 1)
    else:
        element.text = draw(_SCALARS[schema["type"]])


def _fill_property(
    draw: Any, parent: Element, name: str, schema: dict[str, Any], depth: int
) -> None:
    if schema.get("type") == "array" and "x-item" not in schema:
        for _ in range(draw(st.integers(1, 3))):
            fill(draw, SubElement(parent, name), schema["items"], depth=depth + 1)
    else:
        fill(draw, SubElement(parent, name), schema, depth=depth + 1)


def counted(element: Element, schema: dict[str, Any]) -> Element:
    """Return a copy in which lists begin with their count, as servers send them."""
    schema = resolved(schema)
    made = Element(element.tag)
    made.text = element.text
    if schema.get("type") == "array" and "x-item" in schema:
        SubElement(made, "size").text = str(len(element))
    for child in element:
        if schema.get("type") == "array":
            inner = schema["items"]
        else:
            inner = schema.get("properties", {}).get(child.tag, {})
            inner = inner["items"] if inner and _is_bare(inner) else inner
        made.append(counted(child, inner))
    return made


def _is_bare(schema: dict[str, Any]) -> bool:
    return schema.get("type") == "array" and "x-item" not in schema


def leaves(element: Element) -> dict[str, list[str]]:
    """Return the texts of a document by their paths, those of one path in their order."""
    found: dict[str, list[str]] = defaultdict(list)

    def visit(node: Element, path: str) -> None:
        if not len(node):
            found[path].append(node.text or "")
        for child in node:
            visit(child, f"{path}/{child.tag}")

    visit(element, element.tag)
    return dict(found)


def leaves_of(content: bytes) -> dict[str, list[str]]:
    return leaves(fromstring(content))  # noqa: S314  # our own
