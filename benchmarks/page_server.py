"""Servers on loopback that hand out full computers page by page, some time after they were asked.

Every page is the same but for the ids, so that what a page takes is to send its bytes.
"""

from __future__ import annotations

import json
import re
import socketserver
import sys
import threading
import time
from pathlib import Path
from typing import Any, Final

from benchmarks.walker import PAGE, TOTALS

LATENCY_SECONDS: Final = 0.05
"""How long each reply is waited for."""
_FIRST_ID: Final = 100_000
_ID_BEGIN: Final = b'{"id":"'
_NO_ID: Final = "000000"
_PAGE: Final = re.compile(rb"[?&]page=(\d+)")


class _Reply:
    """A reply with its head, whose ids can be changed in place.

    Args:
        rows: The computers, `id` first.
        total: How many computers there are.
    """

    def __init__(self, rows: list[dict[str, Any]], total: int) -> None:
        body = bytearray(b'{"totalCount":%d,"results":[' % total)
        places = []
        for row in rows:
            places.append(len(body) + len(_ID_BEGIN))
            body += json.dumps({**row, "id": _NO_ID}, separators=(",", ":")).encode() + b","
        body[-1:] = b"]}"
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
        self._bytes: Final = (head % len(body)) + body
        self._places: Final = [place + len(self._bytes) - len(body) for place in places]

    def copy(self) -> bytearray:
        """Return its bytes, to be changed."""
        return bytearray(self._bytes)

    def number(self, copy: bytearray, page: int) -> None:
        """Write the ids of a page, counted from 0, into a copy."""
        for row, place in enumerate(self._places, _FIRST_ID + page * PAGE):
            copy[place : place + len(_NO_ID)] = b"%d" % row


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    disable_nagle_algorithm = True

    def __init__(self, reply: _Reply) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        self.reply: Final = reply


class _Connection(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True

    def handle(self) -> None:
        assert isinstance(self.server, _Server)  # noqa: S101 - for the type checker
        reply = self.server.reply
        own = reply.copy()
        while asked := self._asked():
            time.sleep(LATENCY_SECONDS)
            page = _PAGE.search(asked)
            reply.number(own, int(page[1]) if page else 0)
            self.request.sendall(own)

    def _asked(self) -> bytes:
        """Return the first line of a request; nothing when there are no more."""
        first: bytes = self.rfile.readline()
        while self.rfile.readline().strip():
            pass
        return first


def _main(payload: Path) -> None:
    rows = json.loads(payload.read_bytes())["results"]
    servers = {total: _Server(_Reply(rows, total)) for total in TOTALS}
    for server in servers.values():
        threading.Thread(target=server.serve_forever, daemon=True).start()
    addresses = {
        total: f"http://127.0.0.1:{server.server_address[1]}" for total, server in servers.items()
    }
    print(json.dumps(addresses), flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    _main(Path(sys.argv[1]))
