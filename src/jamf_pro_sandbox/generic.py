"""Answers every operation that has no state of its own, from the description alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from jamf_pro_sandbox import files
from jamf_pro_sandbox.calls import Answer, Call, empty_answer, json_answer
from jamf_pro_sandbox.description import Description, Schema
from jamf_pro_sandbox.lists import list_value, row_schema
from jamf_pro_sandbox.samples import Sampler

__all__ = ("GenericAnswers", "preferred")

_ROWS: Final = 3
_OWNERS: Final = {"computers-inventory": "computerId", "mobile-devices": "mobileDeviceId"}


class GenericAnswers:
    """Invented but valid answers.

    Args:
        description: What the answers have to be valid by.
    """

    def __init__(self, description: Description) -> None:
        self._description = description
        self._sampler = Sampler(description)

    def answer(self, call: Call) -> Answer:
        """Answer with the success that the description names first."""
        operation = call.operation
        if not operation.answers:
            return empty_answer(operation.success_status)
        media_type = preferred(call)
        schema = operation.answers[media_type]
        if media_type == "application/json":
            return json_answer(operation.success_status, self._value(call, schema))
        return _file_answer(call, "image/png" if media_type == "image/*" else media_type)

    def _value(self, call: Call, schema: Schema) -> Any:
        shape = row_schema(self._description, call.operation)
        if call.operation.paging is not None and shape is not None:
            rows = [self._sampler.answer(shape[1], row=number) for number in range(_ROWS)]
            return list_value(self._description, call, _addressed(rows, call), shape)
        value = _addressed(self._sampler.answer(schema), call)
        if isinstance(value, dict):
            self.personalise(call, value, schema)
        return value

    def personalise(self, call: Call, value: dict[str, Any], schema: Schema) -> None:
        """Give the record the id that was asked for, and links that lead to this server."""
        properties = self._description.resolve(schema).get("properties", {})
        asked = call.path_values.get("id")
        if asked is not None and call.operation.template.endswith("{id}") and "id" in value:
            kind = self._description.resolve(properties["id"]).get("type")
            if kind == "string":
                value["id"] = asked
            elif kind == "integer" and asked.isdecimal():
                value["id"] = int(asked)
        if "href" in value:
            value["href"] = call.href(str(value.get("id", 1)))


def _addressed(value: Any, call: Call) -> Any:
    """Put what the path says into a sample, wherever that has it by the same name."""
    known = {name: given for name, given in call.path_values.items() if name != "id"}
    kind, _, rest = call.operation.template.partition("/{id}")
    owner = _OWNERS.get(kind.rpartition("/")[2])
    if rest and owner:
        known[owner] = call.path_values["id"]
    return _with(value, known) if known else value


def _with(value: Any, known: Mapping[str, str]) -> Any:
    if isinstance(value, list):
        return [_with(one, known) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        name: known[name] if name in known and isinstance(one, str) else _with(one, known)
        for name, one in value.items()
    }


def preferred(call: Call) -> str:
    """Return the described media type that the caller prefers; the first one otherwise."""
    answers = call.operation.answers
    wanted = [part.split(";")[0].strip() for part in call.headers.get("accept", "").split(",")]
    return next((one for one in wanted if one in answers), next(iter(answers)))


def _file_answer(call: Call, media_type: str) -> Answer:
    asked = [value for name, value in call.query if name in {"export-fields", "columns-to-export"}]
    columns = [column for value in asked for column in value.split(",") if column]
    name = files.file_name(call.operation, media_type)
    return Answer(
        call.operation.success_status,
        files.download(call.operation, media_type, columns),
        f"{media_type};charset=utf-8" if media_type.startswith("text/") else media_type,
        {"Content-Disposition": f'attachment; filename="{name}"'},
    )
