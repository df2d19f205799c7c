"""Whose certificate is accepted, with which trust store, and what is said about it."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import os
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import trio
import trustme

from jamf_pro_client._httpx import httpx
from jamf_pro_client._transport.failures import is_tls_failure, kind_of, translate
from jamf_pro_client._transport.tls import system_context, verification
from jamf_pro_client.client import HTTPAuthenticatedClient, HTTPClient
from jamf_pro_client.errors import ConfigurationError, TransportError


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """Who signs the servers' certificates."""
    return trustme.CA()


@pytest.fixture(autouse=True)
def _no_named_places(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def roots(authority: trustme.CA, tmp_path: Path) -> str:
    """The authority's certificate in a file."""
    file = tmp_path / "roots.pem"
    authority.cert_pem.write_to_path(file)
    return str(file)


@contextlib.contextmanager
def _served(context: ssl.SSLContext) -> Iterator[tuple[str, list[bytes]]]:
    """Run a server on loopback; give its address and what it got after the handshake."""
    listener = socket.create_server(("127.0.0.1", 0))
    got: list[bytes] = []

    def serve(plain: socket.socket) -> None:
        with contextlib.suppress(OSError), plain, context.wrap_socket(plain, server_side=True) as s:
            while data := s.recv(65536):
                got.append(data)
                s.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                plain, _ = listener.accept()
                threading.Thread(target=serve, args=(plain,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    yield f"https://127.0.0.1:{listener.getsockname()[1]}", got
    listener.close()


def _server_context(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


def _ask_sync(client: HTTPClient) -> int:
    with client:
        return client.request("GET", "/x").status_code


async def _ask_in_loop(client: HTTPClient) -> int:
    async with client:
        return (await client.arequest("GET", "/x")).status_code


def _ask_async(client: HTTPClient) -> int:
    return asyncio.run(_ask_in_loop(client))


def _ask_trio(client: HTTPClient) -> int:
    return trio.run(_ask_in_loop, client)


Ask = Callable[[HTTPClient], int]
asks = pytest.mark.parametrize("ask", [_ask_sync, _ask_async, _ask_trio])


@asks
def test_a_server_with_the_right_certificate_is_accepted(
    authority: trustme.CA, roots: str, ask: Ask
) -> None:
    with _served(_server_context(authority.issue_cert("127.0.0.1"))) as (url, _):
        assert ask(HTTPClient(url, verify_ssl=roots)) == 204
        context = ssl.create_default_context(cafile=roots)
        assert ask(HTTPClient(url, verify_ssl=context)) == 204


@asks
@pytest.mark.parametrize("place", ["SSL_CERT_FILE", "SSL_CERT_DIR"])
def test_certificates_that_the_environment_names_are_trusted(
    authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ask: Ask, place: str
) -> None:
    folder = tmp_path / place
    folder.mkdir()
    file = folder / "roots.pem"
    authority.cert_pem.write_to_path(file)
    monkeypatch.setenv(place, str(file if place == "SSL_CERT_FILE" else folder))
    with _served(_server_context(authority.issue_cert("127.0.0.1"))) as (url, _):
        if place == "SSL_CERT_FILE":
            assert ask(HTTPClient(url)) == 204
        with pytest.raises(TransportError, match="certificate was refused"):
            ask(HTTPClient(url, httpx_args={"trust_env": False}))


@asks
def test_a_wrong_name_is_refused(authority: trustme.CA, roots: str, ask: Ask) -> None:
    with _served(_server_context(authority.issue_cert("jamf.my.org"))) as (url, got):
        with pytest.raises(TransportError, match=r"certificate was refused: .*mismatch") as caught:
            ask(HTTPAuthenticatedClient(url, verify_ssl=roots, token="canary"))
        assert got == []
    assert caught.value.sent is False
    assert caught.value.__context__ is None


@asks
def test_an_expired_certificate_is_refused(authority: trustme.CA, roots: str, ask: Ask) -> None:
    past = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    certificate = authority.issue_cert("127.0.0.1", not_before=past, not_after=past)
    with (
        _served(_server_context(certificate)) as (url, got),
        pytest.raises(TransportError, match="certificate was refused: certificate has expired"),
    ):
        ask(HTTPAuthenticatedClient(url, verify_ssl=roots, token="canary"))
    assert got == []


@asks
def test_an_unknown_authority_is_refused_and_the_error_says_what_helps(
    authority: trustme.CA, ask: Ask
) -> None:
    with _served(_server_context(authority.issue_cert("127.0.0.1"))) as (url, got):
        with pytest.raises(TransportError, match="verify_ssl takes the path") as caught:
            ask(HTTPAuthenticatedClient(url, token="canary"))
        assert got == []
    assert isinstance(caught.value.__cause__, httpx.ConnectError)


def test_a_refused_certificate_is_no_failure_that_another_attempt_could_mend(
    authority: trustme.CA, roots: str
) -> None:
    context = verification(roots, {})
    with (
        _served(_server_context(authority.issue_cert("jamf.my.org"))) as (url, _),
        httpx.Client(verify=context) as client,
        pytest.raises(httpx.ConnectError) as caught,
    ):
        client.get(url)
    assert kind_of(caught.value) is ssl.SSLCertVerificationError
    assert kind_of(httpx.ConnectError("refused")) is httpx.ConnectError
    assert kind_of(httpx.ReadTimeout("late")) is httpx.ReadTimeout


def test_a_tls_connection_that_breaks_is_a_transport_error() -> None:
    broken = ssl.SSLError(1, "bad record")
    assert is_tls_failure(broken)
    assert not is_tls_failure(OSError(5, "disk"))
    assert kind_of(broken) is httpx.ReadError
    error = translate(broken, method="GET", path="/x")
    assert isinstance(error, TransportError)
    assert error.sent
    assert "bad record" in str(error)


def _wants_client_certificate(authority: trustme.CA) -> ssl.SSLContext:
    context = _server_context(authority.issue_cert("127.0.0.1"))
    context.verify_mode = ssl.CERT_REQUIRED
    authority.configure_trust(context)
    return context


@asks
def test_a_client_certificate_comes_in_a_context(
    authority: trustme.CA, roots: str, ask: Ask
) -> None:
    context = ssl.create_default_context(cafile=roots)
    with _served(_wants_client_certificate(authority)) as (url, _):
        with pytest.raises((TransportError, ssl.SSLError)):
            ask(HTTPClient(url, verify_ssl=context))
        authority.issue_cert("mac.my.org").configure_cert(context)
        assert ask(HTTPClient(url, verify_ssl=context)) == 204


@asks
@pytest.mark.filterwarnings("ignore:.*cert=.*:DeprecationWarning")
def test_a_client_certificate_among_the_httpx_arguments_is_for_that_client_only(
    authority: trustme.CA,
    roots: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    ask: Ask,
) -> None:
    certificate = authority.issue_cert("mac.my.org")
    file = tmp_path / "client.pem"
    certificate.private_key_and_cert_chain_pem.write_to_path(file)
    monkeypatch.setenv("SSL_CERT_FILE", roots)
    with _served(_wants_client_certificate(authority)) as (url, _):
        for verify in (True, roots):
            args = {"cert": str(file)}
            assert ask(HTTPClient(url, verify_ssl=verify, httpx_args=args)) == 204
            with pytest.raises((TransportError, ssl.SSLError)):
                ask(HTTPClient(url, verify_ssl=verify))


def test_the_roots_of_the_system_are_read_once_and_shared() -> None:
    first = verification(True, {})
    assert isinstance(first, ssl.SSLContext)
    assert first is verification(True, {})
    assert first is not verification(True, {"cert": "client.pem"})
    assert first.verify_mode is ssl.CERT_REQUIRED
    assert first.check_hostname
    assert first.minimum_version >= ssl.TLSVersion.TLSv1_2


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_where_the_system_checks_certificates_itself_it_is_asked(
    authority: trustme.CA, monkeypatch: pytest.MonkeyPatch, roots: str, platform: str
) -> None:
    """Its contexts are locked during handshakes, so no two clients share one."""
    truststore = pytest.importorskip("truststore")
    context = system_context(platform)
    assert type(context) is truststore.SSLContext
    assert context is not system_context(platform)
    # Here its verifier is OpenSSL with what this variable names.
    monkeypatch.setenv("SSL_CERT_FILE", roots)
    with _served(_server_context(authority.issue_cert("127.0.0.1"))) as (url, _):
        assert _ask_sync(HTTPClient(url, verify_ssl=system_context(platform))) == 204
        assert _ask_async(HTTPClient(url, verify_ssl=system_context(platform))) == 204
    with (
        _served(_server_context(authority.issue_cert("jamf.my.org"))) as (url, _),
        pytest.raises(TransportError, match="certificate was refused"),
    ):
        _ask_async(HTTPClient(url, verify_ssl=system_context(platform)))


def test_certificates_that_cannot_be_read_are_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    missing = str(tmp_path / "missing.pem")
    with pytest.raises(ConfigurationError, match=r"verify_ssl: .*missing\.pem"):
        verification(missing, {})
    monkeypatch.setenv("SSL_CERT_FILE", missing)
    with pytest.raises(ConfigurationError, match=r"SSL_CERT_FILE .*missing\.pem"):
        verification(True, {})


_UNCHECKED = """
import logging, ssl, sys, warnings
from jamf_pro_client._transport.tls import UncheckedServerWarning, verification
from jamf_pro_client.client import HTTPClient

context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
context.check_hostname = False
context.verify_mode = ssl.CERT_NONE
warnings.simplefilter("error", UncheckedServerWarning)
for verify in (False, context, False):
    try:
        HTTPClient(sys.argv[1], verify_ssl=verify).request("GET", "/x")
    except UncheckedServerWarning as barred:
        print("barred" if "is not checked" in str(barred) else barred)
warnings.simplefilter("always")
for _ in range(2):
    with HTTPClient(sys.argv[1], verify_ssl=False) as client:
        print(client.request("GET", "/x").status_code)
"""

_KEY_LOG = """
import logging, sys
from jamf_pro_client._transport.tls import verification

logging.basicConfig(level=logging.DEBUG)
for _ in range(2):
    verification(sys.argv[1], {})
"""


def _run(script: str, argument: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a script in a process of its own: what is tested is said once in a process."""
    return subprocess.run(  # noqa: S603 - our own script
        [sys.executable, "-c", f"import sys\nsys.path[:0] = {sys.path!r}\n{script}", argument],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        env={**os.environ, **environment},
    )


def test_an_unchecked_server_is_warned_about_once_and_can_be_barred(
    authority: trustme.CA,
) -> None:
    with _served(_server_context(authority.issue_cert("jamf.my.org"))) as (url, got):
        done = _run(_UNCHECKED, url)
    assert done.stdout.split() == ["barred"] * 3 + ["204"] * 2
    assert done.stderr.count("UncheckedServerWarning: the server's certificate") == 1
    assert len(got) == 2


def test_a_key_log_is_told_once(tmp_path: Path, roots: str) -> None:
    done = _run(_KEY_LOG, roots, SSLKEYLOGFILE=str(tmp_path / "keys.log"))
    assert done.stderr.count("keys.log (SSLKEYLOGFILE)") == 1
    assert done.stderr.startswith("WARNING:jamf_pro_client:")


def test_the_roots_of_the_system_are_used_without_a_key_log(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keys.log"))
    assert getattr(system_context("linux"), "keylog_filename", None) is None
    assert getattr(system_context("darwin"), "keylog_filename", None) is None


def test_a_system_without_roots_gets_those_that_httpx_brings_along(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    expected = httpx.create_ssl_context(trust_env=False).cert_store_stats()
    monkeypatch.setattr("os.path.isdir", lambda _: False)
    real = ssl.get_default_verify_paths()
    nothing = real._replace(openssl_cafile="/nowhere", openssl_capath="/nowhere")
    monkeypatch.setattr(ssl, "get_default_verify_paths", lambda: nothing)
    monkeypatch.setattr("os.path.isfile", lambda _: False)
    assert system_context("linux").cert_store_stats()["x509"] in (expected["x509"], 0)
