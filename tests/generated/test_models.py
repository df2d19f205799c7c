"""Every model: lossless, tolerant of what servers send, and silent about defaults and secrets."""

from __future__ import annotations

import copy
import datetime
import importlib
import itertools
import json
import pickle
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import attrs
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.generated.described import DESCRIPTION

from jamf_pro_client import UNSET, models
from jamf_pro_client._model.decoding import reply_decoder
from jamf_pro_client._model.encoding import encode_json
from jamf_pro_client.enums import OpenIntEnum, OpenStrEnum
from jamf_pro_client.model import Model
from jamf_pro_client.shapes import Ref
from jamf_pro_sandbox.samples import Sampler

CET = datetime.timezone(datetime.timedelta(hours=1))
ODD_VALUES: dict[str, Any] = {
    "null": None,
    "unknown text": "NOT_IN_ANY_ENUM",
    "empty text": "",
    "number": 12,
    "fraction": 0.5,
    "boolean": True,
    "object": {"unexpected": [1, {"deep": None}]},
    "list": [None, "x", {"y": 1}],
    "date without zone": "2026-01-02T03:04:05",
    "date with odd zone": "2026-01-02T03:04:05.12+0000",
    "date in words": "2026-01-02 03:04:05 UTC",
    "no date": "0000-99-99T99:99:99Z",
}


def classes() -> dict[str, type[Model]]:
    loaded = {name: getattr(models, name) for name in models.__all__}
    return {name: cls for name, cls in loaded.items() if issubclass(cls, Model)}


def models_within(value: Any) -> Iterator[Model]:
    if isinstance(value, list):
        for part in value:
            yield from models_within(part)
    elif isinstance(value, Model):
        yield value
        for field in attrs.fields(type(value)):
            yield from models_within(getattr(value, field.name))


@pytest.fixture(scope="module")
def samples() -> dict[str, dict[str, Any]]:
    """A full JSON object for every model class, those of inline schemas included."""
    sampler = Sampler(DESCRIPTION)
    known = {name.lower(): cls for name, cls in classes().items()}
    found: dict[str, dict[str, Any]] = {}
    for document in (*schema_samples(sampler), *operation_samples(sampler)):
        name, value = document
        cls = known.get(name.lower())
        if cls is None or not isinstance(value, dict):
            continue
        for part in models_within(cls.from_dict(value)):
            found.setdefault(type(part).__name__, part.to_dict())
    return found


def schema_samples(sampler: Sampler) -> Iterator[tuple[str, Any]]:
    for name in DESCRIPTION.document["components"]["schemas"]:
        schema = {"$ref": f"#/components/schemas/{name}"}
        for row in range(4):
            yield (
                name,
                {**sampler.request(schema, full=True, row=row), **answer}
                if isinstance(answer := sampler.answer(schema, row=row), dict)
                else answer,
            )


def operation_samples(sampler: Sampler) -> Iterator[tuple[str, Any]]:
    """Inline bodies and replies are models too, named after the operation."""
    for name, operation in DESCRIPTION.operations.items():
        stem = name.replace("_", "")
        for schema in operation.answers.values():
            yield f"{stem}response{operation.success_status}", sampler.answer(schema)
        for media, schema in operation.bodies.items():
            if media.endswith("json"):
                yield f"{stem}body", sampler.request(schema, full=True)


def test_there_is_a_sample_of_every_model_but_uploads(samples: dict[str, dict[str, Any]]) -> None:
    missing = set(classes()) - set(samples)
    assert {name for name in missing if not name.startswith("Post")} == set()
    assert len(missing) == 14


def test_encoding_a_decoded_object_gives_the_same_json(
    samples: dict[str, dict[str, Any]],
) -> None:
    changed = [
        name
        for name, sample in samples.items()
        if getattr(models, name).from_dict(sample).to_dict() != sample
    ]
    assert changed == []


def test_every_model_becomes_a_dict_that_json_can_write(
    samples: dict[str, dict[str, Any]],
) -> None:
    """S2.21."""
    for name, sample in samples.items():
        plain = getattr(models, name).from_dict(sample).dict()
        assert json.loads(json.dumps(plain)) == plain == sample


