"""Inventory preload as a table: uploaded, checked and downloaded as CSV."""

from __future__ import annotations

import csv
import io
import re
from typing import Any, Final

import attrs

from jamf_pro_sandbox.calls import Answer, Call, Handler, json_answer
from jamf_pro_sandbox.description import Description
from jamf_pro_sandbox.errors import Cause, Refusal
from jamf_pro_sandbox.files import file_name
from jamf_pro_sandbox.generic import preferred
from jamf_pro_sandbox.resources import Resource, Resources
from jamf_pro_sandbox.uploads import FILE

__all__ = ("preload_handlers",)

_CSV: Final = "text/csv"
_RECORDS: Final = "/v2/inventory-preload/records"
_NO_COLUMNS: Final = frozenset({"id", "extensionAttributes"})


def preload_handlers(description: Description, resources: Resources) -> dict[str, Handler]:
    """Return what answers inventory preload as CSV.

    Args:
        description: Which columns there are.
        resources: Where the records are kept.
    """
    creation = description.operations["post_v2_inventory_preload_records"]
    schema = description.resolve(creation.bodies["application/json"])
    names = [name for name in schema["properties"] if name not in _NO_COLUMNS]
    columns = {_letters(name): name for name in names}
    devices = description.resolve(schema["properties"]["deviceType"])["enum"]
    preload = _Preload(resources.resource(_RECORDS), columns, tuple(devices))
    handlers: dict[str, Handler] = {
        "get_v2_inventory_preload_csv": preload.download,
        "post_v2_inventory_preload_csv": preload.upload,
        "post_v2_inventory_preload_csv_validate": preload.validate,
        "get_v2_inventory_preload_csv_template": preload.template,
        "post_v2_inventory_preload_records_delete_all": preload.records.clear,
    }
    for version in ("", "v1_"):
        handlers |= {
            f"get_{version}inventory_preload": preload.get_page,
            f"post_{version}inventory_preload": preload.create,
            f"post_{version}inventory_preload_validate_csv": preload.validate,
            f"get_{version}inventory_preload_csv_template": preload.template,
        }
    return {one: handler for one, handler in handlers.items() if one in description.operations}


@attrs.frozen(eq=False)
class _Preload:
    records: Resource
    columns: dict[str, str]
    """The fields by the letters of their column."""
    devices: tuple[str, ...]
    """What a device can be."""

    def get_page(self, call: Call) -> Answer:
        """Answer with records, or with the table if that is what is accepted."""
        wants_table = preferred(call) == _CSV
        return self.download(call) if wants_table else self.records.get_page(call)

    def create(self, call: Call) -> Answer:
        """Take a record, or a table of them."""
        if not isinstance(call.body, str):
            return self.records.create(call)
        numbers = self._take(self._rows(call.body))
        schema = call.operation.answers["application/json"]
        last = self.records.shaped(schema, numbers[-1])
        return json_answer(call.operation.success_status, last)

    def upload(self, call: Call) -> Answer:
        """Take a table; a serial number that is known already gets what the table says."""
        keys = [str(number) for number in self._take(self._rows(_text(call)))]
        links = [{"id": key, "href": call.href(key).replace("/csv/", "/records/")} for key in keys]
        return json_answer(call.operation.success_status, links)

    def validate(self, call: Call) -> Answer:
        """Count the rows of a table."""
        count = len(self._rows(_text(call)))
        return json_answer(call.operation.success_status, {"recordCount": count})

    def template(self, call: Call) -> Answer:
        """Answer with the header alone."""
        return self._table(call, [])

    def download(self, call: Call) -> Answer:
        """Answer with all records."""
        schema = self.records.description.schema("InventoryPreloadRecordV2")
        numbers = self.records.table.numbers
        return self._table(call, [self.records.shaped(schema, number) for number in numbers])

    def _table(self, call: Call, rows: list[dict[str, Any]]) -> Answer:
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(_title(name) for name in self.columns.values())
        writer.writerows([row[name] for name in self.columns.values()] for row in rows)
        disposition = f'attachment; filename="{file_name(call.operation, _CSV)}"'
        headers = {"Content-Disposition": disposition}
        content = text.getvalue().encode()
        return Answer(call.operation.success_status, content, f"{_CSV};charset=utf-8", headers)

    def _rows(self, text: str) -> list[dict[str, str]]:
        """Return what the rows of a table say, by field.

        Raises:
            Refusal: 400; there are none, or one is of no device.
        """
        rows = [
            {
                self.columns[_letters(title)]: cell
                for title, cell in row.items()
                if title and cell and _letters(title) in self.columns
            }
            for row in csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
        ]
        wrong = [
            Cause(
                "INVALID_CONTENT", f"row {place}: no serial number or no type of device", str(place)
            )
            for place, row in enumerate(rows, start=1)
            if not row.get("serialNumber") or row.get("deviceType") not in self.devices
        ]
        if wrong or not rows:
            raise Refusal(400, wrong or [Cause("INVALID_CONTENT", "the table has no rows")])
        return rows

    def _take(self, rows: list[dict[str, str]]) -> list[int]:
        table = self.records.table
        known = {record.known.get("serialNumber"): one for one, record in table.records.items()}
        numbers = []
        for row in rows:
            number = known.get(row["serialNumber"])
            if number is None:
                number = known[row["serialNumber"]] = table.add(row)
            else:
                table.change(number, row)
            numbers.append(number)
        return numbers


def _text(call: Call) -> str:
    if isinstance(call.body, str):
        return call.body
    content: bytes = call.body[FILE].content
    return content.decode("utf-8", "replace")


def _letters(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.casefold())


def _title(name: str) -> str:
    """Write a field as the head of a column: serialNumber is Serial Number."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z0-9])", " ", name)
    return words[0].upper() + words[1:]
