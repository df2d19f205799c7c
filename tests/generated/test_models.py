"""Every model: lossless, tolerant of what servers send, and silent about defaults and secrets."""

from __future__ import annotations

import copy
import importlib
import json
import pickle
from collections.abc import Iterator
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.generated.described import DESCRIPTION

from jamf_pro_client import UNSET, models
from jamf_pro_client._model.encoding import encode_json
from jamf_pro_client.classic import models as classic_models
from jamf_pro_client.enums import OpenIntEnum, OpenStrEnum
from jamf_pro_client.model import Model
from jamf_pro_sandbox.samples import Sampler

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


def test_copy_replace_is_evolve() -> None:
    building = models.Building.from_dict({"name": "HQ", "new": 1})
    # Python has it from 3.13 on.
    replace = getattr(copy, "replace", lambda it, **changes: type(it).__replace__(it, **changes))
    assert replace(building, name="Hut") == building.evolve(name="Hut")


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


def test_what_attrs_saw_is_still_encoded_by_us() -> None:
    assert attrs.fields(models.Building)
    building = models.Building.from_dict({"name": "HQ", "new": 1})
    assert encode_json(building) == b'{"name":"HQ","new":1}'
    assert encode_json([building]) == b'[{"name":"HQ","new":1}]'


def test_an_attribute_that_is_none_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="'Building' object has no attribute 'nmae'"):
        models.Building(name="HQ").nmae  # type: ignore[attr-defined]  # noqa: B018
    with pytest.raises(TypeError, match="nmae"):
        models.Building(name="HQ", nmae="x")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="'name'"):
        models.Building()  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"nmae": "x"}, "Building has no field 'nmae'; did you mean 'name'?"),
        (
            {"name": "x", "streetAddress1": "x", "qqq": 1},
            "Building has no fields 'qqq' and 'streetAddress1'; did you mean 'street_address_1'?",
        ),
        ({"name": "x", "qqq": 1}, "Building has no field 'qqq'"),
        ({"city": "x", "additional_properties": {}}, "Building needs the argument 'name'"),
    ],
)
def test_a_field_that_there_is_not_is_told_before_one_that_is_missing(
    values: Any, told: str
) -> None:
    with pytest.raises(TypeError) as caught:
        models.Building(**values)
    assert str(caught.value) == told


def test_all_fields_that_are_missing_are_told_at_once() -> None:
    cls: Any = models.Category
    with pytest.raises(TypeError, match=r"^Category needs the arguments 'name' and 'priority'$"):
        cls()
    cls = models.Package
    with pytest.raises(TypeError) as caught:
        cls(file_name="a.pkg", priority=3)
    assert "'package_name', 'category_id', 'fill_user_template'" in str(caught.value)
    assert "file_name" not in str(caught.value)


@pytest.mark.parametrize("package", [models, classic_models])
def test_the_nearest_model_is_named(package: Any) -> None:
    with pytest.raises(AttributeError, match="no attribute 'Packag'; did you mean 'Package'"):
        _ = package.Packag
    assert not hasattr(package, "__nothing__")
