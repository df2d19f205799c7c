"""The Classic API behind the facade: the Classic rows of S1 and S2, and the examples."""

from __future__ import annotations

import asyncio
import importlib
import json
from typing import Any

import pytest

import jamf_pro_client
from jamf_pro_client import SessionConfig
from jamf_pro_client.classic import ClassicComputer, api
from jamf_pro_client.classic.models import Computer, Location
from jamf_pro_client.clients.classic_api import AsyncClassicApi, ClassicApi
from jamf_pro_client.exceptions import JamfProAPIError, NotFoundError
from jamf_pro_client.facade import AsyncJamfProClient, JamfProClient
from jamf_pro_sandbox import Sandbox

EXAMPLE: Any = importlib.import_module("examples.facade.classic_computers")
NAMES = {name for names in api.OPERATIONS.values() for name in names}


def building_of(client: JamfProClient, computer_id: int) -> Any:
    location = client.classic_api.get_computer_by_id(computer_id, ["location"]).location
    return location and location.building


def move(client: JamfProClient, computer_id: int, building: str) -> None:
    update = Computer(location=Location(building=building))
    client.classic_api.update_computer_by_id(computer_id, update)


def test_a_computer_is_a_typed_model(client: JamfProClient) -> None:
    """S1.8."""
    computer = client.classic_api.get_computer_by_id(1)
    assert isinstance(computer, Computer)
    assert computer.general
    assert (computer.general.id, computer.general.name) == (1, "mac-000001")


def test_subsets_limit_what_is_read(client: JamfProClient, jamf_sandbox: Sandbox) -> None:
    """S1.8."""
    computer = client.classic_api.get_computer_by_id(1, subsets=["location"])
    assert computer.location
    assert computer.location.username
    assert not computer.general
    both = client.classic_api.get_computer_by_id(1, ["general", "location"])
    assert both.general
    assert both.location
    assert [one.path for one in jamf_sandbox.requests[-2:]] == [
        "/JSSResource/computers/id/1/subset/location",
        "/JSSResource/computers/id/1/subset/general&location",
    ]


def test_computers_are_listed_with_their_ids(client: JamfProClient) -> None:
    """S1.9."""
    computers = client.classic_api.list_all_computers()
    assert [one.id for one in computers] == list(range(1, 11))
    assert computers[0].name == "mac-000001"


@pytest.mark.parametrize("make", [ClassicComputer, Computer, jamf_pro_client.Computer, None])
def test_only_what_is_set_in_an_update_is_sent(make: Any, client: JamfProClient) -> None:
    """S1.21."""
    before = client.classic_api.get_computer_by_id(2)
    if make is None:
        update: Any = Computer(location=Location(building="Main Building"))
    else:
        update = make()
        assert not update.hardware.model  # a section that is looked at only
        update.location.building = "Main Building"
    assert update.to_xml().endswith(
        b"<computer><location><building>Main Building</building></location></computer>"
    )
    assert update.dict() == {"location": {"building": "Main Building"}}
    assert client.classic_api.update_computer_by_id(2, update).id == 2
    after = client.classic_api.get_computer_by_id(2)
    assert before.location
    assert after.location
    assert after.location.building == "Main Building"
    assert after.location.username == before.location.username
    assert after.general == before.general


def test_async_clients_have_the_same_names(
    aclient: AsyncJamfProClient, jamf_sandbox: Sandbox
) -> None:
    """S2.6."""

    async def run() -> None:
        async with aclient as client:
            computers = await client.classic_api.list_all_computers()
            assert [one.id for one in computers] == list(range(1, 11))
            update = ClassicComputer()
            update.location.building = "Elsewhere"
            await client.classic_api.update_computer_by_id(3, update)
            computer = await client.classic_api.get_computer_by_id(3, subsets=["location"])
            assert computer.location
            assert computer.location.building == "Elsewhere"
            assert jamf_sandbox.requests[-1].path.endswith("/computers/id/3/subset/location")
            assert (await client.classic_api.get_computer_by_id(3)).general
            with pytest.raises(JamfProAPIError):
                await client.classic_api.get_computer_by_id(999999)

    asyncio.run(run())


def test_every_operation_is_bound(client: JamfProClient) -> None:
    assert len(NAMES) == 563
    assert set(dir(client.classic_api)) >= NAMES
    for name in NAMES - {"update_computer_by_id"}:
        assert getattr(client.classic_api, name).operation.name == name
    hidden = NAMES & (set(vars(ClassicApi)) | set(vars(AsyncClassicApi)))
    assert hidden == {"update_computer_by_id"}


