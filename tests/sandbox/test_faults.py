"""Faults are scripted from the program and over HTTP, and meet real connections."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from jamf_pro_client import ApiClientCredentialsProvider, ResilienceConfig, Timing
from jamf_pro_client.errors import AmbiguousWriteError
from jamf_pro_client.facade import JamfProClient
from jamf_pro_client.session import SessionConfig
from jamf_pro_sandbox import FaultKind, Sandbox

BUILDINGS = "/api/v1/buildings"


@pytest.mark.parametrize(("kind", "handled"), [("reset-before", 0), ("reset-after", 1)])
def test_a_connection_is_reset_before_or_after_the_work_is_done(
    kind: FaultKind, handled: int, api: httpx.Client, jamf_sandbox: Sandbox
) -> None:
    jamf_sandbox.fail_next(BUILDINGS, kind, method="POST")
    assert api.get("/v1/buildings").status_code == 200
    with pytest.raises(httpx.ReadError):
        api.post("/v1/buildings", json={"name": "Quay"})
    assert [one.method for one in jamf_sandbox.requests].count("POST") == handled
    assert api.get("/v1/buildings").json()["totalCount"] == 3 + handled


def test_a_body_is_cut(api: httpx.Client, jamf_sandbox: Sandbox) -> None:
    jamf_sandbox.fail_next(BUILDINGS, "cut-body")
    with pytest.raises(httpx.RemoteProtocolError, match="complete message body"):
        api.get("/v1/buildings")
    assert api.get("/v1/buildings").json()["totalCount"] == 3


def test_a_length_is_wrong(api: httpx.Client, jamf_sandbox: Sandbox) -> None:
    whole = api.get("/v1/buildings").content
    jamf_sandbox.fail_next(BUILDINGS, "wrong-length")
    # What is left over must not be met by the next request.
    cut = api.get("/v1/buildings", headers={"Connection": "close"})
    assert cut.content == whole[: len(whole) // 2]
    assert api.get("/v1/buildings").content == whole


def test_a_path_is_unavailable_for_some_requests(api: httpx.Client, jamf_sandbox: Sandbox) -> None:
    jamf_sandbox.fail_next("/api/v1/build*", "unavailable", times=2, seconds=30)
    replies = [api.get("/v1/buildings/1") for _ in range(3)]
    assert [one.status_code for one in replies] == [503, 503, 200]
    assert [one.headers.get("Retry-After") for one in replies] == ["30", "30", None]
    assert replies[0].json() == {"httpStatus": 503, "errors": []}


def test_tokens_end_when_they_are_used(api: httpx.Client, jamf_sandbox: Sandbox) -> None:
    jamf_sandbox.fail_next(BUILDINGS, "expired-token")
    assert api.get("/v1/departments").status_code == 200
    assert api.get("/v1/buildings").status_code == 401


def test_an_answer_is_late(api: httpx.Client, jamf_sandbox: Sandbox) -> None:
    jamf_sandbox.fail_next(BUILDINGS, "delay", seconds=60)
    with pytest.raises(httpx.ReadTimeout):
        api.get("/v1/buildings", timeout=0.05)
    jamf_sandbox.fail_next(BUILDINGS, "delay", seconds=0)
    assert api.get("/v1/buildings").status_code == 200


def test_faults_are_scripted_over_http_by_the_user_alone(
    api: httpx.Client, jamf_sandbox: Sandbox
) -> None:
    door = f"{jamf_sandbox.url}/sandbox/faults"
    auth = (jamf_sandbox.username, jamf_sandbox.password)
    fault = {"path": BUILDINGS, "kind": "unavailable", "times": 2, "method": "GET", "seconds": 5}
    assert api.post(door, json=fault).status_code == 401
    assert httpx.get(door, auth=("sandbox-admin", "wrong")).status_code == 401
    assert httpx.post(door, auth=auth, json=fault).status_code == 201
    assert httpx.get(door, auth=auth).json() == [fault]

    assert api.get("/v1/buildings").status_code == 503
    assert httpx.delete(door, auth=auth).status_code == 204
    assert api.get("/v1/buildings").status_code == 200
    wrong = httpx.post(door, auth=auth, json={"path": BUILDINGS, "kind": "fire"})
    assert (wrong.status_code, "kind" in wrong.text) == (400, True)
    assert httpx.put(door, auth=auth).status_code == 405


@pytest.mark.parametrize(
    ("fault", "text"),
    [
        ({"kind": "fire"}, "No fault is of the kind 'fire'; there are delay, reset-before,"),
        ({"kind": "delay", "times": 0}, "times must be at least 1, not 0."),
        ({"kind": "delay", "seconds": -1}, "seconds must be at least 0, not -1"),
    ],
)
def test_a_fault_that_cannot_be_is_refused_in_one_sentence(
    fault: dict[str, Any], text: str, jamf_sandbox: Sandbox
) -> None:
    auth = (jamf_sandbox.username, jamf_sandbox.password)
    with pytest.raises(ValueError, match=re.escape(text)) as refusal:
        jamf_sandbox.fail_next(BUILDINGS, **fault)
    door = f"{jamf_sandbox.url}/sandbox/faults"
    refused = httpx.post(door, auth=auth, json={"path": "/", **fault})
    assert refused.status_code == 400
    assert text in refused.text
    assert "Attribute(" not in refused.text + str(refusal.value)


def test_a_fault_over_http_has_known_properties_of_the_right_type(jamf_sandbox: Sandbox) -> None:
    def refused(fault: Any) -> str:
        auth = (jamf_sandbox.username, jamf_sandbox.password)
        reply = httpx.post(f"{jamf_sandbox.url}/sandbox/faults", auth=auth, json=fault)
        assert reply.status_code == 400
        return reply.text

    assert "A fault has no tims." in refused({"path": "/", "kind": "delay", "tims": 2})
    assert "missing required field `path`" in refused({"kind": "delay"})
    assert "Expected `int`, got `str`" in refused({"path": "/", "kind": "delay", "times": "2"})
    assert "Expected `object`" in refused([])


def test_the_client_gets_over_what_can_be_repeated(jamf_sandbox: Sandbox) -> None:
    provider = ApiClientCredentialsProvider(jamf_sandbox.client_id, jamf_sandbox.client_secret)
    resilience = ResilienceConfig(timing=Timing(sleep=lambda _seconds: None))
    with JamfProClient(jamf_sandbox.url, provider, SessionConfig(resilience=resilience)) as client:
        kinds: list[FaultKind] = ["reset-before", "reset-after", "cut-body", "unavailable"]
        for kind in kinds:
            jamf_sandbox.fail_next(BUILDINGS, kind)
            assert client.pro_api.get_v1_buildings().total_count == 3
        jamf_sandbox.fail_next(BUILDINGS, "expired-token")
        assert client.pro_api.get_v1_buildings().total_count == 3
        jamf_sandbox.fail_next(BUILDINGS, "reset-after", method="POST")
        with pytest.raises(AmbiguousWriteError):
            client.pro_api.post_v1_buildings(body={"name": "Quay"})
        assert client.pro_api.get_v1_buildings().total_count == 4


def test_clients_that_do_not_wait_leave_no_traceback(
    api: httpx.Client, jamf_sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    jamf_sandbox.fail_next(BUILDINGS, "delay", seconds=0.2)
    with pytest.raises(httpx.ReadTimeout):
        api.get("/v1/buildings", timeout=0.05)
    # Whoever waits longer is answered later: the one that went away is over by then.
    jamf_sandbox.fail_next("/api/v1/categories", "delay", seconds=0.4)
    assert api.get("/v1/categories").status_code == 200
    assert not [one for one in caplog.records if one.exc_info]
