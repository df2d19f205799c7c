"""What is sent again with a fresh token after a 401, and what is not."""

from __future__ import annotations

import io
import pickle
import zlib
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
from tests.runtime.sync_and_async import Ask, ask_async, ask_sync, both, client_of

from jamf_pro_client.errors import (
    ConfigurationError,
    InvalidResponseError,
)


@both
def test_a_401_for_a_fresh_token_is_answered_with_two_requests_in_all(jamf: Any, ask: Ask) -> None:
    jamf.say("/no", 401)
    assert ask(client_of(jamf), "GET", "/no").status_code == 401
    assert len(jamf.calls("/no")) == 2


@both
def test_the_body_of_a_401_is_read_within_bounds(jamf: Any, ask: Ask) -> None:
    client = client_of(jamf)
    ask(client, "GET", "/a")
    jamf.valid.clear()
    bomb = zlib.compress(bytes(2 * 2**20), 9)
    jamf.say("/bomb", 401, bomb, ("Content-Encoding", "deflate"))
    with pytest.raises(InvalidResponseError, match="no more than"):
        ask(client, "GET", "/bomb")
    # The token that was fetched meanwhile is there for the next call.
    assert ask(client, "GET", "/b").status_code == 200
    assert jamf.tokens == 2


@both
def test_a_reply_after_a_401_tells_nothing_of_the_body_that_was_sent(jamf: Any, ask: Ask) -> None:
    client = client_of(jamf)
    ask(client, "GET", "/a")
    jamf.valid.clear()
    reply = ask(client, "POST", "/b", json={"password": "canary"})
    assert [earlier.status_code for earlier in reply.history] == [401]
    assert b"canary" not in pickle.dumps(reply)


def _parts() -> Iterator[bytes]:
    yield b"one"
    yield b"two"


async def _async_parts() -> AsyncIterator[bytes]:
    yield b"one"
    yield b"two"


class _Pipe(io.RawIOBase):
    """A file that cannot be read twice."""

    def __init__(self) -> None:
        self._left = [b"once"]

    def readable(self) -> bool:
        return True

    def read(self, _: int = -1) -> bytes:
        return self._left.pop() if self._left else b""


@both
@pytest.mark.parametrize(
    "body",
    [
        lambda: {"content": _parts()},
        lambda: {"content": io.BytesIO(b"onetwo")},
        lambda: {"files": {"f": ("n", _Pipe(), None)}},
    ],
    ids=["iterator", "file", "unseekable multipart"],
)
def test_post_is_not_replayed_after_401_when_the_body_is_gone(
    jamf: Any, ask: Ask, body: Callable[[], dict[str, Any]]
) -> None:
    client = client_of(jamf)
    ask(client, "GET", "/a")
    jamf.valid.clear()
    assert ask(client, "POST", "/b", **body()).status_code == 401
    assert len(jamf.calls("/b")) == 1
    # The refused token is not used again.
    assert ask(client, "POST", "/b").status_code == 200


def test_post_is_not_replayed_after_401_when_the_body_is_an_async_iterator(jamf: Any) -> None:
    client = client_of(jamf)
    ask_async(client, "GET", "/a")
    jamf.valid.clear()
    assert ask_async(client, "POST", "/b", content=_async_parts()).status_code == 401
    assert [seen.body for seen in jamf.calls("/b")] == [b"onetwo"]
    with pytest.raises(ConfigurationError, match="async"):
        ask_sync(client, "POST", "/b", content=_async_parts())


@both
def test_a_multipart_body_with_a_seekable_file_is_replayed_whole(jamf: Any, ask: Ask) -> None:
    client = client_of(jamf)
    ask(client, "GET", "/a")
    jamf.valid.clear()
    files = {"file": ("a.txt", io.BytesIO(b"content" * 10_000), "text/plain")}
    assert ask(client, "POST", "/b", files=files, data={"x": "y"}).status_code == 200
    first, second = jamf.calls("/b")
    assert first.body == second.body
    assert b"content" * 10_000 in second.body


def test_a_raw_request_with_a_stream_of_its_own_is_not_replayed(jamf: Any) -> None:
    client = client_of(jamf)
    raw = client.get_or_create_httpx_client()
    assert raw.get("/a").status_code == 200
    jamf.valid.clear()
    assert raw.post("/b", content=_parts()).status_code == 401
    jamf.valid.clear()
    assert raw.post("/c", content=b"x").status_code == 200
    client.close()
