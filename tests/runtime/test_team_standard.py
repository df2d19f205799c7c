"""What a team that writes plain httpx is used to, row by row (S4)."""

from __future__ import annotations

import asyncio
import inspect
import io
import json
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from jamf_pro_client._httpx import httpx
from jamf_pro_client.api.buildings import get_v1_buildings_id
from jamf_pro_client.api.gsx_connection import patch_v1_gsx_connection
from jamf_pro_client.api.locales_preview import get_v1_locales
from jamf_pro_client.client import HTTPAuthenticatedClient, HTTPClient
from jamf_pro_client.errors import (
    ConfigurationError,
    JamfProAPIError,
    NotFoundError,
    RequestTimeoutError,
    ServerError,
    TransportError,
    UnexpectedStatus,
)

_JSON_PATCH = {"Content-Type": "application/json-patch+json"}
_OPERATIONS = [{"op": "replace", "path": "/name", "value": "Warehouse"}]


def _authenticated(jamf: Any, **options: Any) -> HTTPAuthenticatedClient:
    return HTTPAuthenticatedClient(jamf.url, api_key="id", api_secret="canary-secret", **options)


@pytest.fixture
def hung() -> Iterator[str]:
    """The address of a server that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


@pytest.fixture
def rude() -> tuple[dict[str, Any], list[str]]:
    """A transport whose server breaks every connection, and how often it was tried."""
    tried: list[str] = []

    def reset(request: httpx.Request) -> httpx.Response:
        tried.append(request.method)
        raise httpx.ReadError("connection reset", request=request)

    return {"transport": httpx.MockTransport(reset)}, tried


def test_a_client_may_be_opened_for_a_single_call(jamf: Any) -> None:
    """S4.1."""

    async def resource() -> Any:
        async with _authenticated(jamf) as client:
            response = await client.arequest("GET", "/x")
            response.raise_for_status()
            return response.json()

    assert [asyncio.run(resource()) for _ in range(2)] == [{"path": "/x"}] * 2


def test_a_plain_httpx_client_of_one_call_can_carry_the_calls(jamf: Any) -> None:
    """S4.1."""
    client = _authenticated(jamf)

    async def resource() -> Any:
        async with httpx.AsyncClient() as mine:
            return (await client.set_async_httpx_client(mine).arequest("GET", "/x")).json()

    assert [asyncio.run(resource()) for _ in range(2)] == [{"path": "/x"}] * 2
    assert jamf.tokens == 1


def test_raise_for_status_works_and_the_error_tells_status_and_text(jamf: Any) -> None:
    """S4.2."""
    jamf.say("/gone", 404, "nothing here")
    with _authenticated(jamf) as client:
        assert client.request("GET", "/x").raise_for_status().status_code == 200
        with pytest.raises(httpx.HTTPStatusError) as caught:
            client.request("GET", "/gone").raise_for_status()
    assert (caught.value.response.status_code, caught.value.response.text) == (404, "nothing here")
    assert "canary" not in str(caught.value.request.headers)


def test_an_operation_raises_by_itself_and_the_error_has_the_reply(jamf: Any) -> None:
    """S4.2."""
    jamf.say("/api/v1/buildings/5", 404, '{"httpStatus":404,"errors":[]}')
    with _authenticated(jamf) as client, pytest.raises(NotFoundError) as caught:
        get_v1_buildings_id.sync("5", client=client)
    reply = caught.value.response
    assert reply is not None
    assert (reply.status_code, reply.text) == (404, '{"httpStatus":404,"errors":[]}')


def test_status_timeout_and_network_are_three_failures(jamf: Any, hung: str) -> None:
    """S4.3."""
    jamf.say("/api/v1/locales", 503)

    def failure(url: str) -> Any:
        client = HTTPClient(url, timeout=0.05)
        try:
            with client:
                return get_v1_locales.sync(client=client)
        except JamfProAPIError as error:
            return "status", type(error)
        except httpx.TimeoutException as error:
            return "timeout", type(error)
        except httpx.RequestError as error:
            return "network", type(error)

    assert failure(jamf.url) == ("status", ServerError)
    assert failure(hung) == ("timeout", RequestTimeoutError)
    assert failure("http://127.0.0.1:9") == ("network", TransportError)


@pytest.mark.parametrize(
    ("failure", "sent"),
    [
        (httpx.ConnectTimeout, False),
        (httpx.ReadTimeout, True),
        (httpx.WriteTimeout, True),
        (httpx.PoolTimeout, False),
    ],
)
def test_each_kind_of_timeout_is_a_timeout(failure: Any, sent: bool) -> None:
    """S4.3."""

    def late(request: httpx.Request) -> httpx.Response:
        raise failure("late", request=request)

    client = HTTPClient("jamf.my.org", httpx_args={"transport": httpx.MockTransport(late)})
    with pytest.raises(RequestTimeoutError) as caught:
        client.request("GET", "/x")
    assert isinstance(caught.value, httpx.TimeoutException)
    assert isinstance(caught.value.__cause__, failure)
    assert caught.value.sent is sent


def test_a_call_may_have_a_timeout_of_its_own(jamf: Any) -> None:
    """S4.4."""
    for path in ("/x", "/api/v1/locales"):
        jamf.say_after(path, 0.3)
    with HTTPClient(jamf.url, timeout=60) as client:
        with pytest.raises(RequestTimeoutError):
            client.request("GET", "/x", timeout=0.02)
        with pytest.raises(RequestTimeoutError):
            get_v1_locales.sync(client=client.with_timeout(0.02))

        async def main() -> None:
            async with client:
                await client.arequest("GET", "/x", timeout=httpx.Timeout(60, read=0.02))

        with pytest.raises(RequestTimeoutError):
            asyncio.run(main())


def test_redirects_are_off_and_never_silent(jamf: Any) -> None:
    """S4.5, S3.6."""
    for path in ("/file", "/api/v1/buildings/5"):
        jamf.say(path, 302, b"", ("Location", "/there"))
    with _authenticated(jamf) as client:
        reply = client.request("GET", "/file")
        assert (reply.status_code, reply.content) == (302, b"")
        assert reply.headers["location"] == "/there"
        with pytest.raises(UnexpectedStatus, match="302"):
            get_v1_buildings_id.sync("5", client=client)
        assert client.request("GET", "/file", follow_redirects=True).json() == {"path": "/there"}
    with _authenticated(jamf, follow_redirects=True) as client:
        assert client.request("GET", "/file").json() == {"path": "/there"}
        assert client.request("GET", "/file", follow_redirects=False).status_code == 302


def test_what_every_call_needs_is_said_once_at_construction(jamf: Any) -> None:
    """S4.6."""
    with _authenticated(jamf, headers={"X-Team": "mac"}) as client:
        client.request("GET", "/x")
        client.request("GET", "/y")
    seen = [(s.headers["authorization"], s.headers["x-team"]) for s in jamf.seen[1:]]
    assert seen == [("Bearer canary-token-1", "mac")] * 2


def test_json_helpers_give_dictionaries(jamf: Any) -> None:
    """S4.7."""

    async def main() -> list[Any]:
        async with _authenticated(jamf) as client:
            return [
                await client.fetch_json("/get"),
                await client.fetch_json("/post", method="POST", data={"a": 1}),
                await client.fetch_json("/patch", _JSON_PATCH, "PATCH", _OPERATIONS),
            ]

    assert asyncio.run(main()) == [{"path": f"/{name}"} for name in ("get", "post", "patch")]
    (patch,) = jamf.calls("/patch")
    assert patch.method == "PATCH"
    assert patch.headers["content-type"] == "application/json-patch+json"
    assert json.loads(patch.body) == _OPERATIONS


@pytest.mark.parametrize("given", ["Content-Type", "content-type"])
def test_the_callers_content_type_wins_over_the_one_for_json(jamf: Any, given: str) -> None:
    """S4.8."""
    headers = {given: "application/json-patch+json"}
    with _authenticated(jamf, headers={"Content-Type": "application/json"}) as client:
        client.request("PATCH", "/call", json=_OPERATIONS, headers=headers)
        client.with_headers(headers).request("PATCH", "/derived", json=_OPERATIONS)

        async def main() -> None:
            async with client:
                await client.arequest("PATCH", "/async", json=_OPERATIONS, headers=headers)

        asyncio.run(main())
    with _authenticated(jamf, headers=headers) as client:
        client.request("PATCH", "/client", json=_OPERATIONS)
    for path in ("/call", "/derived", "/async", "/client"):
        (seen,) = jamf.calls(path)
        assert seen.headers["content-type"] == "application/json-patch+json"
        assert json.loads(seen.body) == _OPERATIONS


def test_an_operation_sends_the_content_type_that_jamf_wants(jamf: Any) -> None:
    """S4.8."""
    with _authenticated(jamf, headers={"Content-Type": "application/json"}) as client:
        patch_v1_gsx_connection.sync_detailed(client=client, body={"enabled": False})
    (seen,) = jamf.calls("/api/v1/gsx-connection")
    assert seen.headers["content-type"] == "application/merge-patch+json"
    assert json.loads(seen.body) == {"enabled": False}


@pytest.mark.parametrize("asynchronous", [False, True])
@pytest.mark.parametrize("is_stream", [False, True])
def test_a_binary_upload_arrives_byte_for_byte(
    jamf: Any, is_stream: bool, asynchronous: bool
) -> None:
    """S4.9."""
    content = bytes(range(256)) * 1000
    options: dict[str, Any] = {
        "params": {"fileName": "Ä b&c.pkg"},
        "content": io.BytesIO(content) if is_stream else content,
        "headers": {"Content-Type": "application/octet-stream"},
    }

    async def main() -> None:
        async with _authenticated(jamf) as client:
            await client.arequest("POST", "/attachments", **options)

    if asynchronous:
        asyncio.run(main())
    else:
        with _authenticated(jamf) as client:
            client.request("POST", "/attachments", **options)
    (seen,) = jamf.calls("/attachments")
    assert seen.body == content
    assert seen.query.replace("+", "%20") == "fileName=%C3%84%20b%26c.pkg"
    assert seen.headers["content-type"] == "application/octet-stream"
    assert seen.headers["authorization"] == "Bearer canary-token-1"
    assert not {"cookie", "x-team"} & seen.headers.keys()


def test_form_and_json_are_told_apart(jamf: Any) -> None:
    """S4.10."""
    with _authenticated(jamf) as client:
        client.request("POST", "/form", data={"to": "a b", "n": 1})
        client.request("POST", "/json", json={"to": "a b", "n": 1})
    (form,), (document,) = jamf.calls("/form"), jamf.calls("/json")
    assert (form.headers["content-type"], form.body) == (
        "application/x-www-form-urlencoded",
        b"to=a+b&n=1",
    )
    assert document.headers["content-type"] == "application/json"
    assert json.loads(document.body) == {"to": "a b", "n": 1}


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/x-www-form-urlencoded", {"json": {"a": "b"}}),
        ("multipart/form-data; boundary=x", {"json": {"a": "b"}}),
        ("application/json", {"data": {"a": "b"}}),
        ("application/octet-stream", {"files": {"a": b"b"}}),
    ],
)
def test_a_body_under_the_name_of_another_kind_is_not_sent(
    jamf: Any, content_type: str, body: Any
) -> None:
    """S4.10."""
    headers = {"Content-Type": content_type}
    with HTTPClient(jamf.url) as client, pytest.raises(ConfigurationError):
        client.request("POST", "/x", headers=headers, **body)

    async def main() -> None:
        await client.arequest("POST", "/x", headers=headers, **body)

    with pytest.raises(ConfigurationError):
        asyncio.run(main())
    assert not jamf.seen


def test_an_argument_that_there_is_not_is_not_swallowed(jamf: Any) -> None:
    """S4.10: what was asked for is sent, or the call fails."""
    options: Any = {"header": {"a": "b"}}
    with HTTPClient(jamf.url) as client:
        with pytest.raises(TypeError, match="'header'"):
            client.request("GET", "/x", **options)
        with pytest.raises(TypeError, match="'header'"), client.stream("GET", "/x", **options):
            pass
    assert not jamf.seen


def test_an_open_client_keeps_its_connection(jamf: Any) -> None:
    """S4.11."""

    class Service:
        """An application's own client."""

        def __init__(self) -> None:
            self.client = _authenticated(jamf)

        async def __aenter__(self) -> Service:
            await self.client.__aenter__()
            return self

        async def __aexit__(self, *failure: Any) -> None:
            await self.client.__aexit__(*failure)

    async def main() -> None:
        async with Service() as service:
            for _ in range(10):
                assert (await service.client.arequest("GET", "/x")).status_code == 200

    asyncio.run(main())
    assert jamf.connections == 1
    with _authenticated(jamf) as client:
        for _ in range(10):
            client.request("GET", "/x")
    assert jamf.connections == 2


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_nothing_is_retried_unless_asked_for(jamf: Any, status: int) -> None:
    """S4.12."""
    jamf.say("/api/v1/buildings/5", status, b"", ("Retry-After", "0"))
    with _authenticated(jamf) as client:
        with pytest.raises(JamfProAPIError):
            get_v1_buildings_id.sync("5", client=client)
        assert client.request("GET", "/api/v1/buildings/5").status_code == status

    async def main() -> None:
        async with _authenticated(jamf) as client:
            with pytest.raises(JamfProAPIError):
                await get_v1_buildings_id.asyncio("5", client=client)

    asyncio.run(main())
    assert len(jamf.calls("/api/v1/buildings/5")) == 3


