"""Values that endpoints take and return: `UNSET`, `File` and `Response`."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO, Generic, TypeVar

import attrs

from jamf_pro_client._unset import UNSET, Unset

if TYPE_CHECKING:
    from jamf_pro_client.errors import ApiErrorDetail

__all__ = ("UNSET", "File", "Response", "Unset")

T_co = TypeVar("T_co", covariant=True)


def _readable(given: BinaryIO | bytes) -> BinaryIO:
    if isinstance(given, str):
        # It would be sent in place of the file that it names.
        from jamf_pro_client.errors import ConfigurationError

        raise ConfigurationError(
            "a File is made of bytes or of an open file, not of text: open the file in binary "
            'mode, as Path(...).open("rb") does, or encode the text'
        )
    return BytesIO(given) if isinstance(given, bytes) else given


@attrs.define
class File:
    """A file to upload, or one that was downloaded."""

    payload: BinaryIO = attrs.field(converter=_readable)
    """Where the bytes are read from, opened in binary mode. Plain bytes are wrapped."""
    file_name: str | None = None
    """The name sent to the server, or the one that `Content-Disposition` gave, without folders."""
    mime_type: str | None = None
    """The media type, such as `image/png`. Guessed from the name when sent without one."""

    def read(self) -> bytes:
        """Return all bytes from the start, wherever earlier reads stopped."""
        if self.payload.seekable():
            self.payload.seek(0)
        return self.payload.read()


@attrs.frozen
class Response(Generic[T_co]):
    """A whole reply, whatever its status."""

    status_code: int
    """The HTTP status as the server sent it; numbers that no standard names are kept."""
    content: bytes
    """The body, decompressed."""
    headers: Mapping[str, str]
    """The headers; look-ups ignore case."""
    parsed: T_co | None
    """The decoded success or error body; None when there is none or it cannot be read."""

    @property
    def errors(self) -> tuple[ApiErrorDetail, ...]:
        """Jamf's own list of errors, whatever the description says of the status; often empty."""
        if self.status_code < 400:
            return ()
        # Imported here: most programs meet no error.
        from jamf_pro_client._replies import read_error_body
        from jamf_pro_client.errors import ApiErrorDetail

        details = read_error_body(self.content, self.headers).details
        return tuple(ApiErrorDetail(*detail) for detail in details)
