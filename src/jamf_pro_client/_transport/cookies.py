"""The cookies that a client and its server exchange; they go to that server and to no other."""

from __future__ import annotations

import urllib.request
from collections.abc import Mapping
from http.cookiejar import Cookie, CookieJar, DefaultCookiePolicy
from typing import Any

from jamf_pro_client._httpx import httpx
from jamf_pro_client._transport.server import Server
from jamf_pro_client.errors import ConfigurationError

__all__ = ("cookie_jar", "server_cookies")


class _ServerOnly(DefaultCookiePolicy):
    """Takes cookies from one origin only and gives them back to it only."""

    def __init__(self, server: Server) -> None:
        super().__init__()
        self._server = server

    def set_ok(self, cookie: Cookie, request: urllib.request.Request) -> bool:
        return self._server.owns(request.full_url) and super().set_ok(cookie, request)

    def return_ok(self, cookie: Cookie, request: urllib.request.Request) -> bool:
        return self._server.owns(request.full_url) and super().return_ok(cookie, request)


class _Jar(CookieJar):
    """Looks into a reply only if it sets a cookie: most do not, and looking takes its time."""

    def extract_cookies(self, response: Any, request: urllib.request.Request) -> None:
        # What httpx hands over wraps its own reply.
        reply = getattr(response, "response", None)
        if not isinstance(reply, httpx.Response) or "Set-Cookie" in reply.headers:
            super().extract_cookies(response, request)


def cookie_jar(server: Server, cookies: Mapping[str, str]) -> CookieJar:
    """Return a jar for one server.

    Args:
        server: Whose cookies it holds.
        cookies: What is in it from the start.
    """
    jar = _Jar(_ServerOnly(server))
    _fill(jar, server, cookies)
    return jar


def server_cookies(server: Server, cookies: Mapping[str, str]) -> httpx.Cookies | None:
    """Return cookies to add to one request, or None when there are none.

    Args:
        server: Where they belong.
        cookies: Names and values.
    """
    if not cookies:
        return None
    jar = CookieJar()
    _fill(jar, server, cookies)
    return httpx.Cookies(jar)


def _fill(jar: CookieJar, server: Server, cookies: Mapping[str, str]) -> None:
    scheme, host, _ = server.origin
    # The standard library's name for hosts without a dot; "localhost" alone would never match.
    domain = f"[{host}].local" if ":" in host else host if "." in host else f"{host}.local"
    for name, value in cookies.items():
        if not (name + value).isprintable() or not name or ";" in name + value or "=" in name:
            raise ConfigurationError("a cookie holds characters that cannot be sent")
        jar.set_cookie(
            Cookie(
                version=0,
                name=name,
                value=value,
                port=None,
                port_specified=False,
                domain=domain,
                domain_specified=True,
                domain_initial_dot=False,
                path="/",
                path_specified=True,
                secure=scheme == "https",
                expires=None,
                discard=True,
                comment=None,
                comment_url=None,
                rest={},
            )
        )
