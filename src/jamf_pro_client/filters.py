r"""Filters and sort orders of lists, in RSQL, the filter language of Jamf Pro.

    >>> from jamf_pro_client.filters import FilterField, SortField
    >>> name, site = FilterField("general.name"), FilterField("general.site.id")
    >>> name.eq("Oscar's MacBook Air") & site.is_in([1, 2])
    FilterExpression('general.name=="Oscar\'s MacBook Air";general.site.id=in=("1","2")')
    >>> SortField("general.name").asc() & SortField("id").desc()
    SortExpression('general.name:asc,id:desc')

Every value is quoted, whatever it holds, so no value can change what a filter means. A star is a
wildcard in `like` and `not_like` alone; everywhere else it stands for itself and is written `\*`.
Jamf documents no such escape: a server may still read it as a wildcard, so `eq` keeps more rows
than you meant, and `ne` fewer. Servers compare text without regard to case.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import ModuleType
from typing import TYPE_CHECKING, final

from jamf_pro_client._filters.expressions import (
    FilterExpression,
    Frozen,
    SortExpression,
    comparison,
    sort_by,
)
from jamf_pro_client._filters.known import (
    KnownFields,
    UnknownFieldWarning,
    check_fields,
    fields_of,
    warn_of_unknown,
)
from jamf_pro_client._filters.values import FilterValue, checked_name, pattern_of, pieces_of
from jamf_pro_client.errors import ConfigurationError

if TYPE_CHECKING:
    from jamf_pro_client.operation import OperationFacts

__all__ = (
    "FilterExpression",
    "FilterField",
    "FilterValue",
    "KnownFields",
    "SortExpression",
    "SortField",
    "UnknownFieldWarning",
    "check_fields",
    "fields_of",
    "filter_group",
    "parse_filter",
    "parse_sort",
)


@final
class FilterField(Frozen):
    """A field that rows are filtered by.

    Values are text, numbers, bools, dates, enum members and UUIDs. A `datetime` needs a time zone
    and is written in UTC. RSQL has no null, so None is refused. All methods raise
    ConfigurationError for a value that cannot be written.

    Args:
        name: The field's dotted path, such as `general.name`.
        fields: The fields that are known, or the operation (its module, its `OPERATION`, or the
            method of a client's `pro_api`) that lists them; another name warns with
            `UnknownFieldWarning`. None checks nothing.

    Raises:
        ConfigurationError: The name holds white space or marks of RSQL.
    """

    __slots__ = ("name",)

    name: str
    """The field's dotted path."""

    def __init__(
        self,
        name: str,
        fields: Iterable[str] | OperationFacts | ModuleType | Callable[..., object] | None = None,
    ) -> None:
        object.__setattr__(self, "name", checked_name(name))
        if isinstance(fields, Iterable):
            warn_of_unknown([name], tuple(fields), "this filter")
        elif fields is not None:
            check_fields(self.eq(""), fields)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FilterField) and self.name == other.name

    def __hash__(self) -> int:
        return hash((FilterField, self.name))

    def __repr__(self) -> str:
        return f"FilterField({self.name!r})"

    def __reduce__(self) -> tuple[type[FilterField], tuple[str]]:
        return FilterField, (self.name,)

    def eq(self, value: FilterValue) -> FilterExpression:
        r"""Keep rows whose field is the value; a star is a star, see `like`.

        >>> print(FilterField("general.name").eq('Bob\'s 13" (*new*)'))
        general.name=="Bob's 13\" (\*new\*)"
        """
        return comparison(self.name, "==", [pieces_of(value)])

    def ne(self, value: FilterValue) -> FilterExpression:
        """Keep rows whose field is not the value."""
        return comparison(self.name, "!=", [pieces_of(value)])

    def lt(self, value: FilterValue) -> FilterExpression:
        """Keep rows whose field is less than the value, or before it."""
        return comparison(self.name, "<", [pieces_of(value)])

    def lte(self, value: FilterValue) -> FilterExpression:
        """Keep rows whose field is the value, less or before."""
        return comparison(self.name, "<=", [pieces_of(value)])

    def gt(self, value: FilterValue) -> FilterExpression:
        """Keep rows whose field is greater than the value, or after it."""
        return comparison(self.name, ">", [pieces_of(value)])

    def gte(self, value: FilterValue) -> FilterExpression:
        """Keep rows whose field is the value, greater or after.

        >>> from datetime import UTC, datetime
        >>> FilterField("general.reportDate").gte(datetime(2026, 1, 2, tzinfo=UTC))
        FilterExpression('general.reportDate>="2026-01-02T00:00:00Z"')
        """
        return comparison(self.name, ">=", [pieces_of(value)])

    def is_in(self, values: Iterable[FilterValue]) -> FilterExpression:
        """Keep rows whose field is one of the values.

        Raises:
            ConfigurationError: There are no values, or they are a single text, not a list.
        """
        return comparison(self.name, "=in=", _all(values))

    def not_in(self, values: Iterable[FilterValue]) -> FilterExpression:
        """Keep rows whose field is none of the values.

        Raises:
            ConfigurationError: There are no values, or they are a single text, not a list.
        """
        return comparison(self.name, "=out=", _all(values))

    def between(self, low: FilterValue, high: FilterValue) -> FilterExpression:
        """Keep rows whose field lies between two values or is one of them."""
        return self.gte(low) & self.lte(high)

    def like(self, pattern: str) -> FilterExpression:
        """Keep rows whose field matches a pattern, in which each star stands for any text.

        >>> FilterField("general.name").like("MacBook*")
        FilterExpression('general.name=="MacBook*"')
        """
        return comparison(self.name, "==", [pattern_of(pattern)])

    def not_like(self, pattern: str) -> FilterExpression:
        """Keep rows whose field does not match a pattern; see `like`."""
        return comparison(self.name, "!=", [pattern_of(pattern)])

    def starts_with(self, value: FilterValue) -> FilterExpression:
        """Keep rows whose field begins with the value, in which a star is a star."""
        return comparison(self.name, "==", [(*pieces_of(value), "")])

    def ends_with(self, value: FilterValue) -> FilterExpression:
        """Keep rows whose field ends with the value, in which a star is a star."""
        return comparison(self.name, "==", [("", *pieces_of(value))])

    def contains(self, value: FilterValue) -> FilterExpression:
        """Keep rows whose field contains the value; a star is a star."""
        return comparison(self.name, "==", [("", *pieces_of(value), "")])

    equals = eq
    not_equals = ne
    less_than = lt
    at_most = le = lte
    greater_than = gt
    at_least = ge = gte
    one_of = in_ = is_in
    none_of = out = not_in


