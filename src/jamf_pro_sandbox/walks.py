"""Lists of many rows for every paged operation, with all that can happen to them during a walk."""

from __future__ import annotations

import csv
import functools
import io
import threading
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import attrs

from jamf_pro_sandbox.calls import Answer, Call, json_answer
from jamf_pro_sandbox.description import Description, Operation, load_description
from jamf_pro_sandbox.errors import Refusal, classic_page
from jamf_pro_sandbox.paging import ListQuery, arrange_rows, fields_of, read_list_query
from jamf_pro_sandbox.samples import Sampler

if TYPE_CHECKING:
    from jamf_pro_sandbox.server import Sandbox

__all__ = ("Change", "ListRules", "PagedLists")

_CSV: Final = "text/csv"
_JSON: Final = "application/json"
_COLUMNS: Final = ("id", "name")
_GATEWAY_TIMEOUT: Final = 504


@attrs.frozen(kw_only=True)
class Change:
    """What happens to a list between two requests."""

    appended: int = 0
    """How many new rows come in at its end."""
    prepended: int = 0
    """How many new rows come in at its start."""
    removed: int = 0
    """How many rows go away at its start."""


@attrs.frozen(kw_only=True)
class ListRules:
    """How every list behaves."""

    rows: int = 25
    """How many rows there are at the start."""
    largest_page: int = 2000
    """Page sizes above this are cut to it without a word."""
    hidden: Sequence[int] = ()
    """Places of rows that are cut out of pages, so that these are shorter; they do not count."""
    changes: Mapping[int, Change] = attrs.field(factory=dict)
    """What happens after so many answers of a list."""
    slowest_page: int | None = None
    """Larger pages end with the gateway's 504."""
    counts_pages: bool = True
    """Whether page numbers mean anything."""
    sorts: bool = True
    """Whether fields to sort by are accepted; otherwise the answer is 400."""


class PagedLists:
    """Every paged operation's list; each is in its first state until it is asked for.

    Args:
        rules: How they behave.
    """

    def __init__(self, rules: ListRules) -> None:
        self._rules = rules
        self._description = load_description()
        self._lock = threading.Lock()
        self._lists: dict[str, list[int]] = {}
        self._answers: dict[str, int] = {}
        self.operations = tuple(
            one.operation_id
            for one in self._description.operations.values()
            if one.paging is not None
        )
        """The ids of the paged operations."""

    def serve(self, sandbox: Sandbox) -> None:
        """Let a sandbox answer from these lists."""
        sandbox._pro.handlers.update(dict.fromkeys(self.operations, self.answer))

    def answers(self, operation_id: str) -> int:
        """Return how many pages of an operation were handed out."""
        return self._answers.get(operation_id, 0)

    def lasting(self, operation_id: str) -> list[Any]:
        """Return the rows that were there all the time and can be seen."""
        with self._lock:
            now = self._lists.get(operation_id, range(self._rules.rows))
            numbers = [n for n in now if n < self._rules.rows and n not in self._rules.hidden]
        return [_row(self._description, operation_id, number) for number in numbers]

    def answer(self, call: Call) -> Answer:
        """Answer with one page."""
        operation = call.operation
        query = self._query(call)
        if self._rules.slowest_page is not None and query.size > self._rules.slowest_page:
            page = classic_page(_GATEWAY_TIMEOUT, "The server took too long.")
            return Answer(_GATEWAY_TIMEOUT, page, "text/html")
        with self._lock:
            name = operation.operation_id
            numbers = list(self._lists.setdefault(name, list(range(self._rules.rows))))
            self._answers[name] = self._answers.get(name, 0) + 1
            self._change(name, self._rules.changes.get(self._answers[name]))
        return self._page(operation, query, numbers)

    def _query(self, call: Call) -> ListQuery:
        known = _fields(self._description, call.operation.operation_id)
        if not self._rules.sorts and any(name == "sort" for name, _ in call.query):
            raise Refusal(400, [])
        query = read_list_query(call.operation, call.query, known)
        page = query.page if self._rules.counts_pages else 0
        return attrs.evolve(query, page=page, size=min(query.size, self._rules.largest_page))

    def _change(self, name: str, change: Change | None) -> None:
        if change is None:
            return
        numbers = self._lists[name]
        following = max([self._rules.rows - 1, *numbers]) + 1
        appended = range(following, following + change.appended)
        prepended = range(following + change.appended, following + len(appended) + change.prepended)
        self._lists[name] = [*prepended, *numbers[change.removed :], *appended]

    def _page(self, operation: Operation, query: ListQuery, numbers: list[int]) -> Answer:
        make = functools.partial(_row, self._description, operation.operation_id)
        rows = {id(row): number for number in numbers for row in (make(number),)}
        kept = arrange_rows([make(number) for number in numbers], query)
        hidden = set(self._rules.hidden)
        page = [row for row in query.cut(kept) if rows[id(row)] not in hidden]
        total = sum(number not in hidden for number in numbers)
        if _JSON not in operation.answers:
            return Answer(200, _table(page), f"{_CSV};charset=utf-8")
        if operation.paging is None or not operation.paging.rows:
            return json_answer(200, page)
        envelope: dict[str, Any] = {"totalCount": total, operation.paging.rows: page}
        if operation.operation_id == "get_v1_users":
            pages = -(-total // query.size)
            envelope |= {
                "page": query.page,
                "pageSize": query.size,
                "totalPages": pages,
                "hasNext": query.page + 1 < pages,
                "hasPrevious": query.page > 0,
            }
        return json_answer(200, envelope)


@functools.cache
def _fields(description: Description, operation_id: str) -> frozenset[str]:
    operation = description.operations[operation_id]
    if _JSON not in operation.answers:
        return frozenset(_COLUMNS)
    return frozenset(fields_of(_item(description, operation), description.resolve))


@functools.cache
def _row(description: Description, operation_id: str, number: int) -> Any:
    operation = description.operations[operation_id]
    if _JSON not in operation.answers:
        return dict(zip(_COLUMNS, (str(number + 1), f"Sample {number + 1}"), strict=True))
    return Sampler(description).answer(_item(description, operation), row=number)


def _item(description: Description, operation: Operation) -> Mapping[str, Any]:
    schema = description.resolve(operation.answers[_JSON])
    if schema.get("type") != "array" and operation.paging is not None:
        schema = description.resolve(schema["properties"][operation.paging.rows])
    items: Mapping[str, Any] = schema["items"]
    return items


def _table(rows: Sequence[Mapping[str, str]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(_COLUMNS)
    writer.writerows([row[name] for name in _COLUMNS] for row in rows)
    return text.getvalue().encode()
