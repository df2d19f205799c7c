"""What one attempt may take: time, bytes, and whether it stays on a node of the cluster."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final, TypedDict

from jamf_pro_client._httpx import httpx
from jamf_pro_client._transport.connections import DEADLINE, TOKEN_LISTENER
from jamf_pro_client._transport.plain import SHOWN
from jamf_pro_client._transport.reading import MAX_BYTES
from jamf_pro_client.errors import RequestTimeoutError

if TYPE_CHECKING:
    from jamf_pro_client._auth.asking import TokenListener
    from jamf_pro_client._transport.call import Call

__all__ = ("UNLIMITED", "Limits")

# A sync call inside an event loop may wait for tasks that cannot go on while it waits.
_WAIT_IN_LOOP_SECONDS: Final = 30.0
_IN_LOOP: Final = (
    f"in {_WAIT_IN_LOOP_SECONDS:g} s for a sync call inside an event loop, which blocks the "
    "tasks that hold the slots; use the async call there"
)
# Names in use at Jamf (reference: wire observations, section 2).
_NODE_COOKIES: Final = frozenset(
    {"APBALANCEID", "AWSALB", "AWSALBCORS", "JSESSIONID", "jpro-ingress"}
)


class Bounds(TypedDict):
    """What reading a body may take; the keywords of `read_whole` and `bound_stream`."""

    max_bytes: int | None
    deadline: Callable[[], None] | None
    what: str


class Limits:
    """What one attempt may take.

    Args:
        call: Whose attempt it is, for errors.
        seconds: Its time, with queueing, the token and the body; None is no limit.
        max_bytes: How large a body kept in memory may be, decompressed; None is no limit.
        stream_bytes: The same for a body that the caller reads.
        sticky: Whether the cookies that name a node of the cluster go with it.
        is_logged: Whether it gets a record here; False where the steps write one.
        listener: Told what came of fetching a token.
        monotonic: The clock.
    """

    __slots__ = (
        "_call",
        "_ends_at",
        "_monotonic",
        "is_logged",
        "listener",
        "max_bytes",
        "seconds",
        "sticky",
        "stream_bytes",
    )

    def __init__(
        self,
        call: Call | None = None,
        *,
        seconds: float | None = None,
        max_bytes: int | None = MAX_BYTES,
        stream_bytes: int | None = None,
        sticky: bool = True,
        is_logged: bool = True,
        listener: TokenListener | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._call = call
        self.seconds = seconds
        self.max_bytes = max_bytes
        self.stream_bytes = stream_bytes
        self.sticky = sticky
        self.is_logged = is_logged
        self.listener = listener
        self._monotonic = monotonic
        self._ends_at = 0.0 if seconds is None else monotonic() + seconds

    @property
    def check(self) -> Callable[[], None] | None:
        """What raises when the time is over; None where there is no limit."""
        return None if self.seconds is None else self._check

    def bounds(self, what: str, *, stream: bool) -> Bounds:
        """Return what the body of the attempt may take.

        Args:
            what: How errors name the call.
            stream: Whether the caller reads the body.
        """
        max_bytes = self.stream_bytes if stream else self.max_bytes
        return {"max_bytes": max_bytes, "deadline": self.check, "what": what}

    def slot_wait(self, *, in_loop: bool) -> tuple[float | None, str]:
        """Return how long to wait for a slot, and what to say when none was free.

        Args:
            in_loop: Whether a sync call was made inside of an event loop.
        """
        if self.seconds is not None and not (in_loop and self.seconds > _WAIT_IN_LOOP_SECONDS):
            return self.seconds, "before the deadline"
        return (_WAIT_IN_LOOP_SECONDS, _IN_LOOP) if in_loop else (None, "")

    def apply(
        self, request: httpx.Request, call: Call, kept_cookies: Callable[[], Iterable[str]]
    ) -> None:
        """Change a request so that it keeps within the limits.

        Args:
            request: What is to be sent.
            call: What it was made of.
            kept_cookies: Gives the names of cookies that the user has set.
        """
        if self.seconds is not None:
            from jamf_pro_client._transport.steps_until import StepsUntil  # with a deadline only

            ends_at = time.monotonic() + self._left()
            request.extensions[DEADLINE] = ends_at
            request.extensions["timeout"] = StepsUntil(request.extensions["timeout"], ends_at)
        if self.listener is not None:
            request.extensions[TOKEN_LISTENER] = self.listener
        # A plain request was made without cookies.
        if not self.sticky and SHOWN not in request.extensions and "Cookie" in request.headers:
            _leave_node(request, {*kept_cookies(), *call.cookies})

    def _left(self) -> float:
        left = self._ends_at - self._monotonic()
        if left <= 0:
            raise self.over(sent=False)
        return left

    def _check(self) -> None:
        if self._monotonic() >= self._ends_at:
            raise self.over(sent=True)

    def over(self, *, sent: bool) -> RequestTimeoutError:
        """Return the error for an attempt that ran out of time.

        Args:
            sent: Whether a part of it has reached the server.
        """
        call = self._call
        when = "the answer came" if sent else "it was sent"
        text = f"the deadline passed before {when}"
        if call is None:
            return RequestTimeoutError(text, sent=sent)
        text = f"{call.method} {call.shown_path}: {text}"
        return RequestTimeoutError(text, sent=sent, **call.who)


def _leave_node(request: httpx.Request, kept: set[str]) -> None:
    pairs = request.headers["Cookie"].split("; ")
    names = [(pair.partition("=")[0], pair) for pair in pairs]
    others = [pair for name, pair in names if name in kept or name not in _NODE_COOKIES]
    if others:
        request.headers["Cookie"] = "; ".join(others)
    else:
        del request.headers["Cookie"]


UNLIMITED: Final = Limits()
