from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.codegen.documents import body, document, operation

from jamf_pro_codegen.facts import extract_facts

SENTENCE = "Whoever reads this sentence sees that prose went through."
PROSE: dict[str, Any] = {
    "description": SENTENCE,
    "summary": SENTENCE,
    "title": SENTENCE,
    "example": {"said": SENTENCE},
    "examples": {"one": {"value": SENTENCE, "summary": SENTENCE}},
    "externalDocs": {"url": "https://example.org", "description": SENTENCE},
    "termsOfService": SENTENCE,
    "x-unknown": SENTENCE,
}

prose: st.SearchStrategy[Any] = st.lists(st.sampled_from(sorted(PROSE))).map(
    lambda keys: {key: PROSE[key] for key in keys}
)
leaves: st.SearchStrategy[Any] = st.sampled_from(
    [
        {"type": "string"},
        {"type": "string", "default": SENTENCE},
        {"type": "array", "items": {"type": "string"}, "default": ["short", SENTENCE]},
        {"type": "object", "default": {"a": {"b": SENTENCE}}},
        {"type": "string", "enum": ["A", "B"]},
    ]
)


def _nested(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    names = st.sampled_from(["title", "description", "example", "summary", "examples", "name"])
    return st.one_of(
        st.dictionaries(names, inner, max_size=3).map(
            lambda given: {"type": "object", "properties": given}
        ),
        inner.map(lambda given: {"type": "array", "items": given}),
        inner.map(lambda given: {"type": "object", "additionalProperties": given}),
        st.lists(inner, min_size=1, max_size=2).map(lambda given: {"allOf": given}),
        st.lists(inner, min_size=1, max_size=2).map(lambda given: {"oneOf": given}),
        st.lists(inner, min_size=1, max_size=2).map(lambda given: {"anyOf": given}),
        inner.map(lambda given: {"not": given}),
    )


def _told(given: tuple[dict[str, Any], dict[str, Any]]) -> dict[str, Any]:
    return {**given[1], **given[0]}


schemas = st.recursive(st.tuples(leaves, prose).map(_told), _nested, max_leaves=8).flatmap(
    lambda schema: prose.map(lambda words: {**words, **schema})
)


@st.composite
def wordy_documents(draw: st.DrawFn) -> dict[str, Any]:
    """Documents with sentences at every place that OpenAPI has for them."""
    schema = draw(schemas)
    words = draw(prose)
    wordy: dict[str, Any] = {"in": "query", "name": "filter", "schema": schema, **words}
    content = {"application/json": {"schema": schema, **draw(prose)}}
    reply = {
        "description": SENTENCE,
        "content": content,
        "headers": {"X-Header": {"schema": schema, **words}},
        "links": {"next": {"description": SENTENCE}},
    }
    call = {
        **words,
        "description": SENTENCE,
        "parameters": [wordy],
        "requestBody": {"content": content, **words},
        "responses": {"200": reply, "default": reply},
        "callbacks": {"done": {"description": SENTENCE}},
    }
    return {
        **words,
        "openapi": "3.0.1",
        "info": {"title": SENTENCE, "version": SENTENCE, "description": SENTENCE, **words},
        "servers": [{"url": "/api", "description": SENTENCE}],
        "tags": [{"name": "things", "description": SENTENCE}],
        "paths": {"/v1/things": {**words, "post": call, "parameters": [wordy]}},
        "components": {
            "schemas": {"Thing": schema},
            "parameters": {"filter": wordy},
            "responses": {"Reply": reply},
            "requestBodies": {"Body": {"content": content, **words}},
            "headers": {"X-Header": {"schema": schema, **words}},
            "examples": {"One": {"value": SENTENCE}},
            "securitySchemes": {
                "OAuth": {
                    "type": "oauth2",
                    "description": SENTENCE,
                    "flows": {"clientCredentials": {"tokenUrl": "/t", "scopes": {"all": SENTENCE}}},
                }
            },
        },
    }


@given(wordy_documents())
def test_no_sentence_survives_anywhere(wordy: dict[str, Any]) -> None:
    assert SENTENCE not in json.dumps(extract_facts(wordy))


@given(schemas)
def test_every_property_survives_whatever_its_name(schema: dict[str, Any]) -> None:
    facts = extract_facts(document(schemas={"Thing": schema}))

    assert _names(facts["components"]["schemas"]["Thing"]) == _names(schema)


def _names(schema: dict[str, Any]) -> list[Any]:
    """The names of all properties, with what they contain; prose is not followed."""
    inner = [schema[key] for key in ("items", "additionalProperties", "not") if key in schema]
    inner += [part for key in ("allOf", "oneOf", "anyOf") for part in schema.get(key, [])]
    own = [(name, _names(given)) for name, given in schema.get("properties", {}).items()]
    return [*own, *(_names(given) for given in inner)]


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string", "nullable": True},
        {"type": "string", "enum": ["b", "a", "c", None]},
        {"type": "integer", "format": "int64", "minimum": 1, "maximum": 9, "multipleOf": 2},
        {"type": "string", "minLength": 1, "maxLength": 9, "pattern": "^a b c d e$"},
        {"type": "array", "items": {"type": "string"}, "minItems": 1, "uniqueItems": True},
        {"type": "object", "additionalProperties": True},
        {"type": "object", "additionalProperties": False},
        {"type": "string", "readOnly": True, "deprecated": True},
        {"type": "string", "writeOnly": True, "x-deprecation-date": "2024-01-01"},
        {"type": "string", "default": "as is"},
        {"type": "array", "items": {"type": "string"}, "default": ["id:asc", "name:asc"]},
        {"type": "boolean", "default": False},
        {"type": ["string", "null"], "const": "x"},
        {"oneOf": [{"type": "string"}], "discriminator": {"propertyName": "a", "mapping": {}}},
    ],
)
def test_facts_of_a_schema_survive(schema: dict[str, Any]) -> None:
    facts = extract_facts(document(schemas={"Thing": schema}))

    assert facts["components"]["schemas"]["Thing"] == schema


