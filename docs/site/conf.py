"""How Sphinx makes the site out of the sources that `docs.site` puts together."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sphinx.ext.napoleon import Config
from sphinx.ext.napoleon.docstring import GoogleDocstring

from jamf_pro_client import __version__

if TYPE_CHECKING:
    from sphinx.application import Sphinx

project = "jamf-pro-client"
author = "the jamf-pro-client developers"
release = version = __version__

extensions = ["sphinx.ext.autodoc", "myst_parser"]
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
autodoc_preserve_defaults = True
python_maximum_signature_line_length = 88
python_use_unqualified_type_names = True

_FENCE = re.compile(r"```(\w*)")


def _unfenced(lines: list[str]) -> list[str]:
    """Return the lines of a docstring with fenced code written as Sphinx reads it."""
    made: list[str] = []
    inside = False
    for line in lines:
        fence = _FENCE.fullmatch(line.strip())
        if fence:
            inside = not inside
            made += ["", f".. code-block:: {fence[1] or 'text'}", ""] if inside else [""]
        else:
            made.append(f"    {line}" if inside else line)
    return made


def _read_docstring(*event: Any) -> None:
    """Turn a docstring in Google style into what Sphinx reads.

    The extension `napoleon` would do that too, but takes what stands before a colon in the
    docstring of an attribute for its type.
    """
    _, what, name, obj, _, lines = event
    kind: Any = "method" if what in ("attribute", "data", "property") else what
    settings: Any = Config()
    lines[:] = GoogleDocstring(_unfenced(lines), settings, what=kind, name=name, obj=obj).lines()


def setup(app: Sphinx) -> None:
    """Have docstrings read by the function above."""
    app.connect("autodoc-process-docstring", _read_docstring)
