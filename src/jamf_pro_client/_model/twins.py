"""Decodes JSON text without dicts: through structs of msgspec, twins of our classes.

A struct with the fields of a class is parsed in half the time of a dict, and read faster too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final, cast

from msgspec import MsgspecError, defstruct
from msgspec.json import Decoder

from jamf_pro_client._model.decoding import class_with_twin
from jamf_pro_client._model.plans import Plan, plan_of
from jamf_pro_client._unset import UNSET
from jamf_pro_client.shapes import ListOf, Shape

if TYPE_CHECKING:
    from jamf_pro_client._model.decoding import DecodeText
    from jamf_pro_client.model import Model

# An attempt in vain costs time. After each one in a row twice as many texts are decoded without
# one, up to this many: a server may send what does not fit for ever, or on one page.
_MOST_PASSED: Final = 16

Fill = Callable[[Any], Any]
"""Makes of a twin what it is the twin of."""


def twin_decoder(shape: Shape, package: str, otherwise: DecodeText) -> DecodeText:
    """Return the function that decodes the JSON text of a shape.

    It gives what the ordinary function gives: whatever does not fit a twin, such as text in place
    of an object, is left to that. So are keys that nobody described, when they turn up first.

    Args:
        shape: What the text stands for: an object whose class has a twin, or lists of such.
        package: The package that holds the models.
        otherwise: The ordinary function.
    """
    twins = _Twins(shape, package)
    passed = to_pass = 0

    def decode(text: Any) -> Any:
        nonlocal passed, to_pass, twins
        if passed < to_pass:
            passed += 1
            return otherwise(text)
        used = twins  # another thread may put others in their place
        try:
            value = used.parse(text)
        except (MsgspecError, UnicodeDecodeError, RecursionError):
            decoded = otherwise(text)
            if used.are_outdated():
                twins = _Twins(shape, package, with_met=True)
            else:
                passed, to_pass = 0, min(2 * to_pass or 1, _MOST_PASSED)
            return decoded
        to_pass = 0
        return None if value is None else used.fill(value)

    return decode


class _Twins:
    """The twin of a class, and of the classes within it.

    Args:
        shape: An object of the class, or lists of such.
        package: The package that holds the models.
        with_met: Whether they have a place for keys that nobody described but that were met. That
            takes time, so it is for texts that have some.
    """

    def __init__(self, shape: Shape, package: str, *, with_met: bool = False) -> None:
        self._with_met = with_met
        self._package = package
        self._made: dict[type[Model], tuple[Any, Fill]] = {}
        # Keys that nobody described, of each class those that its twin has a place for.
        self._met: dict[type[Model], tuple[str, ...]] = {}
        kind, fill = self._part(shape)
        self.parse: Final = Decoder(kind | None).decode
        self.fill: Final = cast("Fill", fill)

    def are_outdated(self) -> bool:
        """Whether keys were met that nobody described, and that the twins have no place for."""
        return any(len(plan_of(cls).met) > len(keys) for cls, keys in self._met.items())

    def _twin(self, cls: type[Model]) -> tuple[Any, Fill]:
        if cls not in self._made:
            self._made[cls] = self._make(cls, plan_of(cls))
        return self._made[cls]

    def _make(self, cls: type[Model], plan: Plan) -> tuple[Any, Fill]:
        keys = self._met[cls] = tuple(plan.met) if self._with_met else ()
        met = {f"Met{number}": key for number, key in enumerate(keys)}
        parts = {name: self._part(field.shape) for name, field in cls._declared.items()}
        twin = defstruct(
            cls.__name__,
            [
                *((name, kind | None, UNSET) for name, (kind, _) in parts.items()),
                *((name, Any, UNSET) for name in met),
            ],
            rename={**plan.json_names, **met},
            forbid_unknown_fields=True,
            # They live until they are read, and hold no cycles.
            gc=False,
        )
        decoders = {name: parts[name][1] or decode for name, decode in plan.decoders.items()}
        fill = cls._make_filler(
            object.__new__, **{f"read_{name}": decode for name, decode in decoders.items()}
        )
        return twin, _with_met(fill, met) if met else fill

    def _part(self, shape: Shape) -> tuple[Any, Fill | None]:
        """Return the type of a part of a twin, and what reads it; None if that is plain JSON."""
        if isinstance(shape, ListOf):
            kind, fill = self._part(shape.item)
            return (Any, None) if fill is None else (list[kind], _each(fill))  # type: ignore[valid-type]
        cls = class_with_twin(shape, self._package)
        # What holds itself at some depth is read from dicts there.
        if cls is None or (cls in self._met and cls not in self._made):
            return Any, None
        return self._twin(cls)


def _each(fill: Fill) -> Fill:
    def fill_all(twins: list[Any]) -> list[Any]:
        # In place: each twin goes when it was read, and its memory serves for the next object.
        for position, twin in enumerate(twins):
            twins[position] = fill(twin)
        return twins

    return fill_all


def _with_met(fill: Fill, met: Mapping[str, str]) -> Fill:
    """Let a function add the values of keys that nobody described.

    Args:
        fill: The function.
        met: Attributes of the twin -> keys.
    """
    values_of = [(key, attrgetter(attribute)) for attribute, key in met.items()]
    first_key, first_of = values_of[0]

    def fill_with_one(twin: Any) -> Any:
        made = fill(twin)
        value = first_of(twin)
        if value is not UNSET:
            made.additional_properties = {first_key: value}
        return made

    def fill_with_more(twin: Any) -> Any:
        made = fill(twin)
        found = {key: value for key, get in values_of if (value := get(twin)) is not UNSET}
        if found:
            made.additional_properties = found
        return made

    return fill_with_one if len(met) == 1 else fill_with_more
