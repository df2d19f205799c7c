"""Decompresses gzip and deflate step by step, so that no step gives more than a little."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Final

__all__ = ("CODINGS", "Inflate")

CODINGS: Final = frozenset({"gzip", "x-gzip", "deflate"})
"""The content codings that are understood."""

_STEP_BYTES: Final = 131_072
_INPUT_BYTES: Final = 65_536
_ZLIB: Final = 15
_RAW: Final = -15
_GZIP: Final = 31


class Inflate:
    """One content coding.

    Args:
        coding: One of `CODINGS`.
    """

    def __init__(self, coding: str) -> None:
        self.size = 0
        """How many bytes came out."""
        self.is_broken = False
        """Whether something came in that is not compressed that way."""
        self._is_gzip = coding != "deflate"
        self._inflater = zlib.decompressobj(_GZIP) if self._is_gzip else None
        self._head = b""

    @property
    def is_complete(self) -> bool:
        """Whether the end was reached, or nothing ever came."""
        if self._inflater is None:
            return not self._head
        return self._inflater.eof

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Give what *data* holds, in pieces of at most 128 kB, until it is used up or broken."""
        if self._inflater is None:
            self._head += data
            if len(self._head) < 2:
                return
            data, self._head = self._head, b""
            self._inflater = zlib.decompressobj(_ZLIB if _is_zlib(data) else _RAW)
        # What is left of the input is copied in each step.
        for start in range(0, len(data), _INPUT_BYTES):
            yield from self._inflate(data[start : start + _INPUT_BYTES])

    def _inflate(self, data: bytes) -> Iterator[bytes]:
        inflater = self._inflater
        full = False
        while (data or full) and inflater is not None and not self.is_broken:
            if inflater.eof:
                data = data.lstrip(b"\0") if self._is_gzip else b""
                if not data:
                    return
                # A gzip body is one member or several, one after the other.
                inflater = self._inflater = zlib.decompressobj(_GZIP)
            try:
                plain = inflater.decompress(data, _STEP_BYTES)
            except zlib.error:
                self.is_broken = True
                return
            data = inflater.unused_data if inflater.eof else inflater.unconsumed_tail
            # Then there may be more of it, even if no input is left.
            full = len(plain) == _STEP_BYTES
            self.size += len(plain)
            if plain:
                yield plain


def _is_zlib(head: bytes) -> bool:
    """Whether it begins as RFC 1950 says; many servers leave that out."""
    return head[0] & 15 == 8 and int.from_bytes(head[:2], "big") % 31 == 0
