"""The same call for many arguments, several at a time.

```python
for computer in concurrent_api_requests(client.get_computer, ids):
    print(computer.name)
```
"""

from __future__ import annotations

import inspect
from collections import deque
from collections.abc import AsyncIterable, Awaitable, Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from typing import Any, Final, Literal, TypeVar, overload

from jamf_pro_client._bound import BoundCall
from jamf_pro_client._concurrency.return_models import parser_of
from jamf_pro_client._concurrency.tasks import Job, Stream
from jamf_pro_client._concurrency.threads import Threads
from jamf_pro_client._transport.gate import check_limit
from jamf_pro_client.errors import ConfigurationError

__all__ = ("async_concurrent_api_requests", "concurrent_api_requests")

R = TypeVar("R")
M = TypeVar("M")

_NO_THREADS: Final = "the function is async: give it to async_concurrent_api_requests"
_NO_TASKS: Final = "the function is not async: give it to concurrent_api_requests"


@overload
def concurrent_api_requests(
    handler: Callable[..., R],
    arguments: Iterable[Any],
    *,
    max_concurrency: int = ...,
    return_model: None = ...,
    return_exceptions: Literal[False] = ...,
    in_order: bool = ...,
) -> Iterator[R]: ...
@overload
def concurrent_api_requests(
    handler: Callable[..., Any],
    arguments: Iterable[Any],
    *,
    max_concurrency: int = ...,
    return_model: type[M],
    return_exceptions: Literal[False] = ...,
    in_order: bool = ...,
) -> Iterator[M]: ...
@overload
def concurrent_api_requests(
    handler: Callable[..., R],
    arguments: Iterable[Any],
    *,
    max_concurrency: int = ...,
    return_model: None = ...,
    return_exceptions: bool,
    in_order: bool = ...,
) -> Iterator[R | Exception]: ...
@overload
def concurrent_api_requests(
    handler: Callable[..., Any],
    arguments: Iterable[Any],
    *,
    max_concurrency: int = ...,
    return_model: type[M],
    return_exceptions: bool,
    in_order: bool = ...,
) -> Iterator[M | Exception]: ...
def concurrent_api_requests(
    handler: Callable[..., Any],
    arguments: Iterable[Any],
    *,
    max_concurrency: int = 5,
    return_model: Any = None,
    return_exceptions: bool = False,
    in_order: bool = True,
) -> Iterator[Any]:
    """Call a function for many arguments in threads, and yield what it returns.

    Arguments are taken from *arguments* when there is room for them, so it can be endless.
    Nothing is called before the first result is asked for. When the iterator is closed or dropped,
    running calls are waited for, and no others are started.

    Args:
        handler: Any function.
        arguments: A dict becomes the keyword arguments of a call; anything else its one argument.
        max_concurrency: How many calls may run or wait to be taken. More than 5 requests at a time
            can keep a Jamf Pro server from its other work.
        return_model: The class to make from raw replies, with `from_json`, `from_dict` or
            `model_validate_json`. What is not a reply is handed over as it is.
        return_exceptions: Yield exceptions as results. Otherwise the first one is raised, and no
            more calls are started.
        in_order: Yield in the order of the arguments; False yields whatever is done first.

    Raises:
        JamfProAPIError: With *return_model*: a raw reply is not a success.
        InvalidResponseError: With *return_model*: a raw reply does not hold what it should.
        ConfigurationError: *max_concurrency* is below 1, the class cannot be made from replies, or
            the function is async.
    """
    check_limit(max_concurrency)
    if _is_async(handler):
        raise ConfigurationError(_NO_THREADS)
    parse = parser_of(return_model)

    def call(argument: Any) -> Any:
        result = _call(handler, argument)
        if inspect.iscoroutine(result):
            result.close()
            raise ConfigurationError(_NO_THREADS)
        return parse(result)

    return _results(call, iter(arguments), max_concurrency, return_exceptions, in_order)


def _results(
    call: Callable[[Any], Any],
    arguments: Iterator[Any],
    limit: int,
    return_exceptions: bool,
    in_order: bool,
) -> Iterator[Any]:
    line: deque[Future[Any]] = deque()
    broken: list[Exception] = []

    def fill() -> None:
        while len(line) < limit and not broken:
            try:
                argument = next(arguments)
            except StopIteration:
                return
            except Exception as error:
                # Raised in its turn: what was called before has results.
                broken.append(error)
                return
            line.append(threads.start(limit, call, argument))

    with Threads() as threads:
        fill()
        while line:
            if in_order:
                done = line.popleft()
            else:
                wait(line, return_when=FIRST_COMPLETED)
                done = next(future for future in line if future.done())
                line.remove(done)
            result = _result(done.result, return_exceptions)
            del done
            fill()
            yield result
            del result
        if broken:
            raise broken.pop()


