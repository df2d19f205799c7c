"""Operations as methods: what the generated `bound` modules stand on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypedDict, TypeVar

from jamf_pro_client._spelling import did_you_mean
from jamf_pro_client._unset import UNSET, Unset

if TYPE_CHECKING:
    import inspect
    from types import ModuleType

    from jamf_pro_client._transport.call import TimeoutValue
    from jamf_pro_client.client import HTTPClient
    from jamf_pro_client.operation import Operation

__all__ = (
    "BoundCall",
    "BoundOperations",
    "CallOptions",
    "Rows",
    "check_expressions",
    "with_options",
)

C = TypeVar("C", bound="HTTPClient")
T_co = TypeVar("T_co", covariant=True)


class Rows(Protocol[T_co]):
    """A page of a list."""

    @property
    def results(self) -> Sequence[T_co] | None | Unset:
        """Its items."""


class CallOptions(TypedDict, total=False):
    """What every operation takes besides its own arguments."""

    timeout: TimeoutValue
    """Seconds or an httpx.Timeout for each step of the request; None means no such limit."""
    headers: Mapping[str, str]
    """Further headers; they win over those of the same name."""


class BoundOperations:
    """Operations that know their client. An operation's module is loaded at its first use.

    Args:
        client: Where to ask, and as whom.
    """

    _package: ClassVar[str] = ""
    """Package with a package for each tag."""
    _function: ClassVar[str] = "sync"
    """Which function of an endpoint module is meant."""

    def __init__(self, client: HTTPClient) -> None:
        self._client = client

    def _bind(self, name: str) -> BoundCall:
        """Return an operation, also one whose name a subclass uses for something else."""
        tag = _tags(self._package).get(name)
        if tag is None:
            raise AttributeError(self._nothing_called(name), name=name, obj=self)
        module = import_module(f"{self._package}.{tag}.{name}")
        return BoundCall(self._client, module, self._function)

    if not TYPE_CHECKING:  # type checkers see the methods of the stub

        def __getattr__(self, name: str) -> BoundCall:
            bound = self.__dict__[name] = self._bind(name)
            return bound

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *_tags(self._package)})

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._client!r}>"

    def _nothing_called(self, name: str) -> str:
        return f"there is no operation {name!r}{did_you_mean(_tags(self._package), name)}"


class BoundCall:
    """One operation, bound to a client: call it with the operation's arguments.

    Args:
        client: Where to ask, and as whom.
        module: The endpoint module.
        function: Which of its functions is called.
    """

    __slots__ = ("__weakref__", "_client", "_function", "_module")

    def __init__(self, client: HTTPClient, module: ModuleType, function: str) -> None:
        self._client = client
        self._module = module
        self._function = function

    @property
    def operation(self) -> Operation[Any, Any]:
        """The facts of the operation."""
        operation: Operation[Any, Any] = self._module.OPERATION
        return operation

    @property
    def client(self) -> HTTPClient:
        """Where it asks."""
        return self._client

    @property
    def is_async(self) -> bool:
        """Whether a call gives an awaitable."""
        return self._function.startswith("asyncio")

    def __call__(
        self,
        *arguments: Any,
        timeout: TimeoutValue | Unset = UNSET,
        headers: Mapping[str, str] | None = None,
        **keywords: Any,
    ) -> Any:
        """Call the operation; async ones give an awaitable."""
        check_expressions(self.operation, keywords.values())
        client = with_options(self._client, timeout, headers)
        function = getattr(self._module, self._function)
        try:
            return function(*arguments, client=client, **keywords)
        except TypeError:
            _check_arguments(self, arguments, keywords)
            raise

    @property
    def __name__(self) -> str:
        return self.operation.name

    @property
    def __doc__(self) -> str | None:  # type: ignore[override]  # each has a text of its own
        text: str | None = self._module.sync.__doc__
        return text

    @property
    def __signature__(self) -> inspect.Signature:
        import inspect  # with the first look at a signature

        given = inspect.signature(getattr(self._module, self._function))
        options = [
            inspect.Parameter(
                name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation
            )
            for name, default, annotation in (
                ("timeout", UNSET, "TimeoutValue | Unset"),
                ("headers", None, "Mapping[str, str] | None"),
            )
        ]
        own = [one for one in given.parameters.values() if one.name != "client"]
        return given.replace(parameters=[*own, *options])

    def __repr__(self) -> str:
        return f"<{self._function} of {self.operation.name}, bound to {self._client!r}>"


def _check_arguments(
    call: BoundCall, arguments: Sequence[Any], keywords: Mapping[str, Any]
) -> None:
    """Raise for arguments that an operation does not take, by its name.

    All functions of endpoint modules are called the same, so that Python's words do not tell.
    """
    import inspect  # with the first mistake

    signature = inspect.signature(call)
    known = signature.parameters
    for name in keywords:
        if name not in known:
            hint = did_you_mean(known, name)
            raise TypeError(f"{call.__name__}: got an unexpected keyword argument {name!r}{hint}")
    try:
        signature.bind(*arguments, **keywords)
    except TypeError as wrong:
        hint = ""
        positional = [one for one in known.values() if one.kind is one.POSITIONAL_OR_KEYWORD]
        if len(arguments) > len(positional) and "body" in known:
            hint = "; the body is given by name: body=..."
        raise TypeError(f"{call.__name__}: {wrong}{hint}") from None


def check_expressions(operation: Operation[Any, Any], values: Iterable[object]) -> None:
    """Warn of fields in filters and sort orders that Jamf does not list for an operation.

    Args:
        operation: What is called.
        values: Its arguments.
    """
    found = [
        one
        for value in values
        for one in (value if isinstance(value, list | tuple) else (value,))
        if isinstance(one, str) and type(one) is not str
    ]
    if found:
        from jamf_pro_client._filters.known import check_fields  # with the first filter

        check_fields(found, operation)


def with_options(
    client: C, timeout: TimeoutValue | Unset = UNSET, headers: Mapping[str, str] | None = None
) -> C:
    """Return the client for calls with a timeout or headers of their own.

    Args:
        client: The client of all other calls.
        timeout: Of each step of a request; UNSET is the client's.
        headers: Further headers.
    """
    if not isinstance(timeout, Unset):
        client = client.with_timeout(timeout)
    return client.with_headers(headers) if headers else client


@cache
def _tags(package: str) -> Mapping[str, str]:
    """Return operation -> package of its tag."""
    listed: Mapping[str, tuple[str, ...]] = import_module(package).OPERATIONS
    return {name: tag for tag, names in listed.items() for name in names}
