from __future__ import annotations

import asyncio
import datetime
import inspect
import json
from typing import Any
from urllib.parse import parse_qs

import pytest
from tests.codegen.conftest import Generated
from tests.codegen.pretend import Server, call, replying

from jamf_pro_client import HTTPAuthenticatedClient
from jamf_pro_client.errors import ConfigurationError, NotFoundError

THING = "get_v1_things_thing_id_parts_part_name"


def test_parameters_reach_their_places(tiny: Generated) -> None:
    server = replying({"label": "p"})
    sizes = tiny.models.GetV1ThingsThingIdPartsPartNameSizesItem
    part = call(
        tiny,
        THING,
        server,
        "a/b",
        "c d",
        on_day=datetime.date(2024, 5, 6),
        since=datetime.datetime(2024, 5, 6, 7, 8, 9, tzinfo=datetime.UTC),
        sizes=[sizes.S, sizes.M],
        deep=True,
        client_query="c",
        body_="b",
        self_="s",
        list_="l",
        query='{"a":1}',
        x_trace="t",
        login="k",
    )

    assert part == tiny.models.Part(label="p")
    assert server.last.method == "GET"
    assert server.last.url.raw_path.partition(b"?")[0] == b"/api/v1/things/a%2Fb/parts/c%20d"
    assert parse_qs(server.last.url.query.decode()) == {
        "onDay": ["2024-05-06"],
        "since": ["2024-05-06T07:08:09Z"],
        "sizes": ["S", "M"],
        "deep": ["true"],
        "client": ["c"],
        "body": ["b"],
        "self": ["s"],
        "list": ["l"],
        "query": ['{"a":1}'],
    }
    assert server.headers["X-Trace"] == "t"
    assert server.headers["Cookie"] == "login=k"
    assert server.headers["Authorization"] == "Bearer canary"
    assert server.headers["Accept"] == "application/json"


def test_nothing_is_sent_that_was_not_given(tiny: Generated) -> None:
    server = replying({"results": []})
    call(tiny, "get_v1_things", server)

    assert server.last.url.query == b""
    assert server.last.content == b""
    assert "Content-Type" not in server.headers


def test_one_operation_can_be_called_four_ways(tiny: Generated) -> None:
    module = tiny.operation("put_v1_things_replace_all")
    server = replying([{"label": "p"}])
    given = [tiny.models.Part(label="q")]

    async def both(client: HTTPAuthenticatedClient) -> tuple[Any, Any]:
        async with client:
            return (
                await module.asyncio(client=client, body=given),
                await module.asyncio_detailed(client=client, body=given),
            )

    with server.client as client:
        plain = module.sync(client=client, body=given)
        detailed = module.sync_detailed(client=client, body=given)
    later, later_detailed = asyncio.run(both(server.client))

    assert plain == later == detailed.parsed == later_detailed.parsed
    assert plain == [tiny.models.Part(label="p")]
    assert (detailed.status_code, later_detailed.status_code) == (200, 200)
    assert json.loads(server.last.content) == [{"label": "q"}]
    signatures = {
        tuple(inspect.signature(getattr(module, way)).parameters.values())
        for way in ("sync", "sync_detailed", "asyncio", "asyncio_detailed")
    }
    assert len(signatures) == 1


@pytest.mark.parametrize(
    ("status", "parsed"), [(404, "Failure"), (418, "Failure"), (503, "Failure"), (201, "Thing")]
)
def test_each_described_status_is_decoded(status: int, parsed: str, tiny: Generated) -> None:
    """By its own description, by that of its class, or by the one for all others."""
    server = replying({"reason": "x", "name": "x"}, status)
    with server.client as client:
        reply = tiny.operation("post_v1_things").sync_detailed(
            client=client, body=tiny.models.Thing(name="x", kept=None)
        )

    assert reply.status_code == status
    assert type(reply.parsed).__name__ == parsed


def test_an_error_raises(tiny: Generated) -> None:
    with pytest.raises(NotFoundError, match="POST /v1/things"):
        call(tiny, "post_v1_things", replying({}, 404), body={"name": "x", "kept": None})


@pytest.mark.parametrize(
    ("name", "document", "kind"),
    [
        ("get_v1_values_mood", "GOOD", "Mood"),
        ("get_v1_values_flag", True, "bool"),
        ("get_v1_values_free", {"a": 1}, "GetV1ValuesFreeResponse200"),
        ("get_v1_values_unknown", [1], "list"),
        ("get_v1_values_map", {"a": {}}, "PartMap"),
        ("get_v1_values_model", {"model": "x"}, "ModelModel"),
        ("get_v1_values_any", {"any": "x"}, "AnyModel"),
        ("get_v1_awkward", {"self": "x"}, "Awkward"),
        ("get_v1_files_anything", {"label": "p"}, "Part"),
    ],
)
def test_each_shape_of_a_reply_is_decoded(
    name: str, document: object, kind: str, tiny: Generated
) -> None:
    assert type(call(tiny, name, replying(document))).__name__ == kind


def test_a_path_cannot_be_made_another(tiny: Generated) -> None:
    for given in ("", ".", ".."):
        with pytest.raises(ConfigurationError, match="thingId"):
            call(tiny, THING, Server(), given, "x", x_trace="t")


def test_the_facts_of_an_operation_are_at_hand(tiny: Generated) -> None:
    operation = tiny.operation("get_v1_things").OPERATION

    assert (operation.name, operation.method, operation.path) == (
        "get_v1_things",
        "GET",
        "/v1/things",
    )
    assert operation.privileges == ("Read Things", 'Read "Odd" Things')
    assert operation.deprecated_since == "2024-02-03"
    assert (operation.first_version, operation.last_version) == ("11.29.1", "11.30.1")
    assert (operation.paging.page, operation.paging.size) == ("page", "page-size")
    assert operation.paging.rows == "results"
    assert (operation.sort_fields, operation.filter_fields) == (("id", "name"), ())
    assert tiny.operation("post_v1_things").OPERATION.version_locked


def test_the_docstring_tells_what_is_known(tiny: Generated) -> None:
    text = inspect.getdoc(tiny.operation("get_v1_things").sync) or ""
    lines = text.splitlines()

    assert lines[0].startswith("Return one page of")
    for told in (
        "GET /v1/things",
        'Privileges: Read Things, Read "Odd" Things',
        "Deprecated since 2024-02-03.",
        "Seen in Jamf Pro 11.29.1 to 11.30.1.",
        "Sort fields: id, name",
        "See https://developer.jamf.com/jamf-pro/reference/get_v1-things",
    ):
        assert told in lines
