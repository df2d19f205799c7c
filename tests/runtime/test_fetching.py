"""What users of Patcher's client are used to, row by row (S0); see test_fetched for the rest."""

from __future__ import annotations

import asyncio
import json
import logging
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from jamf_pro_client._httpx import httpx
from jamf_pro_client.client import HTTPClient
from jamf_pro_client.errors import (
    ConfigurationError,
    JamfProAPIError,
    JamfProError,
    NotFoundError,
    RequestTimeoutError,
    ServerError,
    TransportError,
    UnexpectedStatus,
)


def test_five_requests_may_be_in_flight_and_the_documentation_says_why() -> None:
    """S0.1, S0.2, S0.3."""
    assert HTTPClient("jamf.my.org").max_concurrency == 5
    assert HTTPClient("jamf.my.org", max_concurrency=2).max_concurrency == 2
    said = " ".join((HTTPClient.__doc__ or "").split())
    assert "More than 5 can keep a Jamf Pro server from its other work" in said
    assert "https://developer.jamf.com/developer-guide/docs/jamf-pro-api-scalability" in said
    assert "More than 5 can keep a Jamf Pro server" in (HTTPClient.set_concurrency.__doc__ or "")


@pytest.mark.parametrize("value", [0, -1])
def test_less_than_one_request_is_refused(value: int) -> None:
    """S0.4."""
    client = HTTPClient("jamf.my.org")
    with pytest.raises(ConfigurationError):
        client.set_concurrency(value)
    with pytest.raises(ValueError, match="1"):
        HTTPClient("jamf.my.org", max_concurrency=value)
    assert client.max_concurrency == 5
    client.set_concurrency(1)
    assert client.max_concurrency == 1


def test_http_is_made_at_the_first_access_and_then_the_same(jamf: Any) -> None:
    """S0.5."""

    async def main() -> None:
        async with HTTPClient(jamf.url) as client:
            made = client.http
            assert isinstance(made, httpx.AsyncClient)
            await client.fetch_text("/api/v1/auth/token")
            assert client.http is made

    asyncio.run(main())


def test_event_loops_at_the_same_time_have_an_http_each(jamf: Any) -> None:
    """S0.6: there is no need to keep to one loop or thread."""
    jamf.say("/x", 200, "{}")
    client = HTTPClient(jamf.url)
    together = threading.Barrier(2, timeout=30)

    async def main() -> Any:
        async with client:
            made = client.http
            together.wait()
            assert await client.fetch_json("/x") == {}
            together.wait()
            return made

    with ThreadPoolExecutor(2) as threads:
        loops = [threads.submit(asyncio.run, main()) for _ in range(2)]
        first, second = (loop.result() for loop in loops)
    assert first is not second


@pytest.mark.parametrize("limit", [1, 3])
def test_neither_requests_nor_connections_exceed_the_limit(jamf: Any, limit: int) -> None:
    """S0.7, S0.8, S0.22."""
    lock, now, most = threading.Lock(), 0, 0

    def slow(_: Any) -> Any:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        time.sleep(0.01)
        with lock:
            now -= 1
        return jamf.answer(200, {})

    jamf.routes["/x"] = slow

    async def main() -> None:
        async with HTTPClient(jamf.url, max_concurrency=limit) as client:
            assert len(await client.fetch_batch(["/x"] * 4 * limit)) == 4 * limit

    asyncio.run(main())
    assert most == limit
    assert jamf.connections <= limit


def test_closing_is_idempotent_and_http_is_made_anew(jamf: Any) -> None:
    """S0.9."""
    jamf.say("/x", 200, "{}")

    async def main() -> None:
        client = HTTPClient(jamf.url)
        await client.aclose()
        first = client.http
        assert await client.fetch_json("/x") == {}
        await client.aclose()
        await client.aclose()
        assert first.is_closed
        assert client.http is not first
        assert await client.fetch_json("/x") == {}
        await client.aclose()

    asyncio.run(main())


