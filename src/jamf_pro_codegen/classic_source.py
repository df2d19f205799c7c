"""Reads the two documents of the Classic API and makes its description of them."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any, Final

from jamf_pro_codegen.classic_facts import extract_classic_facts
from jamf_pro_codegen.classic_form import load_names, normalise_classic
from jamf_pro_codegen.errors import CodegenError
from jamf_pro_codegen.repairs import apply_repairs, load_repairs
from jamf_pro_codegen.source import Source, parse_yaml, read_raw

REPAIRS: Final = Path("openapi/classic-repairs.yaml")
NAMES: Final = Path("openapi/classic-names.yaml")


def read_classic(name: str) -> Source:
    """Read the Swagger 2 document of a version.

    Args:
        name: Path of a JSON or YAML file, or an http(s) URL.

    Raises:
        CodegenError: It cannot be read, or is no such document.
    """
    raw = read_raw(name)
    try:
        document = parse_yaml(raw.decode("utf-8-sig"), name)
    except UnicodeDecodeError as error:
        raise CodegenError(f"cannot read {name}: {error}") from error
    if not isinstance(document, dict) or document.get("swagger") != "2.0":
        raise CodegenError(f"{name} is not a Swagger 2 document of the Classic API")
    if not document.get("paths"):
        raise CodegenError(f"{name} describes no paths")
    return Source(name, hashlib.sha256(raw).hexdigest(), document)


def classic_description(swagger: Source, shapes: Source, version: str) -> dict[str, Any]:
    """Return the description of the Classic API of a version, in normal form.

    Args:
        swagger: Which operations the version has.
        shapes: The reference document.
        version: The Jamf Pro version.

    Raises:
        CodegenError: A repair or a name does not fit any more.
    """
    facts = extract_classic_facts(swagger.document, shapes.document)
    names = load_names(NAMES)
    repaired = apply_repairs(facts, load_repairs(REPAIRS), version)
    description = normalise_classic(repaired, version, names)
    if unused := names.unused():
        raise CodegenError(f"{NAMES} has entries that change nothing: {', '.join(unused)}")
    return description
