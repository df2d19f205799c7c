"""Calls played against a script of outcomes, in a time that only waits and outcomes move."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from jamf_pro_client._httpx import httpx
from jamf_pro_client._resilience.flow import call_flow
from jamf_pro_client._resilience.state import SharedState
from jamf_pro_client._resilience.steps import (
    CallFacts,
    Failed,
    Outcome,
    Raise,
    Replied,
    Return,
    Send,
    Wait,
)
from jamf_pro_client._transport.failures import translate
from jamf_pro_client.errors import JamfProError, error_for
from jamf_pro_client.resilience import ResilienceConfig, Timing

Scripted = Outcome | Callable[[], Outcome]


class Clock:
    def __init__(self, now: float = 1000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


class Played(NamedTuple):
    """What came of a call."""

    sends: list[Send]
    waits: list[float]
    end: Return | Raise

    @property
    def error(self) -> JamfProError:
        assert isinstance(self.end, Raise), self.end
        return self.end.error

    @property
    def status(self) -> int:
        assert isinstance(self.end, Return), self.end
        return self.end.reply.status


class World:
    """A clock, a state that calls share, and a configuration."""

    def __init__(self, *, random: float = 0.0, **settings: Any) -> None:
        self.clock = Clock()
        self.state = SharedState()
        timing = Timing(monotonic=self.clock, random=lambda: random)
        self.config = ResilienceConfig(timing=timing, **settings)

    def play(
        self,
        call: CallFacts,
        outcomes: Iterable[Scripted],
        *,
        attempt_seconds: float = 0.0,
        config: ResilienceConfig | None = None,
    ) -> Played:
        script = iter(outcomes)
        sends: list[Send] = []
        waits: list[float] = []
        flow = call_flow(call, config or self.config, self.state)
        answer: Outcome | None = None
        try:
            while True:
                step = flow.send(answer)
                answer = None
                if isinstance(step, Wait):
                    waits.append(step.seconds)
                    self.clock.now += step.seconds
                elif isinstance(step, Send):
                    sends.append(step)
                    self.clock.now += attempt_seconds
                    scripted = next(script)
                    answer = scripted() if callable(scripted) else scripted
                else:
                    return Played(sends, waits, step)
        finally:
            flow.close()


def read(path: str = "/v1/buildings", **facts: Any) -> CallFacts:
    return CallFacts("GET", path, operation="get_v1_buildings", **facts)


def write(method: str = "POST", path: str = "/v1/buildings", **facts: Any) -> CallFacts:
    return CallFacts(method, path, operation=f"{method.lower()}_v1_buildings", **facts)


def reply(status: int, headers: Mapping[str, str] | None = None, **facts: Any) -> Replied:
    return Replied(status, httpx.Headers(headers), **facts)


def failed(
    kind: type[Exception], text: str = "it broke", *, sent: bool | None = None, **facts: Any
) -> Failed:
    """The outcome that a shell makes of an error of httpx."""
    error = translate(kind(text), method="GET", path="/v1/buildings")
    was_sent = getattr(error, "sent", True) if sent is None else sent
    return Failed(error, kind=kind, sent=was_sent, **facts)


def token_answer(status: int, headers: Mapping[str, str] | None = None) -> Failed:
    """The outcome of a call whose token was refused."""
    answer = httpx.Response(status, headers=dict(headers or {}), content=b"")
    error = error_for(answer, method="POST", path="/api/v1/oauth/token")
    return Failed(error, sent=True, token_step=True)
