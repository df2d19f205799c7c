"""The complete client for Jamf Pro."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jamf_pro_client._version import __version__

if TYPE_CHECKING:
    from jamf_pro_client.auth import (
        AccessToken,
        ApiClientCredentialsProvider,
        BasicAuthProvider,
        CredentialsProvider,
        StaticTokenProvider,
    )
    from jamf_pro_client.client import HTTPAuthenticatedClient, HTTPClient
    from jamf_pro_client.drift import Drift, DriftLedger
    from jamf_pro_client.errors import JamfProAPIError, JamfProError
    from jamf_pro_client.resilience import ResilienceConfig
    from jamf_pro_client.types import UNSET, File, Response, Unset

__all__ = (
    "UNSET",
    "AccessToken",
    "ApiClientCredentialsProvider",
    "BasicAuthProvider",
    "CredentialsProvider",
    "Drift",
    "DriftLedger",
    "File",
    "HTTPAuthenticatedClient",
    "HTTPClient",
    "JamfProAPIError",
    "JamfProError",
    "ResilienceConfig",
    "Response",
    "StaticTokenProvider",
    "Unset",
    "__version__",
)

# Where each name lives. Importing the package alone loads none of them: a script that uses one
# endpoint pays for that one only.
_HOMES = {
    "UNSET": "_unset",
    "AccessToken": "auth",
    "ApiClientCredentialsProvider": "auth",
    "BasicAuthProvider": "auth",
    "CredentialsProvider": "auth",
    "Drift": "drift",
    "DriftLedger": "drift",
    "File": "types",
    "HTTPAuthenticatedClient": "client",
    "HTTPClient": "client",
    "JamfProAPIError": "errors",
    "JamfProError": "errors",
    "ResilienceConfig": "resilience",
    "Response": "types",
    "StaticTokenProvider": "auth",
    "Unset": "_unset",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
