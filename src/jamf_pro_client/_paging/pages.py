"""Walks over pages in threads and in tasks: both do what `Walk` says."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from typing import TYPE_CHECKING, Any, TypeVar

from jamf_pro_client._httpx import httpx
from jamf_pro_client._paging.rows import Page
from jamf_pro_client._paging.tasks import Job, Stream
from jamf_pro_client._paging.threads import Threads
from jamf_pro_client._results import value_of
from jamf_pro_client.errors import JamfProError

if TYPE_CHECKING:
    from concurrent.futures import Future

    from jamf_pro_client._paging.bar import Report
    from jamf_pro_client._paging.calls import PageCalls
    from jamf_pro_client._paging.walk import Ask, Walk
    from jamf_pro_client._transport.call import Call
    from jamf_pro_client.client import HTTPClient

__all__ = ("Fetch", "PageStream", "PartStream", "parts", "rows", "values", "walk_pages")

T_co = TypeVar("T_co", covariant=True)
Unpack = Callable[[Page], list[Any]]

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

    def page(self, ask: Ask) -> Page:
        """Return a page."""
        return self._decoded(self._client._sender.send(self._call(ask)))

    async def page_async(self, ask: Ask) -> Page:
        """Return a page."""
        return self._decoded(await self._client._sender.send_async(self._call(ask)))

    def _call(self, ask: Ask) -> Call:
        call = self._calls.call(ask)
        return call if self._client.resilience is None else call.replace(overrides=_OVERRIDES)

    def _decoded(self, response: httpx.Response) -> Page:
        try:
            return Page(value_of(self._calls.operation, response, self._client.drift))
        finally:
            # A reply and its stream refer to each other. Left so, the bodies of many pages would
            # wait in memory for the collector of cycles.
            response.stream = httpx.ByteStream(b"")


def walk_pages(walk: Walk, fetch: Fetch, report: Report) -> Generator[Page, None, None]:
    """Yield the pages, the next ones on their way.

    Args:
        walk: What to ask for.
        fetch: Gets it.
        report: Is told how far it has come.
    """
    line: deque[tuple[Ask, Future[Page]]] = deque()

    def fill() -> None:
        limit = fetch.limit
        for ask in walk.asks(len(line), limit):
            line.append((ask, threads.start(limit, fetch.page, ask)))

    with report, Threads() as threads:
        fill()
        while line:
            ask, future = line.popleft()
            page = _settled(walk, ask, future.result)
            del future
            if line and line[0][0].leg != walk.leg:
                for _, void in line:
                    void.cancel()
                line.clear()
            fill()
            report.tell(walk.delivered, walk.total)
            if page is not None:
                yield page
                # Or it would be held while the next one is waited for.
                del page
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
        self._line: deque[tuple[Ask, Job[Page]]] = deque()

    async def aclose(self) -> None:
        """End the walk and wait until no request is on its way."""
        self._report.close()
        self._line.clear()
        await super().aclose()

    async def _next(self) -> Page:
        walk, line = self._walk, self._line
        self._report.open()
        self._fill()
        while line:
            ask, job = line.popleft()
            await self._jobs.wait_for_any([job])
            if self._is_over:
                break
            page = _settled(walk, ask, job.result)
            if line and line[0][0].leg != walk.leg:
                for _, void in line:
                    void.stop()
                line.clear()
            self._fill()
            self._report.tell(walk.delivered, walk.total)
            if page is not None:
                return page
        if not self._is_over:
            walk.finish()
        raise StopAsyncIteration

    def _fill(self) -> None:
        for ask in self._walk.asks(len(self._line), self._fetch.limit):
            self._line.append((ask, self._jobs.start(self._fetch.page_async, ask)))


def rows(page: Page) -> list[Any]:
    """Return the rows of a page."""
    return page.rows


def values(page: Page) -> list[Any]:
    """Return what the operation gave as a page."""
    return [page.value]


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
            del found


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
            self._parts = iter(self._unpack(await anext(self._pages)))


def _settled(walk: Walk, ask: Ask, result: Callable[[], Page]) -> Page | None:
    """Return a page to hand over; None if it could not be had, or has nothing new."""
    try:
        page = result()
    except JamfProError as error:
        if not walk.fail(ask, error):
            raise
        return None
    return walk.take(ask, page)
