"""Tokens: where they come from, where they go, when they are replaced."""

from __future__ import annotations

import datetime
import os
from typing import Any

import pytest
from tests.runtime.sync_and_async import Ask, ask_async, ask_sync, both, client_of

from jamf_pro_client._httpx import httpx
from jamf_pro_client.auth import (
    AccessToken,
    ApiClientCredentialsProvider,
    BasicAuthProvider,
    CredentialsProvider,
    StaticTokenProvider,
)
from jamf_pro_client.client import HTTPAuthenticatedClient
from jamf_pro_client.errors import (
    ConfigurationError,
    InvalidResponseError,
    RequestTimeoutError,
    ServerError,
    UnauthorizedError,
)


@both
def test_an_api_client_gets_one_token_and_uses_it(jamf: Any, ask: Ask) -> None:
    client = client_of(jamf)
    assert ask(client, "GET", "/a").status_code == 200
    assert ask(client, "GET", "/b").status_code == 200
    (login,) = jamf.calls("/api/v1/oauth/token")
    assert login.headers["content-type"] == "application/x-www-form-urlencoded"
    assert b"grant_type=client_credentials" in login.body
    assert b"client_id=id" in login.body
    assert jamf.calls("/b")[0].headers["authorization"] == "Bearer canary-token-1"


@both
def test_an_account_logs_in_with_basic_once(jamf: Any, ask: Ask) -> None:
    client = client_of(jamf, credentials=BasicAuthProvider("ümin", "canary-päss:word"))
    assert ask(client, "GET", "/a").status_code == 200
    (login,) = jamf.calls("/api/v1/auth/token")
    assert login.headers["authorization"] == "Basic w7xtaW46Y2FuYXJ5LXDDpHNzOndvcmQ="
    assert login.body == b""


@both
def test_a_given_token_is_sent_and_its_401_stays_a_401(jamf: Any, ask: Ask) -> None:
    client = client_of(jamf, token="mine")
    assert ask(client, "GET", "/a").status_code == 401
    assert len(jamf.calls("/a")) == 1
    assert not jamf.tokens


@both
def test_a_revoked_token_is_replaced_and_the_request_sent_again(jamf: Any, ask: Ask) -> None:
    client = client_of(jamf)
    ask(client, "GET", "/a")
    jamf.valid.clear()
    assert ask(client, "POST", "/b", content=b"body").status_code == 200
    assert [seen.body for seen in jamf.calls("/b")] == [b"body", b"body"]
    assert jamf.tokens == 2


@both
def test_a_given_authorization_wins_and_no_token_is_fetched(jamf: Any, ask: Ask) -> None:
    own = {"AUTHORIZATION": "Bearer mine"}
    ask(client_of(jamf, headers=own), "GET", "/a")
    client = client_of(jamf)
    ask(client.with_headers(own), "GET", "/a")
    ask(client, "GET", "/a", headers=own)
    assert {seen.headers["authorization"] for seen in jamf.calls("/a")} == {"Bearer mine"}
    assert not jamf.tokens
    client.close()


@both
def test_the_token_can_go_into_another_header(jamf: Any, ask: Ask) -> None:
    """S3.24."""
    response = ask(client_of(jamf, auth_header_name="X-Jamf"), "GET", "/a")
    assert jamf.calls("/a")[0].headers["x-jamf"] == "Bearer canary-token-1"
    assert "authorization" not in jamf.calls("/a")[0].headers
    assert response.request.headers["x-jamf"] == "***"


@both
def test_a_wrong_secret_is_one_call_and_says_whose_it_is(jamf: Any, ask: Ask) -> None:
    client = HTTPAuthenticatedClient(jamf.url, api_key="the-id", api_secret="wrong")
    with pytest.raises(UnauthorizedError) as caught:
        ask(client, "GET", "/a")
    assert "the API client the-id" in str(caught.value)
    assert "invalid_client" in str(caught.value)
    assert len(jamf.seen) == 1


