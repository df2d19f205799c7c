"""Walks of what openapi-python-client makes of our description: its calls, five at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from stock_client import AuthenticatedClient
from stock_client.api.computer_inventory import get_v1_computers_inventory

from benchmarks.walker import PAGE, in_order, take


def _pages(address: str, total: int) -> Iterator[Any]:
    client = AuthenticatedClient(base_url=f"{address}/api", token="invented")  # noqa: S106

    def fetch(number: int) -> Any:
        page = get_v1_computers_inventory.sync(client=client, page=number, page_size=PAGE)
        return page.results

    return in_order(fetch, total)


def _read_three(computer: Any) -> object:
    return computer.id, computer.general.name, computer.hardware.serial_number


def _streamed(address: str, total: int) -> int:
    rows = 0
    for page in _pages(address, total):
        for computer in page:
            _read_three(computer)
        rows += len(page)
        del page, computer
    return rows


def _held(address: str, total: int) -> int:
    computers = [computer for page in _pages(address, total) for computer in page]
    for computer in computers:
        _read_three(computer)
    return len(computers)


if __name__ == "__main__":
    take({"three": _streamed, "held": _held})
