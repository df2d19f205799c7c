"""`AsyncJamfProClient`."""

from __future__ import annotations

from collections.abc import AsyncIterable, Awaitable, Callable, Iterable
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self, TypeVar, overload

from jamf_pro_client._facade import operations, raw_requests
from jamf_pro_client._facade.classic_api import AsyncClassicApi
from jamf_pro_client._facade.mdm_commands import CommandLog
from jamf_pro_client._facade.pro_api import AsyncProApi
from jamf_pro_client._facade.walks import AsyncWalks
from jamf_pro_client._unset import UNSET, Unset

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Unpack

    from jamf_pro_client._client.raw import Files, Params
    from jamf_pro_client._concurrency.tasks import Stream
    from jamf_pro_client._facade.mdm_commands import Command
    from jamf_pro_client._httpx import httpx
    from jamf_pro_client._transport.call import TimeoutValue
    from jamf_pro_client.auth import AccessToken, CredentialsProvider
    from jamf_pro_client.models import MdmCommand
    from jamf_pro_client.resilience import Timing
    from jamf_pro_client.session import SessionConfig
    from jamf_pro_client.waiting import WaitOptions

__all__ = ("AsyncJamfProClient",)

M = TypeVar("M")
T = TypeVar("T")
W = TypeVar("W")