@both
@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (400, b'{"error":"invalid_client"}', UnauthorizedError),
        (401, b'{"httpStatus":401,"errors":[]}', UnauthorizedError),
        (503, b"<html>down</html>", ServerError),
        (200, b"<html>login</html>", InvalidResponseError),
        (200, b'{"access_token": "a\\nb"}', InvalidResponseError),
        (200, b'{"access_token": 5}', InvalidResponseError),
        (200, b'{"access_token": "a", "expires_in": "x"}', InvalidResponseError),
        (200, b"", InvalidResponseError),
    ],
)
def test_token_endpoints_that_give_no_token(
    jamf: Any, ask: Ask, status: int, body: bytes, error: type[Exception]
) -> None:
    jamf.say("/api/v1/oauth/token", status, body)
    with pytest.raises(error):
        ask(client_of(jamf), "POST", "/a")
    assert len(jamf.seen) == 1


@both
def test_a_redirect_of_the_token_endpoint_is_not_followed(jamf: Any, other: Any, ask: Ask) -> None:
    jamf.say("/api/v1/oauth/token", 307, b"", ("Location", f"{other.url}/api/v1/oauth/token"))
    with pytest.raises(Exception, match="307"):
        ask(client_of(jamf, follow_redirects=True), "GET", "/a")
    assert not other.seen


@both
def test_the_token_request_has_the_timeout_of_the_call(jamf: Any, ask: Ask) -> None:
    jamf.say_after("/api/v1/oauth/token", 0.25)
    with pytest.raises(RequestTimeoutError):
        ask(client_of(jamf), "GET", "/a", timeout=0.03)


@both
@pytest.mark.parametrize("authorization", [None, "Bearer theirs"])
def test_another_origin_gets_only_what_the_call_gives(
    jamf: Any, other: Any, ask: Ask, authorization: str | None
) -> None:
    other.say("/x", 200, b"{}", ("Set-Cookie", "theirs=1"))
    client = client_of(jamf, headers={"X-Own": "canary"}, cookies={"own": "canary"})
    derived = client.with_headers({"X-More": "canary"}).with_cookies({"more": "canary"})
    given = {"Authorization": authorization} if authorization else {"X-Call": "1"}
    ask(derived, "GET", f"{other.url}/x", headers=given)
    (seen,) = other.calls("/x")
    assert "canary" not in str(seen)
    assert seen.headers.get("authorization") == authorization
    assert "cookie" not in seen.headers
    assert not jamf.seen
    ask(derived, "GET", "/y")
    assert "theirs" not in jamf.calls("/y")[0].headers["cookie"]
    client.close()


def test_raw_httpx_use_gets_the_token_on_its_own_origin_only(jamf: Any, other: Any) -> None:
    other.say("/x", 200)
    client = client_of(jamf, headers={"X-Own": "canary"}, auth_header_name="X-Token")
    raw = client.get_or_create_httpx_client()
    raw.get(f"{other.url}/x")
    jamf.say("/moved", 302, b"", ("Location", f"{other.url}/x"))
    raw.get("/moved", follow_redirects=True)
    assert len(other.seen) == 2
    assert "canary" not in str(other.seen)
    client.close()


def test_a_provider_serves_many_clients_of_one_server_and_no_other(jamf: Any, other: Any) -> None:
    provider = ApiClientCredentialsProvider("id", "canary-secret")
    one, two = client_of(jamf, credentials=provider), client_of(jamf, credentials=provider)
    ask_sync(one, "GET", "/a")
    ask_async(two, "GET", "/b")
    assert jamf.tokens == 1
    with pytest.raises(ConfigurationError, match="another server"):
        client_of(other, credentials=provider)
    assert provider.get_access_token().token == "canary-token-1"
    one.close()


def test_a_provider_without_client_says_what_to_do() -> None:
    with pytest.raises(ConfigurationError, match="client first"):
        ApiClientCredentialsProvider("id", "s").get_access_token()


class _Sync(CredentialsProvider):
    def __init__(self) -> None:
        # Forgets super().__init__() on purpose.
        self.calls = 0

    def _request_access_token(self) -> AccessToken:
        self.calls += 1
        return AccessToken("user", f"own-{self.calls}", None)


class _Old(_Sync):
    def _refresh_access_token(self) -> AccessToken:
        return AccessToken("user", "old-name")


class _AsyncOnly(CredentialsProvider):
    async def _request_access_token_async(self) -> AccessToken:
        return AccessToken("user", "async-token")


class _Wrong(CredentialsProvider):
    def _request_access_token(self) -> AccessToken:
        return "text"  # type: ignore[return-value]  # what a user may get wrong


