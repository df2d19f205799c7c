"""Files that were uploaded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import attrs

__all__ = ("FILE", "FilePart", "uploaded")

FILE: Final = "file"
"""What the part of an upload is called that holds the file."""


@attrs.frozen
class FilePart:
    """A part of a multipart body that is a file."""

    file_name: str | None
    content: bytes


def uploaded(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a body says of a record; of a file its name and its kind, too."""
    file = body.get(FILE)
    if not isinstance(file, FilePart):
        return dict(body)
    name = str(file.file_name)
    return {**body, "name": name, "fileName": name, "fileType": name.rpartition(".")[2]}
