"""A node does not see at once what another one has written."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from jamf_pro_client import ApiClientCredentialsProvider, ResilienceConfig
from jamf_pro_client.errors import NotFoundError
from jamf_pro_client.facade import JamfProClient
from jamf_pro_client.session import SessionConfig
from jamf_pro_sandbox import Sandbox

COOKIE = "jpro-ingress"


@pytest.fixture
def cluster() -> Iterator[Sandbox]:
    """Two nodes that do not see each other's writes until they are told to."""
    with Sandbox(nodes=2, lag_seconds=3600) as sandbox:
        yield sandbox


@pytest.fixture
def raw(cluster: Sandbox) -> Iterator[httpx.Client]:
    auth = (cluster.username, cluster.password)
    token = httpx.post(f"{cluster.url}/api/v1/auth/token", auth=auth).json()["token"]
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=f"{cluster.url}/api", headers=headers) as client:
        yield client


def test_the_cookie_leads_back_and_without_it_nodes_take_turns(
    cluster: Sandbox, raw: httpx.Client
) -> None:
    made = raw.post("/v1/buildings", json={"name": "Quay"})
    path = f"/v1/buildings/{made.json()['id']}"
    writer = raw.cookies[COOKIE]
    assert [raw.get(path).status_code for _ in range(3)] == [200] * 3

    raw.cookies.clear()
    without = []
    for _ in range(4):
        reply = raw.get(path)
        without.append((reply.cookies[COOKIE] == writer, reply.status_code))
        raw.cookies.clear()
    assert without == [(False, 404), (True, 200)] * 2

    cluster.catch_up()
    raw.cookies.clear()
    assert [raw.get(path).status_code for _ in range(2)] == [200, 200]


def test_whoever_writes_has_seen_everything(raw: httpx.Client) -> None:
    ids, nodes = [], []
    for name in ("Quay", "Mole", "Pier"):
        reply = raw.post("/v1/buildings", json={"name": name})
        ids.append(reply.json()["id"])
        nodes.append(reply.cookies[COOKIE])
        raw.cookies.clear()
    assert ids == ["4", "5", "6"]
    assert nodes[0] == nodes[2] != nodes[1]
    assert raw.post("/v1/buildings", json={"name": "quay"}).status_code == 400


@pytest.mark.parametrize("sticky", ["auto", True])
def test_a_client_that_sticks_reads_its_own_write(cluster: Sandbox, sticky: bool | str) -> None:
    provider = ApiClientCredentialsProvider(cluster.client_id, cluster.client_secret)
    resilience = ResilienceConfig(sticky_sessions=sticky)  # type: ignore[arg-type]
    config = SessionConfig(resilience=resilience)
    with JamfProClient(cluster.url, provider, config) as client:
        for number in range(5):
            made = client.pro_api.post_v1_buildings(body={"name": f"Quay {number}"})
            assert client.pro_api.get_v1_buildings_id(str(made.id)).name == f"Quay {number}"


def test_a_client_that_does_not_stick_misses_its_own_write(cluster: Sandbox) -> None:
    provider = ApiClientCredentialsProvider(cluster.client_id, cluster.client_secret)
    config = SessionConfig(resilience=ResilienceConfig(sticky_sessions=False))
    with JamfProClient(cluster.url, provider, config) as client:
        made = client.pro_api.post_v1_buildings(body={"name": "Quay"})
        with pytest.raises(NotFoundError):
            client.pro_api.get_v1_buildings_id(str(made.id))
        assert client.pro_api.get_v1_buildings_id(str(made.id)).name == "Quay"


def test_there_is_a_node_at_least() -> None:
    with pytest.raises(ValueError, match="node"):
        Sandbox(nodes=0)
