"""A request that passed the checks, and what it is answered with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import attrs
import msgspec

from jamf_pro_sandbox.description import API_PREFIX, Operation
from jamf_pro_sandbox.errors import Cause, error_body

__all__ = ("Answer", "Call", "Handler", "empty_answer", "json_answer", "scripted_answer")


@attrs.frozen
class Call:
    """One checked request."""

    operation: Operation
    path_values: Mapping[str, str]
    query: Sequence[tuple[str, str]]
    body: Any
    """Decoded JSON, the fields of a form, or text; None without a body."""
    headers: Mapping[str, str]
    """Names in small letters."""
    base_url: str
    """The server as the caller addressed it, for absolute links."""

    def href(self, record_id: str) -> str:
        """Return the absolute address of a record below this operation's path."""
        path = self.operation.template
        for name, value in self.path_values.items():
            path = path.replace(f"{{{name}}}", value)
        return f"{self.base_url}{API_PREFIX}{path}/{record_id}"


@attrs.frozen
class Answer:
    """A reply."""

    status: int
    content: bytes = b""
    media_type: str | None = None
    headers: Mapping[str, str] = attrs.field(factory=dict)


Handler = Callable[[Call], Answer]


def json_answer(status: int, value: Any) -> Answer:
    """Return a reply that carries *value* as JSON."""
    return Answer(status, msgspec.json.encode(value), "application/json")


def empty_answer(status: int = 204) -> Answer:
    """Return a reply without a body."""
    return Answer(status)


def scripted_answer(
    status: int, body: Any = None, headers: Mapping[str, str] | None = None
) -> Answer:
    """Make a reply that somebody wants to see, whatever is asked.

    Args:
        status: Of the reply.
        body: Bytes and text are sent as they are, everything else as JSON. None means the error
            body that fits the status, and nothing for a success.
        headers: Of the reply.
    """
    return attrs.evolve(_scripted_body(status, body), headers=headers or {})


def _scripted_body(status: int, body: Any) -> Answer:
    match body:
        case None if status < 400:
            return Answer(status)
        case None:
            causes = [Cause("INVALID_TOKEN", "Unauthorized")] if status == 401 else []
            return Answer(status, error_body(status, causes), "application/json")
        case bytes():
            return Answer(status, body, "application/octet-stream")
        case str():
            return Answer(status, body.encode(), "text/plain;charset=utf-8")
        case _:
            return json_answer(status, body)
