"""Turns the arguments of an operation into a request; pure functions."""

from __future__ import annotations

import datetime
import enum
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from jamf_pro_client._transport.call import Call
from jamf_pro_client._unset import UNSET
from jamf_pro_client.errors import ConfigurationError

if TYPE_CHECKING:
    from jamf_pro_client.operation import Operation

_FIRST_PRINTABLE: Final = " "
_DELETE: Final = "\x7f"


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
        for text in parameter_texts(value)
    ]
    headers = {"Accept": operation.accept}
    if operation.header_parameters:
        headers.update(_pairs(operation.header_parameters, values))
        # Imported here: few operations have such parameters.
        from jamf_pro_client._transport.exchange import check_headers

        check_headers(headers)
    cookies = _pairs(operation.cookie_parameters, values)
    content, data, files = _body(operation, body, headers)
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
        operation=operation,
    )


def path_segment(value: object, name: str) -> str:
    """Return a value as one percent-encoded path segment.

    Raises:
        ConfigurationError: It is empty, a dot segment, or holds control characters: servers and
            proxies would read another path than the one that was meant.
    """
    texts = parameter_texts(value)
    if len(texts) != 1:
        count = f"{len(texts)} values" if texts else "no value"
        raise ConfigurationError(f"{name} has {count}, but the path takes one")
    text = texts[0]
    if text in ("", ".", ".."):
        raise ConfigurationError(f"{name} is {text!r}, which cannot be part of a path")
    if not text.isprintable() and any(
        character < _FIRST_PRINTABLE or character == _DELETE for character in text
    ):
        raise ConfigurationError(f"{name} holds a control character")
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise ConfigurationError(f"{name} holds half of a character")
    return quote(text, safe="")


def _joined_segment(value: object, separator: str, name: str) -> str:
    """Return several values as one path segment; what separates them is not encoded."""
    parts = value.split(separator) if isinstance(value, str) else value
    parts = parts if isinstance(parts, list | tuple | set | frozenset) else [parts]
    return separator.join(path_segment(part, name) for part in parts) or path_segment(None, name)


def _path(operation: Operation[Any, Any], values: Mapping[str, object]) -> str:
    path = operation.path
    for name, value in values.items():
        separator = operation.joined_parameters.get(name)
        segment = (
            path_segment(value, name)
            if separator is None
            else _joined_segment(value, separator, name)
        )
        path = path.replace("{" + name + "}", segment, 1)
    return operation.base_path + path


def _pairs(names: Sequence[str], values: Any) -> dict[str, str]:
    pairs = {}
    for name in names:
        for text in parameter_texts(next(values)):
            pairs[name] = text
    return pairs


def parameter_texts(value: object) -> list[str]:
    """Return a parameter's value as text, once for each value of a list, none if it is not sent."""
    if value is None or value is UNSET:
        return []
    if isinstance(value, list | tuple | set | frozenset):
        return [text for part in value for text in parameter_texts(part)]
    return [_text(value)]


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, enum.Enum):
        return str(value.value)
    if isinstance(value, datetime.date):
        # Imported here: few parameters are dates.
        from jamf_pro_client._dates import write_date, write_datetime

        if isinstance(value, datetime.datetime):
            return write_datetime(value)
        return write_date(value)
    if isinstance(value, bytes | bytearray) or (
        # Without a text of its own it would be sent as Python shows it to programmers.
        type(value).__str__ is object.__str__ and not isinstance(value, int | float)
    ):
        raise ConfigurationError(f"a parameter cannot be of type {type(value).__name__}")
    return str(value)


def _body(operation: Operation[Any, Any], body: object, headers: dict[str, str]) -> Any:
    """Return content, form fields and parts of a body, and set its Content-Type."""
    if body is UNSET:
        if operation.body_required:
            raise ConfigurationError(f"{operation.name} needs a body")
        return None, None, None
    # Imported here: calls without a body need neither models nor files.
    from jamf_pro_client._operation.bodies import encode_body

    return encode_body(operation, body, headers)
