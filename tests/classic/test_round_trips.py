"""XML to record to XML, for every model of the description."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable
from typing import Any
from xml.etree.ElementTree import Element

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.classic.described import SCHEMAS, counted, fill, leaves, leaves_of

from jamf_pro_client.classic import models
from jamf_pro_client.classic.models import Computer, Location, Policy
from jamf_pro_client.model import Model

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]
OBJECTS = sorted(SCHEMAS)


def _class(name: str) -> Any:
    listed = {"".join(given.split("_")).lower(): given for given in models.__all__}
    return getattr(models, listed.get(name.lower(), f"{name}Model"))


def _document(root: Element) -> bytes:
    """Write an element without the library that is tested, and without losing line ends."""

    def text(given: str) -> str:
        for sign, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\r", "&#13;")):
            given = given.replace(sign, entity)
        return given

    inner = text(root.text or "") + "".join(_document(child).decode() for child in root)
    return f"<{root.tag}>{inner}</{root.tag}>".encode()


def test_every_schema_has_a_class_and_every_class_a_schema() -> None:
    assert len(OBJECTS) == len(models.__all__) - len({"UploadFilesBody"})
    assert all(issubclass(_class(name), Model) for name in OBJECTS)


@pytest.mark.parametrize("name", OBJECTS)
def test_documents_come_out_leaf_for_leaf(name: str) -> None:
    cls, schema = _class(name), SCHEMAS[name]

    @settings(max_examples=6, suppress_health_check=SLOW, derandomize=True)
    @given(st.data())
    def check(data: st.DataObject) -> None:
        root = Element(schema["x-element"])
        fill(data.draw, root, schema)
        sent = _document(counted(root, schema))
        record = cls.from_xml(sent)

        assert leaves_of(record.to_xml()) == leaves(root)
        assert cls.from_xml(record.to_xml()) == record
        assert cls.from_dict(record.to_dict()) == record
        assert json.loads(json.dumps(record.dict())) == record.to_dict()

    check()


@pytest.mark.parametrize("name", OBJECTS)
def test_an_empty_record_is_an_empty_element(name: str) -> None:
    expected = {SCHEMAS[name]["x-element"]: [""]}

    assert leaves_of(_class(name)().to_xml()) == expected
    assert leaves_of(_class(name).draft().to_xml()) == expected


@pytest.mark.parametrize("padding", [0, 9000])
def test_records_are_equal_whether_they_are_read_at_once_or_later(padding: int) -> None:
    text = "x" * padding
    content = (
        f"<computer><general><name>{text}</name><id>1</id></general><certificates><size>1</size>"
        "<certificate><name>a</name></certificate></certificates><new>1</new></computer>"
    ).encode()
    record = Computer.from_xml(content)

    assert leaves_of(record.to_xml()) == {
        "computer/general/name": [text],
        "computer/general/id": ["1"],
        "computer/certificates/certificate/name": ["a"],
        "computer/new": ["1"],
    }
    assert record.to_dict() == {
        "general": {"id": 1, "name": text},
        "certificates": [{"name": "a"}],
        "new": "1",
    }
    assert Computer.from_xml(content).evolve(location=None).location is None


def test_whitespace_between_elements_is_nothing() -> None:
    record = Computer.from_xml(
        b"<computer>\n <general>\n  <id>1</id>\n  <mdm_capable_users>\n  </mdm_capable_users>\n"
        b" </general>\n <location>\n </location>\n</computer>\n"
    )

    assert leaves_of(record.to_xml()) == {
        "computer/general/id": ["1"],
        "computer/general/mdm_capable_users": [""],
        "computer/location": [""],
    }


def test_an_element_that_stands_there_twice_is_kept() -> None:
    policy = Policy.from_xml(
        b"<policy><self_service><notification>true</notification>"
        b"<notification>Self Service</notification></self_service></policy>"
    )

    assert policy.self_service
    assert policy.self_service.notification == "true"
    assert leaves_of(policy.to_xml()) == {
        "policy/self_service/notification": ["true", "Self Service"]
    }


def test_a_list_with_other_elements_in_it_is_kept() -> None:
    content = (
        b"<computer><certificates><size>1</size><certificate><name>a</name></certificate>"
        b"<note>b</note></certificates></computer>"
    )
    assert leaves_of(Computer.from_xml(content).to_xml()) == leaves_of(content)


def test_one_item_and_many_items_have_one_type() -> None:
    item = b"<certificate><name>a</name></certificate>"
    one, two = (
        Computer.from_xml(b"<computer><certificates>" + items + b"</certificates></computer>")
        for items in (item, item + item)
    )

    assert one.certificates
    assert two.certificates
    assert one.certificates[0] == two.certificates[1]
    assert (len(one.certificates), len(two.certificates)) == (1, 2)


LARGE = (
    f"<computer><general><name>{'x' * 9000}</name></general><location><room>1</room></location>"
    "<certificates><certificate><name>a</name></certificate></certificates></computer>"
).encode()


@pytest.mark.parametrize(
    "make",
    [copy.copy, copy.deepcopy, lambda record: pickle.loads(pickle.dumps(record))],  # noqa: S301
)
def test_copies_of_records_that_nobody_has_looked_at_are_whole(make: Any) -> None:
    made = make(Computer.from_xml(LARGE))

    assert made == Computer.from_xml(LARGE)
    assert leaves_of(made.to_xml()) == leaves_of(LARGE)


def test_a_change_of_a_copy_changes_no_other() -> None:
    record = Computer.from_xml(LARGE)
    other = record.evolve(location=Location(room="2"))

    assert other.location == Location(room="2")
    assert record.location == Location(room="1")
    assert other.certificates == record.certificates


def test_attrs_knows_records() -> None:
    record = Computer.from_xml(LARGE)
    changed: Computer = attrs.evolve(record, location=None)  # type: ignore[misc]

    assert "location" in {field.name for field in attrs.fields(Computer)}
    assert leaves_of(changed.to_xml())["computer/location"] == [""]


def pickled(record: Computer) -> Any:
    return pickle.loads(pickle.dumps(record))  # noqa: S301 - our own


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, pickled])
def test_copies_of_drafts_are_drafts(copied: Callable[[Computer], Any]) -> None:
    draft = Computer.draft(certificates=[])
    draft.additional_properties["new"] = "1"
    made = copied(draft)
    made.general.name = "a"

    assert leaves_of(made.to_xml()) == {
        "computer/general/name": ["a"],
        "computer/certificates": [""],
        "computer/new": ["1"],
    }
    assert leaves_of(draft.to_xml()) == {"computer/certificates": [""], "computer/new": ["1"]}