def test_facts_of_an_operation_survive() -> None:
    told = {
        "operationId": "getThings",
        "tags": ["things"],
        "deprecated": True,
        "security": [{"Bearer": []}],
        "x-required-privileges": ["Read Things"],
        "x-deprecation-date": "2024-01-01",
        "x-authentication-required": False,
        "x-action": True,
        "x-rate-limit": {"limit": 1},
        "requestBody": {**body({"type": "string"}), "required": True},
    }
    facts = extract_facts(document({"/v1/things": {"post": operation(**told)}}))

    assert facts["paths"]["/v1/things"]["post"].items() >= told.items()


def test_facts_of_a_parameter_survive() -> None:
    told = {
        "name": "page-size",
        "in": "query",
        "required": True,
        "style": "form",
        "explode": False,
        "deprecated": True,
        "schema": {"type": "integer"},
    }
    facts = extract_facts(
        document({"/v1/things": {"get": operation(parameters=[{**told, "description": SENTENCE}])}})
    )

    assert facts["paths"]["/v1/things"]["get"]["parameters"] == [told]


def test_a_response_is_described_by_the_name_of_its_status() -> None:
    replies = {"404": {"description": SENTENCE}, "422": {}, "4XX": {}, "default": {}, "520": {}}
    facts = extract_facts(document({"/v1/things": {"get": {"responses": replies}}}))

    told = {
        status: reply["description"]
        for status, reply in facts["paths"]["/v1/things"]["get"]["responses"].items()
    }
    assert told == {
        "404": "Not Found",
        "422": "Unprocessable Entity",  # whatever this Python calls it
        "4XX": "4XX",
        "default": "default",
        "520": "520",
    }


def test_listed_fields_survive_the_prose_that_lists_them() -> None:
    parameter = {
        "name": "filter",
        "in": "query",
        "schema": {"type": "string"},
        "description": f"{SENTENCE} Supported fields: `id`, `name`.",
    }
    facts = extract_facts(document({"/v1/things": {"get": operation(parameters=[parameter])}}))

    (kept,) = facts["paths"]["/v1/things"]["get"]["parameters"]
    assert kept["x-fields"] == ["id", "name"]


def test_prose_is_kept_when_asked() -> None:
    schema = {"type": "string", "description": SENTENCE}
    wordy = document({"/v1/things": {"get": operation(schema, summary=SENTENCE)}})
    facts = extract_facts(wordy, keep_prose=True)

    call = facts["paths"]["/v1/things"]["get"]
    assert call["summary"] == SENTENCE
    content = call["responses"]["200"]["content"]
    assert content["application/json"]["schema"]["description"] == SENTENCE
    assert facts["info"]["title"] == "Jamf Pro API"


def test_the_given_document_is_not_changed() -> None:
    wordy = document(schemas={"Thing": {"type": "string", "description": SENTENCE}})
    before = json.dumps(wordy)
    extract_facts(wordy)

    assert json.dumps(wordy) == before
