from __future__ import annotations

import json
from typing import Any

import pytest
from tests.codegen.conftest import ROOT
from tests.codegen.documents import Json, body, document, normal, only_operation, operation

from jamf_pro_codegen.errors import CodegenError
from jamf_pro_codegen.normal_form import normalise, operations

SECURED: Json = {"security": [{"Bearer": []}, {"BasicAuth": []}]}
ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
ROWS = {"type": "object", "properties": {"results": {"type": "array", "items": {}}}}


def _written(given: dict[str, Any]) -> str:
    return json.dumps(given, indent=1, ensure_ascii=False) + "\n"


@pytest.mark.parametrize(
    "given",
    [
        document(),
        document(**SECURED),
        document({"/v1/x": {"get": operation(**{"x-authentication-required": True})}}),
        document({"/v1/x": {"get": operation(**{"x-authentication-required": False})}}, **SECURED),
        document({"/v1/x": {"get": operation(operationId="getX")}}),
    ],
    ids=["plain", "secured", "said to need a token", "open", "named by the vendor"],
)
def test_the_normal_form_of_a_normal_form_is_itself(given: dict[str, Any]) -> None:
    once = normal(given)
    assert _written(normalise(once, "11.30.1")) == _written(once)


def test_the_normal_form_of_every_shape_is_stable(tiny_document: dict[str, Any]) -> None:
    assert _written(normalise(tiny_document, "11.30.1")) == _written(tiny_document)


def test_the_description_of_the_project_is_in_normal_form() -> None:
    text = (ROOT / "openapi/jamf-pro.json").read_text("utf-8")
    description = json.loads(text)
    assert _written(normalise(description, description["info"]["version"])) == text


def test_the_version_is_noted() -> None:
    assert normal(document())["info"]["version"] == "11.30.1"


def test_operations_are_named_and_keep_the_vendors_id_beside() -> None:
    named = only_operation(document({"/v1/x-y/{id}": {"get": operation(operationId="getXY")}}))
    plain = only_operation(document({"/v1/x": {"get": operation()}}))

    assert (named["operationId"], named["x-vendor-operation-id"]) == ("get_v1_x_y_id", "getXY")
    assert "x-vendor-operation-id" not in plain


def test_operations_that_would_share_a_name_are_refused() -> None:
    with pytest.raises(CodegenError, match="two operations are named get_v1_a_b"):
        normal(document({"/v1/a/b": {"get": operation()}, "/v1/a-b": {"get": operation()}}))


def test_operations_come_sorted_by_path() -> None:
    paths = {"/b": {"post": operation(), "get": operation()}, "/a": {"get": operation()}}
    found = [(path, method) for path, method, _ in operations(normal(document(paths)))]
    assert found == [("/a", "get"), ("/b", "get"), ("/b", "post")]


def test_keys_are_sorted_but_properties_and_enums_keep_their_order() -> None:
    schema = {
        "type": "object",
        "properties": {"z": {"type": "string", "enum": ["b", "a"]}, "a": {"type": "string"}},
    }
    found = normal(document(schemas={"Thing": schema}))["components"]["schemas"]["Thing"]

    assert list(found) == ["properties", "type"]
    assert list(found["properties"]) == ["z", "a"]
    assert found["properties"]["z"]["enum"] == ["b", "a"]


@pytest.mark.parametrize(
    ("told", "document_security", "security", "token"),
    [
        ({}, [{"Bearer": []}], [{"Bearer": []}], True),
        ({}, [{"Bearer": []}, {"BasicAuth": []}], [{"Bearer": []}], True),
        ({}, [{"BasicAuth": []}], [{"BasicAuth": []}], False),
        ({"security": [{"BasicAuth": []}]}, [{"Bearer": []}], [{"BasicAuth": []}], False),
        ({"security": []}, [{"Bearer": []}], [], False),
        ({"x-authentication-required": False}, [{"Bearer": []}], [], False),
        ({}, None, [], False),
        ({"x-authentication-required": True}, None, None, True),
    ],
)
def test_security_is_pushed_down(
    told: dict[str, Any], document_security: Any, security: Any, token: bool
) -> None:
    more = {} if document_security is None else {"security": document_security}
    given = document({"/v1/x": {"get": operation(**told)}}, **more)
    found = only_operation(given)

    assert found.get("security") == security
    assert found["x-authentication-required"] is token
    assert "security" not in normal(given)


