"""Waiting for what a server has accepted: with backoff, and not for ever."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from tests.clock import Clock
from tests.facade.conftest import async_client_of, client_of

from jamf_pro_client._httpx import httpx
from jamf_pro_client.concurrency import concurrent_api_requests
from jamf_pro_client.errors import ConfigurationError, JamfProError, NotFoundError
from jamf_pro_client.models import HrefResponse
from jamf_pro_client.waiting import DeadlineExceededError, wait_until, wait_until_async

ONE, TWO = "aaaa-1", "bbbb-2"


class Devices:
    """MDM commands whose devices answer one look later each."""

    def __init__(self, *states: dict[str, str]) -> None:
        self.states: Iterator[dict[str, str]] = iter(states)
        self.filters: list[str] = []

    def __call__(self, request: Any) -> Any:
        assert request.url.path == "/api/v2/mdm/commands"
        self.filters.append(request.url.params["filter"])
        rows = [{"uuid": uuid, "commandState": state} for uuid, state in next(self.states).items()]
        return httpx.Response(200, json={"totalCount": len(rows), "results": rows})


def test_waits_double_and_the_last_look_is_at_the_deadline(clock: Clock) -> None:
    looks = []

    def look() -> int:
        looks.append(clock.now)
        return len(looks)

    with pytest.raises(DeadlineExceededError, match="within 10 seconds") as caught:
        wait_until(
            look, lambda _: False, deadline=10, first_wait=1, longest_wait=4, timing=clock.timing
        )
    assert looks == [0, 1, 3, 7, 10]
    assert caught.value.last == 5
    assert isinstance(caught.value, JamfProError | TimeoutError)


def test_what_is_done_already_is_not_waited_for(clock: Clock) -> None:
    assert wait_until(lambda: 7, bool, timing=clock.timing) == 7
    assert clock.slept == []


@pytest.mark.parametrize(
    "wrong", [{"deadline": -1}, {"deadline": None}, {"first_wait": 0}, {"longest_wait": 0}]
)
def test_durations_that_are_none_are_refused(wrong: Any) -> None:
    with pytest.raises(ConfigurationError):
        wait_until(int, bool, **wrong)


def test_an_option_that_no_wait_has_is_refused_by_the_name_of_the_wait() -> None:
    client: Any = client_of(Devices())
    with pytest.raises(TypeError, match=r"wait_for_mdm_commands\(\) has no option 'timeout'"):
        client.wait_for_mdm_commands([ONE], timeout=3)
    with pytest.raises(TypeError, match=r"wait_for\(\) has no option 'headers'"):
        client.wait_for(client.pro_api.post_v1_system_initialize, headers={})
    wait: Any = wait_until
    with pytest.raises(TypeError, match=r"wait_until\(\) has no option 'timeout'"):
        wait(int, bool, timeout=3)


def test_an_async_condition_is_awaited_where_that_can_be_done(clock: Clock) -> None:
    numbers = iter(range(9))

    async def is_three(number: int) -> bool:
        return number == 3

    async def read() -> int:
        return next(numbers)

    assert asyncio.run(wait_until_async(read, is_three, timing=clock.timing)) == 3
    assert len(clock.slept) == 3
    with pytest.raises(ConfigurationError, match="the condition is async"):
        wait_until(int, is_three)


def test_commands_can_be_given_as_uuids_but_not_as_one_text(clock: Clock) -> None:
    uuid = UUID(int=7)
    client = client_of(Devices({str(uuid): "ACKNOWLEDGED"}))
    (command,) = client.wait_for_mdm_commands([uuid], timing=clock.timing)
    assert command.uuid == str(uuid)
    with pytest.raises(ConfigurationError, match="give a list of uuids"):
        client.wait_for_mdm_commands(str(uuid))
    number: Any = 7
    with pytest.raises(ConfigurationError, match="7 is not the uuid"):
        client.wait_for_mdm_commands([number])


def test_a_command_is_known_by_its_uuid_in_capitals_too() -> None:
    uuid = str(UUID(int=0xABCDEF))
    devices = Devices({uuid: "ACKNOWLEDGED"})
    commands = client_of(devices).wait_for_mdm_commands([uuid.upper(), uuid.upper()])
    assert [one.uuid for one in commands] == [uuid]
    assert devices.filters == [f'uuid=in=("{uuid.upper()}")']


def test_commands_are_waited_for_until_every_device_has_answered(clock: Clock) -> None:
    devices = Devices(
        {},
        {ONE: "PENDING", TWO: "ACKNOWLEDGED"},
        {ONE: "NOT_NOW"},
        {ONE: "ERROR"},
    )
    client = client_of(devices)
    commands = client.wait_for_mdm_commands([ONE, TWO], timing=clock.timing)
    assert [(one.uuid, one.command_state) for one in commands] == [
        (ONE, "ERROR"),
        (TWO, "ACKNOWLEDGED"),
    ]
    # Who has answered is not asked for again.
    assert devices.filters == [f'uuid=in=("{ONE}","{TWO}")'] * 2 + [f'uuid=in=("{ONE}")'] * 2
    assert clock.slept == [1, 2, 4]


def test_commands_are_waited_for_in_an_event_loop(clock: Clock) -> None:
    devices = Devices({ONE: "PENDING"}, {ONE: "ACKNOWLEDGED"})
    client = async_client_of(devices)

    async def run() -> Any:
        return await client.wait_for_mdm_commands([ONE], timing=clock.timing)

    (command,) = asyncio.run(run())
    assert command.command_state == "ACKNOWLEDGED"
    assert clock.slept == [1]


def test_not_more_commands_are_asked_for_than_servers_take() -> None:
    uuids = [f"u-{number}" for number in range(41)]
    devices = Devices(
        dict.fromkeys(uuids[:40], "ACKNOWLEDGED"), dict.fromkeys(uuids[40:], "ACKNOWLEDGED")
    )
    commands = client_of(devices).wait_for_mdm_commands(uuids)
    assert [one.uuid for one in commands] == uuids
    assert [one.count('"') // 2 for one in devices.filters] == [40, 1]


def test_a_device_that_does_not_answer_is_told(clock: Clock) -> None:
    devices = Devices(*({ONE: "PENDING"} for _ in range(9)))
    with pytest.raises(DeadlineExceededError) as caught:
        client_of(devices).wait_for_mdm_commands([ONE], deadline=5, timing=clock.timing)
    assert [one.command_state for one in caught.value.last] == ["PENDING"]


def test_the_commands_that_are_not_answered_are_named_with_their_last_state(clock: Clock) -> None:
    states = {ONE: "PENDING", TWO: "ACKNOWLEDGED", **{f"c-{n}": "NOT_NOW" for n in range(5)}}
    uuids = ["u-1", *states]

    async def run() -> Any:
        client = async_client_of(Devices(states))
        return await client.wait_for_mdm_commands(uuids, deadline=0, timing=clock.timing)

    with pytest.raises(DeadlineExceededError) as caught:
        client_of(Devices(states)).wait_for_mdm_commands(uuids, deadline=0, timing=clock.timing)
    assert str(caught.value) == (
        "it did not happen within 0 seconds: 7 of 8 MDM commands are not answered: "
        "u-1 (not listed), aaaa-1 (PENDING), c-0 (NOT_NOW), c-1 (NOT_NOW), c-2 (NOT_NOW) and 2 more"
    )
    with pytest.raises(DeadlineExceededError, match="7 of 8 MDM commands"):
        asyncio.run(run())


def test_what_the_operation_that_sent_commands_returned_can_be_waited_for(clock: Clock) -> None:
    sent = [HrefResponse(id=ONE, href="/"), HrefResponse(id=TWO, href="/")]
    devices = Devices({ONE: "ACKNOWLEDGED", TWO: "ERROR"})
    commands = client_of(devices).wait_for_mdm_commands(sent, timing=clock.timing)
    assert [one.uuid for one in commands] == [ONE, TWO]
    with pytest.raises(ConfigurationError, match="UNSET is not the uuid"):
        client_of(devices).wait_for_mdm_commands([HrefResponse()])


def test_no_command_is_waited_for_without_asking() -> None:
    assert client_of(Devices()).wait_for_mdm_commands([]) == []
    with pytest.raises(ConfigurationError):
        client_of(Devices()).wait_for_mdm_commands(['x");id==("1'])


class Replies:
    """Answers a path with one document after the other."""

    def __init__(self, path: str, *documents: Any) -> None:
        self.path = path
        self.documents = iter(documents)

    def __call__(self, request: Any) -> Any:
        assert (request.method, request.url.path) == ("GET", self.path)
        return httpx.Response(200, content=json.dumps(next(self.documents)))


@pytest.mark.parametrize(
    ("operation", "path", "documents"),
    [
        (
            "post_v1_system_initialize",
            "/api/startup-status",
            [{"stepCode": "SERVER_INIT_START"}, {"stepCode": "SERVER_INIT_COMPLETE"}],
        ),
        (
            "post_v1_apns_client_push_status_enable_all_clients",
            "/api/v1/apns-client-push-status/enable-all-clients/status",
            [{"status": "QUEUED"}, {"status": "STARTED"}, {"status": "COMPLETED"}],
        ),
    ],
)
def test_what_the_description_calls_done_is_waited_for(
    operation: str, path: str, documents: list[Any], clock: Clock
) -> None:
    client = client_of(Replies(path, *documents))
    last = client.wait_for(getattr(client.pro_api, operation), timing=clock.timing)
    assert last.to_dict() == documents[-1]
    assert len(clock.slept) == len(documents) - 1


def test_a_task_is_waited_for_until_the_caller_says_that_it_is_done(clock: Clock) -> None:
    documents = [{"id": "7", "state": "RUNNING"}, {"id": "7", "state": "DONE"}]
    client = client_of(Replies("/api/v1/log-flushing/task/7", *documents))
    task = client.wait_for(
        client.pro_api.post_v1_log_flushing_task,
        "7",
        until=lambda task: task.state == "DONE",
        timing=clock.timing,
    )
    assert task.state == "DONE"


def test_a_record_is_waited_for_until_it_shows_the_change(clock: Clock) -> None:
    documents = [{"id": "5", "name": "old"}, {"id": "5", "name": "new"}]
    client = async_client_of(Replies("/api/v3/computer-groups/smart-groups/5", *documents))

    async def run() -> Any:
        return await client.wait_for(
            client.pro_api.put_v3_computer_groups_smart_groups_id,
            "5",
            until=lambda group: group.name == "new",
            timing=clock.timing,
        )

    assert asyncio.run(run()).name == "new"


@pytest.mark.parametrize(
    "operation", ["post_v1_smtp_server_test", "put_v1_activation_code", "delete_v1_buildings_id"]
)
def test_where_there_is_no_record_to_read_the_error_says_how_to_wait(operation: str) -> None:
    client = client_of(Replies("/"))
    for until in (None, bool):
        with pytest.raises(
            ConfigurationError, match=r"jamf_pro_client\.waiting\.wait_until\(lambda"
        ):
            client.wait_for(getattr(client.pro_api, operation), until=until)


def test_what_nobody_tells_is_not_waited_for() -> None:
    client = client_of(Replies("/"))
    with pytest.raises(ConfigurationError, match="until="):
        client.wait_for(client.pro_api.put_v3_computer_groups_smart_groups_id, "5")
    with pytest.raises(ConfigurationError):
        client.wait_for(client.pro_api.post_v1_smtp_server_test, until=bool)


def test_an_error_of_reading_ends_the_waiting() -> None:
    def absent(_: Any) -> Any:
        return httpx.Response(404, json={"httpStatus": 404, "errors": []})

    client = client_of(absent)
    with pytest.raises(NotFoundError):
        client.wait_for(client.pro_api.post_v1_log_flushing_task, "7", until=bool)


def test_after_an_interrupt_nobody_looks_again() -> None:
    looks: list[int] = []
    waits = threading.Event()

    def look() -> int:
        looks.append(1)
        return len(looks)

    def call(number: int) -> None:
        if number:
            wait_until(look, lambda _: waits.set(), first_wait=1, deadline=3)
        else:
            waits.wait(10)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(concurrent_api_requests(call, [0, 1]))
    assert len(looks) == 1
