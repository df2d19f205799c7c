"""What filters and sort orders are as text."""

from __future__ import annotations

import copy
import datetime
import doctest
import enum
import math
import pickle
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from jamf_pro_client import filters
from jamf_pro_client._dates import read_datetime
from jamf_pro_client.enums import OpenStrEnum
from jamf_pro_client.errors import ConfigurationError
from jamf_pro_client.filters import (
    FilterExpression,
    FilterField,
    SortExpression,
    SortField,
    filter_group,
    parse_filter,
    parse_sort,
)

NAME = FilterField("name")
A, B, C, D = (FilterField(letter).eq(1) for letter in "abcd")


class Colour(OpenStrEnum):
    RED = "RED"


class Size(enum.IntEnum):
    BIG = 3


class Choice(enum.Enum):
    YES = True


@pytest.mark.parametrize(
    ("filter_", "text"),
    [
        (NAME.eq("x"), 'name=="x"'),
        (NAME.ne("x"), 'name!="x"'),
        (NAME.lt(1), 'name<"1"'),
        (NAME.lte(1), 'name<="1"'),
        (NAME.gt(1), 'name>"1"'),
        (NAME.gte(1), 'name>="1"'),
        (NAME.is_in(["x", "y z"]), 'name=in=("x","y z")'),
        (NAME.not_in(iter(["x"])), 'name=out=("x")'),
        (NAME.between(1, 2), 'name>="1";name<="2"'),
        (NAME.like("a*b*"), 'name=="a*b*"'),
        (NAME.not_like("*b"), 'name!="*b"'),
        (NAME.starts_with("a*"), r'name=="a\**"'),
        (NAME.ends_with("a"), 'name=="*a"'),
        (NAME.contains('"'), "name=='*\"*'"),
    ],
)
def test_each_method_writes_its_operator(filter_: FilterExpression, text: str) -> None:
    assert str(filter_) == text
    assert type(str(filter_)) is str


def test_readable_names_and_those_of_jamf_are_the_same_methods() -> None:
    same: list[tuple[Callable[..., Any], ...]] = [
        (FilterField.eq, FilterField.equals),
        (FilterField.ne, FilterField.not_equals),
        (FilterField.lt, FilterField.less_than),
        (FilterField.lte, FilterField.le, FilterField.at_most),
        (FilterField.gt, FilterField.greater_than),
        (FilterField.gte, FilterField.ge, FilterField.at_least),
        (FilterField.is_in, FilterField.in_, FilterField.one_of),
        (FilterField.not_in, FilterField.out, FilterField.none_of),
    ]
    assert all(len(set(names)) == 1 for names in same)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("Oscar's MacBook Air", '"Oscar\'s MacBook Air"'),
        ('13" screen', "'13\" screen'"),
        ("Oscar's 13\"", '"Oscar\'s 13\\""'),
        ("a\\b", r'"a\\b"'),
        ("MacBook*", r'"MacBook\*"'),
        ("a,b;(c) or d==e", '"a,b;(c) or d==e"'),
        ("", '""'),
        ("Größe 😀\n\t", '"Größe 😀\n\t"'),
        (True, '"true"'),
        (False, '"false"'),
        (-7, '"-7"'),
        (2.5, '"2.5"'),
        (Decimal("2.50"), '"2.50"'),
        (Decimal("1E+3"), '"1000"'),
        (Colour.RED, '"RED"'),
        (Colour("MAUVE"), '"MAUVE"'),
        (Size.BIG, '"3"'),
        (Choice.YES, '"true"'),
        (uuid.UUID(int=5), '"00000000-0000-0000-0000-000000000005"'),
        (datetime.date(2026, 1, 2), '"2026-01-02"'),
        (datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.UTC), '"2026-01-02T03:04:05Z"'),
        (
            datetime.datetime(
                2026, 1, 2, 3, 4, 5, 6000, datetime.timezone(datetime.timedelta(hours=2))
            ),
            '"2026-01-02T01:04:05.006Z"',
        ),
        (read_datetime("2026-01-02 03:04:05 UTC"), '"2026-01-02T03:04:05Z"'),
    ],
)
def test_values_are_always_quoted(value: Any, text: str) -> None:
    assert NAME.eq(value) == f"name=={text}"
    assert NAME.is_in([value, value]) == f"name=in=({text},{text})"


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (None, "no null"),
        (b"bytes", "no text for a bytes"),
        (["list"], "no text for a list"),
        (datetime.datetime(2026, 1, 2), "no time zone"),
        ("\ud800", "surrogate"),
        (math.nan, "no number for nan"),
        (-math.inf, "no number for -inf"),
        (Decimal("Infinity"), "no number for Infinity"),
        (Decimal("sNaN"), "no number for sNaN"),
    ],
)
def test_what_has_no_text_in_rsql_is_refused(value: Any, reason: str) -> None:
    for method in (NAME.eq, NAME.lt, NAME.contains, lambda one: NAME.is_in([one])):
        with pytest.raises(ConfigurationError, match=reason):
            method(value)


def test_wildcards_need_text() -> None:
    with pytest.raises(ConfigurationError, match="a pattern must be text, not int"):
        NAME.like(7)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("values", ["text", b"bytes", [], ()])
