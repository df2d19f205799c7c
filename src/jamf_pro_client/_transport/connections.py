"""The connections that a client and everything derived from it share."""

from __future__ import annotations

import inspect
import threading
import weakref
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from jamf_pro_client._httpx import httpx
from jamf_pro_client._transport.fork import reset_after_fork
from jamf_pro_client._transport.loops import has_ended, running_loop
from jamf_pro_client._version import __version__
from jamf_pro_client.errors import ConfigurationError

if TYPE_CHECKING:
    import ssl

    from jamf_pro_client._auth.server_auth import ServerAuth
    from jamf_pro_client._transport.allowance import Allowance
    from jamf_pro_client._transport.call import TimeoutValue
    from jamf_pro_client._transport.loops import Loop
    from jamf_pro_client._transport.pool import Lease, LoopPool
    from jamf_pro_client._transport.server import Server

__all__ = (
    "ASKED_AT",
    "DEADLINE",
    "DEFAULT_HEADERS",
    "FOREIGN",
    "REPLAYABLE",
    "TOKEN_LISTENER",
    "TOKEN_SET",
    "WANTS_TOKEN",
    "Connections",
    "check_httpx_args",
    "take_off",
)

DEFAULT_HEADERS: Final = {
    "User-Agent": f"jamf-pro-client/{__version__}",
    # The codings whose decompressed size can be kept within bounds.
    "Accept-Encoding": "gzip, deflate",
}
FOREIGN: Final = "jamf_pro_client.foreign"
"""The request extension of requests that were made for another server on purpose."""
REPLAYABLE: Final = "jamf_pro_client.replayable"
"""The request extension that says whether the body can be sent twice."""
WANTS_TOKEN: Final = "jamf_pro_client.wants_token"
"""The request extension of requests to the configured server that surely have no token yet."""
TOKEN_SET: Final = "jamf_pro_client.token_set"
"""The request extension that says that the token was put on by us."""
DEADLINE: Final = "jamf_pro_client.deadline"
"""The request extension with the end of the whole call, on the monotonic clock."""
ASKED_AT: Final = "jamf_pro_client.asked_at"
"""The request extension with the beginning of the call, on the monotonic clock.

Credentials that were refused since then are not tried again for it.
"""
TOKEN_LISTENER: Final = "jamf_pro_client.token_listener"
"""The request extension with what is called when a token was fetched or refused for the call."""

_OURS: Final = frozenset(
    {"auth", "base_url", "cookies", "follow_redirects", "headers", "timeout", "verify"}
)
_KEEPALIVE_SECONDS: Final = 5.0

# Pools of the parent process in a forked child: closing or collecting them there would write to,
# or warn about, sockets that the parent still uses.
_inherited: list[object] = []


