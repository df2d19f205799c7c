"""Lists of records that can be created, read, replaced and deleted."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import Any, Final

import attrs

from jamf_pro_sandbox.calls import Answer, Call, Handler, empty_answer, json_answer
from jamf_pro_sandbox.description import Description, Schema
from jamf_pro_sandbox.errors import Cause, Refusal
from jamf_pro_sandbox.paging import arrange_rows, read_list_query

__all__ = ("Collection", "record_id", "resource_handlers")

_BUILDINGS: Final = (
    {"name": "Harbour House", "city": "Seahaven", "country": "Atlantis"},
    {"name": "Lighthouse", "city": "Seahaven", "country": "Atlantis"},
    {"name": "Mill", "city": "Riverford", "country": "Atlantis"},
)
_CATEGORIES: Final = (
    {"name": "Drawing", "priority": 5},
    {"name": "Printing", "priority": 9},
    {"name": "Security", "priority": 1},
)
_DEPARTMENTS: Final = tuple({"name": name} for name in ("Cartography", "Kitchen", "Workshop"))


@attrs.frozen
class _Kind:
    """What one list is called in the description, and what is in it at the start."""

    operation: str
    """The end of its operation ids, such as `v1_buildings`."""
    schema: str
    rows: Sequence[Mapping[str, Any]]


_KINDS: Final = (
    _Kind("v1_buildings", "Building", _BUILDINGS),
    _Kind("v1_categories", "Category", _CATEGORIES),
    _Kind("v1_departments", "Department", _DEPARTMENTS),
)


def resource_handlers(description: Description) -> dict[str, Handler]:
    """Return what answers the operations of all lists that keep what is written to them."""
    handlers: dict[str, Handler] = {}
    for kind in _KINDS:
        collection = Collection(description.schema(kind.schema), kind.rows)
        handlers |= {
            f"get_{kind.operation}": collection.get_page,
            f"post_{kind.operation}": collection.create,
            f"get_{kind.operation}_id": collection.get,
            f"put_{kind.operation}_id": collection.replace,
            f"delete_{kind.operation}_id": collection.delete,
            f"post_{kind.operation}_delete_multiple": collection.delete_many,
        }
    return handlers


class Collection:
    """Records with unique names, numbered from 1; safe to use from several threads.

    Args:
        schema: Of a record.
        rows: The records at the start, without ids.
    """

    def __init__(self, schema: Schema, rows: Sequence[Mapping[str, Any]] = ()) -> None:
        self._properties: Mapping[str, Schema] = schema["properties"]
        self._lock = threading.RLock()
        self._records = {
            number: self._complete(number, row) for number, row in enumerate(rows, start=1)
        }
        # Ids are never given out twice, not even after the newest record is deleted.
        self._next = len(rows) + 1

    def get_page(self, call: Call) -> Answer:
        """Answer with one page of the records."""
        with self._lock:
            rows = list(self._records.values())
        query = read_list_query(call.operation, call.query, self._properties)
        kept = arrange_rows(rows, query)
        return json_answer(200, {"totalCount": len(kept), "results": query.cut(kept)})

    def create(self, call: Call) -> Answer:
        """Store a new record and answer with its id and address."""
        with self._lock:
            self._refuse_duplicate(call.body, None)
            number = self._next
            self._next += 1
            self._records[number] = self._complete(number, call.body)
        return json_answer(201, {"id": str(number), "href": call.href(str(number))})

    def get(self, call: Call) -> Answer:
        """Answer with one record."""
        with self._lock:
            return json_answer(200, self._records[self._existing(call)])

    def replace(self, call: Call) -> Answer:
        """Replace one record as a whole: what is not sent is gone."""
        with self._lock:
            number = self._existing(call)
            self._refuse_duplicate(call.body, number)
            self._records[number] = self._complete(number, call.body)
            return json_answer(200, self._records[number])

    def delete(self, call: Call) -> Answer:
        """Delete one record."""
        with self._lock:
            del self._records[self._existing(call)]
        return empty_answer()

    def delete_many(self, call: Call) -> Answer:
        """Delete several records.

        Raises:
            Refusal: 400; some ids are unknown. The others are deleted all the same.
        """
        causes = []
        with self._lock:
            for given in call.body.get("ids", []):
                if given.isdecimal() and int(given) in self._records:
                    del self._records[int(given)]
                else:
                    causes.append(Cause("INVALID_ID", f"nothing has the id {given}", given, "ids"))
        if causes:
            raise Refusal(400, causes)
        return empty_answer()

    def _existing(self, call: Call) -> int:
        number = record_id(call)
        if number not in self._records:
            raise Refusal(404, [Cause("INVALID_ID", f"nothing has the id {number}", field="id")])
        return number

    def _refuse_duplicate(self, body: Mapping[str, Any], own: int | None) -> None:
        name = body["name"].casefold()
        for number, record in self._records.items():
            if number != own and record["name"].casefold() == name:
                text = f"{body['name']!r} exists already"
                raise Refusal(400, [Cause("DUPLICATE_FIELD", text, field="name")])

    def _complete(self, number: int, given: Mapping[str, Any]) -> dict[str, Any]:
        return {name: given.get(name) for name in self._properties} | {"id": str(number)}


def record_id(call: Call) -> int:
    """Return the id in the path of a call.

    Raises:
        Refusal: 400; it is no number.
    """
    given = call.path_values["id"]
    if not given.isdecimal():
        raise Refusal(400, [Cause("INVALID_ID", f"{given!r} is no id", field="id")])
    return int(given)
