"""Pages of the modules that people wrote, filled by Sphinx with their docstrings."""

from __future__ import annotations

from collections.abc import Iterator

from sphinx.pycode import ModuleAnalyzer

import jamf_pro_client
from jamf_pro_client import Unset

__all__ = ("names", "pages")

_IMPORTED = ":imported-members:"
_INHERITED = ":inherited-members: Exception, tuple"
# What providers of one's own override.
_OVERRIDDEN = "_request_access_token"

# Module -> options for what is public in it although its code is elsewhere.
_MODULES: dict[str, tuple[str, ...]] = {
    "jamf_pro_client.facade": (_IMPORTED, _INHERITED),
    "jamf_pro_client.session": (),
    "jamf_pro_client.client": (_INHERITED,),
    "jamf_pro_client.auth": (f":private-members: {_OVERRIDDEN}, {_OVERRIDDEN}_async",),
    "jamf_pro_client.credentials": (),
    "jamf_pro_client.errors": (),
    "jamf_pro_client.resilience": (),
    "jamf_pro_client.paging": (_IMPORTED,),
    "jamf_pro_client.filters": (_IMPORTED,),
    "jamf_pro_client.concurrency": (),
    "jamf_pro_client.updating": (),
    "jamf_pro_client.waiting": (),
    "jamf_pro_client.model": (),
    "jamf_pro_client.types": (_IMPORTED,),
    "jamf_pro_client.enums": (),
    "jamf_pro_client.drift": (),
    "jamf_pro_client.operation": (),
    "jamf_pro_client.classic": (),
    "jamf_pro_client.helpers": (),
    "jamf_pro_sandbox": (_IMPORTED,),
    "jamf_pro_sandbox.pytest_plugin": (),
}
# Module -> what Sphinx does not find by itself: values, and classes that are made when asked for.
_FURTHER = {
    "jamf_pro_client.types": ".. py:data:: jamf_pro_client.types.UNSET\n\n   {unset}\n",
    "jamf_pro_client.classic": (
        ".. autoclass:: jamf_pro_client.classic.ClassicComputer\n   :no-show-inheritance:\n\n"
        "What follows is the same in all records of `jamf_pro_client.classic.models`:\n\n"
        ".. autoclass:: jamf_pro_client.classic.models.Computer\n"
        "   :members: from_xml, to_xml, draft\n   :inherited-members:\n"
    ),
}


def names() -> Iterator[str]:
    """Yield the full name of each module."""
    yield from _MODULES


def _heading(title: str) -> str:
    return f"{title}\n{'=' * len(title)}\n\n"


def _meaning_of_unset() -> str:
    """Return what stands below `UNSET` in its module: a value has no docstring of its own."""
    docs = ModuleAnalyzer.for_module(Unset.__module__).find_attr_docs()
    return " ".join(docs["", "UNSET"]).strip()


def _index() -> str:
    listed = "\n".join(f"   {name}" for name in names())
    return (
        f"{_heading('Modules')}What is here is public, and so are all operations and models. These "
        "names can be imported from `jamf_pro_client` itself:\n\n"
        f"{', '.join(f'`{name}`' for name in jamf_pro_client.__all__)}.\n\n"
        f".. toctree::\n   :maxdepth: 1\n\n{listed}\n"
    )


def pages() -> Iterator[tuple[str, str]]:
    """Yield path and text of each page."""
    yield "reference/index.rst", _index()
    for name, options in _MODULES.items():
        lines = (f".. automodule:: {name}", *(f"   {option}" for option in options))
        body = "\n".join(lines)
        further = _FURTHER.get(name, "").format(unset=_meaning_of_unset())
        yield f"reference/{name}.rst", f"{_heading(name)}{body}\n\n{further}"