def test_a_program_that_never_closes_ends_without_a_word(jamf: Any) -> None:
    """S0.10."""
    jamf.say("/x", 200, "{}")
    code = (
        "import asyncio, sys; from jamf_pro_client import HTTPClient; "
        f"client = HTTPClient({jamf.url!r}); client.request('GET', '/x'); "
        "print(asyncio.run(client.fetch_json('/x')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False, text=True)  # noqa: S603  # our own code
    assert (done.returncode, done.stdout, done.stderr) == (0, "{}\n", "")


def test_a_subclass_sends_by_request_and_judges_the_status_itself(jamf: Any) -> None:
    """S0.11, S0.15, S0.26."""

    class Titles(HTTPClient):
        async def title(self, name: str) -> Any:
            reply = await self._request("GET", f"/{name}", headers={"X-A": "1"}, params={"q": 1})
            if reply.status_code == 410:
                return None
            self._raise_for_status(reply.status_code, reply.json())
            return reply.json()

    jamf.say("/good", 200, '{"a": 1}')
    jamf.say("/retired", 410)
    jamf.say("/gone", 404, '{"errors":[{"code":"INVALID_ID","description":"no such title"}]}')

    async def main(name: str, url: str = jamf.url) -> Any:
        async with Titles(url) as client:
            return await client.title(name)

    assert asyncio.run(main("good")) == {"a": 1}
    assert (jamf.seen[0].query, jamf.seen[0].headers["x-a"]) == ("q=1", "1")
    assert asyncio.run(main("retired")) is None
    with pytest.raises(NotFoundError, match="INVALID_ID no such title") as caught:
        asyncio.run(main("gone"))
    assert caught.value.not_found
    with pytest.raises(TransportError):
        asyncio.run(main("good", "http://127.0.0.1:9"))


def test_what_is_fetched_is_sent_by_request(jamf: Any) -> None:
    """S0.11, S0.26."""
    sent: list[str] = []

    class Watched(HTTPClient):
        async def _request(self, method: str, url: str, **options: Any) -> httpx.Response:
            sent.append(f"{method} {url.removeprefix(jamf.url)}")
            return await super()._request(method, url, **options)

    jamf.say("/x", 200, "{}")
    jamf.say("/api/v1/api-roles", 200, "{}")

    async def main() -> None:
        async with Watched(jamf.url) as client:
            await client.fetch_text("/x")
            await client.fetch_json("/x", method="POST", data={})
            await client.fetch_batch(["/x"])
            await client.fetch_basic_token("admin", "canary", jamf.url)
            await client.create_roles("canary", jamf.url)

    asyncio.run(main())
    assert sent == [
        "GET /x",
        "POST /x",
        "GET /x",
        "POST /api/v1/auth/token",
        "POST /api/v1/api-roles",
    ]


def test_no_other_headers_than_those_of_httpx_are_sent_unasked(jamf: Any) -> None:
    """S0.12."""
    jamf.say("/x", 200, "text")

    async def main() -> None:
        async with HTTPClient(jamf.url) as client:
            assert await client.fetch_text("/x") == "text"
            assert await client.fetch_text("/x", headers={"X-A": "1"}) == "text"

    asyncio.run(main())
    usual = {"accept", "accept-encoding", "connection", "host", "user-agent"}
    assert [seen.headers.keys() - usual for seen in jamf.seen] == [set(), {"x-a"}]


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [
        (404, NotFoundError, "404 Not Found for"),
        (405, JamfProAPIError, "405 Method Not Allowed for"),
        (503, ServerError, "503 Service Unavailable for"),
        (302, UnexpectedStatus, "302 Found for"),
        (799, UnexpectedStatus, "799 for"),
    ],
)
def test_each_kind_of_status_has_its_own_error_and_message(
    status: int, kind: type[JamfProAPIError], words: str
) -> None:
    """S0.15."""
    client = HTTPClient("jamf.my.org")
    with pytest.raises(kind, match=words) as caught:
        client._raise_for_status(status, None)
    assert type(caught.value) is kind
    assert caught.value.not_found is (status == 404)
    assert caught.value.status_code == status
    for good in (200, 201, 204, 299):
        client._raise_for_status(good, {"errors": [{"code": "IGNORED"}]})


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (
            '{"errors":[{"code":"INVALID_FIELD","description":"too long"}]}',
            "INVALID_FIELD too long",
        ),
        ('{"errors":[{"error":"too long"},{"error":"too old"}]}', "too long; too old"),
        ('{"errors":"too long"}', "too long"),
        ('{"errors":[]}', "No details"),
        ("{}", "No details"),
        ("", "No details"),
    ],
)
def test_the_detail_of_an_error_is_taken_from_the_body(jamf: Any, body: str, told: str) -> None:
    """S0.16."""
    jamf.say("/x", 400, body)

    async def main() -> None:
        async with HTTPClient(jamf.url) as client:
            await client.fetch_json("/x")

    with pytest.raises(JamfProAPIError) as caught:
        asyncio.run(main())
    assert str(caught.value) == f"400 Bad Request for GET /x: {told}"
    with pytest.raises(JamfProAPIError, match=f": {told}$"):
        HTTPClient(jamf.url)._raise_for_status(400, json.loads(body or "null"))