def test_a_list_is_a_list_and_not_empty(values: Any) -> None:
    with pytest.raises(ConfigurationError, match="a list of values is needed"):
        NAME.is_in(values)
    with pytest.raises(ConfigurationError, match="a list of values is needed"):
        NAME.not_in(values)


@pytest.mark.parametrize("name", ["", "a b", "a==1", "a;b", "(a", 'a"', "a\n", "a,b", "\ud800"])
def test_names_that_would_change_the_filter_are_refused(name: str) -> None:
    with pytest.raises(ConfigurationError):
        FilterField(name)
    with pytest.raises(ConfigurationError):
        SortField(name)


@pytest.mark.parametrize(
    ("filter_", "text"),
    [
        (A & B, "a;b"),
        (A | B, "a,b"),
        ((A | B) & C, "(a,b);c"),
        (C & (A | B), "c;(a,b)"),
        (A | B & C, "a,b;c"),
        (A & B | C & D, "a;b,c;d"),
        ((A | B) & (C | D), "(a,b);(c,d)"),
        (((A | B) & C) | D, "(a,b);c,d"),
        (A & (B & C), "a;b;c"),
        (A | (B | C), "a,b,c"),
        (filter_group(A | B) & C, "(a,b);c"),
        (filter_group(A) & filter_group(B), "a;b"),
        (FilterField("a").between(1, 2) | B, None),
    ],
)
def test_joined_filters_mean_what_python_means(filter_: FilterExpression, text: str | None) -> None:
    assert filter_.replace('=="1"', "") == (text or 'a>="1";a<="2",b')


def test_and_or_not_are_refused_for_they_would_forget_one_side() -> None:
    for wrong in (lambda: A and B, lambda: A or B, lambda: not A):
        with pytest.raises(TypeError, match=r"join two with & or \|"):
            wrong()


def test_a_filter_is_not_negated() -> None:
    with pytest.raises(TypeError, match="use ne, not_in or not_like"):
        ~A  # type: ignore[operator]  # noqa: B018  # pyright: ignore


def test_filters_are_joined_with_filters_only() -> None:
    for wrong in ("b==1", None, SortField("b").asc()):
        with pytest.raises(TypeError):
            A & wrong  # type: ignore[operator]  # pyright: ignore
        with pytest.raises(TypeError):
            A | wrong  # type: ignore[operator]  # pyright: ignore
        with pytest.raises(TypeError):
            SortField("a").asc() & (A if wrong is not None else wrong)  # type: ignore[operator]  # pyright: ignore


def test_equal_filters_have_equal_hashes_and_reprs_that_make_them() -> None:
    one, other = NAME.eq("x") & A, FilterField("name").eq("x") & FilterField("a").eq("1")
    assert one == other
    assert hash(one) == hash(other)
    assert one != NAME.eq("y") & A
    assert eval(repr(one)) == one  # noqa: S307 - our own text
    assert repr(A) == "FilterExpression('a==\"1\"')"
    assert FilterExpression(one) is one
    sort = SortField("a").asc()
    assert eval(repr(sort)) == sort  # noqa: S307 - our own text
    assert SortExpression(sort) is sort
    assert eval(repr(NAME)) == NAME != FilterField("other")  # noqa: S307 - our own text
    assert SortField("a") == SortField("a") != SortField("b")
    assert SortField("name") != NAME
    assert len({FilterField("a"), FilterField("a"), SortField("a"), SortField("a")}) == 2
    assert repr(SortField("a")) == "SortField('a')"


@pytest.mark.parametrize("made", [A | B, SortField("a").desc(), NAME, SortField("a")])
def test_they_can_be_copied_and_pickled_but_not_changed(made: Any) -> None:
    for same in (copy.copy(made), copy.deepcopy(made), pickle.loads(pickle.dumps(made))):  # noqa: S301
        assert same == made
        assert type(same) is type(made)
    with pytest.raises(AttributeError, match="cannot be changed"):
        made.fields = ()
    with pytest.raises(AttributeError, match="cannot be changed"):
        made.name = "other"
    with pytest.raises(AttributeError, match="cannot be changed"):
        del made.name


def test_a_copied_filter_still_groups() -> None:
    assert pickle.loads(pickle.dumps(A | B)) & C == (A | B) & C  # noqa: S301
    assert copy.copy(A | B) & C == (A | B) & C


def test_filters_know_their_fields() -> None:
    assert (B & (A | NAME.eq("c==1")) & B).fields == ("b", "a", "name")
    assert parse_filter("b==1;(a<2 or b=in=(3))").fields == ("b", "a")
    assert (SortField("b").asc() & SortField("a").desc()).fields == ("b", "a")


def test_several_fields_sort() -> None:
    sort = SortField("general.name").asc() & SortField("id").desc()
    assert str(sort) == "general.name:asc,id:desc"
    assert sort == parse_sort("general.name, id:DESC")
    with pytest.raises(ConfigurationError, match="the direction must be asc or desc"):
        parse_sort("name:up")
    with pytest.raises(ConfigurationError, match="a field needs a name"):
        parse_sort("name:asc,")
    with pytest.raises(ConfigurationError, match="holds ':'"):
        SortField("name:asc")


def test_the_examples_in_the_docstrings_are_true() -> None:
    from jamf_pro_client._filters import expressions, known

    for module in (filters, expressions, known):
        found = doctest.testmod(module, extraglobs={**vars(filters)})
        assert found.attempted
        assert not found.failed
