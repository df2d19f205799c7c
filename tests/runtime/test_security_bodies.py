"""Bodies are read within bounds, and a body that is not what it claims to be is refused."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import gzip
import pickle
import socket
import subprocess
import sys
import threading
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import trio

from jamf_pro_client._httpx import httpx
from jamf_pro_client._transport.reading import bound_stream, read_whole, read_whole_async
from jamf_pro_client.errors import InvalidResponseError

MEGABYTE = 2**20


class Wire:
    """Answers every request with the bytes it was given, and counts connections."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}/x"
        self.parts: Callable[[], Iterator[bytes]] = lambda: iter(())
        self.connections = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def say(self, body: bytes, *headers: str, chunked: bool = False) -> None:
        """Answer with *body*."""
        self.parts = lambda: iter((_chunked if chunked else _whole)(body, headers))

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                self.connections += 1
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            while _request(connection):
                for part in self.parts():
                    connection.sendall(part)


def _request(connection: socket.socket) -> bool:
    head = b""
    while b"\r\n\r\n" not in head:
        got = connection.recv(65536)
        if not got:
            return False
        head += got
    return True


def _head(*headers: str) -> bytes:
    return "\r\n".join(["HTTP/1.1 200 OK", *headers, "", ""]).encode()


def _whole(body: bytes, headers: tuple[str, ...]) -> Iterator[bytes]:
    yield _head(*headers, f"Content-Length: {len(body)}") + body


