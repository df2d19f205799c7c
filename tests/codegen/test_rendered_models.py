from __future__ import annotations

import copy
import datetime
import importlib
import pickle
import pkgutil
from typing import Any

import pytest
from tests.codegen.conftest import HEADER, Generated

from jamf_pro_client._classic.record import Record
from jamf_pro_client.types import UNSET, File
from jamf_pro_codegen.render import TEMPLATES

THING = {
    "id": "7",
    "name": "Lamp",
    "kept": None,
    "size": None,
    "level": -3,
    "born": "2024-05-06",
    "seen": "2024-05-06T07:08:09.120Z",
    "password": "canary",
    "versionLock": 1,
    "free": {"a": [1, {"b": None}]},
    "counts": {"x": 1},
    "parts": [{"label": "p", "part": {"label": "q"}}, None],
    "days": ["2024-05-06"],
    "color": "dark red",
    "quantity": 2.5,
    "new in the next version": {"x": 1},
}
AWKWARD = {
    **dict.fromkeys(
        ["field", "type", "class", "self", "attrs", "jsonField", "dict", "toDict"], "x"
    ),
    **dict.fromkeys(["from_dict", "additionalProperties", "properties", "enum"], "x"),
    **dict.fromkeys(["default", "discriminator", "allOf", 'say"so"', "1st"], "x"),
}
SAMPLES: dict[str, dict[str, Any]] = {
    "Thing": THING,
    "Part": {"label": "p", "part": {"part": None}},
    "Parts": {"totalCount": 1, "results": [{"label": "p"}]},
    "PartMap": {"a": {"label": "p"}, "b": None},
    "Sealed": {"only": True, "more": 1},
    "Awkward": {**AWKWARD, "list": ["x"], "date": "2024-05-06", "datetime": "2024-05-06T07:08:09Z"},
    "List": {"list": "x"},
    "FileModel": {"file": {"response": "x"}},
    "ModelModel": {"model": "x"},
    "AnyModel": {"any": "x"},
    "OperationModel": {"operation": "x"},
    "BodyModel": {"ref": {"mapping": {"unset": {"unset": "x"}}}},
    "Cat": {"kind": "CAT", "name": "Tom", "lives": 9},
    "Dog": {"kind": "DOG", "barks": True},
    "Zoo": {
        "star": {"kind": "DOG", "barks": True},
        "pets": [{"kind": "CAT", "lives": 9}, {"kind": "OWL", "name": "Ann"}, {"name": "Bob"}],
        "guess": {"only": True},
        "loose": 3,
        "when": "2024-05-06T07:08:09Z",
        "mood": "GOOD",
        "several": [{"label": "p"}],
    },
}


def test_every_module_imports(tiny: Generated) -> None:
    package = importlib.import_module(tiny.package)
    names = [found.name for found in pkgutil.walk_packages(package.__path__, f"{tiny.package}.")]

    assert len(names) > 50
    for name in names:
        importlib.import_module(name)


def test_every_file_says_first_that_it_is_generated(tiny: Generated) -> None:
    files = [path for tree in ("api", "models") for path in (tiny.folder / tree).rglob("*.py")]
    unmarked = [
        path.name for path in files if path.read_text("utf-8").partition("\n")[0] != f"# {HEADER}"
    ]
    assert not unmarked


def test_every_public_model_can_be_asked_for(tiny: Generated) -> None:
    models = tiny.models

    assert {*SAMPLES, "Pet", "Failure", "Mood", "ThingColor"} <= set(models.__all__)
    for name in models.__all__:
        assert getattr(models, name).__name__ == name
    assert set(models.__all__) <= set(dir(models))


def test_the_index_lists_every_operation_by_tag(tiny: Generated) -> None:
    api = importlib.import_module(f"{tiny.package}.api")
    modules = {
        (path.parent.name, path.stem)
        for path in (tiny.folder / "api").glob("*/*.py")
        if path.stem != "__init__"
    }
    assert {(tag, name) for tag, names in api.OPERATIONS.items() for name in names} == modules
    assert api.JAMF_PRO_VERSION == "11.30.1"


@pytest.mark.parametrize("name", SAMPLES)
def test_models_round_trip(name: str, tiny: Generated) -> None:
    model = getattr(tiny.models, name)
    read = model.from_dict(SAMPLES[name])

    assert read.to_dict() == SAMPLES[name]
    assert read == model.from_dict(SAMPLES[name])
    assert copy.deepcopy(read).to_dict() == SAMPLES[name]
    assert pickle.loads(pickle.dumps(read)) == read  # noqa: S301  # made here


