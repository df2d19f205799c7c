"""Which rows of a list a request asks for, and in which order."""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, Final, TypeVar

import attrs

from jamf_pro_sandbox import rsql
from jamf_pro_sandbox.description import Operation, Schema
from jamf_pro_sandbox.errors import violation

__all__ = ("ListQuery", "arrange", "arrange_rows", "dig", "fields_of", "read_list_query")

_LARGEST_PAGE: Final = 2000
"""More rows than this are cut to it without a word, as real servers do."""
_ALIASES: Final = ("page-size", "pagesize", "size")

_Row = TypeVar("_Row", bound=Mapping[str, Any])
ValueOf = Callable[[int, str], Any]


@attrs.frozen
class ListQuery:
    """What a request to a list asks for."""

    page: int
    size: int
    sort: tuple[tuple[str, bool], ...]
    """Fields, and whether each goes downwards."""
    filter: rsql.Condition | rsql.Group | None

    def cut(self, rows: Sequence[Any]) -> Sequence[Any]:
        """Return the rows of the page; none beyond the end."""
        start = self.page * self.size
        return rows[start : start + self.size]


def read_list_query(
    operation: Operation, query: Sequence[tuple[str, str]], known: Collection[str]
) -> ListQuery:
    """Read paging, sort and filter.

    Args:
        operation: The list.
        query: The decoded query parameters.
        known: The fields of a row; those that the description names are known as well.

    Raises:
        Refusal: A field is unknown, or the filter or sort cannot be read.
    """
    given: dict[str, list[str]] = {}
    for name, value in query:
        given.setdefault(name, []).append(value)
    page = operation.paging.page if operation.paging else "page"
    return ListQuery(
        page=max(int(given.get(page, ["0"])[-1]), 0),
        size=_size(operation, given),
        sort=tuple(_sort(operation, given, known)),
        filter=_filter(operation, given, known),
    )


def arrange(count: int, value_of: ValueOf, query: ListQuery) -> list[int]:
    """Return the numbers of the rows that the filter keeps, in the order asked for.

    Args:
        count: How many rows there are.
        value_of: Gives the value of a field in the row with a number.
        query: The filter and the order.
    """
    tree = query.filter
    kept = list(range(count))
    if tree is not None:
        kept = [row for row in kept if rsql.matches(tree, functools.partial(value_of, row))]
    for field, downwards in reversed(query.sort):
        keys = {row: _key(value_of(row, field)) for row in kept}
        kept.sort(key=keys.__getitem__, reverse=downwards)
    return kept


def arrange_rows(rows: Sequence[_Row], query: ListQuery) -> list[_Row]:
    """Return the rows that the filter keeps, in the order asked for."""
    return [rows[row] for row in arrange(len(rows), lambda row, at: dig(rows[row], at), query)]


def dig(value: Any, path: str) -> Any:
    """Return what lies at a dotted path; a list of values below a list; None when missing."""
    for step in path.split("."):
        if isinstance(value, list):
            value = [item.get(step) for item in value if isinstance(item, Mapping)]
        elif isinstance(value, Mapping):
            value = value.get(step)
        else:
            return None
    return value


def fields_of(schema: Schema, resolve: Callable[[Schema], Schema], depth: int = 3) -> Iterable[str]:
    """Yield the dotted paths of the plain values in a row.

    Args:
        schema: Of the row.
        resolve: Follows `$ref`.
        depth: How many steps a path has at most.
    """
    for name, part in resolve(schema).get("properties", {}).items():
        target = resolve(part)
        target = resolve(target.get("items", {})) or target
        yield name
        if depth > 1 and "properties" in target:
            for below in fields_of(target, resolve, depth - 1):
                yield f"{name}.{below}"


def _size(operation: Operation, given: Mapping[str, list[str]]) -> int:
    described = operation.query
    names = [operation.paging.size] if operation.paging else []
    names += [name for name in _ALIASES if name in described]
    for name in names:
        if name in given:
            largest: int = described[name].schema.get("maximum", _LARGEST_PAGE)
            return min(max(int(given[name][-1]), 1), largest, _LARGEST_PAGE)
    return 100


def _sort(
    operation: Operation, given: Mapping[str, list[str]], known: Collection[str]
) -> Iterable[tuple[str, bool]]:
    parameter = operation.query.get("sort")
    if parameter is None:
        return
    described = parameter.schema.get("default") or []
    default = [described] if isinstance(described, str) else described
    asked = [one for value in given.get("sort", ()) for one in value.split(",") if one.strip()]
    if "sortBy" in operation.query:
        # The oldest list takes the field and the direction apart.
        field = given.get("sortBy", ["id"])[-1]
        asked = [f"{field}:{given.get('sort', ['ASC'])[-1]}"]
    for one in asked or default:
        field, _, direction = one.strip().partition(":")
        if direction.lower() not in {"", "asc", "desc"}:
            raise violation(
                f"query parameter 'sort': {one!r} is not of the form field:asc or field:desc",
                field="sort",
            )
        if asked and field not in known and field not in parameter.fields:
            raise violation(f"query parameter 'sort': unknown field {field!r}", field="sort")
        yield field, direction.lower() == "desc"


def _filter(
    operation: Operation, given: Mapping[str, list[str]], known: Collection[str]
) -> rsql.Condition | rsql.Group | None:
    parameter = operation.query.get("filter")
    text = given.get("filter", [""])[-1]
    if parameter is None or not text.strip():
        return None
    try:
        tree = rsql.parse(text)
    except rsql.FilterError as error:
        raise violation(f"query parameter 'filter': {error}", field="filter") from error
    for field in rsql.selectors(tree):
        if field not in known and field not in parameter.fields:
            raise violation(f"query parameter 'filter': unknown field {field!r}", field="filter")
    return tree


def _key(value: Any) -> tuple[int, Any]:
    """Order nulls first, then numbers, then text without regard to case."""
    if isinstance(value, list):
        value = value[0] if value else None
    if value is None:
        return 0, 0
    if isinstance(value, (int, float)):
        return 1, value
    text = str(value)
    # Ids are numbers in text; ordering them as text would put 10 before 2.
    return (1, int(text)) if text.isdecimal() else (2, text.casefold())
