"""Calls for setting up and for documents that no operation describes: texts, JSON, batches."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from jamf_pro_client._httpx import httpx
from jamf_pro_client._redact import Secret
from jamf_pro_client._transport.send import Sending
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

    from jamf_pro_client._transport.api_client import NewApiClient
    from jamf_pro_client._transport.raw import Params, RequestOptions

__all__ = ("READ_PRIVILEGES", "Fetching")

READ_PRIVILEGES: Final = (
    "Read Computers",
    "Read Mobile Devices",
    "Read Smart Computer Groups",
    "Read Static Computer Groups",
    "Read Smart Mobile Device Groups",
    "Read Static Mobile Device Groups",
    "Read Computer Extension Attributes",
    "Read Mobile Device Extension Attributes",
)
"""What `create_roles` asks for unless told otherwise: reading computers and mobile devices."""

_ROLE_NAME: Final = "jamf-pro-client"
_FETCH_METHODS: Final = ("GET", "POST", "PUT", "PATCH")
_FORM: Final = "application/x-www-form-urlencoded"


class Fetching(Sending):
    """Async calls that give the content or raise."""

    async def fetch_text(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Params | None = None,
    ) -> str:
        """Return the body at a path or URL as text.

        Args:
            url: Below the server's address, or absolute.
            headers: Further headers.
            params: The query, as a mapping or as pairs, in which a name can repeat.

        Raises:
            JamfProAPIError: The server said no; `not_found` tells a 404 apart.
            TransportError: There is no usable answer.
        """
        return (await self._fetch("GET", url, headers=headers, params=params)).text

    async def fetch_json(
        self,
        url: str,
        headers: Mapping[str, str] | None = None,
        method: str = "GET",
        data: Mapping[str, Any] | Sequence[Any] | None = None,
        query_params: Params | None = None,
    ) -> dict[str, Any]:
        """Return the JSON object at a path or URL; an empty body gives an empty object.

        Args:
            url: Below the server's address, or absolute.
            headers: Further headers. With `application/x-www-form-urlencoded` as Content-Type,
                here or in the client, *data* is sent as a form, otherwise as JSON.
            method: GET, POST, PUT or PATCH.
            data: The body: an object, or for JSON a list.
            query_params: The query, as a mapping or as pairs, in which a name can repeat.

        Raises:
            JamfProAPIError: The server said no; `not_found` tells a 404 apart.
            TransportError: There is no usable answer.
            InvalidResponseError: The body is no JSON object.
            ConfigurationError: The method is another one, or a form is no object.
        """
        if method.upper() not in _FETCH_METHODS:
            raise ConfigurationError(f"fetch_json can {', '.join(_FETCH_METHODS)} only")
        body: dict[str, Any] = {}
        if data is not None:
            media_type = self._header("Content-Type", headers)
            is_form = media_type.lower().startswith(_FORM)
            if is_form and not isinstance(data, Mapping):
                raise ConfigurationError("a form is made of names and values; data is none")
            body = {"data" if is_form else "json": data}
        response = await self._fetch(method, url, headers=headers, params=query_params, **body)
        if not response.content.strip():
            return {}
        return _object(response, method)

    async def fetch_batch(
        self,
        urls: Sequence[str],
        headers: Mapping[str, str] | None = None,
        query_params: Params | None = None,
    ) -> list[dict[str, Any]]:
        """Return the JSON objects of many paths or URLs, in the order given.

        At most `max_concurrency` requests are in flight. The first failure ends the batch.

        Args:
            urls: Below the server's address, or absolute.
            headers: Further headers of each request.
            query_params: The query of each request.

        Raises:
            JamfProAPIError: The server said no.
            TransportError: There is no usable answer.
            InvalidResponseError: A body is no JSON object.
        """
        import anyio  # comes with httpx, and knows asyncio and trio

        results: list[dict[str, Any]] = [{}] * len(urls)
        failures: list[Exception] = []
        line = iter(enumerate(urls))
        # Read once: an iterator would be empty for the second URL.
        query = query_params if isinstance(query_params, Mapping) else list(query_params or ())

        async def work() -> None:
            try:
                for index, url in line:
                    results[index] = await self.fetch_json(url, headers, query_params=query)
            except Exception as failure:
                failures.append(failure)
                group.cancel_scope.cancel()

        async with anyio.create_task_group() as group:
            for _ in range(min(self._connections.gate.limit, len(urls))):
                group.start_soon(work)
        if failures:
            raise failures[0]
        return results

    async def fetch_basic_token(self, username: str, password: str, jamf_url: str) -> str:
        """Return a bearer token for an account; meant for setting up API clients.

        Nothing of it is kept. For everyday use give `BasicAuthProvider` or, better,
        `ApiClientCredentialsProvider` to an `HTTPAuthenticatedClient`.

        Args:
            username: The account's name.
            password: Its password; sent in a header to *jamf_url* only.
            jamf_url: The server.

        Raises:
            UnauthorizedError: Name or password is wrong.
            JamfProAPIError: The server said no for another reason.
            TransportError: There is no usable answer.
            InvalidResponseError: There is no token in the reply.
        """
        url = _setup_url(jamf_url, "/api/v1/auth/token")
        login = Secret(b64encode(f"{username}:{password}".encode()).decode("ascii"))
        # What a traceback would show of this frame.
        password = ""
        response = await self._fetch(
            "POST", url, headers=httpx.Headers({"Authorization": f"Basic {login.reveal()}"})
        )
        token = _object(response, "POST").get("token")
        if not isinstance(token, str) or not token:
            raise InvalidResponseError(f"POST {url}: there is no token in the answer")
        return token

    async def create_roles(
        self, token: str, jamf_url: str, *, privileges: Sequence[str] = READ_PRIVILEGES
    ) -> bool:
        """Create the API role "jamf-pro-client" and return True; also if it is there already.

        Args:
            token: A bearer token of an account that may create API roles.
            jamf_url: The server.
            privileges: What the role may do; by default read computers and mobile devices.

        Raises:
            ForbiddenError: The account may not create API roles.
            JamfProAPIError: The server said no for another reason.
            TransportError: There is no usable answer.
        """
        url = _setup_url(jamf_url, "/api/v1/api-roles")
        bearer = Secret(token)
        token = ""
        try:
            await self._fetch(
                "POST",
                url,
                headers=httpx.Headers({"Authorization": f"Bearer {bearer.reveal()}"}),
                json={"displayName": _ROLE_NAME, "privileges": list(privileges)},
            )
        except JamfProAPIError as error:
            if not _exists_already(error):
                raise
        return True

    async def create_api_client(
        self,
        token: str,
        jamf_url: str,
        *,
        display_name: str = _ROLE_NAME,
        roles: Sequence[str] = (_ROLE_NAME,),
        token_seconds: int = 1200,
    ) -> NewApiClient:
        """Create an API client that has roles, and its secret, which can be read only now.

        Args:
            token: A bearer token of an account that may create API clients.
            jamf_url: The server.
            display_name: What the API client is called.
            roles: Display names of its roles; by default the one that `create_roles` makes.
            token_seconds: How long its tokens live.

        Returns:
            The client id and the client secret, also as a pair.

        Raises:
            ForbiddenError: The account may not create API clients.
            JamfProAPIError: The server said no for another reason.
            TransportError: There is no usable answer.
            InvalidResponseError: There is no secret in the reply.
        """
        from jamf_pro_client._transport.api_client import NewApiClient  # once in a server's life

        url = _setup_url(jamf_url, "/api/v1/api-integrations")
        bearer = Secret(token)
        token = ""
        headers = httpx.Headers({"Authorization": f"Bearer {bearer.reveal()}"})
        body = {
            "displayName": display_name,
            "authorizationScopes": list(roles),
            "accessTokenLifetimeSeconds": token_seconds,
            "enabled": True,
        }
        made = _object(await self._fetch("POST", url, headers=headers, json=body), "POST")
        number = made.get("id")
        if not isinstance(number, int):
            raise InvalidResponseError(f"POST {url}: there is no id in the answer")
        url = f"{url}/{number}/client-credentials"
        return NewApiClient.read(_object(await self._fetch("POST", url, headers=headers), "POST"))

    async def _request(
        self, method: str, url: str, **options: Unpack[RequestOptions]
    ) -> httpx.Response:
        """Send a request and return the reply, whatever its status.

        All that is fetched comes by here, so that a subclass can have a say.
        """
        return await self.arequest(method, url, **options)

    def _raise_for_status(self, status_code: int, response_json: object) -> None:
        """Raise the error for a status and the decoded body, unless it is a success.

        For subclasses that send with `_request` and read replies of their own.
        """
        if not 200 <= status_code < 300:
            response = httpx.Response(status_code, json=response_json)
            raise error_for(response, method="request", path=self._connections.server.base_url)

    async def _fetch(
        self, method: str, url: str, **options: Unpack[RequestOptions]
    ) -> httpx.Response:
        response = await self._request(method, url, **options)
        if not response.is_success:
            path = url.partition("?")[0].partition("#")[0]
            raise error_for(response, method=method.upper(), path=path)
        return response

    def _header(self, name: str, headers: Mapping[str, str] | None) -> str:
        """Return what would be sent as header *name* to the server."""
        merged = httpx.Headers(self._connections.headers)
        merged.update(self._extras.headers)
        merged.update(dict(headers or {}))
        value: str = merged.get(name, "")
        return value


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
    import msgspec  # with the first document, not with the import of the package

    try:
        document = msgspec.json.decode(response.content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        document = None
    if not isinstance(document, dict):
        path = str(response.request.url.copy_with(query=None, fragment=None))
        raise InvalidResponseError(f"{method.upper()} {path}: the answer is no JSON object")
    return document
