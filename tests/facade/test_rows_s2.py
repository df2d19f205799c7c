"""What users of an async client for Jamf Pro are used to, row by row (S2)."""

from __future__ import annotations

import asyncio
import datetime
import inspect
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from tests.facade.conftest import async_client_at, async_client_of

import jamf_pro_client
from jamf_pro_client import AccessToken, FilterField, logger_quick_setup
from jamf_pro_client._httpx import httpx
from jamf_pro_client.exceptions import ConfigurationError, JamfProAPIError
from jamf_pro_client.facade import AsyncJamfProClient, JamfProClient
from jamf_pro_client.models import ComputerInventory
from jamf_pro_client.session import SessionConfig
from jamf_pro_sandbox import Sandbox


@pytest.fixture
def many() -> Iterator[Sandbox]:
    with Sandbox(computers=60) as sandbox:
        yield sandbox


def test_the_async_client_takes_the_same_credentials(
    client: JamfProClient, aclient: AsyncJamfProClient, jamf_sandbox: Sandbox
) -> None:
    """S2.1."""

    async def run() -> Any:
        async with aclient:
            return (await aclient.pro_api.get_v1_buildings()).total_count

    assert client.pro_api.get_v1_buildings().total_count == asyncio.run(run()) == 3
    # One provider, one token for both.
    assert jamf_sandbox.token_requests == 1
    assert list(inspect.signature(AsyncJamfProClient).parameters) == [
        "server",
        "credentials",
        "session_config",
    ]


def test_the_server_needs_no_scheme() -> None:
    """S2.2."""

    async def run() -> None:
        seen = []

        def answer(request: Any) -> Any:
            seen.append(str(request.url))
            return httpx.Response(200, json={})

        async with async_client_of(answer) as client:
            await client.async_pro_api_request("get", "v1/x")
        assert seen == ["https://jamf.my.org/api/v1/x"]

    asyncio.run(run())


def test_a_client_works_without_a_block(aclient: AsyncJamfProClient) -> None:
    """S2.3."""

    async def run() -> Any:
        computers = await aclient.pro_api.get_computer_inventory_v1()
        await aclient.aclose()
        return len(computers)

    assert asyncio.run(run()) == 10


def test_a_block_closes_the_client(aclient: AsyncJamfProClient) -> None:
    """S2.4."""

    async def run() -> None:
        async with aclient as client:
            await client.pro_api.get_v1_buildings()
            http = client.http_client.get_or_create_async_httpx_client()
            assert not http.is_closed
        assert http.is_closed

    asyncio.run(run())


def test_everything_has_an_async_twin_of_the_same_name_and_parameters() -> None:
    """S2.5."""
    from jamf_pro_client.clients.classic_api import AsyncClassicApi, ClassicApi
    from jamf_pro_client.clients.pro_api import AsyncProApi, ProApi

    def public(cls: type) -> set[str]:
        return {name for name in vars(cls) if not name.startswith("_")}

    def shape(method: Any) -> list[Any]:
        parameters = inspect.signature(method).parameters.values()
        return [(one.name, one.kind, one.default) for one in parameters]

    renamed = {
        "pro_api_request": "async_pro_api_request",
        "classic_api_request": "async_classic_api_request",
        "concurrent_api_requests": "async_concurrent_api_requests",
        "get_access_token": "get_access_token_async",
        "close": "aclose",
    }
    for sync, twin in (
        (JamfProClient, AsyncJamfProClient),
        (ProApi, AsyncProApi),
        (ClassicApi, AsyncClassicApi),
    ):
        names = public(sync)
        assert {renamed.get(name, name) for name in names} == public(twin)
        for name in names:
            method, other = getattr(sync, name), getattr(twin, renamed.get(name, name))
            if callable(method):
                assert shape(method) == shape(other), name
    # The twins of all operations are compared in test_binding.


def test_the_inventory_is_a_list_of_typed_computers(many: Sandbox) -> None:
    """S2.7."""

    async def run() -> list[ComputerInventory]:
        async with async_client_at(many) as client:
            return await client.pro_api.get_computer_inventory_v1(
                page_size=20, filter_expression=FilterField("id").lte(40)
            )

    computers = asyncio.run(run())
    assert all(isinstance(one, ComputerInventory) for one in computers)
    assert [one.id for one in computers] == [str(number) for number in range(1, 41)]


