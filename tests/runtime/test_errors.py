"""Statuses and bodies to errors."""

from __future__ import annotations

import pickle
from email.utils import formatdate
from typing import Any

import pytest

from jamf_pro_client import errors
from jamf_pro_client._httpx import httpx
from jamf_pro_client.errors import JamfProAPIError, error_for


def _error(status: int, body: bytes = b"", **headers: str) -> JamfProAPIError:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    response = httpx.Response(status, headers=named, content=body)
    return error_for(response, operation="post_v1_buildings", method="POST", path="/v1/buildings")


@pytest.mark.parametrize(
    ("status", "name"),
    [
        (400, "BadRequestError"),
        (401, "UnauthorizedError"),
        (403, "ForbiddenError"),
        (404, "NotFoundError"),
        (409, "ConflictError"),
        (422, "ValidationError"),
        (429, "RateLimitedError"),
        (405, "JamfProAPIError"),
        (413, "JamfProAPIError"),
        (500, "ServerError"),
        (503, "ServerError"),
        (599, "ServerError"),
        (302, "UnexpectedStatus"),
        (304, "UnexpectedStatus"),
        (100, "UnexpectedStatus"),
        (600, "UnexpectedStatus"),
        (999, "UnexpectedStatus"),
    ],
)
def test_each_status_has_its_class(status: int, name: str) -> None:
    error = _error(status)
    assert type(error) is getattr(errors, name)
    assert error.status_code == status
    assert error.not_found is (status == 404)
    assert str(status) in str(error)


def test_an_error_can_be_made_unexpected_whatever_its_status() -> None:
    response = httpx.Response(404)
    error = error_for(response, method="GET", path="/x", unexpected=True)
    assert type(error) is errors.UnexpectedStatus
    assert error.not_found


def test_jamf_errors_are_listed_and_told_with_the_missing_privileges() -> None:
    body = (
        b'{"httpStatus" : 403, "errors" : [{"code":"INVALID_PRIVILEGE","description":"Forbidden",'
        b'"id":"0","field":null}]}'
    )
    response = httpx.Response(403, content=body)
    error = error_for(
        response,
        operation="post_v1_buildings",
        method="POST",
        path="/v1/buildings",
        privileges=("Create Buildings",),
    )
    assert str(error) == (
        "403 Forbidden for POST /v1/buildings (post_v1_buildings): INVALID_PRIVILEGE Forbidden; "
        "needs the privileges: Create Buildings"
    )
    assert error.errors == (errors.ApiErrorDetail("INVALID_PRIVILEGE", "Forbidden", "0", None),)
    assert error.privileges == ("Create Buildings",)


@pytest.mark.parametrize("status", [400, 409, 412])
def test_a_lost_version_lock_is_told_apart(status: int) -> None:
    error = _error(status, b'{"errors":[{"code":"OPTIMISTIC_LOCK_FAILED"}]}')
    assert type(error) is errors.OptimisticLockError
    assert isinstance(error, errors.ConflictError)


def test_the_sentence_of_a_restlet_page_is_taken_out() -> None:
    page = (
        b'<html>\n<head>\n   <title>Status page</title>\n</head>\n<body style="font-family: '
        b'sans-serif;">\n<p style="font-size: 1.2em;">Conflict</p>\n<p>Error: Duplicate name</p>\n'
        b'<p>You can get technical details <a href="http://www.w3.org/">here</a>.<br>\n'
        b'Please continue your visit at our <a href="/">home page</a>.\n</p>\n</body></html>'
    )
    error = _error(409, page, content_type="text/html;charset=utf-8")
    expected = "409 Conflict for POST /v1/buildings (post_v1_buildings): "
    assert str(error) == expected + "Error: Duplicate name"


def test_a_proxy_page_without_body_tells_its_title() -> None:
    page = b"<html><head><title>502 Bad Gateway</title></head><body></body></html>"
    assert str(_error(502, page)).endswith(": 502 Bad Gateway")


def test_script_and_markup_do_not_reach_the_message_and_its_length_is_bounded() -> None:
    page = b"<html><script>var a = '<p>no</p>';</script><p>" + b"x&amp;" * 5000 + b"</p></html>"
    text = str(_error(500, page, content_type="text/html"))
    assert "var a" not in text
    assert len(text) < 700


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"[1]",
        b"null",
        b'{"errors": null}',
        b'{"errors": [null, 3, {"code": 5, "id": 7}]}',
        b'{"errors": {"code": "X"}}',
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b"<" * 100_000,
    ],
)
def test_no_body_is_too_odd(body: bytes) -> None:
    assert str(_error(400, body)).startswith("400 Bad Request for POST /v1/buildings")


