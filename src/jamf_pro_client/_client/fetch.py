"""What the calls of `Fetching` do."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from jamf_pro_client._httpx import httpx
from jamf_pro_client._redact import Secret
from jamf_pro_client._transport.server import parse_server
from jamf_pro_client.errors import (
    ConfigurationError,
    ConflictError,
    InvalidResponseError,
    JamfProAPIError,
    error_for,
)

if TYPE_CHECKING:
    from typing import Unpack

    from jamf_pro_client._client.api_client import NewApiClient
    from jamf_pro_client._client.fetching import Fetching
    from jamf_pro_client._client.raw import Params, RequestOptions

_METHODS: Final = ("GET", "POST", "PUT", "PATCH")
_ROLE: Final = {"id": str, "displayName": str, "privileges": list}
_FORM: Final = "application/x-www-form-urlencoded"


async def reply(
    client: Fetching, method: str, url: str, **options: Unpack[RequestOptions]
) -> httpx.Response:
    """Return the reply to a request if it is a success, or raise."""
    response = await client._request(method, url, **options)
    if not response.is_success:
        path = url.partition("?")[0].partition("#")[0]
        raise error_for(response, method=method.upper(), path=path)
    return response


async def json_object(
    client: Fetching,
    method: str,
    url: str,
    headers: Mapping[str, str] | None,
    data: Mapping[str, Any] | Sequence[Any] | None,
    query: Params | None,
) -> dict[str, Any]:
    """Do what `Fetching.fetch_json` says."""
    if method.upper() not in _METHODS:
        raise ConfigurationError(f"fetch_json takes only the methods {', '.join(_METHODS)}")
    body: dict[str, Any] = {}
    if data is not None:
        merged = client.default_headers
        merged.update(dict(headers or {}))
        is_form = merged.get("Content-Type", "").lower().startswith(_FORM)
        if is_form and not isinstance(data, Mapping):
            raise ConfigurationError("a form needs names and values: give data as a mapping")
        body = {"data" if is_form else "json": data}
    response = await reply(client, method, url, headers=headers, params=query, **body)
    if not response.content.strip():
        return {}
    return _object(response, method)


async def batch(
    client: Fetching,
    urls: Iterable[str],
    headers: Mapping[str, str] | None,
    query_params: Params | None,
) -> list[dict[str, Any]]:
    """Do what `Fetching.fetch_batch` says."""
    import anyio  # comes with httpx, and knows asyncio and trio

    given = listed(urls, "urls")
    results: list[dict[str, Any]] = [{}] * len(given)
    failures: list[Exception] = []
    line = iter(enumerate(given))
    # Read once: an iterator would be empty for the second URL.
    query = query_params if isinstance(query_params, Mapping) else list(query_params or ())

    async def work() -> None:
        try:
            for index, url in line:
                results[index] = await client.fetch_json(url, headers, query_params=query)
        except Exception as failure:
            failures.append(failure)
            group.cancel_scope.cancel()

    async with anyio.create_task_group() as group:
        for _ in range(min(client._connections.gate.limit, len(given))):
            group.start_soon(work)
    if failures:
        raise failures[0]
    return results


def listed(texts: Iterable[str], name: str) -> list[str]:
    """Return texts as a list.

    Raises:
        ConfigurationError: It is one text, of which each letter would be taken for one.
    """
    if isinstance(texts, str):
        raise ConfigurationError(f"{name} must be a list of strings, not the string {texts!r}")
    return list(texts)


def login_of(username: str, password: str) -> Secret:
    """Return the Authorization header of an account."""
    return Secret("Basic " + b64encode(f"{username}:{password}".encode()).decode("ascii"))


def bearer_of(token: str) -> Secret:
    """Return the Authorization header of a token."""
    return Secret(f"Bearer {token}")


async def basic_token(client: Fetching, login: Secret, jamf_url: str) -> str:
    """Return the token that an account gets."""
    url = _setup_url(jamf_url, "/api/v1/auth/token")
    response = await reply(client, "POST", url, headers=_authorization(login))
    token = _object(response, "POST").get("token")
    if not isinstance(token, str) or not token:
        raise InvalidResponseError(f"POST {url}: there is no token in the answer")
    return token


async def create_role(
    client: Fetching, bearer: Secret, jamf_url: str, name: str, privileges: Iterable[str]
) -> None:
    """Create an API role, or give the one of that name the privileges that it lacks."""
    url = _setup_url(jamf_url, "/api/v1/api-roles")
    headers = _authorization(bearer)
    wanted = listed(privileges, "privileges")
    body = {"displayName": name, "privileges": wanted}
    try:
        await reply(client, "POST", url, headers=headers, json=body)
        return
    except JamfProAPIError as error:
        if not _exists_already(error):
            raise
        taken = error
    role = await _role_named(client, headers, url, name)
    if role is None:
        raise taken
    missing = [one for one in dict.fromkeys(wanted) if one not in role["privileges"]]
    if missing:
        # Never fewer than before: others may use the role too.
        body = {
            "displayName": role["displayName"],
            "privileges": [*role["privileges"], *missing],
        }
        await reply(client, "PUT", f"{url}/{role['id']}", headers=headers, json=body)


async def _role_named(
    client: Fetching, headers: httpx.Headers, url: str, name: str
) -> dict[str, Any] | None:
    """Return the API role of a name, in capitals or not; None if the server lists none."""
    query = {"filter": f'displayName=="{name}"'}
    found = _object(await reply(client, "GET", url, headers=headers, params=query), "GET")
    rows = found.get("results")
    for role in rows if isinstance(rows, list) else ():
        if _is_role(role) and role["displayName"].casefold() == name.casefold():
            return dict(role)
    return None


def _is_role(row: Any) -> bool:
    return isinstance(row, dict) and all(isinstance(row.get(key), _ROLE[key]) for key in _ROLE)


async def create_client(
    client: Fetching, bearer: Secret, jamf_url: str, body: Mapping[str, Any]
) -> NewApiClient:
    """Create an API client and its secret."""
    from jamf_pro_client._client.api_client import NewApiClient  # once in a server's life

    url = _setup_url(jamf_url, "/api/v1/api-integrations")
    headers = _authorization(bearer)
    made = _object(await reply(client, "POST", url, headers=headers, json=body), "POST")
    number = made.get("id")
    if not isinstance(number, int):
        raise InvalidResponseError(f"POST {url}: there is no id in the answer")
    url = f"{url}/{number}/client-credentials"
    return NewApiClient.read(_object(await reply(client, "POST", url, headers=headers), "POST"))


def check_status(status_code: int, document: object, path: str) -> None:
    """Raise the error for a status and a decoded body, unless it is a success."""
    if not 200 <= status_code < 300:
        response = httpx.Response(status_code, json=document)
        raise error_for(response, method="request", path=path)


def _authorization(secret: Secret) -> httpx.Headers:
    # Its repr hides the value.
    return httpx.Headers({"Authorization": secret.reveal()})


def _setup_url(jamf_url: str, path: str) -> str:
    server = parse_server(jamf_url)
    if server.is_plain_remote:
        raise ConfigurationError("credentials go over https only, except to this machine")
    return server.url_for(path)


def _exists_already(error: JamfProAPIError) -> bool:
    return isinstance(error, ConflictError) or any(
        detail.code in ("DUPLICATE_FIELD", "ALREADY_EXISTS") for detail in error.errors
    )


def _object(response: httpx.Response, method: str) -> dict[str, Any]:
    from jamf_pro_client._reading import plain_object  # with the first document

    document = plain_object(response.content)
    if document is None:
        path = str(response.request.url.copy_with(query=None, fragment=None))
        raise InvalidResponseError(f"{method.upper()} {path}: the answer is not a JSON object")
    return document
