"""The Classic documents on the way to their description, on tiny documents."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from jamf_pro_codegen.__main__ import main
from jamf_pro_codegen.classic_facts import extract_classic_facts
from jamf_pro_codegen.classic_form import Names, load_names, normalise_classic
from jamf_pro_codegen.classic_shapes import settled_shapes
from jamf_pro_codegen.classic_source import read_classic
from jamf_pro_codegen.errors import CodegenError

TEXT, NUMBER = {"type": "string"}, {"type": "integer"}
SIZE = {"$ref": "#/components/schemas/size"}


def obj(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def rows(**properties: Any) -> dict[str, Any]:
    """An array of objects with one key, as the reference document writes lists."""
    return {"type": "array", "items": {"properties": properties}}


def ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


SCHEMAS: dict[str, Any] = {
    "size": NUMBER,
    "id_name": obj(id=NUMBER, name=TEXT),
    "location": obj(room=TEXT),
    "purchasing": obj(vendor=TEXT),
    "attachment": obj(uri=TEXT),
    "criterion": obj(value=TEXT),
    "gadget": {
        **obj(
            general=obj(id=NUMBER, name={**TEXT, "example": "My gadget", "default": "x y"}),
            parts=rows(part=obj(id=NUMBER, name=TEXT), size=SIZE),
            tools=obj(tool={"type": "array", "items": obj(kind=TEXT, use=TEXT)}, size=SIZE),
            locks=obj(lock=obj(id=NUMBER, code=TEXT), size=SIZE),
            printers={
                "type": "array",
                "items": {"properties": {"mode": TEXT, "printer": obj(id=NUMBER, ink=TEXT)}},
            },
        ),
        "required": ["general"],
        "description": "Everything about a gadget.",
    },
    "gadget_post": obj(general=obj(secret_code=TEXT)),
    "gadgets": rows(gadget=ref("id_name"), size=SIZE),
    "button": obj(**{'label deprecated="10.48"': TEXT}, state={**TEXT, "enum": ["on", "off"]}),
}


def operation(name: str, schema: str = "", **more: Any) -> dict[str, Any]:
    content = {"application/xml": {"schema": ref(schema)}} if schema else {}
    return {
        "operationId": name,
        "summary": "A sentence of theirs.",
        "responses": {"200": {"description": "A word of theirs", "content": content}},
        **more,
    }


REFERENCE: dict[str, Any] = {
    "openapi": "3.0.1",
    "paths": {
        "/tenant/{tenantId}/gadgets": {"get": operation("findGadgets", "gadgets")},
        "/tenant/{tenantId}/gadgets/id/{id}": {
            "get": operation("findGadgetsById", "gadget"),
            "put": operation("updateGadgetById"),
            "post": operation("createGadgetById"),
        },
        "/tenant/{tenantId}/gadgets/name/{name}": {
            "get": operation("findGadgetsByName", "gadget"),
            "put": operation("updateGadgetByName"),
            "delete": operation("deleteGadgetByName"),
            "post": operation("createGadgetById_tenant_tenantId_gadgets_name_name"),
        },
        "/tenant/{tenantId}/gadgets/id/{id}/subset/{subset}": {
            "get": operation(
                "findGadgetsByIdSubset",
                parameters=[
                    {"name": "subset", "in": "path", "schema": {"enum": ["General", "Parts"]}}
                ],
            )
        },
        "/tenant/{tenantId}/buttons": {"get": operation("ButtonsGet", "button")},
        "/tenant/{tenantId}/knobs": {"get": operation("findKnobs", "button")},
    },
    "components": {"schemas": SCHEMAS},
}
SWAGGER: dict[str, Any] = {
    "swagger": "2.0",
    "paths": {
        "/gadgets": {"get": {"operationId": "findGadgets"}},
        "/gadgets/id/{gadgetid}": {
            "get": {
                "operationId": "findGadgetsById",
                "deprecated": True,
                "x-deprecation-date": "2025-02-11",
            },
            "put": {"operationId": "updateGadgetById"},
            " delete": {"operationId": "deleteGadgetById"},
        },
        "/gadgets/name/{name}": {"get": {"operationId": "findGadgetsByName"}},
        "/gadgets/id/{id}/subset/{subset}": {"get": {"operationId": "findGadgetsByIdSubset"}},
        "/buttons": {"get": {"operationId": "findButtons"}},
    },
}


@pytest.fixture
def facts() -> dict[str, Any]:
    return extract_classic_facts(SWAGGER, REFERENCE)


@pytest.fixture
def form(facts: dict[str, Any]) -> dict[str, Any]:
    return normalise_classic(facts, "11.30.1", Names({}, {}))


def ids(document: dict[str, Any]) -> set[str]:
    return {given["operationId"] for item in document["paths"].values() for given in item.values()}


def test_the_version_says_what_exists_and_the_reference_what_works_at_other_keys(
    form: dict[str, Any],
) -> None:
    assert ids(form) == {
        "find_gadgets",
        "find_gadgets_by_id",
        "update_gadget_by_id",
        "delete_gadget_by_id",
        "find_gadgets_by_name",
        "update_gadget_by_name",
        "delete_gadget_by_name",
        "find_gadgets_by_id_subset",
        "find_buttons",
    }


def test_no_sentence_is_kept(facts: dict[str, Any]) -> None:
    text = json.dumps(facts)
    assert "theirs" not in text
    assert "gadget." not in text
    assert "My gadget" not in text


def test_lists_name_their_items_and_counts_are_left_out() -> None:
    made = settled_shapes(SCHEMAS)
    gadget = made["Gadget"]["properties"]

    assert next(iter(gadget)) == "general"
    assert gadget["parts"] == {"type": "array", "items": ref("IdName"), "x-item": "part"}
    assert gadget["tools"]["x-item"] == "tool"
    assert gadget["locks"]["x-item"] == "lock"
    assert made["GadgetPrinters"]["properties"] == {
        "mode": TEXT,
        "printer": {"type": "array", "items": ref("GadgetPrintersPrinterItem")},
    }
    assert made["Gadgets"] == {
        "type": "array",
        "items": ref("IdName"),
        "x-item": "gadget",
        "x-element": "gadgets",
    }


def test_nothing_is_required_or_has_a_default() -> None:
    general = settled_shapes(SCHEMAS)["GadgetGeneral"]
    assert general == {
        "type": "object",
        "x-element": "general",
        "properties": {"id": NUMBER, "name": TEXT, "secret_code": TEXT},
    }


def test_names_are_cleaned_and_values_kept_as_hints() -> None:
    assert settled_shapes(SCHEMAS)["Button"]["properties"] == {
        "label": TEXT,
        "state": {"type": "string", "x-values": ["on", "off"]},
    }


def test_two_objects_of_one_name_are_refused() -> None:
    schemas = {**SCHEMAS, "gadget_general": obj(a=TEXT, b=TEXT)}
    with pytest.raises(CodegenError, match="GadgetGeneral"):
        settled_shapes(schemas)


def test_records_are_written_as_they_are_read_and_answered_with_the_id(
    form: dict[str, Any],
) -> None:
    put = form["paths"]["/gadgets/name/{name}"]["put"]
    assert put["requestBody"]["content"]["application/xml"]["schema"] == ref("Gadget")
    assert put["responses"]["200"]["content"]["application/xml"]["schema"] == ref("WriteResult")


def test_sections_are_read_as_the_record(form: dict[str, Any]) -> None:
    get = form["paths"]["/gadgets/id/{id}/subset/{subset}"]["get"]
    subset = get["parameters"][1]

    assert get["responses"]["200"]["content"]["application/xml"]["schema"] == ref("Gadget")
    assert (subset["x-joined"], subset["x-values"]) == ("&", ["General", "Parts"])


def test_deprecation_is_what_the_version_says(form: dict[str, Any]) -> None:
    get = form["paths"]["/gadgets/id/{id}"]["get"]
    assert (get["deprecated"], get["x-deprecation-date"]) == (True, "2025-02-11")


def test_pages_are_those_of_sound_ids_or_of_the_read_at_the_same_path(
    form: dict[str, Any],
) -> None:
    paths = form["paths"]
    assert paths["/buttons"]["get"]["x-vendor-operation-id"] == "findButtons"
    assert paths["/gadgets/name/{name}"]["put"]["x-vendor-operation-id"] == "findGadgetsByName"


def test_the_form_is_the_same_every_time(facts: dict[str, Any], form: dict[str, Any]) -> None:
    again = normalise_classic(facts, "11.30.1", Names({}, {}))
    assert json.dumps(again) == json.dumps(form)


def test_what_limits_a_scope_stands_after_what_it_limits() -> None:
    reference = copy.deepcopy(REFERENCE)
    scope = obj(exclusions=obj(id=NUMBER, x=TEXT), limitations=TEXT, zones=TEXT)
    reference["components"]["schemas"]["gadget"] = scope
    form = normalise_classic(extract_classic_facts(SWAGGER, reference), "11.30.1", Names({}, {}))

    properties = form["components"]["schemas"]["Gadget"]["properties"]
    assert list(properties) == ["general", "zones", "limitations", "exclusions"]


def test_irregular_names_come_from_the_table() -> None:
    names = Names({"EBook": "Ebook"}, {"GET /x": "find_x"})

    assert names.of("get", "/ebooks", "findEBooks") == "find_ebooks"
    assert names.of("get", "/x", "") == "find_x"
    assert names.unused() == []


def test_entries_that_change_nothing_are_found() -> None:
    names = Names({"EBook": "Ebook"}, {"GET /x": "find_x", "GET /y": "find_y"})

    assert names.unused() == ["EBook", "GET /x", "GET /y"]
    with pytest.raises(CodegenError, match="without the table"):
        names.of("get", "/x", "findX")
    with pytest.raises(CodegenError, match="no operation id"):
        names.of("get", "/z", "")


def test_one_name_for_two_operations_is_refused(facts: dict[str, Any]) -> None:
    names = Names({}, {"GET /buttons": "find_gadgets"})
    with pytest.raises(CodegenError, match="two operations are named find_gadgets"):
        normalise_classic(facts, "11.30.1", names)


def test_the_table_of_the_project_is_read() -> None:
    names = load_names(Path(__file__).parents[2] / "openapi/classic-names.yaml")
    assert names.of("get", "/ebooks/id/{id}", "findEBooksById") == "find_ebooks_by_id"


@pytest.mark.parametrize(
    ("text", "problem"),
    [("openapi: 3.0.1", "is not a Swagger 2 document"), ('swagger: "2.0"', "describes no paths")],
)
def test_other_documents_are_refused(text: str, problem: str, tmp_path: Path) -> None:
    path = tmp_path / "swagger.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(CodegenError, match=problem):
        read_classic(str(path))


def test_a_document_that_is_not_there_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = str(tmp_path / "swagger.yaml")
    assert main(["classic-facts", missing, "--shapes", missing]) == 1
    assert "cannot read" in capsys.readouterr().err
