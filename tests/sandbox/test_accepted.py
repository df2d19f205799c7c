"""What is accepted and done later can be waited for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from jamf_pro_client import ApiClientCredentialsProvider, JamfProClient
from jamf_pro_client.models import LogFlushingTaskV1
from jamf_pro_client.resilience import Timing
from jamf_pro_sandbox import Sandbox

PLANS = "/v1/managed-software-updates/plans"


@pytest.fixture
def client(jamf_sandbox: Sandbox) -> Iterator[JamfProClient]:
    login = ApiClientCredentialsProvider(jamf_sandbox.client_id, jamf_sandbox.client_secret)
    with JamfProClient(jamf_sandbox.url, login) as client:
        yield client


def test_push_is_enabled_step_by_step(client: JamfProClient) -> None:
    status: Any = client.pro_api.get_v1_apns_client_push_status_enable_all_clients_status
    assert status().status == "COMPLETED"
    client.pro_api.post_v1_apns_client_push_status_enable_all_clients()
    begun = status()
    assert (begun.status, begun.processed_time) == ("QUEUED", None)
    pauses: list[float] = []
    done = client.wait_for(
        client.pro_api.post_v1_apns_client_push_status_enable_all_clients,
        timing=Timing(sleep=pauses.append),
    )
    assert (done.status, len(pauses)) == ("COMPLETED", 1)
    assert done.processed_time >= done.requested_time


def test_logs_are_flushed_while_the_caller_waits(client: JamfProClient) -> None:
    task = LogFlushingTaskV1(qualifier="policy", retention_period=3, retention_period_unit="MONTH")
    begun: Any = client.pro_api.post_v1_log_flushing_task(body=task)
    states: list[str] = []

    def is_over(task: LogFlushingTaskV1) -> bool:
        states.append(str(task.state))
        return task.state != "RUNNING"

    done = client.wait_for(
        client.pro_api.post_v1_log_flushing_task,
        begun.id,
        until=is_over,
        timing=Timing(sleep=lambda _: None),
    )
    assert states == ["RUNNING", "SUCCESS"]
    assert (done.id, done.qualifier, done.retention_period) == (begun.id, "policy", 3)


def test_plans_of_software_updates_are_completed(api: httpx.Client) -> None:
    body = {
        "devices": [{"deviceId": "1", "objectType": "COMPUTER"}],
        "config": {"updateAction": "DOWNLOAD_INSTALL", "versionType": "LATEST_ANY"},
    }
    (made,) = api.post(PLANS, json=body).json()["plans"]
    path = f"{PLANS}/{made['planId']}"
    states = [api.get(path).json()["status"]["state"] for _ in range(4)]
    assert states == ["Init", "DDMPlanScheduled", "PlanCompleted", "PlanCompleted"]
    found = api.get(PLANS, params={"filter": 'device.deviceId==1;versionType=="LATEST_ANY"'})
    plans = {plan["planUuid"]: plan for plan in found.json()["results"]}
    assert plans[made["planId"]]["updateAction"] == "DOWNLOAD_INSTALL"
    assert api.get(f"{PLANS}/unknown").status_code == 404
    completed = api.get(PLANS, params={"filter": "state==PlanCompleted"}).json()
    assert completed["totalCount"] == 4
