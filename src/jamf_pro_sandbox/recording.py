"""What clients asked for, kept so that a test can look at it."""

from __future__ import annotations

import threading
from typing import Final

import attrs

__all__ = ("RecordedRequest", "Recorder", "redact")

_SECRET_HEADERS: Final = frozenset({"authorization", "cookie", "proxy-authorization"})


@attrs.define
class RecordedRequest:
    """One request as it came in, and how it was answered."""

    method: str
    path: str
    """As sent, percent-encoding included, without the query."""
    template: str | None
    """The described path, such as `/v1/buildings/{id}`; None when there is none."""
    operation_id: str | None
    query: list[tuple[str, str]]
    headers: dict[str, str]
    """Names in small letters; credentials are replaced by `***`."""
    content_type: str | None
    body: bytes = attrs.field(repr=False)
    """As it came; it may hold secrets, so it is in no repr."""
    status: int = 0
    """The status it was answered with."""
    violation: str | None = None
    """How it breaks the description; None when it does not."""
    notes: list[str] = attrs.field(factory=list)
    """What was ignored, such as unknown properties of the body."""


class Recorder:
    """A list of requests that the server fills and tests read, each in its own thread."""

    def __init__(self) -> None:
        self._requests: list[RecordedRequest] = []
        self._lock = threading.Lock()

    def add(self, request: RecordedRequest) -> None:
        """Append one answered request."""
        with self._lock:
            self._requests.append(request)

    def snapshot(self) -> list[RecordedRequest]:
        """Return the requests so far, oldest first."""
        with self._lock:
            return list(self._requests)

    def clear(self) -> None:
        """Forget all requests."""
        with self._lock:
            self._requests.clear()


def redact(name: str, value: str) -> str:
    """Return a header's value, or `***` when it holds credentials."""
    if name not in _SECRET_HEADERS:
        return value
    scheme = value.partition(" ")[0] if name != "cookie" else ""
    return f"{scheme} ***".strip()
