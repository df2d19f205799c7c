from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import openapi_python_client
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from openapi_python_client.strings import ClassName, PythonIdentifier
from tests.codegen.conftest import HEADER, ROOT, SEEN, Generated, generate
from tests.codegen.documents import document, normal, operation

from jamf_pro_client._lazy import module_of
from jamf_pro_codegen.errors import CodegenError
from jamf_pro_codegen.prepare import Target, prepare
from jamf_pro_codegen.render import TEMPLATES

STOCK = Path(openapi_python_client.__file__).parent / "templates"
NOTES = (TEMPLATES / "README.md").read_text("utf-8")
_NOTED = re.compile(r"^\| `([\w.]+\.jinja)` \|.*\| `([0-9a-f]{64})` \|$", re.MULTILINE)


def _read(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for tree in ("api", "models")
        for path in (folder / tree).rglob("*.py")
    }


def _prepared(description: dict[str, Any], base_path: str = "/api") -> Any:
    target = Target(package="x", runtime="jamf_pro_client", base_path=base_path, header=HEADER)
    return prepare(description, {}, target)


def test_output_does_not_depend_on_the_hash_seed(tiny: Generated, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from jamf_pro_codegen.facts import extract_facts\n"
        "from jamf_pro_codegen.normal_form import normalise\n"
        "from jamf_pro_codegen.source import read_source\n"
        "from tests.codegen.conftest import TINY, generate\n"
        "facts = extract_facts(read_source(str(TINY)).document)\n"
        "generate(normalise(facts, '11.30.1'), 'tiny_generated', Path(sys.argv[1]))\n"
    )
    folders = [tmp_path / seed for seed in ("1", "4242")]
    running = [
        subprocess.Popen(  # noqa: S603  # our own code
            [sys.executable, "-c", code, str(folder)],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": folder.name},
        )
        for folder in folders
    ]
    assert [process.wait(timeout=120) for process in running] == [0, 0]
    first, second = (_read(folder / "tiny_generated") for folder in folders)

    assert first == second == _read(tiny.folder)


def test_openapi_3_1_is_generated_like_3_0(importable: Path) -> None:
    thing = {
        "type": "object",
        "required": ["name", "kept"],
        "properties": {
            "name": {"type": "string"},
            "kept": {"type": ["string", "null"]},
            "either": {"type": ["string", "integer", "null"], "default": "x"},
            "size": {"type": ["string", "null"], "enum": ["S", "M", None]},
            "rows": {"type": ["array", "null"], "items": {"type": ["integer", "null"]}},
            "inner": {"anyOf": [{"$ref": "#/components/schemas/Inner"}, {"type": "null"}]},
            "kind": {"const": "thing"},
        },
    }
    inner = {"type": "object", "properties": {"a": {"type": "string", "examples": ["x"]}}}
    described = document(
        {"/v1/things": {"post": operation({"$ref": "#/components/schemas/Thing"})}},
        {"Thing": thing, "Inner": inner},
    )
    made = generate(normal({**described, "openapi": "3.1.0"}), "tiny_3_1", importable)
    sample = {"name": "x", "kept": None, "size": None, "rows": [1, None], "inner": {"a": "x"}}
    read = made.models.Thing.from_dict(sample)

    assert read.to_dict() == sample
    assert isinstance(read.inner, made.models.Inner)
    assert made.models.Thing(name="x", kept=None).to_dict() == {"name": "x", "kept": None}
    assert made.operation("post_v1_things").OPERATION.name == "post_v1_things"


def test_a_description_that_the_generator_cannot_digest_is_an_error(tmp_path: Path) -> None:
    """A warning of the generator's is an operation or a type that would be lost."""
    described = normal(document({"/v1/things/{id}": {"get": operation()}}))

    with pytest.raises(CodegenError, match="the generator did not accept the description"):
        generate(described, "x", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_names_that_generated_modules_import_are_not_given_to_models(
    tiny_document: dict[str, Any],
) -> None:
    schemas = _prepared(tiny_document).document["components"]["schemas"]

    assert {"FileModel", "ResponseModel", "ModelModel", "AnyModel", "RefModel"} <= schemas.keys()
    assert schemas["FileModel"]["properties"]["file"] == {
        "$ref": "#/components/schemas/ResponseModel"
    }
    assert "File" in tiny_document["components"]["schemas"], "the given document is not changed"


def test_a_fallback_follows_the_name_of_its_model() -> None:
    kinds = {"CAT": "#/components/schemas/Cat"}
    schemas = {
        "Model": {"type": "object", "properties": {"kind": {"type": "string"}}},
        "Cat": {"allOf": [{"$ref": "#/components/schemas/Model"}, {"type": "object"}]},
        "Pet": {
            "oneOf": [{"$ref": kinds["CAT"]}],
            "discriminator": {"propertyName": "kind", "mapping": kinds},
        },
    }
    facts = _prepared(normal(document(schemas=schemas))).facts["_facts.jinja"]
    assert "'fallback': 'ModelModel'" in facts


def test_a_model_is_not_renamed_to_the_name_of_another() -> None:
    schemas = {"File": {"type": "object"}, "FileModel": {"type": "object"}}
    with pytest.raises(CodegenError, match="FileModel"):
        _prepared(normal(document(schemas=schemas)))


@given(st.from_regex(r"[A-Z][A-Za-z0-9]{0,12}", fullmatch=True))
@example("List")
@example("Import")
@example("ID")
@example("V2Thing3D")
def test_the_runtime_finds_the_module_of_every_class(name: str) -> None:
    """The generator decides how the file of a class is called, the runtime looks for it."""
    cls = ClassName(name, "field_")
    assert module_of(cls) == PythonIdentifier(cls, "field_")


def test_no_default_reaches_the_generator(tiny_document: dict[str, Any]) -> None:
    """It would send them with every request."""

    def defaults(node: Any) -> int:
        if isinstance(node, dict):
            own = "default" in node and ("type" in node or "anyOf" in node)
            return own + sum(defaults(value) for value in node.values())
        return sum(defaults(part) for part in node) if isinstance(node, list) else 0

    prepared = _prepared(tiny_document).document
    prepared["components"]["schemas"].pop("Awkward")  # it has properties of these names
    assert defaults(prepared) == 0


def test_only_seen_operations_tell_versions(tiny_document: dict[str, Any]) -> None:
    target = Target(package="x", runtime="x", base_path="/api", header=HEADER)
    facts = prepare(tiny_document, SEEN, target).facts

    assert "'versions': ['11.29.1', '11.30.1']" in facts["_operations/get_v1_things.jinja"]
    assert "'versions': []" in facts["_operations/post_v1_things.jinja"]


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_stock_templates_are_those_that_ours_were_written_against() -> None:
    """When this fails, the generator was upgraded: compare the stock template with ours."""
    noted = dict(_NOTED.findall(NOTES))
    assert noted == {name: _hash(STOCK / name) for name in noted}


def test_every_template_is_noted() -> None:
    ours = {path.name for path in TEMPLATES.glob("*.jinja")}
    stock = {str(path.relative_to(STOCK)) for path in STOCK.rglob("*.jinja")}
    noted = dict(_NOTED.findall(NOTES))

    assert noted.keys() == ours & stock
    assert not [name for name in ours if f"`{name}`" not in NOTES]
