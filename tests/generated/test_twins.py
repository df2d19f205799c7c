"""Where there is much text it is decoded through structs: what comes out is what dicts give."""

from __future__ import annotations

import copy
import json
import tracemalloc
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.generated.described import DESCRIPTION

from jamf_pro_client import UNSET, models
from jamf_pro_client._model.decoding import DecodeText, class_with_twin
from jamf_pro_client._model.encoding import encode_json
from jamf_pro_client._model.plans import plan_of
from jamf_pro_client._model.twins import twin_decoder
from jamf_pro_client._reading import read_json
from jamf_pro_client._unset import Unset
from jamf_pro_client.api.computer_inventory import get_v1_computers_inventory
from jamf_pro_client.model import Model, json_field
from jamf_pro_client.shapes import ListOf, Ref
from jamf_pro_sandbox.samples import Sampler

MODELS = "jamf_pro_client.models"
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


def classes_with_twins() -> dict[str, type[Model]]:
    """Return the classes of the schemas that have a name and fields."""
    found: dict[str, type[Model]] = {}
    for name in models.__all__:
        cls = getattr(models, name)
        if name.lower() in SCHEMAS and class_with_twin(Ref(name), MODELS):
            found[name] = cls
    return found


WITH_TWINS = classes_with_twins()


def ordinary_decoder(cls: type[Model]) -> Callable[[Any], Any]:
    read = cls._reader()

    def decode(text: Any) -> Any:
        value = read_json(text)
        return [read(item) for item in value] if type(value) is list else value

    return decode


def never(text: Any) -> Any:
    raise AssertionError(f"not through twins: {text!r}")


def seen(value: Any) -> Any:
    """Return everything that can be told of a value, types too, but the order of keys."""
    if isinstance(value, dict):
        return {key: seen(part) for key, part in value.items()}
    if isinstance(value, list):
        return [seen(part) for part in value]
    if isinstance(value, Model):
        names = (*type(value)._declared, "additional_properties")
        return type(value), [seen(getattr(value, name)) for name in names]
    return type(value), repr(value)


def written(value: Any) -> Any:
    """Return a value as JSON text, its keys in order, or why it has none: NaN, for one."""
    try:
        return json.dumps(json.loads(encode_json(value)), sort_keys=True)
    except TypeError as error:
        return str(error)


def array_decoder(cls: type[Model], ordinary: DecodeText) -> DecodeText:
    return twin_decoder(ListOf(Ref(cls.__name__)), MODELS, ordinary)


def assert_same(cls: type[Model], text: bytes) -> None:
    ordinary = ordinary_decoder(cls)
    expected, decode = ordinary(text), array_decoder(cls, ordinary)
    # Keys that nobody described are known to the twins when they turn up again.
    for _ in range(3):
        found = decode(text)
        assert seen(found) == seen(expected)
        assert written(found) == written(expected)


def outcome(decode: Callable[[Any], Any], text: bytes) -> Any:
    try:
        return seen(decode(text))
    except ValueError as error:
        return type(error), str(error)


def samples(cls: type[Model], count: int) -> list[dict[str, Any]]:
    schema = {"$ref": f"#/components/schemas/{SCHEMAS[cls.__name__.lower()]}"}
    return [SAMPLER.answer(schema, row=row) for row in range(count)]


