"""What is below a record is there as long as the record is."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping
from typing import Final

from jamf_pro_sandbox.calls import Answer, Call, Handler
from jamf_pro_sandbox.description import Description
from jamf_pro_sandbox.errors import Cause, Refusal
from jamf_pro_sandbox.resources import noun_of

__all__ = ("with_parents",)

_BELOW: Final = re.compile(r"(.*?)/\{id\}/")

Exists = Callable[[str], bool]
"""Whether a record has the id that is written so."""


def with_parents(
    description: Description,
    handlers: Mapping[str, Handler],
    generic: Handler,
    lists: Mapping[str, Exists],
) -> dict[str, Handler]:
    """Return the handlers, those of what is below a record with a look at the record first.

    Args:
        description: Which operations there are.
        handlers: What answers them.
        generic: What answers those without a state.
        lists: Where records are kept, by path without version.
    """
    found = dict(handlers)
    for operation in description.operations.values():
        below = _BELOW.match(operation.template)
        noun = noun_of(below[1]) if below else ""
        # Some paths have the singular of their list.
        exists = lists.get(noun) or lists.get(f"{noun}s")
        if exists is not None:
            handler = handlers.get(operation.operation_id, generic)
            found[operation.operation_id] = functools.partial(_answer, exists, handler)
    return found


def _answer(exists: Exists, handler: Handler, call: Call) -> Answer:
    key = call.path_values["id"]
    if not exists(key):
        raise Refusal(404, [Cause("INVALID_ID", f"nothing has the id {key}", field="id")])
    return handler(call)