CSV = {"text/csv": {"schema": {"type": "string"}}}
BINARY = {"type": "string", "format": "binary"}


@pytest.mark.parametrize(
    ("media", "schema", "settled", "kind"),
    [
        ("application/json", {"type": "object"}, {"application/json": {"type": "object"}}, "json"),
        ("Application/JSON; charset=UTF-8", {}, {"application/json": {}}, "json"),
        ("application/scim+json", {}, {"application/scim+json": {}}, "json"),
        ("*/*", {"type": "object"}, {"application/json": {"type": "object"}}, "json"),
        ("*/*", BINARY, {"application/octet-stream": BINARY}, "binary"),
        ("text/csv", {"type": "object"}, {"text/csv": {"type": "string"}}, "text"),
        ("text/csv,application/json", {"type": "object"}, {"text/csv": {"type": "string"}}, "text"),
        ("text/plain", {"type": "string"}, {"text/plain": {"type": "string"}}, "text"),
        ("text/plain", BINARY, {"text/plain": BINARY}, "binary"),
        ("application/xml", {}, {"application/xml": {"type": "string"}}, "text"),
        ("application/x-pem-file", BINARY, {"application/x-pem-file": {"type": "string"}}, "text"),
        (
            "application/pem-certificate-chain",
            {},
            {"application/pem-certificate-chain": {"type": "string"}},
            "text",
        ),
        ("application/pkix-cert", {}, {"application/pkix-cert": BINARY}, "binary"),
        ("image/*", {}, {"image/*": BINARY}, "binary"),
        (
            "application/x-apple-aspen-config",
            {},
            {"application/x-apple-aspen-config": BINARY},
            "binary",
        ),
    ],
)
def test_the_media_type_of_a_reply_is_settled(
    media: str, schema: dict[str, Any], settled: dict[str, Any], kind: str
) -> None:
    found = only_operation(document({"/v1/x": {"get": operation(schema, media=media)}}))

    content = found["responses"]["200"]["content"]
    assert {name: given["schema"] for name, given in content.items()} == settled
    assert found["x-response-kind"] == kind


def test_replies_of_several_kinds_and_without_a_body_are_told() -> None:
    both = operation({"type": "object"})
    both["responses"]["200"]["content"].update(CSV)
    kinds = [
        only_operation(document({"/v1/x": {"get": given}}))["x-response-kind"]
        for given in (both, operation())
    ]
    assert kinds == ["json+text", "empty"]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ({"application/json": {"schema": {"type": "object"}}}, "json"),
        ({"application/merge-patch+json": {"schema": {"type": "object"}}}, "merge-patch"),
        ({"multipart/form-data": {"schema": {"type": "object"}}}, "multipart"),
        ({"application/x-www-form-urlencoded": {"schema": {"type": "object"}}}, "form"),
        (CSV, "text"),
        ({"application/octet-stream": {}}, "binary"),
        ({"application/json": {"schema": {"type": "object"}}, **CSV}, "json+text"),
    ],
)
def test_the_kind_of_a_body_is_told(content: dict[str, Any], kind: str) -> None:
    given = operation(requestBody={"content": content})
    assert only_operation(document({"/v1/x": {"post": given}}))["x-body-kind"] == kind


def test_a_csv_body_described_as_an_object_is_text() -> None:
    given = operation(requestBody=body({"type": "object"}, "text/csv"))
    found = only_operation(document({"/v1/x": {"post": given}}))
    assert found["requestBody"]["content"] == CSV


def _query(*names: str) -> list[dict[str, Any]]:
    return [{"name": name, "in": "query", "schema": {"type": "integer"}} for name in names]


