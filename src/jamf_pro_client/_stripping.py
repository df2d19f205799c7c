"""Takes what only the server sets out of parsed JSON, without making models of it."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from jamf_pro_client._plans import plan_of
from jamf_pro_client._requirements import has_read_only
from jamf_pro_client.model import Model
from jamf_pro_client.shapes import ListOf, Ref, Shape

Strip: TypeAlias = Callable[[Any], Any]
"""Returns a value without what is not sent; it may change the value itself."""


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
    cls: type[Model] = getattr(importlib.import_module(package), shape.name)
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
