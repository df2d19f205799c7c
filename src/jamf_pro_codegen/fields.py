"""Finds the filter and sort fields that a parameter's prose lists."""

from __future__ import annotations

import re

# Openings after which the vendor's texts list field names.
_OPENING = re.compile(
    r"(?:fields allowed in (?:the )?(?:query|sorting|sort)|fields that can be sorted"
    r"|available criteria to sort on|allows sort for|accepts fields|supported fields"
    r"|sortable fields|allowable properties are|allows? fields such as)\s*:?\s*-?\s*",
    re.IGNORECASE,
)
_NAME = re.compile(r"`?([A-Za-z][A-Za-z0-9]*(?:\.[A-Za-z][A-Za-z0-9]*)*)`?")
_BETWEEN = re.compile(r"\s*(,\s*and\s+|,|\s+and\s+|\s+)\s*")
_RANGE = re.compile(r"([a-z]+)(\d+)(`?)\s+up to\s+`?\1(\d+)", re.IGNORECASE)
_ENUMERATION_END = {
    "etc",
    "this",
    "multiple",
    "example",
    "default",
    "can",
    "if",
    "the",
    "comparators",
}


def listed_fields(text: str | None) -> tuple[str, ...]:
    """Return the field names that a description lists, in its order; empty if it lists none.

    The lists are hints: the vendor copies some of them between operations.
    """
    if not text:
        return ()
    text = _RANGE.sub(_spell_out, text.replace("<br/>", ". ").replace("<br>", ". "))
    found: dict[str, None] = {}
    for opening in _OPENING.finditer(text):
        found.update(dict.fromkeys(_names_from(text, opening.end())))
    return tuple(found)


def _spell_out(match: re.Match[str]) -> str:
    stem, tick = match[1], match[3]
    numbers = range(int(match[2]), int(match[4]) + 1)
    return f"{tick}, {tick}".join(f"{stem}{number}" for number in numbers)


def _names_from(text: str, start: int) -> list[str]:
    names: list[str] = []
    position, needs_tick = start, False
    while name := _NAME.match(text, position):
        ticked = name[0].startswith("`")
        if name[1].lower() in _ENUMERATION_END or (needs_tick and not ticked):
            break
        names.append(name[1])
        between = _BETWEEN.match(text, name.end())
        if between is None:
            break
        # A bare blank separates names only where back-ticks tell names from prose.
        needs_tick = between[1].strip() == ""
        position = between.end()
    return names
