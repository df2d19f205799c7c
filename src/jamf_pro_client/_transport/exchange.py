"""Pure parts of sending: what becomes of a `Call` on its way to httpx, and where redirects lead."""

from __future__ import annotations

import os
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import parse_qsl, urljoin

from jamf_pro_client._httpx import httpx
from jamf_pro_client._transport.call import Call, Content, TimeoutValue
from jamf_pro_client._transport.connections import (
    ASKED_AT,
    DEFAULT_HEADERS,
    FOREIGN,
    REPLAYABLE,
    Connections,
)
from jamf_pro_client._transport.plain import HeaderSet, codings_for, plain_request
from jamf_pro_client._transport.server import is_absolute, is_inside, is_loopback
from jamf_pro_client._transport.settings import check_mapping
from jamf_pro_client._unset import UNSET, Unset
from jamf_pro_client.errors import ConfigurationError

__all__ = ("HOPS", "NOTE", "Extras", "check_headers", "make_request", "next_hop", "no_file")

HOPS: Final = "jamf_pro_client.hops"
"""The extension of replies to redirected requests: how many there were."""
NOTE: Final = "jamf_pro_client.note"
"""The extension of replies with something to add to the error that is made of them."""
_ELSEWHERE: Final = "jamf_pro_client.elsewhere"
"""The extension of calls that another server has redirected, wherever to."""
_FORM: Final = "application/x-www-form-urlencoded"
_CHUNK_BYTES: Final = 65_536
_HEADER_NAME: Final = frozenset(
    "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
)
_NO_BODY: Final[dict[str, Any]] = {
    "content": None,
    "is_json": False,
    "data": None,
    "files": None,
}
# What may be repeated to another host after a redirect.
_HARMLESS: Final = ("accept", "accept-language", "range", "if-none-match", "if-modified-since")


class Extras:
    """What a derived client adds to each request.

    Args:
        headers: They win over those of the client that it was derived from.
        cookies: Sent besides those of that client.
        timeout: UNSET is that client's.
    """

    __slots__ = ("cookies", "header_set", "headers", "timeout")

    def __init__(
        self,
        headers: Mapping[str, str] = MappingProxyType({}),
        cookies: Mapping[str, str] = MappingProxyType({}),
        timeout: TimeoutValue | Unset = UNSET,
    ) -> None:
        self.headers: Final = headers
        self.cookies: Final = cookies
        self.timeout: Final = timeout
        self.header_set: HeaderSet | None = None
        """What was merged for the latest plain call."""

    @property
    def is_empty(self) -> bool:
        """Whether it adds nothing."""
        return not self.headers and not self.cookies and self.timeout is UNSET

    def plus(
        self,
        headers: Mapping[str, str],
        cookies: Mapping[str, str],
        timeout: TimeoutValue | Unset,
    ) -> Extras:
        """Return extras that add more.

        Args:
            headers: They win over those of the same name.
            cookies: They win over those of the same name.
            timeout: UNSET leaves the one that there is.
        """
        merged = httpx.Headers(self.headers)
        merged.update(dict(headers))
        kept = self.timeout if isinstance(timeout, Unset) else timeout
        return Extras(merged, {**self.cookies, **cookies}, kept)

    def __repr__(self) -> str:
        # Names only: a header or cookie may be a secret.
        return f"Extras(headers={list(self.headers)}, cookies={list(self.cookies)})"


def make_request(
    client: httpx.Client | httpx.AsyncClient,
    call: Call,
    connections: Connections,
    extras: Extras,
) -> httpx.Request:
    """Return the request that *client* is to send.

    A request to another server than the configured one gets nothing but what the call holds.

    Args:
        client: Adds its own headers, cookies and timeout to requests to its server.
        call: What to send.
        connections: Know the server.
        extras: What the derived client adds.

    Raises:
        ConfigurationError: The path or a header cannot be sent.
    """
    try:
        plain = plain_request(client, call, connections, extras)
    except (httpx.InvalidURL, ValueError):
        plain = None  # what is wrong with it is told below
    if plain is not None:
        return plain
    url = connections.server.url_for(call.path)
    own = not is_absolute(call.path) or connections.server.owns(url)
    # Where another server leads gets nothing of ours, even if it is our server.
    own = own and _ELSEWHERE not in call.extensions
    url, params = _with_query(url, call.params)
    headers = _own_headers(client, call, connections, extras) if own else _foreign_headers(call)
    timeout = extras.timeout if isinstance(call.timeout, Unset) else call.timeout
    given: dict[str, Any] = {
        "params": params,
        "headers": headers,
        **_body(client, call),
    }
    extensions = {**call.extensions, REPLAYABLE: call.replayable, ASKED_AT: call.asked_at}
    try:
        if own:
            return client.build_request(
                call.method,
                url,
                cookies=_cookies(connections, {**extras.cookies, **call.cookies}),
                timeout=httpx.USE_CLIENT_DEFAULT if isinstance(timeout, Unset) else timeout,
                extensions=extensions,
                **given,
            )
        steps = httpx.Timeout(client.timeout if isinstance(timeout, Unset) else timeout)
        extensions |= {"timeout": steps.as_dict(), FOREIGN: True}
        cookies = dict(call.cookies) or None
        return httpx.Request(call.method, url, cookies=cookies, extensions=extensions, **given)
    except (httpx.InvalidURL, TypeError, ValueError) as problem:
        text = "the URL is invalid" if isinstance(problem, httpx.InvalidURL) else str(problem)
    raise ConfigurationError(f"{call.method} {call.shown_path}: cannot be sent: {text}")


