"""Open enums: a value that the description does not know is kept, not refused."""

from __future__ import annotations

import enum
from typing import Self

__all__ = ("OpenIntEnum", "OpenStrEnum")


class OpenStrEnum(enum.StrEnum):
    """Text of a known set that servers extend.

    An unknown value becomes a member-like object of the class: equal to its text, written back
    as it came, `is_known` False. Each look-up makes a new one: compare with `==`, not `is`.
    """

    @property
    def is_known(self) -> bool:
        """Whether the description lists this value."""
        return self._value_ in type(self)._value2member_map_

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        member = str.__new__(cls, value)
        member._name_ = value
        member._value_ = value
        return member


class OpenIntEnum(enum.IntEnum):
    """A number of a known set that servers extend; see `OpenStrEnum`."""

    @property
    def is_known(self) -> bool:
        """Whether the description lists this value."""
        return self._value_ in type(self)._value2member_map_

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, int) or isinstance(value, bool):
            return None
        member = int.__new__(cls, value)
        member._name_ = str(value)
        member._value_ = value
        return member
