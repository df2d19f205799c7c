"""Models under further paths."""

from __future__ import annotations

from pathlib import Path

import attrs
import pytest
from tests.codegen.conftest import HEADER

from jamf_pro_codegen.aliases import ALIASES, write_aliases
from jamf_pro_codegen.errors import CodegenError
from jamf_pro_codegen.prepare import Target
from jamf_pro_codegen.trees import CLASSIC, JAMF_PRO

TARGET = Target(
    package="tiny",
    runtime="runtime",
    base_path="/api",
    header=HEADER,
    aliases={
        "client": {"Token": ("auth", "Token")},
        "pro": {},
        "pro.things": {"Thing": ("models", "ThingV2"), "Zoo": ("models", "Zoo")},
    },
)


@pytest.fixture
def models(tmp_path: Path) -> Path:
    folder = tmp_path / "models"
    folder.mkdir()
    return folder


def test_modules_import_names_from_where_they_live(models: Path) -> None:
    write_aliases(models.parent, TARGET)
    written = {
        str(path.relative_to(models)): path.read_text("utf-8")
        for path in models.rglob("*")
        if path.is_file()
    }
    assert written.keys() == {"client.py", "pro/__init__.py", "pro/things.py"}
    assert all(text.startswith(f"# {HEADER}\n") for text in written.values())
    assert "import" not in written["pro/__init__.py"]
    assert "from runtime.auth import Token\n" in written["client.py"]
    assert "from runtime.models import ThingV2 as Thing\n" in written["pro/things.py"]
    assert '__all__ = (\n    "Thing",\n    "Zoo",\n)\n' in written["pro/things.py"]


@pytest.mark.parametrize("model", ["client.py", "pro.py"])
def test_a_model_of_the_same_path_is_not_overwritten(model: str, models: Path) -> None:
    (models / model).write_text("class Model: ...", "utf-8")
    with pytest.raises(CodegenError, match="there is a model of that name"):
        write_aliases(models.parent, TARGET)
    assert (models / model).read_text("utf-8") == "class Model: ..."


def test_only_the_tree_of_the_jamf_pro_api_has_them(models: Path) -> None:
    assert JAMF_PRO.aliases is ALIASES
    assert not CLASSIC.aliases
    write_aliases(models.parent, attrs.evolve(TARGET, aliases={}))
    assert not list(models.iterdir())
