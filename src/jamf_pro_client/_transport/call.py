"""One request as data, before any client is chosen to send it."""

from __future__ import annotations

import copy
import time
from collections.abc import AsyncIterable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, TypedDict

from jamf_pro_client._httpx import httpx
from jamf_pro_client._unset import UNSET, Unset

if TYPE_CHECKING:
    from jamf_pro_client.operation import Operation

__all__ = ("Call", "Content", "FilePart", "TimeoutValue")

Content = bytes | str | Iterable[bytes] | AsyncIterable[bytes] | None
"""A body that is sent as it is."""
FilePart = tuple[str, tuple[str | None, Any, str | None]]
"""A part of a multipart body: the field's name; file name, bytes or binary file, media type."""
TimeoutValue = (
    float | tuple[float | None, float | None, float | None, float | None] | httpx.Timeout | None
)
"""Seconds for every step of a request, or for connecting, reading, writing and waiting for a
connection; None is no limit."""


class Named(TypedDict):
    """How errors name a call."""

    method: str
    path: str
    operation: str | None


_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


class Call:
    """What to send. Only what cannot be secret is in its repr.

    Args:
        method: The HTTP method, in capitals.
        path: A percent-encoded path under the server's base URL, or an absolute URL.
        params: The query, not encoded; one name can occur more than once.
        headers: They win over those of the client and over a Content-Type made for the body.
        cookies: Sent with this request besides those of the client.
        content: The body as it is.
        is_json: Whether the content was made of `json=` and needs a Content-Type that says so.
        data: Form fields.
        files: Parts of a multipart body: field name, then file name, bytes or binary file, media
            type.
        timeout: Seconds or an httpx.Timeout; None is no limit, UNSET is the client's.
        follow_redirects: None is the client's.
        authenticate: False sends no token.
        extensions: Extensions of the httpx request.
        overrides: What this call does otherwise than the client's resilience says.
        operation: The operation; None for raw requests.
    """

    __slots__ = (
        "asked_at",
        "authenticate",
        "content",
        "cookies",
        "data",
        "extensions",
        "files",
        "follow_redirects",
        "headers",
        "is_json",
        "method",
        "operation",
        "overrides",
        "params",
        "path",
        "timeout",
    )

    def __init__(
        self,
        method: str,
        path: str,
        *,
        params: Sequence[tuple[str, str]] = (),
        headers: Mapping[str, str] = _NOTHING,
        cookies: Mapping[str, str] = _NOTHING,
        content: Content = None,
        is_json: bool = False,
        data: Mapping[str, Any] | None = None,
        files: Sequence[FilePart] | None = None,
        timeout: TimeoutValue | Unset = UNSET,
        follow_redirects: bool | None = None,
        authenticate: bool = True,
        extensions: Mapping[str, Any] = _NOTHING,
        overrides: Mapping[str, Any] = _NOTHING,
        operation: Operation[Any, Any] | None = None,
    ) -> None:
        self.method = method
        self.path = path
        self.params = params
        self.headers = headers
        self.cookies = cookies
        self.content = content
        self.is_json = is_json
        self.data = data
        self.files = files
        self.timeout = timeout
        self.follow_redirects = follow_redirects
        self.authenticate = authenticate
        self.extensions = extensions
        self.overrides = overrides
        self.operation = operation
        self.asked_at = time.monotonic()
        """When it was asked for, on the monotonic clock."""

    def replace(self, **changes: Any) -> Call:
        """Return a call that differs in some arguments.

        Args:
            **changes: Arguments of the class.
        """
        changed = copy.copy(self)
        for name, value in changes.items():
            setattr(changed, name, value)
        return changed

    def __repr__(self) -> str:
        return f"Call(method={self.method!r}, path={self.shown_path!r})"

    @property
    def replayable(self) -> bool:
        """Whether the same body can be sent a second time."""
        if self.content is not None and not isinstance(self.content, bytes | str):
            return False
        return all(_can_rewind(part[1][1]) for part in self.files or ())

    @property
    def title(self) -> str:
        """How sentences name it."""
        return f"{self.method} {self.shown_path}"

    @property
    def who(self) -> Named:
        """How errors name it."""
        return {"method": self.method, "path": self.shown_path, "operation": self.operation_name}

    @property
    def operation_name(self) -> str | None:
        """The operation's name, for errors; None for raw requests."""
        return None if self.operation is None else self.operation.name

    @property
    def shown_path(self) -> str:
        """The path as errors and logs show it: the template, or the path without query."""
        if self.operation is not None:
            return self.operation.path
        return self.path.partition("?")[0].partition("#")[0]


def _can_rewind(source: object) -> bool:
    if isinstance(source, bytes | str):
        return True
    seekable = getattr(source, "seekable", None)
    return seekable is not None and bool(seekable())
