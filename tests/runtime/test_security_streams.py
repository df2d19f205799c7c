"""Streams, bombs and cancelled reads stay within bounds too."""

from __future__ import annotations

import asyncio
import gzip
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import trio
from tests.runtime.wire import Wire, chunk, head

from jamf_pro_client._httpx import httpx
from jamf_pro_client._transport.reading import bound_stream, read_whole, read_whole_async
from jamf_pro_client.client import HTTPAuthenticatedClient, HTTPClient
from jamf_pro_client.errors import InvalidResponseError, RequestTimeoutError
from jamf_pro_client.resilience import ResilienceConfig

MEGABYTE = 2**20
_LIMITS = httpx.Limits(max_connections=1)


@pytest.fixture
def wire() -> Iterator[Wire]:
    """A server on a raw socket."""
    wire = Wire()
    yield wire
    wire.listener.close()


_BOMB = """
import gzip, sys, asyncio, resource
sys.path[:0] = {path!r}
from jamf_pro_client._httpx import httpx
from jamf_pro_client._transport.reading import bound_stream, read_whole, read_whole_async
from jamf_pro_client.errors import InvalidResponseError
from tests.runtime.wire import Wire, chunk, head, whole
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
async def main():
    async with httpx.AsyncClient(trust_env=False, verify=False) as client:
        response = await client.send(client.build_request("GET", {url!r}), stream=True)
        try:
            await read_whole_async(response, max_bytes=8_000_000)
        except InvalidResponseError:
            print("refused")
asyncio.run(main())
with httpx.Client(trust_env=False, verify=False) as client:
    before = peak()
    response = client.send(client.build_request("GET", {url!r}), stream=True)
    try:
        read_whole(response, max_bytes=8_000_000)
    except InvalidResponseError:
        print("refused")
    size = 0
    with client.stream("GET", {url!r}) as response:
        bound_stream(response)
        for piece in response.iter_bytes():
            size += len(piece)
            assert len(piece) <= 1_000_000
            if size > 100_000_000:
                break
    print(peak() < before + 40_000_000, size > 100_000_000)
"""


@pytest.mark.parametrize("layers", [1, 2])
def test_a_gzip_bomb_takes_less_than_40_megabytes(wire: Wire, layers: int) -> None:
    deflater = zlib.compressobj(9, zlib.DEFLATED, 31)
    body = b"".join(deflater.compress(bytes(MEGABYTE)) for _ in range(300)) + deflater.flush()
    if layers == 2:
        body = gzip.compress(body)
    wire.say(body, f"Content-Encoding: {', '.join(['gzip'] * layers)}", chunked=True)
    script = _BOMB.format(path=sys.path, url=wire.url)
    done = subprocess.run(  # noqa: S603  # our own script
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout.split() == ["refused", "refused", "True", "True"], done.stderr


def test_a_reply_with_its_body_in_memory_is_measured_and_not_read_again() -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(200, content=b"fine"))
    with httpx.Client(transport=transport) as client:
        response = client.send(client.build_request("GET", "https://x/"), stream=True)
        read_whole(response, max_bytes=4)
        read_whole(response, max_bytes=4)
        assert response.content == b"fine"
        with pytest.raises(InvalidResponseError, match="has 4 bytes"):
            read_whole(response, max_bytes=3)
        bound_stream(response)
        assert b"".join(response.iter_bytes()) == b"fine"


def test_a_stream_keeps_its_raw_bytes_headers_and_chunk_sizes(wire: Wire) -> None:
    text = b"one\ntwo\n" * 40_000
    body = gzip.compress(text)
    wire.say(body, "Content-Encoding: gzip")
    with httpx.Client(trust_env=False, verify=False) as client:
        for size in (None, 1000):
            with client.stream("GET", wire.url) as response:
                bound_stream(response)
                pieces = list(response.iter_bytes(size))
                assert b"".join(pieces) == text
                assert size is None or {len(piece) for piece in pieces} == {size}
                assert response.num_bytes_downloaded == len(body)
        with client.stream("GET", wire.url) as response:
            bound_stream(response)
            assert b"".join(response.iter_raw()) == body
        with client.stream("GET", wire.url) as response:
            bound_stream(response)
            assert list(response.iter_lines()) == ["one", "two"] * 40_000
        with client.stream("GET", wire.url) as response:
            bound_stream(response)
            assert response.read() == text
            assert response.json is not None
            assert b"".join(response.iter_bytes(7)) == text
        with client.stream("GET", wire.url) as response:
            bound_stream(response, max_bytes=1000)
            with pytest.raises(InvalidResponseError, match="is larger"):
                response.read()


