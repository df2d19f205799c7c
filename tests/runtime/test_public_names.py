"""What is public: every module lists it, has it, and says what it is."""

from __future__ import annotations

import ast
import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

import jamf_pro_client

ROOT = Path(jamf_pro_client.__file__).parent
GENERATED = {"api", "models"}


def public_modules() -> Iterator[str]:
    """Yield the import paths of the hand-written modules that users may import."""
    for path in sorted(ROOT.rglob("*.py")):
        parts = path.relative_to(ROOT.parent).with_suffix("").parts
        named = [part for part in parts if part != "__init__"]
        if not GENERATED & set(parts) and not any(part.startswith("_") for part in named):
            yield ".".join(named)


MODULES = list(public_modules())


def tree_of(module: ModuleType) -> ast.Module:
    return ast.parse(Path(str(module.__file__)).read_text("utf-8"))


def test_there_are_public_modules() -> None:
    assert {"jamf_pro_client", "jamf_pro_client.client", "jamf_pro_client.errors"} <= set(MODULES)


@pytest.mark.parametrize("name", MODULES)
def test_a_module_lists_what_is_public_in_it_and_nothing_else(name: str) -> None:
    module = importlib.import_module(name)
    listed = list(module.__all__)
    assert len(listed) == len(set(listed))
    assert all(hasattr(module, one) for one in listed)
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    own = {node.name for node in tree_of(module).body if isinstance(node, kinds)}
    assert {one for one in own if not one.startswith("_")} <= set(listed)


@pytest.mark.parametrize("name", MODULES)
def test_what_is_public_has_a_docstring(name: str) -> None:
    module = importlib.import_module(name)
    public = {one: getattr(module, one) for one in module.__all__}
    # Aliases of types are described by a text below them, which only editors and the site see.
    defined = {
        one: value
        for one, value in public.items()
        if inspect.isclass(value) or inspect.isfunction(value)
    }
    silent = [one for one, value in defined.items() if not inspect.getdoc(value)]
    for one, value in defined.items():
        if inspect.isclass(value) and value.__module__ == name:
            members = {key: part for key, part in vars(value).items() if not key.startswith("_")}
            silent += [
                f"{one}.{key}"
                for key, part in members.items()
                if (callable(part) or isinstance(part, property)) and not part.__doc__
            ]
    assert silent == []


def test_the_package_shows_type_checkers_what_it_loads_lazily() -> None:
    (block,) = (node for node in tree_of(jamf_pro_client).body if isinstance(node, ast.If))
    shown = {
        alias.name: node.module
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert set(shown) == set(jamf_pro_client.__all__)
    for name, module in shown.items():
        assert getattr(importlib.import_module(str(module)), name) is getattr(jamf_pro_client, name)
