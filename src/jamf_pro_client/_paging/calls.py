"""Turns what the caller gave into the requests for pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from jamf_pro_client._bound import check_expressions
from jamf_pro_client._operation.requests import build_call
from jamf_pro_client._paging.rows import KEYS, row_fields
from jamf_pro_client._spelling import did_you_mean
from jamf_pro_client._unset import UNSET
from jamf_pro_client.errors import ConfigurationError

if TYPE_CHECKING:
    from jamf_pro_client._paging.walk import Ask
    from jamf_pro_client._transport.call import Call
    from jamf_pro_client.operation import Operation

__all__ = ("PageCalls", "operation_of")


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
        self.sort_key = None if order or "sort" in self._values else _sort_key(operation)
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
            _plain(parameter): parameter
            for parameter in operation.parameters
            if parameter not in taken
        }
        found = known.get(_plain(name))
        if found is None:
            hint = did_you_mean(known.values(), name)
            if name in ("page", *taken) or _plain(name) in map(_plain, taken):
                hint = ": walks count pages themselves, see start_page, end_page and page_size"
            raise ConfigurationError(f"{operation.name} takes no {name!r}{hint}")
        return found

    def _sorted_by(self, key: str) -> dict[str, Any]:
        if "sortBy" in self.operation.query_parameters:
            # The oldest list takes the field and the direction apart.
            return {"sort": "ASC", "sortBy": key}
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
    if operation.sort_fields:
        return next((key for key in KEYS if key in operation.sort_fields), None)
    # Nothing describes the rows of tables, but what they are made of has ids.
    return "id" if operation.method == "POST" or "id" in row_fields(operation) else None


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


def _plain(name: str) -> str:
    return name.replace("_", "").replace("-", "").lower()
