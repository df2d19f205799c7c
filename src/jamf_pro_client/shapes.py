"""What a JSON value stands for: the few shapes that generated code declares.

A shape is data, so that importing generated code loads neither a parser nor a model. `_decoding`
turns it into a function when a class or operation is first used.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple, TypeAlias

__all__ = ("DATE", "DATETIME", "ListOf", "OneOf", "Ref", "Scalar", "Shape", "Tagged")


class Ref(NamedTuple):
    """A model or an enum of the same package, by its class name."""

    name: str


class ListOf(NamedTuple):
    """A JSON array whose values have one shape; None for values that are taken as they are."""

    item: Shape


class Tagged(NamedTuple):
    """One of several models, told apart by the value of a property."""

    tag: str
    """JSON name of the property."""
    models: Mapping[str, str]
    """Value of the property -> class name."""
    fallback: str | None = None
    """Class for values that are not in `models`; None leaves such an object a dict."""


class OneOf(NamedTuple):
    """One of several shapes without a tag; the model that knows most of the keys is taken."""

    options: tuple[Shape, ...]


class Scalar(NamedTuple):
    """Text that stands for something else."""

    name: str


DATETIME: Final = Scalar("datetime")
"""Text that is a moment."""
DATE: Final = Scalar("date")
"""Text that is a day."""

Shape: TypeAlias = Ref | ListOf | Tagged | OneOf | Scalar | None
