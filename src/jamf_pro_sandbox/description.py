"""The interface description: loaded once, searched by method and path."""

from __future__ import annotations

import datetime
import functools
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

import attrs
import msgspec

__all__ = ("API_PREFIX", "Description", "Operation", "Paging", "Parameter", "load_description")

API_PREFIX: Final = "/api"
"""Where the operations of the description begin on the server."""

_METHODS: Final = ("get", "put", "post", "patch", "delete")

Schema = Mapping[str, Any]


@attrs.frozen
class Parameter:
    """A described query, path, header or cookie parameter."""

    name: str
    location: str
    required: bool
    schema: Schema
    fields: tuple[str, ...] = ()
    """The fields that a filter or sort is described to know."""

    @property
    def is_array(self) -> bool:
        """Whether the parameter may be repeated."""
        return self.schema.get("type") == "array"


@attrs.frozen
class Paging:
    """How a list is asked for page by page."""

    page: str
    size: str
    rows: str
    """The property that holds the rows; empty when the reply is no envelope."""


@attrs.frozen(eq=False)
class Operation:
    """One operation and what the sandbox has to know to answer it."""

    operation_id: str
    method: str
    template: str
    parameters: tuple[Parameter, ...]
    body_kind: str | None
    body_required: bool
    bodies: Mapping[str, Schema]
    """Schemas of the request body by media type."""
    statuses: tuple[int, ...]
    success_status: int
    answers: Mapping[str, Schema]
    """Schemas of the success body by media type; empty when there is no body."""
    paging: Paging | None
    privileges: tuple[str, ...]
    authentication_required: bool
    deprecated_since: datetime.date | None

    @functools.cached_property
    def query(self) -> Mapping[str, Parameter]:
        """The query parameters by name."""
        return {one.name: one for one in self.parameters if one.location == "query"}

    def pointer_to_body(self, media_type: str) -> str:
        """Return the JSON pointer of the body schema for *media_type*."""
        steps = ("paths", self.template, self.method.lower(), "requestBody", "content")
        return "/" + "/".join(_escape(step) for step in (*steps, media_type, "schema"))


@attrs.define
class _Node:
    """A step of the route table: fixed words first, then whatever a parameter takes."""

    words: dict[str, _Node] = attrs.field(factory=dict)
    parameter: _Node | None = None
    operations: dict[str, tuple[Operation, tuple[str, ...]]] = attrs.field(factory=dict)

    def child(self, segment: str) -> _Node:
        if segment.startswith("{"):
            self.parameter = self.parameter or _Node()
            return self.parameter
        return self.words.setdefault(segment, _Node())


class Description:
    """A description in the project's normal form, ready for look-ups.

    Args:
        document: The decoded OpenAPI 3.0 document.
    """

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self.operations: dict[str, Operation] = {}
        self._root = _Node()
        for template, item in document["paths"].items():
            for method in _METHODS:
                if method in item:
                    self._add(self._read(method, template, item[method]))

    def resolve(self, value: Schema) -> Schema:
        """Follow `$ref` until something that is none."""
        while "$ref" in value:
            target: Any = self.document
            for step in value["$ref"].split("/")[1:]:
                target = target[step.replace("~1", "/").replace("~0", "~")]
            value = target
        return value

    def schema(self, name: str) -> Schema:
        """Return the named schema of the document's components."""
        found: Schema = self.document["components"]["schemas"][name]
        return found

    def find(self, method: str, path: str) -> tuple[Operation, dict[str, str]] | None:
        """Find the operation that answers.

        Args:
            method: In capitals.
            path: Below `/api`, still percent-encoded: an encoded slash is part of a segment.

        Returns:
            The operation and its decoded path values; None when there is none.
        """
        segments = [unquote(segment) for segment in path.split("/")[1:]]
        for node, values in self._walk(self._root, segments, ()):
            if method in node.operations:
                operation, names = node.operations[method]
                return operation, dict(zip(names, values, strict=True))
        return None

    def methods(self, path: str) -> list[str]:
        """Return the methods described for *path*, sorted; none when it is unknown."""
        segments = [unquote(segment) for segment in path.split("/")[1:]]
        return sorted(
            {
                method
                for node, _ in self._walk(self._root, segments, ())
                for method in node.operations
            }
        )

    def _walk(
        self, node: _Node, segments: list[str], values: tuple[str, ...]
    ) -> Iterator[tuple[_Node, tuple[str, ...]]]:
        if not segments:
            if node.operations:
                yield node, values
            return
        head, rest = segments[0], segments[1:]
        if head in node.words:
            yield from self._walk(node.words[head], rest, values)
        if head and node.parameter is not None:
            yield from self._walk(node.parameter, rest, (*values, head))

    def _add(self, operation: Operation) -> None:
        self.operations[operation.operation_id] = operation
        node = self._root
        names = []
        for segment in operation.template.split("/")[1:]:
            node = node.child(segment)
            if segment.startswith("{"):
                names.append(segment[1:-1])
        node.operations[operation.method] = (operation, tuple(names))

    def _read(self, method: str, template: str, facts: Mapping[str, Any]) -> Operation:
        body = self.resolve(facts.get("requestBody", {}))
        statuses = tuple(sorted(int(code) for code in facts["responses"] if code.isdigit()))
        success = next(code for code in statuses if 200 <= code < 300)
        answer = self.resolve(facts["responses"][str(success)])
        paging = facts.get("x-paging")
        since = facts.get("x-deprecation-date")
        return Operation(
            operation_id=facts["operationId"],
            method=method.upper(),
            template=template,
            parameters=tuple(self._parameter(given) for given in facts.get("parameters", ())),
            body_kind=facts.get("x-body-kind"),
            body_required=bool(body.get("required")),
            bodies=_schemas(body),
            statuses=statuses,
            success_status=success,
            answers=_schemas(answer),
            paging=Paging(**paging) if paging else None,
            privileges=tuple(facts.get("x-required-privileges", ())),
            authentication_required=facts.get("x-authentication-required", True),
            deprecated_since=datetime.date.fromisoformat(since) if since else None,
        )

    def _parameter(self, given: Schema) -> Parameter:
        facts = self.resolve(given)
        return Parameter(
            name=facts["name"],
            location=facts["in"],
            required=bool(facts.get("required")),
            schema=self.resolve(facts.get("schema", {})),
            fields=tuple(facts.get("x-fields", ())),
        )


def _schemas(described: Mapping[str, Any]) -> dict[str, Schema]:
    content = described.get("content", {})
    return {media_type: value.get("schema", {}) for media_type, value in content.items()}


def _escape(step: str) -> str:
    return step.replace("~", "~0").replace("/", "~1")


@functools.cache
def load_description() -> Description:
    """Read the description that this sandbox answers from; read once per process."""
    here = Path(__file__)
    # A source tree is asked first: there the packaged copy does not exist or may be out of date.
    places = (here.parents[2] / "openapi" / "jamf-pro.json", here.with_name("jamf-pro.json"))
    for place in places:
        if place.is_file():
            return Description(msgspec.json.decode(place.read_bytes()))
    raise FileNotFoundError("The sandbox has no interface description: jamf-pro.json is missing.")
