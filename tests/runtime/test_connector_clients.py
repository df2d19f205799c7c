"""What users of generated clients are used to, row by row (S3)."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
import trustme

from jamf_pro_client._httpx import httpx
from jamf_pro_client.api.buildings import get_v1_buildings_id
from jamf_pro_client.client import HTTPAuthenticatedClient, HTTPClient
from jamf_pro_client.errors import ConfigurationError, TransportError, UnexpectedStatus
from jamf_pro_client.resilience import ResilienceConfig, Timing


def _authenticated(jamf: Any, **options: Any) -> HTTPAuthenticatedClient:
    return HTTPAuthenticatedClient(jamf.url, api_key="id", api_secret="canary-secret", **options)


@pytest.fixture
def authority() -> trustme.CA:
    """An authority that no one trusts."""
    return trustme.CA()


@pytest.fixture
def certificate(authority: trustme.CA, tmp_path: Path) -> str:
    """The path of its certificate."""
    place = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(place)
    return str(place)


@pytest.fixture
def secure(authority: trustme.CA) -> Iterator[str]:
    """A server that this authority vouches for."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: Any, client_address: Any) -> None:
            """Say nothing: clients that refuse the certificate are part of the test."""

    with Server(("127.0.0.1", 0), Handler) as server:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("127.0.0.1").configure_cert(context)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield f"https://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("prefix", ["", "/jamf"])
def test_all_requests_are_relative_to_the_base_url(jamf: Any, prefix: str) -> None:
    """S3.1."""
    jamf.say(f"{prefix}/api/v1/oauth/token", 200, '{"access_token":"t"}')
    with _authenticated(jamf) as client:
        assert client.base_url == jamf.url
    with HTTPAuthenticatedClient(jamf.url + prefix + "/", token="t") as client:
        client.request("GET", "/x")
        client.request("GET", "x")
        get_v1_buildings_id.sync_detailed("5", client=client)
    assert [seen.path for seen in jamf.seen] == [
        f"{prefix}/x",
        f"{prefix}/x",
        f"{prefix}/api/v1/buildings/5",
    ]


def test_cookies_and_headers_go_with_every_request_of_both_kinds(jamf: Any) -> None:
    """S3.2, S3.3."""
    client = _authenticated(jamf, cookies={"a": "1"}, headers={"X-A": "1"})

    async def main() -> None:
        async with client:
            await client.arequest("GET", "/x")
            await get_v1_buildings_id.asyncio_detailed("5", client=client)

    asyncio.run(main())
    with client:
        client.request("GET", "/x")
        get_v1_buildings_id.sync_detailed("5", client=client)
    assert {(s.headers["cookie"], s.headers["x-a"]) for s in jamf.seen} == {("a=1", "1")}


def test_what_takes_longer_than_the_timeout_raises_the_error_of_httpx(jamf: Any) -> None:
    """S3.4."""
    jamf.say_after("/api/v1/buildings/5", 0.2)
    client = HTTPAuthenticatedClient(jamf.url, token="t", timeout=0.05)
    with client, pytest.raises(httpx.TimeoutException):
        get_v1_buildings_id.sync("5", client=client)

    async def main() -> None:
        async with client:
            await get_v1_buildings_id.asyncio("5", client=client)

    with pytest.raises(httpx.TimeoutException):
        asyncio.run(main())
    assert len(jamf.calls("/api/v1/buildings/5")) == 2


@pytest.mark.filterwarnings("ignore:the server's certificate is not checked")
def test_certificates_are_checked_unless_told_otherwise(secure: str, certificate: str) -> None:
    """S3.5."""
    with HTTPClient(secure) as client, pytest.raises(TransportError, match=r"(?i)certificate"):
        client.request("GET", "/")
    context = ssl.create_default_context(cafile=certificate)
    for verify in (False, certificate, context):
        with HTTPClient(secure, verify_ssl=verify) as client:
            assert client.request("GET", "/").status_code == 204

    async def main() -> None:
        async with HTTPClient(secure, verify_ssl=certificate) as client:
            assert (await client.arequest("GET", "/")).status_code == 204
        async with HTTPClient(secure) as client:
            await client.arequest("GET", "/")

    with pytest.raises(TransportError, match=r"(?i)certificate"):
        asyncio.run(main())


def test_further_arguments_reach_both_httpx_clients() -> None:
    """S3.7."""
    args = {
        "transport": httpx.MockTransport(lambda request: httpx.Response(204, request=request)),
        "max_redirects": 3,
        "default_encoding": "latin-1",
    }
    client = HTTPClient("jamf.my.org", httpx_args=args)
    for made in (client.get_or_create_httpx_client(), client.get_or_create_async_httpx_client()):
        assert made.max_redirects == 3
    assert client.request("GET", "/").status_code == 204
    assert asyncio.run(client.arequest("GET", "/")).status_code == 204


