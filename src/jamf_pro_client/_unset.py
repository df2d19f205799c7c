"""`UNSET`, apart from the other types: every import of an endpoint needs it."""

from __future__ import annotations

import enum
from typing import Final, Literal


class Unset(enum.Enum):
    """The type of `UNSET`, for annotations and `isinstance`."""

    # JSON encoders write an enum as its value: this one has no form in JSON, so none gets out.
    UNSET = ...

    def __bool__(self) -> Literal[False]:
        # Known to type checkers: `if value` leaves neither UNSET nor None.
        return False

    def __repr__(self) -> str:
        return "UNSET"

    __str__ = __repr__


# A member of an enum is the one object that copy, deepcopy and pickle always hand back as itself.
UNSET: Final = Unset.UNSET
"""Absent: not sent, or not in the reply. `None` means JSON null instead."""
