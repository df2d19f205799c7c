"""Downloads: which redirects they follow, and the shells that read and write."""

from __future__ import annotations

import contextlib
import functools
import ipaddress
import os
import socket
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar
from urllib.parse import urljoin, urlsplit

from jamf_pro_client._client.raw import RequestOptions
from jamf_pro_client._httpx import httpx
from jamf_pro_client._transport.reading import bound_stream, read_whole, read_whole_async
from jamf_pro_client._transport.saving import Download, Sink, destination
from jamf_pro_client.errors import InvalidResponseError, JamfProAPIError, error_for

if TYPE_CHECKING:
    from jamf_pro_client._client.requesting import Requesting

__all__ = ("Download", "DownloadOptions", "Job", "adownload", "download")

T = TypeVar("T")

_MAX_HOPS: Final = 5
_REFUSAL_BYTES: Final = 2**20
_PIECE_BYTES: Final = 2**20
_REDIRECTS: Final = (301, 302, 303, 307, 308)
# What may be repeated to another host.
_HARMLESS: Final = ("accept", "accept-encoding", "accept-language", "user-agent")
_KEPT_ELSEWHERE: Final = ("timeout", "extensions")
_BODY: Final = ("json", "content", "data", "files")


class DownloadOptions(RequestOptions, total=False):
    """What can be given to a download besides path and target; see `HTTPClient.download`."""

    name: str | None
    name_from_server: bool
    overwrite: bool
    max_bytes: int | None
    allow_private: bool


class _Step(NamedTuple):
    """One request of a download. Only what cannot be secret is in its repr."""

    method: str
    url: str
    options: dict[str, Any]

    @property
    def what(self) -> str:
        """How errors call it; a query can be a signature."""
        return f"{self.method} {self.url.partition('?')[0].partition('#')[0]}"

    def __repr__(self) -> str:
        return f"_Step({self.what})"


class Job:
    """One download as it was asked for.

    Args:
        method: The HTTP method.
        path: Below the server's address, or an absolute URL.
        target: A file, or a folder.
        options: The rest.

    Raises:
        ConfigurationError: The file cannot be written there.
    """

    def __init__(
        self,
        method: str,
        path: str,
        target: str | os.PathLike[str],
        options: DownloadOptions,
    ) -> None:
        rest: dict[str, Any] = dict(options)
        self.max_bytes: int | None = rest.pop("max_bytes", None)
        self.overwrite: bool = rest.pop("overwrite", False)
        self.allow_private: bool = rest.pop("allow_private", False)
        self.follows: bool = rest.pop("follow_redirects", None) is not False
        name, name_from_server = rest.pop("name", None), rest.pop("name_from_server", False)
        self.destination = functools.partial(
            destination, target, name, name_from_server, overwrite=self.overwrite
        )
        self.first = _Step(method.upper(), path, rest)
        del options, rest
        self.destination()


def download(client: Requesting, job: Job) -> Download:
    """Do what `Downloading.download` says."""
    step = job.first
    for _ in range(_MAX_HOPS + 1):
        with client.stream(step.method, step.url, follow_redirects=False, **step.options) as reply:
            following = _next_step(client, step, reply) if job.follows else None
            if following is None:
                if not reply.is_success:
                    read_whole(reply, max_bytes=_REFUSAL_BYTES, what=step.what)
                    raise _refusal(reply, step)
                return _save(reply, job, step)
        if isinstance(following, str):
            raise _not_followed(step, following)
        if not _is_own(client, step, following.url) and not job.allow_private:
            _refuse_private(step, _addresses(following))
        step = following
    raise _not_followed(step, f"more than {_MAX_HOPS} times")


async def adownload(client: Requesting, job: Job) -> Download:
    """Do what `Downloading.adownload` says."""
    step = job.first
    for _ in range(_MAX_HOPS + 1):
        async with client.astream(
            step.method, step.url, follow_redirects=False, **step.options
        ) as reply:
            following = _next_step(client, step, reply) if job.follows else None
            if following is None:
                if not reply.is_success:
                    await read_whole_async(reply, max_bytes=_REFUSAL_BYTES, what=step.what)
                    raise _refusal(reply, step)
                return await _save_async(reply, job, step)
        if isinstance(following, str):
            raise _not_followed(step, following)
        if not _is_own(client, step, following.url) and not job.allow_private:
            _refuse_private(step, await _in_thread(functools.partial(_addresses, following)))
        step = following
    raise _not_followed(step, f"more than {_MAX_HOPS} times")


