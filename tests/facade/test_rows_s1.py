"""What users of jamf-pro-sdk-python are used to, row by row (S1); Classic models are elsewhere."""

from __future__ import annotations

import asyncio
import datetime
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from tests.facade.conftest import async_client_of, client_of

from jamf_pro_client import AccessToken, CredentialsProvider
from jamf_pro_client._httpx import httpx
from jamf_pro_client.errors import NotFoundError
from jamf_pro_client.facade import AsyncJamfProClient, JamfProClient
from jamf_pro_client.models import Building, ComputerInventoryV4
from jamf_pro_client.session import SessionConfig
from jamf_pro_sandbox import Sandbox

DOCS = (Path(__file__).parents[2] / "docs/facade.md").read_text("utf-8")
SOON = datetime.datetime(2999, 1, 1, tzinfo=datetime.UTC)


class CountingProvider(CredentialsProvider):
    """Asks the sandbox for tokens by itself, slowly, and counts how often."""

    def __init__(self, token: str) -> None:
        self.token = token
        self.asked = 0
        super().__init__()

    def _request_access_token(self) -> AccessToken:
        self.asked += 1
        time.sleep(0.05)
        return AccessToken(type="user", token=self.token, expires=SOON)


class BothProvider(CountingProvider):
    """Has a way of its own for event loops."""

    awaited = 0

    async def _request_access_token_async(self) -> AccessToken:
        self.awaited += 1
        return AccessToken(type="oauth", token=self.token, expires=SOON)


def numbers(request: Any) -> Any:
    """Answer a path below /api with its last part."""
    return httpx.Response(200, json={"id": request.url.path.rpartition("/")[2], "name": "A"})


def test_a_provider_of_your_own_overrides_one_method() -> None:
    """S1.1, S1.2, S1.3."""
    provider = CountingProvider("invented")
    seen = []

    def answer(request: Any) -> Any:
        seen.append(request.headers["authorization"])
        return httpx.Response(200, json={"version": "11.30.1"})

    config = SessionConfig(httpx_args={"transport": httpx.MockTransport(answer)})
    with JamfProClient("jamf.my.org", provider, config) as client:
        assert client.pro_api.get_v1_jamf_pro_version().version == "11.30.1"
    assert seen == ["Bearer invented"]
    assert provider.asked == 1

    async def run() -> str:
        async with AsyncJamfProClient("jamf.my.org", CountingProvider("other"), config) as client:
            return str((await client.pro_api.get_v1_jamf_pro_version()).version)

    assert asyncio.run(run()) == "11.30.1"
    assert seen == ["Bearer invented", "Bearer other"]


@pytest.mark.parametrize("kind", ["user", "oauth"])
def test_a_token_has_a_type_a_text_and_an_end(kind: str) -> None:
    """S1.3."""
    token = AccessToken(type=kind, token="invented", expires=SOON)
    assert (token.type, token.token, token.expires) == (kind, "invented", SOON)
    assert token.scope is None


def test_a_provider_gives_its_token_when_it_is_asked() -> None:
    """S1.4."""
    token = CountingProvider("invented").get_access_token()
    assert (token.type, token.token) == ("user", "invented")


def test_a_provider_may_read_a_remote_store_for_every_request() -> None:
    """S1.5."""
    store = {"token": "first"}
    seen = []

    class Store(CredentialsProvider):
        def _request_access_token(self) -> AccessToken:
            # It ends at once, so that it is not kept.
            return AccessToken("user", store["token"], datetime.datetime.now(datetime.UTC))

    def answer(request: Any) -> Any:
        seen.append(request.headers["authorization"])
        return httpx.Response(200, json={})

    config = SessionConfig(httpx_args={"transport": httpx.MockTransport(answer)})
    client = JamfProClient("jamf.my.org", Store(), config)
    client.pro_api_request("get", "v1/x")
    store["token"] = "second"
    client.pro_api_request("get", "v1/x")
    assert seen == ["Bearer first", "Bearer second"]


def test_built_in_providers_keep_what_they_were_made_with(
    client: JamfProClient, jamf_sandbox: Sandbox
) -> None:
    """S1.5."""
    client.pro_api.get_v1_buildings()
    jamf_sandbox.expire_tokens()
    assert client.pro_api.get_v1_buildings().total_count == 3
    assert jamf_sandbox.token_requests == 2


