"""Sources that are no description: one clear line, exit status 1, nothing written."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.codegen.conftest import ROOT
from tests.codegen.documents import GOOD, KEPT, document, facts_arguments, operation

from jamf_pro_codegen.__main__ import main
from jamf_pro_codegen.source import read_source


def _referring(pointer: str) -> bytes:
    return json.dumps(document({"/a": {"get": operation({"$ref": pointer})}})).encode()


FAULTY = {
    "empty": (b"", "is empty"),
    "blanks": (b" \n\t\n", "is empty"),
    "no text": (b"\xff\xfe\x00{", "is not UTF-8 text"),
    "words": (b"Not found.", "its top level is not an object"),
    "a list": (b"[1, 2]", "its top level is not an object"),
    "no YAML": (b"openapi: [3.0.1\npaths: }", "is neither JSON nor YAML"),
    "odd YAML": (b"openapi: !!python/name:os.system x", "is neither JSON nor YAML"),
    "login page": (b"\n<!DOCTYPE html><html><title>Log in</title></html>", "A login page, perhaps"),
    "cut JSON": (json.dumps(GOOD).encode()[:-20], "is not valid JSON (cut short?)"),
    "deep JSON": (b'{"a":' * 100_000, "is not valid JSON"),
    "Swagger": (b'{"swagger": "2.0", "paths": {"/a": {}}}', "is a Swagger 2.0 document"),
    "no version": (b'{"paths": {"/a": {}}}', "`openapi` is None"),
    "OpenAPI 4": (b'{"openapi": "4.0.0", "paths": {"/a": {}}}', "`openapi` is '4.0.0'"),
    "a number": (b"openapi: 3.1\npaths: {/a: {}}", "`openapi` is 3.1"),
    "no paths": (b'{"openapi": "3.0.1", "info": {}}', "describes no paths"),
    "empty paths": (b'{"openapi": "3.0.1", "paths": {}}', "describes no paths"),
    "null path": (
        b'{"openapi": "3.0.1", "paths": {"/a": null}}',
        "the value of /a is not an object",
    ),
    "null operation": (
        b'{"openapi": "3.0.1", "paths": {"/a": {"get": null}}}',
        "GET /a describes no responses",
    ),
    "no responses": (
        b'{"openapi": "3.0.1", "paths": {"/a": {"get": {}}}}',
        "GET /a describes no responses",
    ),
    "a path elsewhere": (
        b'{"openapi": "3.0.1", "paths": {"/a": {"$ref": "#/paths/~1b"}, "/b": {}}}',
        "/a is a reference, and its operations would be lost",
    ),
    "dangling reference": (
        _referring("#/components/schemas/No"),
        "refers to #/components/schemas/No, which is not in it",
    ),
    "another file": (
        _referring("other.yaml#/No"),
        "refers to other.yaml#/No",
    ),
}


@pytest.mark.parametrize(("raw", "said"), FAULTY.values(), ids=FAULTY)
def test_a_faulty_document_is_told_in_one_line_and_changes_nothing(
    raw: bytes, said: str, target: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = target.with_name("source")
    source.write_bytes(raw)

    assert main(facts_arguments(str(source), target)) == 1
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.count("\n") == 1
    assert output.err.startswith(f"error: {source}")
    assert said in output.err
    assert target.read_text("utf-8") == KEPT
    assert sorted(path.name for path in target.parent.iterdir()) == [
        "jamf-pro.json",
        "repairs.yaml",
        "source",
    ]


@pytest.mark.parametrize("name", ["missing.json", "."])
def test_what_cannot_be_read_is_told(
    name: str, target: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(facts_arguments(str(target.parent / name), target)) == 1
    assert capsys.readouterr().err.startswith("error: cannot read ")
    assert target.read_text("utf-8") == KEPT


def test_what_cannot_be_written_is_told(target: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = target.with_name("11.30.1.json")
    source.write_text(json.dumps(GOOD), "utf-8")
    arguments = [
        *facts_arguments(str(source), target),
        "--output",
        str(target.parent / "no" / "x.json"),
    ]

    assert main(arguments) == 1
    assert capsys.readouterr().err.startswith("error: cannot write ")


def test_a_repair_that_does_not_fit_changes_nothing(
    target: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = target.with_name("11.30.1.json")
    source.write_text(json.dumps(GOOD), "utf-8")
    target.with_name("repairs.yaml").write_text("- {at: /a/b, new: 1, why: x}\n", "utf-8")

    assert main(facts_arguments(str(source), target)) == 1
    assert "the repair at /a/b no longer applies" in capsys.readouterr().err
    assert target.read_text("utf-8") == KEPT


def test_the_command_line_ends_with_status_1_and_one_line(target: Path) -> None:
    source = target.with_name("source.json")
    source.write_text("<html></html>", "utf-8")
    done = subprocess.run(  # noqa: S603  # our own command line
        [sys.executable, "-m", "jamf_pro_codegen", *facts_arguments(str(source), target)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("error: ")
    assert target.read_text("utf-8") == KEPT


@pytest.mark.parametrize(
    "text", [json.dumps(GOOD), "\ufeff" + json.dumps(GOOD), "  \n" + json.dumps(GOOD, indent=2)]
)
def test_a_good_document_is_read_and_identified(tmp_path: Path, text: str) -> None:
    path = tmp_path / "11.30.1.json"
    path.write_text(text, "utf-8")
    source = read_source(str(path))

    assert source.document == GOOD
    assert source.name == str(path)
    assert source.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_yaml_is_read_as_the_json_that_it_stands_for(tmp_path: Path) -> None:
    """YAML makes numbers of statuses and dates of deprecation dates."""
    path = tmp_path / "source.yaml"
    path.write_text(
        "openapi: 3.0.1\n"
        "paths:\n"
        "  /a:\n"
        "    get: {x-deprecation-date: 2024-02-03, responses: {200: {description: ok}}}\n",
        "utf-8",
    )
    (item,) = read_source(str(path)).document["paths"].values()
    assert item["get"] == {
        "x-deprecation-date": "2024-02-03",
        "responses": {"200": {"description": "ok"}},
    }


def test_references_with_escapes_are_followed(tmp_path: Path) -> None:
    paths = {"/a/b": {"get": operation({"$ref": "#/paths/~1a~1b/x-schema"}), "x-schema": {}}}
    path = tmp_path / "source.json"
    path.write_text(json.dumps(document(paths)), "utf-8")

    assert read_source(str(path)).document["paths"] == paths


@pytest.mark.parametrize(
    ("name", "more", "version"),
    [
        ("api-11.30.1.json", [], "11.30.1"),
        ("api.json", [], "unknown"),
        ("api.json", ["--version", "11.31.0"], "11.31.0"),
        ("api-11.30.1.json", ["--version", "11.31.0"], "11.31.0"),
    ],
)
def test_the_version_is_told_by_the_name_or_by_the_caller(
    name: str, more: list[str], version: str, target: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = target.with_name(name)
    source.write_text(json.dumps(GOOD), "utf-8")

    assert main(facts_arguments(str(source), target, *more)) == 0
    assert f"1 operations of Jamf Pro {version}\n" in capsys.readouterr().out
    assert json.loads(target.read_text("utf-8"))["info"]["version"] == version


def test_the_command_tells_which_operations_list_no_fields(
    target: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    listing = {"name": "sort", "in": "query", "description": "Sortable fields: id."}
    silent = {"name": "sort", "in": "query"}
    paths = {
        "/v1/a": {"get": operation(parameters=[listing])},
        "/v1/b": {"get": operation(parameters=[silent])},
    }
    source = target.with_name("11.30.1.json")
    source.write_text(json.dumps(document(paths)), "utf-8")

    assert main(facts_arguments(str(source), target)) == 0
    assert "sort: fields listed for 1 of 2 operations; none for\n  get_v1_b\n" in (
        capsys.readouterr().out
    )


def test_prose_is_kept_for_private_use(target: Path) -> None:
    sentence = "This is what the vendor says about it."
    source = target.with_name("11.30.1.json")
    source.write_text(json.dumps(document({"/a": {"get": operation(summary=sentence)}})), "utf-8")

    assert main(facts_arguments(str(source), target)) == 0
    assert sentence not in target.read_text("utf-8")
    assert main(facts_arguments(str(source), target, "--keep-prose")) == 0
    assert sentence in target.read_text("utf-8")


def test_versions_need_a_source_that_tells_its_version(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "versions.json"
    arguments = ["versions", str(tmp_path / "api.json"), "--output", str(output)]

    assert main(arguments) == 1
    assert "contains no version such as 11.30.1" in capsys.readouterr().err
    assert not output.exists()
