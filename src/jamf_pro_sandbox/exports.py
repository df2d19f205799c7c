"""Exports: the rows of a list as CSV, with the columns and labels that are asked for."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any, Final

import attrs
import msgspec

from jamf_pro_sandbox.calls import Answer, Call, Handler
from jamf_pro_sandbox.description import Description, Operation
from jamf_pro_sandbox.errors import Cause, Refusal
from jamf_pro_sandbox.files import file_name
from jamf_pro_sandbox.lists import row_schema
from jamf_pro_sandbox.paging import dig, fields_of

__all__ = ("export_handlers",)

_CSV: Final = "text/csv"
_JSON: Final = "application/json"


def export_handlers(
    description: Description, handlers: Mapping[str, Handler], generic: Handler
) -> dict[str, Handler]:
    """Return what answers the exports.

    Args:
        description: Which there are.
        handlers: What answers the lists that they export.
        generic: What answers a list without a state of its own.
    """
    lists = {one.template: one for one in description.operations.values() if one.method == "GET"}
    found: dict[str, Handler] = {}
    for operation_id, operation in description.operations.items():
        if operation.method != "POST" or not operation.template.endswith("/export"):
            continue
        base = operation.template.removesuffix("/export")
        exported = lists.get(base) or lists.get(f"{base}/records")
        shape = row_schema(description, exported) if exported is not None else None
        if exported is None or shape is None:
            continue
        read = handlers.get(exported.operation_id, generic)
        names = tuple(fields_of(shape[1], description.resolve))
        found[operation_id] = _Export(exported, read, names, shape[0]).answer
    return found


@attrs.frozen
class _Export:
    """One list that can be had as CSV."""

    exported: Operation
    read: Handler
    names: Sequence[str]
    """All fields of a row, in the order of the description."""
    rows: str
    """The property of the list's answer that holds them."""

    def answer(self, call: Call) -> Answer:
        """Answer with the table.

        Raises:
            Refusal: 400; a column is unknown or asked for twice.
        """
        columns = self._columns(call)
        query = [pair for pair in _list_query(call) if pair[0] in self.exported.query]
        page = self.read(
            attrs.evolve(
                call,
                operation=self.exported,
                query=query,
                body=None,
                # The table is for whoever asked, the rows are for us.
                headers={"accept": _JSON},
            )
        )
        decoded = msgspec.json.decode(page.content)
        rows = decoded[self.rows] if self.rows else decoded
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(columns.values())
        writer.writerows([_cell(dig(row, name)) for name in columns] for row in rows)
        name = file_name(call.operation, _CSV)
        disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
        content = text.getvalue().encode()
        return Answer(call.operation.success_status, content, f"{_CSV};charset=utf-8", disposition)

    def _columns(self, call: Call) -> dict[str, str]:
        """Return the label of each column that was asked for."""
        asked = [(one["fieldName"], one.get("fieldLabelOverride")) for one in _body(call, "fields")]
        if not asked:
            labels = _texts(call, "export-labels")
            names = _texts(call, "export-fields")
            asked = [
                (name, labels[place] if place < len(labels) else None)
                for place, name in enumerate(names)
            ]
        columns: dict[str, str] = {}
        for name, label in asked or [(name, None) for name in self.names if "." not in name]:
            if name not in self.names or name in columns:
                wrong = "twice" if name in columns else "unknown"
                cause = Cause("INVALID_FIELD", f"column {name!r}: {wrong}", field="export-fields")
                raise Refusal(400, [cause])
            columns[name] = label or name
        return columns


def _list_query(call: Call) -> list[tuple[str, str]]:
    """Return page, order and filter as a list takes them; the body has the last word."""
    body = call.body or {}
    given = {
        "page": body.get("page"),
        "page-size": body.get("pageSize"),
        "filter": body.get("filter"),
        "sort": ",".join(body.get("sort") or ()) or None,
    }
    said = {name: str(value) for name, value in given.items() if value is not None}
    return [pair for pair in call.query if pair[0] not in said] + list(said.items())


def _body(call: Call, name: str) -> Sequence[Mapping[str, Any]]:
    return (call.body or {}).get(name) or ()


def _texts(call: Call, parameter: str) -> list[str]:
    given = [value for name, value in call.query if name == parameter]
    return [one for value in given for one in value.split(",") if one]


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case str():
            return value
        case _:
            return msgspec.json.encode(value).decode()
