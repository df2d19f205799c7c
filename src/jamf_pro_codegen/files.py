"""Reads and writes the JSON files of `openapi/`."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from jamf_pro_codegen.errors import CodegenError


def read_json(path: Path) -> Any:
    """Return what a JSON file holds.

    Raises:
        CodegenError: It is not there or is no JSON.
    """
    try:
        return json.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        raise CodegenError(f"{path} is missing: run this in the project's folder") from error
    except ValueError as error:
        raise CodegenError(f"{path} is not valid JSON: {error}") from error


def write_json(path: Path, content: Any) -> None:
    """Write beside the target first: a failure leaves the old file as it was.

    Raises:
        CodegenError: It cannot be written.
    """
    text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
    staged = path.with_name(f".{path.name}.new")
    try:
        staged.write_text(text, "utf-8")
        os.replace(staged, path)
    except OSError as error:
        raise CodegenError(f"cannot write {path}: {error.strerror or error}") from error
