"""Pages, order and filters."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from jamf_pro_sandbox import Sandbox, rsql


def names(api: httpx.Client, **query: Any) -> list[str]:
    reply = api.get("/v1/buildings", params=query)
    assert reply.status_code == 200, reply.text
    return [row["name"] for row in reply.json()["results"]]


def ids(api: httpx.Client, path: str, **query: Any) -> list[str]:
    reply = api.get(path, params=query)
    assert reply.status_code == 200, reply.text
    return [row["id"] for row in reply.json()["results"]]


def test_a_walk_over_pages_meets_every_row_once(api: httpx.Client) -> None:
    for number in range(30):
        api.post("/v1/departments", json={"name": f"Department {number}"})
    walked: list[str] = []
    for page in range(10):
        reply = api.get("/v1/departments", params={"page": page, "page-size": 7}).json()
        assert reply["totalCount"] == 33
        walked += [row["id"] for row in reply["results"]]
    assert walked == [str(number) for number in range(1, 34)]


def test_lists_without_state_have_three_rows_in_pages(api: httpx.Client) -> None:
    assert ids(api, "/v1/scripts", **{"page-size": 2}) == ["1", "2"]
    assert ids(api, "/v1/scripts", **{"page-size": 2, "page": 1}) == ["3"]
    beyond = api.get("/v1/scripts", params={"page": 9}).json()
    assert (beyond["totalCount"], beyond["results"]) == (3, [])


def test_old_names_of_the_page_size_work_where_described(api: httpx.Client) -> None:
    assert len(ids(api, "/v1/inventory-preload", pagesize=1)) == 1
    assert len(ids(api, "/v1/inventory-preload", size=2)) == 2


def test_pages_are_cut_to_the_largest_size() -> None:
    with Sandbox(computers=2100) as sandbox:
        auth = (sandbox.username, sandbox.password)
        token = httpx.post(f"{sandbox.url}/api/v1/auth/token", auth=auth).json()["token"]
        reply = httpx.get(
            f"{sandbox.url}/api/v3/computers-inventory",
            params={"page-size": 5000, "section": "OPERATING_SYSTEM"},
            headers={"Authorization": f"Bearer {token}"},
        ).json()
    assert (len(reply["results"]), reply["totalCount"]) == (2000, 2100)


def test_users_say_how_their_pages_are_cut(api: httpx.Client) -> None:
    reply = api.get("/v1/users", params={"page-size": 5000}).json()
    assert (reply["pageSize"], reply["totalPages"], reply["hasNext"]) == (1000, 1, False)
    reply = api.get("/v1/users", params={"page-size": 2}).json()
    assert (reply["pageSize"], reply["totalPages"], reply["hasNext"]) == (2, 2, True)


def test_lists_are_sorted_by_several_fields(api: httpx.Client) -> None:
    assert names(api, sort="name:desc") == ["Mill", "Lighthouse", "Harbour House"]
    for sort in ("city:asc,name:desc", ["city:asc", "name:desc"]):
        assert names(api, sort=sort) == ["Mill", "Lighthouse", "Harbour House"]


def test_ids_are_sorted_as_numbers(api: httpx.Client) -> None:
    for number in range(9):
        api.post("/v1/departments", json={"name": f"Department {number}"})
    assert ids(api, "/v1/departments", sort="id:desc")[:3] == ["12", "11", "10"]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("name==Mill", ["Mill"]),
        ("name==mill", ["Mill"]),
        ("name!=Mill", ["Harbour House", "Lighthouse"]),
        ('name=="Harbour House"', ["Harbour House"]),
        ("name=='*house'", ["Harbour House", "Lighthouse"]),
        ("city==Sea*;name==L*", ["Lighthouse"]),
        ("city==Riverford or name==Lighthouse", ["Lighthouse", "Mill"]),
        ("name==Mill,name==Lighthouse;city==Nowhere", ["Mill"]),
        ("(name==Mill,name==Lighthouse);city==Seahaven", ["Lighthouse"]),
        ("name=in=(Mill,'Harbour House')", ["Harbour House", "Mill"]),
        ("name=out=(Mill)", ["Harbour House", "Lighthouse"]),
        ("id>1 and id=le=2", ["Lighthouse"]),
        ('name=="Harb*" and not==1 or name==Mill', None),
    ],
)
def test_filters_keep_what_they_say(text: str, kept: list[str] | None, api: httpx.Client) -> None:
    if kept is None:
        assert api.get("/v1/buildings", params={"filter": text}).status_code == 400
    else:
        assert names(api, filter=text) == kept


def test_quoted_values_may_hold_marks_and_quotes() -> None:
    tree = rsql.parse(r'name=="a,b;(c) \"d\" \\ e"')
    assert tree == rsql.Condition("name", "==", (r'a,b;(c) "d" \ e',))


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ({"filter": "name="}, "unexpected '=' at position 4"),
        ({"filter": "name=="}, "a value is missing at the end"),
        ({"filter": "(name==x"}, "')' is missing at the end"),
        ({"filter": "name==x)"}, "unexpected ')' at position 7"),
        ({"filter": "name==two words"}, "unexpected 'words'"),
        ({"filter": "colour==red"}, "unknown field 'colour'"),
        ({"sort": "colour:asc"}, "unknown field 'colour'"),
        ({"sort": "name:up"}, "not of the form field:asc"),
    ],
)
def test_wrong_filters_and_sorts_get_400(
    query: dict[str, str], text: str, api: httpx.Client
) -> None:
    reply = api.get("/v1/buildings", params=query)
    assert reply.status_code == 400
    assert text in reply.json()["errors"][0]["description"]
