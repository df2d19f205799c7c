"""The nodes of a cluster: what one has written, the others see after a while."""

from __future__ import annotations

import contextlib
import secrets
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence

import attrs

from jamf_pro_sandbox.calls import Answer, Call, Handler
from jamf_pro_sandbox.errors import Refusal

__all__ = ("Cluster",)


@attrs.define
class _Node:
    handlers: Mapping[str, Handler]
    name: str = attrs.field(factory=lambda: secrets.token_hex(8))
    """The value of the cookie that leads back to it."""
    unseen: deque[tuple[float, Call]] = attrs.field(factory=deque)
    """Writes of other nodes, and when this one is to see them."""

    def see(self, now: float) -> None:
        """Repeat the writes that are due."""
        while self.unseen and self.unseen[0][0] <= now:
            call = self.unseen.popleft()[1]
            # What was refused there is refused here.
            with contextlib.suppress(Refusal):
                self.handlers[call.operation.operation_id](call)


class Cluster:
    """Nodes that all read from memories of their own and write to one database.

    A node that writes has seen everything, so that ids and version locks are never given twice.
    Safe to use from several threads: one call is answered after the other.

    Args:
        handlers: Of each node; each keeps its own records.
        lag_seconds: How long a node does not see what another one has written.
    """

    def __init__(self, handlers: Sequence[Mapping[str, Handler]], lag_seconds: float = 0) -> None:
        self._nodes = [_Node(one) for one in handlers]
        self._lag_seconds = lag_seconds
        self._turn = 0
        self.newest = 0
        """The place of the node that wrote last, and so has seen everything."""
        self.writes = 0
        """How often something was written to any node."""
        self._lock = threading.Lock()

    def name_for(self, cookie: str | None) -> str:
        """Return the node that answers: the one of the cookie, or else the next in turn."""
        if cookie is not None and any(node.name == cookie for node in self._nodes):
            return cookie
        self._turn += 1
        return self._nodes[self._turn % len(self._nodes)].name

    def handles(self, operation_id: str) -> bool:
        """Whether the nodes keep something for an operation."""
        return operation_id in self._nodes[0].handlers

    def answer(self, name: str, call: Call) -> Answer:
        """Let a node answer.

        Args:
            name: One that `name_for` gave.
            call: Of an operation that the nodes handle.
        """
        node = next(one for one in self._nodes if one.name == name)
        now = time.monotonic()
        is_write = call.operation.method != "GET"
        with self._lock:
            node.see(float("inf") if is_write else now)
            if is_write:
                self.newest = self._nodes.index(node)
                self.writes += 1
                for other in self._nodes:
                    if other is not node:
                        other.unseen.append((now + self._lag_seconds, call))
            return node.handlers[call.operation.operation_id](call)

    def catch_up(self) -> None:
        """Let every node see every write now."""
        with self._lock:
            for node in self._nodes:
                node.see(float("inf"))
