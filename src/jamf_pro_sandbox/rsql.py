"""Reads RSQL filters and decides which rows they keep.

A star after a backslash, in quotes, stands for itself. Jamf does not document how a star is found
that is no wildcard; this is the reading that tells most about the filters of a client.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import attrs

__all__ = ("Condition", "FilterError", "Group", "Pattern", "matches", "parse", "selectors")

_TOKEN: Final = re.compile(
    r"""\s*(?:
      (?P<compare>==|!=|=(?:lt|le|gt|ge|in|out)=|<=|>=|<|>)
    | (?P<mark>[();,])
    | (?P<quoted>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    | (?P<word>[^\s"'();,<>=!]+)
    )""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPED: Final = re.compile(r"\\(.)|(\*)", re.DOTALL)
_SPELLED: Final = {"=lt=": "<", "=le=": "<=", "=gt=": ">", "=ge=": ">="}


class FilterError(ValueError):
    """The filter is no RSQL; the message says where it goes wrong."""


@attrs.frozen
class Pattern:
    """A value with wildcards."""

    pieces: tuple[str, ...]
    """The text around them; there is a wildcard between each two."""


@attrs.frozen
class Condition:
    """One comparison of a field with values."""

    selector: str
    operator: str
    values: tuple[str | Pattern, ...]


@attrs.frozen
class Group:
    """Conditions of which all, or any, have to hold."""

    every: bool
    parts: tuple[Condition | Group, ...]


@attrs.frozen
class _Token:
    kind: str
    text: str
    at: int


def parse(text: str) -> Condition | Group:
    """Read a filter; AND binds tighter than OR.

    Raises:
        FilterError: It is not RSQL.
    """
    reader = _Reader(list(_tokens(text)))
    tree = reader.any_of()
    reader.expect_end()
    return tree


def selectors(tree: Condition | Group) -> Iterator[str]:
    """Yield the fields that a filter names."""
    if isinstance(tree, Condition):
        yield tree.selector
    else:
        for part in tree.parts:
            yield from selectors(part)


def matches(tree: Condition | Group, value_of: Callable[[str], Any]) -> bool:
    """Decide whether a row is kept.

    Args:
        tree: The filter.
        value_of: Gives the row's value of a field; a list means that any of its values will do.
    """
    if isinstance(tree, Group):
        decide = all if tree.every else any
        return decide(matches(part, value_of) for part in tree.parts)
    found = value_of(tree.selector)
    held = [value for value in (found if isinstance(found, list) else [found]) if value is not None]
    match tree.operator:
        case "==" | "=in=":
            return any(_equal(value, wanted) for value in held for wanted in tree.values)
        case "!=" | "=out=":
            return not any(_equal(value, wanted) for value in held for wanted in tree.values)
        case _:
            order = _ORDERS[tree.operator]
            return any(order(_compare(value, tree.values[0])) for value in held)


_ORDERS: Final[Mapping[str, Callable[[int], bool]]] = {
    "<": lambda sign: sign < 0,
    "<=": lambda sign: sign <= 0,
    ">": lambda sign: sign > 0,
    ">=": lambda sign: sign >= 0,
}


def _equal(value: Any, wanted: str | Pattern) -> bool:
    text = _plain(value)
    if isinstance(wanted, str):
        return text == wanted.casefold()
    pieces = [re.escape(piece.casefold()) for piece in wanted.pieces]
    return re.fullmatch(".*".join(pieces), text, re.DOTALL) is not None


def _compare(value: Any, wanted: str | Pattern) -> int:
    left: Any
    right: Any
    # Wildcards have no order: their stars are compared as they are.
    asked = wanted if isinstance(wanted, str) else "*".join(wanted.pieces)
    left, right = _plain(value), asked.casefold()
    with contextlib.suppress(ValueError):
        left, right = float(left), float(right)
    return int(left > right) - int(left < right)


def _plain(value: Any) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value).casefold()


def _unescaped(text: str) -> list[str]:
    """Cut the inside of quotes at its wildcards, and take the backslashes out."""
    pieces, at = [""], 0
    for found in _ESCAPED.finditer(text):
        pieces[-1] += text[at : found.start()] + (found[1] or "")
        if found[2]:
            pieces.append("")
        at = found.end()
    pieces[-1] += text[at:]
    return pieces


def _tokens(text: str) -> Iterator[_Token]:
    at = 0
    while text[at:].strip():
        found = _TOKEN.match(text, at)
        if found is None or found.lastgroup is None:
            raise FilterError(f"unexpected {text[at:].strip()[0]!r} at position {at}")
        yield _Token(found.lastgroup, found[found.lastgroup], found.start(found.lastgroup))
        at = found.end()


class _Reader:
    """Walks over the tokens of one filter."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._next = 0

    def any_of(self) -> Condition | Group:
        return self._chain(every=False)

    def expect_end(self) -> None:
        if self._next < len(self._tokens):
            token = self._tokens[self._next]
            raise FilterError(f"unexpected {token.text!r} at position {token.at}")

    def _chain(self, *, every: bool) -> Condition | Group:
        joints = {";", "and"} if every else {",", "or"}
        parts = [self._part(every=every)]
        while self._accept(joints):
            parts.append(self._part(every=every))
        return parts[0] if len(parts) == 1 else Group(every, tuple(parts))

    def _part(self, *, every: bool) -> Condition | Group:
        if not every:
            return self._chain(every=True)
        if self._accept({"("}):
            tree = self.any_of()
            self._demand(")")
            return tree
        return self._condition()

    def _condition(self) -> Condition:
        selector = self._take("a field", "word").text
        operator = self._take(f"a comparison after {selector!r}", "compare").text
        operator = _SPELLED.get(operator, operator)
        if operator not in {"=in=", "=out="}:
            return Condition(selector, operator, (self._value(),))
        self._demand("(")
        values = [self._value()]
        while self._accept({","}):
            values.append(self._value())
        self._demand(")")
        return Condition(selector, operator, tuple(values))

    def _value(self) -> str | Pattern:
        token = self._take("a value", "word", "quoted")
        pieces = token.text.split("*") if token.kind == "word" else _unescaped(token.text[1:-1])
        return Pattern(tuple(pieces)) if len(pieces) > 1 else pieces[0]

    def _accept(self, texts: set[str]) -> bool:
        here = self._tokens[self._next : self._next + 1]
        if here and here[0].kind in {"mark", "word"} and here[0].text in texts:
            self._next += 1
            return True
        return False

    def _demand(self, text: str) -> None:
        if not self._accept({text}):
            raise FilterError(f"{text!r} is missing at {self._where()}")

    def _take(self, what: str, *kinds: str) -> _Token:
        here = self._tokens[self._next : self._next + 1]
        if not here or here[0].kind not in kinds:
            raise FilterError(f"{what} is missing at {self._where()}")
        self._next += 1
        return here[0]

    def _where(self) -> str:
        if self._next < len(self._tokens):
            return f"position {self._tokens[self._next].at}"
        return "the end"
