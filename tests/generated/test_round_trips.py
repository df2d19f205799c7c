"""Read a record, change one thing, send it: all else arrives as it was."""

from __future__ import annotations

import copy
import json
import ssl
from collections.abc import Iterator
from typing import Any

import attrs
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.generated.described import DESCRIPTION

from jamf_pro_client import UNSET, BasicAuthProvider, HTTPAuthenticatedClient, models
from jamf_pro_client._model.encoding import encode_json
from jamf_pro_client._reading import read_object
from jamf_pro_client.api.buildings import get_v1_buildings_id, put_v1_buildings_id
from jamf_pro_client.api.departments import get_v1_departments_id, put_v1_departments_id
from jamf_pro_client.model import Model
from jamf_pro_sandbox import Sandbox
from jamf_pro_sandbox.samples import Sampler

SAMPLER = Sampler(DESCRIPTION)
# What tells the variants of a union apart is not changed: the schema would be another one.
TAGS = {
    schema["discriminator"]["propertyName"]
    for schema in DESCRIPTION.document["components"]["schemas"].values()
    if "discriminator" in schema
} | {"commandType", "deviceType"}
UNKNOWN = {"notDescribed": {"a": [1, None, "2026-01-01"]}}


def objects() -> dict[str, type[Model]]:
    """Return the classes of the named schemas that are objects with properties."""
    known = {name.lower(): name for name in models.__all__}
    found = {}
    for name, schema in DESCRIPTION.document["components"]["schemas"].items():
        if set(schema.get("properties", ())) - TAGS and name.lower() in known:
            found[name] = getattr(models, known[name.lower()])
    return found


OBJECTS = objects()


def without_read_only(schema: Any, value: Any) -> Any:
    """Drop what the description calls read-only; worked out apart from the models."""
    schema = DESCRIPTION.resolve(schema)
    if isinstance(value, list):
        return [without_read_only(schema.get("items", {}), part) for part in value]
    if not isinstance(value, dict):
        return value
    if "discriminator" in schema:
        tag = value.get(schema["discriminator"]["propertyName"])
        target = schema["discriminator"].get("mapping", {}).get(tag)
        schema = DESCRIPTION.resolve({"$ref": target}) if target else schema
    properties = schema.get("properties", {})
    extra = schema.get("additionalProperties")
    kept = {}
    for key, part in value.items():
        described = properties.get(key, extra if isinstance(extra, dict) else {})
        target = DESCRIPTION.resolve(described)
        if not (key in properties and (described.get("readOnly") or target.get("readOnly"))):
            kept[key] = without_read_only(described, part)
    return kept


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Model, str, tuple[Any, ...]]]:
    """Yield every field of a record as its owner, its attribute and its place in the JSON."""
    if isinstance(value, list):
        for number, part in enumerate(value):
            yield from places(part, (*path, number))
    elif isinstance(value, Model):
        cls = type(value)
        for attribute, name in zip(attrs.fields_dict(cls), cls.json_names(), strict=False):
            if name not in TAGS:
                yield value, attribute, (*path, name)
            yield from places(getattr(value, attribute), (*path, name))


def changed(document: Any, path: tuple[Any, ...], new: Any) -> Any:
    document = copy.deepcopy(document)
    owner = document
    for step in path[:-1]:
        owner = owner[step]
    if new is UNSET:
        owner.pop(path[-1], None)
    else:
        owner[path[-1]] = new
    return document


@given(data=st.data())
def test_one_changed_field_is_all_that_changes(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(OBJECTS)))
    schema = {"$ref": f"#/components/schemas/{name}"}
    document = SAMPLER.answer(schema, row=data.draw(st.integers(0, 3))) | UNKNOWN
    cls = OBJECTS[name]
    if cls._is_sectioned and data.draw(st.booleans()):
        sections = read_object(msgspec.json.encode(document))
        assert sections is not None
        record = cls._from_raw(sections)
        found = list(places(cls.from_dict(document)))
        _, attribute, path = data.draw(st.sampled_from(found))
        owner: Any = record
        # Only the sections on the way are touched; the others stay text.
        for step in path[:-1]:
            owner = owner[step] if isinstance(step, int) else attribute_of(owner, step)
    else:
        record = cls.from_dict(document)
        found = list(places(record))
        owner, attribute, path = data.draw(st.sampled_from(found))
    new = data.draw(st.sampled_from(["changed", 7, None, UNSET, ["x"]]))
    setattr(owner, attribute, new)

    expected = without_read_only(schema, changed(document, path, new))
    assert msgspec.json.decode(encode_json(record, for_request=True)) == expected
    assert record.to_request() == expected
    assert record.to_dict() == changed(document, path, new)


def attribute_of(owner: Model, json_name: str) -> Any:
    names = dict(zip(type(owner).json_names(), attrs.fields_dict(type(owner)), strict=False))
    return getattr(owner, names[json_name])


