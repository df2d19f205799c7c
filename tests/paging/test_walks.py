"""What a walk over pages asks for, what it hands over, and when it says that rows are missing."""

from __future__ import annotations

import gc
import json
import threading
import tracemalloc
from typing import Any

import pytest
from tests.paging.lists import endpoint, envelope, ids_of, needed, plain, server_of

from jamf_pro_client import ResilienceConfig
from jamf_pro_client._httpx import httpx
from jamf_pro_client.api.buildings import get_v1_buildings, post_v1_buildings_export
from jamf_pro_client.api.inventory_preload import get_inventory_preload
from jamf_pro_client.api.mobile_device_groups import get_v1_mobile_device_groups
from jamf_pro_client.api.mobile_devices import get_v2_mobile_devices_detail
from jamf_pro_client.errors import (
    BadRequestError,
    ConfigurationError,
    InvalidResponseError,
    RequestTimeoutError,
    ServerError,
    TruncatedResultError,
)
from jamf_pro_client.filters import FilterField, SortField
from jamf_pro_client.models import ExportParameters
from jamf_pro_client.paging import all_items, iter_items, iter_pages
from jamf_pro_client.types import UNSET
from jamf_pro_sandbox.walks import Change


def test_rows_come_in_order_and_once() -> None:
    server = server_of(rows=95)
    assert ids_of(all_items(get_v1_buildings, server.client(), page_size=10)) == [*range(1, 96)]
    assert len(server.asked) == 10


def test_a_short_page_is_not_taken_for_the_last_one() -> None:
    server = server_of(rows=40, hidden=(3, 4, 5), largest_page=10)
    rows = all_items(get_v1_buildings, server.client())
    assert ids_of(rows) == [n for n in range(1, 41) if n not in (4, 5, 6)]


def test_pages_larger_than_servers_give_are_not_asked_for() -> None:
    server = server_of()
    all_items(get_v1_buildings, server.client(), page_size=100_000)
    assert server.asked[0]["page-size"] == "2000"


def test_rows_are_sorted_by_id_unless_another_order_is_asked_for() -> None:
    server = server_of()
    client = server.client()
    all_items(get_v1_buildings, client)
    all_items(get_v1_buildings, client, sort="name:desc")
    all_items(get_v2_mobile_devices_detail, client)
    all_items(get_inventory_preload, client)
    all_items(get_v1_buildings, client, sort=UNSET, filter=UNSET)
    assert server.asked[0]["sort"] == "id:asc"
    assert server.asked[1]["sort"] == "name:desc"
    assert server.asked[2]["sort"] == "mobileDeviceId:asc"
    assert server.asked[3] == {"page": "0", "pagesize": "100", "sort": "ASC", "sortBy": "id"}
    assert server.asked[4] == server.asked[0]


def test_the_oldest_list_is_told_field_and_direction_apart() -> None:
    server = server_of()
    client = server.client()
    orders: tuple[dict[str, Any], ...] = (
        {"sort": "username:desc"},
        {"sort": SortField("username").asc()},
        {"sort": "DESC", "sort_by": "username"},
        {"sort_by": "username"},
    )
    for order in orders:
        all_items(get_inventory_preload, client, **order)
    assert [(asked.get("sort"), asked.get("sortBy")) for asked in server.asked] == [
        ("DESC", "username"),
        ("ASC", "username"),
        ("DESC", "username"),
        (None, "username"),
    ]
    with pytest.raises(ConfigurationError, match="one field"):
        all_items(get_inventory_preload, client, sort=["username:asc", "id:asc"])


@pytest.mark.parametrize(
    ("name", "order"),
    [
        ("get_v1_jamf_connect_history", "id:asc"),
        ("get_v1_jamf_connect_config_profiles", "uuid:asc"),
        ("get_v1_groups", "groupPlatformId:asc"),
    ],
)
def test_lists_whose_described_fields_do_not_tell_rows_apart_are_sorted_by_one_that_does(
    name: str, order: str
) -> None:
    server = server_of()
    all_items(endpoint(name), server.client())
    assert server.asked[0]["sort"] == order


