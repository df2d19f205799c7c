"""Waiting for what a server has accepted but not done yet."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Self, TypedDict, TypeVar

from jamf_pro_client._callbacks import awaited, not_awaitable
from jamf_pro_client._transport.abandoning import pause
from jamf_pro_client.errors import ConfigurationError, JamfProError
from jamf_pro_client.resilience import Timing

if TYPE_CHECKING:
    from typing import Unpack

__all__ = ("DeadlineExceededError", "Pace", "WaitOptions", "wait_until", "wait_until_async")

T = TypeVar("T")


class DeadlineExceededError(JamfProError, TimeoutError):
    """What was waited for did not happen in time; it may still happen."""

    def __init__(self, message: str, *, last: Any = None) -> None:
        super().__init__(message)
        self.last = last
        """What was read last."""


class WaitOptions(TypedDict, total=False):
    """How long to wait, and how often to look. Durations are seconds."""

    deadline: float
    """When to give up; 300 by default."""
    first_wait: float
    """The wait after the first look; 1 by default. It doubles each time."""
    longest_wait: float
    """The longest wait between two looks; 30 by default."""
    timing: Timing
    """Where time and randomness come from, for tests."""


class Pace:
    """Decides when to look next. Half of each wait is fixed, half is random.

    Args:
        deadline: When to give up, in seconds from now.
        first_wait: The wait after the first look.
        longest_wait: The longest wait between two looks.
        timing: Where time and randomness come from.

    Raises:
        ConfigurationError: A duration is negative, or a wait is 0.
    """

    def __init__(
        self,
        deadline: float = 300.0,
        first_wait: float = 1.0,
        longest_wait: float = 30.0,
        timing: Timing | None = None,
    ) -> None:
        numbers = all(isinstance(one, int | float) for one in (deadline, first_wait, longest_wait))
        # The comparisons are the other way round for not-a-number, which is refused too.
        if not (numbers and deadline >= 0 and first_wait > 0 and longest_wait > 0):
            raise ConfigurationError("deadline, first_wait, longest_wait must be seconds above 0")
        self.timing = timing or Timing()
        self._deadline = deadline
        self._ends = self.timing.monotonic() + deadline
        self._next = min(first_wait, longest_wait)
        self._longest = longest_wait

    @classmethod
    def of(cls, wait: str, options: WaitOptions) -> Self:
        """Return the pace of a wait.

        Args:
            wait: What the function is called that was given the options.
            options: What it was given.

        Raises:
            TypeError: There is no such option.
        """
        unknown = options.keys() - WaitOptions.__optional_keys__
        if unknown:
            raise TypeError(
                f"{wait}() has no option {min(unknown)!r}; it takes deadline, first_wait, "
                "longest_wait and timing"
            )
        return cls(**options)

    @property
    def remaining_seconds(self) -> float:
        """What is left until the deadline; below 0 after it."""
        return self._ends - self.timing.monotonic()

    def next_wait(self, last: object, failure: JamfProError | None = None) -> float:
        """Return how many seconds to wait before the next look; the last one is at the deadline.

        Args:
            last: What was seen, for the error.
            failure: Why the latest look saw nothing; it may say how long to wait at least.

        Raises:
            DeadlineExceededError: The time is up.
        """
        remaining = self.remaining_seconds
        if remaining <= 0:
            unseen = "" if failure is None else f"; the last look failed: {failure}"
            raise DeadlineExceededError(
                f"it did not happen within {self._deadline:g} seconds{unseen}", last=last
            ) from failure
        asked = getattr(failure, "retry_after", None) or 0
        wait = self._next / 2 * (1 + self.timing.random())
        self._next = min(self._next * 2, self._longest)
        return min(max(wait, asked), remaining)


def wait_until(
    read: Callable[[], T], is_done: Callable[[T], object], **options: Unpack[WaitOptions]
) -> T:
    """Read again and again until what was read is done; return it.

    Args:
        read: Reads the state; its errors end the waiting.
        is_done: Whether a state is final.
        **options: How long to wait, and how often to look.

    Raises:
        DeadlineExceededError: It took too long; `last` is what was read last.
    """
    pace = Pace.of("wait_until", options)
    while not not_awaitable(is_done(state := read()), "the condition"):
        pause(pace.next_wait(state), pace.timing.sleep)
    return state


async def wait_until_async(
    read: Callable[[], Awaitable[T]],
    is_done: Callable[[T], object],
    **options: Unpack[WaitOptions],
) -> T:
    """Do as `wait_until` does, without blocking the event loop; *is_done* can be async."""
    pace = Pace.of("wait_until_async", options)
    while not await awaited(is_done(state := await read())):
        await pace.timing.sleep_async(pace.next_wait(state))
    return state
