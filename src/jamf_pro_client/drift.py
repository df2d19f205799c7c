"""Where servers do not keep to their own description: found, counted, shown, or refused.

Decoding forgives everything. The ledger of a client remembers what was forgiven, so that it can be
read, exported for a bug report, or turned into errors.
"""

from __future__ import annotations

import json
import logging
import threading
from collections import Counter
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from jamf_pro_client.errors import InvalidResponseError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jamf_pro_client._model.deviations import Deviation
    from jamf_pro_client.operation import Operation, Reply

__all__ = ("Drift", "DriftLedger")

Kind = Literal[
    "null",
    "missing",
    "unknown key",
    "unknown value",
    "unknown tag",
    "odd date",
    "wrong type",
]

_log = logging.getLogger("jamf_pro_client.drift")

# Of each operation, the first reply is looked at, and after it one in this many.
_EVERY: Final = 100
# How many values of each array are looked at in a sample.
_SAMPLED_VALUES: Final = 5
# A larger XML document takes a while to be read again, and is not.
_SAMPLED_BYTES: Final = 1_000_000


class Drift(NamedTuple):
    """One way in which replies differ from the description."""

    kind: Kind
    """What is wrong."""
    operation: str
    """Name of the operation that was called."""
    pointer: str
    """Where, as a JSON pointer (RFC 6901) with `*` for the positions of an array."""
    seen: str
    """The unknown value or tag, or the JSON type that was found; never another value."""
    times: int
    """How often it was seen in the replies that were looked at."""


class DriftLedger:
    """What decoding forgave, for one client and all that are derived from it.

    What is new goes to the logger `jamf_pro_client.drift`: a line for each kind and place, but one
    for all nulls of an operation. A null section of a large record is not drift: servers
    send null for sections that nobody asked for.

    Args:
        strict: Refuse instead: a reply that differs raises `InvalidResponseError`.
        examine: Which replies are looked at. "samples": the first of each operation and one in a
            hundred, and the first five values of their arrays, which costs next to nothing; no XML
            of more than a megabyte. "all": every value of every reply, which takes several times as
            long as decoding it. "nothing": none. Strict ledgers look at all.
    """

    def __init__(
        self,
        *,
        strict: bool = False,
        examine: Literal["samples", "all", "nothing"] = "samples",
    ) -> None:
        self.strict = strict
        self.examine = "all" if strict else examine
        self._lock = threading.Lock()
        self._replies: Counter[str] = Counter()
        self._found: Counter[tuple[Kind, str, str, str]] = Counter()
        self._nulls_told: set[str] = set()

    def entries(self) -> tuple[Drift, ...]:
        """Return what was found, the most frequent first."""
        with self._lock:
            found = self._found.most_common()
        return tuple(Drift(*key, times) for key, times in found)

    def to_json(self) -> str:
        """Return what was found as a JSON array of objects, for a bug report."""
        return json.dumps([entry._asdict() for entry in self.entries()], indent=1)

    def clear(self) -> None:
        """Forget what was found."""
        with self._lock:
            self._found.clear()
            self._replies.clear()
            self._nulls_told.clear()

    def see(self, operation: Operation[Any, Any], reply: Reply, content: bytes) -> None:
        """Look at the JSON or XML body of a reply, if it is its turn.

        Args:
            operation: What was called.
            reply: What the description says of the reply.
            content: The body.

        Raises:
            InvalidResponseError: The ledger is strict, and the body differs from the description.
        """
        if not self._is_due(operation.name):
            return
        limit = _SAMPLED_VALUES if self.examine == "samples" else None
        look = _in_xml if reply.kind == "xml" else _in_json
        new = []
        for found in look(content, reply, operation.models, limit):
            if self.strict:
                raise InvalidResponseError(
                    f"{operation.name} answered with a body that is not as described: "
                    f"{found.kind} at {found.exact_pointer} ({found.seen})"
                )
            if self._is_new(operation.name, found):
                new.append(found)
        self._tell(operation.name, new)

    def _is_due(self, name: str) -> bool:
        if self.examine != "samples":
            return self.examine == "all"
        with self._lock:
            number = self._replies[name]
            self._replies[name] += 1
        return number % _EVERY == 0

    def _is_new(self, operation: str, found: Deviation) -> bool:
        """Count a deviation; return whether it is the first of its kind and place."""
        key = (found.kind, operation, found.pointer, found.seen)
        with self._lock:
            self._found[key] += 1
            return self._found[key] == 1

    def _tell(self, operation: str, new: Sequence[Deviation]) -> None:
        """Log what was not seen before, nulls in one line: servers send a great many of them."""
        nulls = [found for found in new if found.kind == "null"]
        for found in new:
            if found.kind != "null":
                _log.info("%s: %s at %s (%s)", operation, found.kind, found.pointer, found.seen)
        with self._lock:
            is_told = operation in self._nulls_told
            if nulls:
                self._nulls_told.add(operation)
        if nulls and not is_told:
            _log.info(
                "%s: null at %s%s",
                operation,
                nulls[0].pointer,
                f" and {len(nulls) - 1} other places" if len(nulls) > 1 else "",
            )


# Imported in these two: most replies are not looked at.


def _in_json(content: bytes, reply: Reply, package: str, limit: int | None) -> Iterator[Deviation]:
    from jamf_pro_client._model.deviations import deviations
    from jamf_pro_client._reading import read_json, read_start

    value = read_json(content) if limit is None else read_start(content, limit)
    return deviations(value, reply.shape, package, limit)


def _in_xml(content: bytes, reply: Reply, package: str, limit: int | None) -> Iterator[Deviation]:
    from jamf_pro_client._classic.deviations import element_deviations
    from jamf_pro_client._classic.replies import parsed, trimmed

    text = trimmed(content)
    if limit is not None and len(text) > _SAMPLED_BYTES:
        return iter(())
    # Nobody asks for JSON there.
    is_xml = text[:1] == b"<"
    return element_deviations(parsed(text), reply.shape, package, limit) if is_xml else iter(())
