"""What is measured, against what, and which ratio is wanted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple


class Limit(NamedTuple):
    """Something to compare with, and the ratio wanted."""

    against: str
    """The other candidate."""
    at_most: float | None = None
    """The goal; None where the ratio is only reported."""


class Case(NamedTuple):
    """A row of a table."""

    key: str
    """What the candidates call it."""
    title: str
    limits: tuple[Limit, ...]


class Part(NamedTuple):
    """A table of its own, and what `ONLY=` picks."""

    name: str
    title: str
    cases: tuple[Case, ...]
    figures: str
    """What the figures behind the ratios are."""
    scale: float = 1000.0
    """What they are multiplied with: most are CPU seconds and shown as milliseconds."""

    @property
    def candidates(self) -> tuple[str, ...]:
        """All that are measured here, we first."""
        named = (limit.against for case in self.cases for limit in case.limits)
        return tuple(dict.fromkeys(("ours", *named)))


_IMPORTS: Final = (Limit("stock"), Limit("sdk"))
_CALLS: Final = (Limit("httpx", 1.05), Limit("stock"))
_RESILIENT: Final = (Limit("httpx", 1.12),)
# Without a network every microsecond is a large share: for those who look for them.
_MOCK: Final = (Limit("httpx"), Limit("stock"))

WALKS: Final = Part(
    "stream",
    "Streams: 5,000 full computers, 50 pages, 50 ms latency, five connections",
    (
        Case(
            "three",
            "streamed, three fields of each record read",
            (Limit("httpx", 1.4), Limit("stock", 0.1), Limit("sdk", 0.067)),
        ),
        Case(
            "three, async",
            "the same in an event loop",
            (Limit("httpx", 1.4),),
        ),
        Case("every", "streamed, every field read", (Limit("orjson", 1.5),)),
        Case(
            "held",
            "held in a list, three fields of each record read",
            (Limit("stock", 0.3), Limit("orjson")),
        ),
    ),
    "Seconds on the clock for one walk",
    1.0,
)
_FLAT: Final = (Limit("bound", 1.0), Limit("httpx"))
WALKS_MEMORY: Final = Part(
    "stream",
    "Memory of streams: the peak above that of the process before its first call",
    (
        Case("three", "streamed, three fields read", (*_FLAT, Limit("stock"), Limit("sdk"))),
        Case("three, async", "streamed, three fields read, in an event loop", _FLAT),
        Case("every", "every field read", (Limit("bound", 1.0), Limit("orjson"))),
        Case("many", "50,000 computers, three fields read", (Limit("few", 1.1),)),
        Case("many, async", "50,000 computers, in an event loop", (Limit("few", 1.1),)),
        Case("held", "in a list, three fields read", (Limit("orjson", 0.5), Limit("stock"))),
    ),
    "Megabytes",
    1e-6,
)
"""What the walks of the part `stream` take besides time."""

PARTS: Final = (
    Part(
        "decode",
        "Decode: from the bytes of a reply to typed objects",
        (
            Case(
                "full: three fields",
                "full page, three fields of each record read",
                (Limit("orjson", 0.35), Limit("stock", 0.07), Limit("sdk", 0.05)),
            ),
            Case(
                "full: all fields",
                "full page, every field read",
                (Limit("orjson", 1.7), Limit("stock", 0.4), Limit("sdk")),
            ),
            Case(
                "full-v4: three fields",
                "full page of version 4, three fields of each record read",
                (Limit("orjson", 0.35), Limit("stock", 0.07)),
            ),
            Case(
                "full-v4: all fields",
                "full page of version 4, every field read",
                (Limit("orjson", 1.7), Limit("stock", 0.4)),
            ),
            Case(
                "unknown-keys: all fields",
                "full page, an unknown key in every object, every field read",
                (Limit("orjson", 2.5), Limit("stock"), Limit("sdk")),
            ),
            Case(
                "missing-keys: all fields",
                "full page, a key missing in every object, every field read",
                (Limit("orjson", 2.5), Limit("stock"), Limit("sdk")),
            ),
            Case(
                "small: all fields",
                "small page, other sections null, every field read",
                (Limit("orjson", 2.5), Limit("sdk")),
            ),
            Case(
                "small-absent: all fields",
                "small page, other sections left out, every field read",
                (Limit("orjson", 2.5), Limit("stock", 0.3), Limit("sdk")),
            ),
        ),
        "CPU milliseconds for one page",
    ),
    Part(
        "encode",
        "Encode: change one section of a record and write it",
        (
            Case(
                "encode: of a page",
                "a record of a page, one section changed, to send",
                (Limit("orjson"), Limit("stock"), Limit("sdk")),
            ),
            Case(
                "encode: fetched alone",
                "a record fetched alone, one section changed, to send",
                (Limit("orjson"), Limit("stock"), Limit("sdk")),
            ),
            Case(
                "encode: whole",
                "a record of a page, one section changed, whole",
                (Limit("orjson", 2.0), Limit("stock"), Limit("sdk")),
            ),
            Case(
                "encode: whole, alone",
                "a record fetched alone, one section changed, whole",
                (Limit("orjson", 2.0), Limit("stock"), Limit("sdk")),
            ),
            Case("encode: untouched", "a record of a page, untouched", (Limit("orjson"),)),
            Case(
                "encode: untouched, alone",
                "a record fetched alone, untouched",
                (Limit("orjson"),),
            ),
        ),
        "CPU milliseconds for one record",
    ),
    Part(
        "classic",
        "Classic API: from the XML of a reply to typed objects, and back",
        (
            Case(
                "classic: all fields",
                "a computer of 77 KB, every field read",
                (Limit("etree", 2.0),),
            ),
            Case("classic: three fields", "the same, three fields read", (Limit("etree"),)),
            Case("classic: mobile device", "a mobile device, every field read", (Limit("etree"),)),
            Case("classic: policy", "a policy of 10 KB, every field read", (Limit("etree"),)),
            Case("classic: list", "a list of 5,000 computers, all read", (Limit("etree"),)),
            Case(
                "classic: write",
                "the computer, one field changed, sections untouched, written whole",
                (Limit("etree"),),
            ),
        ),
        "document",
    ),
    Part(
        "import",
        "Import: CPU of a fresh process above a bare interpreter",
        (
            Case("import", "one endpoint and the client", (Limit("httpx", 1.1), *_IMPORTS)),
            Case(
                "import and decode",
                "the same, and the first full record decoded",
                (Limit("httpx", 1.5), *_IMPORTS),
            ),
        ),
        "CPU milliseconds for one process",
    ),
    Part(
        "calls",
        "Calls: one small GET, the reply decoded",
        (
            Case("call: mock", "`sync`, mock transport", _MOCK),
            Case("call: loopback", "`sync`, loopback", _CALLS),
            Case("async call: mock", "`asyncio`, mock transport", _MOCK),
            Case("async call: loopback", "`asyncio`, loopback", _CALLS),
            Case(
                "resilient call: mock", "`sync` with resilience, mock transport", (Limit("httpx"),)
            ),
            Case("resilient call: loopback", "`sync` with resilience, loopback", _RESILIENT),
            Case(
                "resilient async call: mock",
                "`asyncio` with resilience, mock transport",
                (Limit("httpx"),),
            ),
            Case(
                "resilient async call: loopback", "`asyncio` with resilience, loopback", _RESILIENT
            ),
        ),
        "CPU milliseconds for one call",
    ),
    WALKS,
)

MOST_MODULES: Final = 20
"""How many of our modules the import of one endpoint may load."""


def parts_named(only: str) -> Sequence[Part]:
    """Return the part of that name, or all parts for an empty name.

    Raises:
        SystemExit: There is no such part.
    """
    chosen = [part for part in PARTS if only in ("", part.name)]
    if not chosen:
        raise SystemExit(f"there is no part {only!r}: {', '.join(part.name for part in PARTS)}")
    return chosen
