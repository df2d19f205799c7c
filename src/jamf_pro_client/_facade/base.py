"""What `JamfProClient` and `AsyncJamfProClient` have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jamf_pro_client.errors import ConfigurationError
from jamf_pro_client.session import SessionConfig

if TYPE_CHECKING:
    from jamf_pro_client.auth import CredentialsProvider
    from jamf_pro_client.client import HTTPAuthenticatedClient

__all__ = ("Facade",)


class Facade:
    """What both clients have in common; they describe the arguments."""

    def __init__(
        self,
        server: str,
        credentials: CredentialsProvider,
        session_config: SessionConfig | None = None,
    ) -> None:
        if session_config is not None and not isinstance(session_config, SessionConfig):
            kind = type(session_config).__name__
            raise ConfigurationError(f"session_config must be a SessionConfig, not {kind}")
        self._config = session_config or SessionConfig()
        self._http = self._config.client_for(server, credentials)

    @property
    def session_config(self) -> SessionConfig:
        """The settings."""
        return self._config

    @property
    def http_client(self) -> HTTPAuthenticatedClient:
        """The client below, for endpoint modules, downloads, streams and `drift`."""
        return self._http

    @property
    def base_url(self) -> str:
        """The server's address, without a trailing slash."""
        return self._http.base_url

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}(server={self.base_url!r}, "
            f"credentials={self._http.credentials!r})"
        )

    def _run_options(
        self, max_concurrency: int | None, return_exceptions: bool | None
    ) -> dict[str, Any]:
        config = self._config
        return {
            "max_concurrency": (
                config.max_concurrency if max_concurrency is None else max_concurrency
            ),
            "return_exceptions": (
                config.return_exceptions if return_exceptions is None else return_exceptions
            ),
        }
