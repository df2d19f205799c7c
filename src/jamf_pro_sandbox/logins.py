"""Answers the operations that give, renew and end tokens."""

from __future__ import annotations

import datetime
import time
from typing import Any, Final

from jamf_pro_sandbox.calls import Answer, Call, Handler, empty_answer, json_answer
from jamf_pro_sandbox.tokens import TokenStore

__all__ = ("TOKEN_OPERATIONS", "login_handlers")

TOKEN_OPERATIONS: Final = frozenset({"post_v1_oauth_token", "post_v1_auth_token"})
"""Where clients fetch tokens."""


def login_handlers(tokens: TokenStore) -> dict[str, Handler]:
    """Return what answers each token operation."""
    logins = _Logins(tokens)
    return {
        "post_v1_oauth_token": logins.client_token,
        "post_v1_auth_token": logins.user_token,
        "post_v1_auth_keep_alive": logins.keep_alive,
        "post_auth_keep_alive": logins.keep_alive_in_milliseconds,
        "post_v1_auth_invalidate_token": logins.invalidate,
        "post_auth_invalidate_token": logins.invalidate,
    }


class _Logins:
    def __init__(self, tokens: TokenStore) -> None:
        self._tokens = tokens

    def client_token(self, call: Call) -> Answer:
        form: dict[str, str] = call.body or {}
        if not form.get("grant_type"):
            return _oauth_error(400, "invalid_request", "grant_type is missing")
        if form["grant_type"] != "client_credentials":
            return _oauth_error(400, "unsupported_grant_type", "use client_credentials")
        if not form.get("client_id") or not form.get("client_secret"):
            return _oauth_error(400, "invalid_request", "client_id or client_secret is missing")
        issued = self._tokens.issue_to_client(form["client_id"], form["client_secret"])
        if issued is None:
            return _oauth_error(401, "invalid_client")
        if set(form.get("scope", "").split()) - set(issued.scope):
            return _oauth_error(400, "invalid_scope")
        reply = {
            "access_token": issued.token,
            "scope": " ".join(issued.scope),
            "token_type": "Bearer",
            # One second of the lifetime is gone by the time a server has written its reply.
            "expires_in": max(int(issued.seconds) - 1, 0),
        }
        return json_answer(200, reply)

    def user_token(self, call: Call) -> Answer:
        token, seconds = self._tokens.issue_to_user(call.headers.get("authorization"))
        return _token_answer(token, _instant(seconds))

    def keep_alive(self, call: Call) -> Answer:
        token, seconds = self._tokens.renew(call.headers.get("authorization"))
        return _token_answer(token, _instant(seconds))

    def keep_alive_in_milliseconds(self, call: Call) -> Answer:
        token, seconds = self._tokens.renew(call.headers.get("authorization"))
        return _token_answer(token, int((time.time() + seconds) * 1000))

    def invalidate(self, call: Call) -> Answer:
        self._tokens.invalidate(call.headers.get("authorization"))
        return empty_answer()


def _token_answer(token: str, expires: Any) -> Answer:
    return json_answer(200, {"token": token, "expires": expires})


def _oauth_error(status: int, error: str, description: str | None = None) -> Answer:
    return json_answer(
        status, {"error": error} | ({"error_description": description} if description else {})
    )


def _instant(seconds: float) -> str:
    moment = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=seconds)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
