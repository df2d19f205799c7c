"""Dates in every form that servers write, and some that they should not."""

from __future__ import annotations

import copy
import datetime
import itertools
import os
import pickle
import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jamf_pro_client import models
from jamf_pro_client._model.encoding import encode_json

CET = datetime.timezone(datetime.timedelta(hours=1))

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
    "2026-01-02T03:04:05.000Z",
    "2026-01-02T03:04:05,678Z",
    "2026-01-02 03:04:05.678Z",
    "2026-01-02 03:04:05Z",
    "2026-W03-4T03:04:05.678Z",
    "2026-W03-4T03:04:05Z",
    "2026-01-02T030405.67800Z",
    "20260102T03:04:05.67800Z",
    "2026-01-02T03:04:05.678901Z",
    "2026-01-02T03:04:05.678+00:00",
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


@pytest.mark.parametrize("text", FORMS)
def test_a_date_is_written_as_it_was_read_by_copies_too(text: str) -> None:
    assert isinstance(last_contact(text), datetime.datetime)
    document = {"general": {"lastContact": text}}
    computer = models.ComputerInventoryV4.from_dict(document)
    assert copy.deepcopy(computer).to_dict() == document
    assert computer.evolve(id="5").to_dict() == {"id": "5", **document}


def iso_forms() -> Iterator[str]:
    """Yield moments in the many ways of ISO 8601, and some that are almost so."""
    days = ["2026-01-15", "20260115", "2026-W03-4", "2026W034", "2026-W03", "2026W03"]
    hours = ["09", "24", "00", "09:30", "0930", "09:30:00", "093000", "24:00:00"]
    fractions = [f"{point}{'120000000'[:digits]}" for point in ".," for digits in range(1, 8)]
    fractions += ["", ".123", ".000", ".0000", ".123456"]
    zones = ["", "Z", "z", "+00:00", "-00:00", "+0000", "+00", "+00:00:00", "+01:00"]
    for parts in itertools.product(days, "Tt -", hours, fractions, zones):
        yield "".join(parts)


def test_dates_in_whatever_iso_form_are_written_as_they_were_read() -> None:
    changed = []
    for text in iso_forms():
        document = {"lastContact": text}
        if models.ComputerGeneralV4.from_dict(document).to_dict() != document:
            changed.append(text)
    assert changed == []


def test_a_changed_date_is_written_as_jamf_writes_dates() -> None:
    noon = datetime.datetime(2026, 1, 2, 12, 0, tzinfo=datetime.UTC)
    general = models.ComputerGeneralV4(last_contact=noon)
    assert general.to_dict() == {"lastContact": "2026-01-02T12:00:00Z"}


class OwnDatetime(datetime.datetime):
    """As other libraries have theirs."""


@given(st.datetimes(timezones=st.sampled_from([None, datetime.UTC, CET])), st.integers(0, 2))
def test_dates_are_written_with_as_many_digits_as_they_need(
    moment: datetime.datetime, thousands: int
) -> None:
    moment = moment.replace(microsecond=moment.microsecond // 1000**thousands * 1000**thousands)
    precision = {0: "seconds"}.get(moment.microsecond, "milliseconds")
    precision = precision if moment.microsecond % 1000 == 0 else "microseconds"
    expected = moment.isoformat(timespec=precision).replace("+00:00", "Z")
    own = OwnDatetime.fromisoformat(moment.isoformat())
    for written in (moment, own):
        general = models.ComputerGeneralV4(last_contact=written)
        assert general.to_dict() == {"lastContact": expected}
        assert encode_json(general) == f'{{"lastContact":"{expected}"}}'.encode()
