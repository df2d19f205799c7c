"""Redirects of downloads: where they lead, and what goes with them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from tests.runtime.downloads import Get, answering, client_of, download_sync, gets

from jamf_pro_client._httpx import httpx
from jamf_pro_client.client import HTTPAuthenticatedClient
from jamf_pro_client.errors import InvalidResponseError, UnexpectedStatus


@gets
def test_a_redirect_on_the_same_server_keeps_the_token(jamf: Any, tmp_path: Path, get: Get) -> None:
    jamf.say("/x", 302, b"", ("Location", "/y?z=1"))
    jamf.say("/y", 200, b"fine")
    get(client_of(jamf.url), "/x", tmp_path / "file", params={"a": "b"}, headers={"X-A": "1"})
    assert (tmp_path / "file").read_bytes() == b"fine"
    second = jamf.seen[1]
    assert (second.query, second.headers["x-a"]) == ("z=1", "1")
    assert second.headers["authorization"] == "Bearer canary-token"


@gets
def test_another_host_gets_nothing_of_ours(tmp_path: Path, get: Get) -> None:
    seen: list[tuple[str, str, httpx.Headers, bytes]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        # A copy: what was sent is hidden later.
        body = request.content if request.method == "POST" else b""
        seen.append((request.method, str(request.url), request.headers.copy(), body))
        if request.url.host == "jamf.my.org":
            location = "https://cdn.invalid/file?sig=1"
            return httpx.Response(302, headers={"Location": location, "Set-Cookie": "n=canary"})
        return httpx.Response(200, content=b"fine")

    headers = {"X-Secret": "canary", "Accept": "text/csv"}
    get(
        answering(answer),
        "/x",
        tmp_path / "file",
        method="POST",
        json={"a": "canary"},
        headers=headers,
        cookies={"d": "canary"},
        params={"q": "canary"},
    )
    first, (method, url, received, _) = seen
    assert first[2]["x-secret"] == "canary"
    assert (method, url) == ("GET", "https://cdn.invalid/file?sig=1")
    assert "canary" not in repr(received.raw)
    assert "authorization" not in received
    assert "content-type" not in received
    assert received["accept"] == "text/csv"


@gets
@pytest.mark.parametrize(
    ("location", "why"),
    [
        ("http://cdn.invalid/x", "without https"),
        ("ftp://cdn.invalid/x", "without https"),
        ("file:///etc/passwd", "cannot be read"),
        ("https://user:canary@cdn.invalid/x", "cannot be read"),
        ("https://10.0.0.5/x", "to an address that is not public"),
        ("https://127.0.0.1/x", "to an address that is not public"),
        ("https://169.254.169.254/latest", "to an address that is not public"),
        ("https://[::1]/x", "to an address that is not public"),
        ("https://[::ffff:10.0.0.5]/x", "to an address that is not public"),
        ("https://[fd00::1]/x", "to an address that is not public"),
        ("https://localhost/x", "to an address that is not public"),
        ("https://2130706433/x", "to an address that is not public"),
    ],
)
def test_a_redirect_to_where_downloads_do_not_go_is_refused(
    tmp_path: Path, get: Get, location: str, why: str
) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert request.url.host == "jamf.my.org"
        return httpx.Response(302, headers={"Location": location + "?canary"})

    with pytest.raises(InvalidResponseError, match=why) as caught:
        get(answering(answer), "/x", tmp_path / "file")
    assert "canary" not in str(caught.value)
    assert os.listdir(tmp_path) == []


def test_an_address_inside_of_a_network_can_be_allowed(tmp_path: Path) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.host == "jamf.my.org":
            return httpx.Response(302, headers={"Location": "https://10.0.0.5/x"})
        return httpx.Response(200, content=b"fine")

    done = download_sync(answering(answer), "/x", tmp_path / "file", allow_private=True)
    assert done.size == 4


def test_another_host_cannot_send_the_token_back_to_the_server(tmp_path: Path) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        elsewhere = request.url.host == "jamf.my.org"
        location = "https://cdn.invalid/x" if elsewhere else "https://jamf.my.org/api/v1/erase"
        return httpx.Response(302, headers={"Location": location})

    with pytest.raises(InvalidResponseError, match="from another server to the configured one"):
        download_sync(answering(answer), "/x", tmp_path / "file")


@gets
def test_redirects_end(jamf: Any, tmp_path: Path, get: Get) -> None:
    jamf.say("/x", 302, b"", ("Location", "/x"))
    with pytest.raises(InvalidResponseError, match="redirects more than 5 times"):
        get(client_of(jamf.url), "/x", tmp_path / "file")
    assert len(jamf.seen) == 6


def test_redirects_can_be_barred(jamf: Any, tmp_path: Path) -> None:
    jamf.say("/x", 302, b"", ("Location", "/y"))
    with pytest.raises(UnexpectedStatus):
        download_sync(client_of(jamf.url), "/x", tmp_path / "file", follow_redirects=False)
    jamf.say("/x", 307, b"", ("Location", "/y"))
    with pytest.raises(InvalidResponseError, match="wants the body again"):
        download_sync(client_of(jamf.url), "/x", tmp_path / "file", method="POST", json={})
    assert os.listdir(tmp_path) == []


def test_an_absolute_url_gets_no_token(jamf: Any, other: Any, tmp_path: Path) -> None:
    other.say("/package", 200, b"fine")
    download_sync(client_of(jamf.url), f"{other.url}/package?sig=1", tmp_path / "file")
    assert "canary" not in repr(other.seen)
    assert jamf.seen == []


def test_another_server_that_leads_back_gets_nothing_sent_to_ours(jamf: Any, other: Any) -> None:
    """It chooses the address: cookies and headers would act on its behalf."""
    jamf.say("/start", 302, b"", ("Location", f"{other.url}/away"))
    other.say("/away", 302, b"", ("Location", f"{jamf.url}/back"))
    jamf.say("/back", 307, b"", ("Location", "/end"))
    jamf.say("/end", 200, b"{}")
    client = HTTPAuthenticatedClient(
        jamf.url,
        token="canary",
        headers={"X-Key": "canary"},
        cookies={"c": "canary"},
        follow_redirects=True,
    )
    with client:
        reply = client.with_headers({"X-More": "canary"}).request("GET", "/start")
    assert reply.status_code == 200
    assert [seen.path for seen in jamf.seen] == ["/start", "/back", "/end"]
    assert "canary" in str(jamf.seen[0].headers)
    assert "canary" not in str([seen.headers for seen in (*jamf.seen[1:], *other.seen)])
