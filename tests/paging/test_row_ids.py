"""What tells the rows of a list apart, and what does not."""

from __future__ import annotations

from tests.paging.lists import Server

from jamf_pro_client._httpx import httpx
from jamf_pro_client.api.buildings import get_v1_buildings
from jamf_pro_client.paging import all_items
from jamf_pro_sandbox.walks import ListRules, PagedLists


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
