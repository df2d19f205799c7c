"""Changes of records with a version lock: never blindly, never half."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest
from tests.clock import Clock
from tests.facade.conftest import async_client_at, async_client_of, client_of

from jamf_pro_client._httpx import httpx
from jamf_pro_client.errors import (
    AmbiguousWriteError,
    ConfigurationError,
    JamfProAPIError,
    OptimisticLockError,
    ServerError,
)
from jamf_pro_client.models import Building, PrestageScopeUpdate
from jamf_pro_client.updating import update_safely
from jamf_pro_sandbox import Sandbox

CONFLICT = {"httpStatus": 409, "errors": [{"code": "OPTIMISTIC_LOCK_FAILED", "field": None}]}


class Prestages:
    """A scope that somebody else changes *rivals* times, each time between read and write."""

    def __init__(self, rivals: int = 0) -> None:
        self.rivals = rivals
        self.lock = 3
        self.serials = ["C02A"]
        self.seen: list[tuple[str, Any]] = []

    def __call__(self, request: Any) -> Any:
        body: Any = json.loads(request.content) if request.content else None
        self.seen.append((request.method, body))
        if request.method == "GET":
            return httpx.Response(200, json=self.scope())
        if self.rivals:
            self.rivals -= 1
            self.lock += 1
            self.serials.append(f"RIVAL{self.lock}")
        if body["versionLock"] != self.lock:
            return httpx.Response(409, json=CONFLICT)
        self.lock += 1
        self.serials = body["serialNumbers"]
        return httpx.Response(200, json=self.scope())

    def scope(self) -> dict[str, Any]:
        rows = [
            {"serialNumber": one, "assignmentDate": None, "userAssigned": "x"}
            for one in self.serials
        ]
        return {"prestageId": "1", "assignments": rows, "versionLock": self.lock}

    @property
    def methods(self) -> list[str]:
        return [method for method, _ in self.seen]


def added(scope: Any) -> dict[str, Any]:
    return {"serialNumbers": [one.serial_number for one in scope.assignments] + ["NEW"]}


def test_a_change_carries_the_lock_that_was_read() -> None:
    prestages = Prestages()
    client = client_of(prestages)
    scope = client.update_safely(
        client.pro_api.put_v2_computer_prestages_id_scope, "1", change=added
    )
    assert scope.version_lock == 4
    assert prestages.seen[1] == ("PUT", {"serialNumbers": ["C02A", "NEW"], "versionLock": 3})


def test_whoever_was_faster_is_not_overwritten(clock: Clock) -> None:
    prestages = Prestages(rivals=2)
    client = client_of(prestages)
    client.update_safely(
        client.pro_api.put_v2_computer_prestages_id_scope, "1", change=added, timing=clock.timing
    )
    assert prestages.methods == ["GET", "PUT"] * 3
    assert prestages.serials == ["C02A", "RIVAL4", "RIVAL5", "NEW"]
    assert clock.slept == [0.5, 1.0]


def test_an_async_change_is_awaited_where_that_can_be_done() -> None:
    async def change(scope: Any) -> dict[str, Any]:
        return added(scope)

    server = Prestages()
    client = async_client_of(server)
    write = client.pro_api.put_v2_computer_prestages_id_scope
    asyncio.run(client.update_safely(write, "1", change=change))
    assert server.serials == ["C02A", "NEW"]
    threads = client_of(Prestages())
    with pytest.raises(ConfigurationError, match="the change is async"):
        threads.update_safely(
            threads.pro_api.put_v2_computer_prestages_id_scope, "1", change=change
        )


def test_a_race_that_is_lost_too_often_is_told(clock: Clock) -> None:
    prestages = Prestages(rivals=9)
    client = client_of(prestages)
    with pytest.raises(OptimisticLockError):
        client.update_safely(
            client.pro_api.put_v2_computer_prestages_id_scope,
            "1",
            change=added,
            attempts=3,
            timing=clock.timing,
        )
    assert prestages.methods == ["GET", "PUT"] * 3


def test_an_async_change_starts_over_too(clock: Clock) -> None:
    prestages = Prestages(rivals=1)
    client = async_client_of(prestages)

    async def run() -> None:
        await client.update_safely(
            client.pro_api.put_v2_computer_prestages_id_scope,
            "1",
            change=added,
            timing=clock.timing,
        )

    asyncio.run(run())
    assert prestages.methods == ["GET", "PUT"] * 2
    assert clock.slept == [0.5]


@pytest.mark.parametrize("operation", ["post_v2_computer_prestages_id_scope_delete_multiple"])
def test_what_is_below_a_record_is_changed_with_its_lock(operation: str) -> None:
    prestages = Prestages()
    client = client_of(prestages)
    client.update_safely(
        getattr(client.pro_api, operation), "1", change=lambda _: {"serialNumbers": []}
    )
    assert prestages.seen[1] == ("POST", {"serialNumbers": [], "versionLock": 3})


def test_a_model_gets_the_lock_and_stays_as_it_was() -> None:
    prestages = Prestages()
    client = client_of(prestages)
    body = PrestageScopeUpdate(serial_numbers=["NEW"], version_lock=None)  # type: ignore[arg-type]
    client.update_safely(
        client.pro_api.put_v2_computer_prestages_id_scope, "1", change=lambda _: body
    )
    assert prestages.seen[1][1]["versionLock"] == 3
    assert body.version_lock is None


def test_a_record_can_be_changed_in_place(client: Any, jamf_sandbox: Any) -> None:
    def rename(prestage: Any) -> None:
        prestage.display_name = "Harbour"
        prestage.location_information.room = "7"

    client.update_safely(client.pro_api.put_v3_computer_prestages_id, "1", change=rename)
    read, write = jamf_sandbox.requests[-2:]
    assert (read.operation_id, write.operation_id) == (
        "get_v3_computer_prestages_id",
        "put_v3_computer_prestages_id",
    )
    assert write.violation is None
    prestage = client.pro_api.get_v3_computer_prestages_id("1")
    assert (prestage.display_name, prestage.version_lock) == ("Harbour", 1)
    assert prestage.location_information.room == "7"
    blocks = (prestage.location_information, prestage.purchasing_information)
    assert [block.version_lock for block in blocks] == [1, 0]


def test_of_two_writers_at_a_server_neither_overwrites_the_other(
    client: Any, jamf_sandbox: Any, clock: Clock
) -> None:
    write = client.pro_api.put_v3_computer_prestages_id
    rivals = iter(["Quay", "Mole"])

    def move_room(prestage: Any) -> None:
        prestage.location_information.room = "7"

    def rename(prestage: Any) -> None:
        # Between the first reads and the first writes of one writer, the other one writes.
        if (name := next(rivals, None)) is not None:
            client.update_safely(write, "1", change=lambda other: setattr(other, "region", name))
            client.update_safely(write, "1", change=move_room)
        prestage.display_name = "Harbour"

    jamf_sandbox.clear_requests()
    prestage = client.update_safely(write, "1", change=rename, timing=clock.timing)
    writes = [one.status for one in jamf_sandbox.requests if one.method == "PUT"]
    assert writes == [200, 200, 409, 200, 200, 409, 200]
    assert prestage.version_lock == 5
    assert (prestage.display_name, prestage.region) == ("Harbour", "Mole")
    assert prestage.location_information.room == "7"
    assert clock.slept == [0.5, 1.0]


def test_scopes_that_two_writers_fill_hold_what_both_added(
    jamf_sandbox: Sandbox, clock: Clock
) -> None:
    async_client = async_client_at(jamf_sandbox)

    def adding(serial: str) -> Callable[[Any], dict[str, Any]]:
        return lambda scope: {
            "serialNumbers": [one.serial_number for one in scope.assignments] + [serial]
        }

    async def fill(serials: list[str]) -> None:
        for serial in serials:
            await async_client.update_safely(
                async_client.pro_api.put_v2_computer_prestages_id_scope,
                "1",
                change=adding(serial),
                attempts=20,
                timing=clock.timing,
            )

    async def run() -> Any:
        async with async_client:
            await asyncio.gather(fill(["A1", "A2", "A3"]), fill(["B1", "B2", "B3"]))
            return await async_client.pro_api.get_v2_computer_prestages_id_scope("1")

    scope = asyncio.run(run())
    kept = [one.serial_number for one in scope.assignments]
    assert sorted(kept[1:]) == ["A1", "A2", "A3", "B1", "B2", "B3"]
    assert scope.version_lock == 6


@pytest.mark.parametrize(
    ("status", "kind"), [(500, ServerError), (400, JamfProAPIError), (404, JamfProAPIError)]
)
def test_any_other_refusal_is_final(status: int, kind: type[Exception]) -> None:
    methods = []

    def answer(request: Any) -> Any:
        methods.append(request.method)
        if request.method == "GET":
            return httpx.Response(200, json=Prestages().scope())
        return httpx.Response(status, json={"httpStatus": status, "errors": []})

    client = client_of(answer)
    with pytest.raises(kind):
        client.update_safely(client.pro_api.put_v2_computer_prestages_id_scope, "1", change=added)
    assert methods == ["GET", "PUT"]


def test_a_write_in_doubt_is_not_repeated() -> None:
    methods = []

    def answer(request: Any) -> Any:
        methods.append(request.method)
        if request.method == "GET":
            return httpx.Response(200, json=Prestages().scope())
        raise httpx.ReadTimeout("late", request=request)

    client = client_of(answer)
    with pytest.raises(AmbiguousWriteError):
        client.update_safely(client.pro_api.put_v2_computer_prestages_id_scope, "1", change=added)
    assert methods == ["GET", "PUT"]


def test_a_write_that_would_not_raise_raises_all_the_same(clock: Clock) -> None:
    prestages = Prestages(rivals=1)
    client = client_of(prestages)
    client.update_safely(
        client.pro_api.with_raw_response.put_v2_computer_prestages_id_scope,
        "1",
        change=added,
        timing=clock.timing,
    )
    assert prestages.methods == ["GET", "PUT"] * 2


@pytest.mark.parametrize("name", ["put_v1_buildings_id", "post_v3_computer_prestages", "no"])
def test_operations_without_a_lock_or_a_record_are_refused(name: str) -> None:
    client = client_of(Prestages())
    operation: Any = print if name == "no" else getattr(client.pro_api, name)
    with pytest.raises(ConfigurationError):
        client.update_safely(operation, change=added)


def test_functions_of_your_own_can_read_and_write() -> None:
    rows = {"name": "old"}
    written = update_safely(lambda: dict(rows), lambda row: {**row, "name": "new"}, rows.update)
    assert (written, rows) == (None, {"name": "new"})
    with pytest.raises(ConfigurationError):
        update_safely(dict, dict, dict, attempts=0)


def test_a_record_that_was_read_is_written_as_a_request() -> None:
    written: list[Any] = []

    def rename(building: Building) -> None:
        building.name = "new"

    update_safely(
        lambda: Building.from_dict({"id": "1", "name": "old", "city": None}), rename, written.append
    )
    assert written == [{"name": "new", "city": None}]


def test_one_attempt_is_one_attempt(clock: Clock) -> None:
    prestages = Prestages(rivals=1)
    client = client_of(prestages)
    with pytest.raises(OptimisticLockError):
        client.update_safely(
            client.pro_api.put_v2_computer_prestages_id_scope,
            "1",
            change=added,
            attempts=1,
            timing=clock.timing,
        )
    assert prestages.methods == ["GET", "PUT"]


def test_every_locked_operation_below_a_record_can_be_changed_safely() -> None:
    from jamf_pro_client import api
    from jamf_pro_client._facade import operations

    client = client_of(Prestages())
    names = {name for names in api.OPERATIONS.values() for name in names}
    locked = [
        operation
        for name in names
        if name.startswith(("put_", "post_", "patch_")) and "prestage" in name
        if (operation := getattr(client.pro_api, name).operation).version_locked
    ]
    changing = [one for one in locked if one.path_parameters]
    assert (len(locked), len(changing)) == (12, 9)
    assert {operations.locked_reading(one) for one in changing} <= names
