"""What a fault happens in: servers, clients, a clock that does not wait, and a way to call."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar

from tests.faults.acts import accept
from tests.faults.doors import Door
from tests.faults.server import FaultServer
from tests.faults.tokens import CLIENT_ID, CLIENT_SECRET, Tokens

from jamf_pro_client import resilience
from jamf_pro_client._httpx import httpx
from jamf_pro_client.api.buildings import (
    delete_v1_buildings_id,
    get_v1_buildings_id,
    post_v1_buildings,
    put_v1_buildings_id,
)
from jamf_pro_client.api.computer_prestages import put_v2_computer_prestages_id_scope
from jamf_pro_client.client import HTTPAuthenticatedClient as Client
from jamf_pro_client.resilience import ResilienceConfig

__all__ = ("BUILDING", "BUILDINGS", "SCOPE", "TOKEN", "Clock", "World")

BUILDINGS: Final = "/api/v1/buildings"
BUILDING: Final = "/api/v1/buildings/1"
SCOPE: Final = "/api/v2/computer-prestages/1/scope"
TOKEN: Final = "/api/v1/oauth/token"
_CLOSING_SECONDS: Final = 3.0

E = TypeVar("E", bound=BaseException)


class Clock:
    """Sleeps by moving the time on."""

    def __init__(self, door: Door) -> None:
        self.slept: list[float] = []
        self.on_sleep: Callable[[float], Awaitable[None]] | None = None
        """What happens during a sleep."""
        self._door = door
        self._ahead = 0.0
        self._lock = threading.Lock()
        # The same jitter in every run.
        self.random: Final = random.Random(70).random  # noqa: S311

    def monotonic(self) -> float:
        """Return the time: the real one and all sleeps."""
        return time.monotonic() + self._ahead

    def sleep(self, seconds: float) -> None:
        """Sleep in a thread."""
        self.advance(seconds)
        if self.on_sleep is not None:
            self._door.run(lambda: self._happen(seconds))

    async def sleep_async(self, seconds: float) -> None:
        """Sleep in a task."""
        self.advance(seconds)
        await self._door.pause(0)
        await self._happen(seconds)

    def advance(self, seconds: float) -> None:
        """Move the time on."""
        with self._lock:
            self.slept.append(seconds)
            self._ahead += seconds

    async def _happen(self, seconds: float) -> None:
        if self.on_sleep is not None:
            await self.on_sleep(seconds)


class World:
    """One run of one fault."""

    def __init__(self, door: Door) -> None:
        self.door = door
        self.clock = Clock(door)
        self.server = FaultServer(accept)
        self.tokens = Tokens(self.server)
        self.servers = [self.server]
        self.clients: list[Client] = []
        self.errors: list[BaseException] = []
        self.events: list[object] = []
        self.calls = 0
        self._began = self.clock.monotonic()
        self._names = 0

    def another(self, server: FaultServer) -> FaultServer:
        """Count a further server in."""
        self.servers.append(server)
        return server

    def config(self, **changes: Any) -> ResilienceConfig:
        """Return a configuration with this world's clock."""
        clock = self.clock
        timing = resilience.Timing(
            monotonic=clock.monotonic,
            sleep=clock.sleep,
            sleep_async=clock.sleep_async,
            random=clock.random,
        )
        given: dict[str, Any] = {
            "timing": timing,
            "enable_logging": True,
            "on_event": (self.events.append,),
        }
        return ResilienceConfig(**{**given, **changes})

    def client(self, url: str | None = None, *, retries: bool = True, **options: Any) -> Client:
        """Return a client that is closed with the world.

        Args:
            url: The server, this world's if it is not said.
            retries: Whether it is resilient.
            **options: Of the client; those of `ResilienceConfig` as `config`.
        """
        changes = options.pop("config", {})
        if not options.keys() & {"credentials", "token", "api_key"}:
            options |= {"api_key": CLIENT_ID, "api_secret": CLIENT_SECRET}
        options.setdefault("cookies", {"WEB_AUTH": "canary-cookie"})
        options.setdefault("headers", {"X-Extra": "canary-header"})
        options.setdefault("timeout", httpx.Timeout(5.0))
        if retries:
            options["resilience"] = self.config(**changes)
        made = Client(url or self.server.url, **options)
        self.clients.append(made)
        return made

    async def get(self, client: Client, number: str = "1") -> Any:
        """Read a building."""
        self.calls += 1
        return await self.door.call(get_v1_buildings_id, number, client=client)

    async def post(self, client: Client) -> Any:
        """Add a building with a name of its own."""
        self.calls += 1
        self._names += 1
        return await self.door.call(
            post_v1_buildings, client=client, body={"name": f"Building no. {self._names}"}
        )

    async def put(self, client: Client, number: str = "1") -> Any:
        """Replace a building."""
        self.calls += 1
        body = {"name": "Another name"}
        return await self.door.call(put_v1_buildings_id, number, client=client, body=body)

    async def put_scope(self, client: Client) -> Any:
        """Replace the scope of a prestage, which is version-locked."""
        self.calls += 1
        body = {"serialNumbers": ["A1"], "versionLock": 3}
        return await self.door.call(
            put_v2_computer_prestages_id_scope, "1", client=client, body=body
        )

    async def delete(self, client: Client, number: str = "1") -> Any:
        """Delete a building."""
        self.calls += 1
        return await self.door.call(delete_v1_buildings_id, number, client=client)

    async def request(
        self, client: Client, method: str, path: str, **options: Any
    ) -> httpx.Response:
        """Send a raw request."""
        self.calls += 1
        return await self.door.request(client, method, path, **options)

    async def failing(self, kind: type[E], call: Awaitable[Any]) -> E:
        """Return the error that a call must end with; what it shows is searched for secrets."""
        try:
            value = await call
        except Exception as error:
            self.errors.append(error)
            if isinstance(error, kind):
                return error
            got = f"{type(error).__name__}: {error}"
        else:
            got = f"{value!r}"[:200]
        raise AssertionError(f"{kind.__name__} was due, but it was {got}")

    def fine(self, results: list[Any]) -> None:
        """Check that none of many jobs has failed."""
        failed = [r for r in results if isinstance(r, BaseException)]
        self.errors += [error for error in failed if isinstance(error, Exception)]
        if failed:
            first = failed[0]
            raise AssertionError(
                f"{len(failed)} of {len(results)} have failed, with {type(first).__name__}: {first}"
            )

    @property
    def elapsed(self) -> float:
        """Seconds since the beginning, sleeps that did not last included."""
        return self.clock.monotonic() - self._began

    @property
    def sent(self) -> int:
        """How many requests the server got, apart from those for tokens."""
        return len(self.server.calls())

    def in_flight(self) -> int:
        """Return how many requests hold a slot."""
        return sum(client.in_flight for client in self.clients)

    def left_open(self) -> int:
        """Return how many connections are still open at the servers, a moment after closing."""
        end = time.monotonic() + _CLOSING_SECONDS
        while (count := sum(s.open_connections for s in self.servers)) and time.monotonic() < end:
            time.sleep(0.005)
        return count

    def extra_requests(self) -> int:
        """Return how many requests were sent beyond one for each call and one for a token.

        Those that were refused for their token are not counted: they had to be sent to know.
        """
        tokens = sum(server.token_requests for server in self.servers)
        sent = sum(len(server.calls()) - server.refused for server in self.servers)
        return max(0, tokens - 1) + max(0, sent - self.calls)

    async def close(self) -> None:
        """Close the clients."""
        for client in self.clients:
            await self.door.close(client)

    def stop(self) -> None:
        """Stop the servers."""
        for server in self.servers:
            server.stop()
