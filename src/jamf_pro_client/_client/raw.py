"""Turns the arguments of `HTTPClient.request` into a `Call`; pure functions."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, TypedDict

from jamf_pro_client._httpx import httpx
from jamf_pro_client._spelling import did_you_mean
from jamf_pro_client._transport.call import Call, Content, FilePart, TimeoutValue
from jamf_pro_client._transport.exchange import check_headers
from jamf_pro_client._transport.settings import check_mapping, check_timeout
from jamf_pro_client._unset import UNSET, Unset
from jamf_pro_client.errors import ConfigurationError

if TYPE_CHECKING:
    from typing import Unpack

_OVERRIDES: Final[Mapping[str, tuple[type, ...]]] = {
    "max_retries": (int,),
    "deadline": (int, float, type(None)),
    "idempotent": (bool,),
    "max_response_bytes": (int, type(None)),
}

__all__ = ("Files", "Params", "RequestOptions", "checked_call", "encode_json", "raw_call")

Params = Mapping[str, Any] | Iterable[tuple[str, Any]]
"""A query: a mapping, or pairs in which a name can repeat."""
Files = Mapping[str, Any] | Sequence[tuple[str, Any]]
"""Parts of a multipart body by their fields: a `File`, a binary file, or a tuple of its name, the
bytes and, if it matters, the media type."""


class RequestOptions(TypedDict, total=False):
    """What can be given to a raw request besides method and path; see `HTTPClient.request`."""

    params: Params | None
    headers: Mapping[str, str] | None
    cookies: Mapping[str, str] | None
    json: object
    content: Content | bytearray | memoryview
    data: Mapping[str, Any] | None
    files: Files | None
    timeout: TimeoutValue | Unset
    follow_redirects: bool | None
    extensions: Mapping[str, Any] | None


def checked_call(
    method: str, path: str, **options: Unpack[RequestOptions]
) -> Call | ConfigurationError | TypeError:
    """Do as `raw_call` does, and return the error instead of raising it.

    Without a traceback, whose frames hold what was to be sent.

    Args:
        method: The HTTP method.
        path: Below the server's base URL, or an absolute URL.
        **options: The rest.
    """
    try:
        return raw_call(method, path, **options)
    except (ConfigurationError, TypeError) as problem:
        return problem.with_traceback(None)


def raw_call(method: str, path: str, **options: Unpack[RequestOptions]) -> Call:
    """Return the call for a raw request.

    Args:
        method: The HTTP method.
        path: Below the server's base URL, or an absolute URL.
        **options: The rest.

    Raises:
        ConfigurationError: It has more than one body, or its method is not one of HTTP.
        TypeError: There is no such argument.
    """
    unknown = options.keys() - RequestOptions.__optional_keys__
    if unknown:
        # A call that is not type-checked would otherwise go out without what it asked for.
        name = min(unknown)
        hint = did_you_mean(RequestOptions.__optional_keys__, name)
        raise TypeError(f"a request has no argument {name!r}{hint}")
    if not method.isascii() or not method.isalpha():
        raise ConfigurationError("the method is not an HTTP method")
    json, content = options.get("json"), options.get("content")
    data, files = options.get("data"), options.get("files")
    has_json = json is not UNSET and json is not None
    if (content is not None) + has_json + (data is not None or bool(files)) > 1:
        raise ConfigurationError("give one body: json, content, or data with or without files")
    check_headers(options.get("headers") or {})
    check_mapping(options.get("cookies") or {}, "cookies")
    timeout = options.get("timeout", UNSET)
    check_timeout(timeout)
    extensions = dict(options.get("extensions") or {})
    overrides = extensions.pop("jamf", {})
    if not isinstance(overrides, Mapping):
        raise ConfigurationError('extensions={"jamf": ...} takes a mapping')
    check_overrides(overrides)
    if has_json:
        content = encode_json(json)
    elif isinstance(content, bytearray | memoryview):
        content = bytes(content)
    return Call(
        method=method.upper(),
        path=path,
        params=pairs(options.get("params")),
        headers=httpx.Headers(dict(options.get("headers") or {})),
        cookies=dict(options.get("cookies") or {}),
        content=content,
        is_json=has_json,
        data=data,
        files=_parts(files),
        timeout=timeout,
        follow_redirects=options.get("follow_redirects"),
        extensions=extensions,
        overrides=overrides,
    )


def check_overrides(overrides: Mapping[str, Any]) -> None:
    """Refuse what a request cannot say of itself.

    Args:
        overrides: What was given as `extensions={"jamf": ...}`.

    Raises:
        ConfigurationError: A name is unknown, or its value is not one that it can have.
    """
    for name, value in overrides.items():
        kinds = _OVERRIDES.get(name)
        if kinds is None:
            raise ConfigurationError(
                f"a request cannot override {name!r}, only {', '.join(_OVERRIDES)}"
            )
        is_bool = isinstance(value, bool)
        is_unfit = isinstance(value, int | float) and not 0 <= value < math.inf
        if is_bool != (bool in kinds) or not isinstance(value, kinds) or is_unfit:
            raise ConfigurationError(f"{name} cannot be {value!r}")


def pairs(params: Params | None) -> list[tuple[str, str]]:
    """Return query parameters as texts; None and UNSET are left out, lists repeat their name.

    Args:
        params: A mapping, or pairs.

    Raises:
        ConfigurationError: It is text.
    """
    if params is None:
        return []
    given: Any = _pairs(params, "params")
    flat: list[tuple[str, str]] = []
    for name, value in given:
        several = value if isinstance(value, list | tuple | set | frozenset) else (value,)
        flat += [(name, _text(each)) for each in several if each is not None and each is not UNSET]
    return flat


def _pairs(given: Any, name: str) -> Any:
    if isinstance(given, str | bytes):
        raise ConfigurationError(f"{name} must be a mapping or a list of pairs, not text")
    return given.items() if isinstance(given, Mapping) else given


def encode_json(value: object) -> bytes:
    """Return *value* as a JSON document; models and dates can be anywhere in it.

    Args:
        value: What to send.

    Raises:
        ConfigurationError: It holds something that JSON has no words for.
    """
    # Imported here: only requests with a JSON body need it.
    from jamf_pro_client._model.encoding import encode_json as encode

    try:
        return encode(value)
    except (TypeError, RecursionError) as problem:
        raise ConfigurationError(f"json= cannot be encoded: {problem}") from None


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _parts(files: Files | None) -> list[FilePart] | None:
    if not files:
        return None
    given: Any = _pairs(files, "files")
    return [(name, _part(value)) for name, value in given]


def _part(value: Any) -> tuple[str | None, Any, str | None]:
    # Imported here: only uploads need it.
    from jamf_pro_client.types import File

    if isinstance(value, File):
        return value.file_name, value.payload, value.mime_type
    if isinstance(value, tuple):
        if len(value) == 2:
            return value[0], value[1], None
        if len(value) == 3:
            return value
        raise ConfigurationError("a file must be (name, source) or (name, source, media type)")
    name = getattr(value, "name", None)
    # Only the last part of a path: the folders of this computer are nobody's business.
    shown = name.replace("\\", "/").rpartition("/")[2] if isinstance(name, str) else "upload"
    return shown, value, None
