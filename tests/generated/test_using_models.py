"""What people do with models: subclass them, and change records that are still text."""

from __future__ import annotations

import copy
import datetime
import json
import pickle
import pickletools
from typing import Any

import pytest

from jamf_pro_client import UNSET, models
from jamf_pro_client._model.decoding import reply_decoder
from jamf_pro_client._model.encoding import encode_json
from jamf_pro_client._model.fields import ModelType
from jamf_pro_client.classic.models import Computer
from jamf_pro_client.model import Model, json_field
from jamf_pro_client.shapes import DATE, Ref

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
    with pytest.raises(TypeError, match="Building is made from a dict with the JSON names"):
        models.Building.from_dict(given)


def never_read(*_: Any) -> Any:
    raise AssertionError("it is made of its attributes, not of a dict")


def other_version(**fields: Any) -> Any:
    """A model class as another version of the package has it."""
    namespace = {
        **{name: json_field(*given, default=UNSET) for name, given in fields.items()},
        "__module__": "jamf_pro_client.models.room",
        "_make_reader": classmethod(lambda *_, **__: never_read),
    }
    return ModelType("Room", (Model,), namespace)


def test_a_pickle_of_another_version_is_loaded_by_name() -> None:
    old = other_version(name=("name",), gone=("isGone",), floor=("floor",))
    room = old(name="a", gone=True, additional_properties={"madeOn": "2024-05-06", "x": [1]})
    rebuild, (_, fields, additional) = room.__reduce__()

    new = other_version(made_on=("madeOn", DATE), floor=("floor",), door=("door",), name=("name",))
    loaded = rebuild(new, fields, additional)

    assert loaded.name == "a"
    assert loaded.door is UNSET
    assert loaded.floor is UNSET
    assert loaded.made_on == datetime.date(2024, 5, 6)
    assert loaded.additional_properties == {"isGone": True, "x": [1]}


def test_a_pickle_holds_names_not_positions() -> None:
    building = models.Building(name="HQ", additional_properties={"new": 1})
    text = pickletools.optimize(pickle.dumps(building, protocol=0))
    assert b"name" in text
    assert b"streetAddress1" not in text  # what is not set
    assert pickle.loads(text) == building  # noqa: S301


def test_unset_is_shown_under_the_name_that_it_is_imported_by() -> None:
    assert (repr(UNSET), str(UNSET), f"{UNSET}", f"{UNSET!s:>6}") == ("UNSET",) * 3 + (" UNSET",)


def test_models_offer_no_more_names_than_their_users_need() -> None:
    offered = {name for name in dir(models.Building) if not name.startswith("_")}
    assert offered - set(models.Building._declared) == {
        "additional_properties",
        "dict",
        "evolve",
        "from_dict",
        "json_names",
        "to_dict",
        "to_request",
    }
