"""Makes models of raw replies."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from jamf_pro_client._httpx import httpx
from jamf_pro_client.errors import ConfigurationError, InvalidResponseError, error_for
from jamf_pro_client.types import Response

__all__ = ("parser_of",)

_CODED: Final = frozenset({"content-encoding", "content-length", "transfer-encoding"})


def parser_of(model: Any) -> Callable[[Any], Any]:
    """Return the function that makes models of raw replies, and leaves everything else alone.

    Args:
        model: The class; None leaves replies alone too.

    Raises:
        ConfigurationError: The class cannot be made of JSON.
    """
    if model is None:
        return _same
    read: Callable[[httpx.Response], Any]
    if hasattr(model, "from_document"):
        # Records of the Classic API, which is asked for XML or JSON.
        read = _reader_of_text(model.from_document)
    elif hasattr(model, "from_json"):
        read = _reader_of_text(model.from_json)
    elif hasattr(model, "from_dict"):
        read = _reader_of_objects(model)
    elif hasattr(model, "model_validate_json"):
        # What pydantic calls it.
        read = _reader_of_text(model.model_validate_json)
    else:
        raise ConfigurationError(
            f"{model!r} has none of from_json, from_dict and model_validate_json"
        )

    def parse(result: Any) -> Any:
        if isinstance(result, Response):
            result = _as_it_came(result)
        if not isinstance(result, httpx.Response):
            return result
        _check(result)
        return read(result)

    return parse


def _reader_of_text(make: Callable[[bytes], Any]) -> Callable[[httpx.Response], Any]:
    return lambda response: make(response.content)


def _reader_of_objects(model: Any) -> Callable[[httpx.Response], Any]:
    return lambda response: model.from_dict(_inner(_object(response), model))


def _same(result: Any) -> Any:
    return result


def _as_it_came(reply: Response[Any]) -> httpx.Response:
    """Return the reply of a detailed function as one of a raw request."""
    # The content was decompressed.
    headers = [
        # As bytes: httpx reads headers that are not ASCII, and does not take them back as text.
        (name.encode(), text.encode())
        for name, text in reply.headers.items()
        if name.lower() not in _CODED
    ]
    return httpx.Response(reply.status_code, headers=headers, content=reply.content)


def _check(response: httpx.Response) -> None:
    if response.is_success:
        return
    method, path = _who(response)
    raise error_for(response, method=method, path=path)


def _object(response: httpx.Response) -> Mapping[str, Any]:
    from jamf_pro_client._reading import read_json

    try:
        value = read_json(response.content)
    except ValueError:
        value = None
    if not isinstance(value, Mapping):
        raise InvalidResponseError(f"{' '.join(_who(response))}: the answer is not a JSON object")
    return value


def _inner(value: Mapping[str, Any], model: Any) -> Mapping[str, Any]:
    """Return what the Classic API wraps in an object with one name, such as `computer`."""
    if len(value) != 1:
        return value
    ((name, inner),) = value.items()
    names = model.json_names() if hasattr(model, "json_names") else ()
    return inner if isinstance(inner, Mapping) and name not in names else value


def _who(response: httpx.Response) -> tuple[str, str]:
    try:
        request = response.request
    except RuntimeError:  # a reply that somebody made by hand
        return "request", ""
    return request.method, request.url.path