class Connections:
    """httpx clients made when they are needed: one for threads, one per event loop."""

    def __init__(
        self,
        server: Server,
        *,
        headers: Mapping[str, str],
        cookies: Mapping[str, str],
        timeout: TimeoutValue,
        verify_ssl: bool | str | ssl.SSLContext,
        follow_redirects: bool,
        httpx_args: Mapping[str, Any],
        allowance: Allowance,
    ) -> None:
        self.server = server
        self.follow_redirects = follow_redirects
        self.timeout = timeout
        self.auth: ServerAuth | None = None
        self.headers = dict(headers)
        self.cookies = dict(cookies)
        self._verify = verify_ssl
        self._args = dict(httpx_args)
        self._clear()
        self._use(allowance)
        reset_after_fork(self)

    def _use(self, allowance: Allowance) -> None:
        self.allowance = allowance
        self.gate = allowance.gate
        self.gate.serve(self)

    def share(self, allowance: Allowance) -> None:
        """Count calls together with those of other clients; the smaller limit is for all of them.

        Args:
            allowance: Theirs.
        """
        own = self.gate.limit
        self._use(allowance)
        if own < allowance.gate.limit:
            allowance.gate.set_limit(own)

    def _clear(self) -> None:
        from jamf_pro_client._transport.cookies import cookie_jar  # with the first client

        self._lock = threading.RLock()
        self._jar = cookie_jar(self.server, self.cookies)
        self._pool_size = 0
        self._sync: httpx.Client | None = None
        self._sync_is_given = False
        self._given_async: LoopPool | None = None
        self._by_loop: weakref.WeakKeyDictionary[Loop, LoopPool] = weakref.WeakKeyDictionary()
        # Made outside of any loop; the first loop that needs one takes it.
        self._unclaimed: LoopPool | None = None
        # Pools that got too small; requests may still be running in them.
        self._retired: list[httpx.Client] = []
        self._retired_async: list[tuple[Loop, LoopPool]] = []

    def _reset_after_fork(self) -> None:
        given, given_async = (self._sync if self._sync_is_given else None), self._given_async
        _inherited.extend((self._sync, self._unclaimed, *self._by_loop.values()))
        _inherited.extend((self._retired, self._retired_async))
        self._clear()
        # A client that the user made is the user's to replace in a child.
        self._sync, self._sync_is_given = given, given is not None
        self._given_async = given_async

    def sync_client(self) -> httpx.Client:
        """Return the httpx client for threads, made now if there is none."""
        client = self._sync
        if client is None or client.is_closed:
            with self._lock:
                client = self._sync
                if client is None or (client.is_closed and not self._sync_is_given):
                    client = self._sync = self._make_sync()
        if client.is_closed:
            raise ConfigurationError("the httpx client given to set_httpx_client is closed")
        return client

    def async_client(self, *, hand_out: bool = False) -> httpx.AsyncClient:
        """Return the httpx client of the running event loop, made now if there is none.

        Args:
            hand_out: Whether the user gets it.
        """
        pool = self._async_pool()
        pool.is_handed_out |= hand_out
        return pool.client

    def is_given(self, client: httpx.Client | httpx.AsyncClient) -> bool:
        """Return whether the user has made *client*."""
        pool = self._given_async
        return (self._sync_is_given and client is self._sync) or (
            pool is not None and client is pool.client
        )

    def lease(self) -> Lease:
        """Return the right to send one call with the httpx client of the running event loop."""
        return self._async_pool().lease()

    def _async_pool(self) -> LoopPool:
        given = self._given_async
        if given is not None:
            if given.client.is_closed:
                raise ConfigurationError(
                    "the httpx client given to set_async_httpx_client is closed"
                )
            return given
        from jamf_pro_client._transport.pool import LoopPool  # for async calls only

        loop = running_loop()
        with self._lock:
            pool = self._unclaimed if loop is None else self._by_loop.get(loop)
            if pool is None or pool.client.is_closed:
                pool = self._unclaimed
                if pool is None or pool.client.is_closed:
                    # Half of the pool is there for connections that cancelled calls have lost.
                    pool = LoopPool(self._make_async(), self.gate.limit, self._retire)
                self._unclaimed = pool if loop is None else None
                if loop is not None:
                    self._forget_ended()
                    self._by_loop[loop] = pool
            return pool

    def _forget_ended(self) -> None:
        # A pool holds sockets that hold their loop, so weak keys alone would keep it for ever.
        for loop in [loop for loop in self._by_loop if has_ended(loop)]:
            del self._by_loop[loop]
        self._retired_async = [pair for pair in self._retired_async if not has_ended(pair[0])]

    def _retire(self, pool: LoopPool) -> None:
        loop = running_loop()
        with self._lock:
            if loop is not None and self._by_loop.get(loop) is pool:
                del self._by_loop[loop]
                self._retired_async = [p for p in self._retired_async if not p[1].client.is_closed]
                self._retired_async.append((loop, pool))

    def set_sync(self, client: httpx.Client) -> None:
        """Use *client* from now on; its maker closes it."""
        with self._lock:
            if self._sync is not None and not self._sync_is_given:
                self._retired.append(self._sync)
            self._sync, self._sync_is_given = client, True

    def set_async(self, client: httpx.AsyncClient) -> None:
        """Use *client* from now on, in every event loop; its maker closes it."""
        from jamf_pro_client._transport.pool import LoopPool  # for async calls only

        with self._lock:
            self._given_async = LoopPool(client)

    def close(self) -> None:
        """Close what threads use, and end the token if nothing else is open."""
        client = self._sync
        if self.auth is not None and client is not None and not self._is_open_elsewhere():
            self.auth.end_token(client)
        with self._lock:
            closing, self._retired = self._retired, []
            if self._sync is not None and not self._sync_is_given:
                closing.append(self._sync)
                self._sync = None
        if closing:
            from jamf_pro_client._transport.ending import end  # comes with the first call

            for client in closing:
                end(client)

    async def aclose(self) -> None:
        """Close what the running event loop uses, and end the token if nothing else is open."""
        loop = running_loop()
        try:
            await self._end_token(loop)
        finally:
            await self._close_pools(loop)

    async def _end_token(self, loop: Loop | None) -> None:
        pool = self._given_async or (self._by_loop.get(loop) if loop is not None else None)
        if self.auth is None or pool is None or self._is_open_elsewhere(loop):
            return
        await self.auth.end_token_async(pool.client)

    def _is_open_elsewhere(self, loop: Loop | None = None) -> bool:
        """Return whether calls outside of *loop* (None: outside of threads) may need the token."""
        with self._lock:
            if loop is not None and self._sync is not None and not self._sync.is_closed:
                return True
            others = [
                pool for at, pool in self._by_loop.items() if at is not loop and not has_ended(at)
            ]
            return any(not pool.client.is_closed for pool in others)

    async def _close_pools(self, loop: Loop | None) -> None:
        with self._lock:
            closing = [pool for owner, pool in self._retired_async if owner is loop]
            self._retired_async = [
                pair
                for pair in self._retired_async
                if pair[0] is not loop and not has_ended(pair[0])
            ]
            current = self._by_loop.pop(loop, None) if loop is not None else None
            closing += [pool for pool in (current, self._unclaimed) if pool is not None]
            self._unclaimed = None
        for pool in closing:
            await pool.client.aclose()

    def resize(self) -> None:
        """Make new pools when more requests are allowed than the present ones can hold."""
        with self._lock:
            if "limits" in self._args or 2 * self.gate.limit <= self._pool_size:
                return
            if self._sync is not None and not self._sync_is_given:
                self._retired.append(self._sync)
                self._sync = None
            self._retired_async += list(self._by_loop.items())
            self._by_loop.clear()

    def _make_sync(self) -> httpx.Client:
        transport = self._args.get("transport")
        if transport is not None and not hasattr(transport, "handle_request"):
            raise ConfigurationError("the transport in httpx_args cannot serve sync calls")
        hooks: dict[str, list[Callable[..., Any]]] = {
            name: list(given) for name, given in self._hooks().items()
        }
        hooks["request"].insert(0, self._guard)
        return httpx.Client(**self._arguments(), event_hooks=hooks)

    def _make_async(self) -> httpx.AsyncClient:
        transport = self._args.get("transport")
        if transport is not None and not hasattr(transport, "handle_async_request"):
            raise ConfigurationError("the transport in httpx_args cannot serve async calls")
        hooks = {name: [_awaitable(h) for h in given] for name, given in self._hooks().items()}
        hooks["request"].insert(0, _awaitable(self._guard))
        return httpx.AsyncClient(**self._arguments(), event_hooks=hooks)

    def _hooks(self) -> dict[str, list[Callable[..., Any]]]:
        given = self._args.get("event_hooks") or {}
        return {
            "request": list(given.get("request", ())),
            "response": list(given.get("response", ())),
        }

    def _arguments(self) -> dict[str, Any]:
        from jamf_pro_client._transport.tls import verification  # with the first httpx client

        self._pool_size = 2 * self.gate.limit
        limits = httpx.Limits(max_connections=self._pool_size, keepalive_expiry=_KEEPALIVE_SECONDS)
        rest = {name: value for name, value in self._args.items() if name != "event_hooks"}
        return {
            "base_url": self.server.base_url,
            "headers": {**DEFAULT_HEADERS, **self.headers},
            # A jar is used as it is, so all of them fill and read the same one.
            "cookies": self._jar,
            "timeout": self.timeout,
            "verify": verification(self._verify, self._args),
            "follow_redirects": self.follow_redirects,
            "auth": self.auth,
            "limits": limits,
            **rest,
        }

    def _guard(self, request: httpx.Request) -> None:
        """Take off what is meant for the server when httpx follows a redirect to another one."""
        extensions = request.extensions
        if WANTS_TOKEN in extensions or FOREIGN in extensions:
            return
        if self.server.owns(str(request.url)):
            return
        if self.auth is not None and TOKEN_SET in request.extensions:
            request.headers.pop(self.auth.header_name, None)
        take_off(request, self.headers, {cookie.name: cookie.value for cookie in self._jar})


