"""Builds the site: sources, then Sphinx, then a look at every link between its pages."""

from __future__ import annotations

import sys

from docs.site.links import broken_links
from docs.site.sources import ROOT, write_sources
from sphinx.cmd.build import main as build

SITE = ROOT / "site"


def main() -> int:
    """Build the site and return the exit code; warnings are errors."""
    source, html = SITE / "source", SITE / "html"
    write_sources(source)
    settings = str(ROOT / "docs" / "site")
    options = ["--fail-on-warning", "--keep-going", "--quiet", "--fresh-env", "--write-all"]
    doctrees = str(SITE / "doctrees")
    failed = build([*options, "-c", settings, "-d", doctrees, str(source), str(html)])
    broken = [] if failed else broken_links(html)
    for link in broken:
        print(f"leads nowhere: {link}", file=sys.stderr)
    if not failed and not broken:
        print(f"built {html / 'index.html'}")
    return failed or bool(broken)


if __name__ == "__main__":
    sys.exit(main())