def test_a_server_that_cannot_sort_by_id_is_asked_again_without() -> None:
    server = server_of(sorts=False)
    assert len(all_items(get_v1_buildings, server.client())) == 25
    with pytest.raises(BadRequestError):
        all_items(get_v1_buildings, server.client(), sort="name:asc")


def test_rows_that_move_up_when_others_vanish_are_not_missed() -> None:
    server = server_of(rows=50, changes={2: Change(removed=3)})
    rows = ids_of(all_items(get_v1_buildings, server.client(max_concurrency=1), page_size=10))
    assert sorted(rows) == rows == [*range(1, 51)]


def test_rows_of_a_list_without_ids_are_told_apart_by_their_neighbours() -> None:
    name = "get_v1_scheduler_jobs_job_key_triggers"
    server = server_of(rows=30, changes={2: Change(removed=2), 4: Change(prepended=1)})
    client = server.client(max_concurrency=1)
    rows = plain(all_items(endpoint(name), client, page_size=7, **needed(name)))
    assert all(rows.count(row) == 1 for row in server.lists.lasting(name))


def test_missing_rows_are_an_error_unless_they_are_allowed() -> None:
    def unstable(request: httpx.Request, _: int) -> httpx.Response | None:
        pages = [[1, 2], [2, 3], [5]]
        number = int(request.url.params["page"])
        return envelope(5, pages[number] if number < 3 else [])

    server = server_of(unstable)
    with pytest.raises(TruncatedResultError, match="counts 5 rows but returned 4, and 1 of them"):
        all_items(get_v1_buildings, server.client(), page_size=2)
    rows = all_items(get_v1_buildings, server.client(), page_size=2, allow_truncated=True)
    assert ids_of(rows) == [1, 2, 3, 5]


@pytest.mark.parametrize(
    ("name", "options"), [("get_v1_sites", {}), ("get_v1_buildings", {"page_size": 1})]
)
def test_what_cannot_be_halved_is_asked_for_again_when_it_takes_too_long(
    name: str, options: dict[str, Any]
) -> None:
    def slow_at_first(request: httpx.Request, number: int) -> httpx.Response | None:
        if number == 0:
            raise httpx.ReadTimeout("slow", request=request)
        sites = [{"id": "1", "name": "North"}]
        return httpx.Response(200, json=sites) if name == "get_v1_sites" else None

    server = server_of(slow_at_first, rows=2)
    client = server.client(resilience=ResilienceConfig(backoff_base=0.001))
    assert all_items(endpoint(name), client, **options)
    assert server.asked[0] == server.asked[1]


def test_a_server_that_always_gives_the_same_page_does_not_keep_the_walk_going() -> None:
    server = server_of(counts_pages=False)
    name = "get_v1_sites_id_objects"
    assert len(all_items(endpoint(name), server.client(), id="1")) == 25
    assert len(server.asked) == 2
    assert len(all_items(post_v1_buildings_export, server.client())) == 25
    with pytest.raises(TruncatedResultError, match="a column that tells the rows apart"):
        all_items(post_v1_buildings_export, server.client(), page_size=25)


@pytest.mark.parametrize("client_side", [True, False])
def test_pages_that_take_too_long_are_halved_and_the_walk_goes_on(client_side: bool) -> None:
    def slow(request: httpx.Request, _: int) -> httpx.Response | None:
        if int(request.url.params["page-size"]) <= 25 or int(request.url.params["page"]) == 0:
            return None
        if client_side:
            raise httpx.ReadTimeout("slow")
        return httpx.Response(504, text="<html>")

    server = server_of(slow, rows=230)
    assert ids_of(all_items(get_v1_buildings, server.client())) == [*range(1, 231)]
    assert {one["page-size"] for one in server.asked} == {"100", "50", "25"}


