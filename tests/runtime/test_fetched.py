"""What is fetched by the calls of S0: texts, objects, batches, tokens, roles."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import pytest

from jamf_pro_client._httpx import httpx
from jamf_pro_client.client import HTTPClient
from jamf_pro_client.errors import (
    BadRequestError,
    ConfigurationError,
    ConflictError,
    ForbiddenError,
    InvalidResponseError,
    JamfProAPIError,
    NotFoundError,
    ServerError,
    TransportError,
    UnauthorizedError,
    UnexpectedStatus,
)


def _fetch(url: str, name: str, *args: Any, **options: Any) -> Any:
    async def main() -> Any:
        client = HTTPClient(url, headers=options.pop("client_headers", None))
        async with client:
            return await getattr(client, name)(*args, **options)

    return asyncio.run(main())


def test_fetch_text_gives_text_and_repeats_params(jamf: Any) -> None:
    """S0.12, S0.13."""
    jamf.say("/csv", 200, "ü,b", ("Content-Type", "text/csv;charset=utf-8"))
    params = [("columns-to-export", "a"), ("columns-to-export", "b")]
    assert _fetch(jamf.url, "fetch_text", "/csv", params=params) == "ü,b"
    assert jamf.seen[-1].query == "columns-to-export=a&columns-to-export=b"


@pytest.mark.parametrize("name", ["fetch_text", "fetch_json"])
def test_fetching_raises_our_errors_whatever_the_body(jamf: Any, name: str) -> None:
    """S0.14, S0.21, S0.26."""
    jamf.say("/html", 404, "<html><body><p>Not Found</p></body></html>")
    jamf.say("/down", 502, "<html>")
    jamf.say("/moved", 302, "")
    with pytest.raises(NotFoundError, match="GET /html") as caught:
        _fetch(jamf.url, name, "/html?a=b")
    assert caught.value.not_found
    with pytest.raises(ServerError):
        _fetch(jamf.url, name, "/down")
    with pytest.raises(UnexpectedStatus):
        _fetch(jamf.url, name, "/moved")
    with pytest.raises(TransportError):
        _fetch("http://127.0.0.1:9", name, "/x")


def test_fetch_json_gives_objects_and_nothing_else(jamf: Any) -> None:
    """S0.17, S0.20, S0.21."""
    jamf.say("/x", 200, '{"a": 1}')
    assert _fetch(jamf.url, "fetch_json", "/x") == {"a": 1}
    assert _fetch(jamf.url, "fetch_json", f"{jamf.url}/x", query_params={"q": 1}) == {"a": 1}
    _fetch(jamf.url, "fetch_json", "/x", {"X-A": "1"}, "POST", {"b": 2}, {"q": 2})
    assert [(seen.method, seen.query, seen.headers.get("x-a")) for seen in jamf.seen] == [
        ("GET", "", None),
        ("GET", "q=1", None),
        ("POST", "q=2", "1"),
    ]
    jamf.say("/x", 204)
    assert _fetch(jamf.url, "fetch_json", "/x") == {}
    for body in ("<html>", "[1]", "1", "{"):
        jamf.say("/x", 200, body)
        with pytest.raises(InvalidResponseError, match="GET http") as caught:
            _fetch(jamf.url, "fetch_json", "/x?q=1")
        assert caught.value.not_found is False
    with pytest.raises(ConfigurationError):
        _fetch(jamf.url, "fetch_json", "/x", method="DELETE")


def test_fetch_json_encodes_by_content_type(jamf: Any) -> None:
    """S0.18, S0.19."""
    jamf.say("/x", 200, "{}")
    form = {"content-type": "application/x-www-form-urlencoded"}
    _fetch(jamf.url, "fetch_json", "/x", form, "POST", {"a": "b"})
    _fetch(jamf.url, "fetch_json", "/x", None, "POST", {"a": "b"}, client_headers=form)
    _fetch(jamf.url, "fetch_json", "/x", None, "POST", {"a": "b"})
    assert [seen.body for seen in jamf.seen] == [b"a=b", b"a=b", b'{"a":"b"}']


def test_fetch_batch_keeps_the_order_and_stops_at_the_first_failure(jamf: Any) -> None:
    """S0.22."""
    for index in range(12):
        pause = 0.03 if index % 4 == 0 else 0.0
        jamf.say_after(f"/{index}", pause, {"i": index})
    urls = [f"/{index}" for index in range(12)]
    result = _fetch(jamf.url, "fetch_batch", urls, {"X-A": "1"}, iter([("q", "1")]))
    assert result == [{"i": index} for index in range(12)]
    assert {(seen.query, seen.headers["x-a"]) for seen in jamf.seen} == {("q=1", "1")}
    assert _fetch(jamf.url, "fetch_batch", []) == []
    jamf.say("/0", 404)
    before = len(jamf.seen)
    with pytest.raises(NotFoundError):
        _fetch(jamf.url, "fetch_batch", ["/0"] * 100)
    assert len(jamf.seen) - before < 20


def test_a_basic_token_is_fetched_from_the_server_that_is_named(jamf: Any, other: Any) -> None:
    """S0.23, S0.24."""
    token = _fetch(other.url, "fetch_basic_token", "admin", "canary", jamf.url)
    assert token == "canary-token-1"
    assert jamf.seen[0].headers["authorization"].startswith("Basic ")
    assert not other.seen
    jamf.say("/api/v1/auth/token", 401, '{"httpStatus":401,"errors":[]}')
    with pytest.raises(UnauthorizedError):
        _fetch(other.url, "fetch_basic_token", "admin", "canary", jamf.url)
    jamf.say("/api/v1/auth/token", 200, "{}")
    with pytest.raises(InvalidResponseError):
        _fetch(other.url, "fetch_basic_token", "admin", "canary", jamf.url)
    with pytest.raises(ConfigurationError, match="https"):
        _fetch(other.url, "fetch_basic_token", "admin", "canary", "http://jamf.my.org")


def test_roles_are_created_or_there_already(jamf: Any) -> None:
    """S0.25."""
    path = "/api/v1/api-roles"
    jamf.say(path, 200, '{"id":"1"}')
    assert _fetch(jamf.url, "create_roles", "canary", jamf.url) is True
    sent = json.loads(jamf.seen[0].body)
    assert sent["displayName"] == "jamf-pro-client"
    assert "Read Computers" in sent["privileges"]
    assert jamf.seen[0].headers["authorization"] == "Bearer canary"
    only = {"privileges": ["Read Sites"]}
    role = {"id": "7", "displayName": "Jamf-Pro-Client", "privileges": ["Read Sites", "Read Users"]}
    for status in (400, 409):
        taken = {"errors": [{"code": "DUPLICATE_FIELD", "field": "displayName"}]}
        jamf.routes[path] = _roles_that_exist(jamf, jamf.answer(status, taken), role)
        assert _fetch(jamf.url, "create_roles", "canary", jamf.url, **only) is True
        assert [seen.method for seen in jamf.seen[-2:]] == ["POST", "GET"]
    for status, error in ((400, BadRequestError), (403, ForbiddenError), (418, JamfProAPIError)):
        jamf.say(path, status)
        with pytest.raises(error):
            _fetch(jamf.url, "create_roles", "canary", jamf.url)


def _roles_that_exist(jamf: Any, refusal: Any, *roles: Any) -> Callable[[Any], Any]:
    """Answers a list of API roles, in which each name is taken."""
    listed = jamf.answer(200, {"totalCount": len(roles), "results": roles})
    return lambda seen: refusal if seen.method == "POST" else listed


def test_a_role_that_exists_gets_what_it_lacks_and_loses_nothing(jamf: Any) -> None:
    path = "/api/v1/api-roles"
    others = [
        None,
        {"id": "1", "displayName": "Helpdesk", "privileges": []},
        {"id": "2", "displayName": None, "privileges": ["Read Sites"]},
    ]
    role = {"id": "7", "displayName": "Jamf-Pro-Client", "privileges": ["Read Users", "Read Sites"]}
    jamf.routes[path] = _roles_that_exist(jamf, jamf.answer(409, {}), *others, role)
    jamf.say(f"{path}/7", 200, "{}")
    wanted = ["Read Sites", "Read Computers", "Read Computers"]
    assert _fetch(jamf.url, "create_roles", "canary", jamf.url, privileges=wanted) is True
    _, look, change = jamf.seen
    assert unquote(look.query) == 'filter=displayName=="jamf-pro-client"'
    assert (change.method, change.path) == ("PUT", f"{path}/7")
    assert change.headers["authorization"] == look.headers["authorization"] == "Bearer canary"
    assert json.loads(change.body) == {
        "displayName": "Jamf-Pro-Client",
        "privileges": ["Read Users", "Read Sites", "Read Computers"],
    }
    jamf.say(f"{path}/7", 403)
    with pytest.raises(ForbiddenError):
        _fetch(jamf.url, "create_roles", "canary", jamf.url)


def test_a_name_that_is_taken_by_no_role_is_a_conflict(jamf: Any) -> None:
    other = {"id": "1", "displayName": "Helpdesk", "privileges": []}
    jamf.routes["/api/v1/api-roles"] = _roles_that_exist(jamf, jamf.answer(409, {}), other)
    with pytest.raises(ConflictError):
        _fetch(jamf.url, "create_roles", "canary", jamf.url)


def test_a_subclass_can_route_what_is_fetched(jamf: Any) -> None:
    class Mine(HTTPClient):
        async def _request(self, method: str, url: str, **options: Any) -> httpx.Response:
            return await super()._request(method, "/mine" + url, **options)

    jamf.say("/mine/x", 200, '{"a": 1}')

    async def main() -> Any:
        async with Mine(jamf.url) as client:
            return await client.with_timeout(1).fetch_json("/x")

    assert asyncio.run(main()) == {"a": 1}
