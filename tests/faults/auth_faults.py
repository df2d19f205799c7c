"""Faults 41 to 54: the token is missing, refused, late or wrong."""

from __future__ import annotations

import threading
from typing import Any

from tests.faults.acts import after, hold, reply, reset
from tests.faults.doors import DOORS, AsyncioDoor, Door, Job, TrioDoor
from tests.faults.registry import fault
from tests.faults.tokens import CLIENT_ID, PASSWORD
from tests.faults.world import TOKEN, World

from jamf_pro_client._httpx import httpx
from jamf_pro_client.auth import AccessToken, BasicAuthProvider, CredentialsProvider
from jamf_pro_client.client import HTTPAuthenticatedClient as Client
from jamf_pro_client.errors import InvalidResponseError, UnauthorizedError

HTML = ("Content-Type", "text/html")


@fault(41, "no token yet, 100 callers at once", "one token request, 100 replies")
async def cold(w: World) -> None:
    w.server.script(TOKEN, after(0.05, w.tokens.issue))
    await _storm(w, w.client(max_concurrency=100), 100)
    assert w.server.token_requests == 1, w.server.token_requests


@fault(42, "token revoked under 50 callers", "one more token request, 50 replies")
async def revoked_under_50(w: World) -> None:
    await _revoked(w, 50)


@fault(43, "token revoked under 100 callers", "one more token request, 100 replies", is_slow=True)
async def revoked_under_100(w: World) -> None:
    await _revoked(w, 100)


async def _revoked(w: World, callers: int) -> None:
    # All of them at once: the usual limit of five would keep most out of it.
    client = w.client(max_concurrency=callers)
    await w.get(client)
    w.tokens.revoke_all()
    w.server.script(TOKEN, after(0.05, w.tokens.issue))
    await _storm(w, client, callers)
    assert w.server.token_requests == 2, w.server.token_requests


async def _storm(w: World, client: Client, callers: int) -> None:
    w.fine(await w.door.many([lambda: w.get(client)] * callers))


@fault(
    44,
    "no token, then a revoked one, under 100 threads and two event loops with 20 tasks each",
    "one token request each time, 140 replies",
    is_slow=True,
)
def threads_and_loops(w: World) -> None:
    client = w.client(max_concurrency=40)
    w.server.script(TOKEN, after(0.05, w.tokens.issue))
    for requests in (1, 2):
        _everywhere(w, client)
        assert w.server.token_requests == requests, w.server.token_requests
        w.tokens.revoke_all()