@pytest.mark.parametrize("given", [("id", "canary"), "canary", ApiClientCredentialsProvider])
def test_what_is_no_provider_is_refused_with_the_usual_ones(given: Any) -> None:
    with pytest.raises(ConfigurationError, match="an ApiClientCredentialsProvider") as caught:
        HTTPAuthenticatedClient("jamf.my.org", credentials=given)
    assert "canary" not in str(caught.value)


@both
def test_a_provider_of_your_own_needs_one_method(jamf: Any, ask: Ask) -> None:
    jamf.valid |= {"own-1", "old-name"}
    assert ask(client_of(jamf, credentials=_Sync()), "GET", "/a").status_code == 200
    assert ask(client_of(jamf, credentials=_Old()), "GET", "/a").status_code == 200
    with pytest.raises(ConfigurationError, match="str instead of an AccessToken"):
        ask(client_of(jamf, credentials=_Wrong()), "GET", "/a")
    with pytest.raises(ConfigurationError, match="must override"):
        ask(client_of(jamf, credentials=CredentialsProvider()), "GET", "/a")


def test_an_async_provider_cannot_serve_sync_calls(jamf: Any) -> None:
    jamf.valid.add("async-token")
    client = client_of(jamf, credentials=_AsyncOnly())
    assert ask_async(client, "GET", "/a").status_code == 200
    client = client_of(jamf, credentials=_AsyncOnly())
    with pytest.raises(ConfigurationError, match="_request_access_token"):
        ask_sync(client, "GET", "/a")


@pytest.mark.parametrize(
    "text",
    [
        "2020-04-21T21:09:31Z",
        "2020-04-21T21:09:31.0Z",
        "2020-04-21T21:09:31.000000000Z",
        "2020-04-21T21:09:31+0000",
        "2020-04-21T23:09:31+02:00",
        "2020-04-21T21:09:31",
        "2020-04-21 21:09:31 UTC",
        "1587503371000",
        1587503371000,
        1587503371,
        datetime.datetime(2020, 4, 21, 21, 9, 31),  # no zone is the point
    ],
)
def test_every_way_to_write_an_expiry_is_the_same_moment(text: Any) -> None:
    moment = datetime.datetime(2020, 4, 21, 21, 9, 31, tzinfo=datetime.UTC)
    assert AccessToken("user", "t", text).expires == moment


@pytest.mark.parametrize("text", ["soon", True, [], "9" * 40])
def test_an_expiry_that_is_no_date_is_refused(text: Any) -> None:
    with pytest.raises(ConfigurationError):
        AccessToken("user", "t", text)


def test_an_access_token_has_its_fields_in_order_and_hides_its_text() -> None:
    token = AccessToken("oauth", " canary ", None, "api-role:2 api-role:3")
    assert (token.type, token.token, token.scope) == (
        "oauth",
        "canary",
        ("api-role:2", "api-role:3"),
    )
    assert token.lifetime_seconds is None
    assert "canary" not in repr(token)
    assert StaticTokenProvider("t", "2020-04-21T21:09:31Z").get_access_token().expires is not None


def test_the_lifetime_of_user_tokens_is_measured_by_the_servers_clock(jamf: Any) -> None:
    jamf.routes["/api/v1/auth/token"] = lambda _: jamf.answer(
        200, {"token": jamf.new_token(), "expires": "2001-01-01T00:30:00.1Z"}
    )
    transport = httpx.MockTransport(
        lambda request: (
            httpx.Response(
                200,
                headers={"Date": "Mon, 01 Jan 2001 00:00:00 GMT"},
                json={"token": "t", "expires": "2001-01-01T00:30:00.1Z"},
            )
            if request.url.path.endswith("/auth/token")
            else httpx.Response(204)
        )
    )
    provider = BasicAuthProvider("a", "b")
    client = client_of(jamf, credentials=provider, httpx_args={"transport": transport})
    client.request("GET", "/a")
    assert provider.get_access_token().lifetime_seconds == pytest.approx(1800.1)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_forked_child_fetches_a_token_of_its_own(jamf: Any) -> None:
    client = client_of(jamf)
    client.request("GET", "/a")
    child = os.fork()
    if child == 0:
        try:
            client.request("GET", "/b")
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    client.request("GET", "/c")
    client.close()
    assert jamf.calls("/b")[0].headers["authorization"] == "Bearer canary-token-2"
    assert jamf.calls("/c")[0].headers["authorization"] == "Bearer canary-token-1"
