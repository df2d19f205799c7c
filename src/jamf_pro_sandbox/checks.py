"""Checks requests against the description."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl

import attrs
import msgspec

from jamf_pro_sandbox.description import Description, Operation, Parameter, Schema
from jamf_pro_sandbox.errors import violation
from jamf_pro_sandbox.uploads import FilePart

if TYPE_CHECKING:
    from jamf_pro_sandbox.bodies import BodyChecker

__all__ = ("CheckedBody", "RequestChecker", "check_length", "is_json", "read_query")

_INTEGER: Final = re.compile(r"[+-]?\d+")
_JSON_TYPES: Final = frozenset({"application/json", "application/merge-patch+json"})
# What many servers take at most.
_LONGEST_URL: Final = 8192
_PAGE_SIZES: Final = frozenset({"page-size", "pagesize", "size"})


@attrs.frozen
class CheckedBody:
    """A body that is as described."""

    value: Any = None
    notes: tuple[str, ...] = ()
    """What the server ignores."""


class RequestChecker:
    """Finds what is wrong with requests.

    Args:
        description: What requests have to keep to.
    """

    def __init__(self, description: Description) -> None:
        self._description = description

    @functools.cached_property
    def _bodies(self) -> BodyChecker:
        # Loading the validator is half of the time that a start takes, and reads send no bodies.
        from jamf_pro_sandbox.bodies import BodyChecker

        return BodyChecker(self._description)

    def check_parameters(
        self,
        operation: Operation,
        path_values: Mapping[str, str],
        query: Sequence[tuple[str, str]],
        headers: Mapping[str, str],
    ) -> None:
        """Check path, query and header parameters.

        Raises:
            Refusal: 400; one is unknown, missing or of the wrong type.
        """
        described = operation.query
        for name, value in query:
            if name not in described:
                raise violation(f"unknown query parameter {name!r}", field=name)
            self._check_query_value(described[name], value)
        names = [name for name, _ in query]
        for parameter in operation.parameters:
            given = {"query": names, "path": path_values, "header": headers}
            name = parameter.name.lower() if parameter.location == "header" else parameter.name
            if parameter.required and name not in given.get(parameter.location, (name,)):
                raise violation(
                    f"required {parameter.location} parameter {parameter.name!r} is missing",
                    field=parameter.name,
                )
            if parameter.location == "query" and not parameter.is_array and names.count(name) > 1:
                raise violation(f"query parameter {name!r} is given more than once", field=name)
            if parameter.location == "path" and name in path_values:
                self._check_value("path", parameter, parameter.schema, path_values[name])

    def check_media_type(
        self, operation: Operation, content_type: str | None, size: int
    ) -> str | None:
        """Check that there is a body if need be, and of which kind.

        Args:
            operation: What is called.
            content_type: The header's value.
            size: Bytes of the body.

        Returns:
            The described media type; None when there is no body.

        Raises:
            Refusal: 400 or 415.
        """
        if size == 0 and not content_type:
            if operation.body_required:
                raise violation("the request body is missing")
            return None
        media_type = (content_type or "").partition(";")[0].strip().lower()
        if not operation.bodies:
            if size:
                raise violation("this operation takes no request body")
            return None
        if media_type not in operation.bodies:
            wanted = " or ".join(operation.bodies)
            given = repr(media_type) if media_type else "missing"
            raise violation(f"Content-Type is {given}, not {wanted}", status=415)
        if size == 0:
            if operation.body_required:
                raise violation("the request body is missing")
            return None
        return media_type

    def check_json(self, operation: Operation, media_type: str, content: bytes) -> CheckedBody:
        """Decode and check a JSON body.

        Raises:
            Refusal: 400; it is no JSON or not as the schema says.
        """
        try:
            value = msgspec.json.decode(content)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise violation(f"the request body is not JSON: {error}") from error
        problems = self._bodies.problems(operation, media_type, value)
        if problems:
            raise violation("; ".join(problems[:5]))
        schema = operation.bodies[media_type]
        unknown = self._bodies.unknown_properties(schema, value)
        return CheckedBody(value, tuple(f"unknown property {pointer}" for pointer in unknown))

    def check_parts(
        self, operation: Operation, media_type: str, parts: Sequence[tuple[str, str | FilePart]]
    ) -> CheckedBody:
        """Check the parts of a multipart body.

        Raises:
            Refusal: 400; a part is missing, or one that is a file has no file name.
        """
        schema = self._description.resolve(operation.bodies[media_type])
        names = [name for name, _ in parts]
        for name in schema.get("required", ()):
            if name not in names:
                raise violation(f"multipart part {name!r} is missing", field=name)
        notes = []
        for name, part in parts:
            described = schema.get("properties", {}).get(name)
            if described is None:
                notes.append(f"unknown part {name}")
            elif self._is_file(described) and not (isinstance(part, FilePart) and part.file_name):
                raise violation(f"multipart part {name!r} has no file name", field=name)
        return CheckedBody(dict(parts), tuple(notes))

    def _is_file(self, described: Schema) -> bool:
        part = self._description.resolve(described)
        return self._description.resolve(part.get("items", part)).get("format") == "binary"

    def _check_query_value(self, parameter: Parameter, value: str) -> None:
        schema = parameter.schema
        if parameter.is_array:
            schema = self._description.resolve(schema.get("items", {}))
            for item in value.split(","):
                self._check_value("query", parameter, schema, item)
        else:
            self._check_value("query", parameter, schema, value)

    def _check_value(self, place: str, parameter: Parameter, schema: Schema, value: str) -> None:
        problem = _problem_with(schema, value, clamped=parameter.name in _PAGE_SIZES)
        if problem:
            text = f"{place} parameter {parameter.name!r} {problem}"
            raise violation(text, field=parameter.name)


def check_length(path: str, query: bytes) -> None:
    """Check that an address is not longer than servers take.

    Args:
        path: As sent.
        query: As sent, without the question mark.

    Raises:
        Refusal: 414.
    """
    length = len(path) + len(query) + bool(query)
    if length > _LONGEST_URL:
        raise violation(f"the URL has {length} characters, more than {_LONGEST_URL}", status=414)


def is_json(media_type: str) -> bool:
    """Whether bodies of this media type are JSON."""
    return media_type in _JSON_TYPES


def read_query(raw: bytes) -> list[tuple[str, str]]:
    """Decode a query string; names without a value get an empty one."""
    return parse_qsl(raw.decode("latin-1"), keep_blank_values=True)


def _problem_with(schema: Schema, value: str, *, clamped: bool) -> str | None:
    match schema.get("type"):
        case "integer" if not _INTEGER.fullmatch(value):
            return "must be an integer"
        case "integer":
            # Too large a page is cut down, not refused.
            if not clamped and int(value) > schema.get("maximum", int(value)):
                return f"is more than {schema['maximum']}"
            if int(value) < schema.get("minimum", int(value)):
                return f"is less than {schema['minimum']}"
        case "boolean" if value not in {"true", "false"}:
            return "must be true or false"
    if "enum" in schema and value not in schema["enum"]:
        return f"is none of {schema['enum']}"
    return None
