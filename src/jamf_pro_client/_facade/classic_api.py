"""`classic_api`: the operations of the Classic API, and names for what people do most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from jamf_pro_client.classic.api.bound import (
    AsyncOperations,
    AsyncRawOperations,
    Operations,
    RawOperations,
)

if TYPE_CHECKING:
    from typing import Unpack

    from jamf_pro_client._bound import CallOptions
    from jamf_pro_client.classic.models import Computer, IdName, WriteResult
    from jamf_pro_client.types import File

    Body = Computer | Mapping[str, Any] | str | bytes | File

__all__ = ("AsyncClassicApi", "ClassicApi")


class ClassicApi(Operations):
    """The operations of the Classic API; each also takes timeout and headers."""

    @property
    def with_raw_response(self) -> RawOperations:
        """The same operations, returning status, headers and body instead of raising."""
        return RawOperations(self._client)

    def list_all_computers(self, **options: Unpack[CallOptions]) -> list[IdName]:
        """Return id and name of every computer."""
        found: list[IdName] = self._bind("find_computers")(**options)
        return found

    def get_computer_by_id(
        self, id: int, subsets: Sequence[str] | None = None, **options: Unpack[CallOptions]
    ) -> Computer:
        """Return one computer.

        Args:
            id: Its id.
            subsets: Sections to return, such as "general" and "location"; all of them unless given.
            **options: `timeout` and `headers`.

        Raises:
            NotFoundError: There is no such computer.
        """
        name, arguments = _reading(id, subsets)
        found: Computer = self._bind(name)(*arguments, **options)
        return found

    # Like the operation of that name, but the body may be positional.
    def update_computer_by_id(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, id: int, body: Body, **options: Unpack[CallOptions]
    ) -> WriteResult:
        """Change one computer; what is not set in the body stays as it is.

        Args:
            id: Its id.
            body: Such as `Computer(location=Location(building="HQ"))`, or a `ClassicComputer`.
            **options: `timeout` and `headers`.

        Raises:
            NotFoundError: There is no such computer.
        """
        result: WriteResult = self._bind("update_computer_by_id")(id, body=body, **options)
        return result


class AsyncClassicApi(AsyncOperations):
    """The operations of the Classic API; each also takes timeout and headers."""

    @property
    def with_raw_response(self) -> AsyncRawOperations:
        """The same operations, returning status, headers and body instead of raising."""
        return AsyncRawOperations(self._client)

    async def list_all_computers(self, **options: Unpack[CallOptions]) -> list[IdName]:
        """Return id and name of every computer."""
        found: list[IdName] = await self._bind("find_computers")(**options)
        return found

    async def get_computer_by_id(
        self, id: int, subsets: Sequence[str] | None = None, **options: Unpack[CallOptions]
    ) -> Computer:
        """Return one computer, or sections of it; see `ClassicApi`."""
        name, arguments = _reading(id, subsets)
        found: Computer = await self._bind(name)(*arguments, **options)
        return found

    async def update_computer_by_id(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, id: int, body: Body, **options: Unpack[CallOptions]
    ) -> WriteResult:
        """Change one computer; what is not set in the body stays as it is. See `ClassicApi`."""
        result: WriteResult = await self._bind("update_computer_by_id")(id, body=body, **options)
        return result


def _reading(id: int, subsets: Sequence[str] | None) -> tuple[str, tuple[Any, ...]]:
    if not subsets:
        return "find_computers_by_id", (id,)
    return "find_computers_by_id_subset", (id, subsets)
