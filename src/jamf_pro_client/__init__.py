"""The complete client for Jamf Pro."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jamf_pro_client._transport.saving import Download
    from jamf_pro_client._transport.tls import UncheckedServerWarning
    from jamf_pro_client._version import __version__
    from jamf_pro_client.auth import (
        AccessToken,
        ApiClientCredentialsProvider,
        BasicAuthProvider,
        CredentialsProvider,
        StaticTokenProvider,
    )
    from jamf_pro_client.classic import ClassicComputer
    from jamf_pro_client.classic.models import Computer
    from jamf_pro_client.client import HTTPAuthenticatedClient, HTTPClient
    from jamf_pro_client.credentials import (
        load_from_aws_secrets_manager,
        load_from_env,
        load_from_keychain,
        prompt_for_credentials,
        server_from_env,
    )
    from jamf_pro_client.drift import Drift, DriftLedger
    from jamf_pro_client.errors import (
        AmbiguousWriteError,
        JamfProAPIError,
        JamfProError,
        OptimisticLockError,
        TruncatedResultError,
    )
    from jamf_pro_client.facade import AsyncJamfProClient, JamfProClient
    from jamf_pro_client.filters import (
        FilterExpression,
        FilterField,
        SortExpression,
        SortField,
        UnknownFieldWarning,
        filter_group,
        parse_filter,
    )
    from jamf_pro_client.helpers import logger_quick_setup
    from jamf_pro_client.resilience import Breaker, ResilienceConfig, Timing
    from jamf_pro_client.session import SessionConfig
    from jamf_pro_client.types import UNSET, File, Response, Unset

__all__ = (
    "UNSET",
    "AccessToken",
    "AmbiguousWriteError",
    "ApiClientCredentialsProvider",
    "AsyncJamfProClient",
    "BasicAuthProvider",
    "Breaker",
    "ClassicComputer",
    "Computer",
    "CredentialsProvider",
    "Download",
    "Drift",
    "DriftLedger",
    "File",
    "FilterExpression",
    "FilterField",
    "HTTPAuthenticatedClient",
    "HTTPClient",
    "JamfProAPIError",
    "JamfProClient",
    "JamfProError",
    "OptimisticLockError",
    "ResilienceConfig",
    "Response",
    "SessionConfig",
    "SortExpression",
    "SortField",
    "StaticTokenProvider",
    "Timing",
    "TruncatedResultError",
    "UncheckedServerWarning",
    "UnknownFieldWarning",
    "Unset",
    "__version__",
    "filter_group",
    "load_from_aws_secrets_manager",
    "load_from_env",
    "load_from_keychain",
    "logger_quick_setup",
    "parse_filter",
    "prompt_for_credentials",
    "server_from_env",
)

# Where each name lives. Importing the package alone loads none of them: a script that uses one
# endpoint pays for that one only.
_HOMES = {
    "UNSET": "_unset",
    "AccessToken": "auth",
    "AmbiguousWriteError": "errors",
    "ApiClientCredentialsProvider": "auth",
    "AsyncJamfProClient": "facade",
    "BasicAuthProvider": "auth",
    "Breaker": "resilience",
    "ClassicComputer": "classic",
    "Computer": "classic.models",
    "CredentialsProvider": "auth",
    "Download": "_transport.saving",
    "Drift": "drift",
    "DriftLedger": "drift",
    "File": "types",
    "FilterExpression": "filters",
    "FilterField": "filters",
    "HTTPAuthenticatedClient": "client",
    "HTTPClient": "client",
    "JamfProAPIError": "errors",
    "JamfProClient": "facade",
    "JamfProError": "errors",
    "OptimisticLockError": "errors",
    "ResilienceConfig": "resilience",
    "Response": "types",
    "SessionConfig": "session",
    "SortExpression": "filters",
    "SortField": "filters",
    "StaticTokenProvider": "auth",
    "Timing": "resilience",
    "TruncatedResultError": "errors",
    "UncheckedServerWarning": "_transport.tls",
    "UnknownFieldWarning": "filters",
    "Unset": "_unset",
    "__version__": "_version",
    "filter_group": "filters",
    "load_from_aws_secrets_manager": "credentials",
    "load_from_env": "credentials",
    "load_from_keychain": "credentials",
    "logger_quick_setup": "helpers",
    "parse_filter": "filters",
    "prompt_for_credentials": "credentials",
    "server_from_env": "credentials",
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
