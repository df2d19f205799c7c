"""Files that were uploaded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import attrs

__all__ = ("FILE", "FilePart", "content_of", "uploaded")

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


def content_of(known: Mapping[str, Any], media_type: str | None) -> bytes | None:
    """Return what is downloaded of a record; None when nothing is known of it.

    Args:
        known: Of the record.
        media_type: Of the download.
    """
    file = known.get(FILE)
    if isinstance(file, FilePart):
        return file.content
    script = known.get("scriptContents") if "text/plain" in (media_type or "") else None
    return str(script).encode() if script else None
