"""The Classic API behind the facade: the Classic rows of S1 and S2, and the examples."""

from __future__ import annotations

import asyncio
import importlib
from typing import Any

import pytest
from tests.facade.classic_server import Classic
from tests.facade.conftest import async_client_of, client_of

from jamf_pro_client import SessionConfig
from jamf_pro_client._facade.classic_api import AsyncClassicApi, ClassicApi
from jamf_pro_client.classic import ClassicComputer, api
from jamf_pro_client.classic.models import Computer, Location
from jamf_pro_client.exceptions import JamfProAPIError, NotFoundError

EXAMPLE: Any = importlib.import_module("examples.facade.classic_computers")
NAMES = {name for names in api.OPERATIONS.values() for name in names}


@pytest.fixture
def classic() -> Classic:
    return Classic()


def test_a_computer_is_a_typed_model(classic: Classic) -> None:
    """S1.8."""
    client = client_of(classic)
    computer = client.classic_api.get_computer_by_id(1)
    assert isinstance(computer, Computer)
    assert computer.general
    assert (computer.general.id, computer.general.name) == (1, "Mac 1")


def test_subsets_limit_what_is_read(classic: Classic) -> None:
    """S1.8."""
    client = client_of(classic)
    computer = client.classic_api.get_computer_by_id(1, subsets=["location"])
    assert computer.location
    assert computer.location.building == "Day 1"
    assert not computer.general
    client.classic_api.get_computer_by_id(1, ["general", "location"])
    assert classic.paths == [
        "GET /JSSResource/computers/id/1/subset/location",
        "GET /JSSResource/computers/id/1/subset/general&location",
    ]


def test_computers_are_listed_with_their_ids(classic: Classic) -> None:
    """S1.9."""
    computers = client_of(classic).classic_api.list_all_computers()
    assert [(one.id, one.name) for one in computers] == [(n, f"Mac {n}") for n in (1, 2, 3)]


@pytest.mark.parametrize("nested", [True, False])
def test_only_what_is_set_in_an_update_is_sent(nested: bool, classic: Classic) -> None:
    """S1.21."""
    if nested:
        update: Any = ClassicComputer()
        update.location.building = "Main Building"
    else:
        update = Computer(location=Location(building="Main Building"))
    result = client_of(classic).classic_api.update_computer_by_id(2, update)
    assert result.id == 2
    (body,) = classic.bodies
    assert "<location><building>Main Building</building></location>" in body
    assert classic.computers[2]["location"]["room"] == "7"
    assert "<general" not in body


def test_async_clients_have_the_same_names(classic: Classic) -> None:
    """S2.6."""

    async def run() -> None:
        async with async_client_of(classic) as client:
            computers = await client.classic_api.list_all_computers()
            assert [one.id for one in computers] == [1, 2, 3]
            computer = await client.classic_api.get_computer_by_id(3, subsets=["location"])
            assert computer.location
            update = ClassicComputer()
            update.location.building = f"not {computer.location.building}"
            await client.classic_api.update_computer_by_id(3, update)
            assert classic.computers[3]["location"]["building"] == "not Day 1"
            with pytest.raises(JamfProAPIError):
                await client.classic_api.get_computer_by_id(999999)

    asyncio.run(run())


def test_every_operation_is_bound() -> None:
    client = client_of(Classic())
    assert len(NAMES) == 563
    assert set(dir(client.classic_api)) >= NAMES
    for name in NAMES - {"update_computer_by_id"}:
        assert getattr(client.classic_api, name).operation.name == name
    hidden = NAMES & (set(vars(ClassicApi)) | set(vars(AsyncClassicApi)))
    assert hidden == {"update_computer_by_id"}


def test_the_whole_reply_can_be_had(classic: Classic) -> None:
    reply = client_of(classic).classic_api.with_raw_response.find_computers_by_id(999999)
    assert (reply.status_code, reply.headers["content-type"]) == (404, "text/html")


def test_the_example_of_sync_runs(classic: Classic) -> None:
    """S1.13, S1.14."""
    client = client_of(classic)
    lines = [f"{number} Mac {number} user{number}" for number in (1, 2, 3)]
    assert [EXAMPLE.line_of(one) for one in EXAMPLE.every_computer(client)] == lines
    assert [EXAMPLE.line_of(one) for one in EXAMPLE.every_computer_raw(client)] == lines
    classic.computers[2]["location"]["building"] = "Elsewhere"
    assert EXAMPLE.move_computers(client, [1, 2], "HQ") == ["Updated", "Not updated"]
    assert EXAMPLE.as_dict(client, 1)["location"]["building"] == "HQ"


def test_the_example_of_async_runs(classic: Classic) -> None:
    """S1.18, S1.19."""

    async def run() -> None:
        async with async_client_of(classic) as client:
            lines = [f"{number} Mac {number} user{number}" for number in (1, 2, 3)]
            assert await EXAMPLE.lines_async(client) == lines
            assert await EXAMPLE.statuses_async(client, [1, 999]) == [200, 404]
            assert await EXAMPLE.move_computers_async(client, [1], "HQ") == ["Updated computer 1"]
            assert await EXAMPLE.move_computers_async(client, [1], "HQ") == ["Skipped computer 1"]

    asyncio.run(run())


def test_errors_of_concurrent_reads_are_results_on_demand(classic: Classic) -> None:
    """S2.15."""
    client = client_of(classic, return_exceptions=True)
    assert isinstance(client.session_config, SessionConfig)
    results = list(
        client.concurrent_api_requests(client.classic_api.get_computer_by_id, [1, 999999, 2])
    )
    assert [type(one) for one in results] == [Computer, NotFoundError, Computer]