def test_headers_of_the_client_are_the_default_headers(jamf: Any) -> None:
    """S0.18."""
    jamf.say("/x", 200, "{}")

    async def main() -> None:
        async with HTTPClient(jamf.url, headers={"X-A": "1"}) as client:
            assert dict(client.default_headers) == {"x-a": "1"}
            await client.fetch_json("/x")
            await client.fetch_json("/x", {"X-A": "2"})
            derived = client.with_headers({"x-a": "3", "X-B": "4"})
            assert dict(derived.default_headers) == {"x-a": "3", "x-b": "4"}
            await derived.fetch_json("/x")
            client.default_headers["X-A"] = "5"
            await client.fetch_json("/x")

    asyncio.run(main())
    assert [seen.headers["x-a"] for seen in jamf.seen] == ["1", "2", "3", "1"]


def test_a_form_without_names_is_refused(jamf: Any) -> None:
    """S0.19."""

    async def main() -> None:
        async with HTTPClient(jamf.url) as client:
            form = {"Content-Type": "application/x-www-form-urlencoded"}
            await client.fetch_json("/x", form, "POST", [1])

    with pytest.raises(ConfigurationError, match="form"):
        asyncio.run(main())
    assert not jamf.seen


@pytest.mark.parametrize("name", ["fetch_text", "fetch_json"])
def test_a_failure_of_the_network_has_the_same_root(name: str) -> None:
    """S0.14, S0.21, S0.26."""

    async def main() -> None:
        async with HTTPClient("http://127.0.0.1:9") as client:
            await getattr(client, name)("/x")

    with pytest.raises(JamfProError) as caught:
        asyncio.run(main())
    assert caught.value.not_found is False


def test_a_timeout_has_that_root_too(jamf: Any) -> None:
    """S0.14, S0.26."""
    jamf.say_after("/slow", 0.1)

    async def main() -> None:
        async with HTTPClient(jamf.url, timeout=0.02) as client:
            await client.fetch_text("/slow")

    with pytest.raises(RequestTimeoutError) as caught:
        asyncio.run(main())
    assert isinstance(caught.value, JamfProError)


def test_the_password_is_in_one_header_and_nowhere_else(
    jamf: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """S0.23."""
    caplog.set_level(logging.DEBUG)

    async def main() -> HTTPClient:
        async with HTTPClient(jamf.url) as client:
            assert await client.fetch_basic_token("admin", "canary", jamf.url) == "canary-token-1"
        return client

    client = asyncio.run(main())
    (seen,) = jamf.seen
    assert seen.headers["authorization"] == "Basic YWRtaW46Y2FuYXJ5"
    del seen.headers["authorization"]
    for place in (str(seen), caplog.text, repr(client), str(vars(client))):
        assert "canary" not in place
        assert "YWRtaW46Y2FuYXJ5" not in place
