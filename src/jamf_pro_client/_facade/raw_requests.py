"""Arguments of raw requests as people write them, turned into those of `HTTPClient.request`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from jamf_pro_client.errors import ConfigurationError

if TYPE_CHECKING:
    from jamf_pro_client._client.raw import Files, Params, RequestOptions
    from jamf_pro_client._transport.call import TimeoutValue
    from jamf_pro_client._unset import Unset

__all__ = ("classic_options", "classic_path", "pro_options", "pro_path")

_XML: Final = "text/xml"


def pro_path(resource_path: str) -> str:
    """Return the path of a Jamf Pro API resource.

    Args:
        resource_path: Such as "v1/buildings", with or without a leading slash and "api".
    """
    return _below("/api/", resource_path)


def classic_path(resource_path: str) -> str:
    """Return the path of a Classic API resource.

    Args:
        resource_path: Such as "computers/id/1", with or without a leading slash and "JSSResource".
    """
    return _below("/JSSResource/", resource_path)


def _below(base: str, resource_path: str) -> str:
    if "://" in resource_path.partition("?")[0]:
        raise ConfigurationError("give a path, not an address: requests go to the client's server")
    path = "/" + resource_path.lstrip("/")
    return path if path.startswith(base) else base + path[1:]


def pro_options(
    data: object,
    files: Files | None,
    query_params: Params | None,
    override_headers: Mapping[str, str] | None,
    timeout: TimeoutValue | Unset,
) -> RequestOptions:
    """Return how a request to the Jamf Pro API is sent.

    Args:
        data: Text and bytes are sent as they are, with *files* a mapping becomes form fields, all
            else is JSON.
        files: Parts of a multipart body.
        query_params: The query.
        override_headers: Further headers.
        timeout: Of this request.
    """
    options: RequestOptions = {
        "params": query_params,
        "headers": override_headers,
        "timeout": timeout,
    }
    if files:
        options["files"] = files
        if data is not None and not isinstance(data, Mapping):
            raise ConfigurationError("with files, data must be a mapping of form fields")
        options["data"] = data
    elif isinstance(data, str | bytes):
        options["content"] = data
    elif data is not None:
        options["json"] = data
    return options


def classic_options(
    data: object,
    query_params: Params | None,
    override_headers: Mapping[str, str] | None,
    timeout: TimeoutValue | Unset,
) -> RequestOptions:
    """Return how a request to the Classic API is sent; JSON is asked for, XML is sent.

    Args:
        data: An XML document, or a model that has one.
        query_params: The query.
        override_headers: They win over the headers that are set here.
        timeout: Of this request.
    """
    headers = {"Accept": "application/json"}
    options: RequestOptions = {"params": query_params, "timeout": timeout}
    if data is not None:
        headers["Content-Type"] = _XML
        options["content"] = _document(data)
    given = {name.title(): value for name, value in (override_headers or {}).items()}
    options["headers"] = headers | given
    return options


def _document(data: Any) -> str | bytes:
    if isinstance(data, str | bytes):
        return data
    write = getattr(data, "to_xml", None)
    if write is None:
        raise ConfigurationError(
            f"the Classic API takes XML: give text, bytes or a model, not {type(data).__name__}"
        )
    document: str | bytes = write(for_server=True)
    return document