def _save(reply: httpx.Response, job: Job, step: _Step) -> Download:
    bound_stream(reply, max_bytes=job.max_bytes, what=step.what)
    path = job.destination(disposition=reply.headers.get("Content-Disposition", ""))
    with contextlib.closing(Sink(path)) as sink:
        for piece in reply.iter_bytes(_PIECE_BYTES):
            sink.write(piece)
        return sink.finish(reply.headers.get("Content-Type"), overwrite=job.overwrite)


async def _save_async(reply: httpx.Response, job: Job, step: _Step) -> Download:
    bound_stream(reply, max_bytes=job.max_bytes, what=step.what)
    path = job.destination(disposition=reply.headers.get("Content-Disposition", ""))
    content_type = reply.headers.get("Content-Type")
    pieces: Any = reply.aiter_bytes(_PIECE_BYTES)
    with contextlib.closing(Sink(path)) as sink:
        async with contextlib.aclosing(pieces):
            async for piece in pieces:
                await _in_thread(functools.partial(sink.write, piece))
        return await _in_thread(
            functools.partial(sink.finish, content_type, overwrite=job.overwrite)
        )


async def _in_thread(work: Callable[[], T]) -> T:
    """Let a thread wait for the disk or the resolver; a cancelled task waits for it to end."""
    import anyio.to_thread  # comes with httpx, and only async downloads need it

    return await anyio.to_thread.run_sync(work)


def _refusal(reply: httpx.Response, step: _Step) -> JamfProAPIError:
    return error_for(
        reply,
        method=step.method,
        path=step.what.partition(" ")[2],
        unexpected=reply.status_code < 400,
    )


def _next_step(client: Requesting, step: _Step, reply: httpx.Response) -> _Step | str | None:
    """Return where a redirect leads, or why it is not followed; None for other replies."""
    location = reply.headers.get("Location")
    if reply.status_code not in _REDIRECTS or not location:
        return None
    method = step.method
    options = {name: value for name, value in step.options.items() if name != "params"}
    if method not in ("GET", "HEAD"):
        if reply.status_code in (307, 308):
            return "and wants the body again"
        method, options = "GET", {n: v for n, v in options.items() if n not in _BODY}
    url = _joined(reply, location)
    if url is None:
        return "to an address that cannot be read"
    if _is_own(client, step, url):
        return _Step(method, url, options)
    if client._connections.server.owns(url):
        # It would be the token's server again, asked in the name of another one.
        return "from another server to the configured one"
    if not url.lower().startswith("https://"):
        return "to another server without https"
    headers: dict[str, str] = dict(options.get("headers") or {})
    kept = {name: value for name, value in options.items() if name in _KEPT_ELSEWHERE}
    kept["headers"] = {n: v for n, v in headers.items() if n.lower() in _HARMLESS}
    return _Step(method, url, kept)


def _joined(reply: httpx.Response, location: str) -> str | None:
    try:
        url = urljoin(str(reply.request.url), location)
        parts = urlsplit(url)
        return url if parts.hostname and parts.port != 0 and "@" not in parts.netloc else None
    except ValueError:
        return None


def _is_own(client: Requesting, step: _Step, url: str) -> bool:
    """Whether a redirect to *url* stays on the configured server."""
    server = client._connections.server
    return server.owns(url) and server.owns(server.url_for(step.url))


def _addresses(step: _Step) -> list[str]:
    """Return the addresses that a host has here; none if only a proxy knows the host."""
    try:
        return [str(found[4][0]) for found in socket.getaddrinfo(urlsplit(step.url).hostname, None)]
    except (OSError, UnicodeError):
        return []


def _refuse_private(step: _Step, addresses: list[str]) -> None:
    for text in addresses:
        address = ipaddress.ip_address(text.partition("%")[0])
        address = getattr(address, "ipv4_mapped", None) or address
        if not address.is_global or address.is_multicast:
            raise _not_followed(
                step, "to an address that is not public; allow_private=True follows it"
            )


def _not_followed(step: _Step, why: str) -> InvalidResponseError:
    return InvalidResponseError(f"{step.what}: the answer redirects {why}")
