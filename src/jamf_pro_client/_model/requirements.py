"""What requests need and what they must not hold, worked out for each model class once."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from jamf_pro_client._model.fields import REQUIRED
from jamf_pro_client._model.plans import plan_of
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
    return any(_has_read_only(one, package, set()) for one in _references(shape))


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


def _references(shape: Shape) -> Iterator[Ref]:
    """Yield the classes that a value of a shape may be decoded to."""
    match shape:
        case Ref():
            yield shape
        case ListOf(item):
            yield from _references(item)
        case Tagged(_, models, fallback):
            yield from map(Ref, models.values())
            if fallback:
                yield Ref(fallback)
        case OneOf(options):
            for option in options:
                yield from _references(option)


def _has_read_only(reference: Ref, package: str, seen: set[str]) -> bool:
    if reference.name in seen:
        return False
    seen.add(reference.name)
    cls = reference.load(package)
    if not issubclass(cls, Model):
        return False
    shapes = [field.shape for field in cls._declared.values()]
    return any(field.read_only for field in cls._declared.values()) or any(
        _has_read_only(part, package, seen)
        for shape in (*shapes, cls._additional_shape)
        for part in _references(shape)
    )
