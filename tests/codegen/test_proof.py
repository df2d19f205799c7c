"""What is proved and told when a description was taken in."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from jamf_pro_codegen.imports import import_all
from jamf_pro_codegen.proof import tally

MODEL = """
from jamf_pro_client.model import Model, json_field
from jamf_pro_client.shapes import Ref

class Room(Model):
    door = json_field("door", Ref("{part}"))

    @classmethod
    def _make_reader(cls, new, otherwise, *, read_door):
        return otherwise
"""


def description(version: str, paths: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    return {"info": {"version": version}, "paths": paths, "components": {"schemas": schemas}}


def test_what_changed_is_counted() -> None:
    get, post = {"operationId": "get_a"}, {"operationId": "post_a"}
    old = description("1", {"/a": {"get": get}}, {"A": {"type": "object"}, "B": {}})
    new = description("2", {"/a": {"get": {**get, "deprecated": True}, "post": post}}, {"B": {}})

    assert tally(old, new) == (
        "1 -> 2: operations 1 added, 0 removed, 1 changed; schemas 0 added, 1 removed, 0 changed"
    )
    assert tally(old, {**old, "info": {"version": "3"}}) == "1 -> 3: nothing changed"


def package_with_a_model(folder: Path, name: str, part: str) -> None:
    for below in ("api", "models"):
        (folder / name / below).mkdir(parents=True)
        (folder / name / below / "__init__.py").write_text("from typing import Any as Door\n")
    (folder / name / "__init__.py").touch()
    (folder / name / "models" / "room.py").write_text(MODEL.replace("{part}", part))


def test_models_that_refer_to_what_is_not_there_are_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package_with_a_model(tmp_path, "house_without_doors", "Window")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(AttributeError, match="Window"):
        import_all(["house_without_doors"])
    assert "house_without_doors.api" in sys.modules