@final
class SortField(Frozen):
    """A field that rows are sorted by.

    Args:
        name: The field's dotted path, such as `general.name`.

    Raises:
        ConfigurationError: The name holds white space, colons or marks of RSQL.
    """

    __slots__ = ("name",)

    name: str
    """The field's dotted path."""

    def __init__(self, name: str) -> None:
        object.__setattr__(self, "name", checked_name(name, ":"))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SortField) and self.name == other.name

    def __hash__(self) -> int:
        return hash((SortField, self.name))

    def __repr__(self) -> str:
        return f"SortField({self.name!r})"

    def __reduce__(self) -> tuple[type[SortField], tuple[str]]:
        return SortField, (self.name,)

    def asc(self) -> SortExpression:
        """Sort in ascending order: from 0 to 9, from A to Z, from old to new."""
        return sort_by(self.name, "asc")

    def desc(self) -> SortExpression:
        """Sort in descending order."""
        return sort_by(self.name, "desc")


def filter_group(expression: FilterExpression) -> FilterExpression:
    """Return the expression: `&` and `|` group by themselves.

    Other libraries need it for parentheses; programs that call it keep working, and parentheses
    are written where RSQL needs them.

        >>> mill, inn = FilterField("name").eq("Mill"), FilterField("name").eq("Inn")
        >>> print(filter_group(mill | inn) & FilterField("id").gt(7))
        (name=="Mill",name=="Inn");id>"7"
    """
    return expression


def parse_filter(text: str) -> FilterExpression:
    """Return the filter that a text stands for, in the form that all filters here have.

    Values get quotes, `and` becomes `;`, `or` becomes `,`, `=lt=` becomes `<` and so on, and
    parentheses that change nothing go; what the filter means stays. A star is a wildcard unless a
    backslash stands before it, in quotes. For every filter, `parse_filter(str(it)) == it`.

        >>> parse_filter("name==Mill* and (id =gt= 7)")
        FilterExpression('name=="Mill*";id>"7"')

    Raises:
        ConfigurationError: It is not RSQL; the message says where it goes wrong.
    """
    return FilterExpression(text)


def parse_sort(text: str) -> SortExpression:
    """Return the sort order that a text such as `name:asc,id:desc` stands for.

    Raises:
        ConfigurationError: The text is not a sort order.
    """
    return SortExpression(text)


def _all(values: Iterable[FilterValue]) -> list[tuple[str, ...]]:
    if isinstance(values, str | bytes):
        raise ConfigurationError(f"a list of values is needed, not {values!r}")
    if not isinstance(values, Iterable):
        raise ConfigurationError(f"a list of values is needed, not a {type(values).__name__}")
    pieces = [pieces_of(value) for value in values]
    if not pieces:
        raise ConfigurationError("a list of values is needed; this one is empty")
    return pieces