def test_values_have_the_types_that_the_description_says(tiny: Generated) -> None:
    models = tiny.models
    thing = models.Thing.from_dict(THING)

    assert thing.born == datetime.date(2024, 5, 6)
    assert thing.seen == datetime.datetime(2024, 5, 6, 7, 8, 9, 120000, datetime.UTC)
    assert thing.level is models.ThingLevel(-3)
    assert thing.size is None
    assert isinstance(thing.parts[0].part, models.Part)
    assert thing.free.to_dict() == {"a": [1, {"b": None}]}
    assert thing.counts.additional_properties == {"x": 1}
    assert thing.days == [datetime.date(2024, 5, 6)]
    assert thing.additional_properties == {"new in the next version": {"x": 1}}
    assert "canary" not in repr(thing)


def test_nothing_is_set_that_was_not_given(tiny: Generated) -> None:
    """Neither defaults of the description nor nulls are sent by themselves."""
    thing = tiny.models.Thing(name="Lamp", kept=None)

    assert thing.to_dict() == {"name": "Lamp", "kept": None}
    assert thing.quantity is UNSET


def test_what_only_the_server_sets_is_not_sent(tiny: Generated) -> None:
    assert "id" not in tiny.models.Thing.from_dict(THING).to_request()


def test_required_fields_are_demanded(tiny: Generated) -> None:
    with pytest.raises(TypeError, match="kept"):
        tiny.models.Thing(name="Lamp")


def test_a_tag_picks_the_class_and_an_unknown_one_the_parent(tiny: Generated) -> None:
    models = tiny.models
    zoo = models.Zoo.from_dict(SAMPLES["Zoo"])

    assert isinstance(zoo.star, models.Dog)
    assert [type(pet) for pet in zoo.pets] == [models.Cat, models.Pet, models.Pet]
    assert models.Dog(barks=True).to_dict() == {"kind": "DOG", "barks": True}


@pytest.mark.parametrize(
    ("field", "value", "kind"),
    [
        ("guess", {"only": True}, "Sealed"),
        ("guess", {"label": "p"}, "Part"),
        ("guess", "neither", "str"),
        ("loose", 3, "int"),
        ("loose", "three", "str"),
        ("when", "2024-05-06T07:08:09Z", "datetime"),
        ("when", 3, "int"),
        ("when", "never", "str"),
        ("mood", "GOOD", "Mood"),
        ("mood", "CALM", "str"),
        ("mood", 3, "int"),
        ("several", {"label": "p"}, "Part"),
        ("several", [{"label": "p"}], "list"),
    ],
)
def test_a_union_without_a_tag_is_told_apart_by_the_value(
    field: str, value: object, kind: str, tiny: Generated
) -> None:
    zoo = tiny.models.Zoo.from_dict({field: value})

    assert type(getattr(zoo, field)).__name__ == kind
    assert zoo.to_dict() == {field: value}


def test_no_member_of_an_enum_is_lost_to_anothers_name(tiny: Generated) -> None:
    color = tiny.models.ThingColor

    values = {"dark-red", "dark red", "", "none", "None", 'a "b" \\c'}
    assert {str(member) for member in color} == values
    assert {int(member) for member in tiny.models.ThingLevel} == {1, 2, -3}
    assert tiny.models.ThingLevel.VALUE_NEGATIVE_3 == -3


def test_a_null_among_the_values_of_an_enum_is_no_member(tiny: Generated) -> None:
    assert {str(member) for member in tiny.models.ThingSize} == {"SMALL", "LARGE"}


def test_a_property_that_is_called_like_a_method_hides_none(tiny: Generated) -> None:
    awkward = tiny.models.Awkward.from_dict({"dict": "x", "self": "y"})

    assert awkward.dict_ == "x"
    assert awkward.dict() == {"dict": "x", "self": "y"}


def test_no_public_name_of_a_model_is_free_for_a_property() -> None:
    text = (TEMPLATES / "_macros.jinja").read_text("utf-8")
    taken = text.partition("{%- macro attribute(prop) -%}")[2].partition("{%- endmacro -%}")[0]
    public = {name for name in dir(Record) if not name.startswith("_")}

    assert public > {"dict", "to_dict", "from_xml"}
    assert {name for name in public if f'"{name}"' not in taken} == set()


def test_typed_additional_properties_are_decoded(tiny: Generated) -> None:
    parts = tiny.models.PartMap.from_dict(SAMPLES["PartMap"])

    assert isinstance(parts.additional_properties["a"], tiny.models.Part)
    assert parts.additional_properties["b"] is None


def test_an_upload_holds_files(tiny: Generated) -> None:
    upload = tiny.models.PostV1FilesBody(file=File(b"x", "a.txt"))
    assert upload._items_set()["file"].read() == b"x"
