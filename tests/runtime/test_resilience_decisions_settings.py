"""What can be set, and what is said about settings that cannot be used."""

from __future__ import annotations

import asyncio
import re
import time
from typing import Any

import attrs
import pytest
import trio

from jamf_pro_client._httpx import httpx
from jamf_pro_client.errors import ConfigurationError
from jamf_pro_client.resilience import Breaker, ResilienceConfig, Timing


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("max_retries", -1),
        ("max_retries", 1.5),
        ("max_retries", True),
        ("max_retries", None),
        ("backoff_base", -0.1),
        ("backoff_base", "1"),
        ("backoff_max", float("inf")),
        ("backoff_max", float("nan")),
        ("retry_after_max", -1),
        ("retry_after_max", None),
        ("deadline", 0),
        ("deadline", -5),
        ("deadline", "120"),
        ("retryable_exceptions", (httpx.ReadTimeout, "ReadTimeout")),
        ("retryable_exceptions", (httpx.ReadTimeout("instance"),)),
        ("retryable_exceptions", (KeyboardInterrupt,)),
        ("retryable_exceptions", httpx.ReadTimeout),
        ("retry_statuses", {99}),
        ("retry_statuses", {600}),
        ("retry_statuses", {"503"}),
        ("retry_statuses", {True}),
        ("retry_statuses", [[503]]),
        ("retry_statuses", 503),
        ("retry_statuses", "503"),
        ("retry_budget", -1),
        ("retry_budget", 1.5),
        ("rate_limit", (0, 1)),
        ("rate_limit", (5, 0)),
        ("rate_limit", (5, -1.0)),
        ("rate_limit", (1.5, 1)),
        ("rate_limit", (5,)),
        ("rate_limit", (5, 1, 1)),
        ("rate_limit", 5),
        ("rate_limit", "51"),
        ("pacing", "no"),
        ("pacing", None),
        ("breaker", True),
        ("max_response_bytes", 0),
        ("max_response_bytes", "64M"),
        ("sticky_sessions", "always"),
        ("sticky_sessions", None),
        ("sticky_sessions", 1),
        ("enable_logging", 1),
        ("log_level", "DEBUG"),
        ("on_event", print),
        ("on_event", ("print",)),
        ("timing", None),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(name: str, value: Any) -> None:
    with pytest.raises(ConfigurationError, match=rf"^{name} must "):
        ResilienceConfig(**{name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("window", 0),
        ("min_calls", 0),
        ("ratio", 0),
        ("ratio", 1.1),
        ("ratio", "half"),
        ("open_seconds", 0),
        ("probes", 0),
        ("probes", 1.0),
    ],
)
def test_a_setting_of_the_breaker_that_cannot_be_used_is_named(name: str, value: Any) -> None:
    with pytest.raises(ConfigurationError, match=rf"^{name} must "):
        Breaker(**{name: value})


def test_a_breaker_that_could_never_open_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="never open"):
        Breaker(window=5, min_calls=6)


def test_defaults() -> None:
    config = ResilienceConfig()
    assert (config.max_retries, config.backoff_base, config.backoff_max) == (3, 0.5, 30)
    assert (config.retry_after_max, config.deadline, config.retry_budget) == (60, 120, 100)
    assert config.retry_statuses == {408, 425, 429, 500, 502, 503, 504}
    assert (config.rate_limit, config.pacing, config.breaker) == (None, False, None)
    assert (config.sticky_sessions, config.max_response_bytes) == ("auto", 64 * 1024 * 1024)
    assert attrs.astuple(Breaker()) == (20, 10, 0.5, 15.0, 1)


def test_none_switches_off_what_can_be_without_limit() -> None:
    config = ResilienceConfig(
        deadline=None, retry_budget=None, rate_limit=None, breaker=None, max_response_bytes=None
    )
    assert config.deadline is None


def test_lists_are_taken_where_tuples_and_sets_are_kept() -> None:
    config = ResilienceConfig(
        retry_statuses=[503, 503],
        retryable_exceptions=[httpx.ReadTimeout],
        rate_limit=[5, 1.5],  # type: ignore[arg-type]  # as people write it
        on_event=[print],
    )
    assert config.retry_statuses == frozenset({503})
    assert config.retryable_exceptions == (httpx.ReadTimeout,)
    assert (config.rate_limit, config.on_event) == ((5, 1.5), (print,))


def test_configurations_are_values() -> None:
    config = ResilienceConfig(max_retries=2, timing=Timing(random=lambda: 0.5))
    assert config == ResilienceConfig(max_retries=2)
    assert hash(config) == hash(ResilienceConfig(max_retries=2))
    assert attrs.evolve(config, max_retries=4).max_retries == 4
    assert "timing" not in repr(config)
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        config.max_retries = 5  # type: ignore[misc]  # what is tested


def test_only_keywords_are_taken() -> None:
    with pytest.raises(TypeError, match=re.escape("takes 1 positional argument")):
        ResilienceConfig(3)  # type: ignore[call-arg]  # what is tested


def test_off_retries_nothing() -> None:
    assert ResilienceConfig.off() == ResilienceConfig(max_retries=0)


@pytest.mark.parametrize("run", [asyncio.run, lambda task: trio.run(lambda: task)])
def test_async_waits_are_those_of_the_loop_that_runs(run: Any) -> None:
    before = time.monotonic()
    run(Timing().sleep_async(0.01))
    assert time.monotonic() - before > 0.005


def test_real_time_is_the_default() -> None:
    timing = Timing()
    assert timing.monotonic() <= time.monotonic()
    assert 0 <= timing.random() < 1
    timing.sleep(0)


def test_events_are_told_to_functions_that_nobody_has_to_await() -> None:
    async def listener(_: object) -> None: ...

    with pytest.raises(ConfigurationError, match="not async"):
        ResilienceConfig(on_event=(listener,))
