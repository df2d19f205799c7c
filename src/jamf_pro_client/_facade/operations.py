"""Finds operations: what a call is about, and which other one reads or tells what became of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, TypeVar

from jamf_pro_client._bound import BoundCall, with_options
from jamf_pro_client._unset import UNSET
from jamf_pro_client.errors import ConfigurationError

if TYPE_CHECKING:
    from jamf_pro_client.client import HTTPClient
    from jamf_pro_client.operation import Operation

__all__ = ("locked_reading", "named", "operation_of", "status_of", "walk_of")

C = TypeVar("C", bound="HTTPClient")

IsDone = Callable[[Any], object]


def operation_of(given: Any, client: HTTPClient) -> Operation[Any, Any]:
    """Return the facts of an operation.

    Args:
        given: Bound to a client, a module, or the facts themselves.
        client: The one that is going to call it.

    Raises:
        ConfigurationError: It is none of them, or bound to another server or other credentials.
    """
    if isinstance(given, BoundCall) and _who_asks(given.client) != _who_asks(client):
        where = given.client.base_url
        raise ConfigurationError(f"{given.__name__} belongs to another client, for {where}")
    from jamf_pro_client.operation import Operation  # loaded with the first endpoint

    for found in (given, getattr(given, "operation", None), getattr(given, "OPERATION", None)):
        if isinstance(found, Operation):
            return found
    raise ConfigurationError(
        f"not an operation, but of type {type(given).__name__}: give one such as "
        "client.pro_api.get_v1_buildings, without calling it"
    )


def _who_asks(client: Any) -> tuple[str, int]:
    return client.base_url, id(getattr(client, "credentials", None))


def walk_of(operation: Any, client: C, arguments: dict[str, Any]) -> tuple[Operation[Any, Any], C]:
    """Return what is walked, and with which client.

    Args:
        operation: Bound to a client, a module, or the facts themselves.
        client: The client of all other calls.
        arguments: Of the walk; `timeout` and `headers` are taken out.

    Raises:
        ConfigurationError: It is no operation, or one of another client.
    """
    timeout, headers = arguments.pop("timeout", UNSET), arguments.pop("headers", None)
    return operation_of(operation, client), with_options(client, timeout, headers)


def named(operations: Any, name: str) -> Any:
    """Return an operation by its name.

    Args:
        operations: Where to look.
        name: Of the operation.

    Raises:
        ConfigurationError: There is none.
    """
    try:
        return getattr(operations, name)
    except AttributeError:
        raise ConfigurationError(f"there is no operation {name} to read with") from None


def locked_reading(operation: Operation[Any, Any]) -> str:
    """Return the name of the operation that reads what a version-locked one changes.

    Args:
        operation: The one that writes.

    Raises:
        ConfigurationError: It has no version lock, or it makes something new.
    """
    if not operation.version_locked:
        raise ConfigurationError(f"{operation.name} has no version lock")
    return _reading_twin(operation)


def _reading_twin(operation: Operation[Any, Any]) -> str:
    name = _twin_name(operation)
    if name is None:
        raise ConfigurationError(f"{operation.name} changes no record that can be read")
    return name


def _twin_name(operation: Operation[Any, Any]) -> str | None:
    method, _, rest = operation.name.partition("_")
    if method not in ("put", "patch") and not (method == "post" and operation.path_parameters):
        return None
    return "get_" + rest.removesuffix("_delete_multiple")


def status_of(
    operation: Operation[Any, Any], until: IsDone | None, readers: Any
) -> tuple[str, IsDone]:
    """Return the operation that tells how far this one has got, and what says that it is done.

    Args:
        operation: What was called, and accepted.
        until: What says it, if the caller knows.
        readers: Where the operations are that read.

    Raises:
        ConfigurationError: The server does not tell.
    """
    name, known = _STATUS.get(operation.name) or (_twin_name(operation), None)
    if name is None or not hasattr(readers, name):
        raise ConfigurationError(
            f"{operation.name} changes no record that can be read: read what it brings about, "
            f"as in {_EXAMPLE}"
        )
    is_done = until or known
    if is_done is None:
        raise ConfigurationError(
            f"the server does not say when {operation.name} is done: give until="
        )
    return name, is_done


def _startup_is_over(status: Any) -> bool:
    return bool(status.step_code == "SERVER_INIT_COMPLETE" or status.error)


def _push_is_over(request: Any) -> bool:
    return bool(request.status == "COMPLETED")


_EXAMPLE: Final = (
    "jamf_pro_client.waiting.wait_until(lambda: client.pro_api.get_v1_buildings_id('1'), "
    "lambda building: building.name == 'Harbour'); in an event loop, with wait_until_async"
)
_STARTUP: Final = ("get_startup_status", _startup_is_over)

# What says that it is done stands here only where the description has a value for it.
_STATUS: Final[Mapping[str, tuple[str, IsDone | None]]] = {
    "post_v1_system_initialize": _STARTUP,
    "post_v1_system_platform_initialize": _STARTUP,
    "post_v1_system_initialize_database_connection": _STARTUP,
    "post_v1_apns_client_push_status_enable_all_clients": (
        "get_v1_apns_client_push_status_enable_all_clients_status",
        _push_is_over,
    ),
    "post_v1_log_flushing_task": ("get_v1_log_flushing_task_id", None),
}
