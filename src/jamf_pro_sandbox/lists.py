"""Answers lists: the envelope that is described, with the rows that are asked for."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

from jamf_pro_sandbox.calls import Call
from jamf_pro_sandbox.description import Description, Operation, Schema
from jamf_pro_sandbox.paging import arrange_rows, fields_of, read_list_query
from jamf_pro_sandbox.samples import Sampler

__all__ = ("list_value", "row_schema")

_JSON = "application/json"
_ROWS = ("results", "panels")


def row_schema(description: Description, operation: Operation) -> tuple[str, Schema] | None:
    """Return the property that holds the rows, empty for a bare list, and the schema of a row.

    None means that the operation does not answer with a list.
    """
    if _JSON not in operation.answers:
        return None
    whole = description.resolve(operation.answers[_JSON])
    if whole.get("type") == "array":
        return "", whole["items"]
    properties = whole.get("properties", {})
    paged = operation.paging.rows if operation.paging else ""
    name = next((name for name in (paged, *_ROWS) if name in properties), "")
    rows = description.resolve(properties.get(name, {}))
    return (name, rows["items"]) if rows.get("type") == "array" else None


def list_value(
    description: Description, call: Call, rows: Sequence[dict[str, Any]], shape: tuple[str, Schema]
) -> Any:
    """Return what a list answers: filtered, in order, cut to the page.

    Args:
        description: Of the operation.
        call: What is asked for.
        rows: All there are.
        shape: What `row_schema` says of the operation.
    """
    name, _ = shape
    query = read_list_query(
        call.operation, call.query, _fields(description, call.operation.operation_id)
    )
    kept = arrange_rows(rows, query)
    paged = call.operation.paging is not None
    page = list(query.cut(kept)) if paged else kept
    if not name:
        return page
    whole = Sampler(description).answer(call.operation.answers[_JSON]) | {name: page}
    counts = {
        "totalCount": len(kept),
        "page": query.page,
        "pageSize": query.size,
        "totalPages": -(-len(kept) // query.size),
        "hasNext": paged and (query.page + 1) * query.size < len(kept),
        "hasPrevious": query.page > 0,
    }
    return whole | {key: count for key, count in counts.items() if key in whole}


@functools.cache
def _fields(description: Description, operation_id: str) -> frozenset[str]:
    shape = row_schema(description, description.operations[operation_id])
    return frozenset(fields_of(shape[1], description.resolve)) if shape else frozenset()
