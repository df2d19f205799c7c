"""What of a request must not be shown when the server repeats it; loaded with the first error."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from html import escape, unescape
from typing import Final
from urllib.parse import parse_qsl, quote, quote_plus

import msgspec

__all__ = ("SHORTEST_SECRET", "spellings", "values_of", "without")

SHORTEST_SECRET: Final = 6
"""Shorter texts occur in any page."""
_TEXT: Final = re.compile(r">([^<>]+)<|=\"([^\"<>]*)\"")
# Bytes times texts; above this the page is not worth the time.
_MOST_WORK: Final = 2_000_000_000


def values_of(query: bytes, body: bytes) -> set[str]:
    """Return the texts that a request holds: values of its query, form, JSON or XML.

    Args:
        query: Of its URL.
        body: What was sent.
    """
    values = {value for _, value in parse_qsl(query.decode("utf-8", "replace"))}
    if body:
        values.update(_in_body(body))
    stripped = {value.strip() for value in values}
    return {value for value in stripped if len(value) >= SHORTEST_SECRET}


def _in_body(body: bytes) -> Iterator[str]:
    first = body.lstrip()[:1]
    if first == b"<":
        for match in _TEXT.finditer(body.decode("utf-8", "replace")):
            yield unescape(match[1] or match[2])
        return
    try:
        document = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        text = body.decode("utf-8", "replace")
        yield text
        yield from (value for _, value in parse_qsl(text))
    else:
        yield from _texts(document)


def _texts(document: object) -> Iterator[str]:
    left = [document]
    while left:
        part = left.pop()
        if isinstance(part, str):
            yield part
        elif isinstance(part, dict):
            left.extend(part.values())
        elif isinstance(part, list):
            left.extend(part)


def spellings(value: str) -> set[str]:
    """Return how a page may write a text.

    Args:
        value: The text.
    """
    # Twice: a page may be JSON that holds the JSON, XML or form that was sent.
    once = {value, *_encoded(value)}
    return once.union(*map(_encoded, once))


def _encoded(value: str) -> set[str]:
    return {
        json.dumps(value)[1:-1],
        json.dumps(value, ensure_ascii=False)[1:-1],
        escape(value),
        quote(value, safe="", errors="replace"),
        quote_plus(value, errors="replace"),
    }


def without(content: bytes, values: Iterable[str], hidden: bytes) -> bytes:
    """Return the body of a reply without texts of the request.

    Args:
        content: The body.
        values: What `values_of` found.
        hidden: What stands in their place; and for all of it if looking would take too long.
    """
    texts = sorted({s for value in values for s in spellings(value)}, key=len, reverse=True)
    if len(texts) * len(content) > _MOST_WORK:
        return hidden
    for text in texts:
        sought = text.encode("utf-8", "replace")
        if sought in content:
            # Not where it is the name of a field: somebody may call a building "errors".
            content = re.sub(re.escape(sought) + rb'(?!"\s*:)', lambda _: hidden, content)
    return content
