"""What becomes of an attempt: pure functions of the call, its outcome and the configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from jamf_pro_client._httpx import httpx
from jamf_pro_client._resilience.retry_after import parse_retry_after
from jamf_pro_client._resilience.steps import CallFacts, Failed, Outcome, Replied
from jamf_pro_client.errors import (
    InvalidResponseError,
    JamfProAPIError,
    RequestTimeoutError,
    TransportError,
)

if TYPE_CHECKING:
    from jamf_pro_client.resilience import ResilienceConfig

__all__ = (
    "Trouble",
    "certificate_refused",
    "is_healthy",
    "is_in_doubt",
    "is_write",
    "server_failed",
    "status_of",
    "trouble_in",
    "why_not_again",
)

_READS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_REPEATABLE_WRITES: Final = frozenset({"PUT", "DELETE"})
_GATEWAY_TIMEOUT: Final = 504
_DOWN: Final = frozenset({502, 503, _GATEWAY_TIMEOUT})
# What a token endpoint or a proxy says when it could say something else later, besides 5xx.
_LATER: Final = frozenset({408, 425, 429})
_MAYBE_EXECUTED: Final = "it may have been executed"


class Trouble(NamedTuple):
    """A failure that can pass."""

    name: str
    """The status or the class of the error, for people."""
    status: int | None = None
    """The status of the call's own reply."""
    not_executed: bool = False
    """Whether the server surely did nothing."""
    not_sent: bool = False
    """Whether surely nothing was sent."""
    declined: bool = False
    """Whether the server put the call off, which costs the retry budget less."""
    retry_after: float | None = None
    """How many seconds the server asks to wait."""
    took_too_long: bool = False
    """Whether the server had it and did not answer in time."""


def is_write(call: CallFacts) -> bool:
    """Return whether a call changes something on the server.

    Args:
        call: The call.
    """
    return call.method not in _READS and not call.read_only


def trouble_in(outcome: Outcome, config: ResilienceConfig) -> Trouble | None:
    """Return what is wrong if another attempt could end better, else None.

    Args:
        outcome: Of one attempt.
        config: Which statuses and failures can pass.
    """
    if isinstance(outcome, Replied):
        return _status_trouble(outcome, config)
    if outcome.token_step and not isinstance(outcome.error, TransportError):
        return _token_trouble(outcome)
    if not _can_pass(outcome, config):
        return None
    return Trouble(
        _name(outcome),
        not_executed=not outcome.sent,
        not_sent=not outcome.sent,
        took_too_long=outcome.sent and isinstance(outcome.error, RequestTimeoutError),
    )


def why_not_again(call: CallFacts, trouble: Trouble, earlier_500: bool) -> str | None:
    """Return why a call must not be sent again, or None when it may.

    Args:
        call: The call.
        trouble: What is wrong with its latest attempt.
        earlier_500: Whether an attempt before that was answered with 500.
    """
    if not call.replayable:
        return "its body cannot be sent a second time"
    if trouble.not_sent:
        return None
    if trouble.took_too_long and not call.retry_timeouts:
        return "less is asked for instead"
    if call.version_locked and call.idempotent is not True:
        # A server was seen to write, answer 500, and refuse the second send for the lock.
        return "it carries a version lock, which only the first send can pass"
    if trouble.status == 500:
        # Jamf Pro has requests that it always answers so.
        if not _reads(call):
            return _MAYBE_EXECUTED
        return "status 500 is retried only once" if earlier_500 else None
    if trouble.not_executed or _may_repeat(call):
        return None
    return _MAYBE_EXECUTED


def is_in_doubt(call: CallFacts, outcome: Outcome, trouble: Trouble | None) -> bool:
    """Return whether an attempt of a write may have been executed though nothing says so.

    Args:
        call: The call.
        outcome: Of the attempt.
        trouble: What is wrong with it.
    """
    if not is_write(call):
        return False
    if isinstance(outcome, Failed):
        return outcome.sent and isinstance(outcome.error, TransportError)
    return trouble is not None and not trouble.not_executed


