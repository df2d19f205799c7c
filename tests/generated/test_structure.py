"""The generated trees as a whole: names, functions, facts, docstrings, imports."""

from __future__ import annotations

import inspect
import json
import statistics
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from tests.generated.described import DESCRIPTION, OPERATIONS, module_of

import jamf_pro_client
from jamf_pro_client import api
from jamf_pro_client.operation import Operation
from jamf_pro_codegen.naming import reference_url

PACKAGE = Path(jamf_pro_client.__file__).parent
FUNCTIONS = ("sync", "sync_detailed", "asyncio", "asyncio_detailed")
MOST_MODULES = 20
MOST_LINES = 100


@pytest.fixture(scope="module")
def modules() -> dict[str, ModuleType]:
    return {name: module_of(name) for name in OPERATIONS}


def facts_of(name: str) -> dict[str, Any]:
    operation = OPERATIONS[name]
    described: dict[str, Any] = DESCRIPTION.document["paths"][operation.template]
    facts: dict[str, Any] = described[operation.method.lower()]
    return facts


def test_there_is_one_module_for_each_of_817_operations(modules: dict[str, ModuleType]) -> None:
    files = {path.stem for path in (PACKAGE / "api").glob("*/*.py")} - {"__init__"}
    assert len(modules) == 817
    assert files == set(modules)
    assert {name for names in api.OPERATIONS.values() for name in names} == files


def test_names_are_the_slugs_of_jamfs_reference_pages(modules: dict[str, ModuleType]) -> None:
    for name in modules:
        operation = OPERATIONS[name]
        slug = reference_url(operation.method, operation.template).rpartition("/")[2]
        assert name.replace("_", "") == slug.replace("-", "").replace("_", "")
        assert "_v_1" not in name


def test_every_module_has_four_functions_with_the_same_parameters(
    modules: dict[str, ModuleType],
) -> None:
    for name, module in modules.items():
        signatures = [inspect.signature(getattr(module, function)) for function in FUNCTIONS]
        assert len({tuple(map(str, one.parameters.values())) for one in signatures}) == 1, name
        for function in FUNCTIONS:
            is_async = function.startswith("asyncio")
            assert inspect.iscoroutinefunction(getattr(module, function)) is is_async


def test_path_parameters_are_positional_and_all_others_keywords(
    modules: dict[str, ModuleType],
) -> None:
    for name, module in modules.items():
        parameters = inspect.signature(module.sync).parameters.values()
        positional = [one for one in parameters if one.kind is one.POSITIONAL_OR_KEYWORD]
        assert len(positional) == OPERATIONS[name].template.count("{"), name
        assert all(one.kind in (one.POSITIONAL_OR_KEYWORD, one.KEYWORD_ONLY) for one in parameters)


def test_operations_hold_the_facts_of_the_description(modules: dict[str, ModuleType]) -> None:
    for name, module in modules.items():
        operation: Operation[Any, Any] = module.OPERATION
        facts = facts_of(name)
        assert operation.name == facts["operationId"] == name
        assert (operation.method, operation.path) == (
            OPERATIONS[name].method,
            OPERATIONS[name].template,
        )
        assert operation.privileges == tuple(facts.get("x-required-privileges", ()))
        assert operation.deprecated_since == facts.get("x-deprecation-date")
        assert operation.authenticated == facts["x-authentication-required"]
        assert operation.version_locked == facts.get("x-version-lock", False)
        assert operation.read_only == facts.get("x-read-only", False)
        assert (operation.paging is not None) == ("x-paging" in facts)
        assert {str(reply.status) for reply in operation.replies} == set(facts["responses"])
        assert operation.first_version
        assert operation.last_version == api.JAMF_PRO_VERSION


def test_no_described_body_or_reply_is_dropped(modules: dict[str, ModuleType]) -> None:
    for name, module in modules.items():
        facts = facts_of(name)
        bodies = facts.get("requestBody", {}).get("content", {})
        assert {body.media for body in module.OPERATION.bodies} == set(bodies), name
        described = {
            (status, media)
            for status, response in facts["responses"].items()
            for media in response.get("content", {"": None})
        }
        replies = {(str(one.status), one.media or "") for one in module.OPERATION.replies}
        assert replies == described, name