def _everywhere(w: World, client: Client) -> None:
    """Call from 100 threads and from 20 tasks in each of two event loops."""
    results: list[Any] = []

    def work(door: Door, callers: int) -> None:
        async def main() -> None:
            results.extend(await door.many([lambda: _status(door, client)] * callers))
            if door.name != "sync":
                await client.aclose()

        door.run(main)

    # Trio's turn: one loop of each kind.
    other = "trio" if w.door.name == "trio" else "asyncio"
    parts = (("sync", 100), ("asyncio", 20), (other, 20))
    threads = [threading.Thread(target=work, args=(DOORS[name], n)) for name, n in parts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    w.calls += 140
    assert len(results) == 140, len(results)
    w.fine(results)


async def _status(door: Door, client: Client) -> int:
    answer = await door.request(client, "GET", "/api/v1/buildings/1")
    assert answer.status_code == 200, answer.status_code
    return answer.status_code


@fault(45, "token endpoint answers 503 twice, user credentials", "POST is carried out once")
async def token_unavailable(w: World) -> None:
    path = "/api/v1/auth/token"
    w.server.script(path, reply(503), reply(503), w.tokens.issue)
    await w.post(w.client(credentials=BasicAuthProvider("admin", PASSWORD)))
    assert len(w.server.calls(path)) == 3
    assert len(w.server.executed) == 1


@fault(
    46,
    "token endpoint resets the connection, for one caller and for five at once",
    "POST is carried out once; one more token request for all",
)
async def token_reset(w: World) -> None:
    w.server.script(TOKEN, reset, w.tokens.issue)
    await w.post(w.client())
    assert w.server.token_requests == 2, w.server.token_requests
    assert w.sent == 1, w.sent
    w.server.script(TOKEN, after(0.1, reset), w.tokens.issue)
    await _storm(w, w.client(), 5)
    assert w.server.token_requests == 4, w.server.token_requests


@fault(47, "token endpoint hangs", "given up after the timeout, tried again")
async def token_hangs(w: World) -> None:
    w.server.script(TOKEN, hold(), w.tokens.issue)
    await w.post(w.client(timeout=httpx.Timeout(5, read=0.2)))
    assert w.elapsed - sum(w.clock.slept) < 1.5
    assert w.sent == 1, w.sent


@fault(48, "client secret is wrong", "UnauthorizedError after one request")
async def wrong_secret(w: World) -> None:
    client = w.client(api_key=CLIENT_ID, api_secret="canary-wrong-secret")
    await w.failing(UnauthorizedError, w.get(client))
    assert w.server.token_requests == 1, w.server.token_requests
    assert w.sent == 0, w.sent


@fault(49, "token endpoint answers with HTML", "tried again; InvalidResponseError if it stays so")
async def token_html(w: World) -> None:
    page = reply(200, "<html>canary-token-in-page</html>", HTML)
    w.server.script(TOKEN, page, w.tokens.issue)
    await w.post(w.client())
    assert w.sent == 1, w.sent
    w.server.script(TOKEN, page)
    await w.failing(InvalidResponseError, w.post(w.client()))
    assert w.sent == 1, w.sent
    assert w.server.token_requests == 6, w.server.token_requests


@fault(50, "tokens live 60 s", "one token request for 50 calls")
async def short_tokens(w: World) -> None:
    w.tokens.lifetime_seconds = 60
    client = w.client()
    for _ in range(50):
        await w.get(client)
    assert w.server.token_requests == 1, w.server.token_requests


@fault(
    51,
    "renewing fails while the old token is still good",
    "the reply, with the old token",
    is_slow=True,
)
async def renewing_fails(w: World) -> None:
    w.tokens.lifetime_seconds = 2
    w.server.script(TOKEN, w.tokens.issue, reply(503))
    client = w.client()
    await w.get(client)
    # From four fifths of its life on it is to be renewed.
    await w.door.pause(1.65)
    await w.get(client)
    await w.get(client)
    assert w.server.token_requests == 2, w.server.token_requests
    assert w.sent == 3, w.sent


@fault(52, "every token is refused (401)", "UnauthorizedError after two sends")
async def always_refused(w: World) -> None:
    w.server.refuses = lambda seen: seen.path != TOKEN
    await w.failing(UnauthorizedError, w.post(w.client()))
    assert w.sent == 2, w.sent
    assert w.server.token_requests == 2, w.server.token_requests


@fault(53, "who fetches the token is cancelled or interrupted", "the 20 others get theirs")
async def leader_gone(w: World) -> None:
    door = w.door
    if isinstance(door, AsyncioDoor | TrioDoor):
        w.server.script(TOKEN, hold(), w.tokens.issue)
        client = w.client()

        async def asked() -> None:
            while not w.server.token_requests:
                await door.pause(0.002)

        async def leader() -> None:
            await door.cancel([lambda: w.get(client)], asked)

        async def other() -> None:
            await asked()
            await w.get(client)

        w.fine(await door.many([leader, *[other] * 20]))
        assert w.server.token_requests == 2, w.server.token_requests
        return
    provider = _Interrupted(w)
    client = w.client(credentials=provider)
    jobs: list[Job] = [lambda: w.get(client)] * 21
    results = await door.many(jobs)
    assert sum(isinstance(result, KeyboardInterrupt) for result in results) == 1
    w.fine([result for result in results if not isinstance(result, KeyboardInterrupt)])
    assert provider.fetches == 2, provider.fetches


class _Interrupted(CredentialsProvider):
    """Is interrupted the first time, as by Ctrl-C."""

    def __init__(self, w: World) -> None:
        super().__init__()
        self.fetches = 0
        w.tokens.let_in("canary-token-of-ours")

    def _request_access_token(self) -> AccessToken:
        self.fetches += 1
        threading.Event().wait(0.05)
        if self.fetches == 1:
            raise KeyboardInterrupt
        return AccessToken("user", "canary-token-of-ours")


@fault(54, "clocks of client and server an hour apart", "one token request for 10 calls")
async def clock_jump(w: World) -> None:
    for hours in (-1, 1):
        w.tokens.clock_error_seconds = 3600 * hours
        client = w.client(credentials=BasicAuthProvider("admin", PASSWORD))
        before = w.server.token_requests
        for _ in range(10):
            await w.get(client)
        assert w.server.token_requests == before + 1
