from __future__ import annotations

import itertools
import json
from typing import Any

import pytest
from tests.codegen.documents import document, normal, operation

from jamf_pro_codegen.errors import CodegenError
from jamf_pro_codegen.versions import merge_versions


def _description(*paths: str, deprecated: str | None = None) -> dict[str, Any]:
    told = {"x-deprecation-date": deprecated} if deprecated else {}
    return normal(document({path: {"get": operation(**told)} for path in paths}))


def _merged(*sources: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    known: dict[str, Any] = {}
    for version, description in sources:
        known = merge_versions(known, description, version)
    return known


def test_first_and_last_version_are_noted() -> None:
    known = _merged(
        ("11.23.2", _description("/v1/old", "/v1/kept")),
        ("11.30.1", _description("/v1/kept", "/v1/new")),
    )

    assert known["versions"] == ["11.23.2", "11.30.1"]
    assert known["operations"] == {
        "get_v1_kept": {
            "method": "GET",
            "path": "/v1/kept",
            "first": "11.23.2",
            "last": "11.30.1",
        },
        "get_v1_new": {"method": "GET", "path": "/v1/new", "first": "11.30.1", "last": "11.30.1"},
        "get_v1_old": {"method": "GET", "path": "/v1/old", "first": "11.23.2", "last": "11.23.2"},
    }


def test_versions_are_ordered_by_number() -> None:
    known = _merged(("11.10.0", _description("/v1/things")), ("11.9.0", _description("/v1/things")))

    assert known["versions"] == ["11.9.0", "11.10.0"]
    assert known["operations"]["get_v1_things"]["first"] == "11.9.0"
    assert known["operations"]["get_v1_things"]["last"] == "11.10.0"


def test_the_newest_word_on_a_deprecation_counts() -> None:
    known = _merged(
        ("11.9.0", _description("/v1/things", deprecated="2023-01-01")),
        ("11.10.0", _description("/v1/things", deprecated="2024-01-01")),
    )
    assert known["operations"]["get_v1_things"]["deprecated"] == "2024-01-01"


def test_a_deprecation_can_be_taken_back() -> None:
    known = _merged(
        ("11.9.0", _description("/v1/things", deprecated="2023-01-01")),
        ("11.10.0", _description("/v1/things")),
    )
    assert "deprecated" not in known["operations"]["get_v1_things"]


def test_the_order_of_sources_does_not_matter() -> None:
    sources = [
        ("11.9.1", _description("/v1/a", "/v1/b", deprecated="2023-01-01")),
        ("11.10.0", _description("/v1/b", "/v1/c", deprecated="2024-01-01")),
        ("11.11.0", _description("/v1/c")),
        ("11.11.0", _description("/v1/c")),
    ]
    written = {json.dumps(_merged(*order)) for order in itertools.permutations(sources)}
    assert len(written) == 1


def test_what_was_known_is_not_changed() -> None:
    known = _merged(("11.9.0", _description("/v1/things")))
    before = json.dumps(known)
    merge_versions(known, _description("/v1/things"), "11.10.0")

    assert json.dumps(known) == before


@pytest.mark.parametrize("version", ["", "unknown", "11.x", "11.30.1-beta"])
def test_a_version_that_is_no_number_is_refused(version: str) -> None:
    with pytest.raises(CodegenError, match="is not a Jamf Pro version"):
        _merged(("11.9.0", _description("/v1/a")), (version, _description("/v1/a")))