@pytest.mark.parametrize("odd", ODD_VALUES.values(), ids=list(ODD_VALUES))
def test_an_odd_value_at_any_position_is_kept(odd: Any, samples: dict[str, dict[str, Any]]) -> None:
    failed = []
    for name, sample in samples.items():
        cls = getattr(models, name)
        for key in sample:
            document = {**sample, key: odd}
            if cls.from_dict(document).to_dict() != document:
                failed.append(f"{name}.{key}")
    assert failed == []


def test_a_missing_key_at_any_position_stays_missing(samples: dict[str, dict[str, Any]]) -> None:
    failed = []
    for name, sample in samples.items():
        for key in sample:
            document = {other: value for other, value in sample.items() if other != key}
            if getattr(models, name).from_dict(document).to_dict() != document:
                failed.append(f"{name}.{key}")
    assert failed == []


def test_unknown_keys_are_kept_in_every_model(samples: dict[str, dict[str, Any]]) -> None:
    extra = {"notDescribed": {"a": [1, None, "2026-01-01"]}, "nor this": None}
    failed = [
        name
        for name, sample in samples.items()
        if getattr(models, name).from_dict(sample | extra).to_dict() != sample | extra
    ]
    assert failed == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(data=st.data())
def test_any_json_object_is_decoded_and_encoded_without_loss(data: st.DataObject) -> None:
    cls = data.draw(st.sampled_from(sorted(classes().values(), key=lambda one: one.__name__)))
    keys = st.sampled_from(cls.json_names()) if cls.json_names() else st.text()
    document = data.draw(st.dictionaries(keys | st.text(), JSON, max_size=6))
    assert cls.from_dict(document).to_dict() == document


def test_decoding_leaves_the_given_object_alone(samples: dict[str, dict[str, Any]]) -> None:
    sample = samples["ComputerInventoryV4"]
    before = copy.deepcopy(sample)
    models.ComputerInventoryV4.from_dict(sample)
    assert sample == before


