"""Certificates of an authority that exists for these runs only."""

from __future__ import annotations

import datetime
import functools
import ssl

import trustme

__all__ = ("server_context", "trusting_context")

_LONG_AGO = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)


@functools.cache
def _authority() -> trustme.CA:
    return trustme.CA()


@functools.cache
def server_context(name: str = "127.0.0.1", *, is_expired: bool = False) -> ssl.SSLContext:
    """Return what a server with a certificate for *name* needs."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    begin = _LONG_AGO if is_expired else None
    end = _LONG_AGO + datetime.timedelta(days=1) if is_expired else None
    _authority().issue_cert(name, not_before=begin, not_after=end).configure_cert(context)
    return context


@functools.cache
def trusting_context() -> ssl.SSLContext:
    """Return what a client that trusts the authority needs."""
    context = ssl.create_default_context()
    _authority().configure_trust(context)
    return context
