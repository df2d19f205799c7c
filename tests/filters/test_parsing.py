"""Filters that are read: our own ones come back as they were, the sandbox reads them alike."""

from __future__ import annotations

import functools
import operator
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from jamf_pro_client.errors import ConfigurationError
from jamf_pro_client.filters import (
    FilterExpression,
    FilterField,
    SortField,
    parse_filter,
    parse_sort,
)
from jamf_pro_sandbox import rsql

Tree = rsql.Condition | rsql.Group

nasty = st.text(alphabet="\"'\\*()[];,=!~<>& \n\t+#%ab", max_size=12)
texts = st.text(max_size=20) | nasty
names = st.from_regex(r"[A-Za-z_][\w.-]{0,12}", fullmatch=True) | st.sampled_from(["and", "or"])
SIGNS = {"eq": "==", "ne": "!=", "lt": "<", "lte": "<=", "gt": ">", "gte": ">="}


@st.composite
def conditions(draw: st.DrawFn) -> tuple[FilterExpression, Tree]:
    """A comparison, and how the sandbox has to read it."""
    name = draw(names)
    field = FilterField(name)
    kind = draw(st.sampled_from([*SIGNS, "is_in", "not_in", "like", "contains"]))
    if kind in {"is_in", "not_in"}:
        values = draw(st.lists(texts, min_size=1, max_size=4))
        sign = "=in=" if kind == "is_in" else "=out="
        return getattr(field, kind)(values), rsql.Condition(name, sign, tuple(values))
    value = draw(texts)
    if kind == "contains":
        return field.contains(value), rsql.Condition(name, "==", (rsql.Pattern(("", value, "")),))
    if kind == "like":
        pieces = tuple(value.split("*"))
        read = rsql.Pattern(pieces) if len(pieces) > 1 else value
        return field.like(value), rsql.Condition(name, "==", (read,))
    return getattr(field, kind)(value), rsql.Condition(name, SIGNS[kind], (value,))


@st.composite
def joined(draw: st.DrawFn, inner: Any) -> tuple[FilterExpression, Tree]:
    parts = draw(st.lists(inner, min_size=2, max_size=4))
    every = draw(st.booleans())
    join = operator.and_ if every else operator.or_
    trees: list[Tree] = []
    for _, tree in parts:
        # Groups of the same kind are one group: `(a & b) & c` is `a & b & c`.
        same = isinstance(tree, rsql.Group) and tree.every is every
        trees += tree.parts if same and isinstance(tree, rsql.Group) else [tree]
    expression = functools.reduce(join, [expression for expression, _ in parts])
    return expression, rsql.Group(every, tuple(trees))


filters = st.recursive(conditions(), joined, max_leaves=12)


@given(filters)
def test_every_filter_is_read_as_itself(made: tuple[FilterExpression, Tree]) -> None:
    expression, _ = made
    read = parse_filter(str(expression))
    assert read == expression
    assert read.fields == expression.fields
    joined_with = FilterField("z").eq(1)
    assert read & joined_with == expression & joined_with


@given(filters)
def test_another_parser_reads_every_filter_as_it_was_meant(
    made: tuple[FilterExpression, Tree],
) -> None:
    expression, tree = made
    assert rsql.parse(str(expression)) == tree


@given(st.text() | nasty)
@example("\\")
@example("\\*")
@example("\\\n")
@example("' or \"")
@example('";id!="')
def test_no_value_changes_what_a_filter_means(value: str) -> None:
    expression = FilterField("a").eq(value) & FilterField("b").eq(1)
    read = rsql.parse(str(expression))
    assert read == rsql.Group(
        True, (rsql.Condition("a", "==", (value,)), rsql.Condition("b", "==", ("1",)))
    )
    assert parse_filter(str(expression)) == expression


@given(st.text() | nasty)
def test_any_text_is_a_filter_or_refused(text: str) -> None:
    try:
        read = parse_filter(text)
    except ConfigurationError:
        return
    assert parse_filter(str(read)) == read
    rsql.parse(str(read))


@given(st.lists(st.tuples(names, st.booleans()), min_size=1, max_size=4))
def test_every_sort_order_is_read_as_itself(fields: list[tuple[str, bool]]) -> None:
    parts = [SortField(name).desc() if down else SortField(name).asc() for name, down in fields]
    sort = functools.reduce(operator.and_, parts)
    assert parse_sort(str(sort)) == sort
    assert sort == ",".join(f"{name}:{'desc' if down else 'asc'}" for name, down in fields)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("name==Mill", 'name=="Mill"'),
        ("  name == 'Mill'  ", 'name=="Mill"'),
        ("name==Mac*", 'name=="Mac*"'),
        (r"name=='Mac\*'", r'name=="Mac\*"'),
        (r"name==a\b", r'name=="a\\b"'),
        (r"name=='\a\'b'", 'name=="a\'b"'),
        ("id=lt=1 and id=le=2;id=gt=3 and id=ge=4", 'id<"1";id<="2";id>"3";id>="4"'),
        ("a==1 or b==2,c==3", 'a=="1",b=="2",c=="3"'),
        ("((a==1));(b==2)", 'a=="1";b=="2"'),
        ("( a==1 , b==2 ) ; c==3", '(a=="1",b=="2");c=="3"'),
        ("id=in=( 1 , '2 3' )", 'id=in=("1","2 3")'),
        ("id=out=7", 'id=out=("7")'),
        ("and==and and or==or", 'and=="and";or=="or"'),
        ("date>=2026-01-02T03:04:05.678+02:00", 'date>="2026-01-02T03:04:05.678+02:00"'),
        ("ü.ä-x/y:z==😀", 'ü.ä-x/y:z=="😀"'),
    ],
)
def test_filters_in_other_words_are_written_in_ours(text: str, canonical: str) -> None:
    assert parse_filter(text) == canonical
    assert parse_filter(canonical) == canonical


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "a field is expected at position 0"),
        ("name", "a comparison is expected at position 4"),
        ("name==", "a value is expected at position 6"),
        ("name=like=x", "a comparison is expected at position 4"),
        ("name==x y", "the end is expected at position 8"),
        ("name==x)", "the end is expected at position 7"),
        ("(name==x", r"'\)' is expected at position 8"),
        ("name=in=(a,)", "a value is expected at position 11"),
        ("name=in=(a", r"'\)' is expected at position 10"),
        ("name=='a\"", "a value is expected at position 6"),
        ("a==1;", "a field is expected at position 5"),
        ("a==1 AND b==2", "the end is expected at position 5"),
        ("(" * 5000 + "a==1", "at most 100 parentheses"),
        ("a==\ud800", "surrogate"),
    ],
)
def test_what_is_no_filter_is_refused_with_the_place(text: str, reason: str) -> None:
    with pytest.raises(ConfigurationError, match=reason):
        parse_filter(text)
