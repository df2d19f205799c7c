from __future__ import annotations

from typing import Any

import pytest
from tests.codegen.documents import Json, document, normal, only_operation, operation, schema_of

from jamf_pro_codegen.errors import CodegenError

TEXT = {"type": "string"}


def _reference(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _object(**properties: Json) -> Json:
    return {"type": "object", "properties": properties}


PARENT = {**_object(kind=TEXT, name=TEXT), "required": ["kind"]}


def _child(**properties: Json) -> Json:
    return {"allOf": [_reference("Pet"), _object(**properties)]}


def _pets(union: Json | None = None, *, parent: Json = PARENT) -> Json:
    """A parent, two children that inherit from it, and a union of the children."""
    kinds = {"CAT": _reference("Cat")["$ref"], "DOG": _reference("Dog")["$ref"]}
    default: Json = {
        "oneOf": [_reference("Cat"), _reference("Dog")],
        "discriminator": {"propertyName": "kind", "mapping": kinds},
    }
    return document(
        schemas={
            "Pet": parent,
            "Cat": _child(lives={"type": "integer"}),
            "Dog": _child(barks={"type": "boolean"}),
            "Any": union or default,
        }
    )


def test_inheritance_is_merged() -> None:
    dog = schema_of(_pets(), "Dog")

    assert "allOf" not in dog
    assert list(dog["properties"]) == ["kind", "name", "barks"]
    assert dog["required"] == ["kind"]


def test_inheritance_over_two_steps_is_merged() -> None:
    schemas = {
        "A": {**_object(a=TEXT), "required": ["a"]},
        "B": {"allOf": [_reference("A"), {**_object(b=TEXT), "required": ["b"]}]},
        "C": {"allOf": [_reference("B"), _object(c=TEXT)], "required": ["c"]},
    }
    found = schema_of(document(schemas=schemas), "C")

    assert list(found["properties"]) == ["a", "b", "c"]
    assert found["required"] == ["a", "b", "c"]


def test_inheritance_written_within_an_operation_is_merged() -> None:
    schema = {"allOf": [_reference("Pet"), _object(barks=TEXT)]}
    given = document({"/v1/x": {"get": operation(schema)}}, {"Pet": PARENT})
    found = only_operation(given)["responses"]["200"]["content"]["application/json"]["schema"]

    assert list(found["properties"]) == ["kind", "name", "barks"]


def test_a_wrapped_reference_is_unwrapped_and_keeps_its_facts() -> None:
    wrapped = {"allOf": [_reference("Pet")], "nullable": True, "readOnly": True}
    found = schema_of(document(schemas={"Pet": PARENT, "Home": _object(pet=wrapped)}), "Home")

    assert found["properties"]["pet"] == {**_reference("Pet"), "nullable": True, "readOnly": True}


def test_inheritance_from_oneself_is_refused() -> None:
    schemas = {
        "A": {"allOf": [_reference("B"), _object()]},
        "B": {"allOf": [_reference("A"), _object()]},
    }
    with pytest.raises(CodegenError, match="leads back to itself"):
        normal(document(schemas=schemas))


def test_a_property_called_like_a_keyword_is_no_keyword() -> None:
    names = ["allOf", "oneOf", "anyOf", "discriminator", "properties", "items", "type", "enum"]
    names += ["required", "nullable", "default", "additionalProperties", "format", "not"]
    schema = _object(**dict.fromkeys(names, TEXT))
    found = schema_of(document(schemas={"Thing": schema}), "Thing")

    assert list(found["properties"]) == names
    assert found == schema


def test_variants_name_their_tag() -> None:
    schemas = normal(_pets())["components"]["schemas"]

    assert schemas["Cat"]["properties"]["kind"] == {
        "type": "string",
        "enum": ["CAT"],
        "x-tag": True,
    }
    assert schemas["Dog"]["properties"]["kind"]["enum"] == ["DOG"]
    assert schemas["Dog"]["required"] == ["kind"]
    assert schemas["Pet"]["properties"]["kind"] == TEXT


def test_a_union_falls_back_to_the_parent_of_its_variants() -> None:
    assert schema_of(_pets(), "Any")["x-fallback"] == "Pet"


def test_a_union_without_a_common_parent_has_no_fallback() -> None:
    union = {
        "oneOf": [_reference("A"), _reference("B")],
        "discriminator": {"propertyName": "kind"},
    }
    given = document(schemas={"A": _object(a=TEXT), "B": _object(b=TEXT), "Any": union})
    found = schema_of(given, "Any")

    assert "x-fallback" not in found
    assert found["discriminator"]["mapping"] == {
        "A": _reference("A")["$ref"],
        "B": _reference("B")["$ref"],
    }


def test_a_variant_with_two_tags_takes_either() -> None:
    reference = _reference("Cat")["$ref"]
    union = {
        "oneOf": [_reference("Cat"), _reference("Dog")],
        "discriminator": {
            "propertyName": "kind",
            "mapping": {"TOM": reference, "CAT": reference, "DOG": _reference("Dog")["$ref"]},
        },
    }
    cat = schema_of(_pets(union), "Cat")
    assert cat["properties"]["kind"] == {"type": "string", "enum": ["CAT", "TOM"]}


def test_a_parents_discriminator_is_not_inherited() -> None:
    """Neither by the children nor kept where it tells no variants apart."""
    parent = {**PARENT, "discriminator": {"propertyName": "kind", "mapping": {}}}
    schemas = normal(_pets(parent=parent))["components"]["schemas"]

    assert not [name for name in ("Pet", "Cat", "Dog") if "discriminator" in schemas[name]]


def test_a_parent_that_is_the_union_of_its_children_does_not_pass_that_on() -> None:
    parent: dict[str, Any] = {
        **PARENT,
        "oneOf": [_reference("Cat"), _reference("Dog")],
        "discriminator": {"propertyName": "kind"},
    }
    cat = schema_of(_pets(parent=parent), "Cat")

    assert "oneOf" not in cat
    assert list(cat["properties"]) == ["kind", "name", "lives"]


def test_a_tag_for_an_unknown_schema_is_refused() -> None:
    union = {
        "oneOf": [_reference("Cat")],
        "discriminator": {"propertyName": "kind", "mapping": {"OWL": _reference("Owl")["$ref"]}},
    }
    with pytest.raises(CodegenError, match="maps to Owl"):
        normal(_pets(union))


@pytest.mark.parametrize(
    ("given", "settled"),
    [
        ({"type": ["string", "null"]}, {"type": "string", "nullable": True}),
        (
            {"type": ["null", "array"], "items": TEXT},
            {"type": "array", "items": TEXT, "nullable": True},
        ),
        ({"type": ["string", "integer"]}, {"anyOf": [TEXT, {"type": "integer"}]}),
        (
            {"type": ["string", "integer", "null"]},
            {"anyOf": [TEXT, {"type": "integer"}], "nullable": True},
        ),
        ({"anyOf": [TEXT, {"type": "null"}]}, {"type": "string", "nullable": True}),
        ({"oneOf": [_reference("A"), {"type": "null"}]}, {**_reference("A"), "nullable": True}),
        (
            {"oneOf": [_reference("A"), TEXT, {"type": "null"}]},
            {"oneOf": [_reference("A"), TEXT], "nullable": True},
        ),
        (
            {"type": "string", "enum": ["b", "a", None]},
            {"type": "string", "enum": ["b", "a"], "nullable": True},
        ),
        (
            {"type": "array", "items": {"type": ["string", "null"]}},
            {"type": "array", "items": {"type": "string", "nullable": True}},
        ),
        (
            {"anyOf": [{"type": ["string", "null"]}, {"type": "null"}]},
            {"type": "string", "nullable": True},
        ),
        ({"type": "string", "nullable": True}, {"type": "string", "nullable": True}),
    ],
)
def test_there_is_one_way_to_say_null(given: Json, settled: Json) -> None:
    """OpenAPI 3.0 and 3.1 say it in five ways."""
    schemas = {"A": _object(a=TEXT), "Thing": _object(field=given)}
    assert schema_of(document(schemas=schemas), "Thing")["properties"]["field"] == settled


@pytest.mark.parametrize(
    ("given", "type_"),
    [
        ({"properties": {"a": TEXT}}, "object"),
        ({"format": "binary"}, "string"),
        ({"format": "date-time"}, "string"),
        ({}, None),
    ],
)
def test_a_missing_type_is_filled_in_where_it_is_plain(given: Json, type_: str | None) -> None:
    schemas = {"Thing": _object(field=given, either={"oneOf": [given, TEXT]})}
    found = schema_of(document(schemas=schemas), "Thing")["properties"]

    assert found["field"].get("type") == type_
    assert found["either"]["oneOf"][0].get("type") == type_


@pytest.mark.parametrize(
    ("name", "schema", "is_secret"),
    [
        ("password", TEXT, True),
        ("keystorePassword", TEXT, True),
        ("clientSecret", TEXT, True),
        ("token", TEXT, True),
        ("privateKey", TEXT, True),
        ("recoveryKey", TEXT, True),
        ("pin", TEXT, True),
        ("devicePin", TEXT, True),
        ("word", {"type": "string", "format": "password"}, True),
        ("word", {"type": "string", "writeOnly": True}, True),
        ("word", TEXT, False),
        ("spin", TEXT, False),
        ("tokenExpires", TEXT, False),
        ("password", {"type": "boolean"}, False),
        ("token", {"type": "string", "enum": ["A"]}, False),
    ],
)
def test_secrets_are_marked(name: str, schema: Json, is_secret: bool) -> None:
    found = schema_of(document(schemas={"Thing": _object(**{name: schema})}), "Thing")
    assert found["properties"][name].get("x-secret", False) is is_secret
