from __future__ import annotations

import pytest

from jamf_pro_codegen.fields import listed_fields

OPENINGS = [
    "fields allowed in the query:",
    "Fields allowed in sorting:",
    "Fields that can be sorted:",
    "Available criteria to sort on:",
    "allows sort for",
    "accepts fields",
    "supported fields:",
    "Sortable fields -",
    "Allowable properties are",
    "allow fields such as",
]


@pytest.mark.parametrize("opening", OPENINGS)
def test_names_after_an_opening_are_found(opening: str) -> None:
    assert listed_fields(f"Rows can be cut. {opening} id, general.name.") == ("id", "general.name")


@pytest.mark.parametrize(
    ("listing", "names"),
    [
        ("id, name, site.id", ["id", "name", "site.id"]),
        ("`id`, `name`", ["id", "name"]),
        ("`id` and `name`", ["id", "name"]),
        ("id, name and siteId", ["id", "name", "siteId"]),
        ("id, name, and siteId", ["id", "name", "siteId"]),
        ("id,name", ["id", "name"]),
        ("id, name, etc. More is said elsewhere", ["id", "name"]),
        ("id, name. This goes on, and on", ["id", "name"]),
        ("id, name<br/>siteId is no part of it", ["id", "name"]),
        ("id, name<br>siteId is no part of it", ["id", "name"]),
        ("id, id, name", ["id", "name"]),
        ("id", ["id"]),
        ("`id`, `name` can be joined with others", ["id", "name"]),
        ("", []),
        ("*", []),
    ],
)
def test_a_list_ends_where_prose_begins(listing: str, names: list[str]) -> None:
    assert listed_fields(f"Supported fields: {listing}") == tuple(names)


def test_a_missing_comma_before_a_back_ticked_name_separates() -> None:
    assert listed_fields("Supported fields: `id`, `name` `site`, `kind`.") == (
        "id",
        "name",
        "site",
        "kind",
    )


def test_a_missing_comma_before_a_bare_word_ends_the_list() -> None:
    """Nothing but back-ticks tells a name from a word of the sentence."""
    assert listed_fields("Supported fields: id, name where rows match") == ("id", "name")


@pytest.mark.parametrize(
    "text",
    [
        "`parameter4` up to `parameter6`",
        "parameter4 up to parameter6",
        "`parameter4 up to parameter6`",
    ],
)
def test_a_range_is_spelt_out(text: str) -> None:
    assert listed_fields(f"Supported fields: id, {text}, name") == (
        "id",
        "parameter4",
        "parameter5",
        "parameter6",
        "name",
    )


def test_a_long_range_is_spelt_out() -> None:
    found = listed_fields("Supported fields: `parameter4` up to `parameter11`")
    assert found == tuple(f"parameter{number}" for number in range(4, 12))


def test_two_lists_of_one_text_are_joined() -> None:
    text = "Supported fields: id, name. Some more follow. Sortable fields: name, site."
    assert listed_fields(text) == ("id", "name", "site")


@pytest.mark.parametrize("text", [None, "", "Cut rows with RSQL.", "`id`, `name`"])
def test_a_text_without_a_list_has_no_fields(text: str | None) -> None:
    assert listed_fields(text) == ()
