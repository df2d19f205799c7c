"""Finding the event loop that runs, of asyncio or trio, without loading either."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncio

    import trio

    Loop = asyncio.AbstractEventLoop | trio.lowlevel.TrioToken

__all__ = ("has_ended", "running_loop", "runs_in_trio")


def running_loop() -> Loop | None:
    """Return what stands for the event loop that runs in this thread, or None.

    It is the loop of asyncio or the token of the trio run; both can be keys and weakly held.
    """
    # Where a library has not been imported, no loop of its kind can run; another thread may be in
    # the middle of importing it.
    if runs_in_trio():
        token: trio.lowlevel.TrioToken = sys.modules["trio.lowlevel"].current_trio_token()
        return token
    module = sys.modules.get("asyncio")
    find = getattr(module, "_get_running_loop", None)
    if find is None:
        return None
    loop: asyncio.AbstractEventLoop | None = find()
    return loop


def runs_in_trio() -> bool:
    """Return whether the caller is a task of trio."""
    lowlevel = sys.modules.get("trio.lowlevel")
    # Asked first: as a guest of asyncio, both run.
    return lowlevel is not None and bool(getattr(lowlevel, "in_trio_task", bool)())


def has_ended(loop: Loop) -> bool:
    """Return whether nothing can run in *loop* any more.

    Args:
        loop: What `running_loop` gave.
    """
    is_closed = getattr(loop, "is_closed", None)
    if is_closed is not None:
        return bool(is_closed())
    try:
        # A trio run does not tell otherwise.
        loop.run_sync_soon(_nothing)  # type: ignore[union-attr]  # it is the token of a trio run
    except RuntimeError:
        return True
    return False


def _nothing() -> None:
    pass
