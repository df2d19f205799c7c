"""Shows a model to attrs and inspect as the class that its fields describe."""

from __future__ import annotations

import functools
import inspect
from typing import Any

import attrs

from jamf_pro_client._model.fields import REQUIRED
from jamf_pro_client.model import Model


@functools.cache
def attributes_of(cls: type[Model]) -> Any:
    """Return what `attrs.fields` gives for a model class."""
    fields = {
        name: attrs.field(
            default=attrs.NOTHING if field.default is REQUIRED else field.default,
            repr=not field.secret,
            kw_only=True,
        )
        for name, field in cls._declared.items()
    }
    fields["additional_properties"] = attrs.field(factory=dict, kw_only=True)
    return attrs.fields(attrs.make_class(cls.__name__, fields, slots=True))


def signature_of(cls: type[Model]) -> inspect.Signature:
    """Return the signature of a model's constructor."""
    return inspect.Signature(
        [
            inspect.Parameter(
                name,
                inspect.Parameter.KEYWORD_ONLY,
                default=inspect.Parameter.empty if field.default is REQUIRED else field.default,
            )
            for name, field in cls._declared.items()
        ]
    )
