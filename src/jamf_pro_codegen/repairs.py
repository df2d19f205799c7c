"""Corrects a description by JSON pointer; a correction that does not fit is an error."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import attrs

from jamf_pro_codegen.errors import CodegenError
from jamf_pro_codegen.pointers import ABSENT, child, parts_of
from jamf_pro_codegen.source import parse_yaml

_END = "-"
_KEYS = {"at", "old", "new", "remove", "why", "source", "since"}


@attrs.frozen
class Repair:
    """One correction of the vendor's document."""

    at: str
    """JSON pointer of what is wrong."""
    why: str
    """What servers do, and how it is known."""
    old: Any = ABSENT
    """What the document says now; absent when the repair adds something."""
    new: Any = ABSENT
    """What it should say; absent when the repair removes something."""
    since: str | None = None
    """First Jamf Pro version whose document holds what is wrong; None for all."""


def load_repairs(path: Path) -> list[Repair]:
    """Read `repairs.yaml`.

    Raises:
        CodegenError: It cannot be read, or an entry lacks its pointer or its reason or holds
            unknown keys.
    """
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CodegenError(f"cannot read {path}: {error}") from error
    entries = parse_yaml(text, path.name) or []
    if not isinstance(entries, list):
        raise CodegenError(f"{path.name} holds no list of repairs")
    return [_repair(entry, number, path) for number, entry in enumerate(entries, 1)]


def _repair(entry: Any, number: int, path: Path) -> Repair:
    where = f"{path.name}, entry {number}"
    if not isinstance(entry, dict):
        raise CodegenError(f"{where}: it has no keys such as `at`")
    unknown = set(entry) - _KEYS
    if unknown:
        raise CodegenError(f"{where}: unknown keys {sorted(unknown)}")
    if not entry.get("at") or not entry.get("why"):
        raise CodegenError(f"{where}: `at` and `why` are required")
    if not isinstance(entry.get("since", ""), str):
        raise CodegenError(f"{where}: `since` must be text: write it in quotes")
    if ("new" in entry) == bool(entry.get("remove")):
        raise CodegenError(f"{where}: give either `new` or `remove: true`")
    return Repair(
        at=entry["at"],
        why=entry["why"],
        old=entry.get("old", ABSENT),
        new=entry.get("new", ABSENT),
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
    *parents, last = parts_of(repair.at)
    node: Any = document
    for part in parents:
        node = child(node, part)
        if node is ABSENT:
            raise _no_longer(repair, f"there is no {part!r} on the way")
    if not _holds(node, last):
        raise _no_longer(repair, f"nothing can stand at {last!r} there")
    found = child(node, last)
    if not _is_same(found, repair.old):
        shown = "nothing" if found is ABSENT else repr(found)
        expected = "nothing" if repair.old is ABSENT else repr(repair.old)
        raise _no_longer(repair, f"expected {expected}, found {shown}")
    if isinstance(node, list) and last == _END:
        node.append(copy.deepcopy(repair.new))
        return
    if repair.new is ABSENT:
        del node[_key(node, last)]
    else:
        node[_key(node, last)] = copy.deepcopy(repair.new)


def _holds(node: Any, last: str) -> bool:
    """Whether a key or an index makes sense in a node; `-` is the place after a list's end."""
    if isinstance(node, list):
        return last == _END or child(node, last) is not ABSENT
    return isinstance(node, dict)


def _key(node: Any, last: str) -> Any:
    return int(last) if isinstance(node, list) else last


def _is_same(found: Any, expected: Any) -> bool:
    """Python takes 1, 1.0 and true for equal; the document does not."""
    if found is ABSENT or expected is ABSENT:
        return found is expected
    return json.dumps(found, sort_keys=True) == json.dumps(expected, sort_keys=True)


def _no_longer(repair: Repair, what: str) -> CodegenError:
    return CodegenError(
        f"the repair at {repair.at} no longer applies: {what}. Check whether the vendor has fixed "
        f"it, then change or remove the entry. It was there because: {repair.why.strip()}"
    )


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())
