"""Every paged operation, walked to its end while servers do what they do."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from tests.paging.lists import Server, endpoint, needed, plain

from jamf_pro_client import HTTPAuthenticatedClient
from jamf_pro_client.paging import all_items, all_items_async
from jamf_pro_sandbox import Sandbox
from jamf_pro_sandbox.walks import Change, ListRules, PagedLists

_RULES = {
    "clamp": ListRules(largest_page=7),
    "short pages": ListRules(hidden=(3, 11, 12, 24)),
    "growing": ListRules(changes={2: Change(appended=4)}),
    "shrinking": ListRules(changes={2: Change(removed=2)}),
    "all of it": ListRules(
        largest_page=7,
        hidden=(12,),
        changes={1: Change(appended=3), 3: Change(removed=2)},
    ),
    "all of it, nothing vanishes": ListRules(
        largest_page=7, hidden=(12,), changes={1: Change(appended=3)}
    ),
}

# What comes in and what goes away must not fall between the same two pages: only the difference
# would be seen.
_IN_FLIGHT = 2


def _size(name: str) -> int | None:
    return 10 if _has_count(name) else None


def _has_count(name: str) -> bool:
    """Whether rows that vanish can be noticed: exports and bare arrays come without a count."""
    return bool(endpoint(name).OPERATION.paging.rows)


def _check(lists: PagedLists, rules: ListRules, name: str, rows: list[Any]) -> None:
    got = plain(rows)
    texts = [repr(row) for row in got]
    assert len(set(texts)) == len(texts), f"{name}: rows came twice"
    if rules is _RULES["all of it"] and not _has_count(name):
        return
    assert [row for row in lists.lasting(name) if row not in got] == [], f"{name}: rows are missing"


def test_every_list_is_walked_over_sockets(jamf_sandbox: Sandbox) -> None:
    rules = _RULES["all of it"]
    lists = PagedLists(rules)
    lists.serve(jamf_sandbox)
    assert len(lists.operations) == 129
    with HTTPAuthenticatedClient(
        jamf_sandbox.url,
        api_key=jamf_sandbox.client_id,
        api_secret=jamf_sandbox.client_secret,
        max_concurrency=_IN_FLIGHT,
    ) as client:
        for name in lists.operations:
            rows = all_items(endpoint(name), client, page_size=_size(name), **needed(name))
            _check(lists, rules, name, rows)
    assert [one for one in jamf_sandbox.requests if one.violation] == []


@pytest.mark.parametrize("rules", _RULES.values(), ids=_RULES)
def test_every_list_is_walked_in_an_event_loop(rules: ListRules) -> None:
    lists = PagedLists(rules)

    async def walk() -> None:
        async with Server(lists).client(max_concurrency=_IN_FLIGHT) as client:
            for name in lists.operations:
                options = {"page_size": _size(name), **needed(name)}
                rows = await all_items_async(endpoint(name), client, **options)
                _check(lists, rules, name, rows)

    asyncio.run(walk())
