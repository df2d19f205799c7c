"""Packages that load a module when one of its names is first asked for (PEP 562)."""

from __future__ import annotations

import builtins
import importlib
import keyword
import re
import sys
from collections.abc import Callable, Collection
from typing import Any, Final

_TAKEN: Final = {*dir(builtins), "self", "true", "false", "datetime"} - {"id"}


def lazy_models(
    package: str, names: Collection[str]
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return `__getattr__` and `__dir__` for a package with one module for each class.

    Args:
        package: The package's `__name__`.
        names: The classes.
    """

    def get(name: str) -> Any:
        # Looked up one by one: of a thousand classes, a program uses a few dozen.
        if name not in names:
            raise AttributeError(
                f"module {package!r} has no attribute {name!r}{_hint(name, names)}"
            )
        value = getattr(importlib.import_module(f"{package}.{module_of(name)}"), name)
        setattr(sys.modules[package], name, value)
        return value

    def listed() -> list[str]:
        return sorted({*vars(sys.modules[package]), *names})

    return get, listed


def lazy_names(package: str, home: str, names: Collection[str]) -> Callable[[str], Any]:
    """Return `__getattr__` for a package that shows names of another module.

    Args:
        package: The package's `__name__`.
        home: The other module.
        names: Its names.
    """

    def get(name: str) -> Any:
        if name not in names:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(importlib.import_module(home), name)
        setattr(sys.modules[package], name, value)
        return value

    return get


def _hint(name: str, names: Collection[str]) -> str:
    if name.startswith("_"):  # tools ask for many of these
        return ""
    from jamf_pro_client._spelling import did_you_mean  # with the first mistake

    return did_you_mean(names, name)


def module_of(class_name: str) -> str:
    """Return the module of a generated class: in snake_case, split like the generator."""
    name = "_".join(filter(None, re.split("([A-Z]?[a-z]+)|_", class_name))).lower()
    # Names that mean something to Python get an underscore.
    return f"{name}_" if name in _TAKEN or keyword.iskeyword(name) else name


def listed_operations(package: str, listed: str) -> Callable[[str], Any]:
    """Return a package's `__getattr__` that makes `OPERATIONS` out of a text when asked for it.

    A text of 817 names is read in no time; a dict of them would be built at every import.

    Args:
        package: The package's `__name__`.
        listed: Packages, one in a line, each followed by indented names of operations.
    """

    def get(name: str) -> Any:
        if name != "OPERATIONS":
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        found: dict[str, list[str]] = {}
        names: list[str] = []
        for line in listed.split("\n"):
            if line.startswith(" "):
                names.append(line.strip())
            elif line:
                names = found.setdefault(line, [])
        operations = {tag: tuple(names) for tag, names in found.items()}
        sys.modules[package].__dict__[name] = operations
        return operations

    return get
