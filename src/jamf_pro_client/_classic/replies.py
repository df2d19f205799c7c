"""Decodes the bodies of Classic replies, which are XML, or JSON under any label."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from jamf_pro_client._classic.json_form import unwrapped
from jamf_pro_client._classic.reading import list_reader, root_reader
from jamf_pro_client._model.decoding import decoder
from jamf_pro_client._reading import read_json
from jamf_pro_client._xml import parse
from jamf_pro_client.errors import InvalidResponseError
from jamf_pro_client.shapes import ListOf, Ref, Shape

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from jamf_pro_client._model.decoding import DecodeText

__all__ = ("document_decoder", "parsed", "trimmed")

_EMPTY: Final = b"<result/>"
_BLANKS: Final = b" \t\r\n\xef\xbb\xbf"
# What XML 1.0 forbids, as bytes of UTF-8 and as references; some records hold it all the same.
_FORBIDDEN: Final = bytes(code for code in range(32) if code not in (9, 10, 13))
_REFERENCE: Final = re.compile(
    rb"&#(?:x0*(?:[0-8bcef]|1[0-9a-f])|0*(?:[0-8]|1[124-9]|2\d|3[01]));", re.I
)


def document_decoder(shape: Shape, package: str) -> DecodeText:
    """Return the function that decodes the text of a reply.

    Args:
        shape: What the document stands for: a record, or a list of records.
        package: The package of the models.

    The function raises ValueError for what is neither XML nor JSON. An empty body is an empty
    document: servers answer some writes with nothing.
    """
    read = _reader(shape, package)
    from_plain = decoder(shape, package)

    def decode(content: bytes) -> Any:
        text = trimmed(content)
        if text[:1] in (b"{", b"["):
            value = unwrapped(read_json(text), shape, package)
            return value if from_plain is None else from_plain(value)
        root = parsed(text or _EMPTY)
        if root.tag.lower() == "html":
            raise ValueError("a page, not a document")
        return read(root, len(text))

    return decode


def trimmed(content: bytes) -> bytes:
    """Return a document without what servers put before it."""
    return content.lstrip(_BLANKS)


def _reader(shape: Shape, package: str) -> Callable[[Element, int], Any]:
    """Return the function that makes a value of a root and the size of its document."""
    if isinstance(shape, ListOf):
        read = list_reader(shape.item, package)
        return lambda root, _size: read(root)
    if isinstance(shape, Ref):
        cls = shape.load(package)
        return lambda root, size: root_reader(cls, size)(root)
    raise TypeError("a Classic document is a record or a list")


def parsed(text: bytes) -> Element:
    """Return the root of a document, also of one that holds what XML forbids.

    Raises:
        ValueError: It is no XML all the same.
    """
    try:
        return parse(text)
    except InvalidResponseError as problem:
        told = str(problem)
    mended = _REFERENCE.sub(b"", text.translate(None, _FORBIDDEN))
    if mended != text:
        try:
            return parse(mended)
        except InvalidResponseError as problem:
            told = str(problem)
    raise ValueError(told)
