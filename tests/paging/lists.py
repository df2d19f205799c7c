"""Lists of the sandbox without sockets, and endpoints to walk over them."""

from __future__ import annotations

import importlib
import threading
from collections.abc import Callable
from typing import Any

from jamf_pro_client import HTTPAuthenticatedClient
from jamf_pro_client._httpx import httpx
from jamf_pro_client.api import OPERATIONS
from jamf_pro_sandbox.calls import Call
from jamf_pro_sandbox.description import load_description
from jamf_pro_sandbox.errors import Refusal
from jamf_pro_sandbox.walks import ListRules, PagedLists

_TAGS = {name: tag for tag, names in OPERATIONS.items() for name in names}


class Server:
    """Answers in the process from lists, and remembers what was asked.

    Args:
        lists: The lists.
        before: Called with each request and its number, counted from 0; a reply that it returns is
            given instead.
    """

    def __init__(
        self,
        lists: PagedLists,
        before: Callable[[httpx.Request, int], httpx.Response | None] | None = None,
    ) -> None:
        self.lists = lists
        self.asked: list[dict[str, str]] = []
        self._before = before
        self._lock = threading.Lock()

    def client(self, **options: Any) -> HTTPAuthenticatedClient:
        transport = httpx.MockTransport(self._answer)
        return HTTPAuthenticatedClient(
            "https://jamf.test", token="t", httpx_args={"transport": transport}, **options
        )

    def _answer(self, request: httpx.Request) -> httpx.Response:
        with self._lock:
            number = len(self.asked)
            self.asked.append(dict(request.url.params))
        given = None if self._before is None else self._before(request, number)
        if given is not None:
            return given
        found = load_description().find(request.method, request.url.path.removeprefix("/api"))
        assert found is not None, request.url
        operation, values = found
        query = list(request.url.params.multi_items())
        try:
            answer = self.lists.answer(Call(operation, values, query, None, {}, ""))
        except Refusal as refusal:
            headers = {"Content-Type": "application/json"}
            return httpx.Response(refusal.status, content=refusal.body, headers=headers)
        headers = {"Content-Type": answer.media_type or ""}
        return httpx.Response(answer.status, content=answer.content, headers=headers)


def server_of(before: Any = None, **rules: Any) -> Server:
    """Return a server whose lists behave by rules."""
    return Server(PagedLists(ListRules(**rules)), before)


def ids_of(rows: list[Any]) -> list[int]:
    """Return the ids of rows."""
    return [int(row["id"]) for row in plain(rows)]


def envelope(total: int, ids: list[int]) -> httpx.Response:
    """Return a page with rows of these ids."""
    rows = [{"id": str(number), "name": f"B{number}"} for number in ids]
    return httpx.Response(200, json={"totalCount": total, "results": rows})


def endpoint(name: str) -> Any:
    """Return the module of an operation."""
    return importlib.import_module(f"jamf_pro_client.api.{_TAGS[name]}.{name}")


def needed(name: str) -> dict[str, Any]:
    """Return the arguments that an operation cannot do without."""
    arguments = dict.fromkeys(endpoint(name).OPERATION.path_parameters, "1")
    # Described as optional, and refused without on real servers.
    return arguments | ({"filter": "uuid==*"} if name == "get_v2_mdm_commands" else {})


def plain(rows: list[Any]) -> list[Any]:
    """Return rows as JSON values."""
    return [row.to_dict() if hasattr(row, "to_dict") else row for row in rows]
