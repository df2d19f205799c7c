"""Turns the body of a request into bytes, form fields or parts; pure functions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from jamf_pro_client._encoding import encode_json, to_json
from jamf_pro_client._requests import parameter_texts
from jamf_pro_client._transport.call import FilePart
from jamf_pro_client.errors import ConfigurationError
from jamf_pro_client.model import Model
from jamf_pro_client.types import File

if TYPE_CHECKING:
    from jamf_pro_client.operation import Body, Operation

_FIRST_PRINTABLE: Final = " "
_JSON: Final = "application/json"


def encode_body(operation: Operation[Any, Any], body: object, headers: dict[str, str]) -> Any:
    """Return content, form fields and parts of a body, and set its Content-Type.

    Raises:
        ConfigurationError: It is none that the operation takes; nothing was sent.
    """
    chosen = _body_for(operation, body)
    if chosen.media.startswith("multipart/"):
        # The Content-Type is set with the boundary, which is made up when the request is.
        return None, None, _parts(body)
    if chosen.media == "application/x-www-form-urlencoded":
        form = {name: _form_texts(value) for name, value in _mapping(_as_json(body)).items()}
        return None, form, None
    headers["Content-Type"] = chosen.media
    if chosen.is_json:
        return _as_text(body), None, None
    return (body.payload if isinstance(body, File) else body), None, None


def _body_for(operation: Operation[Any, Any], body: object) -> Body:
    """Choose the media type by what the caller gave: text and bytes are no JSON documents."""
    if not operation.bodies:
        raise ConfigurationError(f"{operation.name} takes no body")
    opaque = isinstance(body, str | bytes | bytearray | File) or hasattr(body, "read")
    for candidate in operation.bodies:
        if candidate.is_opaque == opaque:
            return candidate
    return operation.bodies[0]


def _as_text(body: object) -> bytes:
    try:
        return encode_json(body, for_request=True)
    except TypeError as error:
        raise ConfigurationError(f"the body cannot be sent: {error}") from error


def _as_json(body: object) -> Any:
    try:
        return to_json(body, for_request=True)
    except TypeError as error:
        raise ConfigurationError(f"the body cannot be sent: {error}") from error


def _parts(body: object) -> list[FilePart]:
    """Return the parts of a multipart body in their order: files, text, and objects as JSON."""
    given = body.to_parts() if isinstance(body, Model) else _mapping(body)
    parts: list[FilePart] = []
    for name, value in given.items():
        for part in value if isinstance(value, list | tuple) else [value]:
            if isinstance(part, File):
                parts.append((name, _file_part(part, name)))
            elif isinstance(part, bytes) or hasattr(part, "read"):
                parts.append((name, _file_part(File(part), name)))
            elif isinstance(part, Model | Mapping):
                parts.append((name, (None, _form_texts(_as_json(part))[0], _JSON)))
            else:
                parts += [(name, (None, text, None)) for text in parameter_texts(part)]
    return parts


def _form_texts(value: object) -> list[str]:
    """Return a field of a form as text, once for each value of a list; forms have no null."""
    if isinstance(value, Mapping):
        return [encode_json(value).decode()]
    if isinstance(value, list):
        return [text for part in value for text in _form_texts(part)]
    return parameter_texts(value)


def _mapping(body: object) -> Mapping[str, Any]:
    if not isinstance(body, Mapping):
        raise ConfigurationError(f"forms and uploads need named parts, not a {type(body).__name__}")
    return body


def _file_part(file: File, name: str) -> tuple[str, Any, str | None]:
    # Without a file name servers take the part for text.
    file_name = file.file_name or getattr(file.payload, "name", None) or name
    base_name = str(file_name).replace("\\", "/").rpartition("/")[2]
    if any(character < _FIRST_PRINTABLE for character in base_name):
        raise ConfigurationError("the file name holds a control character")
    return base_name, file.payload, file.mime_type