def take_off(
    request: httpx.Request, headers: Mapping[str, str], cookies: Mapping[str, str | None]
) -> None:
    """Remove headers and cookies from a request, where it has them with the same value.

    Args:
        request: One that leaves the server for which they are.
        headers: Names and values.
        cookies: Names and values.
    """
    for name, value in headers.items():
        if request.headers.get(name) == value:
            del request.headers[name]
    sent = request.headers.get("Cookie")
    if sent is None:
        return
    # httpx puts the cookies into another jar, which takes all ports of a host for one server.
    ours = {f"{name}={value}" for name, value in cookies.items()}
    others = [pair for pair in sent.split("; ") if pair not in ours]
    if others:
        request.headers["Cookie"] = "; ".join(others)
    else:
        del request.headers["Cookie"]


def check_httpx_args(httpx_args: Mapping[str, Any]) -> None:
    """Refuse arguments for httpx that have their own keyword.

    Args:
        httpx_args: What the user wants to pass on.

    Raises:
        ConfigurationError: One of them is named twice.
    """
    named = sorted(_OURS.intersection(httpx_args))
    if named:
        raise ConfigurationError(
            f"httpx_args cannot hold {', '.join(named)}: use the client's own arguments"
        )


def _awaitable(hook: Callable[[Any], Any]) -> Callable[[Any], Awaitable[None]]:
    """Return a hook that httpx can await, made of a plain or an async function."""

    async def call(subject: Any) -> None:
        result = hook(subject)
        if inspect.isawaitable(result):
            await result

    return call
