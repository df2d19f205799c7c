"""What is said to somebody who makes a model of the wrong fields."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from jamf_pro_client._spelling import did_you_mean

if TYPE_CHECKING:
    from jamf_pro_client.model import Model

__all__ = ("missing", "unknown")


def unknown(cls: type[Model], names: Iterable[str]) -> TypeError:
    """Return the error for fields that a class does not have.

    Args:
        cls: The class.
        names: What was given, at least one.
    """
    given = sorted(names)
    hint = did_you_mean(cls._declared, *given)
    return TypeError(f"{cls.__name__} has no {_counted('field', given)}{hint}")


def missing(cls: type[Model], names: Iterable[str]) -> TypeError:
    """Return the error for fields that a class needs.

    Args:
        cls: The class.
        names: What was not given, at least one.
    """
    return TypeError(f"{cls.__name__} needs the {_counted('argument', list(names))}")


def _counted(noun: str, names: list[str]) -> str:
    *first, last = map(repr, names)
    return f"{noun}s {', '.join(first)} and {last}" if first else f"{noun} {last}"
