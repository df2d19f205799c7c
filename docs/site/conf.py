"""How Sphinx makes the site out of the sources that `docs.site` puts together."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jamf_pro_client import __version__

if TYPE_CHECKING:
    from sphinx.application import Sphinx

project = "jamf-pro-client"
author = "the jamf-pro-client developers"
release = version = __version__

extensions = ["sphinx.ext.autodoc", "sphinx.ext.napoleon", "myst_parser"]
myst_enable_extensions = ["attrs_inline"]
myst_heading_anchors = 3

html_theme = "furo"
html_title = f"{project} {release}"
html_copy_source = False
html_show_copyright = False

# Docstrings write code as `code`: what is documented becomes a link, all else stays code.
default_role = "py:obj"
autodoc_default_options = {"members": True, "member-order": "bysource", "show-inheritance": True}
autodoc_typehints = "signature"
python_maximum_signature_line_length = 88
python_use_unqualified_type_names = True

_FENCE = re.compile(r"```(\w*)")


def _unfence(lines: list[str]) -> None:
    """Write fenced code among the lines of a docstring as Sphinx reads it."""
    made: list[str] = []
    inside = False
    for line in lines:
        fence = _FENCE.fullmatch(line.strip())
        if fence:
            inside = not inside
            made += ["", f".. code-block:: {fence[1] or 'text'}", ""] if inside else [""]
        else:
            made.append(f"    {line}" if inside else line)
    lines[:] = made


def setup(app: Sphinx) -> None:
    """Have docstrings read before the extension for Google style reads them."""
    app.connect("autodoc-process-docstring", lambda *event: _unfence(event[-1]), priority=100)
