"""Filters and sort orders: text that can be joined without changing its meaning."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final, NoReturn, SupportsIndex, final

from jamf_pro_client._filters.values import Pieces, checked_name, quoted
from jamf_pro_client.errors import ConfigurationError

__all__ = ("FilterExpression", "Frozen", "SortExpression", "comparison", "sort_by")

_LISTS: Final = ("=in=", "=out=")


class Frozen:
    """Cannot be changed."""

    __slots__ = ()

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} cannot be changed")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} cannot be changed")


class _Expression(Frozen, str):
    """Text that knows which fields it names."""

    __slots__ = ("fields",)

    fields: tuple[str, ...]
    """The fields that it names, each once, in the order of the text."""

    def __bool__(self) -> bool:
        # `a and b` would be `b` alone: a condition lost without a word.
        raise TypeError(
            f"a {type(self).__name__} is neither true nor false: join two with & or |, "
            "compare with None, or use str() of it"
        )

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"

    def __reduce_ex__(self, protocol: SupportsIndex) -> tuple[Any, ...]:
        return type(self), (str(self),)

    def __copy__(self) -> Any:
        return self

    def __deepcopy__(self, memo: object) -> Any:
        return self


@final
class FilterExpression(_Expression):
    """A filter; it is the RSQL text itself, so it goes wherever a filter is taken as text.

    Made by the methods of `FilterField`, joined with `&` and `|`, which keep each side together:

        >>> mill, inn = FilterField("name").eq("Mill"), FilterField("name").eq("Inn")
        >>> (mill | inn) & FilterField("city").ne("Bree")
        FilterExpression('(name=="Mill",name=="Inn");city!="Bree"')

    Two filters are equal if their texts are. `and`, `or` and `not` raise TypeError: Python would
    forget one side. Immutable and hashable.

    Args:
        text: RSQL text; it is read and written again in one form, see `parse_filter`.

    Raises:
        ConfigurationError: The text is no RSQL.
    """

    __slots__ = ("_has_or",)

    _has_or: bool

    def __new__(cls, text: str) -> FilterExpression:
        if isinstance(text, FilterExpression):
            return text
        _check_text(text)
        # Imported here: filters that are built need no parser.
        from jamf_pro_client._filters.reading import read_filter

        return read_filter(text)

    def __and__(self, other: FilterExpression) -> FilterExpression:
        """Return the filter for rows that both keep."""
        if not isinstance(other, FilterExpression):
            return NotImplemented
        return _filter(f"{_part(self)};{_part(other)}", (*self.fields, *other.fields))

    def __or__(self, other: FilterExpression) -> FilterExpression:
        """Return the filter for rows that at least one of them keeps."""
        if not isinstance(other, FilterExpression):
            return NotImplemented
        return _filter(f"{self!s},{other!s}", (*self.fields, *other.fields), has_or=True)

    if not TYPE_CHECKING:  # type checkers refuse it by themselves

        def __invert__(self) -> NoReturn:
            raise TypeError("RSQL cannot negate a filter: use ne, not_in or not_like of the field")


@final
class SortExpression(_Expression):
    """A sort order; it is the text itself, so it goes wherever a sort order is taken as text.

    Made by `SortField`; `&` adds the next field, which decides between rows that are equal in
    those before it.

        >>> SortField("city").asc() & SortField("name").desc()
        SortExpression('city:asc,name:desc')

    Args:
        text: Fields with their directions, joined by commas; upwards where no direction is given.

    Raises:
        ConfigurationError: The text is not a sort order.
    """

    __slots__ = ()

    def __new__(cls, text: str) -> SortExpression:
        if isinstance(text, SortExpression):
            return text
        _check_text(text)
        return _sort(_sort_part(part) for part in text.split(","))

    def __and__(self, other: SortExpression) -> SortExpression:
        """Return the order by this one's fields, then by those of the other."""
        if not isinstance(other, SortExpression):
            return NotImplemented
        return SortExpression(f"{self!s},{other!s}")


def comparison(name: str, operator: str, values: Sequence[Pieces]) -> FilterExpression:
    """Return the comparison of a field with values; more than one for `=in=` and `=out=` alone."""
    texts = ",".join(map(quoted, values))
    return _filter(
        f"{name}{operator}({texts})" if operator in _LISTS else name + operator + texts, (name,)
    )


def sort_by(name: str, direction: str) -> SortExpression:
    """Return the order by one field; the direction is `asc` or `desc`."""
    return _sort([(name, direction)])


def _check_text(text: object) -> None:
    if not isinstance(text, str):
        raise ConfigurationError(f"only text can be parsed, not a {type(text).__name__}")


def _filter(text: str, fields: Iterable[str], *, has_or: bool = False) -> FilterExpression:
    made = str.__new__(FilterExpression, text)
    object.__setattr__(made, "fields", tuple(dict.fromkeys(fields)))
    object.__setattr__(made, "_has_or", has_or)
    return made


def _part(expression: FilterExpression) -> str:
    # AND binds tighter than OR in RSQL, whatever the order in Python was.
    return f"({expression!s})" if expression._has_or else str(expression)


def _sort(parts: Iterable[tuple[str, str]]) -> SortExpression:
    pairs = list(parts)
    made = str.__new__(SortExpression, ",".join(f"{name}:{way}" for name, way in pairs))
    object.__setattr__(made, "fields", tuple(dict.fromkeys(name for name, _ in pairs)))
    return made


def _sort_part(text: str) -> tuple[str, str]:
    name, colon, direction = text.strip().partition(":")
    way = direction.lower() if colon else "asc"
    if way not in {"asc", "desc"}:
        raise ConfigurationError(f"{text!r}: the direction must be asc or desc")
    return checked_name(name, ":"), way
