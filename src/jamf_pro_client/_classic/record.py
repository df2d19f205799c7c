"""The base of the Classic API's models."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self

from jamf_pro_client._classic.kinds import value_of
from jamf_pro_client._unset import UNSET
from jamf_pro_client.model import Model
from jamf_pro_client.shapes import Ref

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jamf_pro_client._model.plans import Plan

__all__ = ("Pending", "Record", "fields_set", "is_draft")

_ADDITIONAL: Final = "additional_properties"


class _Open(dict[str, Any]):
    """What a draft has in place of text that was not read yet."""


class _Touched(_Open):
    """What a draft has that was made because somebody touched it."""


class Pending(dict[str, Any]):
    """Sections that nobody has touched yet, by name: `(element, kind)`."""


class Record(Model):
    """An element of the Classic API with typed fields.

    It is read from XML and from JSON and written as XML. Lossless: undescribed elements are kept in
    `additional_properties`, as text, dicts and lists; what does not fit its type is kept as text.

    Large records are decoded section by section, when they are first touched.

    In requests UNSET is left out, None and "" are sent as an empty element, which clears the
    field, and [] as an empty list.

    A record that is made without arguments is a draft: see `draft`.
    """

    __slots__ = ()

    _element: ClassVar[str] = ""

    def __init__(self, **values: Any) -> None:
        if values or any(field.default is not UNSET for field in type(self)._declared.values()):
            super().__init__(**values)
        else:
            self._raw = _Open()

    @classmethod
    def from_xml(cls, content: bytes | str) -> Self:
        """Return the record of an XML document, whatever its root is called.

        Raises:
            InvalidResponseError: It is not XML, or it is not safe to read.
        """
        from jamf_pro_client._classic.reading import root_reader
        from jamf_pro_client._xml import parse

        raw = content.encode() if isinstance(content, str) else content
        made: Self = root_reader(cls, len(raw))(parse(raw, what="the document"))
        return made

    @classmethod
    def from_document(cls, content: bytes) -> Self:
        """Return the record of a server's reply, in XML or in JSON, whatever it is wrapped in.

        Raises:
            InvalidResponseError: It is neither, or something other than a record.
        """
        from jamf_pro_client._classic.replies import document_decoder
        from jamf_pro_client.errors import InvalidResponseError

        package = cls._package
        if not content.strip():
            raise InvalidResponseError(f"not of type {cls.__name__}: it is empty")
        try:
            made = document_decoder(Ref(cls.__name__), package)(content)
        except ValueError as problem:
            raise InvalidResponseError(f"not of type {cls.__name__}: {problem}") from None
        if not isinstance(made, cls):
            raise InvalidResponseError(f"not of type {cls.__name__}, but {type(made).__name__}")
        return made

    def to_xml(self, *, for_server: bool = False) -> bytes:
        """Return the XML document that `from_xml` reads, in UTF-8.

        Args:
            for_server: Make it for a request: payloads of profiles are escaped once more, since
                servers decode them once too often. Operations do that by themselves.

        Raises:
            ConfigurationError: It holds what XML cannot carry.
        """
        from jamf_pro_client._classic.writing import document

        return document(self, for_server=for_server)

    @classmethod
    def draft(cls, **values: Any) -> Self:
        """Return a record whose sections are there as soon as they are touched.

        `update = Computer.draft()` and `update.location.building = "HQ"` make an update that sends
        just that; sections that were only looked at are not sent. `Computer()` is a draft too.
        """
        made = cls.__new__(cls)
        made._raw = _Open()
        for name, value in values.items():
            if name not in cls._declared and name != _ADDITIONAL:
                raise made._refused({name: value})
            setattr(made, name, value)
        return made

    def _detach(self) -> None:
        """Do nothing: its elements stand for themselves."""

    def _read_what_is_no_json(self) -> None:
        if type(self._raw) is Pending:
            for name in type(self)._declared:
                getattr(self, name)

    def _read_section(self, name: str) -> Any:
        if type(self._raw) is Pending:
            json_name = type(self)._declared[name].json_name
            found = self._raw.pop(json_name, None)
            return UNSET if found is None else value_of(*found)
        if not is_draft(self):
            return super()._read_section(name)
        shape = type(self)._declared[name].shape
        cls = shape.load(type(self)._package) if isinstance(shape, Ref) else None
        if cls is None or not issubclass(cls, Record):
            return UNSET
        return _reopened(cls, _Touched, {})

    def _values_set(self, plan: Plan) -> dict[str, Any]:
        found = super()._values_set(plan)
        return {name: value for name, value in found.items() if not _was_only_touched(value)}

    def __reduce__(self) -> tuple[Any, ...]:
        if not is_draft(self):
            return super().__reduce__()
        values = dict(fields_set(self))
        if self.additional_properties:
            values[_ADDITIONAL] = self.additional_properties
        return _reopened, (type(self), type(self._raw), values)

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        if not is_draft(self):
            return super().__deepcopy__(memo)
        make, arguments = self.__reduce__()
        copied: Self = make(*copy.deepcopy(arguments, memo))
        return copied

    def _values(self) -> tuple[Any, ...]:
        if not is_draft(self):
            return super()._values()
        found = dict(fields_set(self))
        declared = (found.get(name, UNSET) for name in type(self)._declared)
        return (*declared, self.additional_properties)

    def __repr__(self) -> str:
        """Show what is set; secrets are left out."""
        shown = [
            f"{name}={'***' if type(self)._declared[name].secret else repr(value)}"
            for name, value in fields_set(self)
        ]
        if self.additional_properties:
            shown.append(f"{_ADDITIONAL}={self.additional_properties!r}")
        return f"{type(self).__name__}({', '.join(shown)})"


def _reopened(cls: type[Record], kind: type[_Open], values: dict[str, Any]) -> Record:
    made = cls.draft(**values)
    made._raw = kind()
    return made


def is_draft(record: Record) -> bool:
    """Whether a record's sections are there as soon as they are touched."""
    return isinstance(_raw_of(record), _Open)


def fields_set(record: Record) -> Iterator[tuple[str, Any]]:
    """Yield attributes and their values, without those that a draft made only by being touched."""
    draft = is_draft(record)
    for name in type(record)._declared:
        try:
            value = object.__getattribute__(record, name) if draft else getattr(record, name)
        except AttributeError:
            continue
        if value is not UNSET and not _was_only_touched(value):
            yield name, value


def unknown_of(record: Record) -> dict[str, Any]:
    """Return what nobody described, without asking for what is not there."""
    try:
        found: dict[str, Any] = object.__getattribute__(record, _ADDITIONAL)
    except AttributeError:
        return {}
    return found


def _was_only_touched(value: Any) -> bool:
    """Whether it is a draft that was made by being touched, with nothing set at any depth."""
    return (
        isinstance(value, Record)
        and isinstance(_raw_of(value), _Touched)
        and not (any(True for _ in fields_set(value)) or value.additional_properties)
    )


def _raw_of(record: Record) -> Any:
    try:
        return object.__getattribute__(record, "_raw")
    except AttributeError:
        return None
