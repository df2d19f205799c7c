"""docs/resilience.md tells the truth: its code runs, what it names exists, its table holds."""

from __future__ import annotations

import re

import attrs
import pytest
from tests.docs.examples_run import code_of, page, printed_by

from jamf_pro_client import HTTPAuthenticatedClient, ResilienceConfig, resilience
from jamf_pro_client._httpx import httpx
from jamf_pro_client.errors import AmbiguousWriteError, JamfProError
from jamf_pro_client.resilience import Timing
from jamf_pro_sandbox import Sandbox

PAGE = page("resilience")
BLOCKS = code_of(PAGE)
FAST = ResilienceConfig(timing=Timing(sleep=lambda _: None))


@pytest.mark.parametrize("code", BLOCKS)
def test_an_example_runs(code: str, jamf_sandbox: Sandbox) -> None:
    assert printed_by(code, jamf_sandbox).strip()


def test_its_settings_and_events_exist() -> None:
    settings = {field.name for field in attrs.fields(ResilienceConfig)}
    named = set(re.findall(r"`([a-z_]+)(?:=[^`]*)?`", PAGE))
    others = {"retry_after", "max_concurrency", "idempotent", "with_resilience", "jamf_pro_client"}
    assert named - others <= settings
    for name in re.findall(r"`([A-Z]\w+Event)`", PAGE):
        assert hasattr(resilience, name)


def sends(method: str, failure: int | type[httpx.TransportError], *headers: tuple[str, str]) -> int:
    """Return how often a request is sent to a server that always fails in one way."""
    sent = 0

    def fail(request: httpx.Request) -> httpx.Response:
        nonlocal sent
        sent += 1
        if isinstance(failure, int):
            return httpx.Response(failure, headers=list(headers))
        raise failure("it failed", request=request)

    client = HTTPAuthenticatedClient(
        "https://jamf.example.org",
        token="t",
        resilience=FAST,
        httpx_args={"transport": httpx.MockTransport(fail)},
    )
    with client:
        try:
            client.request(method, "/api/v1/buildings")
        except AmbiguousWriteError:
            return -sent
        except JamfProError:
            pass
    return sent


LATER = ("Retry-After", "1")
ALL = 4
IN_DOUBT = -1


@pytest.mark.parametrize(
    ("failure", "headers", "reads", "repeatable", "others"),
    [
        (httpx.ConnectError, (), ALL, ALL, ALL),
        (httpx.PoolTimeout, (), ALL, ALL, ALL),
        (429, (), ALL, ALL, ALL),
        (503, (LATER,), ALL, ALL, ALL),
        (httpx.ReadError, (), ALL, -ALL, IN_DOUBT),
        (httpx.ReadTimeout, (), ALL, -ALL, IN_DOUBT),
        (httpx.RemoteProtocolError, (), ALL, -ALL, IN_DOUBT),
        (408, (), ALL, ALL, 1),
        (425, (), ALL, ALL, 1),
        (502, (), ALL, ALL, 1),
        (503, (), ALL, ALL, 1),
        (504, (), ALL, ALL, 1),
        (500, (), 2, 1, 1),
        (404, (), 1, 1, 1),
        (409, (), 1, 1, 1),
    ],
)
def test_its_table_says_how_often_a_request_is_sent(
    failure: int | type[httpx.TransportError],
    headers: tuple[tuple[str, str], ...],
    reads: int,
    repeatable: int,
    others: int,
) -> None:
    for method in ("GET", "HEAD"):
        assert sends(method, failure, *headers) == reads
    for method in ("PUT", "DELETE"):
        assert sends(method, failure, *headers) == repeatable
    for method in ("POST", "PATCH"):
        assert sends(method, failure, *headers) == others
