"""The site has every operation, and no link of it leads nowhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from docs.site import operations, reference
from docs.site.links import broken_links
from docs.site.sources import ROOT, UnknownTargetError, moved_links, write_sources

PLACED = {"README.md": "index.md", "docs/paging.md": "paging.md", "openapi/README.md": "a/b.md"}


def test_every_operation_is_in_the_table_of_its_tag() -> None:
    pages = dict(operations.pages())
    assert [of.size for of in operations.APIS] == [817, 563]
    for of in operations.APIS:
        for tag, names in of.tags.items():
            rows = re.findall(r"^\| \[`(\w+)`\]", pages[f"operations/{of.folder}/{tag}.md"], re.M)
            assert tuple(rows) == names


def test_a_row_tells_the_facts_of_an_operation() -> None:
    (pro, _) = operations.APIS
    page = operations.tag_page(pro, "computer_inventory")
    row = next(line for line in page.splitlines() if "[`get_v1_computers_inventory`]" in line)
    assert "`GET /api/v1/computers-inventory`" in row
    assert "| Read Computers | pages, rows in `results` | 20" in row


def test_every_public_module_that_people_wrote_has_a_page() -> None:
    package = ROOT / "src" / "jamf_pro_client"
    modules = {f"jamf_pro_client.{path.stem}" for path in package.glob("[a-z]*.py")}
    # Other names for `errors`; and what generated modules alone are made of.
    modules -= {"jamf_pro_client.exceptions", "jamf_pro_client.shapes"}
    assert modules <= set(reference.names())


def test_links_lead_to_the_places_of_the_site() -> None:
    text = "[a](docs/paging.md) [b](https://example.org) [c](openapi/README.md#form) [d](#here)"
    assert moved_links(text, "README.md", PLACED) == (
        "[a](paging.md) [b](https://example.org) [c](a/b.md#form) [d](#here)"
    )
    assert moved_links("[a](../README.md)", "openapi/README.md", PLACED) == "[a](../index.md)"


def test_a_link_to_what_is_not_on_the_site_is_refused() -> None:
    with pytest.raises(UnknownTargetError, match=r"Makefile"):
        moved_links("[a](Makefile)", "README.md", PLACED)


def test_sources_of_all_pages_can_be_put_together(tmp_path: Path) -> None:
    write_sources(tmp_path / "source")
    names = {path.name for path in (tmp_path / "source").glob("*.md")}
    assert names >= {path.name for path in (ROOT / "docs").glob("*.md")}
    assert names >= {"index.md", "changelog.md", "contributing.md"}


def test_links_that_lead_nowhere_are_found(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text('<p id="x"><a href="b.html#y">b</a> <a href="#x">x</a>')
    (tmp_path / "b.html").write_text('<a href="a.html#x">a</a> <a href="c.html">c</a>')
    assert broken_links(tmp_path) == ["a.html: b.html#y", "b.html: c.html"]
