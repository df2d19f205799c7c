"""What a call tells while it goes on: log records, events, and notes on errors."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from jamf_pro_client._resilience.breaker import BreakerState, Refused
from jamf_pro_client._resilience.decisions import status_of
from jamf_pro_client._resilience.steps import CallFacts, Failed, Outcome
from jamf_pro_client.errors import (
    AmbiguousWriteError,
    JamfProError,
    RequestTimeoutError,
    TransportError,
)

if TYPE_CHECKING:
    from jamf_pro_client._resilience.state import SharedState
    from jamf_pro_client.resilience import ResilienceConfig

__all__ = (
    "Reporter",
    "ambiguous",
    "gave_up_note",
    "no_time_left",
    "not_admitted",
    "with_note",
)

_log = logging.getLogger("jamf_pro_client")


class Reporter:
    """Tells about one call, to the log and to `on_event`."""

    __slots__ = ("_call", "_config", "_state")

    def __init__(self, call: CallFacts, config: ResilienceConfig, state: SharedState) -> None:
        self._call = call
        self._config = config
        self._state = state

    def starts(self) -> None:
        """Tell once that a deprecated operation is used."""
        call = self._call
        if call.deprecated_since is None or call.operation is None or not self._config.on_event:
            return
        if self._state.is_first(f"deprecated {call.operation}"):
            from jamf_pro_client.resilience import DeprecationEvent

            event = DeprecationEvent(
                operation=call.operation,
                method=call.method,
                path=call.path,
                since=call.deprecated_since,
            )
            self._state.publish(self._config, event)

    def attempted(self, attempt: int, outcome: Outcome, seconds: float) -> None:
        """Tell how an attempt ended.

        Args:
            attempt: Its number.
            outcome: How it ended.
            seconds: How long it took.
        """
        if self._logs():
            call, config = self._call, self._config
            word = _error_name(outcome) or status_of(outcome)
            text = "%s %s %s %.0f ms, attempt %d"
            _log.log(config.log_level, text, call.method, call.path, word, seconds * 1000, attempt)

    def waits(self, seconds: float, reason: str) -> None:
        """Tell that the call sleeps.

        Args:
            seconds: How long.
            reason: Why.
        """
        if self._logs():
            call = self._call
            text = "%s %s waits %.2f s: %s"
            _log.log(self._config.log_level, text, call.method, call.path, seconds, reason)

    def retries(self, attempt: int, outcome: Outcome, seconds: float, reason: str) -> None:
        """Tell that the call is to be sent again.

        Args:
            attempt: The number of the attempt that failed.
            outcome: How it failed.
            seconds: How long the call waits.
            reason: Why it is sent again.
        """
        if not self._config.enable_logging:
            # A program that seems to hang should be able to say why.
            text = "%s %s waits %.2f s before attempt %d: %s"
            _log.info(text, self._call.method, self._call.path, seconds, attempt + 1, reason)
        if self._config.on_event:
            from jamf_pro_client.resilience import RetryEvent

            event = RetryEvent(
                method=self._call.method,
                path=self._call.path,
                operation=self._call.operation,
                attempt=attempt,
                status=status_of(outcome),
                error=_error_name(outcome),
                wait_seconds=seconds,
                reason=reason,
            )
            self._state.publish(self._config, event)

    def gave_up(self, attempts: int, outcome: Outcome | None, reason: str) -> None:
        """Tell that the call is not sent again.

        Args:
            attempts: How many attempts there were.
            outcome: How the last one failed; None if there was none.
            reason: Why it is not sent again.
        """
        if self._config.on_event:
            from jamf_pro_client.resilience import GaveUpEvent

            event = GaveUpEvent(
                method=self._call.method,
                path=self._call.path,
                operation=self._call.operation,
                attempts=attempts,
                status=None if outcome is None else status_of(outcome),
                error=None if outcome is None else _error_name(outcome),
                reason=reason,
            )
            self._state.publish(self._config, event)

    def breaker_is(self, state: BreakerState | None) -> None:
        """Tell that the breaker changed.

        Args:
            state: Its new state; None if it did not change.
        """
        breaker = self._config.breaker
        if state is None or breaker is None or not self._config.on_event:
            return
        from jamf_pro_client.resilience import BreakerEvent

        seconds = breaker.open_seconds if state == "open" else 0.0
        self._state.publish(self._config, BreakerEvent(state=state, seconds=seconds))

    def _logs(self) -> bool:
        config = self._config
        return config.enable_logging and _log.isEnabledFor(config.log_level)


def gave_up_note(retries: int, reason: str) -> str:
    """Return the sentence about not sending a call again.

    Args:
        retries: How often it was sent again before that.
        reason: Why it is not sent again.
    """
    if not retries:
        return f"not retried: {reason}"
    return f"gave up after {retries} {'retry' if retries == 1 else 'retries'}: {reason}"


def with_note(error: JamfProError, note: str) -> JamfProError:
    """Return *error* with a note.

    Args:
        error: It may be a copy that shares its list of notes with another call's error.
        note: The note.
    """
    error.__notes__ = [*getattr(error, "__notes__", ()), note]
    return error


def ambiguous(call: CallFacts, error: JamfProError, attempts: int) -> AmbiguousWriteError:
    """Return the error for a write that may have been executed.

    Args:
        call: The write.
        error: How its last attempt ended.
        attempts: How many there were.
    """
    doubt = AmbiguousWriteError(
        f"{_what(call)}: it was sent, and whether it was executed is unknown; look at the server "
        "before you send it again",
        method=call.method,
        path=call.path,
        operation=call.operation,
        attempts=attempts,
    )
    doubt.__cause__ = error
    return doubt


def no_time_left(call: CallFacts, reason: str) -> RequestTimeoutError:
    """Return the error for a call that was never sent for lack of time.

    Args:
        call: The call.
        reason: What would have taken too long.
    """
    return RequestTimeoutError(
        f"{_what(call)}: not sent, and no answer ever came: {reason}",
        method=call.method,
        path=call.path,
        operation=call.operation,
        sent=False,
    )


def not_admitted(call: CallFacts, refused: Refused) -> TransportError:
    """Return the error for a call that the breaker stopped.

    Args:
        call: The call.
        refused: When it is worth trying again.
    """
    when = (
        f"the next attempt is allowed in {refused.seconds:.1f} s"
        if refused.seconds
        else "another call is testing whether it is back"
    )
    return TransportError(
        f"{_what(call)}: not sent, because the latest calls to the server failed; {when}",
        method=call.method,
        path=call.path,
        operation=call.operation,
        sent=False,
    )


def _what(call: CallFacts) -> str:
    return f"{call.method} {call.path}" + (f" ({call.operation})" if call.operation else "")


def _error_name(outcome: Outcome) -> str | None:
    return type(outcome.error).__name__ if isinstance(outcome, Failed) else None
