"""Settings of the clients, and what they log."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.clock import Clock
from tests.facade.conftest import async_client_of, client_of, config_of

from jamf_pro_client import StaticTokenProvider
from jamf_pro_client._httpx import httpx
from jamf_pro_client.errors import ConfigurationError, ServerError
from jamf_pro_client.facade import AsyncJamfProClient, JamfProClient
from jamf_pro_client.helpers import logger_quick_setup
from jamf_pro_client.resilience import ResilienceConfig
from jamf_pro_client.session import SessionConfig


class Busy:
    """Answers 503 a number of times."""

    def __init__(self, times: int) -> None:
        self.times = times
        self.requests = 0

    def __call__(self, _: Any) -> Any:
        self.requests += 1
        if self.requests <= self.times:
            return httpx.Response(503)
        return httpx.Response(200, json={"totalCount": 0, "results": []})


def test_what_can_pass_is_tried_again_without_being_asked(clock: Clock) -> None:
    server = Busy(3)
    assert client_of(server, clock).pro_api.get_v1_buildings().total_count == 0
    assert server.requests == 4


def test_the_number_of_retries_can_be_said_alone(clock: Clock) -> None:
    server = Busy(3)
    with pytest.raises(ServerError):
        client_of(server, clock, max_retries=1).pro_api.get_v1_buildings()
    assert server.requests == 2


@pytest.mark.parametrize("settings", [{"max_retries": 0}, {"resilience": None}])
def test_retries_can_be_switched_off(settings: Any) -> None:
    server = Busy(1)
    with pytest.raises(ServerError):
        client_of(server, **settings).pro_api.get_v1_buildings()
    assert server.requests == 1


def test_retries_without_resilience_are_a_contradiction() -> None:
    with pytest.raises(ConfigurationError):
        SessionConfig(resilience=None, max_retries=2)


def test_settings_are_values_without_secrets() -> None:
    assert SessionConfig(max_retries=2) == SessionConfig(max_retries=2)
    shown = repr(SessionConfig(headers={"X-Key": "canary"}, cookies={"a": "canary"}))
    assert "canary" not in shown
    assert SessionConfig().resilience == ResilienceConfig()


def test_both_clients_take_the_same_settings() -> None:
    config = SessionConfig(
        timeout=7, max_concurrency=3, verify=ssl.create_default_context(), headers={"X-A": "1"}
    )
    provider = StaticTokenProvider("invented")
    sync = JamfProClient("jamf.my.org", provider, config)
    both = AsyncJamfProClient("jamf.my.org", provider, session_config=config)
    for client in (sync, both):
        assert client.session_config is config
        assert client.base_url == "https://jamf.my.org"
        assert client.http_client.max_concurrency == 3
        assert "invented" not in repr(client)
    with sync.http_client as http:
        assert http.get_or_create_httpx_client().timeout == httpx.Timeout(7)


@pytest.mark.parametrize("settings", [{"max_concurrency": 0}, {"httpx_args": {"verify": False}}])
def test_settings_that_cannot_be_used_are_told(settings: Any) -> None:
    with pytest.raises(ConfigurationError):
        JamfProClient("jamf.my.org", StaticTokenProvider("x"), SessionConfig(**settings))


def test_a_closed_client_can_be_used_again() -> None:
    client = client_of(Busy(0))
    with client:
        client.pro_api.get_v1_buildings()
    assert client.pro_api.get_v1_buildings().total_count == 0
    client.close()


@pytest.fixture
def quiet() -> Iterator[logging.Logger]:
    logger = logging.getLogger("jamf_pro_client")
    yield logger
    logger.handlers.clear()
    logger.setLevel(logging.NOTSET)


def test_one_call_shows_what_is_logged(
    quiet: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    assert logger_quick_setup(level=logging.DEBUG) is quiet
    logger_quick_setup(level=logging.DEBUG)
    assert len(quiet.handlers) == 1
    client_of(Busy(0)).pro_api.get_v1_buildings()

    async def run() -> None:
        await async_client_of(Busy(0)).pro_api.get_v1_categories()

    asyncio.run(run())
    shown = capsys.readouterr().err
    assert "GET /v1/buildings 200" in shown
    assert "GET /v1/categories 200" in shown
    assert "invented" not in shown
    logger_quick_setup(level=logging.WARNING)
    client_of(Busy(0)).pro_api.get_v1_buildings()
    assert capsys.readouterr().err == ""


def test_errors_have_the_module_that_other_clients_have() -> None:
    from jamf_pro_client import errors, exceptions

    for name in errors.__all__:
        if name != "error_for":
            assert getattr(exceptions, name) is getattr(errors, name)
    assert set(exceptions.__all__) - set(errors.__all__) == {"DeadlineExceededError"}


def test_settings_may_bring_a_transport() -> None:
    assert config_of(Busy(0)).httpx_args.keys() == {"transport"}


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"timeout": "30"}, "timeout must be a number of seconds above 0"),
        ({"timeout": 0}, "timeout must be .* a tuple of four"),
        ({"timeout": -1}, "timeout must be"),
        ({"timeout": (1, 2, 3, float("nan"))}, "timeout must be"),
        ({"verify": None}, "verify_ssl must be"),
        ({"verify": Path("ca.pem")}, r"a path as text or an SSLContext, not \w+Path"),
        ({"resilience": ResilienceConfig}, "resilience must be a ResilienceConfig"),
        ({"drift": True}, "drift must be a DriftLedger"),
        ({"headers": ["X-Team"]}, "headers must be a mapping"),
        ({"cookies": "a=1"}, "cookies must be a mapping"),
        ({"httpx_args": "proxy"}, "httpx_args must be a mapping"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        JamfProClient("jamf.test", StaticTokenProvider("t"), SessionConfig(**settings))


def test_settings_in_a_dict_are_no_settings() -> None:
    settings: Any = {"timeout": 30}
    with pytest.raises(ConfigurationError, match="must be a SessionConfig, not dict"):
        JamfProClient("jamf.test", StaticTokenProvider("t"), settings)


@pytest.mark.parametrize("timeout", ["30", 0, -1, float("nan"), True, (1, 2)])
def test_a_timeout_of_one_call_is_checked_too(timeout: Any) -> None:
    client = client_of(Busy(0))
    for call in (
        lambda: client.pro_api.get_v1_buildings(timeout=timeout),
        lambda: client.pro_api_request("get", "v1/buildings", timeout=timeout),
        lambda: client.all_items(client.pro_api.get_v1_buildings, timeout=timeout),
    ):
        with pytest.raises(ConfigurationError, match="timeout must be"):
            call()