def test_large_and_small_records_lose_the_same_read_only_fields() -> None:
    document = SAMPLER.answer({"$ref": "#/components/schemas/ComputerInventoryV4"})
    sections = read_object(msgspec.json.encode(document))
    assert sections is not None
    sent = models.ComputerInventoryV4._from_raw(sections).to_request()
    assert sent == models.ComputerInventoryV4.from_dict(document).to_request()
    assert "id" not in sent
    assert "serialNumber" not in sent["hardware"]
    page = {"totalCount": 1, "results": [document]}
    rows = read_object(msgspec.json.encode(page))
    assert rows is not None
    lazy = models.ComputerInventorySearchResultsV4._from_raw(rows)
    assert lazy.to_request() == {"totalCount": 1, "results": [sent]}


def test_what_is_odd_in_a_section_that_nobody_touched_is_sent_as_it_came() -> None:
    document = {
        "general": {"name": "n", "managementId": "7", "addedLater": [1], "site": "none"},
        "hardware": "none",
        "storage": {"disks": [{"id": "1", "addedLater": {"a": None}}, None, 7], "addedLater": 1},
        "extensionAttributes": {"not": "a list"},
        "configurationProfiles": [{"id": "1", "lastInstalled": "never", "": "é"}],
        "security": None,
    }
    sections = read_object(json.dumps(document).encode())
    assert sections is not None
    expected = {
        "general": {"name": "n", "addedLater": [1], "site": "none"},
        "hardware": "none",
        "storage": {"disks": [{"addedLater": {"a": None}}, None, 7], "addedLater": 1},
        "extensionAttributes": {"not": "a list"},
        "configurationProfiles": [{"lastInstalled": "never", "": "é"}],
        "security": None,
    }
    record = models.ComputerInventory._from_raw(sections)
    assert json.loads(encode_json(record, for_request=True)) == expected
    assert record.to_request() == expected
    assert json.loads(encode_json(record)) == document
    assert models.ComputerInventory.from_dict(document).to_request() == expected


def test_text_that_is_half_a_character_is_written_back() -> None:
    building = models.Building.from_dict({"name": "HQ \ud83d", "city": "Oslo"})
    assert encode_json(building) == rb'{"name":"HQ \ud83d","city":"Oslo"}'


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(computers=3) as started:
        yield started


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[HTTPAuthenticatedClient]:
    provider = BasicAuthProvider(sandbox.username, sandbox.password)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    with HTTPAuthenticatedClient(
        sandbox.url, credentials=provider, verify_ssl=tls
    ) as authenticated:
        yield authenticated


def sent_body(sandbox: Sandbox) -> Any:
    return msgspec.json.decode(sandbox.requests[-1].body)


def test_a_building_whose_city_changes_keeps_all_else(
    sandbox: Sandbox, client: HTTPAuthenticatedClient
) -> None:
    before = get_v1_buildings_id.sync("1", client=client)
    document = before.to_dict()
    before.city = "Bergen"
    put_v1_buildings_id.sync("1", client=client, body=before)

    assert sandbox.requests[-1].violation is None
    assert sent_body(sandbox) == {k: v for k, v in document.items() if k != "id"} | {
        "city": "Bergen"
    }
    assert get_v1_buildings_id.sync("1", client=client).to_dict() == document | {"city": "Bergen"}


def test_a_field_that_becomes_null_arrives_as_null_and_one_that_is_unset_not_at_all(
    sandbox: Sandbox, client: HTTPAuthenticatedClient
) -> None:
    read = get_v1_buildings_id.sync("1", client=client)
    put_v1_buildings_id.sync("1", client=client, body=read.evolve(city=None, country=UNSET))
    assert sent_body(sandbox)["city"] is None
    assert "country" not in sent_body(sandbox)
    after = get_v1_buildings_id.sync("1", client=client)
    assert (after.city, after.zip_postal_code) == (None, read.zip_postal_code)


def test_what_a_newer_server_adds_survives_a_round_trip(
    sandbox: Sandbox, client: HTTPAuthenticatedClient
) -> None:
    document = {"id": "1", "name": "HQ", "city": None, **UNKNOWN}
    sandbox.answer_next("get_v1_buildings_id", 200, document)
    read = get_v1_buildings_id.sync("1", client=client)
    put_v1_buildings_id.sync("1", client=client, body=read.evolve(city="Oslo"))
    assert sent_body(sandbox) == {"name": "HQ", "city": "Oslo", **UNKNOWN}


def test_an_unchanged_record_is_put_back_as_it_was(
    sandbox: Sandbox, client: HTTPAuthenticatedClient
) -> None:
    read = get_v1_departments_id.sync("2", client=client)
    document = read.to_dict()
    put_v1_departments_id.sync("2", client=client, body=read)
    assert sent_body(sandbox) == {"name": document["name"]}
    assert get_v1_departments_id.sync("2", client=client).to_dict() == document
