"""Descriptions that are read from a server, and what servers answer in their place."""

from __future__ import annotations

import hashlib
import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from tests.codegen.documents import GOOD, KEPT, facts_arguments

from jamf_pro_codegen.__main__ import main
from jamf_pro_codegen.classic_source import read_classic
from jamf_pro_codegen.errors import CodegenError
from jamf_pro_codegen.source import read_source
from jamf_pro_sandbox import Sandbox

SWAGGER = b'swagger: "2.0"\npaths: {/a: {}}\n'
PAGES = {
    "/classic/swagger.yaml": (200, SWAGGER),
    "/api/schema/": (200, json.dumps(GOOD).encode()),
    "/login": (200, b"<html>Log in</html>"),
    "/gone": (404, b'{"httpStatus": 404}'),
    "/broken": (500, b"<html>Sorry</html>"),
    "/nothing": (200, b""),
}


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """A server on loopback with a description, and with what servers have in its place."""

    class Pages(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/moved":
                self.send_response(302)
                self.send_header("Location", "/login")
                self.end_headers()
                return
            status, content = PAGES[self.path]
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Pages) as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.02,))
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ("/login", "is an HTML page"),
        ("/moved", "is an HTML page"),
        ("/gone", "answered 404, not a description"),
        ("/broken", "answered 500, not a description"),
        ("/nothing", "is empty"),
    ],
)
def test_a_server_without_a_description_is_told(
    page: str, said: str, server: str, target: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(facts_arguments(server + page, target)) == 1
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
    assert target.read_text("utf-8") == KEPT


def test_a_description_is_read_from_a_server(
    server: str, target: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The numbers of its address are not taken for a version."""
    assert main(facts_arguments(f"{server}/api/schema/", target)) == 0
    assert "1 operations of Jamf Pro unknown\n" in capsys.readouterr().out
    assert "/v1/things" in target.read_text("utf-8")


def test_the_description_of_a_sandbox_is_taken_as_it_is(target: Path) -> None:
    ours = Path("openapi/jamf-pro.json")
    version = json.loads(ours.read_bytes())["info"]["version"]
    with Sandbox() as sandbox:
        source = f"{sandbox.url}/api/schema/"
        assert main(facts_arguments(source, target, "--version", version)) == 0
    assert target.read_bytes() == ours.read_bytes()


def test_a_server_that_does_not_listen_is_told(
    target: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]

    assert main(facts_arguments(f"http://127.0.0.1:{port}/api/schema/", target)) == 1
    error = capsys.readouterr().err
    assert error.startswith(f"error: cannot reach http://127.0.0.1:{port}/api/schema/: ")
    assert error.count("\n") == 1
    assert target.read_text("utf-8") == KEPT


@pytest.mark.parametrize("url", ["http://", "https://[x", "http://127.0.0.1:no/"])
def test_an_address_that_is_none_is_told(url: str) -> None:
    with pytest.raises(CodegenError, match="cannot reach"):
        read_source(url)


def test_the_classic_description_is_read_from_a_server(server: str) -> None:
    source = read_classic(f"{server}/classic/swagger.yaml")
    assert source.sha256 == hashlib.sha256(SWAGGER).hexdigest()
    with pytest.raises(CodegenError, match="answered 404"):
        read_classic(f"{server}/gone")