@pytest.mark.parametrize(
    ("names", "reply", "paging"),
    [
        (["page", "page-size"], ROWS, {"page": "page", "size": "page-size", "rows": "results"}),
        (
            ["page", "size", "pagesize", "page-size"],
            ROWS,
            {"page": "page", "size": "page-size", "rows": "results"},
        ),
        (
            ["page", "pagesize", "size"],
            ROWS,
            {"page": "page", "size": "pagesize", "rows": "results"},
        ),
        (["page", "size"], {"type": "array"}, {"page": "page", "size": "size", "rows": ""}),
        (["page"], ROWS, None),
        (["page-size"], ROWS, None),
        ([], ROWS, None),
    ],
)
def test_the_kind_of_paging_is_told(names: list[str], reply: dict[str, Any], paging: Any) -> None:
    found = only_operation(
        document({"/v1/x": {"get": operation(reply, parameters=_query(*names))}})
    )
    assert found.get("x-paging") == paging


def test_paging_is_told_by_parameter_names_not_by_where_they_are_described() -> None:
    first, second = _query("page", "page-size")
    components = {"parameters": {"PageNumber": first, "Rows": second}}
    references = [{"$ref": f"#/components/parameters/{name}"} for name in components["parameters"]]
    schemas = {"Rows": ROWS}
    given = document(
        {"/v1/x": {"get": operation({"$ref": "#/components/schemas/Rows"}, parameters=references)}},
        schemas,
        components=components,
    )
    assert only_operation(given)["x-paging"] == {
        "page": "page",
        "size": "page-size",
        "rows": "results",
    }


@pytest.mark.parametrize(
    ("schema", "locked"),
    [
        ({"properties": {"versionLock": {"type": "integer"}}}, True),
        ({"$ref": "#/components/schemas/Locked"}, True),
        ({"properties": {"deep": {"$ref": "#/components/schemas/Locked"}}}, True),
        ({"properties": {"name": {"type": "string"}}}, False),
    ],
)
def test_bodies_with_a_version_lock_are_told(schema: dict[str, Any], locked: bool) -> None:
    schemas = {"Locked": {"properties": {"versionLock": {"type": "integer"}}}}
    found = only_operation(
        document({"/v1/x": {"put": operation(requestBody=body(schema))}}, schemas)
    )
    assert found.get("x-version-lock", False) is locked


@pytest.mark.parametrize(
    ("method", "path", "read_only"),
    [
        ("post", "/v1/things/export", True),
        ("post", "/v1/things/validate-csv", True),
        ("post", "/v1/things", False),
        ("post", "/v1/export/run", False),
        ("put", "/v1/things/export", False),
    ],
)
def test_posts_that_change_nothing_are_told(method: str, path: str, read_only: bool) -> None:
    found = only_operation(document({path: {method: operation()}}))
    assert found.get("x-read-only", False) is read_only


def test_parameters_of_a_path_move_to_its_operations() -> None:
    own = {**ID, "schema": {"type": "integer"}}
    given = {"parameters": [ID], "get": operation(), "put": operation(parameters=[own])}
    item = normal(document({"/v1/x/{id}": given}))["paths"]["/v1/x/{id}"]

    assert item["get"]["parameters"] == [ID]
    assert item["put"]["parameters"] == [own]
    assert "parameters" not in item


def test_shared_bodies_and_replies_move_to_their_operations() -> None:
    components = {
        "requestBodies": {"Any": body({"type": "object"})},
        "responses": {"Any": {"description": "ok", "content": CSV}},
    }
    call = {
        "requestBody": {"$ref": "#/components/requestBodies/Any"},
        "responses": {"200": {"$ref": "#/components/responses/Any"}},
    }
    given = document({"/v1/x": {"post": call}}, components=components)

    assert only_operation(given)["requestBody"] == body({"type": "object"})
    assert only_operation(given)["responses"]["200"]["content"] == CSV
    assert normal(given)["components"].keys() == {"schemas"}


def test_operations_without_a_tag_get_one() -> None:
    assert only_operation(document())["tags"] == ["default"]


def test_the_given_document_is_not_changed(tiny_document: dict[str, Any]) -> None:
    before = _written(tiny_document)
    normalise(tiny_document, "11.31.0")
    assert _written(tiny_document) == before
