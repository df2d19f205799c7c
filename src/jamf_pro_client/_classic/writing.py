"""Writes records as XML; pure functions."""

from __future__ import annotations

import datetime
import enum
import importlib
import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from jamf_pro_client._classic.json_form import settled, unwrapped
from jamf_pro_client._classic.record import Record, fields_set
from jamf_pro_client._requests import parameter_texts
from jamf_pro_client._unset import UNSET
from jamf_pro_client.errors import ConfigurationError
from jamf_pro_client.shapes import ListOf, Ref, Shape
from jamf_pro_client.types import File

if TYPE_CHECKING:
    from jamf_pro_client._fields import Declared

__all__ = ("body_content", "document")

_PROLOGUE: Final = '<?xml version="1.0" encoding="UTF-8"?>'
_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
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
            raise TypeError(f"a {model} is wanted, not a {type(body).__name__}")
        return document(body, for_server=True)
    if isinstance(body, Mapping):
        cls = getattr(importlib.import_module(package), model)
        fields = unwrapped(dict(body), Ref(model), package)
        return document(cls.from_dict(fields), for_server=True)
    if isinstance(body, File):
        return body.payload
    if isinstance(body, str):
        return body.encode()
    if isinstance(body, bytes | bytearray) or hasattr(body, "read"):
        return body
    raise TypeError(f"a {model}, a dict or XML is wanted, not {type(body).__name__}")


def document(record: Record, *, for_server: bool = False) -> bytes:
    """Return the XML document of a record.

    Args:
        record: The record; its class tells what the root is called.
        for_server: Escape once more what servers decode once too often.

    Raises:
        ConfigurationError: It holds what XML cannot carry.
    """
    parts = [_PROLOGUE]
    package = type(record)._package
    _Writing(parts.append, package, for_server).value(record._element, record, record._element)
    return "".join(parts).encode()


class _Writing:
    """One walk over a record."""

    def __init__(self, write: Callable[[str], None], package: str, for_server: bool) -> None:
        self._write = write
        self._package = package
        self._for_server = for_server

    def value(self, tag: str, value: Any, place: str, field: Declared | None = None) -> None:
        """Write one field: an element, several of one name, or none."""
        if value is UNSET:
            return
        value = self._made(value, None if field is None else field.shape)
        if isinstance(value, list | tuple | set | frozenset):
            self._list(tag, value, place, field)
        elif isinstance(value, Record):
            self._record(tag, value, place)
        elif isinstance(value, Mapping):
            self._element(tag, self._children(value), place)
        else:
            self._leaf(tag, value, place, field)

    def _list(self, tag: str, values: Any, place: str, field: Declared | None) -> None:
        inner = field.shape.item if field and isinstance(field.shape, ListOf) else None
        if field is not None and field.item:
            rows = ((field.item, self._made(value, inner), None) for value in values)
            self._element(tag, rows, place)
            return
        for value in values:
            self.value(tag, self._made(value, inner), place)
        if not values:
            self._write(f"<{tag}/>")

    def _made(self, value: Any, shape: Shape) -> Any:
        """Return a record for a dict that stands where a record should."""
        if not isinstance(value, Mapping) or not isinstance(shape, Ref):
            return value
        cls = getattr(importlib.import_module(self._package), shape.name)
        return cls.from_dict(settled(dict(value), shape, "", self._package))

    def _record(self, tag: str, record: Record, place: str) -> None:
        declared = type(record)._declared
        fields = (
            (declared[name].json_name, value, declared[name]) for name, value in fields_set(record)
        )
        self._element(tag, (*fields, *self._children(record.additional_properties)), place)

    def _children(self, values: Mapping[str, Any]) -> Iterator[tuple[str, Any, None]]:
        for key, value in values.items():
            # A number in brackets tells apart what one name had several of.
            yield _NUMBER.sub("", str(key)), value, None

    def _element(self, tag: str, children: Any, place: str) -> None:
        parts: list[str] = []
        outer, self._write = self._write, parts.append
        try:
            for name, value, field in children:
                if not _NAME.fullmatch(name):
                    raise ConfigurationError(f"{name!r} in {place} is no name of an XML element")
                self.value(name, value, f"{place}/{name}", field)
        finally:
            self._write = outer
        outer(f"<{tag}>{''.join(parts)}</{tag}>" if parts else f"<{tag}/>")

    def _leaf(self, tag: str, value: Any, place: str, field: Declared | None) -> None:
        text = _text(value, place)
        if _FORBIDDEN.search(text):
            code = ord(_FORBIDDEN.findall(text)[0])
            raise ConfigurationError(
                f"{place} holds the character U+{code:04X}, which XML cannot carry"
            )
        if self._for_server and field is not None and field.decoded_twice:
            text = text.replace("&", "&amp;")
        self._write(f"<{tag}>{_escaped(text)}</{tag}>" if text else f"<{tag}/>")


def _text(value: Any, place: str) -> str:
    if value is None:
        return ""
    if isinstance(value, str | int | float | enum.Enum | datetime.date):
        return parameter_texts(value)[0]
    raise ConfigurationError(f"{place} holds a {type(value).__name__}, which XML has no form for")


def _escaped(text: str) -> str:
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    # A bare one would be read as a line feed.
    return text.replace("\r", "&#13;")
