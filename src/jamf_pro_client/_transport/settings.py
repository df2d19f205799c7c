"""Checks of a client's settings, each with a sentence that names the setting and what it can be."""

from __future__ import annotations

import ssl
from collections.abc import Mapping

from jamf_pro_client._httpx import httpx
from jamf_pro_client._unset import Unset
from jamf_pro_client.errors import ConfigurationError

__all__ = ("check_drift", "check_mapping", "check_resilience", "check_timeout", "check_verify")


def check_timeout(timeout: object) -> None:
    """Refuse what is no timeout.

    Raises:
        ConfigurationError: It is none.
    """
    if timeout is None or isinstance(timeout, httpx.Timeout | Unset):
        return
    parts = timeout if isinstance(timeout, tuple) and len(timeout) == 4 else (timeout,)
    if not all(map(_is_duration, parts)):
        raise ConfigurationError(
            "timeout must be a number of seconds above 0, a tuple of four, an httpx.Timeout or "
            f"None: {timeout!r}"
        )


def _is_duration(part: object) -> bool:
    # Not-a-number is not above 0, either.
    return part is None or (
        isinstance(part, int | float) and not isinstance(part, bool) and part > 0
    )


def check_verify(verify: object) -> None:
    """Refuse what does not say how certificates are checked.

    Raises:
        ConfigurationError: It does not.
    """
    if not isinstance(verify, bool | str | ssl.SSLContext):
        raise ConfigurationError(
            "verify_ssl must be True, False, a path as text or an SSLContext, not "
            f"{type(verify).__name__}"
        )


def check_resilience(resilience: object) -> None:
    """Refuse what is no `ResilienceConfig`.

    Raises:
        ConfigurationError: It is none.
    """
    if resilience is None:
        return
    from jamf_pro_client.resilience import ResilienceConfig  # most clients have none

    if not isinstance(resilience, ResilienceConfig):
        raise ConfigurationError(f"resilience must be a ResilienceConfig or None: {resilience!r}")


def check_drift(drift: object) -> None:
    """Refuse what is no `DriftLedger`.

    Raises:
        ConfigurationError: It is none.
    """
    if drift is None:
        return
    from jamf_pro_client.drift import DriftLedger  # most clients make their own, later

    if not isinstance(drift, DriftLedger):
        raise ConfigurationError(f"drift must be a DriftLedger or None: {drift!r}")


def check_mapping(given: object, name: str) -> None:
    """Refuse what maps no names to values, without showing it.

    Args:
        given: What was given.
        name: Of the setting.

    Raises:
        ConfigurationError: It is none.
    """
    if not isinstance(given, Mapping):
        raise ConfigurationError(f"{name} must be a mapping, not {type(given).__name__}")
