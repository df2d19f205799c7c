"""What tells the rows of a list apart, and what does not."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.paging.lists import Server, envelope, ids_of, server_of

from jamf_pro_client._httpx import httpx
from jamf_pro_client.api.buildings import get_v1_buildings
from jamf_pro_client.errors import TruncatedResultError
from jamf_pro_client.paging import all_items
from jamf_pro_sandbox.walks import Change, ListRules, PagedLists


def test_rows_without_an_id_do_not_keep_a_walk_going() -> None:
    def same(_: httpx.Request, number: int) -> httpx.Response:
        if number == 5:
            raise httpx.ConnectError("asked again and again")
        rows = [{"id": "1", "name": "Mill"}, {"name": "Quay"}]
        return httpx.Response(200, json={"totalCount": 3, "results": rows})

    server = Server(PagedLists(ListRules()), same)
    all_items(get_v1_buildings, server.client(), page_size=2, allow_truncated=True)
    assert len(server.asked) == 2


def test_a_last_page_that_comes_again_and_again_ends_a_list_without_a_count() -> None:
    def clamped(_: httpx.Request, number: int) -> httpx.Response:
        if number == 8:
            raise httpx.ConnectError("asked again and again")
        ids = ["1", "2"] if number == 0 else ["3", "4"]
        return httpx.Response(200, json={"results": [{"id": one, "name": one} for one in ids]})

    server = Server(PagedLists(ListRules()), clamped)
    found = all_items(get_v1_buildings, server.client(max_concurrency=1), page_size=2)
    assert [row.id for row in found] == ["1", "2", "3", "4"]
    assert len(server.asked) == 4


def test_rows_are_not_missed_when_more_vanish_than_come_in() -> None:
    changes = {2: Change(removed=2, appended=1), 5: Change(removed=9, appended=7)}
    server = server_of(rows=300, changes=changes)
    rows = ids_of(all_items(get_v1_buildings, server.client(max_concurrency=1), page_size=50))
    assert sorted(set(rows)) == rows == [*range(1, 309)]


@given(st.randoms(use_true_random=False), st.integers(2, 120), st.sampled_from([3, 7, 20, 100]))
def test_no_row_that_stays_is_missed_without_an_error(
    random: Random, count: int, page_size: int
) -> None:
    there, staying = [*range(1, count)], {*range(1, count)}

    def churning(request: httpx.Request, number: int) -> httpx.Response:
        first = int(request.url.params["page"]) * int(request.url.params["page-size"])
        answer = envelope(len(there), there[first : first + page_size])
        if random.random() < 0.3:
            gone = random.sample(there, min(len(there), random.randint(2, 4)))
            staying.difference_update(gone)
            there[:] = [one for one in there if one not in gone]
            if len(gone) > 1 and random.random() < 0.5:
                there.append(1000 + number)
        return answer

    client = server_of(churning).client(max_concurrency=1)
    try:
        rows = ids_of(all_items(get_v1_buildings, client, page_size=page_size))
    except TruncatedResultError:
        return
    assert len({*rows}) == len(rows)
    assert staying <= {*rows}


@pytest.mark.parametrize("pages", [[[1, 2, 2, 4]], [[1, 2, 2, 4], [5, 6, 6, 8]]])
def test_a_row_that_comes_twice_on_one_page_stands_for_one_that_is_missing(
    pages: list[list[int]],
) -> None:
    def twice(request: httpx.Request, _: int) -> httpx.Response:
        return envelope(4 * len(pages), pages[int(request.url.params["page"])])

    with pytest.raises(TruncatedResultError, match=f"{len(pages)} of them came twice"):
        all_items(get_v1_buildings, server_of(twice).client(), page_size=4)


def test_different_rows_with_the_same_id_are_all_handed_over() -> None:
    def answer(_: httpx.Request, __: int) -> httpx.Response:
        rows = [{"id": "1", "name": "a"}, {"id": "1", "name": "b"}, {"id": "2", "name": "c"}]
        return httpx.Response(200, json={"totalCount": 3, "results": rows})

    assert ids_of(all_items(get_v1_buildings, server_of(answer).client())) == [1, 1, 2]


def test_an_id_that_all_rows_have_does_not_make_them_equal() -> None:
    def same_id(request: httpx.Request, _: int) -> httpx.Response | None:
        return envelope(4, [[7, 7], [7, 7]][int(request.url.params["page"])])

    assert ids_of(all_items(get_v1_buildings, server_of(same_id).client(), page_size=2)) == [7] * 4
