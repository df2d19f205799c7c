"""Pages that list every operation, one for each tag, made of the `OPERATION` constants."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterator
from typing import Any, NamedTuple

from jamf_pro_client import api
from jamf_pro_client.classic import api as classic_api
from jamf_pro_client.operation import Operation

__all__ = ("APIS", "Api", "index_page", "pages", "tag_page")

_HEADINGS = ("Operation", "Request", "What it does", "Privileges", "Paging", "Deprecated since")


class Api(NamedTuple):
    """One of the two APIs."""

    title: str
    """Its name."""
    folder: str
    """Where its pages are, below `operations`."""
    package: str
    """Package of the tags' packages."""
    tags: dict[str, tuple[str, ...]]
    """Package of a tag -> the operations in it."""
    attribute: str
    """Where the facade has its operations."""

    @property
    def size(self) -> int:
        """How many operations it has."""
        return sum(map(len, self.tags.values()))


APIS = (
    Api("Jamf Pro API", "pro", api.__name__, api.OPERATIONS, "pro_api"),
    Api("Classic API", "classic", classic_api.__name__, classic_api.OPERATIONS, "classic_api"),
)


def index_page(of: Api) -> str:
    """Return the page that leads to all tags of an API."""
    rows = [f"| [{tag}]({tag}.md) | {len(names)} |" for tag, names in of.tags.items()]
    return "\n".join(
        (
            f"# Operations of the {of.title}",
            "",
            f"{of.size} operations of Jamf Pro {api.JAMF_PRO_VERSION}, in {len(of.tags)} packages "
            f"of `{of.package}`. The facade has all of them as methods of `{of.attribute}`.",
            "",
            "| package | operations |",
            "|---|---|",
            *rows,
            "",
        )
    )


def tag_page(of: Api, tag: str) -> str:
    """Return the page with the table of a tag's operations."""
    return "\n".join(
        (
            # Two hundred pages more in the bar of every page would be of no use.
            "---",
            "orphan: true",
            "---",
            f"# {tag}",
            "",
            f"Modules of `{of.package}.{tag}`, one of the packages of the [{of.title}](index.md):",
            "",
            f"| {' | '.join(_HEADINGS)} |",
            f"|{'---|' * len(_HEADINGS)}",
            *(_row(of, tag, name) for name in of.tags[tag]),
            "",
        )
    )


def _row(of: Api, tag: str, name: str) -> str:
    module = importlib.import_module(f"{of.package}.{tag}.{name}")
    operation: Operation[Any, Any] = module.OPERATION
    summary, link = _told(module.sync)
    cells = (
        f"[`{name}`]({link}){{#{name}}}",
        f"`{operation.method} {operation.base_path}{operation.path}`",
        summary,
        ", ".join(operation.privileges),
        _paging(operation),
        operation.deprecated_since or "",
    )
    return f"| {' | '.join(cells)} |"


def _told(function: object) -> tuple[str, str]:
    """Return what a docstring begins with and the address that it ends with."""
    text = inspect.getdoc(function) or ""
    return text.partition("\n\n")[0].replace("\n", " "), text.rpartition("\nSee ")[2].strip()


def _paging(operation: Operation[Any, Any]) -> str:
    if operation.paging is None:
        return ""
    if operation.paging.rows:
        return f"pages, rows in `{operation.paging.rows}`"
    tables = any(reply.is_success and reply.kind == "text" for reply in operation.replies)
    return "pages of a CSV table" if tables else "pages, each an array"


def pages() -> Iterator[tuple[str, str]]:
    """Yield path and text of each page."""
    for of in APIS:
        yield f"operations/{of.folder}/index.md", index_page(of)
        for tag in of.tags:
            yield f"operations/{of.folder}/{tag}.md", tag_page(of, tag)
