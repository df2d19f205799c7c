"""Secrets of every kind, put everywhere a user can put them, are found nowhere else."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import io
import logging
import os
import pickle
import traceback
from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import trio

from jamf_pro_client._httpx import httpx
from jamf_pro_client._redact import bare_request, hide_headers
from jamf_pro_client._transport.reading import read_whole, read_whole_async
from jamf_pro_client.auth import (
    ApiClientCredentialsProvider,
    BasicAuthProvider,
    StaticTokenProvider,
)
from jamf_pro_client.client import HTTPAuthenticatedClient, HTTPClient
from jamf_pro_client.errors import ConfigurationError, JamfProError

PATH = "/api/v1/x"
ENCODED = [
    b64encode(pair.encode()).decode().rstrip("=")
    for pair in ("admin:canary-password", "me:canary-proxy")
]


def _clients(url: str, **args: Any) -> Iterator[HTTPAuthenticatedClient]:
    """Give one client for each way to log in, full of secrets."""
    for way in (
        {"credentials": ApiClientCredentialsProvider("id", "canary-secret")},
        {"credentials": BasicAuthProvider("admin", "canary-password")},
        {"token": "canary-static"},
        {"token": "canary-static", "auth_header_name": "X-Token"},
    ):
        options: dict[str, Any] = {
            "headers": {"X-Key": "canary-header"},
            "cookies": {"c": "canary-cookie"},
            "httpx_args": args,
            "timeout": 5,
            **way,
        }
        yield HTTPAuthenticatedClient(url, **options)


def _options() -> dict[str, Any]:
    return {
        "params": {"q": "canary-query"},
        "headers": {"X-Other": "canary-more"},
        "cookies": {"d": "canary-other"},
    }


def _request(client: HTTPAuthenticatedClient, _: Path) -> Any:
    with client:
        return client.request("POST", PATH, data={"f": "canary-form"}, **_options())


def _json(client: HTTPAuthenticatedClient, _: Path) -> Any:
    with client:
        return client.with_headers({"X-Third": "canary-third"}).request(
            "PUT", PATH, json={"password": "canary-json"}, **_options()
        )


def _upload(client: HTTPAuthenticatedClient, _: Path) -> Any:
    files = {"file": ("canary.txt", io.BytesIO(b"canary-file"), "text/plain")}
    with client:
        return client.request("POST", PATH, files=files, **_options())


def _stream(client: HTTPAuthenticatedClient, _: Path) -> Any:
    with client, client.stream("GET", PATH, **_options()) as response:
        read_whole(response, max_bytes=1_000_000)
        return response


def _download(client: HTTPAuthenticatedClient, folder: Path) -> Any:
    with client:
        return client.download(PATH, folder / "file", max_bytes=1_000_000, **_options())


async def _arequest(client: HTTPAuthenticatedClient, _: Path) -> Any:
    async with client:
        return await client.arequest("POST", PATH, data={"f": "canary-form"}, **_options())


async def _astream(client: HTTPAuthenticatedClient, _: Path) -> Any:
    async with client, client.astream("GET", PATH, **_options()) as response:
        await read_whole_async(response, max_bytes=1_000_000)
        return response


async def _adownload(client: HTTPAuthenticatedClient, folder: Path) -> Any:
    async with client:
        return await client.adownload(PATH, folder / "file", max_bytes=1_000_000, **_options())


def _in(
    run: Callable[..., Any], ask: Callable[[HTTPAuthenticatedClient, Path], Any]
) -> Callable[..., Any]:
    def call(client: HTTPAuthenticatedClient, folder: Path) -> Any:
        if run is trio.run:
            return trio.run(ask, client, folder)
        return asyncio.run(ask(client, folder))

    call.__name__ = f"{ask.__name__}_{run.__module__.partition('.')[0]}"
    return call


Ask = Callable[[HTTPAuthenticatedClient, Path], Any]
ASYNC: list[Any] = [
    _in(run, a) for a in (_arequest, _astream, _adownload) for run in (asyncio.run, trio.run)
]
ASKS: list[Any] = [_request, _json, _upload, _stream, _download, *ASYNC]
asks = pytest.mark.parametrize("ask", ASKS)


def _seen(thing: object) -> str:
    seen = f"{thing!r} {thing} {getattr(thing, '__notes__', '')} {getattr(thing, '__dict__', '')}"
    with contextlib.suppress(TypeError):
        seen += repr(pickle.dumps(thing))
    return seen


def _reported(error: BaseException) -> str:
    """Return what a crash reporter shows of an error and of all that hangs on it."""
    report = traceback.TracebackException.from_exception(error, capture_locals=True)
    seen = ""
    parts: list[traceback.TracebackException | None] = [report]
    while parts:
        part = parts.pop()
        if part is None:
            continue
        # The frames of this file hold what they themselves have made.
        part.stack[:] = [frame for frame in part.stack if frame.filename != __file__]
        parts += [part.__cause__, part.__context__, *(part.exceptions or ())]
        seen += "".join(part.format(chain=False))
    chain: list[BaseException | None] = [error]
    while chain:
        link = chain.pop()
        if link is not None:
            seen += _seen(link)
            chain += [link.__cause__, link.__context__]
            assert getattr(link, "_request", None) is None
    return seen


def _check(text: str) -> None:
    assert "canary" not in text
    for encoded in ENCODED:
        assert encoded not in text


@pytest.fixture
def records() -> Iterator[list[logging.LogRecord]]:
    """Every record of every logger, at DEBUG."""
    kept: list[logging.LogRecord] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            kept.append(record)

    root, handler = logging.getLogger(), Keep()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield kept
    root.removeHandler(handler)
    root.setLevel(level)


def _check_records(records: list[logging.LogRecord]) -> None:
    """See that we log no secret, and that theirs log only what they are known to log."""
    for record in records:
        text = record.getMessage() + repr(record.args)
        library = record.name.partition(".")[0]
        if library.startswith("httpx"):
            # It logs whole URLs; only what the user puts into the query is secret in them.
            text = text.replace("canary-query", "")
        if library.startswith("httpcore"):
            # It logs the headers of replies.
            text = text.replace("canary-set", "")
        _check(text)


@asks
def test_what_goes_well_shows_no_secret(
    jamf: Any, tmp_path: Path, ask: Ask, records: list[logging.LogRecord]
) -> None:
    jamf.say(PATH, 200, b'{"a": 1}', ("Set-Cookie", "node=canary-set; Path=/"))
    for number, client in enumerate(_clients(jamf.url)):
        folder = tmp_path / str(number)
        folder.mkdir()
        result = ask(client, folder)
        sender = client._sender
        for held in (client, client.credentials, sender, sender.extras):
            _check(_seen(held))
        if isinstance(result, httpx.Response):
            # The URL is the caller's own, and a reply tells it as every reply of httpx does.
            shown = repr(result) + repr(result.request) + repr(dict(result.request.headers))
            shown += repr(pickle.dumps(result)).replace("canary-set", "")
            _check(shown.replace("canary-query", ""))
        else:
            assert result.size == 8
        _check(repr(os.listdir(folder)))
    assert any(record.name == "jamf_pro_client" for record in records)
    _check_records(records)


def _refused(_: Any) -> str:
    return "http://127.0.0.1:9"


def _status(status: int) -> Callable[[Any], str]:
    def prepare(jamf: Any) -> str:
        echo = ("Set-Cookie", "node=canary-set; Path=/")
        jamf.say(PATH, status, b"<html><h1>No</h1></html>", echo, ("Content-Type", "text/html"))
        return str(jamf.url)

    return prepare


def _too_large(jamf: Any) -> str:
    jamf.say(PATH, 200, gzip.compress(bytes(2_000_000)), ("Content-Encoding", "gzip"))
    return str(jamf.url)


def _broken(jamf: Any) -> str:
    jamf.say(PATH, 200, b"no gzip", ("Content-Encoding", "gzip"))
    return str(jamf.url)


def _elsewhere(jamf: Any) -> str:
    jamf.say(PATH, 302, b"", ("Location", "http://cdn.invalid/x?signature=canary-signature"))
    return str(jamf.url)


def _no_login(jamf: Any) -> str:
    def echo(seen: Any) -> Any:
        said = f"{seen.body!r} {seen.headers.get('authorization')}"
        return jamf.answer(401, {"error": "x", "error_description": said})

    jamf.routes["/api/v1/oauth/token"] = jamf.routes["/api/v1/auth/token"] = echo
    return str(jamf.url)


PREPARE: list[Any] = [
    _refused,
    *[_status(s) for s in (302, 400, 401, 403, 404, 409, 429, 500, 503)],
    _too_large,
    _broken,
    _elsewhere,
    _no_login,
]


@asks
@pytest.mark.parametrize("prepare", PREPARE)
def test_what_fails_shows_no_secret(
    jamf: Any, tmp_path: Path, ask: Ask, prepare: Any, records: list[logging.LogRecord]
) -> None:
    url = prepare(jamf)
    for client in _clients(url):
        try:
            ask(client, tmp_path)
        except JamfProError as error:
            _check(_reported(error))
        assert [name for name in os.listdir(tmp_path) if name != "file"] == []
    _check_records(
        [r for r in records if not (prepare is _elsewhere and r.name.startswith("httpcore"))]
    )


def _mock(answer: Callable[[httpx.Request], httpx.Response]) -> dict[str, Any]:
    return {"transport": httpx.MockTransport(answer)}


FAILURES = [
    httpx.ConnectError("refused"),
    httpx.ConnectTimeout("late"),
    httpx.ReadTimeout("late"),
    httpx.ReadError("reset"),
    httpx.WriteError("reset"),
    httpx.RemoteProtocolError("illegal header line: bytearray(b'Set-Cookie: canary-set')"),
    httpx.LocalProtocolError("Illegal header value b'canary-header'"),
    httpx.ProxyError("407"),
    httpx.DecodingError("no gzip"),
    httpx.PoolTimeout("full"),
]


@asks
@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: type(failure).__name__)
def test_a_transport_that_fails_shows_no_secret(
    tmp_path: Path, ask: Ask, failure: Exception
) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        raise type(failure)(str(failure), request=request)  # type: ignore[call-arg]

    for client in _clients("https://jamf.my.org", **_mock(answer)):
        with pytest.raises(JamfProError) as caught:
            ask(client, tmp_path)
        _check(_reported(caught.value))


@asks
def test_a_proxy_that_refuses_shows_no_password(
    jamf: Any, tmp_path: Path, ask: Ask, records: list[logging.LogRecord]
) -> None:
    refusing = jamf.url.removeprefix("http://")
    for proxy in (f"http://me:canary-proxy@{refusing}", "http://me:canary-proxy@127.0.0.1:9"):
        for client in _clients("https://jamf.invalid", proxy=proxy):
            with pytest.raises(JamfProError) as caught:
                ask(client, tmp_path)
            _check(_reported(caught.value) + _seen(client))
    _check_records(records)


@pytest.mark.parametrize(
    "wrong",
    [
        {"headers": {"X-Bad": "canary\r\nX-Evil: 1"}},
        {"headers": {"Bad canary": "x"}},
        {"headers": {"X-Bad": "canary\u2603"}},
        {"json": {"a": object()}, "headers": {"X": "canary"}},
        {"json": {}, "content": b"canary"},
        {"files": {"canary": ("a\r\nb", b"canary", "text/plain")}},
        {"files": {"canary": ("a", b"canary", "text/plain\r\nX: 1")}},
        {"data": {"a": "canary"}, "headers": {"Content-Type": "application/json"}},
        {"cookies": {"a": "canary\r\n"}},
    ],
)
def test_what_is_refused_before_it_is_sent_shows_no_secret(jamf: Any, wrong: Any) -> None:
    for path in (PATH, f"{PATH}?canary", "/api/../canary"):
        with HTTPAuthenticatedClient(jamf.url, token="canary") as client:
            try:
                client.request("POST", path, **wrong)
            except JamfProError as error:
                _check(_reported(error).replace("/api/../canary", ""))
    assert b"X-Evil" not in b"".join(seen.body for seen in jamf.seen)
    assert not any("x-evil" in seen.headers for seen in jamf.seen)


@pytest.mark.parametrize(
    "make",
    [
        lambda: HTTPAuthenticatedClient("", api_key="id", api_secret="canary"),
        lambda: HTTPAuthenticatedClient("http://jamf.my.org", api_key="id", api_secret="canary"),
        lambda: HTTPAuthenticatedClient("https://jamf", api_secret="canary", token="canary"),
        lambda: HTTPAuthenticatedClient("https://jamf", token="canary", max_concurrency=0),
        lambda: HTTPAuthenticatedClient("https://jamf", token="canary !"),
        lambda: ApiClientCredentialsProvider("", "canary"),
        lambda: BasicAuthProvider("a:b", "canary"),
        lambda: StaticTokenProvider("canary\x00"),
        lambda: StaticTokenProvider("canary", "not a date"),
        lambda: HTTPClient("https://me:canary@jamf.my.org"),
        lambda: HTTPAuthenticatedClient("https://me:canary@jamf.my.org", token="t"),
        lambda: HTTPAuthenticatedClient("https://jamf", token="t", headers={"X": "canary\n"}),
        lambda: HTTPAuthenticatedClient("", token="t", headers={"X": "canary"}),
        lambda: HTTPAuthenticatedClient("https://jamf", token="t", cookies={"a": "canary\n"}),
        lambda: HTTPClient("https://jamf").with_headers({"X": "canary\n"}),
    ],
)
def test_what_cannot_be_made_shows_no_secret(make: Callable[[], object]) -> None:
    with pytest.raises(ConfigurationError) as caught:
        make()
    shown = [
        repr(value)
        for frame, _ in traceback.walk_tb(caught.value.__traceback__)
        for value in frame.f_locals.values()
        if frame.f_code.co_filename != __file__
    ]
    assert shown
    _check(" ".join(shown))


def test_loggers_of_other_libraries_are_left_as_they_are(jamf: Any) -> None:
    names = [
        name
        for name in logging.root.manager.loggerDict
        if name.partition(".")[0] in ("httpx", "httpx2", "httpcore", "httpcore2", "jamf_pro_client")
    ]
    before = {name: logging.getLogger(name).level for name in names}
    with HTTPAuthenticatedClient(jamf.url, token="canary") as client:
        client.request("GET", PATH)
    for name in names:
        logger = logging.getLogger(name)
        assert logger.level == before[name]
        assert [h for h in logger.handlers if not isinstance(h, logging.NullHandler)] == []
        assert logger.propagate


def test_a_request_that_was_sent_tells_its_url_and_nothing_secret() -> None:
    request = httpx.Request(
        "POST",
        "https://jamf.my.org/x?page=1",
        headers={"X-Key": "canary", "Authorization": "Bearer canary", "Accept": "text/csv"},
        data={"f": "canary"},
    )
    hide_headers(request)
    bare = bare_request(request)
    assert (bare.method, str(bare.url)) == ("POST", "https://jamf.my.org/x?page=1")
    assert bare.headers["accept"] == "text/csv"
    assert bare.headers["x-key"] == bare.headers["authorization"] == "***"
    assert bare.read() == b""
    _check(repr(pickle.dumps(bare)) + repr(pickle.dumps(httpx.Response(200, request=bare))))
