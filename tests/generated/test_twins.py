"""Long arrays are decoded through structs: what comes out is what dicts would give."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.generated.described import DESCRIPTION

from jamf_pro_client import UNSET, models
from jamf_pro_client._encoding import encode_json
from jamf_pro_client._plans import plan_of
from jamf_pro_client._reading import read_json
from jamf_pro_client._twins import twin_decoder
from jamf_pro_client.api.computer_inventory import get_v1_computers_inventory
from jamf_pro_client.model import Model
from jamf_pro_client.shapes import ListOf, Ref
from jamf_pro_sandbox.samples import Sampler

SAMPLER = Sampler(DESCRIPTION)
SCHEMAS = {name.lower(): name for name in DESCRIPTION.document["components"]["schemas"]}
WRONG_VALUES: list[Any] = [None, 7, -1.5, True, "", "UNHEARD_OF", "2026-01-15", [], [None], {}]
WRONG_VALUES += [{"name": [1, {"a": None}]}, 2**70, "half \ud83d", "é\\\"'"]
# JSON texts of an application that are read in a way of their own.
ODD_ITEMS = [
    '{"name": "a", "name": "b"}',
    r'{"na\u006de": "a"}',
    '{"name": NaN}',
    '{"name": -Infinity}',
    '{"sizeMegabytes": 1e400}',
    '{"sizeMegabytes": 1.0}',
    '{"sizeMegabytes": 123456789012345678901234567890}',
    r'{"name": "\ud83d"}',
    '{"mac_app_store": true}',
    '{"": null}',
    '{ "name" : [ [ ] , { } ] }',
    "{}",
    "null",
    "[]",
    '"name"',
]


def listed_classes() -> dict[str, type[Model]]:
    """Return the classes of the objects that are listed in records of many sections."""
    shapes = [
        field.shape
        for name in models.__all__
        if getattr(cls := getattr(models, name), "is_sectioned", False)
        for field in cls._declared.values()
    ]
    names = {
        shape.item.name
        for shape in shapes
        if isinstance(shape, ListOf) and isinstance(shape.item, Ref)
    }
    return {name: getattr(models, name) for name in sorted(names)}


# Not all are schemas with a name, and objects without described fields have nothing to fill.
LISTED = {name: cls for name, cls in listed_classes().items() if cls.json_names()}


def ordinary_decoder(cls: type[Model]) -> Callable[[Any], Any]:
    read = cls.reader()

    def decode(text: Any) -> Any:
        value = read_json(text)
        return [read(item) for item in value] if type(value) is list else value

    return decode


def never(text: Any) -> Any:
    raise AssertionError(f"not through twins: {text!r}")


def seen(value: Any) -> Any:
    """Return everything that can be told of a value, types too."""
    if isinstance(value, list):
        return [seen(part) for part in value]
    if isinstance(value, Model):
        names = (*type(value)._declared, "additional_properties")
        return type(value), [seen(getattr(value, name)) for name in names]
    return type(value), repr(value)


def assert_same(cls: type[Model], text: bytes) -> None:
    ordinary = ordinary_decoder(cls)
    expected, found = ordinary(text), twin_decoder(cls, ordinary)(text)
    assert seen(found) == seen(expected)
    assert encode_json(found) == encode_json(expected)


def outcome(decode: Callable[[Any], Any], text: bytes) -> Any:
    try:
        return seen(decode(text))
    except ValueError as error:
        return type(error), str(error)


def samples(cls: type[Model], count: int) -> list[dict[str, Any]]:
    schema = {"$ref": f"#/components/schemas/{SCHEMAS[cls.__name__.lower()]}"}
    return [SAMPLER.answer(schema, row=row) for row in range(count)]


def test_just_what_is_listed_in_sections_can_be_filled_from_twins() -> None:
    fillable = {name for name in models.__all__ if hasattr(getattr(models, name), "_make_filler")}
    assert fillable == set(LISTED)


@pytest.mark.parametrize("name", LISTED)
def test_described_items_are_filled_from_twins(name: str) -> None:
    cls, items = LISTED[name], samples(LISTED[name], 3)
    items += [dict.fromkeys(cls.json_names()), {}, dict(list(items[0].items())[1:])]
    text = msgspec.json.encode(items)
    found = twin_decoder(cls, never)(text)
    assert seen(found) == seen(ordinary_decoder(cls)(text))
    assert [item.to_dict() for item in found] == items


@pytest.mark.parametrize("text", [b"null", b"[]", b" [ ] "])
def test_no_items_and_null_are_no_reason_to_give_up(text: bytes) -> None:
    assert twin_decoder(models.ComputerService, never)(text) == (None if text == b"null" else [])


@given(data=st.data())
def test_whatever_happened_to_items_they_are_read_as_from_dicts(data: st.DataObject) -> None:
    cls = LISTED[data.draw(st.sampled_from(sorted(LISTED)))]
    items: list[Any] = samples(cls, 4)
    for _ in range(data.draw(st.integers(1, 3))):
        number = data.draw(st.integers(0, 3))
        wrong = copy.deepcopy(data.draw(st.sampled_from(WRONG_VALUES)))
        match data.draw(st.sampled_from(["unknown", "missing", "wrong", "no object"])):
            case "no object":
                items[number] = wrong
            case "unknown" if isinstance(items[number], dict):
                items[number]["notDescribed"] = wrong
            case "missing" if items[number] and isinstance(items[number], dict):
                items[number].pop(data.draw(st.sampled_from(sorted(items[number]))))
            case "wrong" if isinstance(items[number], dict):
                items[number][data.draw(st.sampled_from(cls.json_names()))] = wrong
    assert_same(cls, json.dumps(items).encode())


@pytest.mark.parametrize("odd", ODD_ITEMS)
def test_odd_json_is_read_as_from_dicts(odd: str) -> None:
    assert_same(models.ComputerApplication, f'[{{"name": "a"}}, {odd}]'.encode())


@pytest.mark.parametrize("text", [b"{}", b"7", b'"x"', b"[[7]]", b"[{}] \n"])
def test_what_is_no_array_of_objects_is_read_as_from_dicts(text: bytes) -> None:
    assert_same(models.ComputerApplication, text)


@pytest.mark.parametrize(
    "text", [b"", b"[", b"[{}] x", b'[{"name": }]', b'[{"name": "\x01"}]', b'[{"name": "\xff"}]']
)
def test_text_that_is_not_quite_json_comes_to_the_same_end(text: bytes) -> None:
    ordinary = ordinary_decoder(models.ComputerService)
    assert outcome(twin_decoder(models.ComputerService, ordinary), text) == outcome(ordinary, text)


def test_attempts_in_vain_become_rare_and_end_with_one_that_is_not() -> None:
    reached: list[bytes] = []
    decode = twin_decoder(models.ComputerService, reached.append)
    for _ in range(100):
        decode(b'[{"notDescribed": 1}]')
    assert len(reached) == 100
    tries = 0
    while len(reached) < 200 and decode(b'[{"name": "x"}]') is None:
        tries += 1
    assert tries <= 16
    assert decode(b'[{"name": "x"}]') == [models.ComputerService(name="x")]


def test_a_large_page_is_read_as_from_dicts() -> None:
    record = samples(models.ComputerInventory, 1)[0]
    (application,) = samples(models.ComputerApplication, 1)
    rows = []
    for number in range(30):
        applications: list[Any] = [application | {"name": f"App {part}"} for part in range(80)]
        match number % 6:
            case 1:
                applications[7] = application | {"notDescribed": 1}
            case 2:
                applications[7] = {"name": "alone"}
            case 3:
                applications[7] = None
        # One record has no applications, another null in place of them.
        rows.append(record | {"applications": applications})
    rows[28]["applications"] = None
    del rows[29]["applications"]
    page = {"totalCount": len(rows), "results": rows}
    operation = get_v1_computers_inventory.OPERATION
    decode = operation.decoder_of(operation.replies[0])
    plan = plan_of(models.ComputerInventory)

    for _ in range(2):
        found = decode(msgspec.json.encode(page))
        for read, row in zip(found.results, rows, strict=True):
            expected = models.ComputerInventory.from_dict(row)
            for name in plan.json_names:
                assert seen(getattr(read, name)) == seen(getattr(expected, name))
        assert found.results[29].applications is UNSET
        assert found.to_dict() == page
