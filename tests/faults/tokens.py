"""The token endpoints of the fault server."""

from __future__ import annotations

import datetime
import json
import threading
from email.utils import format_datetime
from typing import Final

from tests.faults.acts import reply
from tests.faults.server import TOKEN_PATHS, Act, Exchange, FaultServer, Seen

__all__ = ("CLIENT_ID", "CLIENT_SECRET", "PASSWORD", "Tokens")

CLIENT_ID: Final = "the-client-id"
CLIENT_SECRET: Final = "canary-client-secret"
PASSWORD: Final = "canary-password"


class Tokens:
    """Issues tokens, revokes them, and has a clock that may be wrong."""

    def __init__(self, server: FaultServer) -> None:
        self.lifetime_seconds: float = 1200
        self.clock_error_seconds: float = 0
        self.issued = 0
        self._server = server
        self._valid: set[str] = set()
        self._lock = threading.Lock()
        self.issue: Final = Act(self._issue)
        """The act of answering a request for a token."""
        for path in TOKEN_PATHS:
            server.script(path, self.issue)
        server.refuses = self._is_refused

    def let_in(self, token: str) -> None:
        """Accept a token that was not issued here."""
        with self._lock:
            self._valid.add(token)

    def revoke_all(self) -> None:
        """Accept no token that was issued so far."""
        with self._lock:
            self._valid.clear()

    def _is_refused(self, seen: Seen) -> bool:
        if not seen.path.startswith(("/api/", "/JSSResource/")) or seen.path in TOKEN_PATHS:
            return False
        token = seen.headers.get("authorization", "").removeprefix("Bearer ")
        with self._lock:
            return token not in self._valid

    def _issue(self, exchange: Exchange) -> bool:
        seen = exchange.seen
        if (
            seen.path == TOKEN_PATHS[0]
            and f"client_secret={CLIENT_SECRET}".encode() not in seen.body
        ):
            return reply(401, '{"error": "invalid_client"}').run(exchange)
        with self._lock:
            self.issued += 1
            token = f"canary-token-{self.issued}"
            self._valid.add(token)
        now = datetime.datetime.now(datetime.UTC) + datetime.timedelta(
            seconds=self.clock_error_seconds
        )
        ends = now + datetime.timedelta(seconds=self.lifetime_seconds)
        document: dict[str, object] = {
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": self.lifetime_seconds,
            "scope": "api-role:1",
        }
        if seen.path == TOKEN_PATHS[1]:
            document = {"token": token, "expires": ends.isoformat()}
        date = format_datetime(now, usegmt=True)
        return reply(200, json.dumps(document), ("Date", date)).run(exchange)