def test_any_classic_path_can_be_asked_for_and_the_reply_comes_unchanged() -> None:
    """S1.6."""
    body = b'<?xml version="1.0"?><computer><general><id>1</id></general></computer>'

    def answer(request: Any) -> Any:
        assert request.url.path == "/JSSResource/computers/id/1"
        assert request.headers["authorization"] == "Bearer invented"
        return httpx.Response(200, content=body, headers={"Content-Type": "text/xml"})

    response = client_of(answer).classic_api_request(method="get", resource_path="computers/id/1")
    assert isinstance(response, httpx.Response)
    assert response.content == body


def test_any_pro_path_can_be_asked_for(client: JamfProClient, jamf_sandbox: Sandbox) -> None:
    """S1.7."""
    made = client.pro_api_request(
        method="post",
        resource_path="v1/buildings",
        data=Building(name="Oscar's"),
        override_headers={"X-Change": "CHG-42"},
    )
    listed = client.pro_api_request(
        "get", "v1/buildings", query_params={"filter": 'name=="Oscar\'s"'}
    )
    upload = client.pro_api_request(
        "post", "v1/icon", files={"file": ("a.png", b"\x89PNG", "image/png")}
    )
    assert (made.status_code, listed.json()["totalCount"]) == (201, 1)
    assert upload.is_success
    assert jamf_sandbox.token_requests == 1
    asked = [one for one in jamf_sandbox.requests if one.operation_id == "post_v1_buildings"]
    assert asked[0].headers["x-change"] == "CHG-42"


def test_threads_share_one_token() -> None:
    """S1.10."""
    provider = CountingProvider("invented")
    config = SessionConfig(httpx_args={"transport": httpx.MockTransport(numbers)})
    client = JamfProClient("jamf.my.org", provider, config)
    results = list(client.concurrent_api_requests(client.pro_api.get_v1_buildings_id, "12345" * 8))
    assert [one.id for one in results] == list("12345" * 8)
    assert provider.asked == 1


def test_any_function_is_called_for_any_iterable(client: JamfProClient) -> None:
    """S1.11."""
    endless = iter(range(10**9))
    results = client.concurrent_api_requests(lambda number: number * 2, endless)
    assert [next(results) for _ in range(3)] == [0, 2, 4]
    results.close()  # type: ignore[attr-defined]
    assert next(endless) < 20


def test_dicts_are_keywords_and_all_else_is_one_argument(client: JamfProClient) -> None:
    """S1.12."""

    def handler(*given: Any, **named: Any) -> Any:
        return given, named

    arguments = [{"a": 1, "b": 2}, [3, 4], (5,), "six"]
    assert list(client.concurrent_api_requests(handler, arguments)) == [
        ((), {"a": 1, "b": 2}),
        (([3, 4],), {}),
        (((5,),), {}),
        (("six",), {}),
    ]


def test_raw_replies_become_models(client: JamfProClient) -> None:
    """S1.13."""
    computers = client.concurrent_api_requests(
        handler=client.pro_api_request,
        arguments=[
            {"method": "get", "resource_path": f"v4/computers-inventory-detail/{number}"}
            for number in (2, 1)
        ],
        return_model=ComputerInventoryV4,
    )
    found = list(computers)
    assert all(isinstance(one, ComputerInventoryV4) for one in found)
    assert [one.id for one in found] == ["2", "1"]


def test_a_refusal_does_not_become_a_model(client: JamfProClient) -> None:
    """S1.13."""
    with pytest.raises(NotFoundError):
        list(
            client.concurrent_api_requests(
                client.pro_api_request,
                [{"method": "get", "resource_path": "v4/computers-inventory-detail/999"}],
                return_model=ComputerInventoryV4,
            )
        )


def test_a_wrapper_reads_and_then_updates(client: JamfProClient) -> None:
    """S1.14."""

    def wrapper(building_id: str, new_city: str) -> str:
        current = client.pro_api.get_v1_buildings_id(building_id)
        if current.city == new_city:
            return "Not updated"
        current.city = new_city
        client.pro_api.put_v1_buildings_id(building_id, body=current)
        return "Updated"

    arguments = [{"building_id": one, "new_city": "Riverford"} for one in "123"]
    assert list(client.concurrent_api_requests(wrapper, arguments)) == [
        "Updated",
        "Updated",
        "Not updated",
    ]
    assert client.pro_api.get_v1_buildings_id("1").city == "Riverford"


def test_sync_runs_use_threads(client: JamfProClient) -> None:
    """S1.15."""
    together = threading.Barrier(5, timeout=30)

    def meet(_: int) -> int:
        together.wait()
        return threading.get_ident()

    threads = set(client.concurrent_api_requests(meet, range(5)))
    assert len(threads) == 5
    assert threading.get_ident() not in threads


