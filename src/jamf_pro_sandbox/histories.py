"""Histories: they grow with every change and every note."""

from __future__ import annotations

import datetime
import re
from typing import Any, Final

from jamf_pro_sandbox.calls import Answer, Call, Handler, json_answer
from jamf_pro_sandbox.description import Description
from jamf_pro_sandbox.lists import list_value, row_schema

__all__ = ("Histories",)

_START: Final = datetime.datetime(2026, 1, 15, 9, 30)
_INVENTED: Final = 3
_ENDINGS: Final = re.compile(r"/history(/notes)?$")
_VERSION: Final = re.compile(r"^/(v\d+|preview)(?=/)")


class Histories:
    """The histories of one server.

    Args:
        description: Which histories there are.
    """

    def __init__(self, description: Description) -> None:
        self._description = description
        self._entries: dict[str, list[dict[str, Any]]] = {}

    def handlers(self) -> dict[str, Handler]:
        """Return what answers the operations that read a history or add a note to it."""
        handlers: dict[str, Handler] = {}
        for operation in self._description.operations.values():
            body = self._description.resolve(operation.bodies.get("application/json", {}))
            if not _ENDINGS.search(operation.template):
                continue
            if operation.method == "POST" and "note" in body.get("properties", {}):
                handlers[operation.operation_id] = self._add
            elif operation.method == "GET" and operation.paging is not None:
                handlers[operation.operation_id] = self._read
        return handlers

    def begin(self, path: str, note: str) -> None:
        """Let a history begin with one entry."""
        self._entries[path] = []
        self.append(path, note)

    def append(self, path: str, note: str) -> dict[str, Any]:
        """Add an entry to the history at a path without version, and return it."""
        entries = self._at(path)
        entries.append(_entry(len(entries) + 1, note))
        return entries[-1]

    def _read(self, call: Call) -> Answer:
        shape = row_schema(self._description, call.operation)
        if shape is None:
            raise LookupError(call.operation.operation_id)
        entries = self._at(_path(call))
        if self._description.resolve(shape[1])["properties"]["id"]["type"] == "string":
            entries = [entry | {"id": str(entry["id"])} for entry in entries]
        value = list_value(self._description, call, entries, shape)
        return json_answer(200, value)

    def _add(self, call: Call) -> Answer:
        entry = self.append(_path(call), call.body["note"])
        operation = call.operation
        schema = self._description.resolve(operation.answers["application/json"])
        if "href" in schema["properties"]:
            number = str(entry["id"])
            return json_answer(operation.success_status, {"id": number, "href": call.href(number)})
        return json_answer(operation.success_status, entry)

    def _at(self, path: str) -> list[dict[str, Any]]:
        if path not in self._entries:
            self._entries[path] = [
                _entry(number, f"Sample note {number}") for number in range(1, _INVENTED + 1)
            ]
        return self._entries[path]


def _entry(number: int, note: str) -> dict[str, Any]:
    moment = _START + datetime.timedelta(minutes=number)
    return {
        "id": number,
        "username": "sandbox-admin",
        "date": f"{moment.isoformat()}.000Z",
        "note": note,
        "details": None,
    }


def _path(call: Call) -> str:
    path = _VERSION.sub("", call.operation.template)
    for name, value in call.path_values.items():
        path = path.replace(f"{{{name}}}", value)
    return _ENDINGS.sub("/history", path)