def test_statuses_without_description_raise_when_wanted(jamf: Any) -> None:
    """S3.8."""
    jamf.say("/api/v1/buildings/5", 418, "teapot")
    with _authenticated(jamf) as client:
        assert client.raise_on_unexpected_status is False
        assert get_v1_buildings_id.sync_detailed("5", client=client).status_code == 418
        client.raise_on_unexpected_status = True
        with pytest.raises(UnexpectedStatus, match="418"):
            get_v1_buildings_id.sync_detailed("5", client=client)
    strict = _authenticated(jamf, raise_on_unexpected_status=True)

    async def main() -> None:
        async with strict:
            await get_v1_buildings_id.asyncio_detailed("5", client=strict)

    with pytest.raises(UnexpectedStatus, match="418"):
        asyncio.run(main())
    assert strict.with_timeout(5).raise_on_unexpected_status is True


def test_a_given_sync_client_replaces_headers_cookies_timeout_and_redirects(jamf: Any) -> None:
    """S3.13."""
    jamf.say_after("/slow", 0.1)
    jamf.say("/old", 302, b"", ("Location", "/x"))
    ours = _authenticated(jamf, headers={"X-A": "1"}, cookies={"a": "1"}, timeout=60)
    with httpx.Client(
        headers={"X-B": "2"}, cookies={"b": "2"}, timeout=0.05, follow_redirects=True
    ) as given:
        assert ours.set_httpx_client(given) is ours
        assert ours.get_or_create_httpx_client() is given
        with ours:
            assert ours.request("GET", "/old").json() == {"path": "/x"}
            with pytest.raises(httpx.ReadTimeout):
                given.get(f"{jamf.url}/slow")
            with pytest.raises(httpx.TimeoutException):
                ours.request("GET", "/slow")
            assert get_v1_buildings_id.sync_detailed("5", client=ours).status_code == 200
        assert not given.is_closed
    (seen,) = jamf.calls("/x")
    assert (seen.headers["x-b"], seen.headers["cookie"]) == ("2", "b=2")
    assert "x-a" not in seen.headers
    assert seen.headers["authorization"] == "Bearer canary-token-1"
    assert [s.headers["x-b"] for s in jamf.calls("/api/v1/buildings/5")] == ["2"]


def test_a_given_async_client_replaces_headers_cookies_and_timeout(jamf: Any) -> None:
    """S3.17."""
    jamf.say_after("/slow", 0.1)
    ours = _authenticated(jamf, headers={"X-A": "1"}, cookies={"a": "1"}, timeout=60)

    async def main() -> None:
        async with httpx.AsyncClient(
            headers={"X-B": "2"}, cookies={"b": "2"}, timeout=0.05
        ) as given:
            assert ours.set_async_httpx_client(given) is ours
            assert ours.get_or_create_async_httpx_client() is given
            assert ours.http is given
            async with ours:
                reply = await get_v1_buildings_id.asyncio_detailed("5", client=ours)
                assert reply.status_code == 200
                with pytest.raises(httpx.TimeoutException):
                    await ours.arequest("GET", "/slow")
            assert not given.is_closed

    asyncio.run(main())
    (seen,) = jamf.calls("/api/v1/buildings/5")
    assert (seen.headers["x-b"], seen.headers["cookie"]) == ("2", "b=2")
    assert "x-a" not in seen.headers


def test_a_given_sync_client_leaves_async_calls_alone(jamf: Any) -> None:
    """S3.13, S3.17."""
    client = _authenticated(jamf, headers={"X-A": "1"})
    with httpx.Client() as given:
        client.set_httpx_client(given)

        async def main() -> None:
            async with client:
                await client.arequest("GET", "/x")

        asyncio.run(main())
    assert jamf.calls("/x")[0].headers["x-a"] == "1"


def test_what_a_derived_client_adds_goes_over_a_given_client_too(jamf: Any) -> None:
    """S3.13."""
    client = _authenticated(jamf)
    with httpx.Client(headers={"X-B": "2"}) as given:
        client.set_httpx_client(given)
        client.with_headers({"X-C": "3"}).with_cookies({"c": "3"}).request("GET", "/x")
    headers = jamf.calls("/x")[0].headers
    assert (headers["x-b"], headers["x-c"], headers["cookie"]) == ("2", "3", "c=3")


def test_what_a_derived_client_adds_goes_with_operations(jamf: Any) -> None:
    """S3.9, S3.10."""
    with _authenticated(jamf, headers={"X-A": "1"}) as client:
        derived = client.with_headers({"X-A": "2", "X-B": "3"})
        for asking in (client, derived, derived.with_cookies({"c": "4"})):
            get_v1_buildings_id.sync_detailed("5", client=asking)
    headers = [seen.headers for seen in jamf.calls("/api/v1/buildings/5")]
    assert [(one["x-a"], one.get("x-b"), one.get("cookie")) for one in headers] == [
        ("1", None, None),
        ("2", "3", None),
        ("2", "3", "c=4"),
    ]


