"""What there is one of, on the server or for each path: settings, and what is on or off."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import attrs

from jamf_pro_sandbox.calls import Answer, Call, Handler, empty_answer, json_answer
from jamf_pro_sandbox.description import Description, Operation
from jamf_pro_sandbox.errors import Cause, Refusal
from jamf_pro_sandbox.generic import GenericAnswers
from jamf_pro_sandbox.lists import row_schema
from jamf_pro_sandbox.records import Record, merged
from jamf_pro_sandbox.shapes import Shaper

__all__ = ("settings_handlers",)

_JSON: Final = "application/json"
_SWITCH: Final = {"GET", "POST", "DELETE"}


def settings_handlers(
    description: Description,
    generic: GenericAnswers,
    shaper: Shaper,
    operations: Mapping[str, Operation],
) -> dict[str, Handler]:
    """Return what answers the operations of one path, if it is one of settings.

    Args:
        description: Of the operations.
        generic: Answers where nothing was written.
        shaper: Makes answers of what was written.
        operations: Of the path, by method.
    """
    read = operations.get("GET")
    if read is None or row_schema(description, read) is not None:
        return {}
    properties = description.resolve(read.answers.get(_JSON, {})).get("properties", {})
    answer: Handler | None = None
    if operations.keys() & {"PUT", "PATCH"} and properties:
        answer = _Settings(generic, shaper).answer
    elif operations.keys() == _SWITCH and len(properties) == 1:
        answer = _Switch(next(iter(properties))).answer
    return {one.operation_id: answer for one in operations.values()} if answer else {}


@attrs.frozen(eq=False)
class _Settings:
    generic: GenericAnswers
    shaper: Shaper
    written: dict[tuple[str, ...], Record | None] = attrs.field(factory=dict)
    """By the values of the path; None where they were deleted."""

    def answer(self, call: Call) -> Answer:
        """Read, replace, change or delete them.

        Raises:
            Refusal: 404; they were deleted.
        """
        place = tuple(call.path_values.values())
        method = call.operation.method
        if method == "DELETE":
            # Without a path of their own they cannot be missing, only empty.
            self.written[place] = None if place else Record(is_invented=False)
            return empty_answer(call.operation.success_status)
        record = self.written.get(place, Record())
        if method in {"PUT", "POST"}:
            record = Record(call.body, is_invented=False) if _is_object(call) else Record()
        elif record is None:
            raise Refusal(404, [Cause("INVALID_ID", "it was deleted")])
        elif method == "PATCH" and _is_object(call):
            record = attrs.evolve(record, known=merged(record.known, call.body))
        self.written[place] = record
        schema = call.operation.answers.get(_JSON)
        if schema is None or record == Record():
            return self.generic.answer(call)
        value = self.shaper.shape(schema, record.known, row=0, invented=record.is_invented)
        self.generic.personalise(call, value, schema)
        return json_answer(call.operation.success_status, value)


@attrs.frozen(eq=False)
class _Switch:
    """Something that POST turns on and DELETE turns off, such as to be on the dashboard."""

    name: str
    on: set[tuple[str, ...]] = attrs.field(factory=set)

    def answer(self, call: Call) -> Answer:
        """Read it, or turn it on or off."""
        place = tuple(call.path_values.values())
        status = call.operation.success_status
        match call.operation.method:
            case "POST":
                self.on.add(place)
            case "DELETE":
                self.on.discard(place)
            case _:
                return json_answer(status, {self.name: place in self.on})
        return empty_answer(status)


def _is_object(call: Call) -> bool:
    return isinstance(call.body, Mapping)
