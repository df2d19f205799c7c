"""The commands that take in the documents of the Classic API."""

from __future__ import annotations

import argparse
from typing import Any

from jamf_pro_codegen.classic_source import classic_description, read_classic
from jamf_pro_codegen.errors import CodegenError
from jamf_pro_codegen.files import read_json, write_json
from jamf_pro_codegen.lock import LOCK, read_lock, write_lock
from jamf_pro_codegen.normal_form import operations
from jamf_pro_codegen.report import summary
from jamf_pro_codegen.source import Source, read_source
from jamf_pro_codegen.trees import CLASSIC
from jamf_pro_codegen.versions import note_versions, version_of

_SECTION = "classic"


def take_in(options: argparse.Namespace) -> None:
    """Make the description of a version, and tell what differs from the one that was there.

    Args:
        options: `source`, `shapes` and `version` as given.

    Raises:
        CodegenError: A document cannot be read, or does not fit the repairs.
    """
    source = read_classic(options.source)
    version = version_of(options.source, options.version)
    shapes = read_source(options.shapes) if options.shapes else None
    document = _description(source, shapes, version)
    present = read_json(CLASSIC.description) if CLASSIC.description.exists() else None
    write_json(CLASSIC.description, document)
    lock = read_lock(LOCK)
    entry = {"jamf-pro": version, "sha256": source.sha256}
    entry["shapes-sha256"] = shapes.sha256 if shapes else lock[_SECTION]["shapes-sha256"]
    write_lock(LOCK, {**lock, _SECTION: entry})
    print(f"{sum(1 for _ in operations(document))} operations of the Classic API {version}")
    if present:
        print(summary(present, document))


def take_in_versions(options: argparse.Namespace) -> None:
    """Note which operations versions have.

    Args:
        options: `sources`, `shapes` and `version` as given.

    Raises:
        CodegenError: A document cannot be read, or its name tells no version.
    """
    shapes = read_source(options.shapes) if options.shapes else None
    known = note_versions(
        read_json(CLASSIC.versions) if CLASSIC.versions.exists() else {},
        options.sources,
        options.version,
        lambda name, version: _description(read_classic(name), shapes, version),
    )
    write_json(CLASSIC.versions, known)
    print(f"{len(known['operations'])} operations in versions {', '.join(known['versions'])}")


def _description(source: Source, shapes: Source | None, version: str) -> dict[str, Any]:
    """Return the description of a version; the document that was taken in last needs no shapes."""
    if shapes:
        return classic_description(source, shapes, version)
    taken_in = read_lock(LOCK).get(_SECTION, {})
    if source.sha256 != taken_in.get("sha256"):
        raise CodegenError(
            f"{source.name} differs from the document of "
            f"{taken_in.get('jamf-pro', 'any version before')}: give the reference document too, "
            "for the shapes of what is new (--shapes, or SHAPES= of make)"
        )
    present: dict[str, Any] = read_json(CLASSIC.description)
    return {**present, "info": {**present["info"], "version": version}}
