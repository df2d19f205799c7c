"""What the sandbox tells of devices and software is of the devices and records that it has."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from tests.classic.described import OPERATIONS, Described

from jamf_pro_client import HTTPAuthenticatedClient, errors
from jamf_pro_client.classic.api.computerapplications import (
    find_computer_application_by_name_and_version,
    find_computer_applications_by_name,
)
from jamf_pro_client.classic.api.computerapplicationusage import (
    find_computer_application_usage_by_serial,
)
from jamf_pro_client.classic.api.computergroups import create_computer_group_by_id
from jamf_pro_client.classic.api.computerhardwaresoftwarereports import (
    find_computer_hardware_software_reports_by_id,
)
from jamf_pro_client.classic.api.computerhistory import (
    find_computer_history_by_id,
    find_computer_history_by_name,
)
from jamf_pro_client.classic.api.computermanagement import find_computer_management_by_id
from jamf_pro_client.classic.api.computers import find_computers_by_id, update_computer_by_id
from jamf_pro_client.classic.api.mobiledevicehistory import find_mobile_device_history_by_id
from jamf_pro_client.classic.api.mobiledevices import find_mobile_devices_by_id
from jamf_pro_client.classic.api.patchreports import (
    find_patch_reports_by_patch_software_title_id,
)
from jamf_pro_client.classic.api.patchsoftwaretitles import find_patch_software_titles_by_id
from jamf_pro_client.classic.api.policies import create_policy_by_id, find_policies_by_category
from jamf_pro_client.classic.models import (
    Computer,
    ComputerGeneral,
    ComputerGroup,
    ComputerGroupComputersItem,
    IdName,
    Location,
    Policy,
    PolicyGeneral,
)

DAYS = (datetime.date(2026, 1, 2), datetime.date(2026, 1, 9))
REPORTS = {
    "computerapplications",
    "computerapplicationusage",
    "computerhardwaresoftwarereports",
    "computerhistory",
    "computermanagement",
    "computerreports",
    "mobiledevicehistory",
    "patchreports",
}


def filled(operation: Described, values: dict[str, str]) -> str:
    path = operation.template
    for parameter in operation.parameters:
        name, schema = parameter["name"], parameter["schema"]
        missing = "999999" if schema["type"] == "integer" else "no such thing"
        missing = "2026-01-02" if schema.get("format") == "date" else missing
        path = path.replace("{" + name + "}", values.get(name, missing))
    return f"/JSSResource{path}"


@pytest.mark.parametrize(
    "name",
    [
        name
        for name, operation in OPERATIONS.items()
        if operation.tag in REPORTS and operation.parameters
    ],
)
def test_of_what_is_not_there_nothing_is_told(name: str, client: HTTPAuthenticatedClient) -> None:
    path = filled(OPERATIONS[name], {"subset": "General"})
    reply = client.request("GET", path)
    assert (reply.status_code, reply.headers["Content-Type"][:9]) == (404, "text/html")


@pytest.mark.parametrize(
    ("name", "subset"),
    [
        (name, subset)
        for name, operation in OPERATIONS.items()
        for parameter in operation.parameters
        for subset in parameter.get("x-values", ())
        if parameter["name"] == "subset" and "/id/{id}/" in operation.template
    ],
)
def test_every_described_subset_is_one_section(
    name: str, subset: str, client: HTTPAuthenticatedClient
) -> None:
    operation = OPERATIONS[name]
    values = {"subset": subset, "id": "1", "username": "a"}
    headers = {"Accept": "application/json"}
    reply = client.request("GET", filled(operation, values), headers=headers)
    assert reply.status_code == 200
    (record,) = reply.json().values()
    (section,) = record
    assert section[0].lower() == subset[0].lower()


def test_a_history_is_of_the_computer_that_was_asked_for(client: HTTPAuthenticatedClient) -> None:
    change = Computer(general=ComputerGeneral(name="renamed"), location=Location(room="7"))
    update_computer_by_id.sync(2, client=client, body=change)
    computer: Any = find_computers_by_id.sync(2, client=client)
    history: Any = find_computer_history_by_name.sync("renamed", client=client)

    for field in ("id", "name", "udid", "serial_number", "mac_address"):
        assert getattr(history.general, field) == getattr(computer.general, field)
    (place,) = history.user_location
    assert (place.room, place.username) == ("7", computer.location.username)
    assert place.date_time_utc == computer.general.last_contact_time_utc
    assert history.audits[0].username == computer.location.username
    assert history == find_computer_history_by_id.sync(2, client=client)


def test_a_history_names_a_policy_that_is_there(client: HTTPAuthenticatedClient) -> None:
    history: Any = find_computer_history_by_id.sync(1, client=client)
    management: Any = find_computer_management_by_id.sync(1, client=client)
    (log,) = history.policy_logs
    assert (log.policy_id, log.policy_name) in {(one.id, one.name) for one in management.policies}


def test_management_lists_groups_and_records_of_the_sandbox(
    client: HTTPAuthenticatedClient,
) -> None:
    member = ComputerGroupComputersItem(id=1)
    body = ComputerGroup(name="Static", is_smart=False, computers=[member])
    group = create_computer_group_by_id.sync(0, client=client, body=body)
    policy = create_policy_by_id.sync(
        0, client=client, body=Policy(general=PolicyGeneral(name="New", trigger="EVENT"))
    )
    told: Any = find_computer_management_by_id.sync(1, client=client)
    other: Any = find_computer_management_by_id.sync(2, client=client)

    assert told.static_groups == [IdName(id=group.id, name="Static")]
    assert other.static_groups == []
    assert "All Managed Clients" in {one.name for one in told.smart_groups}
    assert (policy.id, "New", "EVENT") in {(p.id, p.name, p.trigger) for p in told.policies}


def test_a_history_is_of_the_mobile_device_that_was_asked_for(
    client: HTTPAuthenticatedClient,
) -> None:
    device: Any = find_mobile_devices_by_id.sync(3, client=client)
    history: Any = find_mobile_device_history_by_id.sync(3, client=client)
    assert (history.general.id, history.general.name) == (3, device.general.name)
    assert history.general.mac_address == device.general.wifi_mac_address
    assert history.general.serial_number == device.general.serial_number


def test_reports_are_of_the_computer_and_of_the_days_that_were_asked_for(
    client: HTTPAuthenticatedClient,
) -> None:
    computer: Any = find_computers_by_id.sync(1, client=client)
    told: Any = find_computer_hardware_software_reports_by_id.sync(1, *DAYS, client=client)
    (used,) = find_computer_application_usage_by_serial.sync(
        computer.general.serial_number, *DAYS, client=client
    )

    assert told.hardware_report.serial_number == computer.general.serial_number
    assert told.hardware_report.model_identifier == computer.hardware.model_identifier
    assert told.hardware_report.date_time == "2026-01-02 00:00:00"
    first = computer.software.applications[0]
    assert (told.software_report.name, told.software_report.version) == (first.name, first.version)
    assert used.date == "2026-01-02"
    assert used.apps
    assert used.apps[0].name == first.name


def test_days_that_are_none_are_refused(client: HTTPAuthenticatedClient) -> None:
    path = "/JSSResource/computerhardwaresoftwarereports/id/1/2026-01-02_yesterday"
    assert client.request("GET", path).status_code == 400


def test_applications_are_found_on_the_computers_that_have_them(
    client: HTTPAuthenticatedClient,
) -> None:
    computer: Any = find_computers_by_id.sync(1, client=client)
    first = computer.software.applications[0]
    told: Any = find_computer_applications_by_name.sync(first.name, client=client)
    one: Any = find_computer_application_by_name_and_version.sync(
        first.name, first.version, client=client
    )

    versions = {version.number: version.computers for version in told.versions}
    assert 1 in {shown.id for shown in versions[first.version]}
    assert {shown.id for shown in told.unique_computers} == {
        shown.id for computers in versions.values() for shown in computers
    }
    assert [version.number for version in one.versions] == [first.version]
    assert one.unique_computers[0].udid == computer.general.udid


def test_patch_reports_are_of_the_title(client: HTTPAuthenticatedClient) -> None:
    title: Any = find_patch_software_titles_by_id.sync(2, client=client)
    report: Any = find_patch_reports_by_patch_software_title_id.sync(2, client=client)
    assert (report.name, report.patch_software_title_id) == (title.name, "2")
    assert [version.software_version for version in report.versions] == [
        version.software_version for version in title.versions
    ]
    assert report.total_versions == len(report.versions)


def test_policies_are_listed_by_category(client: HTTPAuthenticatedClient) -> None:
    general = PolicyGeneral(name="New", category=IdName(name="Tools"))
    made = create_policy_by_id.sync(0, client=client, body=Policy(general=general))
    assert [row.id for row in find_policies_by_category.sync("tools", client=client)] == [made.id]
    assert find_policies_by_category.sync("nothing", client=client) == []


def test_the_same_is_told_every_time(client: HTTPAuthenticatedClient) -> None:
    for name, operation in OPERATIONS.items():
        if operation.tag in REPORTS:
            path = filled(operation, {"id": "1", "subset": "General"})
            first, second = (client.request("GET", path) for _ in range(2))
            assert (first.status_code, first.content) == (second.status_code, second.content), name


def test_a_record_that_is_not_there_is_not_found(client: HTTPAuthenticatedClient) -> None:
    with pytest.raises(errors.NotFoundError):
        find_computer_history_by_id.sync(999999, client=client)
