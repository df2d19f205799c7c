"""Walks over pages in threads and in tasks: both do what `Walk` says."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from typing import TYPE_CHECKING, Any, TypeVar

from jamf_pro_client._concurrency.tasks import Job, Stream
from jamf_pro_client._concurrency.threads import Lane, Lanes
from jamf_pro_client._httpx import httpx
from jamf_pro_client._operation.results import value_of
from jamf_pro_client._paging.rows import Page
from jamf_pro_client._transport.turns import Turns
from jamf_pro_client.errors import JamfProError

if TYPE_CHECKING:
    from jamf_pro_client._paging.bar import Report
    from jamf_pro_client._paging.calls import PageCalls
    from jamf_pro_client._paging.walk import Ask, Walk
    from jamf_pro_client._transport.call import Call
    from jamf_pro_client._transport.turns import Turn
    from jamf_pro_client.client import HTTPClient

__all__ = ("Fetch", "PageStream", "PartStream", "parts", "rows", "values", "walk_pages")

T_co = TypeVar("T_co", covariant=True)
Unpack = Callable[[Page], Iterator[Any]]

# Large pages: the one that was handed over, and the next one.
_MOST_IN_MEMORY = 2
# A page that takes too long is asked for in halves; to ask for it again as it was is no use.
_OVERRIDES = {"retry_timeouts": False}


class Fetch:
    """Fetches pages with one client.

    Args:
        client: What sends.
        calls: The requests.
    """

    def __init__(self, client: HTTPClient, calls: PageCalls) -> None:
        self._client = client
        self._calls = calls

    @property
    def limit(self) -> int:
        """How many pages may be in flight or waiting now."""
        return self._client.max_concurrency

    def turns(self) -> Turns:
        """Return the turns of a walk."""
        gate = self._client._sender.connections.gate
        return Turns(_MOST_IN_MEMORY, lambda: gate.has_line)

    def reply(self, ask: Ask) -> httpx.Response:
        """Return the reply for a page."""
        return self._client._sender.send(self._call(ask))

    async def reply_async(self, ask: Ask) -> httpx.Response:
        """Return the reply for a page."""
        return await self._client._sender.send_async(self._call(ask))

    def page(self, reply: httpx.Response) -> Page:
        """Return the page in a reply."""
        operation = self._calls.operation
        return Page(value_of(operation, reply, self._client.drift), operation)

    def _call(self, ask: Ask) -> Call:
        call = self._calls.call(ask)
        is_one = self._calls.operation.paging is None or ask.size == 1
        if is_one or self._client.resilience is None:
            return call
        return call.replace(overrides=_OVERRIDES)


def walk_pages(walk: Walk, fetch: Fetch, report: Report) -> Generator[Page, None, None]:
    """Yield the pages, the next ones on their way.

    Args:
        walk: What to ask for.
        fetch: Gets it.
        report: Is told how far it has come.
    """
    line: deque[tuple[Ask, Turn, Lane]] = deque()

    def fill() -> None:
        for ask in walk.asks(len(line), fetch.limit):
            turn = turns.next()
            line.append((ask, turn, lanes.start(turn.run, fetch.reply, ask)))

    with report, Lanes() as lanes, closing(fetch.turns()) as turns:
        fill()
        while line:
            ask, turn, lane = line.popleft()
            turn.end_earlier()
            ready = _settled(walk, fetch, ask, lane.result)
            lanes.free(lane)
            if line and line[0][0].leg != walk.leg:
                for _, _, void in line:
                    lanes.free(void)
                line.clear()
            fill()
            report.tell(walk.delivered, walk.total)
            while ready:
                yield ready.pop()  # nothing here holds it any longer
        walk.finish()


class PageStream(Stream[Page]):
    """The pages, the next ones on their way.

    Args:
        walk: What to ask for.
        fetch: Gets it.
        report: Is told how far it has come.
    """

    def __init__(self, walk: Walk, fetch: Fetch, report: Report) -> None:
        super().__init__()
        self._walk = walk
        self._fetch = fetch
        self._report = report
        self._line: deque[tuple[Ask, Turn, Job[httpx.Response]]] = deque()
        self._turns = fetch.turns()

    async def aclose(self) -> None:
        """End the walk and wait until no request is on its way."""
        self._report.close()
        self._line.clear()
        self._turns.close()
        await super().aclose()

    async def _next(self) -> Page:
        walk, line = self._walk, self._line
        self._report.open()
        self._fill()
        while line:
            ask, turn, job = line.popleft()
            turn.end_earlier()
            await self._jobs.wait_for_any([job])
            if self._is_over:
                break
            ready = _settled(walk, self._fetch, ask, job.result)
            if line and line[0][0].leg != walk.leg:
                for _, _, void in line:
                    void.stop()
                line.clear()
            self._fill()
            self._report.tell(walk.delivered, walk.total)
            if ready:
                return ready.pop()
        if not self._is_over:
            walk.finish()
        raise StopAsyncIteration

    def _fill(self) -> None:
        for ask in self._walk.asks(len(self._line), self._fetch.limit):
            turn = self._turns.next()
            job = self._jobs.start(turn.run_async, self._fetch.reply_async, ask)
            self._line.append((ask, turn, job))


def rows(page: Page) -> Iterator[Any]:
    """Yield the rows of a page; once taken they are not held here any longer."""
    left = page.rows[::-1]
    # When the page goes, after its last row, rows that are still in use get a text of their own.
    page.keep([])
    while left:
        yield left.pop()


def values(page: Page) -> Iterator[Any]:
    """Yield what the operation gave as a page."""
    left = [page.value]
    del page
    yield left.pop()


def parts(pages: Generator[Page, None, None], unpack: Unpack) -> Iterator[Any]:
    """Yield what is in the pages one by one.

    Args:
        pages: The pages; no more than one of them is held.
        unpack: What to yield of a page.
    """
    with closing(pages):
        for page in pages:
            found = unpack(page)
            del page
            yield from found


class PartStream(Stream[T_co]):
    """What is in the pages one by one.

    Args:
        pages: The pages.
        unpack: What to yield of a page.
    """

    def __init__(self, pages: PageStream, unpack: Unpack) -> None:
        super().__init__()
        self._pages = pages
        self._unpack = unpack
        self._parts: Iterator[T_co] = iter(())

    async def aclose(self) -> None:
        """End the walk and wait until no request is on its way."""
        self._is_over = True
        self._parts = iter(())
        await self._pages.aclose()

    async def _next(self) -> T_co:
        while True:
            for part in self._parts:
                return part
            self._parts = self._unpack(await anext(self._pages))


def _settled(walk: Walk, fetch: Fetch, ask: Ask, reply: Callable[[], httpx.Response]) -> list[Page]:
    """Return the page to hand over; none if it could not be had, or has nothing new.

    It is decoded only now: what waits for its turn takes the memory of its text.
    """
    try:
        page = fetch.page(reply())
    except JamfProError as error:
        if not walk.fail(ask, error):
            raise
        return []
    taken = walk.take(ask, page)
    return [] if taken is None else [taken]
