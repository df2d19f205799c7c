"""What requests need and what they must not hold, worked out for each model class once."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from jamf_pro_client._fields import REQUIRED
from jamf_pro_client._plans import plan_of
from jamf_pro_client.model import Model
from jamf_pro_client.shapes import ListOf, OneOf, Ref, Shape, Tagged


class MissingField(NamedTuple):
    """A required field that is not set."""

    owner: str
    """Name of the class."""
    attribute: str
    pointer: str
    """JSON pointer (RFC 6901) from the body."""
    is_kept_back: bool
    """Whether it is a password or the like, which servers never send."""


@functools.cache
def required_names(cls: type[Model]) -> frozenset[str]:
    """Return the JSON names of the fields that requests need; tags fill themselves in."""
    return frozenset(
        field.json_name
        for field in cls._declared.values()
        if field.default is REQUIRED and not field.read_only
    )


def has_read_only(shape: Shape, package: str) -> bool:
    """Whether values of a shape may hold what is not sent, at some depth.

    Args:
        shape: What the values stand for.
        package: The package that holds the models.
    """
    return any(_has_read_only(name, package, set()) for name in _names(shape))


def missing_fields(value: Any, pointer: str = "") -> Iterator[MissingField]:
    """Yield the required fields that are not set in a body, at any depth.

    Sections that are still text are not looked into: they are as the server sent them.

    Args:
        value: A model, or lists and dicts of models.
        pointer: Where it lies in the body.
    """
    if isinstance(value, Model):
        cls, plan = type(value), plan_of(type(value))
        found = value._items_set()
        for name, attribute in plan.attributes.items():
            if name in required_names(cls) and name not in found:
                field = cls._declared[attribute]
                kept_back = field.secret or field.write_only
                yield MissingField(cls.__name__, attribute, below(pointer, name), kept_back)
        value = {key: part for key, part in found.items() if key not in plan.read_only}
    if isinstance(value, Mapping):
        for key, part in value.items():
            yield from missing_fields(part, below(pointer, key))
    elif isinstance(value, list | tuple):
        for number, part in enumerate(value):
            yield from missing_fields(part, below(pointer, number))


def below(pointer: str, step: object) -> str:
    """Return the JSON pointer of a part of what a pointer points to."""
    return f"{pointer}/{str(step).replace('~', '~0').replace('/', '~1')}"


def _names(shape: Shape) -> Iterator[str]:
    """Yield the names of the classes that a shape may turn into."""
    match shape:
        case Ref(name):
            yield name
        case ListOf(item):
            yield from _names(item)
        case Tagged(_, models, fallback):
            yield from models.values()
            if fallback:
                yield fallback
        case OneOf(options):
            for option in options:
                yield from _names(option)


def _has_read_only(name: str, package: str, seen: set[str]) -> bool:
    if name in seen:
        return False
    seen.add(name)
    cls = getattr(importlib.import_module(package), name)
    if not issubclass(cls, Model):
        return False
    shapes = [field.shape for field in cls._declared.values()]
    return any(field.read_only for field in cls._declared.values()) or any(
        _has_read_only(part, package, seen)
        for shape in (*shapes, cls._additional_shape)
        for part in _names(shape)
    )
