"""Bodies are read within bounds, and a body that is not what it claims to be is refused."""

from __future__ import annotations

import asyncio
import functools
import gzip
import pickle
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import trio
from tests.runtime.wire import Wire, chunk, head, whole

from jamf_pro_client._httpx import httpx
from jamf_pro_client._transport.reading import read_whole, read_whole_async
from jamf_pro_client.errors import InvalidResponseError

MEGABYTE = 2**20


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
def test_sizes_around_the_step_come_outwhole(
    wire: Wire, read: Read, chunked: bool, size: int
) -> None:
    wire.say(gzip.compress(bytes(size)), "Content-Encoding: gzip", chunked=chunked)
    assert read(wire.url, max_bytes=4 * 65_536).content == bytes(size)


@reads
def test_a_body_that_arrives_byte_by_byte_is_read(wire: Wire, read: Read) -> None:
    for body in (gzip.compress(b"fine"), zlib.compress(b"fine"), _raw_deflate(b"fine")):
        coding = "gzip" if body[0] == 0x1F else "deflate"
        begin = head(f"Content-Encoding: {coding}", "Transfer-Encoding: chunked")
        parts = [begin, *(chunk(bytes([byte])) for byte in body), b"0\r\n\r\n"]
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
    with pytest.raises(InvalidResponseError, match="is larger, but no more than 200000 bytes"):
        read(wire.url, times=3, max_bytes=200_000)


@reads
@pytest.mark.parametrize("coding", [None, "gzip"])
def test_an_endless_body_is_left(wire: Wire, read: Read, coding: str | None) -> None:
    def endless() -> Iterator[bytes]:
        headers = () if coding is None else (f"Content-Encoding: {coding}",)
        yield head(*headers, "Transfer-Encoding: chunked")
        # Empty gzip members: for ever, and never a byte in them.
        part = chunk((b"x" if coding is None else gzip.compress(b"")) * 1000)
        while True:
            yield part

    wire.parts = endless
    with pytest.raises(InvalidResponseError, match="is larger"):
        _read_once(read, wire, max_bytes=300_000)


def _read_once(read: Read, wire: Wire, **bounds: Any) -> httpx.Response:
    """Read, and let the request that comes after it be answered plainly."""
    first = wire.parts
    answers = iter([first])
    wire.parts = lambda: next(answers, lambda: whole(b"", ()))()
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
    wire.parts = lambda: iter([head("Content-Encoding: br", "Content-Length: 99999999999")])
    assert read(wire.url, method="HEAD").content == b""
    wire.parts = lambda: iter([head("Content-Encoding: gzip", "Content-Length: 0")])
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


@reads
def test_a_large_body_is_put_together_in_place(wire: Wire, read: Read) -> None:
    body = bytes(range(256)) * 163_840
    # In parts that the server, which is in this process too, need not put together.
    wire.parts = lambda: iter([head(f"Content-Length: {len(body)}"), body])
    assert read(wire.url, max_bytes=len(body)).content == body
    tracemalloc.start()
    try:
        assert read(wire.url).content == body
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(body) < peak_bytes < 1.5 * len(body)


@reads
def test_a_large_body_that_was_only_declared_is_not_there(wire: Wire, read: Read) -> None:
    wire.parts = lambda: iter([head(f"Content-Length: {MEGABYTE}")])
    assert read(wire.url, method="HEAD").content == b""


def test_a_large_body_that_ends_early_is_an_error(wire: Wire) -> None:
    def parts() -> Iterator[bytes]:
        yield head(f"Content-Length: {MEGABYTE}") + bytes(300_000)
        raise OSError

    wire.parts = parts
    client = httpx.Client(timeout=10, trust_env=False, verify=False)
    with client, pytest.raises(httpx.RemoteProtocolError):
        read_whole(client.send(client.build_request("GET", wire.url), stream=True))
