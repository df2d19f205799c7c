"""A server that is not there: calls through a mock transport."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tests.codegen.conftest import Generated

from jamf_pro_client import HTTPAuthenticatedClient
from jamf_pro_client._httpx import httpx


class Server:
    """Answers every request the same, and remembers the last one."""

    def __init__(
        self, status: int = 200, content: bytes = b"{}", headers: Mapping[str, str] = {}
    ) -> None:
        self.reply = (status, content, {"Content-Type": "application/json", **headers})
        self.last: Any = None
        self.headers = httpx.Headers()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.last = request
        self.headers = request.headers.copy()  # what is secret is wiped after the call
        status, content, headers = self.reply
        return httpx.Response(status, content=content, headers=headers)

    @property
    def client(self) -> HTTPAuthenticatedClient:
        transport = httpx.MockTransport(self)
        return HTTPAuthenticatedClient(
            "https://jamf.example", token="canary", httpx_args={"transport": transport}
        )


def replying(document: object, status: int = 200) -> Server:
    return Server(status, json.dumps(document).encode())


def call(tiny: Generated, name: str, server: Server, *arguments: object, **named: object) -> Any:
    with server.client as client:
        return tiny.operation(name).sync(*arguments, client=client, **named)
