"""Pages of the modules that people wrote, filled by Sphinx with their docstrings."""

from __future__ import annotations

from collections.abc import Iterator

from sphinx.pycode import ModuleAnalyzer

import jamf_pro_client

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
    "jamf_pro_sandbox": (),
    "jamf_pro_sandbox.pytest_plugin": (),
}
# Module -> classes that are made when they are asked for, which Sphinx does not find by itself.
_FURTHER = {
    "jamf_pro_client.classic": (
        ".. autoclass:: jamf_pro_client.classic.ClassicComputer\n   :no-show-inheritance:\n\n"
        "What follows is the same in all records of `jamf_pro_client.classic.models`:\n\n"
        ".. autoclass:: jamf_pro_client.classic.models.Computer\n"
        "   :members: from_xml, to_xml, draft\n   :inherited-members:\n"
    ),
    "jamf_pro_sandbox": (
        ".. autoclass:: jamf_pro_sandbox.Sandbox\n\n"
        ".. autoclass:: jamf_pro_sandbox.RecordedRequest\n"
    ),
}
# Module -> a value or type in it, and the module in which its docstring stands.
_VALUES = {
    "jamf_pro_client.types": ("UNSET", "jamf_pro_client._unset"),
    "jamf_pro_client.paging": ("Progress", "jamf_pro_client._paging.bar"),
    "jamf_pro_client.filters": ("FilterValue", "jamf_pro_client._filters.values"),
}


def names() -> Iterator[str]:
    """Yield the full name of each module."""
    yield from _MODULES


def _heading(title: str) -> str:
    return f"{title}\n{'=' * len(title)}\n\n"


def _value(name: str, home: str) -> str:
    """Return the part of a page that tells of a value whose docstring stands in another module."""
    docs = ModuleAnalyzer.for_module(home).find_attr_docs()
    return f".. py:data:: {name}\n\n   {' '.join(docs['', name]).strip()}\n"


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
        further = _value(*_VALUES[name]) if name in _VALUES else _FURTHER.get(name, "")
        yield f"reference/{name}.rst", f"{_heading(name)}{body}\n\n{further}"
