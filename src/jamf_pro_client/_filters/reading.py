"""Reads RSQL text."""

from __future__ import annotations

import functools
import operator
import re
from typing import Final, NoReturn

from jamf_pro_client._filters.expressions import FilterExpression, comparison
from jamf_pro_client._filters.values import RESERVED, Pieces, sendable
from jamf_pro_client.errors import ConfigurationError

__all__ = ("read_filter",)

_AND: Final = re.compile(r"\s*;\s*|\s+and\s+")
_OR: Final = re.compile(r"\s*,\s*|\s+or\s+")
_COMMA: Final = re.compile(r"\s*,\s*")
_OPEN: Final = re.compile(r"\s*\(\s*")
_CLOSE: Final = re.compile(r"\s*\)")
_SPACE: Final = re.compile(r"\s*")
_WORD: Final = re.compile(rf"[^\s{re.escape(RESERVED)}]+")
_COMPARE: Final = re.compile(r"\s*(==|!=|=(?:lt|le|gt|ge|in|out)=|<=|>=|<|>)\s*")
_QUOTED: Final = re.compile(r""""((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'""", re.DOTALL)
_INSIDE: Final = re.compile(r"\\(.)|(\*)", re.DOTALL)
_SIGNS: Final = {"=lt=": "<", "=le=": "<=", "=gt=": ">", "=ge=": ">="}
_DEEPEST: Final = 100
"""Parentheses in parentheses; deeper ones would exhaust Python's stack."""


def read_filter(text: str) -> FilterExpression:
    """Return the filter that a text stands for.

    Raises:
        ConfigurationError: It is no RSQL; the message says where it goes wrong.
    """
    reader = _Reader(sendable(text))
    expression = reader.alternatives(_DEEPEST)
    reader.expect_end()
    return expression


class _Reader:
    """Walks over the text of one filter."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = len(text) - len(text.lstrip())

    def alternatives(self, levels: int) -> FilterExpression:
        parts = [self._conditions(levels)]
        while self._accept(_OR):
            parts.append(self._conditions(levels))
        return functools.reduce(operator.or_, parts)

    def expect_end(self) -> None:
        self._accept(_SPACE)
        if self._at < len(self._text):
            self._fail("the end")

    def _conditions(self, levels: int) -> FilterExpression:
        parts = [self._condition(levels)]
        while self._accept(_AND):
            parts.append(self._condition(levels))
        return functools.reduce(operator.and_, parts)

    def _condition(self, levels: int) -> FilterExpression:
        if not self._accept(_OPEN):
            return self._comparison()
        if not levels:
            self._fail(f"a nesting of at most {_DEEPEST} parentheses")
        inner = self.alternatives(levels - 1)
        self._demand(_CLOSE, "')'")
        return inner

    def _comparison(self) -> FilterExpression:
        name = self._demand(_WORD, "a field")[0]
        sign = self._demand(_COMPARE, "a comparison")[1]
        sign = _SIGNS.get(sign, sign)
        values = self._values() if sign in {"=in=", "=out="} else [self._value()]
        return comparison(name, sign, values)

    def _values(self) -> list[Pieces]:
        if not self._accept(_OPEN):
            return [self._value()]
        values = [self._value()]
        while self._accept(_COMMA):
            values.append(self._value())
        self._demand(_CLOSE, "')'")
        return values

    def _value(self) -> Pieces:
        found = self._accept(_QUOTED)
        if found is not None:
            return _unescaped(found[1] if found[1] is not None else found[2])
        return tuple(self._demand(_WORD, "a value")[0].split("*"))

    def _accept(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        found = pattern.match(self._text, self._at)
        if found is not None:
            self._at = found.end()
        return found

    def _demand(self, pattern: re.Pattern[str], what: str) -> re.Match[str]:
        found = self._accept(pattern)
        if found is None:
            self._fail(what)
        return found

    def _fail(self, what: str) -> NoReturn:
        raise ConfigurationError(
            f"not a filter: {what} is expected at position {self._at} of {self._text!r}"
        )


def _unescaped(text: str) -> Pieces:
    """Cut the inside of quotes at its wildcards; what follows a backslash stands for itself."""
    pieces, end = [""], 0
    for found in _INSIDE.finditer(text):
        pieces[-1] += text[end : found.start()] + (found[1] or "")
        if found[2]:
            pieces.append("")
        end = found.end()
    pieces[-1] += text[end:]
    return tuple(pieces)
