"""Turns figures into tables; pure functions, and the text around the tables."""

from __future__ import annotations

import os
import platform
import statistics
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from benchmarks.goals import MOST_MODULES, Part
from benchmarks.rounds import Seconds

_NAMES: Final = {
    "ours": "ours",
    "orjson": "orjson",
    "etree": "ElementTree",
    "httpx": "httpx",
    "stock": "stock",
    "sdk": "jamf-pro-sdk",
    "bound": "two pages per connection and 40 MB",
    "few": "5,000 computers",
}


_AFTER_THE_TABLES: Final = "## How it is measured\n"


class Spread(NamedTuple):
    """The middle of a number of figures."""

    median: float
    lower: float
    """A quarter of the figures is below."""
    upper: float
    """A quarter of the figures is above."""


def spread_of(figures: Sequence[float]) -> Spread:
    """Return median and quartiles.

    Args:
        figures: At least two.
    """
    lower, median, upper = statistics.quantiles(figures, n=4, method="inclusive")
    return Spread(median, lower, upper)


def ratios(figures: Sequence[float], others: Sequence[float]) -> list[float]:
    """Return the ratio of two candidates round by round, so that slow moments cancel out.

    Only the rounds that both took part in count; who is slow takes part in the first ones.
    """
    return [figure / other for figure, other in zip(figures, others, strict=False)]


def verdict(median: float, at_most: float | None) -> tuple[str, str]:
    """Return the goal and whether it is met, as the table shows them."""
    if at_most is None:
        return "", ""
    return f"at most {at_most:g}", "met" if median <= at_most else "**missed**"


def tables(part: Part, found: Mapping[str, Seconds]) -> str:
    """Return a part's tables: the ratios with their goals, and the times behind them.

    Args:
        part: What was measured.
        found: Case -> candidate -> the figure of each round.
    """
    compared = [
        (
            case.title if number == 0 else "",
            _NAMES[limit.against],
            f"{spread.median:.3g}",
            f"{spread.lower:.3g} to {spread.upper:.3g}",
            *verdict(spread.median, limit.at_most),
        )
        for case in part.cases
        for number, limit in enumerate(case.limits)
        for spread in [spread_of(ratios(found[case.key]["ours"], found[case.key][limit.against]))]
    ]
    timed = [
        (case.title, *(_median(found[case.key].get(name), part.scale) for name in part.candidates))
        for case in part.cases
    ]
    heads = ("what", "relative to", "median", "middle half", "goal", "")
    names = [_NAMES[name] for name in part.candidates]
    return "\n\n".join(
        [
            f"## {part.title}",
            _table(heads, compared),
            f"{part.figures}, medians:",
            _table(["what", *names], timed),
        ]
    )


def blocks_in(text: str, parts: Sequence[Part]) -> dict[str, str]:
    """Return what a page says of each part, by the part's name.

    Args:
        text: The page.
        parts: All of its parts, in their order.

    Raises:
        SystemExit: A part is not there.
    """
    titles = [f"## {part.title}\n" for part in parts]
    missing = [title for title in titles if title not in text]
    if missing:
        raise SystemExit(f"measure all parts: README.md has no {missing[0].strip()!r}")
    places = [text.index(title) for title in (*titles, _AFTER_THE_TABLES)]
    return {
        part.name: text[start:end].strip()
        for part, start, end in zip(parts, places, places[1:], strict=False)
    }


def modules_line(count: int) -> str:
    """Return what is said about the number of our modules that an import loads."""
    goal, reached = verdict(count, MOST_MODULES)
    return f"Modules of ours that the import of one endpoint and the client loads: {count} " + (
        f"(goal: {goal}; {reached})."
    )


def machine_facts(versions: Mapping[str, Mapping[str, str]], load: float) -> str:
    """Return a list of what the figures depend on.

    Args:
        versions: Environment -> package -> version.
        load: The machine's load average when the run began.
    """
    lines = [
        f"Processor: {_processor()}; {os.cpu_count()} cores",
        f"System: {platform.system()} {platform.release()}, {platform.machine()}",
        f"Python: {platform.python_implementation()} {platform.python_version()}",
        f"Load average when the run began: {load:.2f}",
        *(
            f"Environment `{name}`: "
            + ", ".join(f"{package} {version}" for package, version in packages.items())
            for name, packages in versions.items()
        ),
    ]
    return "\n".join(f"- {line}" for line in lines)


def page(text: str, blocks: Mapping[str, str]) -> str:
    """Return the README: its text with the blocks in their places, each named `{{name}}`."""
    for name, block in blocks.items():
        text = text.replace(f"{{{{{name}}}}}", block)
    return text


def _median(figures: Sequence[float] | None, scale: float) -> str:
    return "" if figures is None else f"{statistics.median(figures) * scale:.3g}"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _processor() -> str:
    facts = Path("/proc/cpuinfo")
    if facts.exists():
        for line in facts.read_text("utf-8").splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name":
                return value.strip()
    return platform.processor() or "unknown"
