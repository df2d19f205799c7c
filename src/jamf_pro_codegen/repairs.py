"""Corrects a description by JSON pointer; a correction that does not fit is an error."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any, Final

import attrs
from ruamel.yaml import YAML

from jamf_pro_codegen.errors import CodegenError

_ABSENT: Final = object()
_KEYS = {"at", "old", "new", "remove", "why", "source", "since"}


@attrs.frozen
class Repair:
    """One correction of the vendor's document."""

    at: str
    """JSON pointer of what is wrong."""
    why: str
    """What servers do, and how it is known."""
    old: Any = _ABSENT
    """What the document says now; absent when the repair adds something."""
    new: Any = _ABSENT
    """What it should say; absent when the repair removes something."""
    since: str | None = None
    """First Jamf Pro version whose document holds what is wrong; None for all."""


def load_repairs(path: Path) -> list[Repair]:
    """Read `repairs.yaml`.

    Raises:
        CodegenError: An entry lacks its pointer or its reason, or holds unknown keys.
    """
    entries = YAML(typ="safe", pure=True).load(path.read_text("utf-8")) or []
    return [_repair(entry, number, path) for number, entry in enumerate(entries, 1)]


def _repair(entry: dict[str, Any], number: int, path: Path) -> Repair:
    where = f"{path.name}, entry {number}"
    unknown = set(entry) - _KEYS
    if unknown:
        raise CodegenError(f"{where}: unknown keys {sorted(unknown)}")
    if not entry.get("at") or not entry.get("why"):
        raise CodegenError(f"{where}: `at` and `why` are required")
    if ("new" in entry) == bool(entry.get("remove")):
        raise CodegenError(f"{where}: give either `new` or `remove: true`")
    return Repair(
        at=entry["at"],
        why=entry["why"],
        old=entry.get("old", _ABSENT),
        new=entry.get("new", _ABSENT),
        since=entry.get("since"),
    )


def apply_repairs(document: dict[str, Any], repairs: list[Repair], version: str) -> dict[str, Any]:
    """Return the document with every repair that concerns its version applied.

    Args:
        document: The facts of a source document.
        repairs: What to correct.
        version: The document's Jamf Pro version, to leave out repairs of later ones.

    Raises:
        CodegenError: A repair does not find what it was written for: the vendor changed it.
    """
    document = copy.deepcopy(document)
    for repair in repairs:
        if repair.since is None or _number(version) >= _number(repair.since):
            _apply(document, repair)
    return document


def _apply(document: dict[str, Any], repair: Repair) -> None:
    *parents, last = [_unescape(part) for part in repair.at.removeprefix("/").split("/")]
    node: Any = document
    for part in parents:
        node = _child(node, part)
        if node is _ABSENT:
            raise _no_longer(repair, f"there is no {part!r} on the way")
    found = _child(node, last)
    if found != repair.old:
        shown = "nothing" if found is _ABSENT else repr(found)
        expected = "nothing" if repair.old is _ABSENT else repr(repair.old)
        raise _no_longer(repair, f"expected {expected}, found {shown}")
    key = int(last) if isinstance(node, list) else last
    if repair.new is _ABSENT:
        del node[key]
    else:
        node[key] = copy.deepcopy(repair.new)


def _no_longer(repair: Repair, what: str) -> CodegenError:
    return CodegenError(
        f"the repair at {repair.at} no longer applies: {what}. Look whether the vendor has mended "
        f"it, then change or remove the entry. It was there because: {repair.why.strip()}"
    )


def _child(node: Any, part: str) -> Any:
    if isinstance(node, list):
        return node[int(part)] if part.isdigit() and int(part) < len(node) else _ABSENT
    return node.get(part, _ABSENT) if isinstance(node, dict) else _ABSENT


def _unescape(part: str) -> str:
    return part.replace("~1", "/").replace("~0", "~")


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())
