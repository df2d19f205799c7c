"""Which fields Jamf lists for an operation, and warnings about others."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Iterable, Sequence
from types import FrameType, ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

from jamf_pro_client._filters.expressions import FilterExpression, SortExpression
from jamf_pro_client._spelling import did_you_mean
from jamf_pro_client.errors import ConfigurationError

if TYPE_CHECKING:
    from jamf_pro_client.operation import OperationFacts

__all__ = ("KnownFields", "UnknownFieldWarning", "check_fields", "fields_of", "warn_of_unknown")

_PACKAGE = __name__.partition(".")[0]


class UnknownFieldWarning(UserWarning):
    """A filter or sort order names a field that Jamf does not list for the operation.

    The lists are incomplete, so the field is sent all the same. Python shows the warning once for
    each line of your code; `warnings.simplefilter("error", UnknownFieldWarning)` makes it an error.
    """


class KnownFields(NamedTuple):
    """The fields that Jamf lists for an operation; empty if it lists none."""

    filter: tuple[str, ...]
    """Those that rows can be filtered by."""
    sort: tuple[str, ...]
    """Those that rows can be sorted by."""


def fields_of(operation: OperationFacts | ModuleType | Callable[..., object]) -> KnownFields:
    """Return the fields that Jamf lists for an operation.

    Jamf lists filter fields for 88 of the 99 operations that filter, sort fields for fewer. The
    lists are hints: servers know more fields.

        >>> from jamf_pro_client.api.buildings import get_v1_buildings
        >>> "name" in fields_of(get_v1_buildings).filter
        True

    Args:
        operation: An endpoint module, its `OPERATION`, or the method of a client's `pro_api`.

    Raises:
        ConfigurationError: It is none of them.
    """
    facts = _facts(operation)
    return KnownFields(facts.filter_fields, facts.sort_fields)


def check_fields(
    expression: str | Sequence[str], operation: OperationFacts | ModuleType | Callable[..., object]
) -> None:
    """Warn of fields that Jamf does not list for an operation, with the nearest that it lists.

    Walks and the operations of `JamfProClient` do it by themselves. Nothing is refused, and nothing
    is said where Jamf lists no fields. Plain text is not looked into, for a filter and a sort order
    look alike: `check_fields(parse_filter(text), operation)`.

    Args:
        expression: A `FilterExpression` or a `SortExpression`; a list of them.
        operation: An endpoint module, its `OPERATION`, or the method of a client's `pro_api`.

    Raises:
        ConfigurationError: *operation* is none of them.
    """
    facts = _facts(operation)
    if isinstance(expression, FilterExpression):
        warn_of_unknown(expression.fields, facts.filter_fields, f"filters of {facts.name}")
    elif isinstance(expression, SortExpression):
        warn_of_unknown(expression.fields, facts.sort_fields, f"sort orders of {facts.name}")
    elif not isinstance(expression, str):
        for part in expression:
            check_fields(part, operation)


def warn_of_unknown(names: Iterable[str], known: Sequence[str], place: str) -> None:
    """Warn of names that are not known; if none is known, nothing can be said."""
    for name in names:
        if known and name not in known:
            hint = did_you_mean(known, _of_a_section(name, known) or name)
            _warn(f"Jamf does not list the field {name!r} for {place}{hint}")


def _facts(operation: Any) -> OperationFacts:
    bound = getattr(operation, "operation", operation)
    facts: OperationFacts = getattr(operation, "OPERATION", bound)
    if not hasattr(facts, "filter_fields"):
        raise ConfigurationError(f"{operation!r} is neither an operation nor an endpoint module")
    return facts


def _of_a_section(name: str, known: Sequence[str]) -> str | None:
    """Return the field that lacks only its section, which is forgotten more often than a letter."""
    end = f".{name.replace('_', '')}".casefold()
    return next((one for one in known if one.casefold().endswith(end)), None)


def _warn(message: str) -> None:
    """Warn of the line outside of this package that led here."""
    level = 1
    frame: FrameType | None = sys._getframe()
    while frame is not None and _is_ours(frame):
        frame = frame.f_back
        level += 1
    warnings.warn(message, UnknownFieldWarning, stacklevel=level)


def _is_ours(frame: FrameType) -> bool:
    name: str = frame.f_globals.get("__name__", "")
    return name.partition(".")[0] == _PACKAGE
