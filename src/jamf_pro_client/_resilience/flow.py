"""A call with everything that it takes to get it through, without doing any of it itself."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Final

from jamf_pro_client._resilience.backoff import backoff_seconds
from jamf_pro_client._resilience.breaker import Admitted, Refused
from jamf_pro_client._resilience.budget import DECLINED_COST, TRANSIENT_COST
from jamf_pro_client._resilience.decisions import (
    Trouble,
    is_healthy,
    is_in_doubt,
    is_write,
    server_failed,
    trouble_in,
    why_not_again,
)
from jamf_pro_client._resilience.reports import (
    Reporter,
    ambiguous,
    gave_up_note,
    no_time_left,
    not_admitted,
    with_note,
)
from jamf_pro_client._resilience.retry_after import polite_seconds
from jamf_pro_client._resilience.state import SharedState
from jamf_pro_client._resilience.steps import (
    CallFacts,
    Failed,
    Outcome,
    Raise,
    Replied,
    Return,
    Send,
    Step,
    Wait,
)
from jamf_pro_client._resilience.sticky import stays_on_node
from jamf_pro_client._unset import Unset
from jamf_pro_client.errors import TransportError

if TYPE_CHECKING:
    from jamf_pro_client.resilience import ResilienceConfig

__all__ = ("CallFlow", "call_flow")

Steps = Generator[Step, Outcome | None, None]

_OPEN: Final = "the breaker is open"


def call_flow(call: CallFacts, config: ResilienceConfig, state: SharedState) -> Steps:
    """Return the steps of a call; the last one is `Return` or `Raise`.

    Close it in any case: a call that is cancelled in between gives back what it holds.

    Args:
        call: The call.
        config: What to retry, how often and for how long.
        state: What it shares with other calls.
    """
    return CallFlow(call, config, state).steps()


class CallFlow:
    """One call on its way."""

    __slots__ = (
        "_admitted",
        "_attempts",
        "_call",
        "_charge",
        "_config",
        "_deadline",
        "_ends_at",
        "_had_500",
        "_in_doubt",
        "_last",
        "_report",
        "_state",
        "_timing",
    )

    def __init__(self, call: CallFacts, config: ResilienceConfig, state: SharedState) -> None:
        self._call = call
        self._config = config
        self._state = state
        self._timing = config.timing
        self._report = Reporter(call, config, state)
        self._deadline = _deadline(call, config)
        self._ends_at: float | None = None
        self._attempts = 0
        self._last: Outcome | None = None
        # An earlier attempt of this write may have been executed.
        self._in_doubt = False
        self._had_500 = False
        # What is taken from others until it is settled.
        self._admitted: Admitted | None = None
        self._charge = 0

    def steps(self) -> Steps:
        """Yield what to do; see `call_flow`."""
        try:
            if self._deadline is not None:
                self._ends_at = self._timing.monotonic() + self._deadline
            self._report.starts()
            step: Step | None = None
            while step is None:
                if self._may_have_to_wait:
                    step = yield from self._enter()
                if step is None:
                    step = yield from self._attempt()
            yield step
        finally:
            self._withdraw()

    @property
    def _may_have_to_wait(self) -> bool:
        config = self._config
        return config.breaker is not None or config.pacing or config.rate_limit is not None

    def _enter(self) -> Generator[Step, Outcome | None, Step | None]:
        """Wait until the call may be sent; return the last step if it may not."""
        now = self._timing.monotonic()
        if self._config.breaker is not None:
            entered = self._state.breaker.enter(self._config.breaker, now)
            if isinstance(entered, Refused):
                return self._refused(entered)
            self._admitted = entered
            if entered.half_opened:
                self._report.breaker_is("half_open")
        return (yield from self._queue(now))

    def _queue(self, now: float) -> Generator[Step, Outcome | None, Step | None]:
        """Wait for the pause after a slow reply and for a place in the rate limit."""
        moment, reason = now, "the server is getting slow"
        if self._config.pacing:
            moment += self._state.pace.pause_seconds(now)
        if self._config.rate_limit is not None:
            place = self._state.rate.reserve(self._config.rate_limit, moment, self._ends_at)
            if place is None:
                return self._out_of_time(self._too_long("the wait for a place in the rate limit"))
            if place > moment:
                moment, reason = place, "the rate limit"
        if moment > now:
            if self._ends_at is not None and moment >= self._ends_at:
                return self._out_of_time(self._too_long("the pause after a slow reply"))
            self._report.waits(moment - now, reason)
            yield Wait(moment - now, reason)
        return None

    def _attempt(self) -> Generator[Step, Outcome | None, Step | None]:
        """Send once; then wait before the next attempt, or return the last step."""
        now = self._timing.monotonic()
        remaining = None if self._ends_at is None else self._ends_at - now
        if remaining is not None and remaining <= 0:
            return self._out_of_time(f"the deadline of {self._deadline:g} s has passed")
        self._attempts += 1
        sticky = stays_on_node(self._config.sticky_sessions, self._state.last_write_at, now)
        outcome = yield Send(remaining, self._attempts, sticky)
        if outcome is None:
            raise TypeError("a Send step needs an outcome")
        ended = self._timing.monotonic()
        self._report.attempted(self._attempts, outcome, outcome.elapsed_seconds or ended - now)
        trouble = self._note_outcome(outcome, ended)
        if trouble is None:
            return self._end(outcome)
        return (yield from self._again(outcome, trouble))

    def _note_outcome(self, outcome: Outcome, now: float) -> Trouble | None:
        """Settle with all that is shared, and return what is wrong."""
        self._last = outcome
        if self._admitted is not None and self._config.breaker is not None:
            admitted, self._admitted = self._admitted, None
            limits = self._config.breaker
            changed = self._state.breaker.leave(admitted, server_failed(outcome), limits, now)
            self._report.breaker_is(changed)
        if is_healthy(outcome, self._config):
            self._state.budget.give_back(self._charge or (1 if self._attempts == 1 else 0))
            if self._config.pacing:
                self._state.pace.saw(outcome.elapsed_seconds, now)
        # A retry that failed has cost what it cost.
        self._charge = 0
        if is_write(self._call) and (isinstance(outcome, Replied) or outcome.sent):
            self._state.last_write_at = now
        return trouble_in(outcome, self._config)

    def _again(
        self, outcome: Outcome, trouble: Trouble
    ) -> Generator[Step, Outcome | None, Step | None]:
        """Wait before the next attempt, or return the last step."""
        if not self._max_retries():
            return self._end(outcome)
        reason = why_not_again(self._call, trouble, self._had_500)
        seconds = self._wait_seconds(trouble)
        reason = reason or self._limit_reached(trouble, seconds) or self._over_budget(trouble)
        if reason is not None:
            return self._give_up(outcome, reason)
        self._had_500 |= trouble.status == 500
        self._in_doubt |= is_in_doubt(self._call, outcome, trouble)
        self._report.waits(seconds, trouble.name)
        self._report.retries(self._attempts, outcome, seconds, trouble.name)
        yield Wait(seconds, trouble.name)
        return None

    def _wait_seconds(self, trouble: Trouble) -> float:
        random = self._timing.random()
        # 0 says nothing that would keep callers apart.
        if trouble.retry_after:
            return polite_seconds(trouble.retry_after, random)
        base, longest = self._config.backoff_base, self._config.backoff_max
        return backoff_seconds(self._attempts - 1, base, longest, random)

    def _limit_reached(self, trouble: Trouble, seconds: float) -> str | None:
        config, asked = self._config, trouble.retry_after
        most = self._max_retries()
        if self._attempts > most:
            return f"max_retries is {most}"
        if asked is not None and asked > config.retry_after_max:
            return (
                f"the server asks to wait {asked:g} s, and retry_after_max is "
                f"{config.retry_after_max:g} s"
            )
        now = self._timing.monotonic()
        if self._ends_at is not None and now + seconds >= self._ends_at:
            return self._too_long(f"a wait of {seconds:.1f} s")
        if config.breaker is not None and self._state.breaker.open_seconds(now) > seconds:
            return _OPEN
        return None

    def _max_retries(self) -> int:
        told = self._call.max_retries
        return self._config.max_retries if told is None else told

    def _over_budget(self, trouble: Trouble) -> str | None:
        capacity = self._config.retry_budget
        if capacity is None:
            return None
        cost = DECLINED_COST if trouble.declined else TRANSIENT_COST
        if not self._state.budget.charge(cost, capacity):
            return "the retry budget is used up"
        self._charge = cost
        return None

    def _refused(self, refused: Refused) -> Step:
        if self._last is not None:
            return self._give_up(self._last, _OPEN)
        self._report.gave_up(0, None, _OPEN)
        return Raise(not_admitted(self._call, refused))

    def _out_of_time(self, reason: str) -> Step:
        if self._last is not None:
            return self._give_up(self._last, reason)
        self._report.gave_up(0, None, reason)
        return Raise(no_time_left(self._call, reason))

    def _too_long(self, what: str) -> str:
        return f"{what} would go beyond the deadline of {self._deadline:g} s"

    def _give_up(self, outcome: Outcome, reason: str) -> Step:
        """Return the last step of a call that failed in a way that can pass."""
        self._report.gave_up(self._attempts, outcome, reason)
        return self._end(outcome, gave_up_note(self._attempts - 1, reason))

    def _end(self, outcome: Outcome, note: str | None = None) -> Step:
        if isinstance(outcome, Failed):
            error = outcome.error
            if self._is_unknown(outcome):
                error = ambiguous(self._call, error, self._attempts)
            return Raise(error if note is None else with_note(error, note))
        gone = self._call.method == "DELETE" and outcome.status == 404
        return Return(outcome, done_already=gone and self._in_doubt, note=note)

    def _is_unknown(self, outcome: Failed) -> bool:
        """Whether nobody knows if the write was executed, by this attempt or an earlier one."""
        if is_in_doubt(self._call, outcome, None):
            return True
        answered = not outcome.token_step and not isinstance(outcome.error, TransportError)
        return self._in_doubt and not answered

    def _withdraw(self) -> None:
        """Give back what a cancelled call holds; its place in the rate limit stays used."""
        if self._admitted is not None and self._config.breaker is not None:
            now = self._timing.monotonic()
            self._state.breaker.leave(self._admitted, None, self._config.breaker, now)
            self._admitted = None
        if self._charge:
            self._state.budget.give_back(self._charge)
            self._charge = 0


def _deadline(call: CallFacts, config: ResilienceConfig) -> float | None:
    if not isinstance(call.deadline, Unset):
        return call.deadline
    # Nobody knows how long a file takes.
    return None if call.streams or call.uploads else config.deadline