def objects_within(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for part in parts:
        yield from objects_within(part)


def test_the_classes_that_are_no_maps_have_twins() -> None:
    assert len(WITH_TWINS) > 600
    for name in models.__all__:
        cls = getattr(models, name)
        if issubclass(cls, Model):
            is_map = not cls._declared or cls._additional_shape is not None
            assert (class_with_twin(Ref(name), MODELS) is None) == is_map, name


def test_what_is_described_is_filled_from_twins() -> None:
    for cls in WITH_TWINS.values():
        items = samples(cls, 3)
        items += [dict.fromkeys(cls.json_names()), {}, dict(list(items[0].items())[1:])]
        text = msgspec.json.encode(items)
        found = array_decoder(cls, never)(text)
        assert seen(found) == seen(ordinary_decoder(cls)(text)), cls
        assert [item.to_dict() for item in found] == items, cls


@pytest.mark.parametrize("text", [b"null", b"[]", b" [ ] "])
def test_no_items_and_null_are_no_reason_to_give_up(text: bytes) -> None:
    assert array_decoder(models.ComputerService, never)(text) == (None if text == b"null" else [])


@given(data=st.data())
def test_whatever_happened_to_objects_they_are_read_as_from_dicts(data: st.DataObject) -> None:
    cls = WITH_TWINS[data.draw(st.sampled_from(sorted(WITH_TWINS)))]
    items: list[Any] = copy.deepcopy(samples(cls, 4))
    for _ in range(data.draw(st.integers(1, 3))):
        wrong = copy.deepcopy(data.draw(st.sampled_from(WRONG_VALUES)))
        within = [value for value in objects_within(items) if value]
        if not within or data.draw(st.integers(0, 9)) == 0:
            items[data.draw(st.integers(0, 3))] = wrong
            continue
        changed = data.draw(st.sampled_from(within))
        key = data.draw(st.sampled_from(sorted(changed)))
        match data.draw(st.sampled_from(["unknown", "missing", "wrong"])):
            case "unknown":
                changed["notDescribed"] = wrong
            case "missing":
                del changed[key]
            case "wrong":
                changed[key] = wrong
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
    assert outcome(array_decoder(models.ComputerService, ordinary), text) == outcome(ordinary, text)


def counting(cls: type[Model]) -> tuple[DecodeText, list[bytes]]:
    """Return the ordinary function, and a list of what it was given."""
    ordinary, given = ordinary_decoder(cls), []

    def decode(text: bytes) -> Any:
        given.append(text)
        return ordinary(text)

    return decode, given


def test_keys_that_nobody_described_cost_one_attempt_in_vain() -> None:
    ordinary, given = counting(models.ComputerExtensionAttribute)
    decode = array_decoder(models.ComputerExtensionAttribute, ordinary)
    items = [{"definitionId": "1", "addedLater": [1]}, {"addedLater": None, "andAnother": "x"}, {}]
    text = msgspec.json.encode(items)
    for _ in range(5):
        found = decode(text)
        assert [item.additional_properties for item in found] == [
            {"addedLater": [1]},
            {"addedLater": None, "andAnother": "x"},
            {},
        ]
        assert [item.to_dict() for item in found] == items
    assert given == [text]


def test_keys_within_objects_within_objects_are_met_too() -> None:
    ordinary, given = counting(models.ComputerGeneral)
    decode = array_decoder(models.ComputerGeneral, ordinary)
    items = [{"site": {"id": "1", "addedLater": True}, "mdmCapable": {"addedLater": {"a": 1}}}]
    for _ in range(3):
        found = decode(msgspec.json.encode(items))
        assert [item.to_dict() for item in found] == items
    assert len(given) == 1


@pytest.mark.parametrize("key", ['with "quotes"', "back\\slash", "line\nbreak", "\ud83d", ""])
def test_odd_keys_that_nobody_described_are_kept(key: str) -> None:
    text = json.dumps([{"name": "a", key: 1}]).encode()
    assert_same(models.ComputerPrinter, text)
    assert array_decoder(models.ComputerPrinter, ordinary_decoder(models.ComputerPrinter))(text)[
        0
    ].additional_properties == {key: 1}


def test_a_server_that_makes_up_keys_is_read_as_from_dicts() -> None:
    ordinary = ordinary_decoder(models.ComputerFont)
    decode = array_decoder(models.ComputerFont, ordinary)
    for number in range(200):
        text = msgspec.json.encode([{"name": "a", f"made up {number}": number}])
        assert seen(decode(text)) == seen(ordinary(text))
    assert len(plan_of(models.ComputerFont).met) < 20


def test_attempts_in_vain_become_rare_and_end_with_one_that_is_not() -> None:
    reached: list[bytes] = []
    decode = array_decoder(models.ComputerService, reached.append)
    for _ in range(100):
        decode(b"[7]")
    assert len(reached) == 100
    tries = 0
    while len(reached) < 200 and decode(b'[{"name": "x"}]') is None:
        tries += 1
    assert tries <= 16
    assert decode(b'[{"name": "x"}]') == [models.ComputerService(name="x")]


def test_pages_of_small_records_are_read_as_from_dicts() -> None:
    record = samples(models.ComputerInventory, 1)[0]
    rows: list[Any] = [record | {"applications": None, "udid": str(number)} for number in range(20)]
    del rows[3]["general"]
    rows[4]["general"] = record["general"] | {"addedLater": 1}
    page = {"totalCount": len(rows), "results": rows}
    operation = get_v1_computers_inventory.OPERATION
    decode = operation.decoder_of(operation.replies[0])
    text = msgspec.json.encode(page)
    expected = models.ComputerInventorySearchResults.from_dict(page)
    assert len(text) < 250_000
    for _ in range(4):
        found = decode(text)
        assert seen(found) == seen(expected)
        assert found.to_dict() == page


def test_twins_go_while_objects_are_made_of_them() -> None:
    text = msgspec.json.encode(samples(models.ComputerGeneral, 500))
    decode = array_decoder(models.ComputerGeneral, never)
    decode(text)
    tracemalloc.start()
    found = decode(text)
    kept_bytes, most_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(found) == 500
    assert most_bytes < 1.1 * kept_bytes


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


class Group(Model):
    """As generated, but it holds itself, which no described class does so far."""

    __module__ = f"{__name__}.group"

    name: str | None | Unset = json_field("name", default=UNSET)
    groups: list[Group] | None | Unset = json_field("groups", ListOf(Ref("Group")), default=UNSET)

    @classmethod
    def _make_reader(cls, new: Any, otherwise: Any, *, read_groups: Any) -> Any:
        def read(value: Any) -> Any:
            if type(value) is not dict or len(value) != 2:
                return otherwise(value, read)
            self = new(cls)
            self.name = value["name"]
            self.groups = read_groups(value["groups"])
            return self

        return read

    @classmethod
    def _make_filler(cls, new: Any, *, read_groups: Any) -> Any:
        def fill(twin: Any) -> Any:
            self = new(cls)
            self.name = twin.name
            self.groups = read_groups(twin.groups)
            return self

        return fill


def test_classes_that_hold_themselves_have_twins_too() -> None:
    innermost = {"name": "c", "groups": [], "addedLater": 1}
    text = msgspec.json.encode({"name": "a", "groups": [{"name": "b", "groups": [innermost]}]})
    read = Group._reader()
    found = twin_decoder(Ref("Group"), __name__, never)(text)
    assert seen(found) == seen(read(read_json(text)))
    assert found.groups[0].groups[0].additional_properties == {"addedLater": 1}


def test_threads_that_meet_new_keys_at_once_lose_none() -> None:
    ordinary = ordinary_decoder(models.ComputerPrinter)
    texts = [json.dumps([{"name": "a", f"key{part}": part}] * 50).encode() for part in range(8)]
    for _ in range(20):
        decode = array_decoder(models.ComputerPrinter, ordinary)
        with ThreadPoolExecutor(8) as threads:
            found = list(threads.map(decode, texts * 4))
        for part, items in enumerate(found):
            expected = {f"key{part % 8}": part % 8}
            assert all(item.additional_properties == expected for item in items)
