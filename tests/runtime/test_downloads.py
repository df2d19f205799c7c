"""Downloads: whole or not there at all, for their owner only, and from nowhere unexpected."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import gzip
import hashlib
import os
import resource
import socket
import stat
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.runtime.downloads import Get, answering, client_of, download_sync, gets

from jamf_pro_client._httpx import httpx
from jamf_pro_client._transport.saving import safe_name
from jamf_pro_client.errors import (
    ConfigurationError,
    InvalidResponseError,
    NotFoundError,
    TransportError,
)

CONTENT = bytes(range(256)) * 9_000


@gets
def test_a_body_is_saved_whole_for_its_owner_only(jamf: Any, tmp_path: Path, get: Get) -> None:
    jamf.say("/api/v1/x", 200, CONTENT, ("Content-Type", "application/x-thing"))
    target = tmp_path / "thing.bin"
    done = get(client_of(jamf.url), "/api/v1/x", target, params={"a": "b"}, headers={"X-A": "1"})
    assert target.read_bytes() == CONTENT
    assert done == (
        str(target),
        len(CONTENT),
        hashlib.sha256(CONTENT).hexdigest(),
        "application/x-thing",
    )
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert os.listdir(tmp_path) == ["thing.bin"]
    [seen] = jamf.seen
    assert (seen.query, seen.headers["x-a"]) == ("a=b", "1")
    assert seen.headers["authorization"] == "Bearer canary-token"


@gets
def test_an_export_is_asked_for_with_a_body_and_saved_decompressed(
    jamf: Any, tmp_path: Path, get: Get
) -> None:
    jamf.say("/api/v1/export", 200, gzip.compress(CONTENT), ("Content-Encoding", "gzip"))
    target = tmp_path / "export.csv"
    get(client_of(jamf.url), "/api/v1/export", target, method="post", json={"fields": []})
    assert target.read_bytes() == CONTENT
    assert (jamf.seen[0].method, jamf.seen[0].body) == ("POST", b'{"fields":[]}')


@gets
def test_an_empty_body_is_an_empty_file(jamf: Any, tmp_path: Path, get: Get) -> None:
    jamf.say("/x", 200, b"")
    assert get(client_of(jamf.url), "/x", tmp_path / "empty").size == 0
    assert (tmp_path / "empty").read_bytes() == b""


@gets
def test_a_file_that_is_there_is_replaced_only_when_asked(
    jamf: Any, tmp_path: Path, get: Get
) -> None:
    jamf.say("/x", 200, b"new")
    target = tmp_path / "file"
    target.write_text("old")
    with pytest.raises(ConfigurationError, match="overwrite=True"):
        get(client_of(jamf.url), "/x", target)
    assert jamf.seen == []
    assert target.read_text() == "old"
    get(client_of(jamf.url), "/x", target, overwrite=True)
    assert target.read_text() == "new"
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


@gets
def test_a_file_that_somebody_makes_meanwhile_is_kept(tmp_path: Path, get: Get) -> None:
    target = tmp_path / "file"

    def answer(_: httpx.Request) -> httpx.Response:
        target.write_text("theirs")
        return httpx.Response(200, content=b"ours")

    with pytest.raises(ConfigurationError, match="already exists"):
        get(answering(answer), "/x", target)
    assert target.read_text() == "theirs"
    assert os.listdir(tmp_path) == ["file"]


def test_a_link_in_the_place_of_the_target_is_not_followed(jamf: Any, tmp_path: Path) -> None:
    jamf.say("/x", 200, b"new")
    precious = tmp_path / "precious"
    precious.write_text("old")
    (tmp_path / "link").symlink_to(precious)
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    for name in ("link", "dangling"):
        with pytest.raises(ConfigurationError, match="overwrite=True"):
            download_sync(client_of(jamf.url), "/x", tmp_path / name)
    download_sync(client_of(jamf.url), "/x", tmp_path / "link", overwrite=True)
    assert precious.read_text() == "old"
    assert not (tmp_path / "link").is_symlink()


@gets
def test_a_folder_needs_a_name_that_the_caller_gives(jamf: Any, tmp_path: Path, get: Get) -> None:
    disposition = ("Content-Disposition", 'attachment; filename="theirs.txt"')
    jamf.say("/x", 200, b"text", disposition)
    for wrong in ({}, {"name": "../up"}, {"name": ""}, {"name": "a/b"}, {"name": ".."}):
        with pytest.raises(ConfigurationError):
            get(client_of(jamf.url), "/x", tmp_path, **wrong)
    for nowhere in (tmp_path / "none" / "file", tmp_path / "none"):
        name = {"name": "file"} if nowhere.name == "none" else {}
        with pytest.raises(ConfigurationError, match=r"(no|not a) folder"):
            get(client_of(jamf.url), "/x", nowhere, **name)
    assert jamf.seen == []
    assert get(client_of(jamf.url), "/x", tmp_path, name="mine.txt").path == str(
        tmp_path / "mine.txt"
    )
    assert os.listdir(tmp_path) == ["mine.txt"]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ('attachment; filename="theirs.txt"', "theirs.txt"),
        ('attachment; filename="../../etc/passwd"', "passwd"),
        ('attachment; filename="..\\\\..\\\\evil.exe"', "evil.exe"),
        ('attachment; filename="/etc/cron.d/job"', "job"),
        ('attachment; filename=".bashrc"', "bashrc"),
        ("attachment; filename*=UTF-8''%2e%2e%2fup%00.txt", "up_.txt"),
        ("attachment; filename*=UTF-8''Zo%C3%AB.csv", "Zoë.csv"),
        ('attachment; filename="con.txt"', "_con.txt"),
        ('attachment; filename="a:b?.txt"', "a_b_.txt"),
    ],
)
def test_a_name_from_the_server_is_taken_only_on_demand_and_cleaned(
    jamf: Any, tmp_path: Path, given: str, expected: str
) -> None:
    jamf.say("/x", 200, b"text", ("Content-Disposition", given))
    done = download_sync(client_of(jamf.url), "/x", tmp_path, name_from_server=True)
    assert done.path == str(tmp_path / expected)


@pytest.mark.parametrize(
    "given", ["attachment", 'attachment; filename=".."', 'inline; filename=""']
)
def test_a_server_that_names_no_file_is_told_of(jamf: Any, tmp_path: Path, given: str) -> None:
    jamf.say("/x", 200, b"text", ("Content-Disposition", given))
    with pytest.raises(InvalidResponseError, match="name="):
        download_sync(client_of(jamf.url), "/x", tmp_path, name_from_server=True)
    assert os.listdir(tmp_path) == []


def test_long_names_are_cut_and_keep_their_extension() -> None:
    name = safe_name("ä" * 300 + ".dmg")
    assert len(name.encode()) <= 200
    assert name.endswith("ä.dmg")


@gets
def test_a_refusal_is_raised_as_for_any_call_and_leaves_no_file(
    jamf: Any, tmp_path: Path, get: Get
) -> None:
    body = '{"httpStatus": 404, "errors": [{"code": "X", "description": "not there"}]}'
    jamf.say("/x", 404, body, ("Content-Type", "application/json"))
    with pytest.raises(NotFoundError, match="not there") as caught:
        get(client_of(jamf.url), "/x?sig=canary", tmp_path / "file")
    assert caught.value.path == "/x"
    assert os.listdir(tmp_path) == []


@gets
def test_a_body_over_the_limit_leaves_no_file(jamf: Any, tmp_path: Path, get: Get) -> None:
    jamf.say("/x", 200, gzip.compress(CONTENT), ("Content-Encoding", "gzip"))
    with pytest.raises(InvalidResponseError, match="no more than 100000 bytes"):
        get(client_of(jamf.url), "/x", tmp_path / "file", max_bytes=100_000)
    assert os.listdir(tmp_path) == []


@contextlib.contextmanager
def _cutting(head: bytes) -> Iterator[str]:
    """Run a server that sends the beginning of a reply and hangs up."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                with connection:
                    connection.recv(65536)
                    connection.sendall(b"HTTP/1.1 200 OK\r\n" + head)

    threading.Thread(target=serve, daemon=True).start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    listener.close()


