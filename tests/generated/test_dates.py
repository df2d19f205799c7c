"""Dates in every form that servers write, and some that they should not."""

from __future__ import annotations

import copy
import datetime
import os
import pickle
import time
from collections.abc import Iterator

import pytest

from jamf_pro_client import models

FORMS = (
    "2026-01-02T03:04:05.678Z",
    "2026-01-02T03:04:05Z",
    "2026-01-02T03:04:05.6Z",
    "2026-01-02T03:04:05+0000",
    "2026-01-02T03:04:05-00:00",
    "2026-01-02T03:04:05",
    "2026-01-02 03:04:05 UTC",
    "Fri, 02 Jan 2026 03:04:05 GMT",
    "2026/01/02 03:04:05 +02:30",
    "1970-01-01T00:00:00Z",
)
DAYS = ("2026-01-02", "20260102", "2026-W01-5", "2026-01-02T00:00:00.000Z", "2 January 2026")


def last_contact(text: str) -> object:
    computer = models.ComputerInventoryV4.from_dict({"general": {"lastContact": text}})
    assert computer.general
    assert computer.to_dict() == {"general": {"lastContact": text}}
    return computer.general.last_contact


def moment(text: str) -> datetime.datetime:
    found = last_contact(text)
    assert isinstance(found, datetime.datetime), text
    return found


@pytest.fixture(params=["CET-1CEST", "EST5EDT"])
def somewhere(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine whose zone has the names that some dates have."""
    if not hasattr(time, "tzset"):
        pytest.skip("this system has no zone for each process")
    before = os.environ.get("TZ")
    with monkeypatch.context() as patched:
        patched.setenv("TZ", request.param)
        time.tzset()
        yield
    assert os.environ.get("TZ") == before
    time.tzset()


@pytest.mark.parametrize("text", FORMS)
def test_a_date_and_what_is_computed_from_it_can_be_copied_and_pickled(text: str) -> None:
    read = moment(text)
    later = read + datetime.timedelta(days=1)
    for date in (read, later, read.replace(year=2027), read.astimezone(datetime.UTC)):
        for other in (copy.copy(date), copy.deepcopy(date), pickle.loads(pickle.dumps(date))):  # noqa: S301
            assert other == date
            assert other.utcoffset() == date.utcoffset()
    assert models.ComputerGeneralV4(last_contact=later).to_dict() != {"lastContact": text}


@pytest.mark.parametrize("text", DAYS)
def test_a_day_is_written_as_it_was_read_and_can_be_computed_with(text: str) -> None:
    document = {"warrantyDate": text}
    read = models.ComputerPurchase.from_dict(document)
    assert isinstance(read.warranty_date, datetime.date)
    assert read.warranty_date == datetime.date(2026, 1, 2)
    assert read.to_dict() == document
    next_day = read.warranty_date + datetime.timedelta(days=1)
    assert pickle.loads(pickle.dumps(next_day)) == datetime.date(2026, 1, 3)  # noqa: S301
    assert models.ComputerPurchase(warranty_date=next_day).to_dict() == {
        "warrantyDate": "2026-01-03"
    }


@pytest.mark.usefixtures("somewhere")
@pytest.mark.parametrize("zone", ["CEST", "EST", "PDT", "W"])
def test_the_name_of_a_zone_is_not_guessed(zone: str) -> None:
    """Neither by the machine's own zone, nor with a warning, which would be an error here."""
    read = moment(f"2026-07-02 03:04:05 {zone}")
    assert (read.hour, read.tzinfo) == (3, None)


@pytest.mark.usefixtures("somewhere")
def test_utc_is_understood_everywhere() -> None:
    assert moment("2026-01-02 03:04:05 UTC").utcoffset() == datetime.timedelta(0)


@pytest.mark.parametrize(
    "text",
    ["", "-1", "None", "never", "2026-02-30T00:00:00Z", "2026-01-02 10:00 +99:99", "99-99-2026 .",
     "2026-01-02T00:00:00+24:00"],
)  # fmt: skip
def test_what_is_no_date_stays_text(text: str) -> None:
    assert last_contact(text) == text
