"""Walks of jamf-pro-sdk: its own paginator, which uses five threads."""

from __future__ import annotations

import warnings
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from jamf_pro_sdk import JamfProClient, SessionConfig
from jamf_pro_sdk.clients.auth import CredentialsProvider
from jamf_pro_sdk.models.client import AccessToken

from benchmarks.walker import PAGE, take


class _Credentials(CredentialsProvider):
    def _request_access_token(self) -> AccessToken:
        expires = datetime.now(UTC) + timedelta(hours=1)
        return AccessToken(type="user", token="invented", expires=expires)  # noqa: S106


def _streamed(address: str, _: int) -> int:
    url = urlsplit(address)
    settings = SessionConfig(scheme="http")
    client = JamfProClient(url.hostname, _Credentials(), port=url.port, session_config=settings)
    rows = 0
    for page in client.pro_api.get_computer_inventory_v1(page_size=PAGE, return_generator=True):
        for computer in page.results:
            _read_three(computer)
        rows += len(page.results)
        del page, computer
    client.session.close()
    return rows


def _read_three(computer: Any) -> object:
    return computer.id, computer.general.name, computer.hardware.serialNumber


if __name__ == "__main__":
    warnings.simplefilter("ignore", DeprecationWarning)  # version 1 is what all candidates read
    take({"three": _streamed})
