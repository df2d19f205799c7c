"""Puts together what Sphinx reads: pages that people wrote, and pages made from the package."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from docs.site import operations, reference

__all__ = ("ROOT", "UnknownTargetError", "moved_links", "write_sources")

ROOT = Path(__file__).parents[2]

# Files of the project -> pages of the site; those in docs/ keep their names.
_PLACES = {
    "README.md": "index.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "security-policy.md",
    "openapi/README.md": "description.md",
    "src/jamf_pro_codegen/templates/README.md": "templates.md",
    "benchmarks/README.md": "benchmarks.md",
    "examples": "examples/index.md",
    "examples/facade": "examples/index.md",
}
# What the bar on the left shows, in its order. A page that is missing here is a warning.
_GUIDE = (
    "getting-started",
    "facade",
    "paging",
    "filters",
    "models",
    "classic",
    "errors",
    "resilience",
    "security",
    "sandbox",
    "wrapping",
    "examples/index",
)
_REFERENCE = ("reference/index", "operations/pro/index", "operations/classic/index")
_PROJECT = (
    "changelog",
    "contributing",
    "architecture",
    "description",
    "templates",
    "faults",
    "benchmarks",
    "security-policy",
)
_LINK = re.compile(r"(?<=\]\()(?![a-z]+:)([^)#]+)(?=[)#])")


class UnknownTargetError(Exception):
    """A page links to what is not on the site."""


def places() -> dict[str, str]:
    """Return file of the project -> page of the site."""
    pages = {f"docs/{page.name}": page.name for page in (ROOT / "docs").glob("*.md")}
    programs = {name: f"{name.removesuffix('.py')}.md" for name in _programs()}
    return {**_PLACES, **pages, **programs}


def _programs() -> list[str]:
    """Return the files of all examples, relative to the project's root."""
    found = (ROOT / "examples").rglob("*.py")
    return sorted(path.relative_to(ROOT).as_posix() for path in found)


def moved_links(text: str, source: str, placed: Mapping[str, str]) -> str:
    """Return a page's text with its links leading to where their targets are on the site.

    Args:
        text: The page.
        source: The file it is from, relative to the project's root.
        placed: File of the project -> page of the site.

    Raises:
        UnknownTargetError: A target is no page of the site.
    """
    folder = PurePosixPath(placed[source]).parent

    def moved(link: re.Match[str]) -> str:
        target = os.path.normpath(PurePosixPath(source).parent / link[1])
        if target not in placed:
            raise UnknownTargetError(f"{source} links to {link[1]}, which is not on the site")
        return os.path.relpath(placed[target], folder)

    return _LINK.sub(moved, text)


def _tree(caption: str, pages: tuple[str, ...]) -> str:
    listed = "\n".join(pages)
    return f"\n```{{toctree}}\n:hidden:\n:caption: {caption}\n\n{listed}\n```\n"


def _written() -> Iterator[tuple[str, str]]:
    """Yield path and text of each page that people wrote."""
    placed = places()
    for source, page in placed.items():
        if not source.endswith(".md"):
            continue
        text = moved_links((ROOT / source).read_text("utf-8"), source, placed)
        if page == "index.md":
            text += _tree("Guide", _GUIDE) + _tree("Reference", _REFERENCE)
            text += _tree("Project", _PROJECT)
        yield page, text


def _examples() -> Iterator[tuple[str, str]]:
    """Yield path and text of each page that shows an example."""
    names = [name.removesuffix(".py").removeprefix("examples/") for name in _programs()]
    listed = "\n".join(names)
    yield "examples/index.md", f"# Examples\n\n```{{toctree}}\n:maxdepth: 1\n\n{listed}\n```\n"
    for name in names:
        code = (ROOT / "examples" / f"{name}.py").read_text("utf-8")
        yield f"examples/{name}.md", f"# {name}.py\n\n```python\n{code}```\n"


def write_sources(folder: Path) -> None:
    """Write what Sphinx reads, into a folder that is emptied first.

    Args:
        folder: Where to.

    Raises:
        UnknownTargetError: A page links to what is not on the site.
    """
    shutil.rmtree(folder, ignore_errors=True)
    made = (*_written(), *_examples(), *reference.pages(), *operations.pages())
    for name, text in made:
        page = folder / name
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(text, "utf-8")
