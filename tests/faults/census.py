"""What is counted around a fault."""

from __future__ import annotations

import contextlib
import logging
import os
import pickle
import stat
import traceback
from base64 import b64encode
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from tests.faults.tokens import PASSWORD

__all__ = ("Census", "Log", "canaries_in", "duplicates", "listening", "open_sockets", "told")

_HERE: Final = str(Path(__file__).parent)
# Every secret of the runs holds this word; the password goes over the wire in base64 as well.
_WORD: Final = "canary"
_ENCODED: Final = (
    b64encode(PASSWORD.encode()).decode().rstrip("="),
    b64encode(f"admin:{PASSWORD}".encode()).decode().rstrip("="),
)


class Census(NamedTuple):
    """What one run of one fault came to."""

    problem: str | None
    """Why it was not survived; None if it was."""
    extra_requests: int = 0
    """Requests beyond one for each call and one for the first token."""
    duplicate_writes: int = 0
    leaked_slots: int = 0
    open_sockets: int = 0
    canaries: int = 0
    seconds: float = 0.0

    @property
    def survived(self) -> bool:
        """Whether what must happen has happened, and nothing was left behind."""
        left = self.duplicate_writes, self.leaked_slots, self.open_sockets, self.canaries
        return self.problem is None and not any(left)


class Log(logging.Handler):
    """Keeps what is logged."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a record with everything that a handler could show of it."""
        self.texts.append(f"{self.format(record)} {record.args!r} {record.__dict__!r}")


@contextlib.contextmanager
def listening() -> Iterator[Log]:
    """Keep what the package logs, down to DEBUG."""
    logger, log = logging.getLogger("jamf_pro_client"), Log()
    before = logger.level
    logger.addHandler(log)
    logger.setLevel(logging.DEBUG)
    try:
        yield log
    finally:
        logger.setLevel(before)
        logger.removeHandler(log)


def open_sockets() -> int:
    """Return how many sockets this process holds."""
    count = 0
    for name in os.listdir("/dev/fd"):
        # The descriptor of the listing itself is gone by now.
        with contextlib.suppress(OSError):
            count += stat.S_ISSOCK(os.fstat(int(name)).st_mode)
    return count


def duplicates(executed: Iterable[tuple[str, str, bytes]]) -> int:
    """Return how many writes took effect more than once; PUT and DELETE may, they change nothing.

    Args:
        executed: Method, path and body of each write; every write of a script has its own body.
    """
    counts = Counter(write for write in executed if write[0] in ("POST", "PATCH"))
    return sum(count - 1 for count in counts.values())


def told(error: BaseException) -> str:
    """Return everything that a crash report could show of an error and what it is chained to."""
    report = traceback.TracebackException.from_exception(error, capture_locals=True, limit=-60)
    follow: traceback.TracebackException | None = report
    text = ""
    while follow is not None:
        # The scripts hold the secrets themselves.
        follow.stack[:] = [f for f in follow.stack if not f.filename.startswith(_HERE)]
        text += "".join(follow.format(chain=False))
        follow = follow.__cause__ or follow.__context__
    link: BaseException | None = error
    while link is not None:
        text += f"{link!r} {link} {link.__dict__!r}"
        with contextlib.suppress(TypeError, AttributeError, pickle.PicklingError):
            text += repr(pickle.dumps(link))
        link = link.__cause__ or link.__context__
    return text


def canaries_in(texts: Iterable[str]) -> int:
    """Return how often a secret stands in the texts."""
    return sum(text.count(word) for text in texts for word in (_WORD, *_ENCODED))
