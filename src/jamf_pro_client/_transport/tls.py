"""How the server's certificate is checked: as the operating system does, unless told otherwise."""

from __future__ import annotations

import functools
import logging
import os
import sys
import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from jamf_pro_client._httpx import httpx
from jamf_pro_client.errors import ConfigurationError

if TYPE_CHECKING:
    import ssl

__all__ = ("UncheckedServerWarning", "system_context", "verification")

_log = logging.getLogger("jamf_pro_client")

# Where distributions keep their certificates when OpenSSL was built for another place.
_BUNDLES: Final = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/pki/tls/cert.pem",
    "/etc/ssl/cert.pem",
    "/etc/ssl/ca-bundle.pem",
)
_UNCHECKED: Final = (
    "the server's certificate is not checked: anyone on the way to it can read the token and "
    "act as you; instead of False, give verify_ssl the path of a certificate to trust"
)


class UncheckedServerWarning(UserWarning):
    """The certificate of the server is not checked, so anybody could answer in its place."""


class _Told:
    """What was said once in this process."""

    unchecked = False
    key_log = False


def verification(
    verify: bool | str | ssl.SSLContext, httpx_args: Mapping[str, Any]
) -> bool | ssl.SSLContext:
    """Return what httpx is told about checking certificates.

    Args:
        verify: True, False, a context, or the path of a file or folder with certificates.
        httpx_args: What else httpx is told.

    Raises:
        ConfigurationError: There are no certificates at the path.
        UncheckedServerWarning: Nothing is checked, and the user has made warnings errors.
    """
    chosen = _chosen(verify, httpx_args)
    if chosen is False or (chosen is not True and _checks_nothing(chosen)):
        _warn()
    if not isinstance(chosen, bool):
        _tell_key_log(chosen)
    return chosen


def _chosen(
    verify: bool | str | ssl.SSLContext, httpx_args: Mapping[str, Any]
) -> bool | ssl.SSLContext:
    if isinstance(verify, str):
        # httpx deprecates paths.
        return _context(verify)
    if verify is not True or httpx_args.get("transport") is not None:
        return verify
    trust_env = bool(httpx_args.get("trust_env", True))
    places = tuple(os.environ.get(name) for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"))
    # httpx puts a client certificate into the context, which is not everybody's then.
    alone = "cert" in httpx_args
    if trust_env and any(places):
        return _named(places) if alone else _shared_named(places)
    if alone or sys.platform in ("darwin", "win32"):
        return system_context()
    return _shared_system()


def system_context(platform: str = sys.platform) -> ssl.SSLContext:
    """Return a context that trusts what the operating system trusts.

    On macOS and Windows the system itself checks the certificate, with what an organisation has
    added or barred. Such a context is cheap, and it is locked during handshakes, so threads and
    event loops do not share one. Elsewhere the system's roots are read into an ordinary context;
    truststore would read them again for each connection, which takes a twentieth of a second.

    Args:
        platform: The name of the operating system.
    """
    import ssl  # where only plain http is spoken it is not needed

    if platform in ("darwin", "win32"):
        import truststore

        return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    file, folder = _roots()
    if file is None and folder is None:
        # Small containers have none: what httpx brings along is better than nothing.
        return httpx.create_ssl_context(trust_env=False)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(file, folder)
    return context


def _roots() -> tuple[str | None, str | None]:
    import ssl

    # Not what the environment names: that was looked at before, if it is to be trusted at all.
    paths = ssl.get_default_verify_paths()
    file: str | None = paths.openssl_cafile
    folder: str | None = paths.openssl_capath
    if file is None or not os.path.isfile(file):
        file = next(filter(os.path.isfile, _BUNDLES), None)
    if folder is None or not os.path.isdir(folder) or not os.listdir(folder):
        folder = None
    return file, folder


def _named(places: tuple[str | None, ...]) -> ssl.SSLContext:
    try:
        return httpx.create_ssl_context()
    except OSError:
        pass
    named = " and ".join(place for place in places if place)
    raise ConfigurationError(f"SSL_CERT_FILE or SSL_CERT_DIR: no certificates in {named}")


# Read once: the certificates take a twentieth of a second.
_shared_named = functools.cache(_named)


_shared_system = functools.cache(system_context)


def _context(path: str) -> ssl.SSLContext:
    import ssl

    try:
        if os.path.isdir(path):
            return ssl.create_default_context(capath=path)
        return ssl.create_default_context(cafile=path)
    except OSError as unreadable:
        raise ConfigurationError(f"verify_ssl: no certificates in {path!r}") from unreadable


def _checks_nothing(context: ssl.SSLContext) -> bool:
    import ssl

    return context.verify_mode == ssl.CERT_NONE


def _warn() -> None:
    if not _Told.unchecked:
        # An error for users who bar it: then it is raised each time.
        warnings.warn(UncheckedServerWarning(_UNCHECKED), stacklevel=2)
        _Told.unchecked = True


def _tell_key_log(context: ssl.SSLContext) -> None:
    file = getattr(context, "keylog_filename", None)
    if file and not _Told.key_log:
        _Told.key_log = True
        _log.warning(
            "the keys of TLS connections are written to %s (SSLKEYLOGFILE); whoever reads "
            "that file can read tokens and passwords",
            file,
        )