@gets
@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (b"Content-Length: 100\r\n\r\nshort", TransportError),
        (b"Transfer-Encoding: chunked\r\n\r\n5\r\nshort\r\n", TransportError),
        (
            b"Content-Encoding: gzip\r\nContent-Length: 20\r\n\r\n" + gzip.compress(b"x" * 99)[:20],
            InvalidResponseError,
        ),
    ],
)
def test_a_body_that_is_cut_off_leaves_no_file(
    tmp_path: Path, get: Get, reply: bytes, error: type[Exception]
) -> None:
    with _cutting(reply) as url, pytest.raises(error):
        get(client_of(url), "/x", tmp_path / "file")
    assert os.listdir(tmp_path) == []


def test_an_interrupt_leaves_no_file_and_the_file_before_it_stays(tmp_path: Path) -> None:
    def body() -> Iterator[bytes]:
        yield CONTENT
        assert len(os.listdir(tmp_path)) == 2
        [part] = tmp_path.glob(".download-*.part")
        assert stat.S_IMODE(part.stat().st_mode) == 0o600
        raise KeyboardInterrupt

    target = tmp_path / "file"
    target.write_text("old")
    with pytest.raises(KeyboardInterrupt):
        download_sync(
            answering(lambda _: httpx.Response(200, content=body())), "/x", target, overwrite=True
        )
    assert os.listdir(tmp_path) == ["file"]
    assert target.read_text() == "old"


def test_a_cancelled_download_leaves_no_file(tmp_path: Path) -> None:
    async def main() -> None:
        begun = asyncio.Event()

        async def body() -> AsyncIterator[bytes]:
            yield CONTENT
            begun.set()
            await asyncio.sleep(60)

        client = answering(lambda _: httpx.Response(200, content=body()))
        async with client:
            task = asyncio.create_task(client.adownload("/x", tmp_path / "file"))
            await begun.wait()
            assert len(os.listdir(tmp_path)) == 1
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    asyncio.run(main())
    assert os.listdir(tmp_path) == []


@gets
def test_a_full_disk_leaves_no_file(jamf: Any, tmp_path: Path, get: Get) -> None:
    jamf.say("/x", 200, CONTENT)
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, most))
    try:
        with pytest.raises(OSError, match="File too large") as caught:
            get(client_of(jamf.url), "/x", tmp_path / "file")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    assert caught.value.errno == errno.EFBIG
    assert os.listdir(tmp_path) == []


def test_an_unknown_option_is_no_option(jamf: Any, tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="overwrit"):
        download_sync(client_of(jamf.url), "/x", tmp_path / "file", overwrit=True)