def test_the_inventory_refuses_options_that_there_are_not(client: JamfProClient) -> None:
    """S2.7."""
    with pytest.raises(TypeError, match="'pagesize'; did you mean 'page_size'"):
        client.pro_api.get_computer_inventory_v1(pagesize=3)  # type: ignore[call-overload]


def test_sections_and_order_can_be_chosen(client: JamfProClient) -> None:
    """S2.7."""
    computers = client.pro_api.get_computer_inventory_v4(
        sections=["GENERAL", "HARDWARE"], sort_expression="general.name:desc", page_size=3
    )
    names = [one.general.name for one in computers if one.general]
    assert names == sorted(names, key=str, reverse=True)
    assert len(names) == 10
    assert all(one.hardware for one in computers)
    only = client.pro_api.get_computer_inventory_v4(page_size=3, start_page=1, end_page=1)
    assert [one.id for one in only] == ["4", "5", "6"]


@pytest.mark.parametrize(
    "name",
    ["Oscar's MacBook Air", 'a "b" (c); d, e', "Zoë & Søn*", "Bob's 13\" \\ (*new*)"],
)
def test_any_name_can_be_looked_for(name: str, aclient: AsyncJamfProClient) -> None:
    """S2.8."""

    async def run() -> list[Any]:
        async with aclient:
            await aclient.async_pro_api_request(
                "patch", "v1/computers-inventory-detail/7", data={"general": {"name": name}}
            )
            return await aclient.pro_api.get_computer_inventory_v1(
                filter_expression=FilterField("general.name").eq(name)
            )

    (found,) = asyncio.run(run())
    assert (found.id, found.general.name) == ("7", name)


def test_all_rows_of_all_pages_are_returned(many: Sandbox) -> None:
    """S2.9."""

    async def run() -> list[Any]:
        async with async_client_at(many) as client:
            # Many more pages than are fetched side by side.
            return await client.pro_api.get_computer_inventory_v1(page_size=2)

    computers = asyncio.run(run())
    assert [one.id for one in computers] == [str(number) for number in range(1, 61)]


def test_pages_are_fetched_side_by_side() -> None:
    """S2.9."""

    async def run() -> list[Any]:
        three_at_a_time = asyncio.Barrier(3)

        async def answer(request: Any) -> Any:
            page = int(request.url.params["page"])
            if 0 < page <= 3:
                await asyncio.wait_for(three_at_a_time.wait(), 30)
            rows = [{"id": str(page)}] if page < 5 else []
            return httpx.Response(200, json={"totalCount": 5, "results": rows})

        async with async_client_of(answer) as client:
            return await client.pro_api.get_computer_inventory_v1(page_size=1)

    assert [one.id for one in asyncio.run(run())] == ["0", "1", "2", "3", "4"]


def test_pages_can_be_iterated_over(many: Sandbox) -> None:
    """S2.10."""

    async def run() -> list[int]:
        async with async_client_at(many) as client:
            pages = await client.pro_api.get_computer_inventory_v1(
                page_size=25, return_generator=True
            )
            return [len(page.results or ()) async for page in pages]

    assert asyncio.run(run()) == [25, 25, 10]


def test_sync_clients_iterate_over_pages_too(client: JamfProClient) -> None:
    """S2.10."""
    pages = client.pro_api.get_computer_inventory_v1(page_size=4, return_generator=True)
    assert [len(page.results or ()) for page in pages] == [4, 4, 2]


def test_every_paged_operation_can_be_walked(
    client: JamfProClient, aclient: AsyncJamfProClient
) -> None:
    """S2.9, S2.10."""
    names = [one.name for one in client.all_items(client.pro_api.get_v1_buildings, page_size=1)]
    assert names == ["Harbour House", "Lighthouse", "Mill"]
    first = next(client.iter_items(client.pro_api.get_v1_buildings, sort="name:desc"))
    assert first.name == "Mill"
    pages = client.iter_pages(client.pro_api.get_v1_buildings, page_size=2)
    assert [len(page.results or ()) for page in pages] == [2, 1]

    async def run() -> None:
        async with aclient:
            operation = aclient.pro_api.get_v1_buildings
            items = await aclient.all_items(operation, filter=FilterField("name").eq("Mill"))
            assert [one.name for one in items] == ["Mill"]
            assert [one.id async for one in aclient.iter_items(operation)] == ["1", "2", "3"]
            assert [1 async for _ in aclient.iter_pages(operation, page_size=2)] == [1, 1]

    asyncio.run(run())


