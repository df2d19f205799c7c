"""The parts that decisions are made of, each alone."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from tests.runtime.scripted_calls import World, failed, read, reply

from jamf_pro_client._httpx import httpx
from jamf_pro_client._resilience.backoff import backoff_seconds
from jamf_pro_client._resilience.budget import RetryBudget
from jamf_pro_client._resilience.decisions import certificate_refused
from jamf_pro_client._resilience.pacing import Pace
from jamf_pro_client._resilience.rate import RateLimiter
from jamf_pro_client._resilience.retry_after import parse_retry_after, polite_seconds
from jamf_pro_client._resilience.steps import Raise
from jamf_pro_client._resilience.sticky import stays_on_node

NOW = "Sun, 06 Nov 1994 08:49:37 GMT"


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0),
        ("1", 1),
        ("120", 120),
        (" 7 ", 7),
        ("3600", 3600),
        ("1.5", 1.5),
        ("0.25", 0.25),
        ("2.", 2),
        ("Sun, 06 Nov 1994 08:49:37 GMT", 0),
        ("Sun, 06 Nov 1994 08:50:37 GMT", 60),
        ("Sun, 06 Nov 1994 09:50:37 +0100", 60),
        ("Sunday, 06-Nov-94 08:50:37 GMT", 60),
        ("Sun Nov  6 08:50:37 1994", 60),
        ("Sun, 06 Nov 1994 08:50:37 -0000", 60),
        ("Sun, 06 Nov 1994 07:49:37 GMT", 0),
        ("", None),
        ("-1", None),
        ("-1.5", None),
        ("+3", None),
        ("soon", None),
        ("nan", None),
        ("inf", None),
        ("1e3", None),
        (".5", None),
        ("1 s", None),
        ("0x10", None),
        ("1,5", None),
        ("5, 10", None),
        ("99999999999999999999", 1e20),
        ("Sun, 99 Nov 1994 08:50:37 GMT", None),
        ("Sun, 06 Nov 99999 08:50:37 GMT", None),
    ],
)
def test_retry_after_values(value: str, seconds: float | None) -> None:
    headers = httpx.Headers({"Retry-After": value, "Date": NOW})
    assert parse_retry_after(headers) == seconds


def test_no_retry_after_says_nothing() -> None:
    assert parse_retry_after(httpx.Headers({"Date": NOW})) is None


def test_a_date_is_measured_against_the_clock_of_the_server() -> None:
    """Whatever the clock of this machine says: both dates are decades old."""
    headers = httpx.Headers({"Retry-After": "Sun, 06 Nov 1994 08:49:47 GMT", "Date": NOW})
    assert parse_retry_after(headers) == 10


@pytest.mark.parametrize("date", [None, "nonsense"])
def test_without_the_servers_clock_a_past_date_means_now(date: str | None) -> None:
    headers = httpx.Headers({"Retry-After": NOW} | ({"Date": date} if date else {}))
    assert parse_retry_after(headers) == 0


@pytest.mark.parametrize(
    ("asked", "random", "seconds"),
    [(5, 0.0, 5), (5, 1.0, 5.5), (10, 0.5, 10.5), (60, 1.0, 61), (0.5, 1.0, 0.55)],
)
def test_what_is_added_is_a_tenth_and_at_most_a_second(
    asked: float, random: float, seconds: float
) -> None:
    assert polite_seconds(asked, random) == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("retry", "random", "seconds"),
    [(0, 0.0, 0.25), (0, 1.0, 0.5), (1, 0.0, 0.5), (3, 0.5, 3.0), (10, 0.0, 15), (10_000, 1.0, 30)],
)
def test_backoff(retry: int, random: float, seconds: float) -> None:
    assert backoff_seconds(retry, 0.5, 30.0, random) == seconds


def test_many_threads_spend_no_more_than_the_budget() -> None:
    budget = RetryBudget()
    with ThreadPoolExecutor(20) as pool:
        granted = sum(pool.map(lambda _: budget.charge(10, 100), range(200)))
    assert (granted, budget.spent) == (10, 100)


def test_a_smaller_budget_of_a_derived_client_counts_what_others_spent() -> None:
    budget = RetryBudget()
    assert budget.charge(10, 100)
    assert not budget.charge(5, 10)
    assert budget.charge(5, 15)


def test_no_more_calls_than_allowed_fall_into_any_period() -> None:
    limiter = RateLimiter()
    places = [limiter.reserve((3, 10.0), 0.0, None) for _ in range(7)]
    assert places == [0, 0, 0, 10, 10, 10, 20]


def test_a_free_place_is_now() -> None:
    limiter = RateLimiter()
    limiter.reserve((1, 10.0), 0.0, None)
    assert limiter.reserve((1, 10.0), 25.0, None) == 25


def test_a_place_that_would_be_too_late_is_not_taken() -> None:
    limiter = RateLimiter()
    limiter.reserve((1, 10.0), 0.0, None)
    assert limiter.reserve((1, 10.0), 1.0, 5.0) is None
    assert limiter.reserve((1, 10.0), 1.0, None) == 10


def test_threads_share_one_rate_limit() -> None:
    """S3.26."""
    limiter = RateLimiter()
    with ThreadPoolExecutor(20) as pool:
        places = list(pool.map(lambda _: limiter.reserve((5, 1.0), 0.0, None), range(100)))
    assert sorted(place for place in places if place is not None) == [
        float(index // 5) for index in range(100)
    ]


def test_derived_clients_with_other_limits_share_one_line() -> None:
    limiter = RateLimiter()
    assert [limiter.reserve((2, 10.0), 0.0, None) for _ in range(3)] == [0, 0, 10]
    assert limiter.reserve((100, 1.0), 0.0, None) == 10
    assert limiter.reserve((2, 10.0), 0.0, None) == 20


def test_no_pause_while_replies_take_their_usual_time() -> None:
    pace = Pace()
    for _ in range(50):
        pace.saw(0.1, 0.0)
        pace.saw(0.15, 0.0)
    assert pace.pause_seconds(0.0) == 0


def test_a_pause_is_as_long_as_the_reply_was_late_and_at_most_5_seconds() -> None:
    for late, pause in ((1.0, 0.9), (90.0, 5.0)):
        pace = Pace()
        for _ in range(10):
            pace.saw(0.1, 0.0)
        pace.saw(late, 100.0)
        assert pace.pause_seconds(100.0) == pytest.approx(pause)
        assert pace.pause_seconds(100.0 + pause / 2) == pytest.approx(pause / 2)
        assert pace.pause_seconds(110.0) == 0


def test_the_first_replies_are_no_reason_to_pause() -> None:
    pace = Pace()
    for latency in (0.01, 5.0, 0.01, 9.0):
        pace.saw(latency, 0.0)
    assert pace.pause_seconds(0.0) == 0


def test_a_server_that_stays_slow_is_the_new_usual() -> None:
    pace = Pace()
    for _ in range(10):
        pace.saw(0.1, 0.0)
    for _ in range(50):
        pace.saw(1.0, 0.0)
    pace.saw(1.0, 1000.0)
    assert pace.pause_seconds(1000.0) == 0


@pytest.mark.parametrize(
    ("setting", "last_write_at", "stays"),
    [
        ("auto", None, False),
        ("auto", 1000.0, True),
        ("auto", 940.1, True),
        ("auto", 940.0, False),
        (True, None, True),
        (False, 1000.0, False),
    ],
)
def test_when_a_request_stays_on_its_node(
    setting: Any, last_write_at: float | None, stays: bool
) -> None:
    assert stays_on_node(setting, last_write_at, 1000.0) is stays


def test_a_refused_certificate_is_found_among_the_causes() -> None:
    import ssl

    error = httpx.ConnectError("the certificate is not trusted")
    assert not certificate_refused(error)
    error.__cause__ = OSError()
    error.__cause__.__cause__ = ssl.SSLCertVerificationError("the certificate is not trusted")
    assert certificate_refused(error)


def test_causes_that_go_in_a_circle_come_to_an_end() -> None:
    one, other = httpx.ConnectError("one"), OSError("other")
    one.__cause__, other.__cause__ = other, one
    assert not certificate_refused(one)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def test_a_forked_child_starts_anew() -> None:
    world = World(rate_limit=(1, 60))
    world.play(read(), [reply(200)])
    child = os.fork()
    if not child:
        os._exit(0 if world.play(read(), [reply(200)]).waits == [] else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert world.play(read(), [reply(200)]).waits == [60]


def test_an_error_without_a_status_raised_for_a_call_is_the_last_step() -> None:
    played = World().play(read(), [failed(httpx.ReadTimeout)] * 4)
    assert isinstance(played.end, Raise)
    assert played.error.__notes__ == ["gave up after 3 retries: max_retries is 3"]
