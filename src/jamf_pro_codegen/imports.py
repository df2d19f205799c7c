"""Imports all that was generated: `python -m jamf_pro_codegen.imports PACKAGE...`."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Iterable, Iterator
from types import ModuleType

from jamf_pro_client._model.plans import plan_of
from jamf_pro_client.model import Model


def import_all(packages: Iterable[str]) -> int:
    """Import every module of `api` and `models`, and resolve what the models refer to.

    Args:
        packages: Import paths of the packages that hold these two.

    Returns:
        How many modules there are.
    """
    modules = [
        module
        for package in packages
        for part in ("api", "models")
        for module in _modules(f"{package}.{part}")
    ]
    for module in modules:
        for cls in _models_in(module):
            plan_of(cls)
    return len(modules)


def _models_in(module: ModuleType) -> list[type[Model]]:
    return [
        value
        for value in vars(module).values()
        if isinstance(value, type)
        and issubclass(value, Model)
        and value.__module__ == module.__name__
    ]


def _modules(name: str) -> Iterator[ModuleType]:
    package = importlib.import_module(name)
    yield package
    for found in pkgutil.walk_packages(package.__path__, f"{name}."):
        yield importlib.import_module(found.name)


if __name__ == "__main__":
    print(f"{import_all(sys.argv[1:])} generated modules can be imported")
