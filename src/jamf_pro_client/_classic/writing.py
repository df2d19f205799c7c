"""Writes records as XML; pure functions."""

from __future__ import annotations

import datetime
import enum
import functools
import re
from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any, Final

from jamf_pro_client._classic.json_form import settled, unwrapped
from jamf_pro_client._classic.record import (
    Record,
    fields_set,
    is_draft,
    unknown_of,
)
from jamf_pro_client._operation.requests import parameter_texts
from jamf_pro_client._unset import UNSET
from jamf_pro_client.errors import ConfigurationError
from jamf_pro_client.shapes import ListOf, Ref, Shape
from jamf_pro_client.types import File

if TYPE_CHECKING:
    from jamf_pro_client._model.fields import Declared

__all__ = ("body_content", "document")

_PROLOGUE: Final = '<?xml version="1.0" encoding="UTF-8"?>'
_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# What cannot be written as it is.
_SPECIAL: Final = re.compile("[&<>\r\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NAME: Final = re.compile(r"[^\W\d][\w.-]*")
_NUMBER: Final = re.compile(r"\[\d+\]$")


def body_content(body: object, model: str, package: str) -> Any:
    """Return the content of a request.

    Args:
        body: A record, a dict of the record's fields, or XML as text, bytes or a file.
        model: Name of the record's class.
        package: The package of the models.

    Raises:
        TypeError: It is something else.
        ConfigurationError: It holds what XML cannot carry.
    """
    if isinstance(body, Record):
        if type(body).__name__ != model:
            raise TypeError(f"expected {model}, not {type(body).__name__}")
        return document(body, for_server=True)
    if isinstance(body, Mapping):
        record = Ref(model)
        fields = unwrapped(dict(body), record, package)
        return document(record.load(package).from_dict(fields), for_server=True)
    if isinstance(body, File):
        return body.payload
    if isinstance(body, str):
        return body.encode()
    if isinstance(body, bytes | bytearray) or hasattr(body, "read"):
        return body
    raise TypeError(f"expected {model}, a dict or XML, not {type(body).__name__}")


def document(record: Record, *, for_server: bool = False) -> bytes:
    """Return the XML document of a record.

    Args:
        record: The record; its class tells what the root is called.
        for_server: Escape once more what servers decode once too often.

    Raises:
        ConfigurationError: It holds what XML cannot carry.
    """
    writing = _Writing(type(record)._package, for_server)
    try:
        writing.record(record._element, record)
    except _Unwritable as problem:
        place = "/".join(reversed(problem.inside))
        raise ConfigurationError(f"{place} holds {problem}") from None
    return "".join(writing.parts).encode()


class _Unwritable(Exception):
    """What cannot be written; on its way up it collects the elements that it is in."""

    def __init__(self, what: str, *inside: str) -> None:
        super().__init__(what)
        self.inside = [*inside]


class _Writing:
    """One walk over a record."""

    def __init__(self, package: str, for_server: bool) -> None:
        self.parts = [_PROLOGUE]
        self._package = package
        self._for_server = for_server

    def record(self, tag: str, record: Record) -> None:
        """Write a record as an element."""
        self._element(tag, self._fields, record)

    def _element(self, tag: str, write: Callable[..., None], *given: Any) -> None:
        parts = self.parts
        parts.append(f"<{tag}>")
        start = len(parts)
        try:
            write(*given)
        except _Unwritable as problem:
            problem.inside.append(tag)
            raise
        if len(parts) == start:
            parts[-1] = f"<{tag}/>"
        else:
            parts.append(f"</{tag}>")

    def _fields(self, record: Record) -> None:
        if is_draft(record):
            declared = type(record)._declared
            for name, value in fields_set(record):
                self._value(declared[name].json_name, value, declared[name])
        else:
            for name, tag, field in _fields_of(type(record)):
                value = getattr(record, name, UNSET)
                if value is not UNSET:
                    self._value(tag, value, field)
        self._unknown(unknown_of(record))

    def _unknown(self, values: Mapping[str, Any]) -> None:
        """Write what nobody described."""
        for key, value in values.items():
            # A number in brackets tells apart what one name had several of.
            tag = _NUMBER.sub("", str(key))
            if not _NAME.fullmatch(tag):
                raise _Unwritable(f"{tag!r}, which is not a valid name for an XML element")
            self._value(tag, value)

    def _value(self, tag: str, value: Any, field: Declared | None = None) -> None:
        """Write one field: an element, several of one name, or none."""
        if type(value) is str:
            self._text(tag, value, field)
        elif value is None:
            self.parts.append(f"<{tag}/>")
        elif isinstance(value, Record):
            self.record(tag, value)
        elif isinstance(value, list | tuple | set | frozenset):
            self._list(tag, value, field)
        elif isinstance(value, Mapping):
            self._mapping(tag, value, None if field is None else field.shape)
        elif value is not UNSET:
            self._text(tag, _text(value, tag), field)

    def _list(self, tag: str, values: Collection[Any], field: Declared | None) -> None:
        inner = field.shape.item if field and isinstance(field.shape, ListOf) else None
        if field is not None and field.item:
            self._element(tag, self._items, field.item, values, inner)
        elif values:
            self._items(tag, values, inner)
        else:
            self.parts.append(f"<{tag}/>")

    def _items(self, tag: str, values: Collection[Any], shape: Shape) -> None:
        for value in values:
            if isinstance(value, Record):
                self.record(tag, value)
            elif isinstance(value, Mapping):
                self._mapping(tag, value, shape)
            else:
                self._value(tag, value)

    def _mapping(self, tag: str, value: Mapping[str, Any], shape: Shape) -> None:
        """Write a dict: as a record where one should stand, or as an element of its keys."""
        if isinstance(shape, Ref):
            cls = shape.load(self._package)
            self.record(tag, cls.from_dict(settled(dict(value), shape, "", self._package)))
        else:
            self._element(tag, self._unknown, value)

    def _text(self, tag: str, text: str, field: Declared | None) -> None:
        if not text:
            self.parts.append(f"<{tag}/>")
            return
        if _SPECIAL.search(text):
            forbidden = _FORBIDDEN.search(text)
            if forbidden:
                code = ord(forbidden[0])
                raise _Unwritable(f"the character U+{code:04X}, which XML cannot carry", tag)
            if self._for_server and field is not None and field.decoded_twice:
                text = text.replace("&", "&amp;")
            text = _escaped(text)
        self.parts.append(f"<{tag}>{text}</{tag}>")


@functools.cache
def _fields_of(cls: type[Record]) -> tuple[tuple[str, str, Declared], ...]:
    return tuple((name, field.json_name, field) for name, field in cls._declared.items())


def _text(value: Any, tag: str) -> str:
    if isinstance(value, str | int | float | enum.Enum | datetime.date):
        return parameter_texts(value)[0]
    kind = type(value).__name__
    raise _Unwritable(f"a {kind}, which cannot be written as XML", tag)


def _escaped(text: str) -> str:
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    # A bare one would be read as a line feed.
    return text.replace("\r", "&#13;")
