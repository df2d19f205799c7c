"""Operations as methods: what is read off the endpoint modules."""

from __future__ import annotations

import ast
import importlib
import json
from pathlib import Path
from typing import Any

import pytest
from tests.codegen.conftest import HEADER, Generated

from jamf_pro_client._bound import BoundOperations
from jamf_pro_client._httpx import httpx
from jamf_pro_client.client import HTTPClient
from jamf_pro_codegen.bound import read_method
from jamf_pro_codegen.errors import CodegenError

MODULE = '''
OPERATION = Operation(name="get_v1_things", deprecated_since="2026-05-28")


def sync(
    id: str, *, client: HTTPClient, body: Thing | Mapping[str, Any], page_size: int | None = UNSET
) -> Things | None:
    """Return one page
    of things.

    GET /v1/things

    Args:
        id: Anything.
    """
    return OPERATION.sync(client, id)


def sync_detailed(id: str, *, client: HTTPClient) -> Response[Things | ApiError]: ...
async def asyncio(id: str, *, client: HTTPClient) -> Things | None: ...
async def asyncio_detailed(id: str, *, client: HTTPClient) -> Response[Things | ApiError]: ...
'''


def test_a_method_has_what_its_module_says(tmp_path: Path) -> None:
    path = tmp_path / "get_v1_things.py"
    path.write_text(MODULE, "utf-8")
    method = read_method(path)
    assert method.name == "get_v1_things"
    assert method.parameters == (
        "id: str, *, body: Thing | Mapping[str, Any], page_size: int | None = ..."
    )
    assert method.returns["asyncio"] == "Things | None"
    assert method.returns["sync_detailed"] == "Response[Things | ApiError]"
    assert (method.summary, method.route) == ("Return one page of things.", "GET /v1/things")
    assert method.deprecated_since == "2026-05-28"
    assert method.names >= {"Thing", "Things", "Mapping", "Response", "ApiError"}


def test_a_module_that_is_no_endpoint_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "get_v1_things.py"
    path.write_text("def sync(): ...\n", "utf-8")
    with pytest.raises(CodegenError, match="get_v1_things"):
        read_method(path)


def test_both_modules_say_that_they_are_generated(tiny: Generated) -> None:
    for name in ("bound.py", "bound.pyi"):
        text = (tiny.folder / "api" / name).read_text("utf-8")
        assert text.startswith(f"# {HEADER}\n")
        ast.parse(text)


def test_the_stub_has_every_operation_four_times(tiny: Generated) -> None:
    stub = ast.parse((tiny.folder / "api/bound.pyi").read_text("utf-8"))
    modules = {path.stem for path in (tiny.folder / "api").glob("*/*.py")} - {"__init__"}
    classes = [node for node in stub.body if isinstance(node, ast.ClassDef)]
    assert len(classes) == 4
    for one in classes:
        named = [n for n in one.body if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
        assert {function.name for function in named} == modules


def test_operations_of_another_package_are_bound_to_it(tiny: Generated) -> None:
    bound = importlib.import_module(f"{tiny.package}.api.bound")

    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=json.dumps({"totalCount": 0, "results": []}))

    client = HTTPClient("jamf.my.org", httpx_args={"transport": httpx.MockTransport(answer)})
    operations: Any = bound.Operations(client)
    assert issubclass(bound.Operations, BoundOperations)
    assert operations.get_v1_things.operation is tiny.operation("get_v1_things").OPERATION