class AsyncJamfProClient(AsyncWalks):
    """A client for Jamf Pro in event loops, of asyncio or trio.

    Resilience is on: failures that can pass are retried, writes only when they were certainly not
    executed. Close it, or use it in an `async with` block; it works without, too.

    Args:
        server: Its name or address, such as "jamf.my.org"; https unless it says otherwise.
        credentials: Gets the tokens; one provider can serve sync and async clients of one server.
        session_config: How to talk to the server; see `SessionConfig` for the defaults.

    Raises:
        ConfigurationError: An argument cannot be used.
    """

    def __init__(
        self,
        server: str,
        credentials: CredentialsProvider,
        session_config: SessionConfig | None = None,
    ) -> None:
        super().__init__(server, credentials, session_config)
        self.pro_api = AsyncProApi(self._http)
        """The operations of the Jamf Pro API."""
        self.classic_api = AsyncClassicApi(self._http)
        """The operations of the Classic API."""

    async def get_access_token_async(self) -> AccessToken:
        """Return a valid token; requests get theirs by themselves."""
        return await self._http.credentials.get_access_token_async()

    async def async_pro_api_request(
        self,
        method: str,
        resource_path: str,
        query_params: Params | None = None,
        data: object = None,
        files: Files | None = None,
        override_headers: Mapping[str, str] | None = None,
        *,
        timeout: TimeoutValue | Unset = UNSET,
    ) -> httpx.Response:
        """Do as `JamfProClient.pro_api_request` does, without blocking the event loop."""
        options = raw_requests.pro_options(data, files, query_params, override_headers, timeout)
        return await self._http.arequest(method, raw_requests.pro_path(resource_path), **options)

    async def async_classic_api_request(
        self,
        method: str,
        resource_path: str,
        data: object = None,
        override_headers: Mapping[str, str] | None = None,
        query_params: Params | None = None,
        *,
        timeout: TimeoutValue | Unset = UNSET,
    ) -> httpx.Response:
        """Do as `JamfProClient.classic_api_request` does, without blocking the event loop."""
        options = raw_requests.classic_options(data, query_params, override_headers, timeout)
        return await self._http.arequest(
            method, raw_requests.classic_path(resource_path), **options
        )

    @overload
    def async_concurrent_api_requests(
        self,
        handler: Callable[..., Awaitable[T]],
        arguments: Iterable[Any] | AsyncIterable[Any],
        return_model: None = ...,
        *,
        max_concurrency: int | None = ...,
        return_exceptions: Literal[False] | None = ...,
        in_order: bool = ...,
    ) -> Stream[T]: ...
    @overload
    def async_concurrent_api_requests(
        self,
        handler: Callable[..., Awaitable[Any]],
        arguments: Iterable[Any] | AsyncIterable[Any],
        return_model: type[M],
        *,
        max_concurrency: int | None = ...,
        return_exceptions: Literal[False] | None = ...,
        in_order: bool = ...,
    ) -> Stream[M]: ...
    @overload
    def async_concurrent_api_requests(
        self,
        handler: Callable[..., Awaitable[T]],
        arguments: Iterable[Any] | AsyncIterable[Any],
        return_model: None = ...,
        *,
        max_concurrency: int | None = ...,
        return_exceptions: bool,
        in_order: bool = ...,
    ) -> Stream[T | Exception]: ...
    @overload
    def async_concurrent_api_requests(
        self,
        handler: Callable[..., Awaitable[Any]],
        arguments: Iterable[Any] | AsyncIterable[Any],
        return_model: type[M],
        *,
        max_concurrency: int | None = ...,
        return_exceptions: bool,
        in_order: bool = ...,
    ) -> Stream[M | Exception]: ...
    def async_concurrent_api_requests(
        self,
        handler: Callable[..., Awaitable[Any]],
        arguments: Iterable[Any] | AsyncIterable[Any],
        return_model: Any = None,
        *,
        max_concurrency: int | None = None,
        return_exceptions: bool | None = None,
        in_order: bool = True,
    ) -> Stream[Any]:
        """Call a function with each of many arguments, several at a time; iterate over the results.

        Args:
            handler: Any async function.
            arguments: Any iterable, async ones too, consumed as results are. A dict is unpacked as
                keywords; anything else is the only argument.
            return_model: A model to read raw responses into.
            max_concurrency: How many calls at a time; by default as the settings say.
            return_exceptions: Whether to yield exceptions instead of raising the first one; by
                default as the settings say.
            in_order: Whether results come in the order of the arguments, or as they are ready.
        """
        from jamf_pro_client.concurrency import async_concurrent_api_requests  # with the first run

        return async_concurrent_api_requests(
            handler,
            arguments,
            return_model=return_model,
            in_order=in_order,
            **self._run_options(max_concurrency, return_exceptions),
        )

    async def update_safely(
        self,
        write: Callable[..., Awaitable[W]],
        *arguments: str,
        change: Callable[[Any], object],
        attempts: int = 5,
        timing: Timing | None = None,
    ) -> W:
        """Do as `JamfProClient.update_safely` does, in an event loop; *change* can be async."""
        from jamf_pro_client.updating import update_safely_async  # with the first update

        operation = operations.operation_of(write, self._http)
        read = operations.named(self.pro_api, operations.locked_reading(operation))
        # Not the one that was given: it may be one that does not raise.
        send: Callable[..., Awaitable[W]] = operations.named(self.pro_api, operation.name)
        return await update_safely_async(
            lambda: read(*arguments),
            change,
            lambda body: send(*arguments, body=body),
            attempts=attempts,
            timing=timing,
        )

    async def wait_for(
        self,
        operation: Callable[..., object],
        *arguments: str,
        until: Callable[[Any], object] | None = None,
        **options: Unpack[WaitOptions],
    ) -> Any:
        """Do as `JamfProClient.wait_for` does, in an event loop; *until* can be async."""
        from jamf_pro_client._facade.looks import in_time, watch_async  # with the first wait
        from jamf_pro_client.waiting import Pace

        given = operations.operation_of(operation, self._http)
        name, is_done = operations.status_of(given, until, self.pro_api)
        pace = Pace.of("wait_for", options)

        async def look() -> Any:
            return await getattr(AsyncProApi(in_time(self._http, pace)), name)(*arguments)

        return await watch_async(look, is_done, pace)

    async def wait_for_mdm_commands(
        self, uuids: Iterable[Command], **options: Unpack[WaitOptions]
    ) -> list[MdmCommand]:
        """Do as `JamfProClient.wait_for_mdm_commands` does, without blocking the loop."""
        from jamf_pro_client._facade.looks import in_time, watch_async  # with the first wait
        from jamf_pro_client.waiting import DeadlineExceededError, Pace

        log = CommandLog(uuids)
        pace = Pace.of("wait_for_mdm_commands", options)

        async def read() -> list[Any]:
            for query in log.open_queries():
                pro_api = AsyncProApi(in_time(self._http, pace))
                page = await pro_api.get_v2_mdm_commands(filter_=query)
                log.see(page.results or ())
            return log.commands

        try:
            return await watch_async(read, log.is_done, pace)
        except DeadlineExceededError as error:
            raise log.too_late(error) from error.__cause__

    async def aclose(self) -> None:
        """Close the connections of the running event loop; the next call opens new ones."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()
