"""Calls for setup and for documents that no operation describes: texts, JSON, batches.

Light, so that an import of a client is; what they do is in `fetch`, loaded with the first of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from jamf_pro_client._client.requesting import Requesting
from jamf_pro_client._httpx import httpx

if TYPE_CHECKING:
    from typing import Unpack

    from jamf_pro_client._client.api_client import NewApiClient
    from jamf_pro_client._client.raw import Params, RequestOptions

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


class Fetching(Requesting):
    """Async calls that return the content or raise."""

    @property
    def default_headers(self) -> httpx.Headers:
        """The headers that the client was given for all requests to its server; never the token.

        A copy: changing it changes no request.
        """
        headers = httpx.Headers(self._connections.headers)
        headers.update(self._sender.extras.headers)
        return headers

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
            JamfProAPIError: The server said no; `not_found` marks a 404.
            TransportError: There is no usable answer.
        """
        from jamf_pro_client._client import fetch

        return (await fetch.reply(self, "GET", url, headers=headers, params=params)).text

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
            headers: Besides `default_headers`. With `application/x-www-form-urlencoded` as
                Content-Type in either, *data* is sent as a form, otherwise as JSON.
            method: GET, POST, PUT or PATCH.
            data: The body: an object, or for JSON a list.
            query_params: The query, as a mapping or as pairs, in which a name can repeat.

        Raises:
            JamfProAPIError: The server said no; `not_found` marks a 404.
            TransportError: There is no usable answer.
            InvalidResponseError: The body is not a JSON object.
            ConfigurationError: The method is a different one, or a form is not an object.
        """
        from jamf_pro_client._client import fetch

        return await fetch.json_object(self, method, url, headers, data, query_params)

    async def fetch_batch(
        self,
        urls: Iterable[str],
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
            InvalidResponseError: A body is not a JSON object.
        """
        from jamf_pro_client._client import fetch

        return await fetch.batch(self, urls, headers, query_params)

    async def fetch_basic_token(self, username: str, password: str, jamf_url: str) -> str:
        """Return a bearer token for an account; meant for setting up API clients.

        None of it is kept. For everyday use give `BasicAuthProvider` or, better,
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
        from jamf_pro_client._client import fetch

        login = fetch.login_of(username, password)
        # What a traceback would show of this frame.
        password = ""
        return await fetch.basic_token(self, login, jamf_url)

    async def create_roles(
        self, token: str, jamf_url: str, *, privileges: Iterable[str] = READ_PRIVILEGES
    ) -> bool:
        """Create the API role "jamf-pro-client" and return True.

        If it already exists, it gets the privileges that it lacks; it never loses any.

        Args:
            token: A bearer token of an account that may create, and for a role that exists read and
                update, API roles.
            jamf_url: The server.
            privileges: What the role may do; by default read computers and mobile devices.

        Raises:
            ForbiddenError: The account may not do that.
            JamfProAPIError: The server said no for another reason.
            TransportError: There is no usable answer.
        """
        from jamf_pro_client._client import fetch

        bearer = fetch.bearer_of(token)
        token = ""
        await fetch.create_role(self, bearer, jamf_url, _ROLE_NAME, privileges)
        return True

    async def create_api_client(
        self,
        token: str,
        jamf_url: str,
        *,
        display_name: str = _ROLE_NAME,
        roles: Iterable[str] = (_ROLE_NAME,),
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
        from jamf_pro_client._client import fetch

        bearer = fetch.bearer_of(token)
        token = ""
        body = {
            "displayName": display_name,
            "authorizationScopes": fetch.listed(roles, "roles"),
            "accessTokenLifetimeSeconds": token_seconds,
            "enabled": True,
        }
        return await fetch.create_client(self, bearer, jamf_url, body)

    async def _request(
        self, method: str, url: str, **options: Unpack[RequestOptions]
    ) -> httpx.Response:
        """Send a request and return the reply, whatever its status.

        Everything that is fetched goes through here, so that a subclass can change it.
        """
        return await self.arequest(method, url, **options)

    def _raise_for_status(self, status_code: int, response_json: object) -> None:
        """Raise the error for a status and the decoded body, unless it is a success.

        For subclasses that send with `_request` and read replies of their own.
        """
        from jamf_pro_client._client import fetch

        fetch.check_status(status_code, response_json, self._connections.server.base_url)
