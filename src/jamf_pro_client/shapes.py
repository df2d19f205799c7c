"""What a JSON value stands for: the few shapes that generated code declares.

A shape is data, so that importing generated code loads neither a parser nor a model.
`_model.decoding` turns it into a function when a class or operation is first used.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, Final, TypeAlias

__all__ = ("DATE", "DATETIME", "ListOf", "OneOf", "Ref", "Scalar", "Shape", "Tagged")


# Plain classes: each named tuple takes as long to make as a whole module to load.


class Ref:
    """A model or an enum of the same package, by its class name."""

    __slots__ = __match_args__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name: Final = name

    def load(self, package: str) -> Any:
        """Return the class; its module is loaded now if it was not before.

        Args:
            package: The package that holds the models, such as `jamf_pro_client.models`.
        """
        return getattr(import_module(package), self.name)


class ListOf:
    """A JSON array whose values have one shape; None for values that are taken as they are."""

    __slots__ = __match_args__ = ("item",)

    def __init__(self, item: Shape) -> None:
        self.item: Final = item


class Tagged:
    """One of several models, told apart by the value of a property.

    Args:
        tag: JSON name of the property.
        models: Value of the property -> class name.
        fallback: Class for values that are not in `models`; None leaves such an object a dict.
    """

    __slots__ = __match_args__ = ("tag", "models", "fallback")

    def __init__(self, tag: str, models: Mapping[str, str], fallback: str | None = None) -> None:
        self.tag: Final = tag
        self.models: Final = models
        self.fallback: Final = fallback


class OneOf:
    """One of several shapes without a tag; the model that knows most of the keys is taken."""

    __slots__ = __match_args__ = ("options",)

    def __init__(self, options: tuple[Shape, ...]) -> None:
        self.options: Final = options


class Scalar:
    """Text that stands for something else."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name: Final = name


DATETIME: Final = Scalar("datetime")
"""Text that is a moment."""
DATE: Final = Scalar("date")
"""Text that is a day."""

Shape: TypeAlias = Ref | ListOf | Tagged | OneOf | Scalar | None
