"""Walks and concurrent calls in asyncio and trio: nothing runs on when the caller is done."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import anyio
import pytest
import trio
import trio.testing
from tests.paging.lists import Server

from jamf_pro_client._httpx import httpx
from jamf_pro_client.api.buildings import get_v1_buildings
from jamf_pro_client.concurrency import async_concurrent_api_requests
from jamf_pro_client.errors import ConfigurationError, ServerError
from jamf_pro_client.models import Building
from jamf_pro_client.paging import all_items_async, iter_items_async, iter_pages_async
from jamf_pro_client.resilience import ResilienceConfig
from jamf_pro_sandbox.walks import ListRules, PagedLists

Run = Callable[[Callable[[], Awaitable[Any]]], Any]


def _in_asyncio(main: Callable[[], Awaitable[Any]]) -> Any:
    async def bounded() -> Any:
        async with asyncio.timeout(20):
            result = await main()
        await asyncio.sleep(0.01)
        assert asyncio.all_tasks() == {asyncio.current_task()}
        return result

    return asyncio.run(bounded())


def _in_trio(main: Callable[[], Awaitable[Any]]) -> Any:
    async def bounded() -> Any:
        before = trio.lowlevel.current_statistics().tasks_living
        with trio.fail_after(20):
            result = await main()
            await trio.testing.wait_all_tasks_blocked()
        assert trio.lowlevel.current_statistics().tasks_living == before
        return result

    return trio.run(bounded)


async def _sleep(seconds: float) -> None:
    """Wait in whichever runs."""
    await (trio.sleep(seconds) if trio.lowlevel.in_trio_task() else asyncio.sleep(seconds))


@pytest.fixture(params=[_in_asyncio, _in_trio], ids=["asyncio", "trio"])
def run(request: pytest.FixtureRequest) -> Run:
    given: Run = request.param
    return given


def _server(rows: int = 95, before: Any = None) -> Server:
    return Server(PagedLists(ListRules(rows=rows)), before)


def test_rows_and_pages_come_in_order(run: Run) -> None:
    async def main() -> None:
        async with _server().client() as client:
            rows = await all_items_async(get_v1_buildings, client, page_size=10)
            assert [row.id for row in rows] == [str(n) for n in range(1, 96)]
            pages = iter_pages_async(get_v1_buildings, client, page_size=50)
            assert [len(page.results or ()) async for page in pages] == [50, 45]

    run(main)


def test_breaking_out_of_a_loop_ends_what_is_on_its_way(run: Run) -> None:
    async def main() -> None:
        async with _server(1000).client() as client:
            async for row in iter_items_async(get_v1_buildings, client, page_size=10):
                assert row.id == "1"
                break
            await _sleep(0.01)
            assert client.in_flight == 0
            async with iter_items_async(get_v1_buildings, client, page_size=10) as stream:
                assert (await anext(stream)).id == "1"
            assert client.in_flight == 0
            with pytest.raises(StopAsyncIteration):
                await anext(stream)

    run(main)


def test_a_failure_ends_what_is_on_its_way(run: Run) -> None:
    def broken(_: httpx.Request, number: int) -> httpx.Response | None:
        return httpx.Response(503) if number == 2 else None

    async def main() -> None:
        async with _server(1000, broken).client() as client:
            with pytest.raises(ServerError):
                await all_items_async(get_v1_buildings, client, page_size=10)
            assert client.in_flight == 0

    run(main)


def test_pages_that_take_too_long_are_halved(run: Run) -> None:
    def slow(request: httpx.Request, _: int) -> httpx.Response | None:
        if int(request.url.params["page-size"]) > 12:
            raise httpx.ReadTimeout("slow")
        return None

    async def main() -> None:
        async with _server(95, slow).client() as client:
            assert len(await all_items_async(get_v1_buildings, client, page_size=50)) == 95

    run(main)


def test_a_page_that_takes_too_long_is_not_asked_for_again_as_it_was(run: Run) -> None:
    sizes = []

    def slow(request: httpx.Request, _: int) -> httpx.Response | None:
        sizes.append(int(request.url.params["page-size"]))
        if sizes[-1] > 12:
            raise httpx.ReadTimeout("slow")
        return None

    async def main() -> None:
        async with _server(20, slow).client() as client:
            resilient = client.with_resilience(ResilienceConfig())
            assert len(await all_items_async(get_v1_buildings, resilient, page_size=50)) == 20

    run(main)
    assert sizes == [50, 25, 12, 12]


def test_calls_run_at_the_same_time_within_the_limit_and_in_order(run: Run) -> None:
    now, most, taken = [0], [0], [0]

    def arguments() -> Any:
        while True:
            taken[0] += 1
            yield taken[0]

    async def double(number: int) -> int:
        now[0] += 1
        most[0] = max(most[0], now[0])
        await _sleep(0.002 if number % 2 else 0.001)
        now[0] -= 1
        return number * 2

    async def main() -> None:
        results = []
        async with async_concurrent_api_requests(double, arguments(), max_concurrency=3) as calls:
            async for result in calls:
                results.append(result)
                if len(results) == 10:
                    break
        assert results == [2 * n for n in range(1, 11)]
        assert most[0] == 3
        assert taken[0] <= 14

    run(main)


def test_the_first_exception_cancels_the_others(run: Run) -> None:
    ended = []

    async def call(number: int) -> int:
        try:
            await _sleep(10 if number else 0.001)
        finally:
            ended.append(number)
        raise LookupError(number)

    async def main() -> None:
        with pytest.raises(LookupError):
            async for _ in async_concurrent_api_requests(call, [0, 1, 2]):
                pass
        assert sorted(ended) == [0, 1, 2]

    run(main)


def test_exceptions_can_be_results_and_results_come_as_they_are_done(run: Run) -> None:
    async def call(number: int, *, wait: float) -> int:
        await _sleep(wait)
        if number == 2:
            raise LookupError(number)
        return number

    async def arguments() -> AsyncIterator[dict[str, Any]]:
        for number, wait in ((1, 0.2), (2, 0.001), (3, 0.05)):
            yield {"number": number, "wait": wait}

    async def main() -> None:
        calls = async_concurrent_api_requests(
            call, arguments(), return_exceptions=True, in_order=False
        )
        first, *others = [result async for result in calls]
        assert isinstance(first, LookupError)
        assert others == [3, 1]

    run(main)


def test_cancelling_the_caller_ends_what_is_on_its_way(run: Run) -> None:
    ended = []

    async def call(number: int) -> None:
        try:
            await _sleep(10)
        finally:
            ended.append(number)

    async def main() -> None:
        async def consume() -> None:
            async for _ in async_concurrent_api_requests(call, [1, 2]):
                pass

        if run is _in_trio:
            with trio.move_on_after(0.02):
                await consume()
        else:
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(consume(), 0.02)
        assert sorted(ended) == [1, 2]

    run(main)


def test_tasks_see_the_context_of_their_caller(run: Run) -> None:
    name: contextvars.ContextVar[str] = contextvars.ContextVar("name")

    async def call(_: int) -> str:
        return name.get()

    async def main() -> None:
        name.set("A")
        assert [one async for one in async_concurrent_api_requests(call, [1])] == ["A"]

    run(main)


def test_raw_replies_become_models(run: Run) -> None:
    async def main() -> None:
        async with _server().client() as client:

            async def get(path: str) -> httpx.Response:
                return httpx.Response(200, json={"building": {"id": path, "name": "A"}})

            calls = async_concurrent_api_requests(get, ["1", "2"], return_model=Building)
            assert [model.id async for model in calls] == ["1", "2"]
            with pytest.raises(ConfigurationError):
                async_concurrent_api_requests(client.arequest, [], max_concurrency=0)

    run(main)


def test_results_of_calls_before_an_error_of_the_arguments_are_not_lost(run: Run) -> None:
    async def double(number: int) -> int:
        return number * 2

    async def arguments() -> AsyncIterator[int]:
        for number in range(7):
            yield number
        raise OSError("the file is gone")

    found: list[int] = []

    async def main() -> None:
        async for result in async_concurrent_api_requests(double, arguments()):
            found.append(result)

    with pytest.raises(OSError, match="gone"):
        run(main)
    assert found == [0, 2, 4, 6, 8, 10, 12]


def test_a_function_that_is_not_async_is_refused(run: Run) -> None:
    any_function: Any = str

    async def main() -> None:
        async for _ in async_concurrent_api_requests(any_function, [1]):
            pass

    with pytest.raises(ConfigurationError, match="give it to concurrent_api_requests"):
        run(main)


def test_a_call_that_cancels_itself_has_no_result() -> None:
    async def call(number: int) -> None:
        if number == 2:
            raise asyncio.CancelledError

    async def main() -> list[Any]:
        calls = async_concurrent_api_requests(call, [1, 2, 3], return_exceptions=True)
        return [type(result) async for result in calls]

    assert _in_asyncio(main) == [type(None), RuntimeError, type(None)]


def test_an_iterator_of_an_event_loop_that_has_ended_says_so() -> None:
    async def wait(seconds: float) -> None:
        await asyncio.sleep(seconds)

    results = async_concurrent_api_requests(wait, [0, 60])

    async def following() -> None:
        await anext(results)

    asyncio.run(following())
    with pytest.raises(RuntimeError, match="event loop has ended"):
        asyncio.run(following())


def test_two_tasks_cannot_share_an_iterator(run: Run) -> None:
    async def slow(number: int) -> int:
        await _sleep(0.01)
        return number

    results = async_concurrent_api_requests(slow, range(20))
    failures: list[str] = []
    found: list[int] = []

    async def take() -> None:
        try:
            async for result in results:
                found.append(result)
        except RuntimeError as error:
            failures.append(str(error))

    async def main() -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(take)
            group.start_soon(take)

    run(main)
    assert found == [*range(20)]
    assert len(failures) == 1
    assert "give each task its own iterator" in failures[0]
