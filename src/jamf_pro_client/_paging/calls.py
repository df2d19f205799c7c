"""Turns what the caller gave into the requests for pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from jamf_pro_client._bound import check_expressions
from jamf_pro_client._operation.requests import build_call
from jamf_pro_client._paging.rows import KEYS, row_fields
from jamf_pro_client._spelling import bare, did_you_mean
from jamf_pro_client._unset import UNSET
from jamf_pro_client.errors import ConfigurationError

if TYPE_CHECKING:
    from jamf_pro_client._paging.walk import Ask
    from jamf_pro_client._transport.call import Call
    from jamf_pro_client.operation import Operation

__all__ = ("PageCalls", "operation_of")

_SORT_BY: Final = "sortBy"


def operation_of(endpoint: object) -> Operation[Any, Any]:
    """Return the operation of an endpoint module, or of what is one already.

    Raises:
        ConfigurationError: It is neither.
    """
    from jamf_pro_client.operation import Operation

    found = getattr(endpoint, "OPERATION", endpoint)
    if not isinstance(found, Operation):
        raise ConfigurationError(
            f"an object of type {type(endpoint).__name__} is not an endpoint: give a module of "
            "jamf_pro_client.api or its OPERATION"
        )
    return found


class PageCalls:
    """Makes the request for each page of an operation.

    Args:
        operation: What is called.
        arguments: Further arguments, by the names that the endpoint's functions have.
        sort: The order; None sorts by id where that can be done.
        filter: An RSQL expression.
        body: The body of an export.

    Raises:
        ConfigurationError: The operation writes, does not take an argument, or lacks one.
    """

    def __init__(
        self,
        operation: Operation[Any, Any],
        arguments: Mapping[str, Any],
        *,
        sort: object = None,
        filter: object = None,
        body: object = UNSET,
    ) -> None:
        if operation.method != "GET" and not operation.read_only:
            raise ConfigurationError(f"{operation.name} writes: it is not a list to walk")
        self.operation = operation
        self._body = body
        self._values: dict[str, Any] = {}
        for name, value in arguments.items():
            self._values[self._parameter(name)] = value
        missing = [name for name in operation.path_parameters if name not in self._values]
        if missing:
            raise ConfigurationError(f"{operation.name} needs {', '.join(missing)}")
        if filter is not None and filter is not UNSET:
            self._values[self._parameter("filter")] = _text(filter, "filter")
        order = _texts(sort)
        if order:
            self._values[self._parameter("sort")] = order
            if _SORT_BY in operation.query_parameters:
                self._values.update(_field_and_direction(order))
        is_sorted = not {"sort", _SORT_BY}.isdisjoint(self._values)
        self.sort_key = None if is_sorted else _sort_key(operation)
        """The property that tells rows apart and that they are sorted by for lack of an order."""
        check_expressions(operation, self._values.values())

    def call(self, ask: Ask) -> Call:
        """Return the request for a page."""
        values = dict(self._values)
        if self.sort_key is not None and ask.sorts:
            values.update(self._sorted_by(self.sort_key))
        paging = self.operation.paging
        if paging is not None:
            values[paging.page], values[paging.size] = ask.number, ask.size
        ordered = [values.get(name, UNSET) for name in self.operation.parameters]
        return build_call(self.operation, ordered, self._body_for(ask, values))

    def _parameter(self, name: str) -> str:
        """Return the name that a parameter has in requests."""
        operation = self.operation
        taken = () if operation.paging is None else (operation.paging.page, operation.paging.size)
        known = {
            bare(parameter): parameter
            for parameter in operation.parameters
            if parameter not in taken
        }
        found = known.get(bare(name))
        if found is None:
            hint = did_you_mean(known.values(), name)
            if name in ("page", *taken) or bare(name) in map(bare, taken):
                hint = ": walks count pages themselves, see start_page, end_page and page_size"
            raise ConfigurationError(f"{operation.name} takes no {name!r}{hint}")
        return found

    def _sorted_by(self, key: str) -> dict[str, Any]:
        if _SORT_BY in self.operation.query_parameters:
            return {"sort": "ASC", _SORT_BY: key}
        return {"sort": [f"{key}:asc"]}

    def _body_for(self, ask: Ask, values: Mapping[str, Any]) -> object:
        """Return the body with the page in it: what is in a body wins over the query."""
        if self._body is UNSET or self._body is None:
            return UNSET
        given: Any = self._body
        if hasattr(given, "to_request"):
            given = given.to_request()
        if not isinstance(given, Mapping):
            raise ConfigurationError(
                f"the body of an export must be a model or a dict, not {type(given).__name__}"
            )
        body = dict(given)
        body["page"], body["pageSize"] = ask.number, ask.size
        for name in ("sort", "filter"):
            if name in values:
                body.setdefault(name, values[name])
        return body


def _sort_key(operation: Operation[Any, Any]) -> str | None:
    if "sort" not in operation.query_parameters:
        return None
    described = next((key for key in KEYS if key in operation.sort_fields), None)
    if described is not None:
        return described
    # Nothing describes the rows of tables, but what they are made of has ids.
    if operation.method == "POST" and not operation.sort_fields:
        return "id"
    # Lists of fields are short of some, and copied between operations; a server that refuses the
    # field is asked without an order.
    fields = row_fields(operation)
    return next((key for key in KEYS if key in fields), None)


def _field_and_direction(order: list[str]) -> dict[str, str]:
    """Return an order as the oldest list takes it, which has two parameters for it."""
    if len(order) > 1:
        raise ConfigurationError("this list can be sorted by one field only")
    field, _, direction = order[0].rpartition(":")
    return {"sort": direction.upper(), _SORT_BY: field} if field else {"sort": direction}


def _texts(sort: object) -> list[str]:
    if sort is None or sort is UNSET or sort == "":
        return []
    if isinstance(sort, Iterable) and not isinstance(sort, str):
        return [_text(one, "sort") for one in sort]
    return [_text(sort, "sort")]


def _text(given: object, name: str) -> str:
    if isinstance(given, str):
        return given
    made_by = "eq and the other methods of FilterField" if name == "filter" else "asc and desc"
    raise ConfigurationError(
        f"{name} must be text or made by {made_by}, not of type {type(given).__name__}"
    )