def test_with_opens_and_closes_the_sync_client(jamf: Any) -> None:
    """S3.15, S3.16."""
    client = _authenticated(jamf)
    with client as entered:
        assert entered is client
        entered.request("GET", "/x")
        made = entered.get_or_create_httpx_client()
        assert not made.is_closed
    assert made.is_closed

    def fail() -> None:
        with client:
            client.request("GET", "/x")
            raise KeyError("ours")

    with pytest.raises(KeyError, match="ours"):
        fail()
    assert client.get_or_create_httpx_client() is not made
    client.close()


def test_async_with_opens_and_closes_the_async_client(jamf: Any) -> None:
    """S3.19, S3.20."""
    client = _authenticated(jamf)

    async def main() -> Any:
        async with client as entered:
            assert entered is client
            await entered.arequest("GET", "/x")
            made = entered.get_or_create_async_httpx_client()
            assert not made.is_closed
        assert made.is_closed
        raise KeyError("ours")

    with pytest.raises(KeyError, match="ours"):
        asyncio.run(main())


def test_key_and_secret_are_there_and_the_secret_is_hidden() -> None:
    """S3.22, S3.23, S3.24, S3.26."""
    client = HTTPAuthenticatedClient("jamf.my.org", api_key="id", api_secret="canary")
    assert isinstance(client, HTTPClient)
    assert client.api_key == "id"
    assert client.auth_header_name == "Authorization"
    assert client.api_secret is not None
    assert client.api_secret.reveal() == "canary"
    assert "canary" not in f"{client!r} {client.api_secret} {client.credentials!r} {vars(client)}"


@pytest.mark.parametrize(
    "given", [{}, {"api_key": "id"}, {"api_secret": "s"}, {"api_key": "", "api_secret": ""}]
)
def test_a_missing_key_is_a_value_error(given: Any) -> None:
    """S3.26."""
    with pytest.raises(ValueError, match="api_key"):
        HTTPAuthenticatedClient("jamf.my.org", **given)


def test_the_resilience_settings_have_the_names_that_are_known() -> None:
    """S3.12, S3.26."""
    config = ResilienceConfig(
        max_retries=0,
        backoff_base=0.5,
        backoff_max=30,
        retryable_exceptions=(httpx.ConnectError,),
        enable_logging=False,
        log_level=10,
    )
    client = HTTPClient("jamf.my.org", resilience=config)
    assert client.resilience is config
    assert client.with_headers({"X-A": "1"}).resilience is config


def test_a_client_with_resilience_tries_again_and_its_parent_does_not() -> None:
    """S3.12."""
    statuses: list[int] = []

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(statuses.pop(0), request=request)

    async def at_once(_seconds: float) -> None:
        pass

    timing = Timing(sleep=lambda _seconds: None, sleep_async=at_once)
    parent = HTTPClient("jamf.my.org", httpx_args={"transport": httpx.MockTransport(answer)})
    steady = parent.with_resilience(ResilienceConfig(max_retries=2, timing=timing))

    def by_thread(client: HTTPClient) -> int:
        return client.request("GET", "/x").status_code

    def by_task(client: HTTPClient) -> int:
        return asyncio.run(client.arequest("GET", "/x")).status_code

    for ask in (by_thread, by_task):
        statuses[:] = [503, 503, 200]
        assert ask(steady) == 200
        statuses[:] = [503, 200]
        assert ask(parent) == 503


def test_the_httpx_clients_themselves_are_authenticated(jamf: Any) -> None:
    """S3.22, S3.23, S3.25."""
    with _authenticated(jamf) as client:
        client.get_or_create_httpx_client().get("/sync")

        async def main() -> None:
            async with client:
                await client.get_or_create_async_httpx_client().get("/async")

        asyncio.run(main())
    (login,) = jamf.calls("/api/v1/oauth/token")
    assert dict(parse_qsl(login.body.decode())) == {
        "grant_type": "client_credentials",
        "client_id": "id",
        "client_secret": "canary-secret",
    }
    for path in ("/sync", "/async"):
        (seen,) = jamf.calls(path)
        assert seen.headers["authorization"] == "Bearer canary-token-1"


def test_builders_leave_the_open_httpx_clients_of_the_parent_alone(jamf: Any) -> None:
    """S3.27."""
    parent = _authenticated(jamf, headers={"X-A": "1"}, cookies={"a": "1"})
    with parent:
        raw = parent.get_or_create_httpx_client()
        before = (dict(raw.headers), dict(raw.cookies), raw.timeout, parent.resilience)
        parent.with_headers({"X-A": "2"}).with_cookies({"a": "2"}).with_timeout(1).with_resilience(
            ResilienceConfig.off()
        ).request("GET", "/x")
        assert (dict(raw.headers), dict(raw.cookies), raw.timeout, parent.resilience) == before
        assert parent.get_or_create_httpx_client() is raw
    with pytest.raises(ConfigurationError):
        parent.with_headers({"X-A\n": "2"})
