"""The base of all models."""

from __future__ import annotations

import copy
import threading
from collections.abc import Mapping
from typing import (
    TYPE_CHECKING,
    Any,
    ClassVar,
    Final,
    Self,
    TypeAlias,
    TypeVar,
    dataclass_transform,
)

from msgspec import Raw

from jamf_pro_client._model.decoding import Decode
from jamf_pro_client._model.fields import REQUIRED, ModelType, json_field
from jamf_pro_client._model.plans import Plan, decode_each, plan_of, reader_of
from jamf_pro_client._reading import read_json
from jamf_pro_client._unset import UNSET
from jamf_pro_client.shapes import Shape

__all__ = ("Model", "json_field")

M = TypeVar("M", bound="Model")

# Inside the class, `dict` is its method.
JsonObject: TypeAlias = dict[str, Any]
Sections: TypeAlias = dict[str, Raw]
Memo: TypeAlias = dict[int, Any]

_ADDITIONAL: Final = "additional_properties"
# Guards the first touch of a section: without it two threads would each get a copy of their own.
_FIRST_TOUCH: Final = threading.RLock()


if TYPE_CHECKING:

    @dataclass_transform(kw_only_default=True, field_specifiers=(json_field,))
    class _Typed(metaclass=ModelType):
        """Lets type checkers know what constructors take; fields of this class would be none."""

        _raw: Sections
        __attrs_attrs__: ClassVar[Any]

else:
    _Typed = object  # one more class to pass for each object that is freed


