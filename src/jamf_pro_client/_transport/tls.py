"""How the server's certificate is checked."""

from __future__ import annotations

import functools
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from jamf_pro_client._httpx import httpx
from jamf_pro_client.errors import ConfigurationError

if TYPE_CHECKING:
    import ssl

__all__ = ("verification",)


def verification(
    verify: bool | str | ssl.SSLContext, httpx_args: Mapping[str, Any]
) -> bool | ssl.SSLContext:
    """Return what httpx is told about checking certificates.

    Args:
        verify: True, False, a context, or the path of a file or folder with certificates.
        httpx_args: What else httpx is told.

    Raises:
        ConfigurationError: There are no certificates at the path.
    """
    if isinstance(verify, str):
        # httpx deprecates paths.
        return _context(verify)
    if verify is not True or "cert" in httpx_args or httpx_args.get("transport") is not None:
        return verify
    places = tuple(os.environ.get(name) for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"))
    return _default_context(bool(httpx_args.get("trust_env", True)), places)


@functools.cache
def _default_context(trust_env: bool, _places: tuple[str | None, ...]) -> ssl.SSLContext:
    """Return the context of httpx, read once: the certificates take a twentieth of a second."""
    return httpx.create_ssl_context(trust_env=trust_env)


def _context(path: str) -> ssl.SSLContext:
    import ssl  # where only plain http is spoken it is not needed

    try:
        if os.path.isdir(path):
            return ssl.create_default_context(capath=path)
        return ssl.create_default_context(cafile=path)
    except OSError as unreadable:
        raise ConfigurationError(f"verify_ssl: no certificates in {path!r}") from unreadable
