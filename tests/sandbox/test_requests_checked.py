"""Requests that break the description are refused, and the refusal says why."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from jamf_pro_sandbox import Sandbox

JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    ("method", "path", "arguments", "status", "text"),
    [
        ("GET", "/v1/buildings?colour=red", {}, 400, "unknown query parameter 'colour'"),
        ("GET", "/v1/buildings?page=first", {}, 400, "'page' must be an integer"),
        ("GET", "/v1/buildings?page=0&page=1", {}, 400, "'page' is given more than once"),
        ("GET", "/v1/users?page=-1", {}, 400, "'page' is less than 0"),
        ("GET", "/v1/users?platform=maybe", {}, 400, "'platform' must be true or false"),
        ("GET", "/v1/computers-inventory?section=WHEELS", {}, 400, "'section' is none of"),
        ("GET", "/v2/mdm/commands", {}, 400, "required query parameter 'filter' is missing"),
        ("GET", "/v2/mobile-device-groups/x", {}, 404, "no operation has the path"),
        ("GET", "/v1/api-roles/../secrets", {}, 404, "no operation has the path"),
        ("DELETE", "/v1/buildings", {}, 405, "only GET, POST"),
        ("POST", "/v1/buildings", {}, 400, "the request body is missing"),
        ("POST", "/v1/buildings", {"headers": JSON}, 400, "the request body is missing"),
        ("POST", "/v1/buildings", {"data": {"name": "X"}}, 415, "not application/json"),
        ("POST", "/v1/buildings", {"content": b"{"}, 415, "Content-Type is missing"),
        ("POST", "/v1/buildings", {"content": b"{", "headers": JSON}, 400, "is not JSON"),
        ("POST", "/v1/buildings", {"json": {"name": 5}}, 400, "body /name: must be of type string"),
        ("POST", "/v1/buildings", {"json": {"name": None}}, 400, "body /name: must not be null"),
        ("POST", "/v1/buildings", {"json": {}}, 400, "body: 'name' is required"),
        (
            "POST",
            "/v1/buildings",
            {"json": {"name": "X", "id": "9"}},
            400,
            "body /id: is read-only",
        ),
        ("POST", "/v1/departments", {"json": {"name": ""}}, 400, "body /name: is shorter than 1"),
        ("POST", "/v1/categories", {"json": {"name": "X", "priority": 1 << 40}}, 400, "int32"),
        ("POST", "/v1/auth/invalidate-token", {"json": {}}, 400, "takes no request body"),
        ("POST", "/v1/icon", {"files": {"picture": ("a.png", b"")}}, 400, "part 'file' is missing"),
        ("POST", "/v1/icon", {"files": {"file": (None, b"x")}}, 400, "has no file name"),
        ("POST", "/v1/icon", {"json": {}}, 415, "not multipart/form-data"),
    ],
)
def test_a_violation_is_refused_and_named(
    method: str,
    path: str,
    arguments: dict[str, Any],
    status: int,
    text: str,
    api: httpx.Client,
    jamf_sandbox: Sandbox,
) -> None:
    url = f"{jamf_sandbox.url}/api{path}"
    reply = api.request(method, url, **arguments)
    (error,) = reply.json()["errors"]
    assert reply.status_code == reply.json()["httpStatus"] == status
    assert error["code"] == "INVALID_REQUEST"
    assert text in error["description"]
    (record,) = jamf_sandbox.requests
    assert (record.violation, record.status) == (error["description"], status)


def test_what_is_wrong_is_said_once(api: httpx.Client) -> None:
    refused = api.patch("/v4/computers-inventory-detail/1", json={"general": {"assetTag": None}})
    (error,) = refused.json()["errors"]
    assert error["description"] == "body /general/assetTag: must not be null"


@pytest.mark.parametrize("path", ["/api/v1/buildings?filter=", "/JSSResource/buildings/name/"])
def test_urls_of_more_than_8192_characters_are_refused(
    path: str, api: httpx.Client, jamf_sandbox: Sandbox
) -> None:
    def status(length: int) -> int:
        return api.get(f"{jamf_sandbox.url}{path}{'x' * (length - len(path))}").status_code

    assert status(8192) in (400, 404)
    assert (status(8193), status(65_000)) == (414, 414)
    assert "more than 8192" in str(jamf_sandbox.requests[-1].violation)


def test_wrong_methods_learn_the_right_ones(api: httpx.Client) -> None:
    assert api.patch("/v1/buildings/1").headers["allow"] == "DELETE, GET, PUT"


def test_a_merge_patch_may_remove_with_null(api: httpx.Client, jamf_sandbox: Sandbox) -> None:
    merge = {"Content-Type": "application/merge-patch+json"}
    reply = api.patch("/v1/volume-purchasing-locations/1", json={"name": None}, headers=merge)
    assert reply.status_code == 200
    assert jamf_sandbox.requests[-1].violation is None


def test_a_tagged_body_is_held_against_its_variant(api: httpx.Client) -> None:
    def send(command: dict[str, Any]) -> httpx.Response:
        body = {"clientData": [{"managementId": "1"}], "commandData": command}
        return api.post("/v2/mdm/commands", json=body)

    assert send({"commandType": "DEVICE_LOCK", "pin": "123456"}).status_code == 201
    wrong = send({"commandType": "DEVICE_LOCK", "pin": 123456})
    assert "body /commandData/pin: must be of type string" in wrong.text
    unknown = send({"commandType": "MAKE_COFFEE"})
    assert unknown.status_code == 400
    assert "body /commandData" in unknown.text


def test_unknown_properties_are_ignored_and_noted(api: httpx.Client, jamf_sandbox: Sandbox) -> None:
    assert api.post("/v1/buildings", json={"name": "Barn", "doors": 2}).status_code == 201
    assert jamf_sandbox.requests[-1].notes == ["unknown property /doors"]


def test_an_encoded_slash_is_part_of_a_segment(api: httpx.Client, jamf_sandbox: Sandbox) -> None:
    api.get("/v1/jcds/files/a%2Fb.pkg")
    record = jamf_sandbox.requests[-1]
    assert (record.template, record.path) == (
        "/v1/jcds/files/{fileName}",
        "/api/v1/jcds/files/a%2Fb.pkg",
    )


def test_requests_are_recorded_without_credentials(
    api: httpx.Client, jamf_sandbox: Sandbox
) -> None:
    api.get("/v1/buildings", params=[("page", "0"), ("sort", "name:asc")])
    (record,) = jamf_sandbox.requests
    assert (record.method, record.operation_id) == ("GET", "get_v1_buildings")
    assert record.query == [("page", "0"), ("sort", "name:asc")]
    assert record.headers["authorization"] == "Bearer ***"
    assert record.headers["cookie"] == "***"
    jamf_sandbox.clear_requests()
    assert jamf_sandbox.requests == []


def test_the_classic_api_says_404_in_html(open_door: httpx.Client) -> None:
    reply = open_door.get("/JSSResource/nothing")
    assert reply.status_code == 404
    assert reply.headers["content-type"] == "text/html;charset=utf-8"
    assert "<title>Status page</title>" in reply.text


def test_scripted_answers_come_once_and_in_order(api: httpx.Client, jamf_sandbox: Sandbox) -> None:
    jamf_sandbox.answer_next("get_v1_buildings", 503, headers={"Retry-After": "1"})
    jamf_sandbox.answer_next("get_v1_buildings", 200, {"totalCount": 0, "results": []})
    jamf_sandbox.answer_next("get_v1_buildings", 502, "<html></html>")
    replies = [api.get("/v1/buildings") for _ in range(4)]
    assert [reply.status_code for reply in replies] == [503, 200, 502, 200]
    assert replies[0].json() == {"httpStatus": 503, "errors": []}
    assert replies[0].headers["retry-after"] == "1"
    assert replies[1].json()["totalCount"] == 0
    assert replies[2].text == "<html></html>"
    with pytest.raises(KeyError, match="no_such_operation"):
        jamf_sandbox.answer_next("no_such_operation", 500)


def test_deprecated_operations_say_since_when(api: httpx.Client) -> None:
    assert api.get("/auth").headers["deprecation"] == 'date="Mon, 01 Jun 2020 00:00:00 GMT"'
    assert "deprecation" not in api.get("/v1/buildings").headers


def test_the_sticky_cookie_is_set_once(open_door: httpx.Client) -> None:
    first, second = (open_door.get("/api/startup-status") for _ in range(2))
    assert first.cookies["jpro-ingress"]
    assert "date" in first.headers
    assert "set-cookie" not in second.headers