def test_broken_connections_are_not_retried_unless_asked_for(rude: Any) -> None:
    """S4.12."""
    args, tried = rude
    client = HTTPClient("jamf.my.org", httpx_args=args)
    with pytest.raises(TransportError):
        client.request("GET", "/x")
    with pytest.raises(TransportError):
        asyncio.run(client.arequest("GET", "/x"))
    assert tried == ["GET", "GET"]


def test_a_status_can_be_read_without_an_exception(jamf: Any) -> None:
    """S4.13."""
    jamf.say("/api/v1/buildings/5", 500, "<html>")
    with _authenticated(jamf) as client:
        assert client.request("GET", "/api/v1/buildings/5").status_code == 500
        reply = get_v1_buildings_id.sync_detailed("5", client=client)
        assert (reply.status_code, reply.parsed, reply.content) == (500, None, b"<html>")
        with pytest.raises(ServerError):
            get_v1_buildings_id.sync("5", client=client)


def test_the_default_timeout_is_in_the_signature_and_in_the_documentation() -> None:
    """S4.14."""
    default = inspect.signature(HTTPClient).parameters["timeout"].default
    assert default == httpx.Timeout(30, connect=5)
    assert HTTPClient("jamf.my.org").get_or_create_httpx_client().timeout == default
    assert "by default 5 to connect and" in (HTTPClient.__doc__ or "")
    never = HTTPClient("jamf.my.org", timeout=None).get_or_create_httpx_client().timeout
    assert never == httpx.Timeout(None)
