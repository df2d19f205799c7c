"""Turns the arguments of an operation into a request; pure functions."""

from __future__ import annotations

import datetime
import enum
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from jamf_pro_client._dates import write_date, write_datetime
from jamf_pro_client._transport.call import Call, FilePart
from jamf_pro_client.errors import ConfigurationError
from jamf_pro_client.types import UNSET, File

if TYPE_CHECKING:
    from jamf_pro_client.operation import Body, Operation

_FIRST_PRINTABLE: Final = " "
_DELETE: Final = "\x7f"
_JSON: Final = "application/json"


def build_call(operation: Operation[Any, Any], arguments: Sequence[object], body: object) -> Call:
    """Return the request for an operation.

    Args:
        operation: What is called.
        arguments: Values of its path, query, header and cookie parameters, in that order.
        body: The body, or UNSET.

    Raises:
        ConfigurationError: An argument cannot be sent; nothing was.
    """
    values = iter(arguments)
    path = _path(operation, {name: next(values) for name in operation.path_parameters})
    params = [
        (name, text)
        for name, value in zip(operation.query_parameters, values, strict=False)
        for text in _texts(value)
    ]
    headers = {"Accept": operation.accept}
    headers.update(_pairs(operation.header_parameters, values))
    cookies = _pairs(operation.cookie_parameters, values)
    content, data, files = _encoded(operation, body, headers)
    return Call(
        method=operation.method,
        path=path,
        params=params,
        headers=headers,
        cookies=cookies,
        content=content,
        data=data,
        files=files,
        authenticate=operation.authenticated,
        operation=operation.name,
        template=operation.path,
        privileges=operation.privileges,
    )


def path_segment(value: object, name: str) -> str:
    """Return a value as one percent-encoded path segment.

    Raises:
        ConfigurationError: It is empty, a dot segment, or holds control characters: servers and
            proxies would read another path than the one that was meant.
    """
    text = next(iter(_texts(value)), "")
    if text in ("", ".", ".."):
        raise ConfigurationError(f"{name} is {text!r}, which cannot be part of a path")
    if any(character < _FIRST_PRINTABLE or character == _DELETE for character in text):
        raise ConfigurationError(f"{name} holds a control character")
    return quote(text, safe="")


def _path(operation: Operation[Any, Any], values: Mapping[str, object]) -> str:
    path = operation.path
    for name, value in values.items():
        path = path.replace("{" + name + "}", path_segment(value, name), 1)
    return operation.base_path + path


def _pairs(names: Sequence[str], values: Any) -> dict[str, str]:
    pairs = {}
    for name in names:
        for text in _texts(next(values)):
            pairs[name] = text
    return pairs


def _texts(value: object) -> list[str]:
    """Return a parameter's value as text, once for each value of a list, none if it is not sent."""
    if value is None or value is UNSET:
        return []
    if isinstance(value, list | tuple | set | frozenset):
        return [text for part in value for text in _texts(part)]
    return [_text(value)]


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, enum.Enum):
        return str(value.value)
    if isinstance(value, datetime.datetime):
        return write_datetime(value)
    if isinstance(value, datetime.date):
        return write_date(value)
    return str(value)


def _encoded(operation: Operation[Any, Any], body: object, headers: dict[str, str]) -> Any:
    """Return content, form fields and parts of a body, and set its Content-Type."""
    if body is UNSET:
        if operation.body_required:
            raise ConfigurationError(f"{operation.name} needs a body")
        return None, None, None
    chosen = _body_for(operation, body)
    if chosen.media.startswith("multipart/"):
        # httpx sets the Content-Type: it makes up the boundary
        return None, None, _parts(body)
    if chosen.media == "application/x-www-form-urlencoded":
        form = {name: _form_texts(value) for name, value in _mapping(_as_json(body)).items()}
        return None, form, None
    headers["Content-Type"] = chosen.media
    if chosen.is_json:
        # Imported here: only calls with a JSON body need it.
        from msgspec.json import encode

        return encode(_as_json(body)), None, None
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


def _as_json(body: object) -> Any:
    # Imported here: calls without a body need no models.
    from jamf_pro_client.model import to_json

    try:
        return to_json(body, for_request=True)
    except TypeError as error:
        raise ConfigurationError(f"the body cannot be sent: {error}") from error


def _parts(body: object) -> list[FilePart]:
    """Return the parts of a multipart body in their order: files, text, and objects as JSON."""
    from jamf_pro_client.model import Model

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
                parts += [(name, (None, text, None)) for text in _texts(part)]
    return parts


def _form_texts(value: object) -> list[str]:
    """Return a field of a form as text, once for each value of a list; forms have no null."""
    if isinstance(value, Mapping):
        from msgspec.json import encode

        return [encode(value).decode()]
    if isinstance(value, list):
        return [text for part in value for text in _form_texts(part)]
    return _texts(value)


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
