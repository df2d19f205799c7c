"""The same call for many arguments, in threads."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Iterator
from typing import Any

import attrs
import pytest

from jamf_pro_client import HTTPAuthenticatedClient, ResilienceConfig
from jamf_pro_client._httpx import httpx
from jamf_pro_client.concurrency import concurrent_api_requests
from jamf_pro_client.errors import ConfigurationError, InvalidResponseError, NotFoundError
from jamf_pro_client.models import Building
from jamf_pro_client.types import Response


def _threads() -> list[threading.Thread]:
    return [one for one in threading.enumerate() if one.name.startswith("jamf-pro-client")]


def test_results_come_in_the_order_of_the_arguments() -> None:
    """S1.11, S1.15."""

    def wait(number: int) -> int:
        time.sleep(0.002 if number % 2 else 0)
        return number

    assert list(concurrent_api_requests(wait, range(20))) == [*range(20)]
    assert _threads() == []


def test_results_can_come_as_they_are_done() -> None:
    first_may_end = threading.Event()

    def call(number: int) -> int:
        if number == 0:
            first_may_end.wait(5)
        return number

    results = concurrent_api_requests(call, [0, 1], in_order=False)
    assert next(results) == 1
    first_may_end.set()
    assert list(results) == [0]


def test_dicts_become_keywords_and_other_arguments_are_the_only_one() -> None:
    """S1.12, S1.14."""

    def show(name: Any, suffix: str = "") -> str:
        return f"{name}{suffix}"

    arguments = [{"name": "a", "suffix": "!"}, "b", ("c", "d")]
    assert list(concurrent_api_requests(show, arguments)) == ["a!", "b", "('c', 'd')"]


def test_five_calls_run_at_a_time_and_arguments_are_taken_when_there_is_room() -> None:
    """S1.16; the arguments are endless."""
    taken, lock, now, most = itertools.count(), threading.Lock(), [0], [0]
    full = threading.Event()

    def call(_: int) -> None:
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
            if most[0] == 5:
                full.set()
        full.wait(5)
        with lock:
            now[0] -= 1

    results = concurrent_api_requests(call, taken)
    for _ in range(8):
        next(results)
    results.close()  # type: ignore[attr-defined]  # it is a generator
    assert most[0] == 5
    assert next(taken) <= 8 + 5
    assert _threads() == []


def test_the_first_exception_is_raised_and_no_more_calls_are_begun() -> None:
    """S2.15."""
    called = []

    def call(number: int) -> int:
        called.append(number)
        if number == 1:
            raise LookupError(number)
        return number

    results = concurrent_api_requests(call, range(100), max_concurrency=2)
    assert next(results) == 0
    with pytest.raises(LookupError):
        list(results)
    assert len(called) <= 4
    assert _threads() == []


def test_exceptions_can_be_results() -> None:
    def call(number: int) -> int:
        if number == 1:
            raise LookupError(number)
        return number

    found = list(concurrent_api_requests(call, range(3), return_exceptions=True))
    assert isinstance(found[1], LookupError)
    assert found[::2] == [0, 2]


def test_an_error_of_the_arguments_is_raised_after_the_results_of_those_before() -> None:
    def arguments() -> Iterator[int]:
        yield from range(7)
        raise OSError("the file is gone")

    found: list[str] = []
    with pytest.raises(OSError, match="gone"):
        found.extend(concurrent_api_requests(str, arguments()))
    assert found == [*"0123456"]


async def _waits(argument: object) -> object:
    return argument


def test_an_async_function_is_not_left_unawaited_by_threads() -> None:
    with pytest.raises(ConfigurationError, match="async_concurrent_api_requests"):
        concurrent_api_requests(_waits, [1])
    with pytest.raises(ConfigurationError, match="async_concurrent_api_requests"):
        list(concurrent_api_requests(lambda argument: _waits(argument), [1, 2]))


@attrs.frozen
class FromText:
    text: bytes

    @classmethod
    def from_json(cls, text: bytes) -> FromText:
        return cls(text)


class LikePydantic:
    @classmethod
    def model_validate_json(cls, text: bytes) -> bytes:
        return text


def test_raw_replies_become_models() -> None:
    """S1.13; what is no reply passes through."""
    found = concurrent_api_requests(
        lambda content: httpx.Response(200, content=content) if content else "none",
        [b'{"name": "A"}', b'{"building": {"name": "B"}}', b""],
        return_model=Building,
    )
    assert [getattr(one, "name", one) for one in found] == ["A", "B", "none"]
    ours: list[type[Any]] = [FromText, LikePydantic]
    texts = [
        next(concurrent_api_requests(lambda _: httpx.Response(200, text="x"), [1], return_model=m))
        for m in ours
    ]
    assert texts == [FromText(b"x"), b"x"]


def test_replies_of_detailed_functions_become_models_too() -> None:
    headers = {"content-encoding": "gzip", "content-type": "application/json"}
    replies: list[Response[Any]] = [
        Response(200, b'{"name": "A"}', headers, None),
        Response(404, b"", headers, None),
    ]
    found = concurrent_api_requests(
        replies.__getitem__, [0, 1], return_model=Building, return_exceptions=True
    )
    first, second = found
    assert isinstance(first, Building)
    assert first.name == "A"
    assert isinstance(second, NotFoundError)


def test_replies_of_detailed_functions_may_have_headers_that_are_not_ascii() -> None:
    raw = [(b"X-Place", "Hafenstra\u00dfe".encode()), (b"Content-Type", b"application/json")]
    reply: Response[Any] = Response(200, b'{"name": "A"}', httpx.Headers(raw), None)
    (found,) = concurrent_api_requests(lambda _: reply, [1], return_model=Building)
    assert found.name == "A"


@pytest.mark.parametrize(
    ("response", "error"),
    [
        (httpx.Response(404, request=httpx.Request("GET", "https://a/b")), NotFoundError),
        (httpx.Response(404), NotFoundError),
        (httpx.Response(200, text="<html>"), InvalidResponseError),
        (httpx.Response(200, text="[]"), InvalidResponseError),
    ],
)
def test_replies_that_are_no_model_are_errors(
    response: httpx.Response, error: type[Exception]
) -> None:
    with pytest.raises(error):
        list(concurrent_api_requests(lambda _: response, [1], return_model=Building))


def test_arguments_that_make_no_sense_are_refused_at_once() -> None:
    with pytest.raises(ConfigurationError):
        concurrent_api_requests(str, [1], max_concurrency=0)
    with pytest.raises(ConfigurationError, match="none of from_json"):
        concurrent_api_requests(str, [1], return_model=dict)


class Busy:
    """A client whose server has no time, and what was asked of it."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.pauses = threading.Event()
        self.client = HTTPAuthenticatedClient(
            "https://jamf.test",
            token="t",
            httpx_args={"transport": httpx.MockTransport(self._answer)},
            resilience=ResilienceConfig(on_event=(lambda _: self.pauses.set(),)),
        )

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request.url.path)
        return httpx.Response(503, headers={"Retry-After": "1"})


def test_after_an_interrupt_calls_do_not_wait_to_be_tried_again() -> None:
    busy = Busy()

    def call(number: int) -> None:
        if number:
            busy.client.request("GET", "/x")
        else:
            busy.pauses.wait(10)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(concurrent_api_requests(call, [0, 1]))
    assert busy.asked == ["/x"]


def test_calls_of_a_run_that_was_left_do_not_wait_to_be_tried_again() -> None:
    busy = Busy()

    def call(number: int) -> None:
        if number:
            busy.client.request("GET", "/x")

    for _ in concurrent_api_requests(call, [0, 1]):
        assert busy.pauses.wait(10)
        break
    assert busy.asked == ["/x"]
    assert _threads() == []