class Model(_Typed, metaclass=ModelType):
    """A JSON object with typed fields; for attrs an attrs class with slots.

    Lossless: keys that the description does not know are kept in `additional_properties`, null
    (`None`) and absent (`UNSET`) stay distinct, and dates are written as they were read. What a
    server sends in place of what was described is kept as it came.

    Records of many sections are decoded section by section, when they are first touched.
    """

    __slots__ = ("__weakref__", "_raw", _ADDITIONAL)

    if TYPE_CHECKING:
        additional_properties: JsonObject = json_field("", default=UNSET)
        """Keys of the object that the description does not know, as plain JSON values."""
    _additional_shape: ClassVar[Shape] = None
    _is_sectioned: ClassVar[bool] = False
    """Whether it is decoded section by section, when they are first touched."""

    def __init__(self, **values: Any) -> None:
        declared = type(self)._declared
        for name, field in declared.items():
            value = values.pop(name, field.default)
            if value is REQUIRED:
                raise self._refused(values)
            setattr(self, name, value)
        if _ADDITIONAL in values:
            self.additional_properties = values.pop(_ADDITIONAL)
        if values:
            raise self._refused(values)

    def _refused(self, left: JsonObject) -> TypeError:
        """Return the error for arguments of which some are unknown, or else some are missing."""
        from jamf_pro_client._model import refusals  # with the first mistake

        cls = type(self)
        if unknown := left.keys() - cls._declared.keys() - {_ADDITIONAL}:
            return refusals.unknown(cls, unknown)
        needed = [name for name, field in cls._declared.items() if field.default is REQUIRED]
        given = {*left, *(name for name in needed if _is_set(self, name))}
        return refusals.missing(cls, [name for name in needed if name not in given])

    @classmethod
    def from_dict(cls, source: Mapping[str, Any]) -> Self:
        """Return the model of a JSON object; the object itself is not changed."""
        if not isinstance(source, Mapping):
            given = f"{cls.__name__} is made from a dict with the JSON names"
            raise TypeError(f"{given}, not from a {type(source).__name__}")
        made: Self = plan_of(cls).read(source if type(source) is dict else dict(source))
        return made

    @classmethod
    def _reader(cls) -> Decode:
        """Return the function that decodes a value that should be such an object."""
        return reader_of(cls)

    @classmethod
    def _holds_rows(cls) -> bool:
        """Whether it is a page of records of many sections."""
        return plan_of(cls).holds_rows

    @classmethod
    def _from_raw(cls, raw: Sections) -> Self:
        """Return the model of a JSON object whose values are still text."""
        self = cls.__new__(cls)
        self._raw = raw
        return self

    def to_dict(self) -> JsonObject:
        """Return the JSON object: plain dicts, lists, text, numbers, booleans and None."""
        from jamf_pro_client._model.encoding import to_json

        plain: JsonObject = to_json(self)
        return plain

    def dict(self) -> JsonObject:
        """Return what `to_dict` does, under the name that other clients for Jamf Pro give it.

        The names are those of the API and the values plain JSON: a web service can return it.
        """
        return self.to_dict()

    def to_request(self) -> JsonObject:
        """Return the JSON object to send: like `to_dict`, without what only the server sets."""
        from jamf_pro_client._model.encoding import to_json

        plain: JsonObject = to_json(self, for_request=True)
        return plain

    @classmethod
    def json_names(cls) -> tuple[str, ...]:
        """Return the JSON names of the fields, in their order."""
        return tuple(field.json_name for field in cls._declared.values())

    def _items_set(self) -> JsonObject:
        """Return what is set by its JSON name, not encoded; values not decoded yet as text."""
        plan = plan_of(type(self))
        if not _is_set(self, "_raw"):
            found = self._fields_read(plan)
        else:
            with _FIRST_TOUCH:  # or a section could be read between these steps
                self._read_what_is_no_json()
                # What was read or assigned wins over the text that it came with.
                found = {**self._raw, **self._values_set(plan)}
                if _is_set(self, _ADDITIONAL):
                    found = {name: found[name] for name in plan.attributes if name in found}
            found = {name: value for name, value in found.items() if value is not UNSET}
        if _is_set(self, _ADDITIONAL):
            found.update(self.additional_properties)
        return found

    def _values_set(self, plan: Plan) -> JsonObject:
        """Return the values of the slots that are set, by JSON name; others are not decoded."""
        found = {}
        for json_name, get in plan.slots:
            try:
                found[json_name] = get(self)
            except AttributeError:
                continue
        return found

    if not TYPE_CHECKING:  # or every misspelt attribute would pass type checks

        def __getattr__(self, name: str) -> Any:
            # Python comes here only for slots that are not set yet.
            with _FIRST_TOUCH:
                if _is_set(self, name):  # another thread was faster
                    return object.__getattribute__(self, name)
                if name == _ADDITIONAL:
                    value = self._read_additional()
                elif name in type(self)._declared and _is_set(self, "_raw"):
                    value = self._read_section(name)
                else:
                    raise AttributeError(
                        f"{type(self).__name__!r} object has no attribute {name!r}"
                    )
                setattr(self, name, value)
            return value

    def _detach(self) -> None:
        """Hold text of its own in place of parts of a longer one, which could go then."""
        with _FIRST_TOUCH:
            if _is_set(self, "_raw"):
                self._raw.update({name: text.copy() for name, text in self._raw.items()})

    def _read_what_is_no_json(self) -> None:
        """Read the sections that cannot be written as they came: of these records, none."""

    def _read_section(self, name: str) -> Any:
        plan = plan_of(type(self))
        json_name = plan.json_names[name]
        text = self._raw.get(json_name)
        if text is None:
            return UNSET
        decode, decode_text = plan.decoders.get(name), plan.texts.get(name)
        try:
            value = read_json(text) if decode_text is None else decode_text(text)
        except ValueError as error:
            raise _unreadable(self, name, error) from None
        del self._raw[json_name]
        return value if decode is None or decode_text is not None else decode(value)

    def _read_additional(self) -> JsonObject:
        if not _is_set(self, "_raw"):
            return {}
        plan = plan_of(type(self))
        keys = [key for key in self._raw if key not in plan.attributes]
        try:
            found = {key: read_json(self._raw[key]) for key in keys}
        except ValueError as error:
            raise _unreadable(self, _ADDITIONAL, error) from None
        for key in keys:
            del self._raw[key]
        return found if plan.additional is None else decode_each(plan.additional, found)

    def _values(self) -> tuple[Any, ...]:
        names = (*type(self)._declared, _ADDITIONAL)
        return tuple(getattr(self, name) for name in names)

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self._values() == other._values()

    def __repr__(self) -> str:
        """Show what is set; secrets are left out."""
        shown = [
            f"{name}={'***' if field.secret else repr(value)}"
            for name, field in type(self)._declared.items()
            if (value := getattr(self, name)) is not UNSET
        ]
        if self.additional_properties:
            shown.append(f"{_ADDITIONAL}={self.additional_properties!r}")
        return f"{type(self).__name__}({', '.join(shown)})"

    def __reduce__(self) -> tuple[Any, ...]:
        # By JSON name: newer versions of the description add fields and drop some.
        fields = self._fields_read(plan_of(type(self)))
        return _rebuild, (type(self), fields, self.additional_properties)

    def _fields_read(self, plan: Plan) -> JsonObject:
        """Return what is set by its JSON name, decoded."""
        values = zip(plan.attributes, plan.values_of(self), strict=True)
        return {name: value for name, value in values if value is not UNSET}

    def __copy__(self) -> Self:
        made = type(self).__new__(type(self))
        with _FIRST_TOUCH:
            for slot in ("_raw", *type(self)._declared, _ADDITIONAL):
                if _is_set(self, slot):
                    value = object.__getattribute__(self, slot)
                    # These two change while an object is used.
                    own = type(value)(value) if slot in ("_raw", _ADDITIONAL) else value
                    setattr(made, slot, own)
        made._detach()
        return made

    def evolve(self, **changes: Any) -> Self:
        """Return a copy with other values for some attributes; this one does not change.

        Like `attrs.evolve`, but sections that nobody touched stay as they are. Nested objects
        that somebody touched belong to both; `copy.deepcopy` gives a copy that shares nothing.

        Raises:
            TypeError: There is no such attribute.
        """
        made = copy.copy(self)
        for name, value in changes.items():
            if name not in type(self)._declared and name != _ADDITIONAL:
                raise self._refused({name: value})
            setattr(made, name, value)
        return made

    __replace__ = evolve

    def __deepcopy__(self, memo: Memo) -> Self:
        fields = copy.deepcopy(self._fields_read(plan_of(type(self))), memo)
        return _rebuild(type(self), fields, copy.deepcopy(self.additional_properties, memo))


def _is_set(instance: Model, slot: str) -> bool:
    """Whether a slot has a value, without asking `__getattr__`."""
    try:
        object.__getattribute__(instance, slot)
    except AttributeError:
        return False
    return True


def _unreadable(instance: Model, name: str, error: ValueError) -> Exception:
    """Return the error for text that is found to be no JSON when it is touched; it is kept."""
    from jamf_pro_client.errors import InvalidResponseError

    place = f"{type(instance).__name__}.{name}"
    return InvalidResponseError(f"{place} cannot be read as JSON as it came ({error})")


def _rebuild(cls: type[M], fields: JsonObject, additional: JsonObject) -> M:
    """Return the object that was pickled, perhaps by another version of the package.

    Args:
        cls: Its class, as it is now.
        fields: JSON name -> value, for the fields that the class had.
        additional: Keys that the description did not know.
    """
    made = cls.__new__(cls)
    plan = plan_of(cls)
    unknown = {**fields, **additional}
    for json_name, attribute in plan.attributes.items():
        value = unknown.pop(json_name, UNSET)
        if json_name not in fields and value is not UNSET and attribute in plan.decoders:
            value = plan.decoders[attribute](value)
        setattr(made, attribute, value)
    made.additional_properties = unknown
    return made
