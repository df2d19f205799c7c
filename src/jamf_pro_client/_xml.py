"""Reads XML that somebody else wrote: no document types, no entities of its own, not too deep.

The standard library's parsers build whatever a document type declares and nest without end. What is
refused here is refused by what the parser sees, not by a search in the bytes, which another
encoding would escape.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Final
from xml.etree.ElementTree import Element, ParseError, XMLParser
from xml.parsers import expat

from jamf_pro_client.errors import InvalidResponseError

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ("MAX_BYTES", "MAX_DEPTH", "parse")

MAX_BYTES: Final = 64 * 2**20
"""How large a document may be unless the caller says otherwise."""
MAX_DEPTH: Final = 256
"""How deep its elements may be nested unless the caller says otherwise; Jamf's are below 20."""

# So short that nothing can be declared and used in one of them: the parser goes on to the end of a
# piece after it was told to stop.
_PIECE_BYTES: Final = 64
_SCAN_BYTES: Final = 65_536
# A tree takes up to fifty times the room of its text; a smaller one is measured when it is built.
# Shorter documents cannot hold so many tags.
_SHORT_BYTES: Final = 3_000_000
_MANY_TAGS: Final = 1_000_000
# Further down it would take longer than it saves: there are too many small elements.
_WEIGHED_LEVELS: Final = 3
# A list, its rows, and what is in them.
_ROWS_DEPTH: Final = 3


def parse(
    content: bytes,
    *,
    max_depth: int = MAX_DEPTH,
    max_bytes: int = MAX_BYTES,
    what: str = "the answer",
) -> Element:
    """Return the root of an XML document.

    Args:
        content: The document, in the encoding that it declares.
        max_depth: How deep elements may be nested.
        max_bytes: How large it may be.
        what: How errors call it, such as "GET /JSSResource/computers".

    Raises:
        InvalidResponseError: It is no XML, too large or too deep, or has a document type.
    """
    if len(content) > max_bytes:
        raise InvalidResponseError(
            f"{what}: the XML has {len(content)} bytes, but no more than {max_bytes} are allowed"
        )
    problem = _problem_before_root(content)
    may_be_huge = len(content) > _SHORT_BYTES and content.count(b"<") > _MANY_TAGS
    if problem is None and may_be_huge and _nests(content, max_depth):
        problem = _too_deep(max_depth)
    root = _built(content) if problem is None else problem
    if isinstance(root, str):
        raise InvalidResponseError(f"{what}: {root}")
    if _is_deeper(root, max_depth):
        raise InvalidResponseError(f"{what}: {_too_deep(max_depth)}")
    return root


def _too_deep(max_depth: int) -> str:
    return f"the elements of the XML are nested deeper than {max_depth}"


def _built(content: bytes) -> Element | str:
    """Return the root, or what is wrong."""
    parser = XMLParser()  # noqa: S314  # it gets no document type to see
    try:
        parser.feed(content)
        root: Element = parser.close()
        return root
    except (ParseError, ValueError, LookupError) as problem:
        return f"the body is not XML: {problem}"


def _problem_before_root(content: bytes) -> str | None:
    """Return what forbids to read on, looking at what comes before the first element.

    A document type can be nowhere else.
    """
    found: list[str] = []
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = lambda *_: found.append("doctype")
    parser.StartElementHandler = lambda *_: found.append("element")
    try:
        for start in range(0, len(content), _PIECE_BYTES):
            parser.Parse(content[start : start + _PIECE_BYTES], False)
            if found:
                break
    except (expat.ExpatError, ValueError, LookupError) as problem:
        return f"the body is not XML: {problem}"
    if found and found[0] == "doctype":
        return "the XML has a document type, which could declare anything; it is not read"
    return None


def _nests(content: bytes, max_depth: int) -> bool:
    """Return whether elements are nested deeper than that, without building them."""
    depth = deepest = 0

    def enter(*_: object) -> None:
        nonlocal depth, deepest
        depth += 1
        deepest = max(deepest, depth)

    def leave(*_: object) -> None:
        nonlocal depth
        depth -= 1

    parser = expat.ParserCreate()
    parser.StartElementHandler = enter
    parser.EndElementHandler = leave
    try:
        for start in range(0, len(content), _SCAN_BYTES):
            parser.Parse(content[start : start + _SCAN_BYTES], False)
            if deepest > max_depth:
                return True
    except (expat.ExpatError, ValueError, LookupError):
        # The same again when it is built, and told then.
        pass
    return False


def _is_deeper(root: Element, max_depth: int) -> bool:
    level: Iterable[Element] = [root]
    for depth in range(max_depth):
        if depth < _WEIGHED_LEVELS:
            left = max_depth - depth
            parents = [element for element in level if _may_be_deeper(element, left)]
        else:
            parents = list(filter(len, level))
        if not parents:
            return False
        level = chain.from_iterable(parents)
    return True


def _may_be_deeper(element: Element, depth: int) -> bool:
    """Return False if there is too little in an element, or rows of leaves only.

    Counting what is in an element takes a third of the time of walking through it.
    """
    count = len(list(element.iter()))
    if count <= depth:
        return False
    return depth < _ROWS_DEPTH or count > 1 + len(element) + sum(map(len, element))
