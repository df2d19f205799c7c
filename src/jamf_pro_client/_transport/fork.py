"""What must be dropped in a forked child: pools, tokens and locks of the parent."""

from __future__ import annotations

import os
import weakref
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Protocol

    class _Resettable(Protocol):
        def _reset_after_fork(self) -> None: ...


__all__ = ("reset_after_fork",)

_registered: weakref.WeakSet[_Resettable] = weakref.WeakSet()


def reset_after_fork(thing: _Resettable) -> None:
    """Have `thing._reset_after_fork()` called in every child of this process.

    A child that went on with the parent's sockets would read the parent's replies, and a lock held
    by a thread that does not exist in the child would never be released.

    Args:
        thing: Held weakly.
    """
    _registered.add(thing)


def _in_child() -> None:
    for thing in list(_registered):
        thing._reset_after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_child)
