"""Turns the reply to an operation into what the caller gets; pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from jamf_pro_client.errors import InvalidResponseError, JamfProAPIError, error_for
from jamf_pro_client.shapes import Ref

if TYPE_CHECKING:
    from jamf_pro_client._httpx import httpx
    from jamf_pro_client.drift import DriftLedger
    from jamf_pro_client.operation import Operation, Reply
    from jamf_pro_client.types import File, Response

_NO_CONTENT: Final = 204
_ERROR_MODEL: Final = "ApiError"
_SHOWN_CHARACTERS: Final = 200


class _Unreadable:
    """Stands for a body that is not what it claims to be."""

    __slots__ = ("why",)

    def __init__(self, why: str) -> None:
        self.why = why


def value_of(operation: Operation[Any, Any], response: httpx.Response, drift: DriftLedger) -> Any:
    """Return the decoded success of a reply.

    Raises:
        JamfProAPIError: The status is no success.
        InvalidResponseError: It is one, but the body is not what it claims to be, or the ledger is
            strict and the body is not as described.
    """
    if not response.is_success:
        raise _error(operation, response)
    value = _decoded(operation, response, drift)
    if type(value) is _Unreadable:
        # Imported here: it takes a failure to need it.
        from jamf_pro_client._redact import bare_reply

        media = response.headers.get("Content-Type", "a body without a media type")
        start = bare_reply(response).text[:_SHOWN_CHARACTERS].strip()
        due = "XML" if operation.accept == "application/xml" else "JSON"
        raise InvalidResponseError(
            f"{operation.name} answered {response.status_code} with {media} that cannot be read as "
            f"{due} ({value.why}): {start!r}"
        )
    return value


def response_of(
    operation: Operation[Any, Any],
    response: httpx.Response,
    drift: DriftLedger,
    *,
    raise_on_unexpected_status: bool,
) -> Response[Any]:
    """Return a whole reply, its body decoded where that is possible.

    Raises:
        UnexpectedStatus: The description does not name the status, and the client raises on that.
        InvalidResponseError: The ledger is strict and the body is not as described.
    """
    # Imported here: an import of an endpoint needs no whole replies.
    from jamf_pro_client.types import Response

    described = response.is_success or choose_reply(operation.replies, response) is not None
    if raise_on_unexpected_status and not described:
        raise _error(operation, response, unexpected=True)
    parsed = _decoded(operation, response, drift)
    return Response(
        status_code=response.status_code,
        content=response.content,
        headers=response.headers,
        parsed=None if type(parsed) is _Unreadable else parsed,
    )


def choose_reply(replies: Sequence[Reply], response: httpx.Response) -> Reply | None:
    """Return the described reply for a status and media type.

    A success falls back to the nearest described success: servers answer 200 where 201 is
    described and the other way round (reference: section 6.3 of the wire observations).
    """
    status = response.status_code
    matching = [reply for reply in replies if reply.matches(status)]
    if not matching and response.is_success:
        successes = [reply for reply in replies if reply.is_success and reply.media]
        nearest = min((abs(reply.code - status) for reply in successes), default=0)
        matching = [reply for reply in successes if abs(reply.code - status) == nearest]
    if len(matching) == 1:
        return matching[0]
    media = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    exact = [reply for reply in matching if reply.media == media]
    return next(iter(exact or matching), None)


def _error(
    operation: Operation[Any, Any], response: httpx.Response, *, unexpected: bool = False
) -> JamfProAPIError:
    from jamf_pro_client._transport.exchange import NOTE

    error = error_for(
        response,
        unexpected=unexpected,
        operation=operation.name,
        method=operation.method,
        path=operation.path,
        privileges=operation.privileges,
    )
    note = response.extensions.get(NOTE)
    if note is not None:
        error.add_note(note)
    return error


def _decoded(operation: Operation[Any, Any], response: httpx.Response, drift: DriftLedger) -> Any:
    reply = choose_reply(operation.replies, response)
    if (reply is None or reply.media is None) and response.is_error:
        reply = _error_elsewhere(operation.replies, response)
    if reply is None or reply.media is None:
        return None
    # Some writes of the Classic API are answered with nothing: a result without an id.
    is_result = reply.kind == "xml" and response.is_success and operation.method != "GET"
    if response.status_code == _NO_CONTENT and not is_result:
        return None
    if reply.kind == "text":
        return response.text
    if reply.kind == "binary":
        return _file(response)
    if not response.content and not is_result:
        return None
    try:
        value = operation.decoder_of(reply)(response.content)
    except (ValueError, RecursionError) as error:
        return _Unreadable(str(error))
    if response.is_success and response.content:
        drift.see(operation, reply, response.content)
    return value


def _error_elsewhere(replies: Sequence[Reply], response: httpx.Response) -> Reply | None:
    """Return how errors of other statuses are described, if this is Jamf's list of errors as well.

    Jamf answers every status with it and names it for a few. An operation that names it for none
    has no such type among those that it gives.
    """
    for reply in replies:
        if isinstance(reply.shape, Ref) and reply.shape.name == _ERROR_MODEL:
            from jamf_pro_client._replies import has_error_list

            return reply if has_error_list(response.content) else None
    return None


def _file(response: httpx.Response) -> File:
    from jamf_pro_client._transport.saving import name_in
    from jamf_pro_client.types import File

    return File(
        payload=BytesIO(response.content),
        file_name=name_in(response.headers.get("Content-Disposition", "")) or None,
        mime_type=response.headers.get("Content-Type"),
    )
