"""`pro_api`: the operations of the Jamf Pro API, and names for what people do most."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Literal, overload

from jamf_pro_client._bound import CallOptions
from jamf_pro_client._facade.operations import walk_of
from jamf_pro_client._spelling import did_you_mean
from jamf_pro_client.api.bound import (
    AsyncOperations,
    AsyncRawOperations,
    Operations,
    RawOperations,
)

if TYPE_CHECKING:
    from typing import Unpack

    from jamf_pro_client._concurrency.tasks import Stream
    from jamf_pro_client._paging.bar import Progress
    from jamf_pro_client.filters import FilterExpression, SortExpression
    from jamf_pro_client.models import (
        ComputerInventory,
        ComputerInventorySearchResults,
        ComputerInventorySearchResultsV4,
        ComputerInventoryV4,
    )

__all__ = ("AsyncProApi", "InventoryOptions", "ProApi")


class InventoryOptions(CallOptions, total=False):
    """Which computers to return, and what of them."""

    page_size: int
    """Rows in a page; 100 by default."""
    sections: Sequence[str] | None
    """Such as "GENERAL" and "HARDWARE"; the others are null. The server's default is "GENERAL"."""
    sort_expression: SortExpression | str | Sequence[str] | None
    """By id unless given."""
    filter_expression: FilterExpression | str | None
    """Computers that do not match are left out."""
    start_page: int
    """The first page, counted from 0."""
    end_page: int | None
    """The last page; None is the end."""
    allow_truncated: bool
    """Take what there is when rows are missing, instead of raising."""
    progress: Progress | bool | None
    """A function that is called after each page with the rows so far and the server's count; True
    for a progress bar on the terminal."""


_NAMES: Final = {
    "page_size": "page_size",
    "sections": "section",
    "sort_expression": "sort",
    "filter_expression": "filter",
    "start_page": "start_page",
    "end_page": "end_page",
    "allow_truncated": "allow_truncated",
    "progress": "progress",
    "timeout": "timeout",
    "headers": "headers",
}


class ProApi(Operations):
    """The operations of the Jamf Pro API; each also takes timeout and headers."""

    @property
    def with_raw_response(self) -> RawOperations:
        """The same operations, returning status, headers and body instead of raising."""
        return RawOperations(self._client)

    @overload
    def get_computer_inventory_v1(
        self, *, return_generator: Literal[False] = ..., **options: Unpack[InventoryOptions]
    ) -> list[ComputerInventory]: ...
    @overload
    def get_computer_inventory_v1(
        self, *, return_generator: Literal[True], **options: Unpack[InventoryOptions]
    ) -> Iterator[ComputerInventorySearchResults]: ...
    def get_computer_inventory_v1(
        self, *, return_generator: bool = False, **options: Unpack[InventoryOptions]
    ) -> Any:
        """Return all computers, or an iterator of their pages.

        Jamf deprecates this version; `get_computer_inventory_v4` is the same for the newest.

        Args:
            return_generator: Whether to return an iterator of pages instead of a list.
            **options: `page_size`, `sections`, `sort_expression`, `filter_expression`,
                `start_page`, `end_page`, `allow_truncated`, `progress`, `timeout` and `headers`.

        Raises:
            TruncatedResultError: The server returned fewer rows than it counted, or repeated some.
        """
        return self._inventory("get_v1_computers_inventory", return_generator, options)

    @overload
    def get_computer_inventory_v4(
        self, *, return_generator: Literal[False] = ..., **options: Unpack[InventoryOptions]
    ) -> list[ComputerInventoryV4]: ...
    @overload
    def get_computer_inventory_v4(
        self, *, return_generator: Literal[True], **options: Unpack[InventoryOptions]
    ) -> Iterator[ComputerInventorySearchResultsV4]: ...
    def get_computer_inventory_v4(
        self, *, return_generator: bool = False, **options: Unpack[InventoryOptions]
    ) -> Any:
        """Do as `get_computer_inventory_v1` does, with the newest version of the inventory."""
        return self._inventory("get_v4_computers_inventory", return_generator, options)

    def _inventory(self, name: str, by_page: bool, options: InventoryOptions) -> Any:
        from jamf_pro_client import paging  # with the first walk

        walk: Any = paging.iter_pages if by_page else paging.all_items
        given = _arguments(options)
        return walk(*walk_of(getattr(self, name), self._client, given), **given)


class AsyncProApi(AsyncOperations):
    """The operations of the Jamf Pro API; each also takes timeout and headers."""

    @property
    def with_raw_response(self) -> AsyncRawOperations:
        """The same operations, returning status, headers and body instead of raising."""
        return AsyncRawOperations(self._client)

    @overload
    async def get_computer_inventory_v1(
        self, *, return_generator: Literal[False] = ..., **options: Unpack[InventoryOptions]
    ) -> list[ComputerInventory]: ...
    @overload
    async def get_computer_inventory_v1(
        self, *, return_generator: Literal[True], **options: Unpack[InventoryOptions]
    ) -> Stream[ComputerInventorySearchResults]: ...
    async def get_computer_inventory_v1(
        self, *, return_generator: bool = False, **options: Unpack[InventoryOptions]
    ) -> Any:
        """Return all computers, or an async iterator of their pages; see `ProApi`."""
        return await self._inventory("get_v1_computers_inventory", return_generator, options)

    @overload
    async def get_computer_inventory_v4(
        self, *, return_generator: Literal[False] = ..., **options: Unpack[InventoryOptions]
    ) -> list[ComputerInventoryV4]: ...
    @overload
    async def get_computer_inventory_v4(
        self, *, return_generator: Literal[True], **options: Unpack[InventoryOptions]
    ) -> Stream[ComputerInventorySearchResultsV4]: ...
    async def get_computer_inventory_v4(
        self, *, return_generator: bool = False, **options: Unpack[InventoryOptions]
    ) -> Any:
        """Do as `get_computer_inventory_v1` does, with the newest version of the inventory."""
        return await self._inventory("get_v4_computers_inventory", return_generator, options)

    async def _inventory(self, name: str, by_page: bool, options: InventoryOptions) -> Any:
        from jamf_pro_client import paging  # with the first walk

        given = _arguments(options)
        operation, client = walk_of(getattr(self, name), self._client, given)
        if by_page:
            return paging.iter_pages_async(operation, client, **given)
        return await paging.all_items_async(operation, client, **given)


def _arguments(options: InventoryOptions) -> dict[str, Any]:
    """Return the arguments of a walk over pages.

    Raises:
        TypeError: There is no such option.
    """
    unknown = options.keys() - _NAMES.keys()
    if unknown:
        name = min(unknown)
        raise TypeError(f"the inventory has no option {name!r}{did_you_mean(_NAMES, name)}")
    given: Mapping[str, Any] = {"page_size": 100, **options}
    # A timeout of None is a value, too.
    return {
        _NAMES[name]: value
        for name, value in given.items()
        if value is not None or name == "timeout"
    }