def test_failures_are_jamf_pro_api_errors(aclient: AsyncJamfProClient) -> None:
    """S2.14."""

    async def run() -> Any:
        async with aclient:
            try:
                return await aclient.pro_api.get_v4_computers_inventory_detail_id("999999")
            except JamfProAPIError as error:
                return error

    error = asyncio.run(run())
    assert isinstance(error, JamfProAPIError)
    assert JamfProAPIError is jamf_pro_client.JamfProAPIError
    assert error.status_code == 404


def test_the_token_can_be_read(aclient: AsyncJamfProClient, client: JamfProClient) -> None:
    """S2.16."""

    async def run() -> AccessToken:
        async with aclient:
            return await aclient.get_access_token_async()

    token = asyncio.run(run())
    assert isinstance(token, AccessToken)
    assert token.expires is not None
    assert token.expires.tzinfo is datetime.UTC
    assert token.scope == ("api-role:1",)
    assert len(token.token) > 10
    assert token.token not in repr(token)
    assert client.get_access_token() == token


def test_tokens_are_fetched_kept_and_renewed_by_themselves(
    aclient: AsyncJamfProClient, jamf_sandbox: Sandbox
) -> None:
    """S2.17."""

    async def run() -> None:
        async with aclient:
            for _ in range(3):
                await aclient.pro_api.get_v1_buildings()
            assert jamf_sandbox.token_requests == 1
            jamf_sandbox.expire_tokens()
            await aclient.pro_api.get_v1_buildings()
            assert jamf_sandbox.token_requests == 2

    asyncio.run(run())


def test_settings_are_shared_by_both_clients(jamf_sandbox: Sandbox, credentials: Any) -> None:
    """S2.18."""
    config = SessionConfig(timeout=30, max_concurrency=10, verify=True, return_exceptions=True)
    for kind in (JamfProClient, AsyncJamfProClient):
        client = kind(jamf_sandbox.url, credentials, session_config=config)
        assert client.http_client.max_concurrency == 10
        with client.http_client as http:
            assert http.get_or_create_httpx_client().timeout == httpx.Timeout(30)
        unfit = SessionConfig(max_concurrency=10, verify="no/such.pem")
        bad = kind(jamf_sandbox.url, credentials, session_config=unfit)
        with pytest.raises(ConfigurationError, match=r"no certificates in 'no/such\.pem'"):
            bad.http_client.get_or_create_httpx_client()


def test_async_requests_are_logged_on_demand(
    aclient: AsyncJamfProClient, capsys: pytest.CaptureFixture[str]
) -> None:
    """S2.19."""
    logger = logger_quick_setup(level=logging.DEBUG)
    try:

        async def run() -> None:
            async with aclient:
                await aclient.pro_api.get_v1_buildings()

        asyncio.run(run())
    finally:
        logger.handlers.clear()
        logger.setLevel(logging.NOTSET)
    assert "GET /v1/buildings 200" in capsys.readouterr().err


def test_models_become_dicts_as_the_server_sends_them(client: JamfProClient) -> None:
    """S2.21."""
    computer = client.pro_api.get_v4_computers_inventory_detail_id("1")
    raw = client.pro_api_request("get", "v4/computers-inventory-detail/1").json()
    assert computer.dict() == computer.to_dict() == raw
    general = computer.general
    assert general
    assert general.dict() == raw["general"]


def test_many_requests_of_a_service_share_one_client(aclient: AsyncJamfProClient) -> None:
    """S2.22."""

    async def run() -> None:
        async with aclient:
            ids = "123" * 20
            found = await asyncio.gather(*map(aclient.pro_api.get_v1_buildings_id, ids))
        assert [one.id for one in found] == list(ids)

    asyncio.run(run())