def test_a_server_that_never_answers_is_not_asked_for_ever() -> None:
    def dead(_: httpx.Request, __: int) -> httpx.Response | None:
        raise httpx.ReadTimeout("slow")

    server = server_of(dead)
    with pytest.raises(RequestTimeoutError):
        all_items(get_v1_buildings, server.client(), page_size=2000)
    assert len(server.asked) == 6


def test_other_failures_end_the_walk() -> None:
    def broken(_: httpx.Request, number: int) -> httpx.Response | None:
        return httpx.Response(503) if number == 1 else None

    server = server_of(broken)
    client = server.client()
    with pytest.raises(ServerError):
        all_items(get_v1_buildings, client, page_size=10)
    assert client.in_flight == 0
    resilient = server_of(broken).client(resilience=ResilienceConfig(max_retries=2))
    assert len(all_items(get_v1_buildings, resilient, page_size=10)) == 25


def test_a_range_of_pages_can_be_walked() -> None:
    client = server_of(rows=95).client()
    rows = all_items(get_v1_buildings, client, page_size=10, start_page=2, end_page=3)
    assert ids_of(rows) == [*range(21, 41)]
    assert ids_of(all_items(get_v1_buildings, client, page_size=10, end_page=0)) == [*range(1, 11)]


def test_missing_rows_in_a_range_of_pages_are_an_error_too() -> None:
    def gap(request: httpx.Request, _: int) -> httpx.Response | None:
        is_fourth = request.url.params["page"] == "3"
        return envelope(95, [*range(31, 36)]) if is_fourth else None

    options: dict[str, Any] = {"page_size": 10, "start_page": 2, "end_page": 4}
    with pytest.raises(TruncatedResultError, match="counts 30 rows on these pages but returned 25"):
        all_items(get_v1_buildings, server_of(gap, rows=95).client(), **options)
    rows = all_items(
        get_v1_buildings, server_of(gap, rows=95).client(), allow_truncated=True, **options
    )
    assert len(rows) == 25
    rest = all_items(get_v1_buildings, server_of(rows=95).client(), page_size=10, start_page=8)
    assert ids_of(rest) == [*range(81, 96)]


def test_a_server_with_more_rows_than_it_counts_is_asked_for_all_of_them() -> None:
    def page(request: httpx.Request, _: int) -> httpx.Response:
        start = int(request.url.params["page"]) * 10
        return envelope(12, [*range(36)][start : start + 10])

    assert ids_of(all_items(get_v1_buildings, server_of(page).client(), page_size=10)) == [
        *range(36)
    ]


def test_a_server_that_counts_too_few_and_repeats_itself_is_not_asked_for_ever() -> None:
    server = server_of(lambda _, __: envelope(12, [*range(10)]))
    with pytest.raises(TruncatedResultError, match="counts 12 rows"):
        all_items(get_v1_buildings, server.client(), page_size=10)
    assert len(server.asked) == 2


def test_pages_are_what_the_endpoint_gives() -> None:
    pages = list(iter_pages(get_v1_buildings.OPERATION, server_of().client(), page_size=10))
    assert [len(page.results or ()) for page in pages] == [10, 10, 5]
    assert [page.total_count for page in iter_pages(get_v1_buildings, server_of(rows=0).client())]


def test_tables_are_dicts_by_column_and_their_bodies_name_the_page() -> None:
    bodies = []

    def note(request: httpx.Request, _: int) -> httpx.Response | None:
        bodies.append(request.read())
        return None

    body = ExportParameters(fields=[])
    client = server_of(note).client()
    rows = all_items(post_v1_buildings_export, client, page_size=20, sort="id:asc", body=body)
    assert rows[0] == {"id": "1", "name": "Sample 1"}
    assert [b'"page":%d,"pageSize":20' % n in body for n, body in enumerate(bodies)] == [True] * 3


