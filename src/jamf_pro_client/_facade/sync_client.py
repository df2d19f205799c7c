"""`JamfProClient`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self, TypeVar, overload

from jamf_pro_client._facade import operations, raw_requests
from jamf_pro_client._facade.classic_api import ClassicApi
from jamf_pro_client._facade.mdm_commands import CommandLog
from jamf_pro_client._facade.pro_api import ProApi
from jamf_pro_client._facade.walks import Walks
from jamf_pro_client._unset import UNSET, Unset

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Unpack

    from jamf_pro_client._client.raw import Files, Params
    from jamf_pro_client._facade.mdm_commands import Command
    from jamf_pro_client._httpx import httpx
    from jamf_pro_client._transport.call import TimeoutValue
    from jamf_pro_client.auth import AccessToken, CredentialsProvider
    from jamf_pro_client.models import MdmCommand
    from jamf_pro_client.resilience import Timing
    from jamf_pro_client.session import SessionConfig
    from jamf_pro_client.waiting import WaitOptions

__all__ = ("JamfProClient",)

M = TypeVar("M")
T = TypeVar("T")
W = TypeVar("W")


class JamfProClient(Walks):
    """A client for Jamf Pro; threads can share it.

    Resilience is on: failures that can pass are retried, writes only when they were certainly not
    executed. Close it, or use it in a `with` block; it works without, too.

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
        self.pro_api = ProApi(self._http)
        """The operations of the Jamf Pro API."""
        self.classic_api = ClassicApi(self._http)
        """The operations of the Classic API."""

    def get_access_token(self) -> AccessToken:
        """Return a valid token; requests get theirs by themselves."""
        return self._http.credentials.get_access_token()

    def pro_api_request(
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
        """Send a request to any path of the Jamf Pro API; return the reply, whatever its status.

        Args:
            method: The HTTP method, such as "get".
            resource_path: Such as "v1/buildings"; "/api" in front of it is optional.
            query_params: The query, as a mapping or as pairs, in which a name can repeat.
            data: A model, dict or list, sent as JSON; or text or bytes, sent as they are.
            files: Parts of a multipart body; *data* then holds its form fields.
            override_headers: Further headers; they win over those of the same name.
            timeout: Seconds or an httpx.Timeout for each step; None means no such limit.

        Raises:
            TransportError: There is no usable answer.
            AmbiguousWriteError: A write was sent and its outcome is unknown.
            ConfigurationError: An argument cannot be used.
        """
        options = raw_requests.pro_options(data, files, query_params, override_headers, timeout)
        return self._http.request(method, raw_requests.pro_path(resource_path), **options)

    def classic_api_request(
        self,
        method: str,
        resource_path: str,
        data: object = None,
        override_headers: Mapping[str, str] | None = None,
        query_params: Params | None = None,
        *,
        timeout: TimeoutValue | Unset = UNSET,
    ) -> httpx.Response:
        """Send a request to any path of the Classic API; return the reply, whatever its status.

        JSON is asked for unless the headers say otherwise.

        Args:
            method: The HTTP method, such as "get".
            resource_path: Such as "computers/id/1"; "JSSResource" in front of it is optional.
            data: An XML document as text or bytes, or a model of the Classic API.
            override_headers: Further headers; they win over those of the same name.
            query_params: The query, as a mapping or as pairs.
            timeout: Seconds or an httpx.Timeout for each step; None means no such limit.

        Raises:
            TransportError: There is no usable answer.
            AmbiguousWriteError: A write was sent and its outcome is unknown.
            ConfigurationError: An argument cannot be used.
        """
        options = raw_requests.classic_options(data, query_params, override_headers, timeout)
        return self._http.request(method, raw_requests.classic_path(resource_path), **options)

    @overload
    def concurrent_api_requests(
        self,
        handler: Callable[..., T],
        arguments: Iterable[Any],
        return_model: None = ...,
        *,
        max_concurrency: int | None = ...,
        return_exceptions: Literal[False] | None = ...,
        in_order: bool = ...,
    ) -> Iterator[T]: ...
    @overload
    def concurrent_api_requests(
        self,
        handler: Callable[..., Any],
        arguments: Iterable[Any],
        return_model: type[M],
        *,
        max_concurrency: int | None = ...,
        return_exceptions: Literal[False] | None = ...,
        in_order: bool = ...,
    ) -> Iterator[M]: ...
    @overload
    def concurrent_api_requests(
        self,
        handler: Callable[..., T],
        arguments: Iterable[Any],
        return_model: None = ...,
        *,
        max_concurrency: int | None = ...,
        return_exceptions: bool,
        in_order: bool = ...,
    ) -> Iterator[T | Exception]: ...
    @overload
    def concurrent_api_requests(
        self,
        handler: Callable[..., Any],
        arguments: Iterable[Any],
        return_model: type[M],
        *,
        max_concurrency: int | None = ...,
        return_exceptions: bool,
        in_order: bool = ...,
    ) -> Iterator[M | Exception]: ...
    def concurrent_api_requests(
        self,
        handler: Callable[..., Any],
        arguments: Iterable[Any],
        return_model: Any = None,
        *,
        max_concurrency: int | None = None,
        return_exceptions: bool | None = None,
        in_order: bool = True,
    ) -> Iterator[Any]:
        """Call a function with each of many arguments, several at a time; iterate over the results.

        Args:
            handler: Any function; it is called in worker threads.
            arguments: Any iterable, consumed as results are. A dict is unpacked as keywords;
                anything else is the only argument.
            return_model: A model to read raw responses into.
            max_concurrency: How many calls at a time; by default as the settings say.
            return_exceptions: Whether to yield exceptions instead of raising the first one; by
                default as the settings say.
            in_order: Whether results come in the order of the arguments, or as they are ready.
        """
        from jamf_pro_client.concurrency import concurrent_api_requests  # with the first run

        return concurrent_api_requests(
            handler,
            arguments,
            return_model=return_model,
            in_order=in_order,
            **self._run_options(max_concurrency, return_exceptions),
        )

    def update_safely(
        self,
        write: Callable[..., W],
        *arguments: str,
        change: Callable[[Any], object],
        attempts: int = 5,
        timing: Timing | None = None,
    ) -> W:
        """Read a record with a version lock, change it and write it.

        When somebody else was faster, it starts over from a fresh read.

        Args:
            write: The operation that writes, such as `client.pro_api.put_v3_computer_prestages_id`.
            *arguments: What is in its path, such as the id.
            change: Changes the record that was read and returns None, or returns the body to write.
                It is called once for each attempt.
            attempts: How often to try.
            timing: Where time and randomness come from, for tests.

        Raises:
            OptimisticLockError: The last attempt was too late as well.
            ConfigurationError: The operation has no version lock.
        """
        from jamf_pro_client.updating import update_safely  # with the first update

        operation = operations.operation_of(write, self._http)
        read = operations.named(self.pro_api, operations.locked_reading(operation))
        # Not the one that was given: it may be one that does not raise.
        send: Callable[..., W] = operations.named(self.pro_api, operation.name)
        return update_safely(
            lambda: read(*arguments),
            change,
            lambda body: send(*arguments, body=body),
            attempts=attempts,
            timing=timing,
        )

    def wait_for(
        self,
        operation: Callable[..., object],
        *arguments: str,
        until: Callable[[Any], object] | None = None,
        **options: Unpack[WaitOptions],
    ) -> Any:
        """Wait until what the server has accepted (202) is done; return what it said last.

        Args:
            operation: What was called, such as `client.pro_api.post_v1_log_flushing_task`. If it
                changes a record, that record is read.
            *arguments: What is in the path of the operation that reports its progress.
            until: Gets what that operation says; a true result ends the waiting. Not needed where
                the description has a value for it.
            **options: `deadline`, `first_wait` and `longest_wait` in seconds.

        Raises:
            DeadlineExceededError: It took too long. Its cause is why the last look failed, if it
                did: while a server is busy or starting, the wait goes on.
            ConfigurationError: The server does not report it.
        """
        from jamf_pro_client._facade.looks import in_time, watch  # with the first wait
        from jamf_pro_client.waiting import Pace

        given = operations.operation_of(operation, self._http)
        name, is_done = operations.status_of(given, until, self.pro_api)
        pace = Pace.of("wait_for", options)

        def look() -> Any:
            return getattr(ProApi(in_time(self._http, pace)), name)(*arguments)

        return watch(look, is_done, pace)

    def wait_for_mdm_commands(
        self, uuids: Iterable[Command], **options: Unpack[WaitOptions]
    ) -> list[MdmCommand]:
        """Wait until devices have answered MDM commands; return these, in the order given.

        Look at their `command_state`: a device can answer with an error too.

        Args:
            uuids: Of the commands, or what the operation that sent them returned.
            **options: `deadline`, `first_wait` and `longest_wait` in seconds.

        Raises:
            DeadlineExceededError: A device has not answered; the error names the commands, and its
                `last` has those so far. Its cause is why the last look failed, if it did.
        """
        from jamf_pro_client._facade.looks import in_time, watch  # with the first wait
        from jamf_pro_client.waiting import DeadlineExceededError, Pace

        log = CommandLog(uuids)
        pace = Pace.of("wait_for_mdm_commands", options)

        def read() -> list[Any]:
            for query in log.open_queries():
                page = ProApi(in_time(self._http, pace)).get_v2_mdm_commands(filter_=query)
                log.see(page.results or ())
            return log.commands

        try:
            return watch(read, log.is_done, pace)
        except DeadlineExceededError as error:
            raise log.too_late(error) from error.__cause__

    def close(self) -> None:
        """Close the connections; the next call opens new ones."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
