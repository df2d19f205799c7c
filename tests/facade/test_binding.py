"""Operations as methods: all of them, as the stub says, loaded when they are asked for."""

from __future__ import annotations

import ast
import asyncio
import inspect
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from jamf_pro_client import StaticTokenProvider, api
from jamf_pro_client._facade.pro_api import AsyncProApi, ProApi
from jamf_pro_client.api import bound
from jamf_pro_client.classic import api as classic_api
from jamf_pro_client.classic.api import bound as classic_bound
from jamf_pro_client.client import HTTPAuthenticatedClient
from jamf_pro_client.errors import ConfigurationError, NotFoundError
from jamf_pro_client.facade import AsyncJamfProClient, JamfProClient
from jamf_pro_sandbox import Sandbox

NAMES = {name for names in api.OPERATIONS.values() for name in names}
CLASSIC_NAMES = {name for names in classic_api.OPERATIONS.values() for name in names}
TREES: dict[Any, set[str]] = {bound: NAMES, classic_bound: CLASSIC_NAMES}
KINDS = {
    "Operations": "sync",
    "AsyncOperations": "asyncio",
    "RawOperations": "sync_detailed",
    "AsyncRawOperations": "asyncio_detailed",
}


def stubs(kind: str, module: Any = bound) -> dict[str, Any]:
    stub = ast.parse(Path(module.__file__).with_suffix(".pyi").read_text("utf-8"))
    (found,) = (node for node in stub.body if isinstance(node, ast.ClassDef) and node.name == kind)
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name: node for node in found.body if isinstance(node, functions)}


@pytest.fixture(scope="module")
def nowhere() -> HTTPAuthenticatedClient:
    return HTTPAuthenticatedClient("jamf.my.org", token="invented")


def test_all_1380_operations_are_there() -> None:
    assert (len(NAMES), len(CLASSIC_NAMES)) == (817, 563)
    assert not NAMES & CLASSIC_NAMES


