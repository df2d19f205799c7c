"""The tiny API of tiny.yaml, generated once and imported under a name of its own."""

from __future__ import annotations

import importlib
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest
from tests.codegen.documents import KEPT

from jamf_pro_codegen.facts import extract_facts
from jamf_pro_codegen.normal_form import normalise
from jamf_pro_codegen.prepare import Target
from jamf_pro_codegen.render import rendered
from jamf_pro_codegen.source import read_source

ROOT = Path(__file__).parents[2]
TINY = Path(__file__).parent / "tiny.yaml"
SEEN = {"get_v1_things": {"first": "11.29.1", "last": "11.30.1"}}
HEADER = "Generated for a test. Edit tiny.yaml instead."


@attrs.frozen
class Generated:
    """A generated package that can be imported."""

    package: str
    folder: Path

    @property
    def models(self) -> Any:
        return importlib.import_module(f"{self.package}.models")

    def operation(self, name: str) -> Any:
        (module,) = (self.folder / "api").glob(f"*/{name}.py")
        return importlib.import_module(f"{self.package}.api.{module.parent.name}.{name}")


def generate(document: dict[str, Any], package: str, folder: Path) -> Generated:
    target = Target(package=package, runtime="jamf_pro_client", base_path="/api", header=HEADER)
    config = ROOT / "generator_config.yaml"
    with rendered(document, SEEN, target, config) as made:
        for tree in ("api", "models"):
            shutil.copytree(made / tree, folder / package / tree)
    (folder / package / "__init__.py").touch()
    return Generated(package, folder / package)


@pytest.fixture(scope="session")
def tiny_document() -> dict[str, Any]:
    return normalise(extract_facts(read_source(str(TINY)).document), "11.30.1")


@pytest.fixture(scope="session")
def importable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder to generate packages into; they can be imported from it."""
    folder = tmp_path_factory.mktemp("generated")
    sys.path.insert(0, str(folder))
    yield folder
    sys.path.remove(str(folder))


@pytest.fixture(scope="session")
def tiny(tiny_document: dict[str, Any], importable: Path) -> Generated:
    return generate(tiny_document, "tiny_generated", importable)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """A file that is there already, and an empty list of repairs beside it."""
    path = tmp_path / "jamf-pro.json"
    path.write_text(KEPT, "utf-8")
    (tmp_path / "repairs.yaml").write_text("[]\n", "utf-8")
    return path
