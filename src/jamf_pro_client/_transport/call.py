"""One request as data, before any client is chosen to send it."""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from jamf_pro_client._httpx import httpx
from jamf_pro_client._unset import UNSET, Unset

__all__ = ("Call", "Content", "FilePart", "TimeoutValue")

Content = bytes | str | Iterable[bytes] | AsyncIterable[bytes] | None
FilePart = tuple[str, tuple[str | None, Any, str | None]]
TimeoutValue = (
    float | tuple[float | None, float | None, float | None, float | None] | httpx.Timeout | None
)


class Call(NamedTuple):
    """What to send. Only what cannot be secret is in its repr."""

    method: str
    """The HTTP method, in capitals."""
    path: str
    """A percent-encoded path under the server's base URL, or an absolute URL."""
    params: Sequence[tuple[str, str]] = ()
    """The query, not encoded; one name can occur more than once."""
    headers: Mapping[str, str] = MappingProxyType({})
    """They win over those of the client and over a Content-Type made for the body."""
    cookies: Mapping[str, str] = MappingProxyType({})
    """Sent with this request besides those of the client."""
    content: Content = None
    """The body as it is."""
    is_json: bool = False
    """Whether the content was made of `json=` and needs a Content-Type that says so."""
    data: Mapping[str, Any] | None = None
    """Form fields."""
    files: Sequence[FilePart] | None = None
    """Parts of a multipart body: field name, then file name, bytes or binary file, media type."""
    timeout: TimeoutValue | Unset = UNSET
    """Seconds or an httpx.Timeout; None is no limit, UNSET is the client's."""
    follow_redirects: bool | None = None
    """None is the client's."""
    authenticate: bool = True
    """False sends no token."""
    operation: str | None = None
    """The operation's name, for errors."""
    template: str | None = None
    """The path with the names of its parameters, for errors and logs."""
    privileges: tuple[str, ...] = ()
    """The privileges that the operation needs, for errors."""

    def __repr__(self) -> str:
        return f"Call(method={self.method!r}, path={self.shown_path!r})"

    @property
    def replayable(self) -> bool:
        """Whether the same body can be sent a second time."""
        if self.content is not None and not isinstance(self.content, bytes | str):
            return False
        return all(_can_rewind(part[1][1]) for part in self.files or ())

    @property
    def shown_path(self) -> str:
        """The path as errors and logs show it: the template, or the path without query."""
        if self.template is not None:
            return self.template
        return self.path.partition("?")[0].partition("#")[0]


def _can_rewind(source: object) -> bool:
    if isinstance(source, bytes | str):
        return True
    seekable = getattr(source, "seekable", None)
    return seekable is not None and bool(seekable())
