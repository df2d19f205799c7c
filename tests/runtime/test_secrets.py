"""No secret in any repr, text, log, traceback or pickle."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import pickle
import traceback
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

from jamf_pro_client._httpx import httpx
from jamf_pro_client._redact import Secret
from jamf_pro_client._transport.call import Call
from jamf_pro_client.api.buildings import get_v1_buildings_id
from jamf_pro_client.auth import (
    ApiClientCredentialsProvider,
    BasicAuthProvider,
    StaticTokenProvider,
)
from jamf_pro_client.client import HTTPAuthenticatedClient
from jamf_pro_client.errors import JamfProError

Ask = Callable[[HTTPAuthenticatedClient], Any]


@contextlib.contextmanager
def _opened(client: HTTPAuthenticatedClient) -> Iterator[HTTPAuthenticatedClient]:
    """Close what a derived client leaves to its parent."""
    try:
        yield client
    finally:
        client._connections.close()


@contextlib.asynccontextmanager
async def _opened_async(
    client: HTTPAuthenticatedClient,
) -> AsyncIterator[HTTPAuthenticatedClient]:
    try:
        yield client
    finally:
        await client._connections.aclose()


def _ask_sync(client: HTTPAuthenticatedClient) -> Any:
    with _opened(client):
        return client.request("GET", "/api/v1/x", params={"q": "quiet-query"})


def _ask_stream(client: HTTPAuthenticatedClient) -> Any:
    with _opened(client), client.stream("GET", "/api/v1/x") as response:
        response.read()
        return response


def _ask_async(client: HTTPAuthenticatedClient) -> Any:
    async def main() -> Any:
        async with _opened_async(client):
            return await client.arequest("GET", "/api/v1/x", params={"q": "quiet-query"})

    return asyncio.run(main())


def _ask_astream(client: HTTPAuthenticatedClient) -> Any:
    async def main() -> Any:
        async with _opened_async(client), client.astream("GET", "/api/v1/x") as response:
            await response.aread()
            return response

    return asyncio.run(main())


asks = pytest.mark.parametrize("ask", [_ask_sync, _ask_stream, _ask_async, _ask_astream])


def _clients(url: str) -> Iterator[HTTPAuthenticatedClient]:
    options: dict[str, Any] = {"cookies": {"c": "canary-cookie"}, "headers": {"X-K": "canary-key"}}
    ways: tuple[dict[str, Any], ...] = (
        {"api_key": "id", "api_secret": "canary-secret"},
        {"credentials": BasicAuthProvider("admin", "canary-password")},
        {"token": "canary-static"},
        {"api_key": "id", "api_secret": "canary-secret", "auth_header_name": "X-Token"},
    )
    for way in ways:
        client = HTTPAuthenticatedClient(url, **options, **way)
        yield client.with_headers({"X-L": "canary-more"})
        yield client


def _shown(thing: object) -> str:
    shown = repr(thing) + str(thing) + f"{thing}"
    with contextlib.suppress(TypeError):
        shown += repr(pickle.dumps(thing))
    return shown


def _told(error: BaseException) -> str:
    """Return everything that a crash report could show of an error and what it is chained to."""
    told = _shown(error) + repr(error.__dict__)
    assert "quiet-query" not in told
    report = traceback.TracebackException.from_exception(error, capture_locals=True, limit=-60)
    # Without the frames of this file: the test holds its own secrets.
    for part in _chain(report):
        part.stack[:] = [frame for frame in part.stack if frame.filename != __file__]
        told += "".join(part.format(chain=False))
    follow: BaseException | None = error
    while follow is not None:
        told += _shown(follow)
        request = getattr(follow, "_request", None)
        assert request is None
        follow = follow.__cause__ or follow.__context__
    return told


def _chain(report: traceback.TracebackException) -> Iterator[traceback.TracebackException]:
    follow: traceback.TracebackException | None = report
    while follow is not None:
        yield follow
        follow = follow.__cause__ or follow.__context__


@pytest.fixture
def records() -> Iterator[list[str]]:
    """What our logger says at DEBUG."""
    told: list[str] = []

    class Collect(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            told.append(record.getMessage() + repr(record.args))

    logger, handler = logging.getLogger("jamf_pro_client"), Collect()
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    yield told
    logger.removeHandler(handler)
    logger.setLevel(level)


@asks
def test_a_success_shows_no_secret_before_or_after(jamf: Any, ask: Ask, records: list[str]) -> None:
    jamf.valid.add("canary-static")
    for client in _clients(jamf.url):
        assert "canary" not in _shown(client)
        jamf.say("/api/v1/x", 200, b"fine", ("Set-Cookie", "node=fine"))
        response = ask(client)
        assert response.text == "fine"
        assert "canary" not in _shown(client) + repr(vars(client)) + _shown(client.credentials)
        request = response.request
        assert "canary-t" not in _shown(response) + repr(dict(request.headers))
        assert "canary-cookie" not in repr(dict(request.headers))
    assert records
    assert "canary" not in "".join(records)
    assert "query" not in "".join(records)


@asks
@pytest.mark.parametrize("status", [200, 400, 401, 403, 500])
def test_refused_logins_show_no_secret_even_if_the_server_repeats_it(
    jamf: Any, ask: Ask, records: list[str], status: int
) -> None:
    def echo(seen: Any) -> Any:
        said = f"{seen.body!r} {seen.headers.get('authorization')}"
        return jamf.answer(status, {"error": "x", "error_description": said})

    jamf.routes["/api/v1/oauth/token"] = jamf.routes["/api/v1/auth/token"] = echo
    for client in _clients(jamf.url):
        if client.api_key is None and not isinstance(client.credentials, BasicAuthProvider):
            continue
        with pytest.raises(JamfProError) as caught:
            ask(client)
        told = _told(caught.value)
        assert "canary" not in told
        assert "Y2FuYXJ5" not in told.replace("YWRtaW46Y2FuYXJ5", "Y2FuYXJ5")
    assert "canary" not in "".join(records)
    assert "query" not in "".join(records)


@asks
def test_a_connection_that_breaks_shows_no_secret(ask: Ask) -> None:
    args = {"transport": httpx.MockTransport(_refuse)}
    ways: tuple[dict[str, Any], ...] = (
        {"token": "canary-static"},
        {"api_key": "id", "api_secret": "canary-secret"},
    )
    for way in ways:
        client = HTTPAuthenticatedClient("jamf.my.org", httpx_args=args, **way)
        with pytest.raises(JamfProError) as caught:
            ask(client)
        assert "canary" not in _told(caught.value)


def _refuse(request: httpx.Request) -> httpx.Response:
    raise httpx.ReadError("reset", request=request)


@asks
def test_real_connection_failures_show_no_secret(ask: Ask) -> None:
    for client in _clients("http://127.0.0.1:9"):
        with pytest.raises(JamfProError) as caught:
            ask(client)
        assert "canary" not in _told(caught.value)


def test_what_breaks_while_a_stream_is_read_shows_no_secret() -> None:
    def cut(_: httpx.Request) -> httpx.Response:
        def body() -> Iterator[bytes]:
            yield b"begin"
            raise httpx.ReadError("cut")

        return httpx.Response(200, content=body())

    client = HTTPAuthenticatedClient(
        "jamf.my.org", token="canary-static", httpx_args={"transport": httpx.MockTransport(cut)}
    )
    with pytest.raises(JamfProError) as caught, client.stream("GET", "/x") as response:
        response.read()
    report = _shown(caught.value)
    context = caught.value.__context__
    assert isinstance(context, httpx.ReadError | None)
    if context is not None:
        report += repr(dict(context.request.headers))
    assert "canary" not in report


def test_a_foreign_error_in_a_stream_block_is_left_alone() -> None:
    fine = httpx.MockTransport(lambda _: httpx.Response(200, content=b"x"))
    client = HTTPAuthenticatedClient("jamf.my.org", token="t", httpx_args={"transport": fine})
    theirs = httpx.ReadError("theirs")
    with pytest.raises(httpx.ReadError) as caught, client.stream("GET", "/x"):
        raise theirs
    assert caught.value is theirs


def test_secrets_providers_and_calls_show_nothing() -> None:
    secret = Secret("canary")
    assert str(secret) == repr(secret) == f"{secret}" == "***"
    assert secret != Secret("canary")
    assert bool(secret)
    with pytest.raises(TypeError, match="pickled"):
        pickle.dumps(secret)
    for provider in (
        ApiClientCredentialsProvider("id", "canary"),
        BasicAuthProvider("admin", "canary"),
        StaticTokenProvider("canary"),
    ):
        assert "canary" not in _shown(provider) + repr(vars(provider))
        with pytest.raises(TypeError, match="pickled"):
            pickle.dumps(provider)
    with pytest.raises(TypeError, match="pickled"):
        pickle.dumps(StaticTokenProvider("canary").get_access_token())
    call = Call(
        method="POST",
        path="/x?canary",
        params=[("a", "canary")],
        headers={"a": "canary"},
        content=b"canary",
        data={"a": "canary"},
    )
    assert "canary" not in repr(call)
    assert call.shown_path == "/x"


def test_there_is_one_record_per_request_with_method_path_status_and_time(
    jamf: Any, records: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, "jamf_pro_client"):
        with HTTPAuthenticatedClient(jamf.url, api_key="id", api_secret="canary-secret") as client:
            client.request("GET", "/api/v1/x?a=b", params={"c": "d"})
            jamf.say("/api/v1/buildings/5", 404)
            get_v1_buildings_id.sync_detailed("5", client=client)
        with pytest.raises(JamfProError):
            HTTPAuthenticatedClient("http://127.0.0.1:9", token="t").request("GET", "/z")
    lines = [
        record.getMessage().rpartition(" ")[0]
        for record in caplog.records
        if record.name == "jamf_pro_client"
    ]
    begin = [line.rpartition(" ")[0] for line in lines]
    assert begin == [
        "POST /api/v1/oauth/token 200",
        "GET /api/v1/x 200",
        "GET /v1/buildings/{id} 404",
        "GET /z TransportError",
    ]
    assert len(records) == 4
