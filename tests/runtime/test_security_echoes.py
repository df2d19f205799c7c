"""Error pages that repeat the request show none of its texts."""

from __future__ import annotations

import asyncio
import html
import json
import pickle
from typing import Any
from urllib.parse import quote

import pytest

from jamf_pro_client import HTTPAuthenticatedClient
from jamf_pro_client.api.buildings import post_v1_buildings
from jamf_pro_client.errors import JamfProAPIError, JamfProError, error_for
from jamf_pro_client.models import Building

SECRET = 'cänary "<&> secret'


def _bodies() -> list[dict[str, Any]]:
    return [
        {"json": {"list": [{"password": SECRET}], "id": 7}},
        {"data": {"password": SECRET}},
        {
            "content": f"<a><password>{html.escape(SECRET)}</password></a>".encode(),
            "headers": {"Content-Type": "application/xml"},
        },
        {"content": SECRET.encode(), "headers": {"Content-Type": "text/plain"}},
        {"params": {"q": SECRET}},
    ]


def _pages() -> list[Any]:
    def as_html(seen: Any) -> str:
        return f"<html><body>Cannot do: {html.escape(SECRET)} {seen.query}</body></html>"

    def as_json(seen: Any) -> str:
        told = f"{SECRET} {seen.query} {seen.body.decode()}"
        return json.dumps({"errors": [{"code": "BAD", "description": told, "field": "password"}]})

    def as_text(seen: Any) -> str:
        return f"{SECRET} {quote(SECRET)} {json.dumps(SECRET)} {seen.query} {seen.body.decode()}"

    return [as_html, as_json, as_text]


def _shown(error: JamfProAPIError) -> str:
    assert error.response is not None
    return f"{error!r} {error} {error.errors} {error.response.text} {pickle.dumps(error)!r}"


@pytest.mark.parametrize("page", _pages(), ids=lambda page: page.__name__)
@pytest.mark.parametrize("body", _bodies(), ids=lambda body: next(iter(body)))
def test_an_error_page_that_repeats_the_request_shows_none_of_it(
    jamf: Any, page: Any, body: dict[str, Any]
) -> None:
    jamf.routes["/x"] = lambda seen: jamf.answer(400, {})._replace(
        body=page(seen).encode(), headers=(("Content-Type", "text/html"),)
    )

    async def main(client: HTTPAuthenticatedClient) -> Any:
        async with client:
            return await client.arequest("POST", "/x", **body)

    with HTTPAuthenticatedClient(jamf.url, token="t") as client:
        replies = [client.request("POST", "/x", **body), asyncio.run(main(client))]
    for reply in replies:
        assert "nary" in reply.text
        shown = _shown(error_for(reply, method="POST", path="/x"))
        assert "***" in shown
        assert "nary" not in shown


@pytest.mark.parametrize("status", [201, 400, 409, 500])
def test_an_operation_that_fails_shows_nothing_of_its_body(jamf: Any, status: int) -> None:
    jamf.routes["/api/v1/buildings"] = lambda seen: jamf.answer(status, {})._replace(
        body=b"<p>Sorry, no " + seen.body, headers=(("Content-Type", "text/html"),)
    )
    client = HTTPAuthenticatedClient(jamf.url, token="t")
    with client, pytest.raises(JamfProError) as caught:
        post_v1_buildings.sync(client=client, body=Building(name="canary building"))
    shown = repr(caught.value)
    assert "Sorry, no" in shown
    assert "***" in shown
    assert "canary" not in shown


def test_short_texts_and_the_names_of_fields_stay_readable(jamf: Any) -> None:
    jamf.say("/x", 400, b'{"errors": [{"code": "BAD", "description": "the name is short"}]}')
    with HTTPAuthenticatedClient(jamf.url, token="t") as client:
        reply = client.request("POST", "/x", json={"a": "errors", "b": "short", "c": "description"})
    error = error_for(reply, method="POST", path="/x")
    assert [(detail.code, detail.description) for detail in error.errors] == [
        ("BAD", "the name is short")
    ]


def test_a_page_that_would_take_too_long_to_look_through_is_not_kept(jamf: Any) -> None:
    jamf.say("/x", 500, b"x" * 2_000_000)
    with HTTPAuthenticatedClient(jamf.url, token="t") as client:
        reply = client.request("POST", "/x", json=[f"text {number:06}" for number in range(1000)])
    error = error_for(reply, method="POST", path="/x")
    assert error.response is not None
    assert error.response.text == "***"