def _with_query(url: str, params: Sequence[tuple[str, str]]) -> tuple[str, Any]:
    """Return a URL and the parameters to add to it; httpx would drop the query that it has."""
    if not params:
        return url, None
    bare, has_query, query = url.partition("?")
    if not has_query:
        return url, list(params)
    own = parse_qsl(query.partition("#")[0], keep_blank_values=True)
    return bare, own + list(params)


def _own_headers(
    client: httpx.Client | httpx.AsyncClient, call: Call, connections: Connections, extras: Extras
) -> httpx.Headers:
    """Return what a request to the configured server adds to the headers of the httpx client."""
    headers = httpx.Headers(codings_for(client, connections))
    headers.update(extras.headers)
    client_type = headers.get("Content-Type", client.headers.get("Content-Type", ""))
    headers.update(_body_headers(call, client_type))
    headers.update(dict(call.headers))
    return headers


def _foreign_headers(call: Call) -> httpx.Headers:
    """Return the headers of a request to another server: those of the call and nothing of ours."""
    headers = httpx.Headers({**DEFAULT_HEADERS, "Accept": "*/*"})
    headers.update(_body_headers(call, ""))
    headers.update(dict(call.headers))
    return headers


def _body(client: httpx.Client | httpx.AsyncClient, call: Call) -> dict[str, Any]:
    """Return the body of a call as the kind of httpx client takes it."""
    _check_files(call)
    content = _for_loop if isinstance(client, httpx.AsyncClient) else _for_thread
    return {"content": content(call.content), "data": call.data, "files": call.files or None}


def next_hop(response: httpx.Response, call: Call, connections: Connections) -> Call | None:
    """Return what to send to follow a redirect, or None when it is not followed.

    Followed are redirects that need no body to be sent again, and those to the same server whose
    body can be. To another server goes a bare GET or HEAD, and never from https to http.

    Args:
        response: What came, with the request that it answers.
        call: What that request was made of.
        connections: Know the server.
    """
    location, request = response.headers.get("location"), response.request
    if response.status_code not in (301, 302, 303, 307, 308) or not location:
        return None
    try:
        target = urljoin(str(request.url), location)
        target_host = httpx.URL(target).host
        # What cannot be sent would be called a mistake of the caller, and nothing sent.
        connections.server.url_for(target)
    except (ValueError, httpx.InvalidURL):
        return None
    scheme, _, rest = target.partition("://")
    if scheme not in ("http", "https") or "@" in rest.partition("/")[0]:
        return None
    if request.url.scheme == "https" and scheme == "http":
        return None
    repeats = call.method in ("GET", "HEAD")
    becomes_get = response.status_code == 303 or (
        response.status_code in (301, 302) and call.method == "POST"
    )
    # A redirect names the whole URL, with the query that it wants.
    moved = call.replace(path=target, params=())
    if not repeats and becomes_get:
        repeats = True
        kept = {n: v for n, v in call.headers.items() if not n.lower().startswith("content-")}
        moved = moved.replace(method="GET", headers=kept, **_NO_BODY)
    own = connections.server.owns
    if own(target) and own(str(request.url)):
        return moved if repeats or call.replayable else None
    if not repeats:
        return None
    if not is_loopback(request.url.host) and (scheme != "https" or is_inside(target_host)):
        # A server elsewhere has no business with what listens on this machine or in its network.
        return None
    kept = {n: v for n, v in call.headers.items() if n.lower() in _HARMLESS}
    moved = moved.replace(extensions={**call.extensions, _ELSEWHERE: True}, **_NO_BODY)
    return moved.replace(headers=kept, cookies={}, authenticate=False)


