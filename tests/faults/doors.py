"""The ways to call: one script of a fault runs through each of them."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final, Protocol, TypeVar

import trio

from jamf_pro_client._httpx import httpx
from jamf_pro_client.client import HTTPAuthenticatedClient as Client

__all__ = ("DOORS", "Body", "Door", "Job")

T = TypeVar("T")
Job = Callable[[], Coroutine[Any, Any, Any]]
_JOIN_SECONDS: Final = 60.0


class Body(Protocol):
    """The body of a streamed reply."""

    async def read(self) -> bytes:
        """Read what is left of it."""
        raise NotImplementedError


class Door(Protocol):
    """A way to call. Sync scripts are coroutines too, which never wait."""

    name: str

    def run(self, job: Job) -> Any:
        """Run a script to its end."""

    async def call(self, module: Any, *arguments: object, **options: Any) -> Any:
        """Call the plain function of an endpoint module."""

    async def request(
        self, client: Client, method: str, path: str, **options: Any
    ) -> httpx.Response:
        """Send a raw request."""
        raise NotImplementedError

    def stream(self, client: Client, method: str, path: str) -> Any:
        """Send a raw request and give a `Body`, in an `async with` block."""

    async def many(self, jobs: Sequence[Job]) -> list[Any]:
        """Run jobs at the same time and return what they gave or raised."""
        raise NotImplementedError

    async def pause(self, seconds: float) -> None:
        """Let time go by."""

    async def close(self, client: Client) -> None:
        """Close what the client has opened here."""


class SyncDoor:
    """Plain calls; jobs at the same time are threads."""

    name = "sync"

    def run(self, job: Job) -> Any:
        """Run a script to its end."""
        coroutine = job()
        try:
            coroutine.send(None)
        except StopIteration as end:
            return end.value
        coroutine.close()
        raise AssertionError("a sync script has waited for something")

    async def call(self, module: Any, *arguments: object, **options: Any) -> Any:
        """Call the plain function of an endpoint module."""
        return module.sync(*arguments, **options)

    async def request(
        self, client: Client, method: str, path: str, **options: Any
    ) -> httpx.Response:
        """Send a raw request."""
        return client.request(method, path, **options)

    @asynccontextmanager
    async def stream(self, client: Client, method: str, path: str) -> AsyncIterator[Body]:
        """Send a raw request and give a `Body`."""
        with client.stream(method, path) as response:
            yield _SyncBody(response)

    async def many(self, jobs: Sequence[Job]) -> list[Any]:
        """Run jobs in threads and return what they gave or raised."""
        results: list[Any] = [None] * len(jobs)
        barrier = threading.Barrier(len(jobs), timeout=_JOIN_SECONDS)

        def work(index: int) -> None:
            barrier.wait()
            try:
                results[index] = self.run(jobs[index])
            except BaseException as error:
                results[index] = error

        threads = [threading.Thread(target=work, args=(i,), daemon=True) for i in range(len(jobs))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(_JOIN_SECONDS)
        if any(thread.is_alive() for thread in threads):
            raise AssertionError("a thread has not ended")
        return results

    async def pause(self, seconds: float) -> None:
        """Let time go by."""
        time.sleep(seconds)

    async def close(self, client: Client) -> None:
        """Close what the client has opened."""
        client.close()


class _SyncBody:
    def __init__(self, response: httpx.Response) -> None:
        self._response = response

    async def read(self) -> bytes:
        return self._response.read()


class _AsyncBody:
    def __init__(self, response: httpx.Response) -> None:
        self._response = response

    async def read(self) -> bytes:
        return await self._response.aread()


class _AsyncCalls:
    """What asyncio and trio share."""

    async def call(self, module: Any, *arguments: object, **options: Any) -> Any:
        """Call the plain function of an endpoint module."""
        return await module.asyncio(*arguments, **options)

    async def request(
        self, client: Client, method: str, path: str, **options: Any
    ) -> httpx.Response:
        """Send a raw request."""
        return await client.arequest(method, path, **options)

    @asynccontextmanager
    async def stream(self, client: Client, method: str, path: str) -> AsyncIterator[Body]:
        """Send a raw request and give a `Body`."""
        async with client.astream(method, path) as response:
            yield _AsyncBody(response)

    async def close(self, client: Client) -> None:
        """Close what the client has opened in this loop and in threads."""
        await client.aclose()
        client.close()


class AsyncioDoor(_AsyncCalls):
    """Calls in asyncio."""

    name = "asyncio"

    def run(self, job: Job) -> Any:
        """Run a script in an event loop of its own."""
        return asyncio.run(job())

    async def many(self, jobs: Sequence[Job]) -> list[Any]:
        """Run jobs as tasks and return what they gave or raised."""
        return await asyncio.gather(*(job() for job in jobs), return_exceptions=True)

    async def pause(self, seconds: float) -> None:
        """Let time go by."""
        await asyncio.sleep(seconds)

    async def cancel(self, jobs: Sequence[Job], when: Callable[[], Awaitable[None]]) -> list[Any]:
        """Start jobs, cancel them after *when*, and return what they gave or raised."""
        tasks = [asyncio.ensure_future(job()) for job in jobs]
        await when()
        for task in tasks:
            task.cancel()
        return await asyncio.gather(*tasks, return_exceptions=True)


class TrioDoor(_AsyncCalls):
    """Calls in trio."""

    name = "trio"

    def run(self, job: Job) -> Any:
        """Run a script in an event loop of its own."""
        return trio.run(job)

    async def many(self, jobs: Sequence[Job]) -> list[Any]:
        """Run jobs as tasks and return what they gave or raised."""
        results: list[Any] = [None] * len(jobs)

        async def work(index: int) -> None:
            try:
                results[index] = await jobs[index]()
            except Exception as error:
                results[index] = error

        async with trio.open_nursery() as nursery:
            for index in range(len(jobs)):
                nursery.start_soon(work, index)
        return results

    async def pause(self, seconds: float) -> None:
        """Let time go by."""
        await trio.sleep(seconds)

    async def cancel(self, jobs: Sequence[Job], when: Callable[[], Awaitable[None]]) -> list[Any]:
        """Start jobs, cancel them after *when*, and return what they gave, None if cancelled."""
        results: list[Any] = [None] * len(jobs)

        async def work(index: int) -> None:
            results[index] = await jobs[index]()

        async with trio.open_nursery() as nursery:
            for index in range(len(jobs)):
                nursery.start_soon(work, index)
            await when()
            nursery.cancel_scope.cancel()
        return results


DOORS: Final[dict[str, Door]] = {
    door.name: door for door in (SyncDoor(), AsyncioDoor(), TrioDoor())
}