@pytest.mark.parametrize("module", TREES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_operation_is_bound_with_the_parameters_of_its_stub(
    kind: str, module: Any, nowhere: HTTPAuthenticatedClient
) -> None:
    operations, described = getattr(module, kind)(nowhere), stubs(kind, module)
    assert described.keys() == TREES[module]
    assert set(dir(operations)) >= TREES[module]
    for name, stub in described.items():
        call = getattr(operations, name)
        assert call.operation.name == call.__name__ == name
        parameters = inspect.signature(call).parameters
        positional = [
            one for one in parameters if parameters[one].kind is not inspect.Parameter.KEYWORD_ONLY
        ]
        assert [one.arg for one in stub.args.args] == ["self", *positional]
        shown = [one.arg for one in (*stub.args.args[1:], *stub.args.kwonlyargs)]
        assert [*shown, "timeout", "headers"] == list(parameters)
        required = [one for one in parameters.values() if one.default is one.empty]
        without_default = [
            one.arg
            for one, default in zip(stub.args.kwonlyargs, stub.args.kw_defaults, strict=True)
            if default is None
        ]
        assert [one.name for one in required] == [*positional, *without_default]
        assert stub.args.kwarg.arg == "options"
        assert isinstance(stub, ast.AsyncFunctionDef) is ("Async" in kind)


@pytest.mark.parametrize("module", TREES)
@pytest.mark.parametrize("kind", KINDS)
def test_types_are_those_of_the_endpoint_modules(
    kind: str, module: Any, nowhere: HTTPAuthenticatedClient
) -> None:
    operations = getattr(module, kind)(nowhere)
    for name, stub in stubs(kind, module).items():
        signature = inspect.signature(getattr(operations, name))
        assert ast.unparse(stub.returns).replace('"', "'") == signature.return_annotation
        for one in (*stub.args.args[1:], *stub.args.kwonlyargs):
            assert ast.unparse(one.annotation) == signature.parameters[one.arg].annotation


@pytest.mark.parametrize("module", TREES)
def test_deprecated_operations_are_marked_for_editors(
    module: Any, nowhere: HTTPAuthenticatedClient
) -> None:
    operations = module.Operations(nowhere)
    marked = {name for name, stub in stubs("Operations", module).items() if stub.decorator_list}
    assert marked == {
        name for name in TREES[module] if getattr(operations, name).operation.deprecated_since
    }
    assert marked


def test_a_bound_operation_has_the_documentation_of_its_module(
    nowhere: HTTPAuthenticatedClient,
) -> None:
    from jamf_pro_client.api.buildings import get_v1_buildings

    call: Any = bound.Operations(nowhere).get_v1_buildings
    assert call.__doc__ == get_v1_buildings.sync.__doc__
    assert "get_v1_buildings" in repr(call)
    assert call.client is nowhere


def test_a_name_that_is_none_suggests_the_nearest(nowhere: HTTPAuthenticatedClient) -> None:
    with pytest.raises(AttributeError, match="did you mean 'get_v1_buildings'"):
        _ = bound.Operations(nowhere).get_v1_building  # type: ignore[attr-defined]
    assert not hasattr(bound.Operations(nowhere), "nothing_like_that_at_all")


def test_arguments_that_an_operation_does_not_take_are_refused_by_its_name(
    client: JamfProClient, aclient: AsyncJamfProClient
) -> None:
    operations: Any
    for operations in (client.pro_api, client.pro_api.with_raw_response, aclient.pro_api):
        with pytest.raises(TypeError, match=r"^get_v1_buildings_id: .*'ident'"):
            operations.get_v1_buildings_id("1", ident="1")
        with pytest.raises(TypeError, match=r"^get_v1_buildings_id: missing .*'id'"):
            operations.get_v1_buildings_id()
        with pytest.raises(TypeError, match=r"'filter'; did you mean 'filter_'\?"):
            operations.get_v1_buildings(filter="name==x")
        with pytest.raises(TypeError, match=r"too many .*; the body is given by name: body="):
            operations.put_v1_buildings_id("1", {"name": "x"})
        with pytest.raises(TypeError, match=r"too many positional arguments$"):
            operations.get_v1_buildings_id("1", "2")


def test_operations_of_another_client_are_not_walked_nor_written(client: JamfProClient) -> None:
    for server in ("other.my.org", client.base_url):
        other = JamfProClient(server, StaticTokenProvider("invented")).pro_api
        with pytest.raises(ConfigurationError, match="belongs to another client"):
            client.all_items(other.get_v1_buildings)
        with pytest.raises(ConfigurationError, match="belongs to another client"):
            client.update_safely(other.put_v3_computer_prestages_id, "1", change=print)
        with pytest.raises(ConfigurationError, match="belongs to another client"):
            client.wait_for(other.put_v1_buildings_id, "1", until=bool)


def test_curated_names_hide_no_operation() -> None:
    assert not NAMES & (set(vars(ProApi)) | set(vars(AsyncProApi)))


IMPORTS = """
import json, sys
from jamf_pro_client.facade import JamfProClient
from jamf_pro_client import StaticTokenProvider
client = JamfProClient("jamf.my.org", StaticTokenProvider("invented"))
dir(client.pro_api)
def count(part):
    return sum(name.startswith("jamf_pro_client." + part) for name in sys.modules)
before = count("api."), count("models")
client.pro_api.get_v1_buildings
print(json.dumps([*before, count("api."), count("models")]))
"""


def test_a_client_loads_no_operation_before_it_is_asked_for() -> None:
    done = subprocess.run(  # noqa: S603 - our own text
        [sys.executable, "-W", "error", "-c", IMPORTS], capture_output=True, text=True, check=True
    )
    # The bound module itself; then the package of a tag and the operation in it.
    assert json.loads(done.stdout) == [1, 0, 3, 0]


def test_a_bound_operation_is_made_once(client: JamfProClient) -> None:
    assert client.pro_api.get_v1_buildings is client.pro_api.get_v1_buildings


def test_a_call_can_have_headers_and_a_timeout_of_its_own(
    client: JamfProClient, jamf_sandbox: Sandbox
) -> None:
    client.pro_api.get_v1_buildings_id("1", headers={"X-Change": "CHG-42"}, timeout=7)
    client.pro_api.get_v1_buildings_id("1")
    first, second = (
        one for one in jamf_sandbox.requests if one.operation_id == "get_v1_buildings_id"
    )
    assert first.headers["x-change"] == "CHG-42"
    assert "x-change" not in second.headers


def test_a_walk_can_have_headers_and_a_timeout_of_its_own(
    client: JamfProClient, aclient: AsyncJamfProClient, jamf_sandbox: Sandbox
) -> None:
    options: Any = {"headers": {"X-Change": "CHG-42"}, "timeout": None}
    assert len(client.all_items(client.pro_api.get_v1_buildings, **options)) == 3
    assert len(list(client.iter_items(client.pro_api.get_v1_buildings, **options))) == 3
    assert len(list(client.iter_pages(client.pro_api.get_v1_buildings, **options))) == 1
    assert len(client.pro_api.get_computer_inventory_v4(**options)) == 10

    async def run() -> None:
        async with aclient:
            assert len(await aclient.all_items(aclient.pro_api.get_v1_buildings, **options)) == 3
            assert len(await aclient.pro_api.get_computer_inventory_v4(**options)) == 10

    asyncio.run(run())
    asked = [one for one in jamf_sandbox.requests if one.method == "GET"]
    assert {one.headers.get("x-change") for one in asked} == {"CHG-42"}


def test_a_reply_can_be_had_whole(client: JamfProClient) -> None:
    reply = client.pro_api.with_raw_response.get_v1_buildings_id("1")
    assert (reply.status_code, reply.headers["content-type"]) == (200, "application/json")
    assert getattr(reply.parsed, "name", None) == "Harbour House"
    assert client.pro_api.with_raw_response.get_v1_buildings_id("99").status_code == 404
    with pytest.raises(NotFoundError):
        client.pro_api.get_v1_buildings_id("99")


def test_async_operations_are_awaited(aclient: AsyncJamfProClient) -> None:
    async def run() -> None:
        async with aclient:
            building = await aclient.pro_api.get_v1_buildings_id("1", timeout=7)
            reply = await aclient.pro_api.with_raw_response.get_v1_buildings_id("99")
        assert (building.name, reply.status_code) == ("Harbour House", 404)

    asyncio.run(run())