def is_healthy(outcome: Outcome, config: ResilienceConfig) -> bool:
    """Return whether the server did its work, even if that was to say no.

    Args:
        outcome: Of one attempt.
        config: Which statuses are failures that can pass.
    """
    if isinstance(outcome, Failed):
        return False
    return outcome.status < 500 and outcome.status not in config.retry_statuses


def server_failed(outcome: Outcome) -> bool | None:
    """Return whether the server is to blame; None when the attempt says nothing about it.

    Args:
        outcome: Of one attempt.
    """
    status = status_of(outcome)
    if status is not None or isinstance(outcome, Replied):
        return status in _DOWN
    kind = outcome.kind
    if kind is None:
        # The time for the whole call was over while it was under way.
        return True if isinstance(outcome.error, RequestTimeoutError) and outcome.sent else None
    if issubclass(kind, httpx.PoolTimeout):
        return None
    return True if issubclass(kind, httpx.ConnectError | httpx.TimeoutException) else None


def status_of(outcome: Outcome) -> int | None:
    """Return the status of the reply, or of the token endpoint's; None without a reply.

    Args:
        outcome: Of one attempt.
    """
    if isinstance(outcome, Replied):
        return outcome.status
    return outcome.error.status_code if isinstance(outcome.error, JamfProAPIError) else None


def certificate_refused(raised: BaseException) -> bool:
    """Return whether a server's certificate did not pass.

    Args:
        raised: What httpx raised, with its causes; or an error of ours.
    """
    link: BaseException | None = raised
    for _ in range(8):
        if link is None:
            return False
        # By name: `ssl` need not be loaded.
        if any(kind.__name__ == "SSLCertVerificationError" for kind in type(link).__mro__):
            return True
        if "CERTIFICATE_VERIFY_FAILED" in str(link):
            return True
        link = link.__cause__ or link.__context__
    return False


def _status_trouble(reply: Replied, config: ResilienceConfig) -> Trouble | None:
    status = reply.status
    if status not in config.retry_statuses:
        return None
    retry_after = parse_retry_after(reply.headers)
    put_off = status == 429 or (status == 503 and retry_after is not None)
    return Trouble(
        str(status),
        status,
        # Whatever redirected it may have executed it.
        not_executed=put_off and not reply.redirected,
        declined=put_off,
        retry_after=retry_after,
        took_too_long=status == _GATEWAY_TIMEOUT,
    )


def _token_trouble(outcome: Failed) -> Trouble | None:
    error = outcome.error
    if isinstance(error, InvalidResponseError):
        return Trouble(_name(outcome), not_executed=True, not_sent=True)
    if not isinstance(error, JamfProAPIError):
        return None
    status = error.status_code
    if not 500 <= status <= 599 and status not in _LATER:
        return None
    retry_after = error.retry_after
    return Trouble(
        _name(outcome),
        not_executed=True,
        not_sent=True,
        declined=status == 429 or (status == 503 and retry_after is not None),
        retry_after=retry_after,
    )


def _name(outcome: Failed) -> str:
    status = status_of(outcome)
    kind = outcome.kind or type(outcome.error)
    name = kind.__name__ if status is None else str(status)
    return f"{name} of the token endpoint" if outcome.token_step else name


def _can_pass(outcome: Failed, config: ResilienceConfig) -> bool:
    error, wanted = outcome.error, config.retryable_exceptions
    kind = outcome.kind
    if not isinstance(error, wanted) and (kind is None or not issubclass(kind, wanted)):
        return False
    if outcome.certificate_refused or certificate_refused(error):
        return False
    return kind is None or not issubclass(kind, httpx.ProxyError) or _proxy_may_recover(error)


def _proxy_may_recover(error: BaseException) -> bool:
    # httpx gives the proxy's status line as the text of its own error, which is the cause of ours.
    status = str(error.__cause__ or "")[:3]
    return not status.isdecimal() or int(status) >= 500 or int(status) in _LATER


def _reads(call: CallFacts) -> bool:
    return not is_write(call) if call.idempotent is None else call.idempotent


def _may_repeat(call: CallFacts) -> bool:
    return _reads(call) or (call.idempotent is None and call.method in _REPEATABLE_WRITES)