def test_oauth_errors_are_read() -> None:
    error = _error(400, b'{"error":"invalid_scope","error_description":"no such role"}')
    assert error.errors[0].code == "invalid_scope"
    assert "no such role" in str(error)


def test_the_trace_id_comes_from_the_body_or_a_header() -> None:
    assert _error(500, b'{"traceId":"abc","errors":[]}').trace_id == "abc"
    assert _error(500, b"{}", x_amz_cf_id="cf").trace_id == "cf"
    assert _error(500).trace_id is None


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("3", 3.0), ("0.5", 0.5), ("-3", None), ("soon", None), ("", None), ("9" * 400, None)],
)
def test_retry_after_in_seconds(value: str, seconds: float | None) -> None:
    error = _error(429, retry_after=value)
    assert error.retry_after == seconds


def test_an_error_says_how_long_the_server_asks_to_wait() -> None:
    wait = "the server asks to wait 900 s"
    assert str(_error(503, b"", retry_after="900")).endswith(f": {wait}")
    assert str(_error(429, b"Slow down", retry_after="900")).endswith(f": Slow down; {wait}")
    assert "asks to wait" not in str(_error(503, b"", retry_after="0"))


def test_retry_after_as_a_date_is_measured_by_the_servers_clock() -> None:
    error = _error(429, retry_after=formatdate(1_000_030, usegmt=True), date=formatdate(1_000_000))
    assert error.retry_after == 30
    assert _error(503, retry_after=formatdate(1, usegmt=True)).retry_after == 0


def test_headers_that_are_not_ascii_are_kept() -> None:
    headers = [(b"X-Served-By", "Zürich".encode()), (b"set-cookie", b"canary=1")]
    response = httpx.Response(404, headers=headers, content=b"")
    error = error_for(response, method="GET", path="/x")
    assert error.response is not None
    assert error.response.headers["x-served-by"] == "Zürich"
    assert "set-cookie" not in error.response.headers


def test_the_kept_reply_has_body_and_headers_but_no_cookies_and_no_request() -> None:
    request = httpx.Request("GET", "https://x/", headers={"Authorization": "Bearer canary"})
    response = httpx.Response(
        404, headers={"Set-Cookie": "a=canary", "X-A": "b"}, content=b"gone", request=request
    )
    kept = error_for(response, method="GET", path="/x").response
    assert kept is not None
    assert (kept.status_code, kept.text, kept.headers["x-a"]) == (404, "gone", "b")
    assert "set-cookie" not in kept.headers
    with pytest.raises(RuntimeError):
        _ = kept.request


def _samples() -> list[Any]:
    return [
        _error(409, b'{"errors":[{"code":"OPTIMISTIC_LOCK_FAILED"}],"traceId":"t"}'),
        _error(429, b"", retry_after="7"),
        errors.ConfigurationError("no"),
        errors.TransportError("no", method="GET", path="/x", operation="o", sent=False),
        errors.RequestTimeoutError("late", method="GET", path="/x"),
        errors.AmbiguousWriteError("hm", method="POST", path="/x", attempts=2),
        errors.InvalidResponseError("no"),
        errors.TruncatedResultError("no"),
        errors.JamfProError("no"),
    ]


@pytest.mark.parametrize("error", _samples(), ids=lambda error: type(error).__name__)
def test_errors_survive_pickling(error: Any) -> None:
    again = pickle.loads(pickle.dumps(error))  # noqa: S301  # made here
    assert type(again) is type(error)
    assert str(again) == str(error)
    plain = {k: v for k, v in error.__dict__.items() if k != "response"}
    assert {k: v for k, v in again.__dict__.items() if k != "response"} == plain
    if isinstance(error, errors.RateLimitedError):
        assert again.retry_after == 7


def test_transport_errors_are_httpx_errors_without_request() -> None:
    error = errors.RequestTimeoutError("late")
    assert isinstance(error, httpx.TimeoutException)
    assert isinstance(error, httpx.TransportError)
    assert isinstance(error, errors.TransportError)
    error.request = httpx.Request("GET", "https://x")
    with pytest.raises(RuntimeError):
        _ = error.request
