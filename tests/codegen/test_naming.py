from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.codegen.conftest import ROOT

from jamf_pro_codegen.errors import CodegenError
from jamf_pro_codegen.naming import check_names, operation_name, reference_url
from jamf_pro_codegen.normal_form import operations

words = st.from_regex(r"[a-z][a-z0-9]{0,6}(-[a-z][a-z0-9]{0,4}){0,2}", fullmatch=True)
parameters = st.from_regex(r"\{[a-z]{1,5}([A-Z][a-z]{1,4}){0,2}\}", fullmatch=True)
paths = st.lists(st.one_of(words, parameters), min_size=1, max_size=5).map(
    lambda parts: "/" + "/".join(parts)
)


@pytest.fixture(scope="module")
def described() -> list[tuple[str, str, dict[str, Any]]]:
    return list(operations(json.loads((ROOT / "openapi/jamf-pro.json").read_text("utf-8"))))


@pytest.fixture(scope="module")
def known() -> dict[str, dict[str, str]]:
    versions = json.loads((ROOT / "openapi/versions.json").read_text("utf-8"))
    return dict(versions["operations"])


def _slug(url: str) -> str:
    return url.rpartition("/")[2]


@pytest.mark.parametrize(
    ("method", "path", "name"),
    [
        ("get", "/v1/computers-inventory/{id}", "get_v1_computers_inventory_id"),
        ("POST", "/v1/things/{thingId}/erase", "post_v1_things_thing_id_erase"),
        ("get", "/v1/things/{id}/parts/{partName}", "get_v1_things_id_parts_part_name"),
        ("get", "/preview/mdm/commands", "get_preview_mdm_commands"),
        ("get", "/v1/sso/{idpURLName}", "get_v1_sso_idp_url_name"),
        ("delete", "/inventory-preload", "delete_inventory_preload"),
    ],
)
def test_a_name_is_the_method_and_the_words_of_the_path(method: str, path: str, name: str) -> None:
    assert operation_name(method, path) == name


@given(st.sampled_from(["get", "post", "put"]), paths)
def test_a_name_is_the_slug_of_the_reference_page_with_underscores(method: str, path: str) -> None:
    name = operation_name(method, path)

    assert name.isidentifier()
    assert name == name.lower()
    slug = _slug(reference_url(method, path))
    assert name.replace("_", "") == slug.replace("-", "").replace("_", "")


@given(paths)
def test_a_version_is_never_cut(path: str) -> None:
    assert operation_name("get", "/v1" + path).startswith("get_v1_")


def test_a_page_with_a_name_of_jamfs_own_keeps_it() -> None:
    url = "https://developer.jamf.com/jamf-pro/reference/getallapiroles"
    assert reference_url("get", "/v1/api-roles", "getAllApiRoles") == url


def test_two_operations_cannot_share_a_name() -> None:
    with pytest.raises(CodegenError, match=r"get_v1_a_b.*'/v1/a-b'.*'/v1/a/b'"):
        check_names([("get", "/v1/a-b"), ("get", "/v1/a/b")])


def test_described_operations_have_names_of_this_rule_alone(
    described: list[tuple[str, str, dict[str, Any]]],
) -> None:
    names = check_names((method, path) for path, method, _ in described)

    assert len(names) == len(described)
    assert [operation["operationId"] for _, _, operation in described] == [
        operation_name(method, path) for path, method, _ in described
    ]


def test_names_of_all_versions_have_this_rule_and_are_unique(
    known: dict[str, dict[str, str]],
) -> None:
    """A published name never changes: what an older version had must come out the same."""
    names = check_names((entry["method"].lower(), entry["path"]) for entry in known.values())

    assert {name: (entry["method"].lower(), entry["path"]) for name, entry in known.items()} == (
        names
    )


def test_described_names_equal_the_slugs_of_their_pages(known: dict[str, dict[str, str]]) -> None:
    for name, entry in known.items():
        slug = _slug(reference_url(entry["method"], entry["path"]))
        assert name.replace("_", "") == re.sub("[-_]", "", slug)
        if not re.search("[A-Z]", entry["path"]):
            assert name == slug.replace("-", "_")


def test_no_name_has_a_cut_version(known: dict[str, dict[str, str]]) -> None:
    assert not [name for name in known if re.search(r"_v_\d", name)]


def test_every_described_operation_is_known_by_version(
    described: list[tuple[str, str, dict[str, Any]]], known: dict[str, dict[str, str]]
) -> None:
    assert {operation["operationId"] for _, _, operation in described} <= known.keys()
