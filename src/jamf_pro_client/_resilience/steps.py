"""What a call says to the shell that performs it, and what the shell says back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from jamf_pro_client._unset import UNSET, Unset

if TYPE_CHECKING:
    from jamf_pro_client.errors import JamfProError

__all__ = ("CallFacts", "Failed", "Outcome", "Raise", "Replied", "Return", "Send", "Step", "Wait")


class CallFacts:
    """What the decisions need to know of a call; nothing in it is secret."""

    __slots__ = (
        "deadline",
        "deprecated_since",
        "idempotent",
        "max_retries",
        "method",
        "operation",
        "path",
        "read_only",
        "replayable",
        "retry_timeouts",
        "streams",
        "uploads",
        "version_locked",
    )

    def __init__(
        self,
        method: str,
        path: str,
        *,
        operation: str | None = None,
        replayable: bool = True,
        version_locked: bool = False,
        read_only: bool = False,
        idempotent: bool | None = None,
        streams: bool = False,
        uploads: bool = False,
        max_retries: int | None = None,
        deadline: float | None | Unset = UNSET,
        deprecated_since: str | None = None,
        retry_timeouts: bool = True,
    ) -> None:
        self.method = method
        """The HTTP method, in capitals."""
        self.path = path
        """The path template, or the path without query."""
        self.operation = operation
        """The operation's name; None for raw requests."""
        self.replayable = replayable
        """Whether the same body can be sent a second time."""
        self.version_locked = version_locked
        """Whether the body carries a version lock, so that a second send of it must fail."""
        self.read_only = read_only
        """Whether it changes nothing although its method is POST."""
        self.idempotent = idempotent
        """What the caller says about sending it twice; None says nothing."""
        self.streams = streams
        """Whether the caller reads the body."""
        self.uploads = uploads
        """Whether a file is sent."""
        self.max_retries = max_retries
        """The caller's number for this request; None is the configuration's."""
        self.deadline = deadline
        """The caller's deadline for this request in seconds; UNSET is the configuration's."""
        self.retry_timeouts = retry_timeouts
        """False where it is better to ask for less than to ask again."""
        self.deprecated_since = deprecated_since
        """The day on which the operation's deprecation began."""

    def __repr__(self) -> str:
        return f"CallFacts({self.method!r}, {self.path!r})"


class Wait:
    """Sleep for `seconds` without holding a slot, then go on with None."""

    __slots__ = ("reason", "seconds")

    def __init__(self, seconds: float, reason: str) -> None:
        self.seconds = seconds
        self.reason = reason

    def __repr__(self) -> str:
        return f"Wait({self.seconds:g}, {self.reason!r})"


class Send:
    """Make one attempt and go on with its `Outcome`."""

    __slots__ = ("attempt", "remaining_seconds", "sticky")

    def __init__(self, remaining_seconds: float | None, attempt: int, sticky: bool) -> None:
        self.remaining_seconds = remaining_seconds
        """What is left for it, with queueing and the token; None is no limit."""
        self.attempt = attempt
        """Its number, counted from 1."""
        self.sticky = sticky
        """Whether the cookies that name a node of the cluster go with it."""

    def __repr__(self) -> str:
        return f"Send({self.remaining_seconds}, attempt={self.attempt}, sticky={self.sticky})"


class Return:
    """Give the caller the latest reply; the end."""

    __slots__ = ("done_already", "note", "reply")

    def __init__(
        self, reply: Replied, *, done_already: bool = False, note: str | None = None
    ) -> None:
        self.reply = reply
        """The latest reply."""
        self.done_already = done_already
        """Whether a 404 means that an earlier attempt did it: the caller gets a bare 204."""
        self.note = note
        """Why it was not sent again, for the error that is made of the reply."""

    def __repr__(self) -> str:
        return f"Return({self.reply!r}, done_already={self.done_already}, note={self.note!r})"


class Raise:
    """Raise `error`, outside of any handler; the end."""

    __slots__ = ("error",)

    def __init__(self, error: JamfProError) -> None:
        self.error = error

    def __repr__(self) -> str:
        return f"Raise({type(self.error).__name__})"


class Replied:
    """The server answered, with any status."""

    __slots__ = ("elapsed_seconds", "headers", "redirected", "status")

    def __init__(
        self,
        status: int,
        headers: Mapping[str, str],
        elapsed_seconds: float = 0.0,
        *,
        redirected: bool = False,
    ) -> None:
        self.status = status
        """The HTTP status."""
        self.headers = headers
        """The reply's headers; look-ups must ignore case."""
        self.elapsed_seconds = elapsed_seconds
        """From the first byte out to the last byte in, without queueing."""
        self.redirected = redirected
        """Whether it is the answer to a redirect, so that something was executed before it."""

    def __repr__(self) -> str:
        # No headers: there are cookies among them.
        return f"Replied({self.status})"


class Failed:
    """No usable answer came."""

    __slots__ = ("certificate_refused", "elapsed_seconds", "error", "kind", "sent", "token_step")

    def __init__(
        self,
        error: JamfProError,
        *,
        kind: type[BaseException] | None = None,
        sent: bool,
        token_step: bool = False,
        certificate_refused: bool = False,
        elapsed_seconds: float = 0.0,
    ) -> None:
        self.error = error
        """What the caller gets if this is the end."""
        self.kind = kind
        """The class of httpx that is behind it, such as ReadTimeout."""
        # What was sent then is the question for the token.
        self.sent = sent and not token_step
        """False when surely no byte of the call, or of a hop before it, has reached a server."""
        self.token_step = token_step
        """Whether fetching the token failed, so that the call itself was surely not sent."""
        self.certificate_refused = certificate_refused
        """Whether the server's certificate did not pass."""
        self.elapsed_seconds = elapsed_seconds
        """How long the attempt took, without queueing."""

    def __repr__(self) -> str:
        return f"Failed({type(self.error).__name__}, sent={self.sent})"


Step = Wait | Send | Return | Raise
Outcome = Replied | Failed