@overload
def async_concurrent_api_requests(
    handler: Callable[..., Awaitable[R]],
    arguments: Iterable[Any] | AsyncIterable[Any],
    *,
    max_concurrency: int = ...,
    return_model: None = ...,
    return_exceptions: Literal[False] = ...,
    in_order: bool = ...,
) -> Stream[R]: ...
@overload
def async_concurrent_api_requests(
    handler: Callable[..., Awaitable[Any]],
    arguments: Iterable[Any] | AsyncIterable[Any],
    *,
    max_concurrency: int = ...,
    return_model: type[M],
    return_exceptions: Literal[False] = ...,
    in_order: bool = ...,
) -> Stream[M]: ...
@overload
def async_concurrent_api_requests(
    handler: Callable[..., Awaitable[R]],
    arguments: Iterable[Any] | AsyncIterable[Any],
    *,
    max_concurrency: int = ...,
    return_model: None = ...,
    return_exceptions: bool,
    in_order: bool = ...,
) -> Stream[R | Exception]: ...
@overload
def async_concurrent_api_requests(
    handler: Callable[..., Awaitable[Any]],
    arguments: Iterable[Any] | AsyncIterable[Any],
    *,
    max_concurrency: int = ...,
    return_model: type[M],
    return_exceptions: bool,
    in_order: bool = ...,
) -> Stream[M | Exception]: ...
def async_concurrent_api_requests(
    handler: Callable[..., Awaitable[Any]],
    arguments: Iterable[Any] | AsyncIterable[Any],
    *,
    max_concurrency: int = 5,
    return_model: Any = None,
    return_exceptions: bool = False,
    in_order: bool = True,
) -> Stream[Any]:
    """Call an async function for many arguments in tasks, and yield what it returns.

    Arguments and errors are those of `concurrent_api_requests`; *arguments* can be an async
    iterable too. It runs in asyncio and trio. Breaking out of an `async for` cancels the running
    calls; with `async with` around the stream, or `aclose`, none is still running afterwards.
    """
    check_limit(max_concurrency)
    if _is_async(handler) is False:
        raise ConfigurationError(_NO_TASKS)
    parse = parser_of(return_model)

    async def call(argument: Any) -> Any:
        result = _call(handler, argument)
        if not inspect.isawaitable(result):
            raise ConfigurationError(_NO_TASKS)
        return parse(await result)

    return _ResultStream(call, arguments, max_concurrency, return_exceptions, in_order)


class _ResultStream(Stream[Any]):
    """The results of calls in tasks.

    Args:
        call: What is called.
        arguments: What it is called with.
        limit: How many calls may run or wait to be taken.
        return_exceptions: Whether exceptions are results.
        in_order: Whether results come in the order of the arguments.
    """

    def __init__(
        self,
        call: Callable[[Any], Awaitable[Any]],
        arguments: Iterable[Any] | AsyncIterable[Any],
        limit: int,
        return_exceptions: bool,
        in_order: bool,
    ) -> None:
        super().__init__()
        self._call = call
        self._source = _source(arguments)
        self._limit = limit
        self._return_exceptions = return_exceptions
        self._in_order = in_order
        self._line: deque[Job[Any]] = deque()
        self._broken: list[Exception] = []

    async def aclose(self) -> None:
        """End the iteration and wait until nothing is still running."""
        self._line.clear()
        await super().aclose()

    async def _next(self) -> Any:
        await self._fill()
        if not self._line:
            raise self._broken.pop() if self._broken else StopAsyncIteration
        watched = [self._line[0]] if self._in_order else list(self._line)
        done = await self._jobs.wait_for_any(watched)
        if self._is_over:
            raise StopAsyncIteration
        self._line.remove(done)
        result = _result(done.result, self._return_exceptions)
        await self._fill()
        return result

    async def _fill(self) -> None:
        while len(self._line) < self._limit and not self._broken:
            try:
                argument = await self._source()
            except StopAsyncIteration:
                return
            except Exception as error:
                self._broken.append(error)
                return
            self._line.append(self._jobs.start(self._call, argument))


def _source(arguments: Iterable[Any] | AsyncIterable[Any]) -> Callable[[], Awaitable[Any]]:
    """Return what gives the next argument, or raises StopAsyncIteration."""
    if isinstance(arguments, AsyncIterable):
        return aiter(arguments).__anext__
    iterator = iter(arguments)
    end = object()

    async def following() -> Any:
        argument = next(iterator, end)
        if argument is end:
            raise StopAsyncIteration
        return argument

    return following


def _is_async(handler: object) -> bool | None:
    """Return whether a function is async; None if only a call can tell."""
    if inspect.iscoroutinefunction(handler):
        return True
    return handler.is_async if isinstance(handler, BoundCall) else None


def _call(handler: Callable[..., Any], argument: Any) -> Any:
    return handler(**argument) if isinstance(argument, dict) else handler(argument)


def _result(take: Callable[[], Any], return_exceptions: bool) -> Any:
    """Return what a call returned; or what it raised, if that is wanted."""
    try:
        return take()
    except Exception as error:
        if not return_exceptions:
            raise
        return error