@pytest.mark.parametrize("body", [{"fields": []}, ExportParameters(fields=[])])
def test_filters_and_sort_orders_go_into_the_body_of_an_export(body: Any) -> None:
    bodies = []

    def note(request: httpx.Request, _: int) -> httpx.Response | None:
        bodies.append(json.loads(request.read()))
        return None

    order: dict[str, Any] = {"sort": SortField("id").desc(), "filter": FilterField("id").gt(0)}
    all_items(post_v1_buildings_export, server_of(note).client(), body=body, **order)
    assert bodies[0]["sort"] == ["id:desc"]
    assert bodies[0]["filter"] == 'id>"0"'


@pytest.mark.parametrize("body", ["fields", 3, [ExportParameters()]])
def test_the_body_of_an_export_is_a_model_or_a_dict(body: Any) -> None:
    server = server_of()
    with pytest.raises(ConfigurationError, match="must be a model or a dict, not"):
        all_items(post_v1_buildings_export, server.client(), body=body)
    assert not server.asked


def test_what_is_not_paged_is_one_page() -> None:
    def groups(_: httpx.Request, __: int) -> httpx.Response | None:
        return httpx.Response(200, json=[{"id": 1, "name": "A", "isSmartGroup": True}])

    assert len(all_items(get_v1_mobile_device_groups, server_of(groups).client())) == 1


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("delete_v1_buildings_id", {"id": "1"}),
        ("post_v1_buildings", {"body": {"name": "Mill"}}),
        ("put_v1_buildings_id", {"id": "1", "body": {"name": "Mill"}}),
    ],
)
def test_an_operation_that_writes_is_not_walked(name: str, arguments: dict[str, Any]) -> None:
    server = server_of()
    with pytest.raises(ConfigurationError, match=f"{name} writes"):
        all_items(endpoint(name), server.client(), **arguments)
    assert not server.asked


def test_an_operation_that_gives_no_rows_is_no_list() -> None:
    def building(_: httpx.Request, __: int) -> httpx.Response:
        return httpx.Response(200, json={"id": "1", "name": "Mill"})

    client = server_of(building).client()
    with pytest.raises(ConfigurationError, match="get_v1_buildings_id is not a list"):
        all_items(endpoint("get_v1_buildings_id"), client, id="1")


@pytest.mark.parametrize(
    "reply",
    [
        httpx.Response(200),
        httpx.Response(204),
        httpx.Response(200, json=None),
        httpx.Response(200, json={}),
        httpx.Response(200, json={"results": {"id": "1"}, "totalCount": 0}),
    ],
    ids=["empty", "204", "null", "no-keys", "object-for-rows"],
)
def test_a_reply_without_rows_is_not_taken_for_the_end(reply: httpx.Response) -> None:
    client = server_of(lambda _, __: reply).client()
    with pytest.raises(InvalidResponseError, match="without rows"):
        all_items(get_v1_buildings, client)


@pytest.mark.parametrize("page", [{"totalCount": 0}, {"totalCount": 0, "results": None}])
def test_a_list_of_nothing_is_empty(page: dict[str, Any]) -> None:
    client = server_of(lambda _, __: httpx.Response(200, json=page)).client()
    assert all_items(get_v1_buildings, client) == []


def test_progress_is_told_after_each_page() -> None:
    told: list[tuple[int, int | None]] = []
    all_items(
        get_v1_buildings,
        server_of().client(),
        page_size=10,
        progress=lambda rows, total: told.append((rows, total)),
    )
    assert told == [(10, 25), (20, 25), (25, 25)]
    assert len(all_items(get_v1_buildings, server_of().client(), progress=True)) == 25


