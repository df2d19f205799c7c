"""Raw requests of the facade: any path, same token, whole reply."""

from __future__ import annotations

import asyncio
import io
from typing import Any

import pytest
from tests.facade.conftest import async_client_of, client_of

from jamf_pro_client._httpx import httpx
from jamf_pro_client.classic.models import Computer
from jamf_pro_client.errors import ConfigurationError
from jamf_pro_client.filters import FilterField
from jamf_pro_client.models import Building


def echo(request: Any) -> Any:
    request.read()
    return httpx.Response(
        200,
        json={
            "method": request.method,
            "path": request.url.path,
            "query": request.url.query.decode(),
            "accept": request.headers.get("accept"),
            "type": request.headers.get("content-type"),
            "token": request.headers.get("authorization"),
            "extra": request.headers.get("x-change"),
            "body": request.content.decode("utf-8", "replace"),
        },
    )


@pytest.mark.parametrize(
    "given",
    [
        "computers/id/1",
        "/computers/id/1",
        "JSSResource/computers/id/1",
        "/JSSResource/computers/id/1",
    ],
)
def test_classic_paths_need_no_prefix(given: str) -> None:
    reply = client_of(echo).classic_api_request("get", given).json()
    assert (reply["method"], reply["path"]) == ("GET", "/JSSResource/computers/id/1")
    assert (reply["accept"], reply["type"]) == ("application/json", None)
    assert reply["token"] == "Bearer invented"


@pytest.mark.parametrize("given", ["v1/buildings", "/v1/buildings", "api/v1/buildings"])
def test_pro_paths_need_no_prefix(given: str) -> None:
    reply = client_of(echo).pro_api_request("get", given, {"page-size": 2, "section": ["A", "B"]})
    assert reply.json()["path"] == "/api/v1/buildings"
    assert reply.json()["query"] == "page-size=2&section=A&section=B"


@pytest.mark.parametrize("given", ["https://elsewhere.org/x", "http://jamf.my.org/api/v1/x"])
def test_addresses_are_refused(given: str) -> None:
    client = client_of(echo)
    for request in (client.pro_api_request, client.classic_api_request):
        with pytest.raises(ConfigurationError):
            request("get", given)


def test_a_query_may_hold_an_address() -> None:
    reply = client_of(echo).pro_api_request("get", "v1/x?to=https://elsewhere.org")
    assert reply.json()["path"] == "/api/v1/x"


@pytest.mark.parametrize(
    ("data", "media", "body"),
    [
        ({"name": "A"}, "application/json", '{"name":"A"}'),
        (Building(name="A"), "application/json", '{"name":"A"}'),
        ([1], "application/json", "[1]"),
        ({"filter": FilterField("a").eq(1)}, "application/json", '{"filter":"a==\\"1\\""}'),
        ("text", None, "text"),
    ],
)
def test_data_is_sent_as_json_or_as_it_is(data: Any, media: str | None, body: str) -> None:
    reply = client_of(echo).pro_api_request("post", "v1/x", data=data).json()
    assert reply["type"] == media
    assert reply["body"] == body


def test_headers_of_the_caller_win() -> None:
    client = client_of(echo)
    merge = {"Content-Type": "application/merge-patch+json", "X-Change": "CHG-42"}
    reply = client.pro_api_request("patch", "v1/x", data={"a": None}, override_headers=merge).json()
    assert (reply["type"], reply["extra"]) == ("application/merge-patch+json", "CHG-42")
    plain = client.classic_api_request(
        "put", "x", "<x/>", {"accept": "application/xml", "content-type": "application/xml"}
    )
    assert (plain.json()["accept"], plain.json()["type"]) == ("application/xml",) * 2


def test_files_go_with_form_fields() -> None:
    client = client_of(echo)
    files = {"file": ("a.csv", io.BytesIO(b"a,b"), "text/csv")}
    reply = client.pro_api_request("post", "v1/x", files=files, data={"kind": "1"}).json()
    assert reply["type"].startswith("multipart/form-data")
    assert "a,b" in reply["body"]
    assert 'name="kind"' in reply["body"]
    with pytest.raises(ConfigurationError):
        client.pro_api_request("post", "v1/x", files=files, data="text")


def test_the_classic_api_is_written_to_in_xml() -> None:
    client = client_of(echo)
    for data in ("<computer/>", b"<computer/>", Computer()):
        reply = client.classic_api_request("put", "computers/id/1", data).json()
        assert reply["type"] == "text/xml"
        assert reply["body"].replace(" ", "").endswith("<computer/>")
    with pytest.raises(ConfigurationError, match="takes XML"):
        client.classic_api_request("put", "computers/id/1", {"computer": {}})


def test_a_refusal_is_a_reply() -> None:
    client = client_of(lambda _: httpx.Response(404, text="<html/>"))
    assert client.classic_api_request("get", "computers/id/999999").status_code == 404


def test_async_twins_do_the_same() -> None:
    async def run() -> None:
        async with async_client_of(echo) as client:
            pro = await client.async_pro_api_request("post", "v1/x", {"a": 1}, {"b": 2})
            classic = await client.async_classic_api_request("get", "computers", timeout=3)
        assert (pro.json()["path"], pro.json()["query"]) == ("/api/v1/x", "a=1")
        assert classic.json()["path"] == "/JSSResource/computers"

    asyncio.run(run())
