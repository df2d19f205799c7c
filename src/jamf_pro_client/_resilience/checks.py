"""Checks of settings, each with a sentence that names the setting and what it can be."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from typing import Any

import attrs

from jamf_pro_client.errors import ConfigurationError

__all__ = (
    "check_events",
    "check_exceptions",
    "check_flag",
    "check_rate_limit",
    "check_share",
    "check_statuses",
    "check_sticky",
    "instance_of",
    "optional",
    "seconds",
    "whole",
)

Check = Callable[[Any, Any, Any], None]


def whole(least: int) -> Check:
    """Return a check for whole numbers.

    Args:
        least: The smallest one.
    """

    def check(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise ConfigurationError(
                f"{attribute.name} must be a whole number of at least {least}: {value!r}"
            )

    return check


def seconds(*, above_zero: bool = False) -> Check:
    """Return a check for durations.

    Args:
        above_zero: Whether 0 is not enough.
    """

    def check(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
        least = "a number of seconds above 0" if above_zero else "a number of seconds, at least 0"
        if not _is_number(value) or value < 0 or (above_zero and value == 0):  # type: ignore[operator]  # a number
            raise ConfigurationError(f"{attribute.name} must be {least}: {value!r}")

    return check


def optional(check: Check) -> Check:
    """Return a check that lets None pass.

    Args:
        check: For everything else.
    """

    def checked(owner: object, attribute: attrs.Attribute[Any], value: object) -> None:
        if value is not None:
            check(owner, attribute, value)

    return checked


def instance_of(kind: type) -> Check:
    """Return a check for objects of a class.

    Args:
        kind: The class.
    """

    def check(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
        if not isinstance(value, kind):
            raise ConfigurationError(f"{attribute.name} must be a {kind.__name__}: {value!r}")

    return check


def check_share(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    """Take numbers above 0 and up to 1."""
    if not _is_number(value) or not 0 < value <= 1:  # type: ignore[operator]  # a number
        raise ConfigurationError(f"{attribute.name} must be above 0 and at most 1: {value!r}")


def check_flag(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    """Take True and False only; a text would be true whatever it says."""
    if not isinstance(value, bool):
        raise ConfigurationError(f"{attribute.name} must be True or False: {value!r}")


def check_sticky(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    """Take True, False and "auto"."""
    if not isinstance(value, bool) and value != "auto":
        raise ConfigurationError(f'{attribute.name} must be True, False or "auto": {value!r}')


def check_statuses(_: object, attribute: attrs.Attribute[Any], value: Any) -> None:
    """Take HTTP statuses."""
    for status in _several(attribute, value, frozenset, "whole numbers from 100 to 599"):
        if isinstance(status, bool) or not isinstance(status, int) or not 100 <= status <= 599:
            raise ConfigurationError(
                f"{attribute.name} must hold whole numbers from 100 to 599: {status!r}"
            )


def check_exceptions(_: object, attribute: attrs.Attribute[Any], value: Any) -> None:
    """Take exception classes."""
    for kind in _several(attribute, value, tuple, "exception classes"):
        if not isinstance(kind, type) or not issubclass(kind, Exception):
            raise ConfigurationError(f"{attribute.name} must hold exception classes: {kind!r}")


def check_rate_limit(_: object, attribute: attrs.Attribute[Any], value: Any) -> None:
    """Take a number of calls with a number of seconds."""
    if value is None:
        return
    if isinstance(value, tuple) and len(value) == 2:
        calls, seconds = value
        is_count = isinstance(calls, int) and not isinstance(calls, bool) and calls >= 1
        if is_count and _is_number(seconds) and seconds > 0:
            return
    raise ConfigurationError(
        f"{attribute.name} must be a pair: a number of calls of at least 1, "
        f"and the seconds above 0 in which they may be made: {value!r}"
    )


def check_events(_: object, attribute: attrs.Attribute[Any], value: Any) -> None:
    """Take functions."""
    for listener in _several(attribute, value, tuple, "functions"):
        if not callable(listener) or inspect.iscoroutinefunction(listener):
            raise ConfigurationError(
                f"{attribute.name} must hold functions that are not async: {listener!r}"
            )


def _several(attribute: attrs.Attribute[Any], value: Any, kind: type, what: str) -> Any:
    if not isinstance(value, kind):
        raise ConfigurationError(f"{attribute.name} must hold {what}, several or none: {value!r}")
    return value


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