async def _tell_async(_: int, __: int | None) -> None: ...


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"filtre": "x"}, "did you mean 'filter'"),
        ({"page": 3}, "takes no 'page': walks count pages themselves, see start_page"),
        ({"pageSize": 3}, "takes no 'pageSize': walks count pages themselves"),
        ({"progress": "yes"}, "progress must be True or a function"),
        ({"progress": _tell_async}, "progress must be True or a function that is not async"),
        ({"page_size": 0}, "page_size must be"),
        ({"start_page": -1}, "start_page must be"),
        ({"end_page": -1}, "end_page must be"),
        ({"filter": FilterField("name")}, "text or made by eq .* not of type FilterField"),
        ({"filter": False}, "filter must be text"),
        ({"filter": [FilterField("name").eq("x")]}, "filter must be text"),
        ({"sort": SortField("name")}, "sort must be text or made by asc and desc"),
        ({"sort": ["name:asc", None]}, "sort must be text"),
        ({"end_page": "2"}, "end_page must be"),
        ({"start_page": 5, "end_page": 2}, "end_page must be a whole number of at least 5"),
    ],
)
def test_arguments_that_make_no_sense_are_refused(options: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        iter_items(get_v1_buildings, server_of().client(), **options)


def test_an_endpoint_and_its_path_parameters_are_needed() -> None:
    with pytest.raises(ConfigurationError, match="needs id"):
        iter_items(endpoint("get_v1_sites_id_objects"), server_of().client())
    module: Any = object()
    with pytest.raises(ConfigurationError, match="is not an endpoint"):
        iter_items(module, server_of().client())


def test_no_more_pages_are_on_their_way_than_the_client_allows() -> None:
    lock, now, most = threading.Lock(), [0], [0]
    full = threading.Event()

    def count(_: httpx.Request, number: int) -> httpx.Response | None:
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
            if most[0] == 3:
                full.set()
        if number:
            full.wait(5)
        with lock:
            now[0] -= 1
        return None

    client = server_of(count, rows=100).client(max_concurrency=3)
    assert len(all_items(get_v1_buildings, client, page_size=10)) == 100
    assert most[0] == 3


def test_breaking_out_of_a_loop_leaves_neither_threads_nor_slots() -> None:
    server = server_of(rows=1000)
    client = server.client(max_concurrency=4)
    for row in iter_items(get_v1_buildings, client, page_size=10):
        assert row.id == "1"
        break
    assert client.in_flight == 0
    assert not [one for one in threading.enumerate() if one.name.startswith("jamf-pro-client")]
    # One page was taken; four were on their way or waiting.
    assert len(server.asked) <= 5


def test_bodies_do_not_wait_for_the_collector_of_cycles() -> None:
    page = b'{"totalCount":60,"results":[{"id":"%d","name":"' + b"x" * 200_000 + b'"}]}'

    def large(request: httpx.Request, _: int) -> httpx.Response | None:
        number = int(request.url.params["page"]) + 1
        headers = {"Content-Type": "application/json"}
        return httpx.Response(200, content=iter((page % number,)), headers=headers)

    client = server_of(large).client(max_concurrency=2)
    gc.collect()
    gc.disable()
    tracemalloc.start()
    try:
        rows = sum(1 for _ in iter_items(get_v1_buildings, client, page_size=1))
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
        gc.enable()
    assert rows == 60
    assert most < 4_000_000


def test_pages_of_a_walk_that_was_left_do_not_wait_to_be_tried_again() -> None:
    waits = threading.Event()

    def busy(request: httpx.Request, _: int) -> httpx.Response | None:
        is_first = request.url.params["page"] == "0"
        return None if is_first else httpx.Response(503, headers={"Retry-After": "1"})

    server = server_of(busy, rows=95)
    resilience = ResilienceConfig(on_event=(lambda _: waits.set(),))
    client = server.client(resilience=resilience, max_concurrency=2)
    for _ in iter_items(get_v1_buildings, client, page_size=10):
        waits.wait(10)
        break
    pages = [query["page"] for query in server.asked]
    assert len(pages) == len(set(pages)) > 1
