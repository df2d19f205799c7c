"""Base URLs, paths and who owns a URL."""

from __future__ import annotations

from typing import Any

import pytest

from jamf_pro_client._transport.server import parse_server
from jamf_pro_client.api.buildings import get_v1_buildings, get_v1_buildings_id
from jamf_pro_client.client import HTTPAuthenticatedClient, HTTPClient
from jamf_pro_client.errors import ConfigurationError


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://jamf.my.org", "https://jamf.my.org"),
        ("jamf.my.org", "https://jamf.my.org"),
        ("jamf.my.org:8443", "https://jamf.my.org:8443"),
        (" https://Jamf.My.Org:443/ ", "https://jamf.my.org"),
        ("https://my.org:8443/jamf/pro//", "https://my.org:8443/jamf/pro"),
        ("http://localhost:80", "http://localhost"),
        ("http://[::1]:8080/", "http://[::1]:8080"),
        ("bücher.example", "https://xn--bcher-kva.example"),
    ],
)
def test_a_base_url_is_completed_and_tidied(given: str, kept: str) -> None:
    assert HTTPClient(given).base_url == kept
    assert HTTPClient(base_url=given).base_url == kept


@pytest.mark.parametrize(
    "given",
    [
        "",
        "  ",
        "https://",
        "https://user:canary@jamf.my.org",
        "user@jamf.my.org",
        "https://jamf.my.org?x=1",
        "https://jamf.my.org/#x",
        "ftp://jamf.my.org",
        "https://jamf.my.org:99999",
        "https://jamf.my.org:x",
        "https://[::1",
        f"https://{'a' * 64}.my.org",
        "https://jamf..my.org",
        "https://jamf.my.org/\r\nX: y",
        "https://jamf my.org",
        "https://jamf.my.org/a/../b",
        "https://jamf.my.org\\@evil.example",
        None,
        5,
    ],
)
def test_a_base_url_that_could_mislead_is_refused_without_repeating_it(given: Any) -> None:
    with pytest.raises(ConfigurationError) as caught:
        HTTPClient(given)
    assert isinstance(caught.value, ValueError)
    assert "canary" not in str(caught.value)
    assert caught.value.__context__ is None


@pytest.mark.parametrize("path", ["/api", "/JSSResource/", "/jamf/api", "/jssresource"])
def test_the_path_of_an_api_is_no_part_of_a_base_url(path: str) -> None:
    with pytest.raises(ConfigurationError, match=r"ends in /(api|JSSResource|jssresource), which"):
        HTTPClient(f"https://jamf.my.org{path}")
    with_prefix = f"https://jamf.my.org{path.rstrip('/')}/jamf"
    assert HTTPClient(with_prefix).base_url == with_prefix


@pytest.mark.parametrize(
    ("url", "own"),
    [
        ("https://my.org:8443/jamf/api", True),
        ("https://my.org:8443/else", True),
        ("https://MY.org:8443", True),
        ("https://my.org/jamf/api", False),
        ("http://my.org:8443/jamf/api", False),
        ("https://my.org.evil.example:8443/jamf/", False),
        ("https://my.org:8443@evil.example/jamf/", False),
        ("https://evil.example/https://my.org:8443/jamf/", False),
    ],
)
def test_only_scheme_host_and_port_make_a_url_the_servers_own(url: str, own: bool) -> None:
    assert parse_server("https://my.org:8443/jamf").owns(url) is own


@pytest.mark.parametrize(
    "path",
    [
        "/api/../x",
        "/api/./x",
        "/api/%2e%2E/x",
        "/api/.%2e",
        "/api/..;/x",
        "/api/%2e%2e;a=1/x",
        "..",
        "/a\r\nb",
        "/a\x00",
        "https://user:pw@jamf.my.org/x",
        "ftp://jamf.my.org/x",
        "https:///x",
    ],
)
def test_a_path_that_means_another_one_is_refused(path: str) -> None:
    client = HTTPClient("jamf.my.org", httpx_args={"transport": object()})
    with pytest.raises(ConfigurationError):
        client._connections.server.url_for(path)


@pytest.mark.parametrize("text", ["x" * 70_000, "\ud800"])
def test_what_no_url_can_hold_is_a_configuration_error_of_operations_too(text: str) -> None:
    client = HTTPAuthenticatedClient("jamf.my.org", token="t")
    with pytest.raises(ConfigurationError):
        get_v1_buildings.sync(client=client, filter_=text)
    with pytest.raises(ConfigurationError):
        get_v1_buildings_id.sync(text, client=client)
    with pytest.raises(ConfigurationError):
        client.request("GET", "/x", params={"filter": text})
    assert client.in_flight == 0


def test_paths_go_below_the_prefix_with_or_without_slash() -> None:
    server = parse_server("https://my.org/jamf")
    assert server.url_for("/api/v1/x?a=..") == "https://my.org/jamf/api/v1/x?a=.."
    assert server.url_for("JSSResource/computers") == "https://my.org/jamf/JSSResource/computers"


@pytest.mark.parametrize("given", ["http://jamf.my.org", "http://10.0.0.1", "http://127.0.0.1.x"])
def test_credentials_are_not_sent_unencrypted_to_another_machine(given: str) -> None:
    with pytest.raises(ConfigurationError, match="https"):
        HTTPAuthenticatedClient(given, token="t")
    assert HTTPClient(given).base_url == given
    assert HTTPAuthenticatedClient(given, token="t", allow_http=True).base_url == given


@pytest.mark.parametrize("given", ["http://127.0.0.1:8080", "http://[::1]", "http://localhost"])
def test_credentials_may_be_sent_unencrypted_to_this_machine(given: str) -> None:
    assert HTTPAuthenticatedClient(given, token="t").base_url == given


@pytest.mark.parametrize(
    "ways",
    [
        {},
        {"api_key": "a"},
        {"api_secret": "b"},
        {"api_key": "a", "api_secret": ""},
        {"token": "t", "api_key": "a", "api_secret": "b"},
        {"token": ""},
        {"token": "a b"},
        {"token": "a\nb"},
        {"credentials": "name"},
    ],
)
def test_there_must_be_exactly_one_way_to_log_in(ways: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError):
        HTTPAuthenticatedClient("jamf.my.org", **ways)


@pytest.mark.parametrize("name", ["auth", "headers", "timeout", "verify", "base_url", "cookies"])
def test_httpx_args_cannot_override_what_has_its_own_argument(name: str) -> None:
    with pytest.raises(ConfigurationError, match=name):
        HTTPClient("jamf.my.org", httpx_args={name: None})


@pytest.mark.parametrize("headers", [{"X": "a\r\nb"}, {"X\n": "a"}, {"": "a"}, {"X": None}])
def test_headers_that_cannot_be_sent_are_refused_early(headers: Any) -> None:
    client = HTTPClient("jamf.my.org")
    with pytest.raises(ConfigurationError):
        HTTPClient("jamf.my.org", headers=headers)
    with pytest.raises(ConfigurationError):
        client.with_headers(headers)
    with pytest.raises(ConfigurationError):
        client.request("GET", "/x", headers=headers)


def test_certificates_that_cannot_be_read_are_a_configuration_error() -> None:
    with pytest.raises(ConfigurationError, match="verify_ssl"):
        HTTPClient("jamf.my.org", verify_ssl="/nowhere/ca.pem").request("GET", "/x")
