"""Refusals, and the bodies in which Jamf sends them."""

from __future__ import annotations

import html
import json
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import attrs

__all__ = ("Cause", "Refusal", "classic_page", "error_body", "pretty", "violation")


@attrs.frozen
class Cause:
    """One entry of the `errors` list of an error body."""

    code: str
    description: str
    id: str | None = "0"
    field: str | None = None


class Refusal(Exception):
    """The request gets an error status.

    Args:
        status: The HTTP status to answer with.
        causes: What the error body lists.
        violation: How the request breaks the description; None when it does not.
        headers: Extra reply headers.
    """

    def __init__(
        self,
        status: int,
        causes: Sequence[Cause] = (),
        *,
        violation: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(violation or f"{status}")
        self.status = status
        self.causes = tuple(causes)
        self.violation = violation
        self.headers = headers or {}

    @property
    def body(self) -> bytes:
        """The error body as the server sends it."""
        return error_body(self.status, self.causes)


def violation(
    text: str,
    *,
    status: int = 400,
    field: str | None = None,
    headers: dict[str, str] | None = None,
) -> Refusal:
    """Make the refusal of a request that breaks the description.

    Args:
        text: What is wrong and where.
        status: 400, or what says it better: 404, 405, 415.
        field: The parameter or property at fault.
        headers: Extra reply headers.
    """
    cause = Cause("INVALID_REQUEST", text, field=field)
    return Refusal(status, [cause], violation=text, headers=headers)


def error_body(status: int, causes: Sequence[Cause] = ()) -> bytes:
    """Return Jamf's error body for *status*."""
    errors = [attrs.asdict(cause) for cause in causes]
    return pretty({"httpStatus": status, "errors": errors}).encode()


def pretty(value: Any, indent: str = "") -> str:
    """Write JSON like the server's printer: a space on both sides of every colon."""
    if isinstance(value, dict):
        if not value:
            return "{ }"
        inner = indent + "  "
        lines = [f"{inner}{json.dumps(key)} : {pretty(item, inner)}" for key, item in value.items()]
        return "{\n" + ",\n".join(lines) + f"\n{indent}}}"
    if isinstance(value, list):
        if not value:
            return "[ ]"
        return "[ " + ", ".join(pretty(item, indent) for item in value) + " ]"
    return json.dumps(value, ensure_ascii=False)


def classic_page(status: int, detail: str) -> bytes:
    """Return the HTML status page with which the Classic API refuses.

    Args:
        status: The HTTP status.
        detail: One sentence that says what is wrong.
    """
    reason = html.escape(HTTPStatus(status).phrase)
    return (
        "<html>\n<head>\n   <title>Status page</title>\n</head>\n"
        '<body style="font-family: sans-serif;">\n'
        f'<p style="font-size: 1.2em;font-weight: bold;margin: 1em 0px;">{reason}</p>\n'
        f"<p>{html.escape(detail)}</p>\n</body>\n</html>\n"
    ).encode()