def test_copies_and_pickles_are_equal_and_keep_unset(samples: dict[str, dict[str, Any]]) -> None:
    for name, sample in samples.items():
        partial = dict(list(sample.items())[: len(sample) // 2])
        given = getattr(models, name).from_dict(partial)
        for other in (copy.deepcopy(given), copy.copy(given), pickle.loads(pickle.dumps(given))):  # noqa: S301
            assert other == given
            assert other.to_dict() == partial


def test_an_empty_model_sends_nothing_but_its_tag() -> None:
    for name, cls in classes().items():
        required: dict[str, Any] = {
            field.name: None
            for field in attrs.fields(cls)
            if field.default is attrs.NOTHING and field.init
        }
        sent = {
            key: value for key, value in cls(**required).to_request().items() if value is not None
        }
        assert set(sent) <= {"commandType", "deviceType"}, name


def test_attrs_sees_the_fields_of_models() -> None:
    building = models.Building(name="HQ")
    assert attrs.has(type(building))
    # mypy's evolve takes only classes that attrs itself decorates.
    changed = attrs.evolve(building, city="Oslo")  # type: ignore[misc]
    assert changed == building.evolve(city="Oslo") == models.Building(name="HQ", city="Oslo")
    assert attrs.asdict(building)["name"] == "HQ"
    assert building.street_address_1 is UNSET


def test_evolve_keeps_unknown_keys() -> None:
    building = models.Building.from_dict({"name": "HQ", "new": 1})
    assert building.evolve(name="Hut").to_dict() == {"name": "Hut", "new": 1}
    with pytest.raises(TypeError, match="nmae"):
        building.evolve(nmae="Hut")


def commands() -> dict[str, str]:
    union = DESCRIPTION.document["components"]["schemas"]["MdmCommandRequest"]
    mapping = union["properties"]["commandData"]["discriminator"]["mapping"]
    return {tag: reference.rpartition("/")[2] for tag, reference in mapping.items()}


def test_each_of_35_mdm_commands_is_its_own_class() -> None:
    assert len(commands()) == 35
    for tag, name in commands().items():
        request = models.MdmCommandRequest.from_dict({"commandData": {"commandType": tag}})
        assert type(request.command_data).__name__ == name
        assert request.to_dict() == {"commandData": {"commandType": tag}}


def test_constructors_fill_in_the_tag_of_a_command() -> None:
    command = models.EnableLostModeCommand(lost_mode_message="Call us")
    request = models.MdmCommandRequest(command_data=command)
    assert request.to_request() == {
        "commandData": {"commandType": "ENABLE_LOST_MODE", "lostModeMessage": "Call us"}
    }


def test_an_unknown_command_becomes_the_base_class_and_keeps_its_data() -> None:
    document = {"commandData": {"commandType": "MAKE_COFFEE", "strength": 3}}
    request = models.MdmCommandRequest.from_dict(document)
    assert type(request.command_data) is models.MdmCommandBase
    assert request.to_dict() == document


@pytest.mark.parametrize(
    ("device_type", "cls"),
    [
        ("iOS", models.MobileDeviceIosInventory),
        ("tvOS", models.MobileDeviceTvOsInventory),
        ("watchOS", models.MobileDeviceWatchOsInventory),
        ("visionOS", models.MobileDeviceVisionOsInventory),
        ("Newton", models.MobileDeviceInventory),
    ],
)
def test_a_mobile_device_is_the_class_of_its_type(device_type: str, cls: type[Model]) -> None:
    page = {"totalCount": 1, "results": [{"deviceType": device_type, "mobileDeviceId": "1"}]}
    decoded = models.MobileDeviceInventorySearchResults.from_dict(page)
    assert isinstance(decoded.results, list)
    assert type(decoded.results[0]) is cls
    assert decoded.to_dict() == page


def test_enums_are_open() -> None:
    section = models.ComputerSectionV4("A_NEW_SECTION")
    assert section == "A_NEW_SECTION"
    assert isinstance(section, models.ComputerSectionV4)
    assert not section.is_known
    assert models.ComputerSectionV4.GENERAL.is_known
    assert pickle.loads(pickle.dumps(section)) == section  # noqa: S301
    assert copy.deepcopy(section) == section


def test_every_enum_knows_its_values_and_keeps_others() -> None:
    for name in models.__all__:
        cls = getattr(models, name)
        if issubclass(cls, OpenStrEnum):
            assert cls("never heard of") == "never heard of"
        elif issubclass(cls, OpenIntEnum):
            assert cls(-123) == -123


def test_dates_are_written_as_they_were_read() -> None:
    for text in (
        "2026-01-02T03:04:05.678Z",
        "2026-01-02T03:04:05Z",
        "2026-01-02T03:04:05.6Z",
        "2026-01-02T03:04:05+0000",
        "2026-01-02T03:04:05-00:00",
        "2026-01-02T03:04:05",
        "2026-01-02 03:04:05 UTC",
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
    ):
        document = {"general": {"lastContact": text}}
        computer = models.ComputerInventoryV4.from_dict(document)
        assert computer.general
        assert isinstance(computer.general.last_contact, datetime.datetime), text
        assert computer.to_dict() == document
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


def test_read_only_fields_are_not_sent() -> None:
    document = {"id": "7", "name": "x", "keystore": {"fileName": "a", "type": "PKCS12"}}
    assert "id" not in models.ComputerInventoryV4.from_dict(document).to_request()
    assert models.ComputerInventoryV4.from_dict(document).to_dict()["id"] == "7"


def test_no_model_shows_a_secret() -> None:
    canary = "canary-3f9c"
    shown = []
    for name, cls in classes().items():
        schema = DESCRIPTION.document["components"]["schemas"].get(name, {})
        for key, described in schema.get("properties", {}).items():
            if described.get("x-secret") and canary in repr(cls.from_dict({key: canary})):
                shown.append(f"{name}.{key}")
    assert shown == []
    assert canary not in repr(models.OAuthTokenRequest.from_dict({"client_secret": canary}))
    assert canary not in str(models.AuthTokenV1.from_dict({"token": canary}))


def test_importing_the_models_package_twice_gives_the_same_classes() -> None:
    again = importlib.import_module("jamf_pro_client.models.building")
    assert again.Building is models.Building
    assert set(models.__all__) <= set(dir(models))
    with pytest.raises(AttributeError, match="NoSuchModel"):
        models.NoSuchModel  # type: ignore[attr-defined]  # noqa: B018


def test_no_field_hides_a_method() -> None:
    public = {name for name in dir(Model) if not name.startswith("_")}
    hidden = [name for name, cls in classes().items() if public & set(cls._declared)]
    assert hidden == []


def large_page() -> bytes:
    """A page of records that are large enough to be decoded section by section."""
    record = Sampler(DESCRIPTION).answer({"$ref": "#/components/schemas/ComputerInventoryV4"})
    record["applications"] *= 100
    record["notDescribed"] = {"a": [1, None]}
    rows = [{**record, "id": str(number)} for number in range(20)]
    return msgspec.json.encode({"totalCount": 20, "results": rows, "extra": "kept"})


def decoded_lazily(text: bytes) -> models.ComputerInventorySearchResultsV4:
    decode = reply_decoder(Ref("ComputerInventorySearchResultsV4"), "jamf_pro_client.models")
    page = decode(text)
    assert isinstance(page, models.ComputerInventorySearchResultsV4)
    return page


def test_a_page_decoded_section_by_section_equals_one_decoded_at_once() -> None:
    text = large_page()
    at_once = models.ComputerInventorySearchResultsV4.from_dict(msgspec.json.decode(text))
    assert decoded_lazily(text) == at_once
    assert repr(decoded_lazily(text)) == repr(at_once)
    assert decoded_lazily(text).to_dict() == at_once.to_dict() == msgspec.json.decode(text)
    assert attrs.asdict(decoded_lazily(text)) == attrs.asdict(at_once)
    assert pickle.loads(pickle.dumps(decoded_lazily(text))) == at_once  # noqa: S301
    assert copy.deepcopy(decoded_lazily(text)) == at_once
    assert copy.copy(decoded_lazily(text)) == at_once
    assert decoded_lazily(text).evolve(total_count=20) == at_once


def test_what_attrs_saw_is_still_encoded_by_us() -> None:
    assert attrs.fields(models.Building)
    building = models.Building.from_dict({"name": "HQ", "new": 1})
    assert encode_json(building) == b'{"name":"HQ","new":1}'
    assert encode_json([building]) == b'[{"name":"HQ","new":1}]'


def test_an_untouched_section_is_written_back_as_it_came() -> None:
    text = large_page().replace(b'"totalCount":20', b'"totalCount": 2.0e1')
    assert b'"totalCount":2.0e1' in encode_json(decoded_lazily(text))
    page = decoded_lazily(text)
    assert page.results
    page.results[3].general = models.ComputerGeneralV4(name="changed")
    expected = msgspec.json.decode(text)
    expected["results"][3]["general"] = {"name": "changed"}
    assert msgspec.json.decode(encode_json(page)) == expected


def test_unknown_keys_of_a_large_record_are_kept() -> None:
    page = decoded_lazily(large_page())
    assert page.additional_properties == {"extra": "kept"}
    assert page.results
    assert page.results[0].additional_properties == {"notDescribed": {"a": [1, None]}}
    page.results[0].additional_properties["more"] = 1
    assert page.results[0].to_dict()["more"] == 1


def test_a_copy_of_a_large_record_changes_on_its_own() -> None:
    page = decoded_lazily(large_page())
    assert page.results
    record = page.results[0]
    other = record.evolve(id="other")
    assert other.general
    other.additional_properties["x"] = 1
    assert (record.id, other.id) == ("0", "other")
    assert "x" not in record.additional_properties


def test_threads_that_touch_a_section_first_get_the_same_object() -> None:
    for _ in range(20):
        page = decoded_lazily(large_page())
        start = threading.Barrier(8)

        def touch(page: Any = page, start: threading.Barrier = start) -> int:
            start.wait()
            return id(page.results[5].general)

        with ThreadPoolExecutor(8) as pool:
            assert len({future.result() for future in [pool.submit(touch) for _ in range(8)]}) == 1


def test_an_attribute_that_is_none_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="'Building' object has no attribute 'nmae'"):
        models.Building(name="HQ").nmae  # type: ignore[attr-defined]  # noqa: B018
    with pytest.raises(TypeError, match="nmae"):
        models.Building(name="HQ", nmae="x")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="'name'"):
        models.Building()  # type: ignore[call-arg]
