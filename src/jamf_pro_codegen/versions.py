"""Which operation exists in which Jamf Pro version: `openapi/versions.json`."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from jamf_pro_codegen.errors import CodegenError
from jamf_pro_codegen.normal_form import operations

_VERSION = re.compile(r"\d+\.\d+\.\d+")


def version_in(name: str) -> str | None:
    """Return the Jamf Pro version that the path of a document tells, if it tells one."""
    if name.startswith(("http://", "https://")):
        return None  # the dotted numbers of an address tell no version
    found = _VERSION.findall(name)
    return found[-1] if found else None


def version_of(name: str, given: str | None) -> str:
    """Return the Jamf Pro version of a document.

    Args:
        name: Its path or address.
        given: What the caller says.

    Raises:
        CodegenError: Neither tells it.
    """
    version = given or version_in(name)
    if version is None:
        raise CodegenError(f"the name {name} contains no version such as 11.30.1: give --version")
    return version


def note_versions(
    known: dict[str, Any],
    sources: Sequence[str],
    given: str | None,
    describe: Callable[[str, str], dict[str, Any]],
) -> dict[str, Any]:
    """Return versions.json with the versions of some documents taken in.

    Args:
        known: The present content; empty to begin with.
        sources: Paths or addresses of the documents.
        given: The version of the only one, if its name does not tell it.
        describe: Returns the description in normal form of a document and its version.

    Raises:
        CodegenError: A version is not known.
    """
    if given and len(sources) > 1:
        raise CodegenError("--version goes with one source; several need versions in their names")
    for name in sources:
        version = version_of(name, given)
        known = merge_versions(known, describe(name, version), version)
    return known


def merge_versions(known: dict[str, Any], document: dict[str, Any], version: str) -> dict[str, Any]:
    """Return versions.json with one more version taken in.

    Args:
        known: The present content; empty to begin with.
        document: A description in normal form.
        version: Its Jamf Pro version.

    Raises:
        CodegenError: The version is no dotted number, so that it cannot be put in order.
    """
    versions = sorted({*known.get("versions", []), version}, key=_order)
    entries = {name: dict(entry) for name, entry in known.get("operations", {}).items()}
    for path, method, operation in operations(document):
        entry = entries.setdefault(
            operation["operationId"],
            {"method": method.upper(), "path": path, "first": version, "last": version},
        )
        entry["first"] = min(entry["first"], version, key=_order)
        entry["last"] = max(entry["last"], version, key=_order)
        if entry["last"] == version:  # the newest word counts, whatever the order of sources
            entry.pop("deprecated", None)
            if operation.get("x-deprecation-date"):
                entry["deprecated"] = operation["x-deprecation-date"]
    return {"versions": versions, "operations": dict(sorted(entries.items()))}


def _order(version: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in version.split("."))
    except ValueError as error:
        raise CodegenError(
            f"{version!r} is not a Jamf Pro version such as 11.30.1; give one with --version"
        ) from error
