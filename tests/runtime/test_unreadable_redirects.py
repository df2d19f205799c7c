"""Replies that lead to an address that nobody can go to."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from jamf_pro_client import HTTPAuthenticatedClient, ResilienceConfig
from jamf_pro_client._httpx import httpx
from jamf_pro_client.api.buildings import get_v1_buildings_id, post_v1_buildings
from jamf_pro_client.errors import (
    AmbiguousWriteError,
    JamfProError,
    TransportError,
    UnexpectedStatus,
)
from jamf_pro_client.models import Building

BUILDING = "/api/v1/buildings/5"
BUILDINGS = "/api/v1/buildings"
# Its successor shows such replies.
_HTTPX_FAILS = httpx.__name__ == "httpx"

Caught = Callable[[HTTPAuthenticatedClient, Any, Any], JamfProError]


def caught_sync(client: HTTPAuthenticatedClient, endpoint: Any, argument: Any) -> JamfProError:
    with client, pytest.raises(JamfProError) as caught:
        endpoint.sync(**argument, client=client)
    return caught.value


def caught_async(client: HTTPAuthenticatedClient, endpoint: Any, argument: Any) -> JamfProError:
    async def main() -> None:
        async with client:
            await endpoint.asyncio(**argument, client=client)

    with pytest.raises(JamfProError) as caught:
        asyncio.run(main())
    return caught.value


doors = pytest.mark.parametrize("caught", [caught_sync, caught_async])
follows = pytest.mark.parametrize("follow", [False, True])
# The first two are refused by httpx, the others where redirects are followed.
NOWHERE = (
    "http://[::1",
    "https://xn--\xe9/",
    "http://elsewhere:99999999/x",
    "http://elsewhere:-1/x",
    f"http://{'a' * 64}.invalid/x",
    "http://a..invalid/x",
)
nowhere = pytest.mark.parametrize("location", NOWHERE)
READ = (get_v1_buildings_id, {"id": "5"})
WRITE = (post_v1_buildings, {"body": Building(name="x")})


def client_of(jamf: Any, follow: bool, resilience: ResilienceConfig | None = None) -> Any:
    return HTTPAuthenticatedClient(
        jamf.url, token="canary-token", follow_redirects=follow, resilience=resilience
    )


@doors
@follows
@nowhere
def test_the_error_tells_of_the_redirect_and_the_call_goes_out_once(
    jamf: Any, caught: Caught, follow: bool, location: str
) -> None:
    jamf.say(BUILDING, 302, b"", ("Location", location))
    error = caught(client_of(jamf, follow, ResilienceConfig(max_retries=3)), *READ)
    if _HTTPX_FAILS and location in NOWHERE[:2]:
        assert isinstance(error, TransportError)
        assert "redirects to an address that cannot be read" in str(error)
        assert error.sent
    else:
        assert isinstance(error, UnexpectedStatus)
        assert error.status_code == 302
        assert error.response is not None
        assert error.response.headers["location"]
    assert len(jamf.calls(BUILDING)) == 1


@doors
@follows
@nowhere
def test_a_write_that_was_answered_so_is_neither_repeated_nor_called_unsent(
    jamf: Any, caught: Caught, follow: bool, location: str
) -> None:
    jamf.say(BUILDINGS, 302, b"", ("Location", location))
    plain = caught(client_of(jamf, follow), *WRITE)
    resilient = caught(client_of(jamf, follow, ResilienceConfig(max_retries=3)), *WRITE)
    if _HTTPX_FAILS and location in NOWHERE[:2]:
        assert isinstance(plain, TransportError)
        assert plain.sent
        assert isinstance(resilient, AmbiguousWriteError)
    else:
        assert isinstance(plain, UnexpectedStatus)
        assert isinstance(resilient, UnexpectedStatus)
    assert len(jamf.calls(BUILDINGS)) == 2


@doors
def test_the_slot_of_such_a_call_is_given_back(jamf: Any, caught: Caught) -> None:
    jamf.say(BUILDING, 302, b"", ("Location", "http://[::1"))
    client = client_of(jamf, follow=False)
    client.set_concurrency(1)
    caught(client, *READ)
    caught(client, *READ)
    assert len(jamf.calls(BUILDING)) == 2


def test_a_successful_write_may_name_such_an_address(jamf: Any) -> None:
    document = b'{"id": "7", "href": "x"}'
    kind = ("Content-Type", "application/json")
    jamf.say(BUILDINGS, 201, document, kind, ("Location", "http://[::1"))
    with client_of(jamf, follow=False) as client:
        assert post_v1_buildings.sync(body=Building(name="x"), client=client).id == "7"