def test_the_counts_of_the_description_are_as_known(modules: dict[str, ModuleType]) -> None:
    operations = [module.OPERATION for module in modules.values()]
    assert sum(bool(one.filter_fields) for one in operations) == 88
    assert sum(bool(one.sort_fields) for one in operations) == 39
    assert sum(one.paging is not None for one in operations) == 129
    assert sum(one.version_locked for one in operations) == 12
    assert sum(bool(one.privileges) for one in operations) == 749
    assert sum(bool(one.deprecated_since) for one in operations) == 140
    assert sum(one.rate_limited for one in operations) == 3


def test_full_text_stands_in_one_docstring_of_each_module(modules: dict[str, ModuleType]) -> None:
    for name, module in modules.items():
        full = inspect.getdoc(module.sync) or ""
        operation = module.OPERATION
        first, _, rest = full.partition("\n")
        assert first.endswith("."), name
        words = " ".join(rest.split())
        assert f"{operation.method} {operation.path}" in words
        assert all(privilege in words for privilege in operation.privileges)
        assert "See https://developer.jamf.com/jamf-pro/reference/" in rest
        assert ("Deprecated since" in rest) == bool(operation.deprecated_since)
        assert all(f"\n    {one}: " in full for one in inspect.signature(module.sync).parameters)
        for function in FUNCTIONS[1:]:
            assert len((inspect.getdoc(getattr(module, function)) or "").splitlines()) == 1


def test_every_generated_file_says_so_in_its_first_line() -> None:
    for tree in ("api", "models"):
        for path in (PACKAGE / tree).rglob("*.py"):
            first = path.read_text("utf-8").partition("\n")[0]
            assert first.startswith("# Generated by openapi-python-client "), path
            assert first.endswith("Edit openapi/ instead."), path


def test_an_endpoint_module_is_short() -> None:
    lines = [
        len(path.read_text("utf-8").splitlines())
        for path in (PACKAGE / "api").glob("*/*.py")
        if path.stem != "__init__"
    ]
    assert statistics.median(lines) <= MOST_LINES


# What is hand-written stays loaded between two imports and is counted for each of them.
COUNT_MODULES = """
import importlib, json, sys
counts = {}
for name in sys.argv[1].split():
    for loaded in [one for one in sys.modules if ".api" in one or ".models" in one]:
        del sys.modules[loaded]
    importlib.import_module("jamf_pro_client." + name)
    counts[name] = sum(one.partition(".")[0] == "jamf_pro_client" for one in sys.modules)
print(json.dumps(counts))
"""


def run_json(code: str, names: list[str]) -> dict[str, Any]:
    """Run code in a clean interpreter, the names as its argument; return what it prints."""
    done = subprocess.run(  # noqa: S603 - our own text
        [sys.executable, "-W", "error", "-c", code, " ".join(names)],
        capture_output=True,
        text=True,
        check=True,
    )
    printed: dict[str, Any] = json.loads(done.stdout)
    return printed


def test_each_endpoint_imports_alone_and_loads_few_modules() -> None:
    names = [f"api.{tag}.{name}" for tag, names in api.OPERATIONS.items() for name in names]
    counts = run_json(COUNT_MODULES, names)
    assert len(counts) == 817
    assert max(counts.values()) <= MOST_MODULES


COUNT_WITH_CLIENT = """
import json, sys
from jamf_pro_client import HTTPAuthenticatedClient, HTTPClient
from jamf_pro_client.api.buildings import get_v1_buildings
print(json.dumps({"both": [one for one in sys.modules if one.startswith("jamf_pro_client")]}))
"""


def test_a_client_and_an_endpoint_load_few_modules() -> None:
    loaded = run_json(COUNT_WITH_CLIENT, [])["both"]
    assert len(loaded) <= MOST_MODULES
    # What sends is loaded with the first client, what decodes with the first reply.
    later = {f"jamf_pro_client.{name}" for name in ("auth", "errors", "model")}
    assert not later.intersection(loaded)


IMPORT_MODELS = """
import importlib, json, sys
added = {}
for name in sys.argv[1].split():
    before = set(sys.modules)
    importlib.import_module("jamf_pro_client.models." + name)
    added[name] = sorted(one for one in set(sys.modules) - before if ".models." in one)
print(json.dumps(added))
"""


def test_a_model_loads_no_other_model() -> None:
    names = [path.stem for path in (PACKAGE / "models").glob("*.py") if path.stem != "__init__"]
    added = run_json(IMPORT_MODELS, names)
    assert added == {name: [f"jamf_pro_client.models.{name}"] for name in names}


def test_the_models_package_loads_no_model() -> None:
    assert run_json(COUNT_MODULES, ["models"])["models"] <= 5
