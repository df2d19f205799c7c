"""Walks over lists, as methods of the clients."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar, overload

from jamf_pro_client._facade import operations
from jamf_pro_client._facade.base import Facade
from jamf_pro_client._unset import UNSET, Unset

if TYPE_CHECKING:
    from jamf_pro_client._bound import Rows
    from jamf_pro_client._concurrency.tasks import Stream
    from jamf_pro_client._paging.bar import Progress
    from jamf_pro_client._transport.call import TimeoutValue

__all__ = ("AsyncWalks", "Walks")

T = TypeVar("T")
W = TypeVar("W")
Sort: TypeAlias = str | Sequence[str] | None


class Walks(Facade):
    """Walks in threads."""

    @overload
    def all_items(
        self,
        operation: Callable[..., str],
        *,
        page_size: int | None = ...,
        sort: Sort = ...,
        filter: str | None = ...,
        start_page: int = ...,
        end_page: int | None = ...,
        allow_truncated: bool = ...,
        progress: Progress | bool | None = ...,
        timeout: TimeoutValue | Unset = ...,
        headers: Mapping[str, str] | None = ...,
        **arguments: Any,
    ) -> list[dict[str, str]]: ...
    @overload
    def all_items(
        self,
        operation: Callable[..., Rows[T] | list[T]],
        *,
        page_size: int | None = ...,
        sort: Sort = ...,
        filter: str | None = ...,
        start_page: int = ...,
        end_page: int | None = ...,
        allow_truncated: bool = ...,
        progress: Progress | bool | None = ...,
        timeout: TimeoutValue | Unset = ...,
        headers: Mapping[str, str] | None = ...,
        **arguments: Any,
    ) -> list[T]: ...
    def all_items(self, operation: Callable[..., Any], **options: Any) -> list[Any]:
        """Return the items of all pages of a paged operation; never fewer than there are.

        Args:
            operation: Such as `client.pro_api.get_v1_buildings`.
            **options: The operation's own arguments; `timeout` and `headers`; and those of
                `jamf_pro_client.paging.iter_items`, such as `page_size`, `sort`, `filter` and
                `progress`.

        Raises:
            TruncatedResultError: The server returned fewer rows than it counted, or repeated some.
        """
        from jamf_pro_client import paging  # with the first walk

        facts, client = operations.walk_of(operation, self._http, options)
        return paging.all_items(facts, client, **options)

    @overload
    def iter_items(
        self,
        operation: Callable[..., str],
        *,
        page_size: int | None = ...,
        sort: Sort = ...,
        filter: str | None = ...,
        start_page: int = ...,
        end_page: int | None = ...,
        allow_truncated: bool = ...,
        progress: Progress | bool | None = ...,
        timeout: TimeoutValue | Unset = ...,
        headers: Mapping[str, str] | None = ...,
        **arguments: Any,
    ) -> Iterator[dict[str, str]]: ...
    @overload
    def iter_items(
        self,
        operation: Callable[..., Rows[T] | list[T]],
        *,
        page_size: int | None = ...,
        sort: Sort = ...,
        filter: str | None = ...,
        start_page: int = ...,
        end_page: int | None = ...,
        allow_truncated: bool = ...,
        progress: Progress | bool | None = ...,
        timeout: TimeoutValue | Unset = ...,
        headers: Mapping[str, str] | None = ...,
        **arguments: Any,
    ) -> Iterator[T]: ...
    def iter_items(self, operation: Callable[..., Any], **options: Any) -> Iterator[Any]:
        """Do as `all_items` does, item by item; the next pages are fetched meanwhile."""
        from jamf_pro_client import paging  # with the first walk

        facts, client = operations.walk_of(operation, self._http, options)
        return paging.iter_items(facts, client, **options)

    def iter_pages(
        self,
        operation: Callable[..., W],
        *,
        page_size: int | None = None,
        sort: Sort = None,
        filter: str | None = None,
        start_page: int = 0,
        end_page: int | None = None,
        allow_truncated: bool = False,
        progress: Progress | bool | None = None,
        timeout: TimeoutValue | Unset = UNSET,
        headers: Mapping[str, str] | None = None,
        **arguments: Any,
    ) -> Iterator[W]:
        """Do as `all_items` does, page by page."""
        from jamf_pro_client import paging  # with the first walk

        facts, client = operations.walk_of(
            operation, self._http, {"timeout": timeout, "headers": headers}
        )
        return paging.iter_pages(
            facts,
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


class AsyncWalks(Facade):
    """Walks in event loops."""

    @overload
    async def all_items(
        self,
        operation: Callable[..., Awaitable[str]],
        *,
        page_size: int | None = ...,
        sort: Sort = ...,
        filter: str | None = ...,
        start_page: int = ...,
        end_page: int | None = ...,
        allow_truncated: bool = ...,
        progress: Progress | bool | None = ...,
        timeout: TimeoutValue | Unset = ...,
        headers: Mapping[str, str] | None = ...,
        **arguments: Any,
    ) -> list[dict[str, str]]: ...
    @overload
    async def all_items(
        self,
        operation: Callable[..., Awaitable[Rows[T] | list[T]]],
        *,
        page_size: int | None = ...,
        sort: Sort = ...,
        filter: str | None = ...,
        start_page: int = ...,
        end_page: int | None = ...,
        allow_truncated: bool = ...,
        progress: Progress | bool | None = ...,
        timeout: TimeoutValue | Unset = ...,
        headers: Mapping[str, str] | None = ...,
        **arguments: Any,
    ) -> list[T]: ...
    async def all_items(self, operation: Callable[..., Any], **options: Any) -> list[Any]:
        """Do as `JamfProClient.all_items` does; pages are fetched concurrently."""
        from jamf_pro_client import paging  # with the first walk

        facts, client = operations.walk_of(operation, self._http, options)
        found: list[Any] = await paging.all_items_async(facts, client, **options)
        return found

    @overload
    def iter_items(
        self,
        operation: Callable[..., Awaitable[str]],
        *,
        page_size: int | None = ...,
        sort: Sort = ...,
        filter: str | None = ...,
        start_page: int = ...,
        end_page: int | None = ...,
        allow_truncated: bool = ...,
        progress: Progress | bool | None = ...,
        timeout: TimeoutValue | Unset = ...,
        headers: Mapping[str, str] | None = ...,
        **arguments: Any,
    ) -> Stream[dict[str, str]]: ...
    @overload
    def iter_items(
        self,
        operation: Callable[..., Awaitable[Rows[T] | list[T]]],
        *,
        page_size: int | None = ...,
        sort: Sort = ...,
        filter: str | None = ...,
        start_page: int = ...,
        end_page: int | None = ...,
        allow_truncated: bool = ...,
        progress: Progress | bool | None = ...,
        timeout: TimeoutValue | Unset = ...,
        headers: Mapping[str, str] | None = ...,
        **arguments: Any,
    ) -> Stream[T]: ...
    def iter_items(self, operation: Callable[..., Any], **options: Any) -> Stream[Any]:
        """Do as `all_items` does, item by item; the next pages are fetched meanwhile."""
        from jamf_pro_client import paging  # with the first walk

        facts, client = operations.walk_of(operation, self._http, options)
        return paging.iter_items_async(facts, client, **options)

    def iter_pages(
        self,
        operation: Callable[..., Awaitable[W]],
        *,
        page_size: int | None = None,
        sort: Sort = None,
        filter: str | None = None,
        start_page: int = 0,
        end_page: int | None = None,
        allow_truncated: bool = False,
        progress: Progress | bool | None = None,
        timeout: TimeoutValue | Unset = UNSET,
        headers: Mapping[str, str] | None = None,
        **arguments: Any,
    ) -> Stream[W]:
        """Do as `all_items` does, page by page."""
        from jamf_pro_client import paging  # with the first walk

        facts, client = operations.walk_of(
            operation, self._http, {"timeout": timeout, "headers": headers}
        )
        return paging.iter_pages_async(
            facts,
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
