"""Takes what only the server sets out of parsed JSON."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias, TypeVar

from jamf_pro_client._model.plans import plan_of
from jamf_pro_client._model.requirements import has_read_only
from jamf_pro_client.model import Model
from jamf_pro_client.shapes import ListOf, Ref, Shape

M = TypeVar("M", bound=Model)
Strip: TypeAlias = Callable[[Any], Any]
"""Returns a value without what is not sent; it may change the value itself."""


def as_class(body: Model, cls: type[M]) -> M:
    """Return a model as one of another class: what was read as what is sent.

    A field that both have is what it is in the other class; one that only its own class has is
    left out if the server sets it.

    Args:
        body: The model.
        cls: The other class.
    """
    kept = _kept(body.to_dict(), body.to_request(), Ref(cls.__name__), cls._package)
    return cls.from_dict(kept)


def _kept(whole: Any, sendable: Any, shape: Shape, package: str) -> Any:
    """Return what a shape describes of a value, and of the rest what is sent.

    Args:
        whole: The value.
        sendable: The value without what is not sent.
        shape: What is to be made of it.
        package: The package that holds the models.
    """
    if isinstance(shape, ListOf) and type(whole) is list:
        pairs = zip(whole, sendable, strict=True)
        return [_kept(part, sent, shape.item, package) for part, sent in pairs]
    cls = shape.load(package) if isinstance(shape, Ref) else None
    if type(whole) is not dict or cls is None or not issubclass(cls, Model):
        return sendable
    shapes = {field.json_name: field.shape for field in cls._declared.values()}
    return {
        name: _kept(part, sendable[name], shapes.get(name), package) if name in sendable else part
        for name, part in whole.items()
        if name in sendable or name in shapes
    }


@functools.cache
def strippers(cls: type[Model]) -> Mapping[str, Strip]:
    """Return what strips the fields whose values hold what is not sent, by their JSON names."""
    plan = plan_of(cls)
    package = cls._package
    return {
        field.json_name: _stripper(field.shape, package, ()) or plan.decoders[attribute]
        for attribute, field in cls._declared.items()
        if has_read_only(field.shape, package)
    }


def _stripper(shape: Shape, package: str, above: tuple[str, ...]) -> Strip | None:
    """Return what strips values of a shape; None if it takes a model to tell what is not sent."""
    if isinstance(shape, ListOf):
        strip = _stripper(shape.item, package, above)
        return None if strip is None else _of_each(strip)
    if not isinstance(shape, Ref) or shape.name in above:
        return None
    cls: type[Model] = shape.load(package)
    if cls._additional_shape is not None:
        return None
    parts = {
        field.json_name: _stripper(field.shape, package, (*above, shape.name))
        for field in cls._declared.values()
        if not field.read_only and has_read_only(field.shape, package)
    }
    known = {name: strip for name, strip in parts.items() if strip is not None}
    return _of_object(plan_of(cls).read_only, known) if len(known) == len(parts) else None


def _of_each(strip: Strip) -> Strip:
    def strip_each(value: Any) -> Any:
        return [strip(part) for part in value] if type(value) is list else value

    return strip_each


def _of_object(read_only: tuple[str, ...], parts: Mapping[str, Strip]) -> Strip:
    def strip_object(value: Any) -> Any:
        if type(value) is dict:
            for name in read_only:
                if name in value:
                    del value[name]
            for name, strip in parts.items():
                if name in value:
                    value[name] = strip(value[name])
        return value

    return strip_object