def test_the_whole_reply_can_be_had(client: JamfProClient) -> None:
    reply = client.classic_api.with_raw_response.find_computers_by_id(999999)
    assert reply.status_code == 404
    assert reply.headers["content-type"].startswith("text/html")


def test_raw_requests_read_json_and_write_models(client: JamfProClient) -> None:
    """S1.6."""
    update = Computer(location=Location(room="7"))
    written = client.classic_api_request("put", "computers/id/1", update)
    assert written.is_success
    read = client.classic_api_request("get", "JSSResource/computers/id/1")
    assert read.json()["computer"]["location"]["room"] == "7"


@pytest.mark.parametrize("media", ["application/json", "text/xml"])
def test_raw_replies_become_the_records_that_typed_reads_give(
    media: str, client: JamfProClient, aclient: AsyncJamfProClient
) -> None:
    """S1.13."""
    argument = {
        "method": "get",
        "resource_path": "computers/id/1",
        "override_headers": {"Accept": media},
    }
    for model in (jamf_pro_client.Computer, ClassicComputer):
        found = client.concurrent_api_requests(
            client.classic_api_request, [argument], return_model=model
        )
        assert list(found) == [client.classic_api.get_computer_by_id(1)]

        async def read(model: Any) -> list[Any]:
            async with aclient:
                results = aclient.async_concurrent_api_requests(
                    aclient.async_classic_api_request, [argument], return_model=model
                )
                return [one async for one in results]

        assert asyncio.run(read(model)) == [client.classic_api.get_computer_by_id(1)]


def test_records_become_dicts_that_a_web_service_can_return(client: JamfProClient) -> None:
    """S2.21."""
    computer = client.classic_api.get_computer_by_id(1)
    plain = computer.dict()
    assert json.loads(json.dumps(plain)) == plain
    assert plain["general"]["name"] == "mac-000001"
    assert set(plain) <= set(Computer.json_names())
    assert Computer.from_dict(plain) == computer


def test_the_example_of_sync_runs(client: JamfProClient) -> None:
    """S1.13, S1.14."""
    lines = [EXAMPLE.line_of(one) for one in EXAMPLE.every_computer(client)]
    assert [EXAMPLE.line_of(one) for one in EXAMPLE.every_computer_raw(client)] == lines
    assert [line.split()[1] for line in lines] == [f"mac-{n:06}" for n in range(1, 11)]
    move(client, 1, "Day 1")
    move(client, 2, "Elsewhere")
    assert EXAMPLE.move_computers(client, [1, 2], "HQ") == ["Updated", "Not updated"]
    assert EXAMPLE.as_dict(client, 1)["location"]["building"] == "HQ"
    assert building_of(client, 2) == "Elsewhere"


def test_the_example_of_async_runs(
    aclient: AsyncJamfProClient,
    jamf_sandbox: Sandbox,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """S1.18, S1.19."""
    monkeypatch.setenv("JAMF_URL", jamf_sandbox.url)
    monkeypatch.setenv("JAMF_CLIENT_ID", jamf_sandbox.client_id)
    monkeypatch.setenv("JAMF_CLIENT_SECRET", jamf_sandbox.client_secret)

    async def run() -> None:
        async with aclient as client:
            lines = await EXAMPLE.lines_async(client)
            assert len(lines) == 10
            assert await EXAMPLE.statuses_async(client, [1, 999]) == [200, 404]
            assert await EXAMPLE.move_computers_async(client, [1], "HQ") == ["Updated computer 1"]
            assert await EXAMPLE.move_computers_async(client, [1], "HQ") == ["Skipped computer 1"]
        await EXAMPLE.main()
        assert capsys.readouterr().out.splitlines() == lines

    asyncio.run(run())


def test_errors_of_concurrent_reads_are_results_on_demand(
    jamf_sandbox: Sandbox, credentials: Any
) -> None:
    """S2.15."""
    config = SessionConfig(return_exceptions=True)
    with JamfProClient(jamf_sandbox.url, credentials, config) as client:
        results = list(
            client.concurrent_api_requests(client.classic_api.get_computer_by_id, [1, 999999, 2])
        )
    assert [type(one) for one in results] == [Computer, NotFoundError, Computer]