class Crowd:
    """Counts how many are inside at a time."""

    def __init__(self) -> None:
        self.now = 0
        self.most = 0
        self.lock = threading.Lock()

    def __enter__(self) -> None:
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)

    def __exit__(self, *_: object) -> None:
        with self.lock:
            self.now -= 1


@pytest.mark.parametrize(("settings", "most"), [({}, 5), ({"max_concurrency": 2}, 2)])
def test_five_calls_run_at_a_time_unless_told_otherwise(settings: Any, most: int) -> None:
    """S1.16."""
    crowd, together = Crowd(), threading.Barrier(most, timeout=30)

    def meet(_: int) -> None:
        with crowd:
            together.wait()

    list(client_of(numbers, **settings).concurrent_api_requests(meet, range(30)))
    assert crowd.most == most

    async def run() -> int:
        crowd = Crowd()

        async def slow(_: int) -> None:
            with crowd:
                await asyncio.sleep(0.01)

        client = async_client_of(numbers, **settings)
        async for _ in client.async_concurrent_api_requests(slow, range(30)):
            pass
        return crowd.most

    assert asyncio.run(run()) == most


def test_async_results_are_iterated_over(aclient: AsyncJamfProClient) -> None:
    """S1.17."""

    async def run() -> list[Any]:
        async with aclient:
            return [
                building.name
                async for building in aclient.async_concurrent_api_requests(
                    handler=aclient.pro_api.get_v1_buildings_id, arguments=["3", "1"]
                )
            ]

    assert asyncio.run(run()) == ["Mill", "Harbour House"]


def test_async_raw_requests_are_handlers_too() -> None:
    """S1.18."""

    async def run() -> list[int]:
        async with async_client_of(numbers) as client:
            results = client.async_concurrent_api_requests(
                handler=client.async_classic_api_request,
                arguments=[
                    {"method": "get", "resource_path": f"computers/id/{number}"}
                    for number in range(7)
                ],
            )
            return [response.status_code async for response in results]

    assert asyncio.run(run()) == [200] * 7


def test_closures_over_the_client_are_handlers(aclient: AsyncJamfProClient) -> None:
    """S1.19, S1.20."""

    async def run() -> list[str]:
        async with aclient as client:

            async def wrapper(building_id: str) -> str:
                building = await client.pro_api.get_v1_buildings_id(building_id)
                return f"{building.name} is in {building.city}"

            results = client.async_concurrent_api_requests(wrapper, ["3"])
            return [line async for line in results]

    assert asyncio.run(run()) == ["Mill is in Riverford"]


def test_clients_take_server_and_credentials_as_keywords(
    jamf_sandbox: Sandbox, credentials: Any
) -> None:
    """S1.20."""

    async def run() -> Any:
        async with AsyncJamfProClient(server=jamf_sandbox.url, credentials=credentials) as client:
            return (await client.pro_api.get_v1_buildings()).total_count

    assert asyncio.run(run()) == 3


def test_only_what_is_set_is_sent(client: JamfProClient) -> None:
    """S1.21, for the Jamf Pro API."""
    from jamf_pro_client.models import ComputerInventoryUpdateRequest, ComputerUserAndLocation

    update = ComputerInventoryUpdateRequest()
    update.user_and_location = ComputerUserAndLocation()
    update.user_and_location.room = "7"
    client.pro_api.patch_v4_computers_inventory_detail_id("1", body=update)
    computer = client.pro_api.get_v4_computers_inventory_detail_id("1")
    assert computer.user_and_location
    assert computer.user_and_location.room == "7"
    assert computer.user_and_location.username
    assert update.to_request() == {"userAndLocation": {"room": "7"}}


def test_one_provider_serves_sync_and_async_clients() -> None:
    """S1.22."""
    provider = BothProvider("invented")
    config = SessionConfig(httpx_args={"transport": httpx.MockTransport(numbers)})

    async def run() -> None:
        async with AsyncJamfProClient("jamf.my.org", provider, config) as client:
            assert (await client.get_access_token_async()).type == "oauth"
            await client.pro_api.get_v1_buildings_id("1")

    asyncio.run(run())
    assert (provider.asked, provider.awaited) == (0, 1)
    alone = BothProvider("invented")
    with JamfProClient("jamf.my.org", alone, config) as client:
        assert client.get_access_token().type == "user"
    assert (alone.asked, alone.awaited) == (1, 0)


def test_the_documentation_says_when_to_use_which_client() -> None:
    """S1.23."""
    section = DOCS.partition("## Sync or async")[2].partition("\n## ")[0]
    sync, _, both = section.partition("Use `AsyncJamfProClient`")
    assert "Start with `JamfProClient`: scripts" in sync
    assert "threads" in sync
    assert "an event loop is already running" in both
    assert "web service" in both
