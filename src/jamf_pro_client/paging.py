"""Every row of an operation that hands them out page by page.

```python
for building in iter_items(get_v1_buildings, client):
    print(building.name)
```

While you work on one page, the next ones are on their way: as many as the client may have in
flight. Rows come in the server's order, sorted by id unless you ask for another order, and none
comes twice. `TruncatedResultError` says that rows are missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeAlias, TypeVar, overload

from jamf_pro_client._concurrency.tasks import Stream
from jamf_pro_client._paging.bar import Progress, Report, make_report
from jamf_pro_client._paging.calls import PageCalls, operation_of
from jamf_pro_client._paging.pages import (
    Fetch,
    PageStream,
    PartStream,
    parts,
    rows,
    values,
    walk_pages,
)
from jamf_pro_client._paging.walk import LARGEST_PAGE, Walk
from jamf_pro_client._unset import UNSET, Unset
from jamf_pro_client.errors import ConfigurationError

if TYPE_CHECKING:
    from jamf_pro_client.client import HTTPClient

__all__ = (
    "Endpoint",
    "PageOf",
    "Progress",
    "Stream",
    "all_items",
    "all_items_async",
    "iter_items",
    "iter_items_async",
    "iter_pages",
    "iter_pages_async",
)

S = TypeVar("S")
S_co = TypeVar("S_co", covariant=True)
T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

_PAGE: Final = 100

CsvRow: TypeAlias = dict[str, str]
"""A row of a table that an export gives, by the names of its columns."""


class PageOf(Protocol[T_co]):
    """A page with its rows, such as `BuildingSearchResults`."""

    @property
    def results(self) -> Iterable[T_co] | None | Unset:
        """The rows."""
        ...


class Endpoint(Protocol[S_co]):
    """A module of `jamf_pro_client.api`, or its `OPERATION`."""

    @property
    def sync(self) -> Callable[..., S_co]:
        """What returns a page."""
        ...


Paged: TypeAlias = PageOf[T] | list[T] | str


def _begin(
    endpoint: object,
    client: HTTPClient,
    *,
    page_size: int | None = None,
    sort: object = None,
    filter: object = None,
    start_page: int = 0,
    end_page: int | None = None,
    allow_truncated: bool = False,
    progress: Progress | bool | None = None,
    body: object = UNSET,
    **arguments: Any,
) -> tuple[Walk, Fetch, Report]:
    """Return what a walk is made of: what to ask for, what gets it, what tells of it."""
    operation = operation_of(endpoint)
    if page_size is None:
        # Tables and bare arrays come without the count that would tell when rows vanish during a
        # walk. Their rows are small, and most of them fit on one page.
        has_count = operation.paging is None or operation.paging.rows
        page_size = _PAGE if has_count else LARGEST_PAGE
    last = start_page if end_page is None else end_page
    for name, value, least in (
        ("page_size", page_size, 1),
        ("start_page", start_page, 0),
        ("end_page", last, start_page),
    ):
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise ConfigurationError(f"{name} must be a whole number of at least {least}: {value}")
    calls = PageCalls(operation, arguments, sort=sort, filter=filter, body=body)
    walk = Walk(
        size=min(page_size, LARGEST_PAGE),
        sorts=calls.sort_key is not None,
        is_paged=operation.paging is not None,
        start_page=start_page,
        end_page=end_page,
        allow_truncated=allow_truncated,
        name=operation.name,
    )
    return walk, Fetch(client, calls), make_report(progress, operation.name)


@overload
def iter_items(
    endpoint: Endpoint[str],
    client: HTTPClient,
    *,
    page_size: int | None = ...,
    sort: object = ...,
    filter: object = ...,
    start_page: int = ...,
    end_page: int | None = ...,
    allow_truncated: bool = ...,
    progress: Progress | bool | None = ...,
    **arguments: Any,
) -> Iterator[CsvRow]: ...


@overload
def iter_items(
    endpoint: Endpoint[Paged[T]],
    client: HTTPClient,
    *,
    page_size: int | None = ...,
    sort: object = ...,
    filter: object = ...,
    start_page: int = ...,
    end_page: int | None = ...,
    allow_truncated: bool = ...,
    progress: Progress | bool | None = ...,
    **arguments: Any,
) -> Iterator[T]: ...
def iter_items(endpoint: Any, client: HTTPClient, **options: Any) -> Iterator[Any]:
    """Yield every row, fetching the next pages ahead.

    Rows of exports are dicts by column. Nothing is sent before the first row is asked for; when
    the iterator is closed or dropped, requests in flight are waited for.

    Args:
        endpoint: A module of `jamf_pro_client.api`, or its `OPERATION`.
        client: Where to ask, and as whom.
        page_size: How many rows to ask for at a time, at most 2000; by default 100, or 2000 for
            exports and bare arrays. It is halved when the server does not answer in time.
        sort: Order as "field:asc" or "field:desc", or several, the most important first; by
            default by id. Rows that come in or go away during a walk in another order may be
            missed.
        filter: An RSQL expression, as text or from `jamf_pro_client.filters`.
        start_page: The first page, counted from 0.
        end_page: The last page; None walks to the end.
        allow_truncated: Whether to accept fewer rows than the server counts.
        progress: A function that is called after each page with the rows so far and the server's
            count (None if it gives none); True for a progress bar on the terminal.
        **options: What else the endpoint takes, such as `id` or `section`, by the same names.

    Raises:
        TruncatedResultError: Rows are missing, and that is not allowed.
        ConfigurationError: The endpoint does not take an argument, or lacks one.
        JamfProError: A page could not be fetched.
    """
    walk, fetch, report = _begin(endpoint, client, **options)
    return parts(walk_pages(walk, fetch, report), rows)


@overload
def all_items(
    endpoint: Endpoint[str],
    client: HTTPClient,
    *,
    page_size: int | None = ...,
    sort: object = ...,
    filter: object = ...,
    start_page: int = ...,
    end_page: int | None = ...,
    allow_truncated: bool = ...,
    progress: Progress | bool | None = ...,
    **arguments: Any,
) -> list[CsvRow]: ...


@overload
def all_items(
    endpoint: Endpoint[Paged[T]],
    client: HTTPClient,
    *,
    page_size: int | None = ...,
    sort: object = ...,
    filter: object = ...,
    start_page: int = ...,
    end_page: int | None = ...,
    allow_truncated: bool = ...,
    progress: Progress | bool | None = ...,
    **arguments: Any,
) -> list[T]: ...
def all_items(endpoint: Any, client: HTTPClient, **options: Any) -> list[Any]:
    """Return every row; arguments and errors are those of `iter_items`."""
    found: Iterator[Any] = iter_items(endpoint, client, **options)
    return list(found)


def iter_pages(
    endpoint: Endpoint[S],
    client: HTTPClient,
    *,
    page_size: int | None = None,
    sort: object = None,
    filter: object = None,
    start_page: int = 0,
    end_page: int | None = None,
    allow_truncated: bool = False,
    progress: Progress | bool | None = None,
    **arguments: Any,
) -> Iterator[S]:
    """Yield the endpoint's replies page by page, with `.results`, fetching the next pages ahead.

    Arguments and errors are those of `iter_items`. Repeated rows are left out, except from the text
    of exports.
    """
    walk, fetch, report = _begin(
        endpoint,
        client,
        page_size=page_size,
        sort=sort,
        filter=filter,
        start_page=start_page,
        end_page=end_page,
        allow_truncated=allow_truncated,
        progress=progress,
        **arguments,
    )
    return parts(walk_pages(walk, fetch, report), values)


@overload
def iter_items_async(
    endpoint: Endpoint[str],
    client: HTTPClient,
    *,
    page_size: int | None = ...,
    sort: object = ...,
    filter: object = ...,
    start_page: int = ...,
    end_page: int | None = ...,
    allow_truncated: bool = ...,
    progress: Progress | bool | None = ...,
    **arguments: Any,
) -> Stream[CsvRow]: ...


@overload
def iter_items_async(
    endpoint: Endpoint[Paged[T]],
    client: HTTPClient,
    *,
    page_size: int | None = ...,
    sort: object = ...,
    filter: object = ...,
    start_page: int = ...,
    end_page: int | None = ...,
    allow_truncated: bool = ...,
    progress: Progress | bool | None = ...,
    **arguments: Any,
) -> Stream[T]: ...
def iter_items_async(endpoint: Any, client: HTTPClient, **options: Any) -> Stream[Any]:
    """Do as `iter_items` does, without blocking the event loop, which is asyncio's or trio's.

    Breaking out of an `async for` cancels what is in flight; with `async with` around the stream,
    or `aclose`, nothing is still running afterwards.
    """
    walk, fetch, report = _begin(endpoint, client, **options)
    return PartStream(PageStream(walk, fetch, report), rows)


@overload
async def all_items_async(
    endpoint: Endpoint[str],
    client: HTTPClient,
    *,
    page_size: int | None = ...,
    sort: object = ...,
    filter: object = ...,
    start_page: int = ...,
    end_page: int | None = ...,
    allow_truncated: bool = ...,
    progress: Progress | bool | None = ...,
    **arguments: Any,
) -> list[CsvRow]: ...


@overload
async def all_items_async(
    endpoint: Endpoint[Paged[T]],
    client: HTTPClient,
    *,
    page_size: int | None = ...,
    sort: object = ...,
    filter: object = ...,
    start_page: int = ...,
    end_page: int | None = ...,
    allow_truncated: bool = ...,
    progress: Progress | bool | None = ...,
    **arguments: Any,
) -> list[T]: ...
async def all_items_async(endpoint: Any, client: HTTPClient, **options: Any) -> list[Any]:
    """Do as `all_items` does, without blocking the event loop."""
    stream: Stream[Any] = iter_items_async(endpoint, client, **options)
    return [row async for row in stream]


def iter_pages_async(
    endpoint: Endpoint[S],
    client: HTTPClient,
    *,
    page_size: int | None = None,
    sort: object = None,
    filter: object = None,
    start_page: int = 0,
    end_page: int | None = None,
    allow_truncated: bool = False,
    progress: Progress | bool | None = None,
    **arguments: Any,
) -> Stream[S]:
    """Do as `iter_pages` does, in asyncio or trio; see `iter_items_async`."""
    walk, fetch, report = _begin(
        endpoint,
        client,
        page_size=page_size,
        sort=sort,
        filter=filter,
        start_page=start_page,
        end_page=end_page,
        allow_truncated=allow_truncated,
        progress=progress,
        **arguments,
    )
    return PartStream(PageStream(walk, fetch, report), values)