def _dripping(status: str, dripped: list[int]) -> Callable[[], Iterator[bytes]]:
    """Return what sends a byte now and then, for some seconds."""

    def parts() -> Iterator[bytes]:
        yield head("Content-Type: text/plain").replace(b"200 OK", status.encode())
        for number in range(300):
            dripped.append(number)
            yield b"x"
            time.sleep(0.02)

    return parts


def _client(wire: Wire) -> HTTPClient:
    resilience = ResilienceConfig(backoff_base=0.01)
    return HTTPClient(wire.url.removesuffix("/x"), resilience=resilience)


_HASTY = {"jamf": {"deadline": 1}}


def test_the_deadline_that_a_stream_names_ends_its_body_too(wire: Wire, tmp_path: Path) -> None:
    wire.parts = _dripping("200 OK", [])

    async def main() -> None:
        async with _client(wire) as client, client.astream("GET", "/x", extensions=_HASTY) as reply:
            await reply.aread()

    with pytest.raises(RequestTimeoutError, match="deadline passed"):
        asyncio.run(main())
    with pytest.raises(RequestTimeoutError, match="deadline passed"):
        trio.run(main)
    with _client(wire) as client:
        with (
            pytest.raises(RequestTimeoutError, match="deadline passed"),
            client.stream("GET", "/x", extensions=_HASTY) as reply,
        ):
            reply.read()
        for most in (None, 1000):
            with pytest.raises(RequestTimeoutError, match="deadline passed"):
                client.download("/x", tmp_path / "file", extensions=_HASTY, max_bytes=most)
        assert client.in_flight == 0
    assert not list(tmp_path.iterdir())


def test_a_deadline_counts_also_beside_a_timeout_of_some_steps(wire: Wire) -> None:
    wire.parts = _dripping("200 OK", [])
    extensions = {**_HASTY, "timeout": {"connect": 5.0}}
    with _client(wire) as client, pytest.raises(RequestTimeoutError, match="deadline passed"):
        client.request("GET", "/x", extensions=extensions)


def test_a_token_that_comes_drop_by_drop_is_waited_for_until_the_deadline(wire: Wire) -> None:
    wire.parts = _dripping("200 OK", [])
    client = HTTPAuthenticatedClient(
        wire.url.removesuffix("/x"),
        api_key="id",
        api_secret="s",
        resilience=ResilienceConfig(backoff_base=0.01),
    )
    with client, pytest.raises(RequestTimeoutError, match="waited for a token"):
        client.request("GET", "/x", extensions=_HASTY)


def test_a_refusal_whose_body_takes_long_does_not_hold_up_the_retry_of_a_stream(
    wire: Wire,
) -> None:
    def refused_once(dripped: list[int]) -> None:
        refusal = _dripping("503 No", dripped)

        def parts() -> Iterator[bytes]:
            wire.say(b"fine")
            yield from refusal()

        wire.parts = parts

    async def main() -> bytes:
        async with _client(wire) as client, client.astream("GET", "/x") as reply:
            return await reply.aread()

    dripped: list[int] = []
    refused_once(dripped)
    with _client(wire) as client, client.stream("GET", "/x") as reply:
        assert reply.read() == b"fine"
    assert 0 < len(dripped) < 300
    dripped.clear()
    refused_once(dripped)
    assert asyncio.run(main()) == b"fine"
    assert 0 < len(dripped) < 300


def test_a_cancelled_read_gives_its_connection_back(wire: Wire) -> None:
    stop = threading.Event()

    def hanging() -> Iterator[bytes]:
        yield head("Content-Encoding: gzip", "Transfer-Encoding: chunked")
        yield chunk(gzip.compress(b"x" * 10_000)[:20])
        stop.wait(20)

    async def main() -> None:
        async with httpx.AsyncClient(
            limits=_LIMITS, timeout=5, trust_env=False, verify=False
        ) as client:
            for _ in range(5):
                wire.parts = hanging
                response = await client.send(client.build_request("GET", wire.url), stream=True)
                task = asyncio.create_task(read_whole_async(response))
                await asyncio.sleep(0.02)
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task
                assert response.is_closed
                wire.say(b"fine")
                assert (await client.get(wire.url)).text == "fine"

    try:
        asyncio.run(main())
    finally:
        stop.set()
