"""Both ways to log in, and what ends a token."""

from __future__ import annotations

import base64
import datetime
import ssl
import time

import httpx
import pytest

from jamf_pro_sandbox import Sandbox

BUILDINGS = "/api/v1/buildings"


def client_token(client: httpx.Client, sandbox: Sandbox, **changes: str) -> httpx.Response:
    form = {
        "grant_type": "client_credentials",
        "client_id": sandbox.client_id,
        "client_secret": sandbox.client_secret,
        **changes,
    }
    return client.post("/api/v1/oauth/token", data=form)


def user_token(client: httpx.Client, sandbox: Sandbox) -> str:
    reply = client.post("/api/v1/auth/token", auth=(sandbox.username, sandbox.password))
    return str(reply.json()["token"])


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize("path", ["/api/v1/oauth/token", "/api/oauth/token"])
def test_an_api_client_gets_a_token_at_both_paths(
    path: str, open_door: httpx.Client, jamf_sandbox: Sandbox
) -> None:
    form = {
        "grant_type": "client_credentials",
        "client_id": jamf_sandbox.client_id,
        "client_secret": jamf_sandbox.client_secret,
    }
    reply = open_door.post(path, data=form)
    token = reply.json().pop("access_token")
    assert reply.status_code == 200
    assert reply.json() | {"access_token": token} == {
        "access_token": token,
        "scope": "api-role:1",
        "token_type": "Bearer",
        "expires_in": 599,
    }
    assert open_door.get(BUILDINGS, headers=bearer(token)).status_code == 200
    assert jamf_sandbox.token_requests == 1


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "wrong"}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"grant_type": ""}, 400, "invalid_request"),
        ({"client_id": ""}, 400, "invalid_request"),
        ({"scope": "api-role:99"}, 400, "invalid_scope"),
    ],
)
def test_wrong_token_requests_get_oauth_errors(
    changes: dict[str, str],
    status: int,
    error: str,
    open_door: httpx.Client,
    jamf_sandbox: Sandbox,
) -> None:
    reply = client_token(open_door, jamf_sandbox, **changes)
    assert (reply.status_code, reply.json()["error"]) == (status, error)


def test_a_user_token_says_when_it_expires(open_door: httpx.Client, jamf_sandbox: Sandbox) -> None:
    auth = (jamf_sandbox.username, jamf_sandbox.password)
    reply = open_door.post("/api/v1/auth/token", auth=auth).json()
    expires = datetime.datetime.fromisoformat(reply["expires"])
    left = expires - datetime.datetime.now(datetime.UTC)
    assert reply["expires"].endswith("Z")
    assert 1790 < left.total_seconds() <= 1800
    assert open_door.get("/api/v1/auth", headers=bearer(reply["token"])).status_code == 200


def test_wrong_passwords_get_an_empty_list_of_errors(open_door: httpx.Client) -> None:
    wrong = base64.b64encode(b"nobody:wrong").decode()
    for headers in [{"Authorization": f"Basic {wrong}"}, {"Authorization": "Basic ?"}, {}]:
        reply = open_door.post("/api/v1/auth/token", headers=headers)
        assert reply.status_code == 401
        assert reply.text == '{\n  "httpStatus" : 401,\n  "errors" : [ ]\n}'


@pytest.mark.parametrize(
    "authorization", [None, "Bearer garbage", "Basic bm9ib2R5Ondyb25n", "Bearer", ""]
)
def test_calls_without_a_valid_token_get_401(
    authorization: str | None, open_door: httpx.Client
) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}
    reply = open_door.get(BUILDINGS, headers=headers)
    (error,) = reply.json()["errors"]
    assert reply.status_code == 401
    assert error == {
        "code": "INVALID_TOKEN",
        "description": "Unauthorized",
        "id": "0",
        "field": None,
    }


def test_tokens_expire(no_certificates: ssl.SSLContext) -> None:
    with (
        Sandbox(token_seconds=0.2) as sandbox,
        httpx.Client(base_url=sandbox.url, verify=no_certificates) as client,
    ):
        headers = bearer(client_token(client, sandbox).json()["access_token"])
        before = client.get(BUILDINGS, headers=headers).status_code
        time.sleep(0.21)
        after = client.get(BUILDINGS, headers=headers).status_code
    assert (before, after) == (200, 401)


def test_all_tokens_can_be_ended_at_once(api: httpx.Client, jamf_sandbox: Sandbox) -> None:
    jamf_sandbox.expire_tokens()
    assert api.get("/v1/buildings").status_code == 401


@pytest.mark.parametrize("path", ["/api/v1/auth/keep-alive", "/api/auth/keepAlive"])
def test_keep_alive_exchanges_a_user_token(
    path: str, open_door: httpx.Client, jamf_sandbox: Sandbox
) -> None:
    old = user_token(open_door, jamf_sandbox)
    new = open_door.post(path, headers=bearer(old)).json()["token"]
    assert open_door.get(BUILDINGS, headers=bearer(old)).status_code == 401
    assert open_door.get(BUILDINGS, headers=bearer(new)).status_code == 200


def test_keep_alive_is_not_for_api_clients(api: httpx.Client) -> None:
    assert api.post("/v1/auth/keep-alive").status_code == 401
    assert api.get("/v1/buildings").status_code == 200


def test_a_token_can_be_invalidated(api: httpx.Client) -> None:
    reply = api.post("/v1/auth/invalidate-token")
    assert (reply.status_code, reply.content) == (204, b"")
    assert api.get("/v1/buildings").status_code == 401


def test_a_missing_privilege_gets_403(no_certificates: ssl.SSLContext) -> None:
    with (
        Sandbox(privileges=["Read Buildings"]) as sandbox,
        httpx.Client(base_url=sandbox.url, verify=no_certificates) as client,
    ):
        client.headers.update(bearer(client_token(client, sandbox).json()["access_token"]))
        assert client.get(BUILDINGS).status_code == 200
        reply = client.post(BUILDINGS, json={"name": "Windmill"})
        assert reply.status_code == 403
        assert reply.json()["errors"][0]["code"] == "INVALID_PRIVILEGE"
        assert "Create Buildings" in reply.json()["errors"][0]["description"]


def test_open_operations_need_no_token(open_door: httpx.Client) -> None:
    assert open_door.get("/api/startup-status").status_code == 200
    assert open_door.get("/api/v1/health-check").status_code == 204


def test_a_token_looks_like_those_of_real_servers(
    open_door: httpx.Client, jamf_sandbox: Sandbox
) -> None:
    token = client_token(open_door, jamf_sandbox).json()["access_token"]
    parts = [base64.urlsafe_b64decode(part + "==") for part in token.split(".")]
    assert len(parts) == 3
    assert jamf_sandbox.client_id.encode() in parts[1]
