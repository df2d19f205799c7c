"""`openapi/lock.toml`: what the generated trees were made from, by version and hash."""

from __future__ import annotations

import hashlib
import tomllib
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from jamf_pro_codegen.errors import CodegenError
from jamf_pro_codegen.render import TEMPLATES

LOCK: Final = Path("openapi/lock.toml")
_TOOLS = ("openapi-python-client", "ruff", "jinja2")


def tool_versions() -> dict[str, str]:
    """Return the installed versions of what writes code."""
    return {tool: version(tool) for tool in _TOOLS}


def input_hashes(root: Path) -> dict[str, str]:
    """Return the hashes of everything that decides what is generated.

    Args:
        root: The project's folder.

    Raises:
        CodegenError: The folder is not the project's.
    """
    files = {
        name: root / name
        for name in (
            "openapi/jamf-pro.json",
            "openapi/repairs.yaml",
            "openapi/versions.json",
            "openapi/classic.json",
            "openapi/classic-repairs.yaml",
            "openapi/classic-names.yaml",
            "openapi/classic-versions.json",
            "generator_config.yaml",
        )
    }
    files.update({f"templates/{path.name}": path for path in sorted(TEMPLATES.glob("*.jinja"))})
    try:
        return {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items()}
    except FileNotFoundError as error:
        raise CodegenError(
            f"{error.filename} is missing: run this in the project's folder"
        ) from error


def read_lock(path: Path) -> dict[str, Any]:
    """Return the content of a lock file; empty if there is none.

    Raises:
        CodegenError: It is no TOML.
    """
    try:
        return tomllib.loads(path.read_text("utf-8")) if path.exists() else {}
    except ValueError as error:
        raise CodegenError(f"{path} is not valid TOML: {error}") from error


def write_lock(path: Path, sections: dict[str, dict[str, str]]) -> None:
    """Write a lock file: tables of names and text."""
    lines = ["# Written by `make generate` and `make bump-spec`. Not edited by hand.", ""]
    for section, values in sections.items():
        lines.append(f"[{section}]")
        lines += [f'"{name}" = "{value}"' for name, value in values.items()]
        lines.append("")
    path.write_text("\n".join(lines), "utf-8")