def _chunk(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


def _chunked(body: bytes, headers: tuple[str, ...]) -> Iterator[bytes]:
    yield _head(*headers, "Transfer-Encoding: chunked")
    for start in range(0, len(body), 50_000):
        yield _chunk(body[start : start + 50_000])
    yield b"0\r\n\r\n"


@pytest.fixture
def wire() -> Iterator[Wire]:
    """A server on a raw socket."""
    wire = Wire()
    yield wire
    wire.listener.close()


Read = Callable[..., httpx.Response]
_LIMITS = httpx.Limits(max_connections=1)


def _read_sync(url: str, method: str = "GET", times: int = 1, **bounds: Any) -> httpx.Response:
    outcomes: list[httpx.Response | Exception] = []
    with httpx.Client(limits=_LIMITS, timeout=10, trust_env=False, verify=False) as client:
        for _ in range(times):
            response = client.send(client.build_request(method, url), stream=True)
            try:
                read_whole(response, **bounds)
                outcomes.append(response)
            except Exception as problem:
                outcomes.append(problem)
            assert response.is_closed
        # The one connection of the pool is free again, or this would time out.
        with client.stream("HEAD", url) as another:
            assert another.status_code == 200
    return _last(outcomes)


def _last(outcomes: list[httpx.Response | Exception]) -> httpx.Response:
    last = outcomes[-1]
    if isinstance(last, Exception):
        raise last
    return last


async def _read_in_loop(
    url: str, method: str = "GET", times: int = 1, **bounds: Any
) -> httpx.Response:
    outcomes: list[httpx.Response | Exception] = []
    async with httpx.AsyncClient(
        limits=_LIMITS, timeout=10, trust_env=False, verify=False
    ) as client:
        for _ in range(times):
            response = await client.send(client.build_request(method, url), stream=True)
            try:
                await read_whole_async(response, **bounds)
                outcomes.append(response)
            except Exception as problem:
                outcomes.append(problem)
            assert response.is_closed
        async with client.stream("HEAD", url) as another:
            assert another.status_code == 200
    return _last(outcomes)


def _read_async(url: str, **options: Any) -> httpx.Response:
    return asyncio.run(_read_in_loop(url, **options))


def _read_trio(url: str, **options: Any) -> httpx.Response:
    return trio.run(functools.partial(_read_in_loop, url, **options))


reads = pytest.mark.parametrize("read", [_read_sync, _read_async, _read_trio])
framings = pytest.mark.parametrize("chunked", [False, True])


def _raw_deflate(data: bytes) -> bytes:
    deflater = zlib.compressobj(9, zlib.DEFLATED, -15)
    return deflater.compress(data) + deflater.flush()


@reads
@framings
@pytest.mark.parametrize(
    ("coding", "compress"),
    [
        ("gzip", gzip.compress),
        ("x-gzip", gzip.compress),
        ("GZIP", gzip.compress),
        ("identity", bytes),
        ("identity, gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("deflate", _raw_deflate),
        ("deflate, gzip", lambda data: gzip.compress(zlib.compress(data))),
        ("gzip", lambda data: gzip.compress(data[:7]) + gzip.compress(data[7:]) + bytes(9)),
    ],
)
def test_a_compressed_body_is_read_whole_and_the_headers_stay_as_sent(
    wire: Wire, read: Read, chunked: bool, coding: str, compress: Callable[[bytes], bytes]
) -> None:
    text = ("Jamf häuft an. " * 30_000).encode() + bytes(range(256))
    wire.say(compress(text), f"Content-Encoding: {coding}", chunked=chunked)
    response = read(wire.url, times=2)
    assert response.content == text
    assert response.headers["content-encoding"] == coding
    assert wire.connections == 1
    assert pickle.loads(pickle.dumps(response)).content == text  # noqa: S301


@reads
def test_json_and_text_work_after_reading(wire: Wire, read: Read) -> None:
    headers = ("Content-Encoding: gzip", "Content-Type: application/json; charset=utf-8")
    wire.say(gzip.compress('{"name": "Zoë"}'.encode()), *headers)
    response = read(wire.url)
    assert response.json() == {"name": "Zoë"}
    assert response.text == '{"name": "Zoë"}'


@reads
@framings
@pytest.mark.parametrize("size", [0, 1, 131_071, 131_072, 131_073, 3 * 65_536])
def test_sizes_around_the_step_come_out_whole(
    wire: Wire, read: Read, chunked: bool, size: int
) -> None:
    wire.say(gzip.compress(bytes(size)), "Content-Encoding: gzip", chunked=chunked)
    assert read(wire.url, max_bytes=4 * 65_536).content == bytes(size)


@reads
def test_a_body_that_arrives_byte_by_byte_is_read(wire: Wire, read: Read) -> None:
    for body in (gzip.compress(b"fine"), zlib.compress(b"fine"), _raw_deflate(b"fine")):
        coding = "gzip" if body[0] == 0x1F else "deflate"
        head = _head(f"Content-Encoding: {coding}", "Transfer-Encoding: chunked")
        parts = [head, *(_chunk(bytes([byte])) for byte in body), b"0\r\n\r\n"]
        wire.parts = lambda parts=parts: iter(parts)  # type: ignore[misc]
        assert read(wire.url).content == b"fine"


@reads
@framings
def test_a_body_over_the_limit_is_refused_and_the_error_says_how_to_allow_it(
    wire: Wire, read: Read, chunked: bool
) -> None:
    wire.say(bytes(300_000), chunked=chunked)
    with pytest.raises(InvalidResponseError) as caught:
        read(wire.url, times=3, max_bytes=200_000)
    text = str(caught.value)
    assert text.startswith("GET /x: the body ")
    assert "200000 bytes" in text
    assert "max_response_bytes" in text
    assert ("300000" in text) is not chunked
    assert caught.value.__context__ is None


@reads
def test_a_body_of_exactly_the_limit_is_read(wire: Wire, read: Read) -> None:
    for chunked in (False, True):
        wire.say(bytes(200_000), chunked=chunked)
        assert len(read(wire.url, max_bytes=200_000).content) == 200_000
    wire.say(gzip.compress(bytes(200_000)), "Content-Encoding: gzip")
    assert len(read(wire.url, max_bytes=200_000).content) == 200_000


@reads
def test_a_compressed_body_is_measured_by_what_it_becomes(wire: Wire, read: Read) -> None:
    wire.say(gzip.compress(bytes(200_001)), "Content-Encoding: gzip")
    with pytest.raises(InvalidResponseError, match="is larger, and no more than 200000 bytes"):
        read(wire.url, times=3, max_bytes=200_000)


@reads
@pytest.mark.parametrize("coding", [None, "gzip"])
def test_an_endless_body_is_left(wire: Wire, read: Read, coding: str | None) -> None:
    def endless() -> Iterator[bytes]:
        headers = () if coding is None else (f"Content-Encoding: {coding}",)
        yield _head(*headers, "Transfer-Encoding: chunked")
        # Empty gzip members: for ever, and never a byte in them.
        part = _chunk((b"x" if coding is None else gzip.compress(b"")) * 1000)
        while True:
            yield part

    wire.parts = endless
    with pytest.raises(InvalidResponseError, match="is larger"):
        _read_once(read, wire, max_bytes=300_000)


def _read_once(read: Read, wire: Wire, **bounds: Any) -> httpx.Response:
    """Read, and let the request that comes after it be answered plainly."""
    first = wire.parts
    answers = iter([first])
    wire.parts = lambda: next(answers, lambda: _whole(b"", ()))()
    return read(wire.url, **bounds)


@reads
@pytest.mark.parametrize("layers", [3, 6])
def test_more_than_two_codings_are_refused(wire: Wire, read: Read, layers: int) -> None:
    body = bytes(50 * MEGABYTE)
    for _ in range(layers):
        body = gzip.compress(body)
    wire.say(body, f"Content-Encoding: {', '.join(['gzip'] * layers)}")
    with pytest.raises(InvalidResponseError, match="more than twice"):
        read(wire.url, max_bytes=None)


@reads
def test_what_lies_between_two_codings_is_within_the_limit_too(wire: Wire, read: Read) -> None:
    empty = gzip.compress(gzip.compress(b"") * 50_000)
    wire.say(empty, "Content-Encoding: gzip, gzip")
    with pytest.raises(InvalidResponseError, match="is larger"):
        read(wire.url, max_bytes=500_000)


@reads
@pytest.mark.parametrize("coding", ["br", "zstd", "compress", "gzip, br", "nonsense"])
def test_a_coding_that_cannot_be_bounded_is_refused(wire: Wire, read: Read, coding: str) -> None:
    wire.say(b"\x1b\xff\xff", f"Content-Encoding: {coding}")
    with pytest.raises(InvalidResponseError, match="accepted are deflate, gzip, x-gzip"):
        read(wire.url)


@reads
@pytest.mark.parametrize("cut", [1, 5, 500, -1])
@pytest.mark.parametrize("coding", ["gzip", "deflate", "gzip, gzip"])
def test_a_compressed_body_that_is_cut_off_is_refused(
    wire: Wire, read: Read, cut: int, coding: str
) -> None:
    text = b"".join(b"%d," % number for number in range(3000))
    body = zlib.compress(text) if coding == "deflate" else gzip.compress(text)
    if coding == "gzip, gzip":
        body = gzip.compress(body)
    wire.say(body[:cut], f"Content-Encoding: {coding}")
    with pytest.raises(InvalidResponseError, match="cut off"):
        read(wire.url)


@reads
@pytest.mark.parametrize("coding", ["gzip", "deflate", "gzip, deflate"])
def test_a_body_that_is_not_compressed_as_it_claims_is_refused(
    wire: Wire, read: Read, coding: str
) -> None:
    wire.say(b'{"plain": "text"}', f"Content-Encoding: {coding}")
    with pytest.raises(InvalidResponseError, match="cannot be decompressed") as caught:
        read(wire.url)
    assert caught.value.__context__ is None


@reads
def test_a_damaged_body_is_refused(wire: Wire, read: Read) -> None:
    body = bytearray(gzip.compress(b"0123456789" * 100_000))
    body[-6] ^= 1  # the checksum
    wire.say(bytes(body), "Content-Encoding: gzip")
    with pytest.raises(InvalidResponseError, match="cannot be decompressed"):
        read(wire.url)


@reads
def test_an_answer_to_head_has_no_body_whatever_its_headers_say(wire: Wire, read: Read) -> None:
    wire.parts = lambda: iter([_head("Content-Encoding: br", "Content-Length: 99999999999")])
    assert read(wire.url, method="HEAD").content == b""
    wire.parts = lambda: iter([_head("Content-Encoding: gzip", "Content-Length: 0")])
    assert read(wire.url).content == b""


@reads
@pytest.mark.parametrize("coding", [None, "gzip"])
def test_a_deadline_ends_the_reading(wire: Wire, read: Read, coding: str | None) -> None:
    def over() -> None:
        raise TimeoutError("time is over")

    body = bytes(300_000)
    if coding is None:
        wire.say(body)
    else:
        wire.say(gzip.compress(body), f"Content-Encoding: {coding}")
    with pytest.raises(TimeoutError, match="time is over"):
        read(wire.url, times=3, deadline=over)


@reads
def test_a_name_for_the_call_is_used_in_errors(wire: Wire, read: Read) -> None:
    wire.say(b"text", "Content-Encoding: gzip")
    with pytest.raises(InvalidResponseError, match=r"^GET /v1/x/\{id\} \(get_x\): the body"):
        read(wire.url, what="GET /v1/x/{id} (get_x)")


_BOMB = """
import gzip, sys, asyncio, resource
sys.path[:0] = {path!r}
from jamf_pro_client._httpx import httpx
from jamf_pro_client._transport.reading import bound_stream, read_whole, read_whole_async
from jamf_pro_client.errors import InvalidResponseError
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


def test_a_cancelled_read_gives_its_connection_back(wire: Wire) -> None:
    stop = threading.Event()

    def hanging() -> Iterator[bytes]:
        yield _head("Content-Encoding: gzip", "Transfer-Encoding: chunked")
        yield _chunk(gzip.compress(b"x" * 10_000)[:20])
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
