"""Fetches every computer of a server page by page, sync and async, and prints a table.

Without a server it starts the sandbox. With one it logs in as the API client that the environment
names: JAMF_CLIENT_ID and JAMF_CLIENT_SECRET. The API role needs the privilege Read Computers.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.table import Table

from jamf_pro_client import (
    AccessToken,
    ApiClientCredentialsProvider,
    HTTPAuthenticatedClient,
    JamfProError,
)
from jamf_pro_client.api.computer_inventory import get_v4_computers_inventory
from jamf_pro_client.models import (
    ComputerInventorySearchResultsV4,
    ComputerInventoryV4,
    ComputerSectionV4,
)

SECTIONS = [
    ComputerSectionV4.GENERAL,
    ComputerSectionV4.HARDWARE,
    ComputerSectionV4.OPERATING_SYSTEM,
    ComputerSectionV4.USER_AND_LOCATION,
]
PAGE_SIZE = 100
ROWS_SHOWN = 10
START_SECONDS = 60


class CountingProvider(ApiClientCredentialsProvider):
    """An API client's credentials that count how often a token was fetched."""

    fetched = 0

    def _request_access_token(self) -> AccessToken:
        self.fetched += 1
        return super()._request_access_token()

    async def _request_access_token_async(self) -> AccessToken:
        self.fetched += 1
        return await super()._request_access_token_async()


def fetch_page(client: HTTPAuthenticatedClient, page: int) -> ComputerInventorySearchResultsV4:
    """Return one page of computers."""
    return get_v4_computers_inventory.sync(
        client=client, section=SECTIONS, page=page, page_size=PAGE_SIZE, sort=["id:asc"]
    )


def fetch_all(client: HTTPAuthenticatedClient) -> tuple[list[ComputerInventoryV4], int]:
    """Return all computers and the number of requests."""
    computers: list[ComputerInventoryV4] = []
    requests = 0
    while True:
        result = fetch_page(client, requests)
        requests += 1
        computers += result.results or []
        # A short page is no end: servers cut pages. An empty one is.
        if not result.results or len(computers) >= (result.total_count or 0):
            return computers, requests


async def fetch_all_async(
    client: HTTPAuthenticatedClient,
) -> tuple[list[ComputerInventoryV4], int]:
    """Return all computers and the number of requests; pages are fetched side by side."""

    async def fetch(page: int) -> ComputerInventorySearchResultsV4:
        return await get_v4_computers_inventory.asyncio(
            client=client, section=SECTIONS, page=page, page_size=PAGE_SIZE, sort=["id:asc"]
        )

    async with client:
        first = await fetch(0)
        pages = -(-(first.total_count or 0) // PAGE_SIZE)
        others = await asyncio.gather(*(fetch(page) for page in range(1, pages)))
    computers = [computer for page in (first, *others) for computer in page.results or []]
    return computers, 1 + len(others)


def table_of(computers: list[ComputerInventoryV4]) -> Table:
    """Return the first computers as a table."""
    table = Table(title=f"{min(ROWS_SHOWN, len(computers))} of {len(computers)} computers")
    for heading in ("Id", "Name", "Serial number", "macOS", "User", "Last contact"):
        table.add_column(heading, no_wrap=True)
    for computer in computers[:ROWS_SHOWN]:
        general, hardware = computer.general, computer.hardware
        system, user = computer.operating_system, computer.user_and_location
        cells = (
            computer.id,
            general and general.name,
            hardware and hardware.serial_number,
            system and system.version,
            user and user.username,
            str((general and general.last_contact) or "")[: len("2026-01-31")],
        )
        table.add_row(*(str(cell) if cell else "" for cell in cells))
    return table


@contextlib.contextmanager
def sandbox(computers: int) -> Iterator[dict[str, str]]:
    """Run the sandbox server as a process of its own; give its address and credentials."""
    with tempfile.TemporaryDirectory() as folder:
        ready = Path(folder) / "ready.json"
        command = [sys.executable, "-m", "jamf_pro_sandbox", "--port", "0", "--quiet"]
        command += ["--computers", str(computers), "--ready-file", str(ready)]
        process = subprocess.Popen(command)  # noqa: S603 - our own module, no text from outside
        try:
            deadline = time.monotonic() + START_SECONDS
            while not ready.exists():
                if process.poll() is not None or time.monotonic() > deadline:
                    raise SystemExit("the sandbox did not start")
                time.sleep(0.05)
            yield json.loads(ready.read_text("utf-8"))
        finally:
            process.terminate()
            process.wait()


@contextlib.contextmanager
def server(options: argparse.Namespace) -> Iterator[dict[str, str]]:
    """Give address and credentials of the server that the options name, or of a sandbox."""
    if not options.server:
        with sandbox(options.computers) as facts:
            yield facts
        return
    missing = [name for name in ("JAMF_CLIENT_ID", "JAMF_CLIENT_SECRET") if name not in os.environ]
    if missing:
        raise SystemExit(f"set {' and '.join(missing)} to log in to {options.server}")
    yield {
        "url": options.server,
        "client_id": os.environ["JAMF_CLIENT_ID"],
        "client_secret": os.environ["JAMF_CLIENT_SECRET"],
    }


def main() -> None:
    """Run the demonstration."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--server", help="a real server; without it the sandbox is started")
    parser.add_argument("--computers", type=int, default=1000, help="computers of the sandbox")
    options = parser.parse_args()
    console = Console()
    with server(options) as facts:
        credentials = CountingProvider(facts["client_id"], facts["client_secret"])
        client = HTTPAuthenticatedClient(facts["url"], credentials=credentials)
        started = time.perf_counter()
        with client:
            computers, requests = fetch_all(client)
        between = time.perf_counter()
        again, requests_async = asyncio.run(fetch_all_async(client))
        ended = time.perf_counter()
        console.print(table_of(computers))
        if [one.id for one in again] != [one.id for one in computers]:
            raise SystemExit("sync and async fetched different computers")
        console.print(
            f"sync: {len(computers)} computers, {requests} requests, {between - started:.2f} s\n"
            f"async: {len(again)} computers, {requests_async} requests, {ended - between:.2f} s\n"
            f"token fetches: {credentials.fetched}"
        )


if __name__ == "__main__":
    try:
        main()
    except JamfProError as error:
        raise SystemExit(f"{type(error).__name__}: {error}") from None
