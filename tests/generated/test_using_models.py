"""What people do with models: subclass them, and change records that are still text."""

from __future__ import annotations

import copy
import json
import pickle
from typing import Any

import pytest

from jamf_pro_client import UNSET, models
from jamf_pro_client._decoding import reply_decoder
from jamf_pro_client._encoding import encode_json
from jamf_pro_client.classic.models import Computer
from jamf_pro_client.model import json_field
from jamf_pro_client.shapes import Ref

DOCUMENT = {
    "id": "7",
    "general": {"name": "Lab 7", "notDescribed": 1},
    "applications": [{"name": "x" * 100}] * 100,
    "new": {"a": [1, None]},
    "newer": None,
}


class LabComputer(models.ComputerInventory):
    """A computer with a method of somebody's own."""

    def label(self) -> str:
        assert self.general
        return f"{self.id}: {self.general.name}"


class LabRecord(Computer):
    """The same for the Classic API."""

    def label(self) -> str:
        return f"{self.general.name}" if self.general else ""


def still_text() -> models.ComputerInventory:
    """A record that is large enough to be decoded section by section."""
    text = json.dumps(DOCUMENT).encode()
    record = reply_decoder(Ref("ComputerInventory"), "jamf_pro_client.models")(text)
    assert isinstance(record, models.ComputerInventory)
    return record


def test_a_subclass_with_methods_decodes_encodes_and_copies_like_its_model() -> None:
    computer = LabComputer.from_dict(DOCUMENT)
    assert computer.label() == "7: Lab 7"
    assert isinstance(computer.general, models.ComputerGeneral)
    assert computer.to_dict() == DOCUMENT
    assert "id" not in computer.to_request()
    assert LabComputer(udid="x").to_dict() == {"udid": "x"}
    for other in (copy.copy(computer), pickle.loads(pickle.dumps(computer))):  # noqa: S301
        assert other == computer
        assert other.label() == "7: Lab 7"


def test_a_subclass_of_a_classic_record_reads_and_writes_xml() -> None:
    record = LabRecord.from_xml("<computer><general><name>Lab 7</name></general></computer>")
    assert record.label() == "Lab 7"
    assert b"<general><name>Lab 7</name></general>" in record.to_xml()


def test_a_subclass_that_adds_fields_is_refused_at_once() -> None:
    with pytest.raises(TypeError, match="only methods"):

        class _Wider(models.Building):
            floors: int = json_field("floors", default=0)


@pytest.mark.parametrize("new", [{}, {"other": 1}])
def test_unknown_keys_that_were_replaced_are_gone(new: dict[str, int]) -> None:
    kept = {key: value for key, value in DOCUMENT.items() if not key.startswith("new")}
    assigned, evolved = still_text(), still_text().evolve(additional_properties=dict(new))
    assigned.additional_properties = dict(new)
    for record in (assigned, evolved, copy.copy(assigned)):
        assert json.loads(encode_json(record)) == {**kept, **new}
        assert record.to_dict() == {**kept, **new}


def test_a_section_that_was_set_stands_above_its_text() -> None:
    record = still_text()
    record.general = None
    record.applications = UNSET
    assert json.loads(encode_json(record)) == {
        "id": "7", "general": None, "new": {"a": [1, None]}, "newer": None,
    }  # fmt: skip


@pytest.mark.parametrize("given", [None, "text", [1], [("name", "HQ")]])
def test_what_is_no_object_makes_no_model_and_that_is_said(given: Any) -> None:
    with pytest.raises(TypeError, match="Building is made of a dict with the JSON names"):
        models.Building.from_dict(given)
