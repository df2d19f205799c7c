"""Constructing, deriving, opening and closing clients."""

from __future__ import annotations

import asyncio
import copy
import pickle
import ssl
import subprocess
import sys
import threading
from typing import Any

import pytest

import jamf_pro_client
from jamf_pro_client._httpx import httpx
from jamf_pro_client.api.buildings import get_v1_buildings
from jamf_pro_client.client import HTTPAuthenticatedClient, HTTPClient
from jamf_pro_client.errors import ConfigurationError, RequestTimeoutError
from jamf_pro_client.resilience import Breaker, ResilienceConfig


def test_every_public_name_can_be_imported_and_is_listed() -> None:
    for name in jamf_pro_client.__all__:
        assert getattr(jamf_pro_client, name) is not None
    assert set(jamf_pro_client.__all__) <= set(dir(jamf_pro_client))
    with pytest.raises(AttributeError):
        _ = jamf_pro_client.no_such_name


def test_importing_the_client_loads_no_slow_modules() -> None:
    code = (
        "import sys, jamf_pro_client; assert 'httpx' not in sys.modules; "
        "import jamf_pro_client.client; "
        "print([m for m in ('asyncio', 'dateutil', 'msgspec', 'anyio', 'concurrent.futures') "
        "if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)  # noqa: S603  # our own code
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(("value", "text"), [("curl", "can be 'httpx'"), ("httpx2", "")])
def test_the_http_library_is_chosen_by_the_environment_only(value: str, text: str) -> None:
    code = "from jamf_pro_client._httpx import httpx; print(httpx.__name__)"
    done = subprocess.run(  # noqa: S603  # our own code
        [sys.executable, "-c", code],
        capture_output=True,
        check=False,
        text=True,
        env={"JAMF_PRO_CLIENT_HTTPX": value},
    )
    assert text in done.stderr
    assert (done.stdout.strip() == value) is not bool(text)


def test_clients_are_equal_only_to_themselves_and_cannot_be_pickled() -> None:
    one, two = (HTTPAuthenticatedClient("jamf.my.org", token="t") for _ in range(2))
    assert one != two
    assert len({one, two, one}) == 2
    for thing in (one, one.credentials, HTTPClient("jamf.my.org")):
        with pytest.raises(TypeError, match="cannot be pickled"):
            pickle.dumps(thing)
        with pytest.raises(TypeError):
            copy.copy(thing)


def test_derived_clients_add_to_requests_and_leave_their_parent_alone(jamf: Any) -> None:
    """S3.2, S3.3, S3.9, S3.10, S3.27."""
    jamf.say("/x", 200, b"{}")
    given = {"X-A": "1"}
    with HTTPClient(jamf.url, headers=given, cookies={"a": "1"}) as parent:
        derived = parent.with_headers({"x-a": "2", "X-B": "3"}).with_cookies({"b": "2"})
        again = derived.with_headers({"X-B": "4"})
        for client in (parent, derived, again, parent):
            client.request("GET", "/x")
        assert derived.get_or_create_httpx_client() is not parent.get_or_create_httpx_client()
    seen = [(s.headers["x-a"], s.headers.get("x-b"), s.headers["cookie"]) for s in jamf.seen]
    assert seen == [
        ("1", None, "a=1"),
        ("2", "3", "a=1; b=2"),
        ("2", "4", "a=1; b=2"),
        ("1", None, "a=1"),
    ]
    assert given == {"X-A": "1"}


def test_derived_clients_share_connections_token_limit_and_cookies(jamf: Any) -> None:
    jamf.say("/login", 204, b"", ("Set-Cookie", "node=1"))
    with HTTPAuthenticatedClient(jamf.url, api_key="id", api_secret="canary-secret") as parent:
        derived = parent.with_timeout(3).with_headers({"X-A": "1"})
        assert type(derived) is HTTPAuthenticatedClient
        assert derived.api_key == "id"
        derived.request("GET", "/login")
        parent.request("GET", "/x")
        derived.set_concurrency(2)
        assert parent.max_concurrency == 2
        pool = parent.get_or_create_httpx_client()
        with derived:
            pass
        derived.close()
        asyncio.run(derived.aclose())
        assert not pool.is_closed
    assert pool.is_closed
    assert jamf.tokens == 1
    assert jamf.calls("/x")[0].headers["cookie"] == "node=1"


def test_with_timeout_changes_the_derived_client_only(jamf: Any) -> None:
    """S3.11."""
    jamf.say_after("/slow", 0.1)
    with HTTPClient(jamf.url) as client:
        with pytest.raises(RequestTimeoutError) as caught:
            client.with_timeout(0.02).request("GET", "/slow?q=canary")
        assert client.request("GET", "/slow").status_code == 200
        with pytest.raises(httpx.TimeoutException):
            client.request("GET", "/slow", timeout=0.02)
        patient = client.with_timeout(None)
        assert patient.request("GET", "/slow").status_code == 200
    assert (caught.value.method, caught.value.path, caught.value.sent) == ("GET", "/slow", True)
    assert isinstance(caught.value.__cause__, httpx.ReadTimeout)


def test_with_resilience_is_carried() -> None:
    """S3.12."""
    client = HTTPClient("jamf.my.org")
    config = ResilienceConfig(max_retries=1, breaker=Breaker())
    assert client.with_resilience(config).resilience is config
    assert client.resilience is None
    assert ResilienceConfig.off().max_retries == 0
    with pytest.raises(ConfigurationError):
        ResilienceConfig(max_retries=-1)


def test_a_closed_client_opens_anew_and_closing_twice_does_no_harm(jamf: Any) -> None:
    jamf.say("/x", 204)
    client = HTTPClient(jamf.url)
    client.close()
    for _ in range(2):
        with client as entered:
            assert entered.request("GET", "/x").status_code == 204
        client.close()

    async def main() -> None:
        await client.aclose()
        for _ in range(2):
            async with client:
                assert (await client.arequest("GET", "/x")).status_code == 204
            await client.aclose()

    asyncio.run(main())
    asyncio.run(main())


def test_many_threads_make_one_httpx_client(jamf: Any) -> None:
    """S3.14."""
    client = HTTPClient(jamf.url)
    barrier, made = threading.Barrier(40, timeout=5), []

    def make() -> None:
        barrier.wait()
        made.append(client.get_or_create_httpx_client())

    threads = [threading.Thread(target=make) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(map(id, made))) == 1
    client.close()


def test_each_event_loop_has_its_own_httpx_client_and_the_same_cookies(jamf: Any) -> None:
    """S3.18."""
    jamf.say("/login", 204, b"", ("Set-Cookie", "node=1"))
    jamf.say("/x", 204)
    client = HTTPClient(jamf.url)

    async def main(path: str) -> Any:
        async with client:
            await client.arequest("GET", path)
            assert client.http is client.get_or_create_async_httpx_client()
            return client.http

    assert asyncio.run(main("/login")) is not asyncio.run(main("/x"))
    assert jamf.calls("/x")[0].headers["cookie"] == "node=1"


def test_the_async_client_made_outside_of_a_loop_is_used_in_the_first(jamf: Any) -> None:
    client = HTTPClient(jamf.url)
    early = client.http
    assert client.http is early

    async def main() -> None:
        async with client:
            assert client.http is early

    asyncio.run(main())
    assert early.is_closed


def test_a_given_httpx_client_rules_but_requests_are_authenticated(jamf: Any) -> None:
    client = HTTPAuthenticatedClient(
        jamf.url, api_key="id", api_secret="canary-secret", headers={"X-Ours": "1"}
    )
    with httpx.Client(headers={"X-Theirs": "1"}, cookies={"theirs": "1"}) as given:
        assert client.set_httpx_client(given) is client
        assert client.get_or_create_httpx_client() is given
        assert client.with_headers({"X-More": "1"}).request("GET", "/x").status_code == 200
        client.close()
        assert not given.is_closed
    seen = jamf.calls("/x")[0].headers
    assert (seen["x-theirs"], seen["x-more"], seen["cookie"]) == ("1", "1", "theirs=1")
    assert "x-ours" not in seen
    with pytest.raises(ConfigurationError, match="closed"):
        client.request("GET", "/x")

    async def main() -> None:
        async with httpx.AsyncClient(headers={"X-Theirs": "2"}) as mine:
            client.set_async_httpx_client(mine)
            assert client.http is mine
            assert (await client.arequest("GET", "/y")).status_code == 200
            await client.aclose()
            assert not mine.is_closed
        with pytest.raises(ConfigurationError, match="closed"):
            await client.arequest("GET", "/y")

    asyncio.run(main())
    assert jamf.calls("/y")[0].headers["x-theirs"] == "2"


def test_the_raw_httpx_clients_are_complete(jamf: Any) -> None:
    """S3.21, S3.25."""
    client = HTTPAuthenticatedClient(
        f"{jamf.url}/base", api_key="id", api_secret="s", cookies={"a": "1"}, headers={"X-A": "1"}
    )
    jamf.say("/base/api/v1/oauth/token", 200, b'{"access_token": "t"}')
    derived = client.with_headers({"X-B": "1"}).with_timeout(7).with_cookies({"b": "1"})
    with derived.get_or_create_httpx_client() as raw:
        raw.get("/sync")
        assert raw.timeout == httpx.Timeout(7)
    assert client.get_or_create_httpx_client().timeout == httpx.Timeout(30, connect=5)

    async def main() -> None:
        async with client, derived.get_or_create_async_httpx_client() as raw:
            await raw.get("/async")

    asyncio.run(main())
    client.close()
    for path in ("/base/sync", "/base/async"):
        headers = jamf.calls(path)[0].headers
        assert headers["authorization"] == "Bearer t"
        assert (headers["x-a"], headers["x-b"], headers["cookie"]) == ("1", "1", "a=1; b=1")


def test_raw_httpx_clients_take_nothing_of_the_client_to_another_port(
    jamf: Any, other: Any
) -> None:
    options: dict[str, Any] = {"headers": {"X-A": "1"}, "cookies": {"a": "1"}}
    client = HTTPAuthenticatedClient(jamf.url, token="t", follow_redirects=True, **options)
    derived = client.with_headers({"X-B": "1"}).with_cookies({"b": "1"})
    jamf.say("/away", 302, b"", ("Location", f"{other.url}/led"), ("Set-Cookie", "node=1"))

    async def main() -> None:
        async with client:
            for asking in (client, derived):
                raw = asking.get_or_create_async_httpx_client()
                await raw.get("/away")
                await raw.get(f"{other.url}/asked", headers={"Cookie": "own=1"})

    with client:
        for asking in (client, derived):
            raw = asking.get_or_create_httpx_client()
            raw.get("/away")
            raw.get(f"{other.url}/asked", headers={"Cookie": "own=1"})
    asyncio.run(main())
    assert len(other.seen) == 8
    for seen in other.seen:
        assert not {"authorization", "x-a", "x-b"} & seen.headers.keys()
        assert seen.headers.get("cookie") == ("own=1" if seen.path == "/asked" else None)
    assert jamf.calls("/away")[-1].headers["cookie"] == "a=1; node=1; b=1"


def test_cookies_go_to_their_server_only_also_when_it_has_no_dot_in_its_name() -> None:
    seen: list[str] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(f"{request.url.host} {request.headers.get('cookie')}")
        return httpx.Response(204, headers={"Set-Cookie": "evil=1"})

    args = {"transport": httpx.MockTransport(handle)}
    for base in ("http://localhost:5", "http://[::1]:5", "https://jamf.my.org", "http://jamf"):
        client = HTTPClient(base, cookies={"a": "1"}, httpx_args=args)
        client.request("GET", "https://evil.example/")
        client.request("GET", "/")
    own = ["localhost", "::1", "jamf.my.org", "jamf"]
    expected = [("evil.example", None), *((host, "a=1") for host in own)]
    assert set(seen) == {f"{host} {cookie}" for host, cookie in expected}


@pytest.mark.parametrize("cookies", [{"a": "b;c"}, {"a\n": "b"}, {"": "b"}, {"a=b": "c"}])
def test_cookies_that_cannot_be_sent_are_refused(cookies: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError):
        HTTPClient("jamf.my.org", cookies=cookies)


def test_transports_that_fit_one_kind_of_call_say_so_for_the_other() -> None:
    class SyncOnly(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            return httpx.Response(204, request=request)

    class AsyncOnly(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            return httpx.Response(204, request=request)

    client = HTTPClient("jamf.my.org", httpx_args={"transport": SyncOnly()})
    assert client.request("GET", "/").status_code == 204
    with pytest.raises(ConfigurationError, match="async"):
        asyncio.run(client.arequest("GET", "/"))
    client = HTTPClient("jamf.my.org", httpx_args={"transport": AsyncOnly()})
    assert asyncio.run(client.arequest("GET", "/")).status_code == 204
    with pytest.raises(ConfigurationError, match="sync"):
        client.request("GET", "/")


def test_event_hooks_can_be_plain_functions_for_async_calls_too(jamf: Any) -> None:
    """S3.7."""
    jamf.say("/x", 204)
    seen: list[str] = []
    hooks = {
        "request": [lambda request: seen.append(request.method)],
        "response": [lambda response: seen.append(str(response.status_code))],
    }
    with HTTPClient(jamf.url, httpx_args={"event_hooks": hooks}) as client:
        client.request("GET", "/x")

        async def main() -> None:
            async with client:
                await client.arequest("GET", "/x")

        asyncio.run(main())
    assert seen == ["GET", "204"] * 2


@pytest.mark.filterwarnings("ignore:the server's certificate is not checked")
def test_certificates_can_be_a_context_a_file_or_a_folder(tmp_path: Any) -> None:
    paths = ssl.get_default_verify_paths()
    places: list[Any] = [ssl.create_default_context(), str(tmp_path), False]
    if paths.cafile:
        places.append(paths.cafile)
    for verify in places:
        HTTPClient("jamf.my.org", verify_ssl=verify).get_or_create_httpx_client().close()


@pytest.mark.parametrize(
    ("asked", "sent"),
    [
        ("gzip, deflate, br, zstd", "gzip, deflate"),
        ("br;q=1.0, gzip;q=0.5", "gzip;q=0.5"),
        ("zstd", "identity"),
        ("identity", "identity"),
    ],
)
def test_a_given_client_asks_only_for_codings_that_can_be_read(
    jamf: Any, asked: str, sent: str
) -> None:
    for path in ("/x", "/api/v1/buildings"):
        jamf.say(path, 200, b'{"totalCount": 0, "results": []}')
    given = httpx.Client(headers={"Accept-Encoding": asked})
    client = HTTPAuthenticatedClient(jamf.url, api_key="id", api_secret="canary-secret")
    client.set_httpx_client(given)
    client.request("GET", "/x")
    get_v1_buildings.sync(client=client)
    assert [seen.headers["accept-encoding"] for seen in jamf.seen] == [sent] * 3

    async def main() -> None:
        async with httpx.AsyncClient(headers={"Accept-Encoding": asked}) as given_async:
            client.set_async_httpx_client(given_async)
            await client.arequest("GET", "/x")
            await get_v1_buildings.asyncio(client=client)

    asyncio.run(main())
    assert [seen.headers["accept-encoding"] for seen in jamf.seen] == [sent] * 5
    assert given.headers["Accept-Encoding"] == asked
    given.close()


def test_codings_that_were_asked_for_on_purpose_are_asked_for(jamf: Any) -> None:
    for path in ("/x", "/api/v1/buildings"):
        jamf.say(path, 200, b'{"totalCount": 0, "results": []}')
    with httpx.Client() as given:
        client = HTTPAuthenticatedClient(jamf.url, token="t").set_httpx_client(given)
        client.request("GET", "/x", headers={"Accept-Encoding": "br"})
        derived = client.with_headers({"Accept-Encoding": "zstd"})
        derived.request("GET", "/x")
        get_v1_buildings.sync(client=derived)
    assert [seen.headers["accept-encoding"] for seen in jamf.seen] == ["br", "zstd", "zstd"]