def _cookies(connections: Connections, cookies: Mapping[str, str]) -> httpx.Cookies | None:
    if not cookies:
        return None
    from jamf_pro_client._transport.cookies import server_cookies  # few requests have some

    return server_cookies(connections.server, cookies)


def check_headers(headers: Mapping[str, str]) -> None:
    """Refuse headers that are no headers, before their value gets into somebody's error text.

    Args:
        headers: Names and values.

    Raises:
        ConfigurationError: It is no mapping, or a name or value holds what cannot be sent.
    """
    check_mapping(headers, "headers")
    for name in headers:
        if not isinstance(name, str) or not name or not _HEADER_NAME.issuperset(name):
            raise ConfigurationError("a header's name holds characters that cannot be sent")
        if not _is_header_value(headers[name]):
            raise ConfigurationError(f"the header {name} is not printable ASCII text")


def _is_header_value(value: object) -> bool:
    return isinstance(value, str) and value.isascii() and value.replace("\t", " ").isprintable()


def _body_headers(call: Call, client_type: str) -> dict[str, str]:
    """Return the Content-Type that the body needs, unless the call names one.

    It is given here, because otherwise httpx would let a Content-Type of the client win, also over
    bodies of another kind.

    Args:
        call: Its own Content-Type wins when it fits the body.
        client_type: The Content-Type of the client; empty if there is none.

    Raises:
        ConfigurationError: The Content-Type denies what the body is; a server would not read it.
    """
    named = [v.lower() for n, v in call.headers.items() if n.lower() == "content-type"]
    told = named[0] if named else None
    if call.files:
        if told is None:
            return {"Content-Type": f"multipart/form-data; boundary={os.urandom(16).hex()}"}
        if not told.startswith("multipart/") or "boundary=" not in told:
            raise ConfigurationError("files need a multipart Content-Type with a boundary; omit it")
    elif call.data is not None:
        if told is None:
            return {"Content-Type": _FORM}
        if not told.startswith(_FORM):
            raise ConfigurationError(f"data= is sent as a form, not as {told}")
    elif call.is_json:
        if told is None:
            return {} if _is_json(client_type) else {"Content-Type": "application/json"}
        if told.startswith((_FORM, "multipart/")):
            raise ConfigurationError(f"json= is sent as JSON, not as {told}; give data=")
    return {}


def _is_json(content_type: str) -> bool:
    return content_type.partition(";")[0].strip().lower().endswith(("/json", "+json"))


def _check_files(call: Call) -> None:
    for name, (file_name, source, media_type) in call.files or ():
        for text in (name, file_name or "", media_type or ""):
            if not isinstance(text, str):
                raise ConfigurationError("a file's name and type must be text")
            # They become header lines of their part.
            if not text.isprintable():
                raise ConfigurationError("a file's name or type holds control characters")
        if not (media_type or "").isascii():
            raise ConfigurationError("a file's media type is not ASCII text")
        if not isinstance(source, bytes | str) and not hasattr(source, "read"):
            raise no_file(source, name)
        if getattr(source, "closed", False):
            raise ConfigurationError(f"the file for {name!r} is closed: send it while it is open")


def no_file(given: object, name: str) -> ConfigurationError:
    """Return the error for a file that is given as something else.

    Args:
        given: What was given.
        name: Of the part.
    """
    return ConfigurationError(
        f"the file for {name!r} is given as a {type(given).__name__}: give its bytes, or open it "
        'in binary mode, as path.open("rb") does'
    )


def _for_thread(content: Content) -> Any:
    """Return *content* as httpx takes it in a thread."""
    if isinstance(content, AsyncIterable) and not isinstance(content, Iterable):
        raise ConfigurationError("an async iterator can only be sent by an async call")
    return content


def _for_loop(content: Content) -> Any:
    """Return *content* as httpx takes it in an event loop, where plain iterators are refused."""
    if content is None or isinstance(content, bytes | str | AsyncIterable):
        return content
    if not isinstance(content, Iterable):
        raise ConfigurationError(f"{type(content).__name__} cannot be a body")
    return _chunks(content)


async def _chunks(content: Iterable[bytes]) -> AsyncIterator[bytes]:
    read = getattr(content, "read", None)
    if read is None:
        for chunk in content:
            yield chunk
        return
    while chunk := read(_CHUNK_BYTES):
        yield chunk
