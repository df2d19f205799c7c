"""A Classic API with three computers, for tests: XML and JSON, HTML errors, merged PUTs."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree as ET

from jamf_pro_client._httpx import httpx

_PATH = re.compile(r"/JSSResource/computers(?:/id/(\d+)(?:/subset/([\w&]+))?)?")
_PAGE = "<html><body><p>Not Found</p><p>The server has not found anything</p></body></html>"


class Classic:
    """Answers for computers."""

    def __init__(self) -> None:
        self.computers = {
            number: {
                "general": {"id": str(number), "name": f"Mac {number}"},
                "location": {"username": f"user{number}", "building": "Day 1", "room": "7"},
            }
            for number in (1, 2, 3)
        }
        self.paths: list[str] = []
        self.bodies: list[str] = []

    def __call__(self, request: Any) -> Any:
        self.paths.append(f"{request.method} {request.url.path}")
        found = _PATH.fullmatch(request.url.path)
        number = int(found[1]) if found and found[1] else None
        if not found or (number is not None and number not in self.computers):
            return httpx.Response(404, text=_PAGE, headers={"Content-Type": "text/html"})
        if number is None:
            return self._list()
        if request.method == "PUT":
            return self._put(number, request)
        wanted = (found[2] or "general&location").lower().split("&")
        computer = {name: self.computers[number].get(name, {}) for name in wanted}
        if "json" in request.headers.get("accept", ""):
            return httpx.Response(200, json={"computer": computer})
        sections = "".join(f"<{name}>{_leaves(of)}</{name}>" for name, of in computer.items())
        return _xml(200, f"<computer>{sections}</computer>")

    def _list(self) -> Any:
        rows = "".join(
            f"<computer>{_leaves({k: of['general'][k] for k in ('id', 'name')})}</computer>"
            for of in self.computers.values()
        )
        return _xml(200, f"<computers><size>{len(self.computers)}</size>{rows}</computers>")

    def _put(self, number: int, request: Any) -> Any:
        self.bodies.append(request.content.decode())
        for section in ET.fromstring(request.content):  # noqa: S314 - our own client's
            given = {leaf.tag: leaf.text or "" for leaf in section}
            self.computers[number].setdefault(section.tag, {}).update(given)
        return _xml(201, f"<computer><id>{number}</id></computer>")


def _leaves(values: dict[str, str]) -> str:
    return "".join(f"<{name}>{value}</{name}>" for name, value in values.items())


def _xml(status: int, text: str) -> Any:
    document = f'<?xml version="1.0" encoding="UTF-8"?>{text}'
    return httpx.Response(status, content=document, headers={"Content-Type": "text/xml"})
