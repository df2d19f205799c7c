"""Where the server is: reading base URLs, building URLs, telling own from foreign."""

from __future__ import annotations

import ipaddress
import re
from typing import Final
from urllib.parse import SplitResult, urlsplit

from jamf_pro_client.errors import ConfigurationError

__all__ = ("Server", "has_control_characters", "is_absolute", "parse_server")

# Patterns are compiled when they are first used, and kept by `re`: imports are shorter for it.
_CONTROL: Final = r"[\x00-\x1f\x7f-\x9f\u2028\u2029]"
_ABSOLUTE: Final = r"[A-Za-z][A-Za-z0-9+.-]*://"
# RFC 1035, section 2.3.4. Python's resolver fails on longer ones with an error of its own.
_LABEL: Final = 63
_APIS: Final = ("api", "jssresource")
_PORTS: Final = {"http": 80, "https": 443}

Origin = tuple[str, str, int]


class Server:
    """A Jamf Pro server's address.

    Args:
        base_url: Scheme, host, port and path prefix, without a trailing slash.
        origin: Scheme, host and port: what a token and a cookie are bound to.
    """

    __slots__ = ("base_url", "origin")

    def __init__(self, base_url: str, origin: Origin) -> None:
        self.base_url: Final = base_url
        self.origin: Final = origin

    @property
    def is_plain_remote(self) -> bool:
        """Whether what is sent could be read on its way: http to another machine."""
        scheme, host, _ = self.origin
        return scheme == "http" and not is_loopback(host)

    def url_for(self, path: str) -> str:
        """Return the absolute URL of a path under the server, or of an absolute URL.

        Args:
            path: Such as "/api/v1/buildings" or "JSSResource/computers", percent-encoded, with or
                without a query; or an absolute http or https URL.

        Raises:
            ConfigurationError: It holds control characters or ".." segments, or is no http URL.
        """
        if has_control_characters(path):
            raise ConfigurationError("a path cannot hold control characters")
        if not is_absolute(path):
            path = f"{self.base_url}/{path.lstrip('/')}"
        else:
            origin, _, has_user = _split(path)
            if origin[0] not in _PORTS or not origin[1]:
                raise ConfigurationError("only http and https URLs can be requested")
            if has_user:
                raise ConfigurationError("a URL cannot hold user info")
        bare = path.partition("#")[0].partition("?")[0]
        for segment in bare.split("/"):
            # Tomcat takes off what follows a semicolon before it looks at the dots.
            if segment.partition(";")[0].lower().replace("%2e", ".") in (".", ".."):
                raise ConfigurationError("a path cannot hold the segments '.' and '..'")
        return path

    def owns(self, url: str) -> bool:
        """Return whether *url* is on this server: same scheme, host and port.

        Args:
            url: An absolute URL.
        """
        if url.startswith(self.base_url + "/"):
            return True
        try:
            return _split(url)[0] == self.origin
        except ConfigurationError:
            return False


def parse_server(base_url: str) -> Server:
    """Read a server's address.

    Args:
        base_url: Such as "https://jamf.my.org", "jamf.my.org" or "https://my.org:8443/jamf".

    Raises:
        ConfigurationError: It is empty, not http or https, ends in the path of an API, or holds
            user info, a query, a fragment or control characters.
    """
    if not isinstance(base_url, str) or not base_url.strip():
        raise ConfigurationError("base_url is empty; give the server's address")
    text = base_url.strip()
    if has_control_characters(text) or " " in text or "\\" in text:
        raise ConfigurationError("base_url holds spaces, control characters or backslashes")
    if not is_absolute(text):
        text = "https://" + text.removeprefix("//")
    origin, prefix, has_user = _split(text)
    scheme, host, port = origin
    # None of the messages repeats the text: it could hold a password.
    if has_user:
        raise ConfigurationError("base_url holds user info; give credentials separately")
    if "?" in text or "#" in text:
        raise ConfigurationError("base_url cannot hold a query or a fragment")
    if scheme not in _PORTS:
        raise ConfigurationError("base_url must be http or https")
    if not host:
        raise ConfigurationError("base_url has no host")
    prefix = prefix.rstrip("/")
    last = prefix.rpartition("/")[2]
    if last.lower() in _APIS:
        raise ConfigurationError(
            f"base_url ends in /{last}, which requests add themselves; give the server's address"
        )
    shown = f"[{host}]" if ":" in host else host
    if port != _PORTS[scheme]:
        shown += f":{port}"
    server = Server(f"{scheme}://{shown}{prefix}", origin)
    server.url_for("/")
    return server


def is_absolute(url: str) -> bool:
    """Return whether *url* begins with a scheme.

    Args:
        url: A path or URL.
    """
    return re.match(_ABSOLUTE, url) is not None


def is_loopback(host: str) -> bool:
    """Return whether *host* is this machine, judged by its name alone.

    Args:
        host: A name or address, without brackets and port.
    """
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_inside(host: str) -> bool:
    """Return whether *host* is an address that is not reached from outside, judged by its name.

    Args:
        host: A name or address, without brackets and port.
    """
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return is_loopback(host)


def has_control_characters(text: str) -> bool:
    """Return whether *text* holds control characters.

    Args:
        text: What is to become part of a URL.
    """
    return re.search(_CONTROL, text) is not None


def _split(url: str) -> tuple[Origin, str, bool]:
    read = _read(url)
    if read is None:
        # Outside of a handler, so that the first error, which quotes the URL, is not attached.
        raise ConfigurationError("the URL cannot be read")
    parts, port = read
    scheme = parts.scheme.lower()
    host = _ascii_host(parts.hostname or "")
    if host and not all(0 < len(label) <= _LABEL for label in host.removesuffix(".").split(".")):
        raise ConfigurationError("the URL's host is not a name that can be looked up")
    origin = (scheme, host, port if port is not None else _PORTS.get(scheme, -1))
    return origin, parts.path, "@" in parts.netloc


def _read(url: str) -> tuple[SplitResult, int | None] | None:
    try:
        parts = urlsplit(url)
        return parts, parts.port
    except ValueError:
        return None


def _ascii_host(host: str) -> str:
    """Return the host as it goes over the wire, so that both spellings of a name are one origin."""
    if host.isascii():
        return host.lower()
    import idna  # comes with httpx; few hosts need it

    try:
        return idna.encode(host.lower()).decode("ascii")
    except idna.IDNAError:
        return host
