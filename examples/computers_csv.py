"""Writes all computers of a server to computers.csv: whole or not at all, never fewer rows.

JAMF_URL, JAMF_CLIENT_ID and JAMF_CLIENT_SECRET name the server and an API client whose role has the
privilege Read Computers. Rows are written as they come, so memory does not grow with them.
"""

from __future__ import annotations

import csv
from pathlib import Path

from jamf_pro_client import JamfProClient, load_from_env, server_from_env
from jamf_pro_client.models import ComputerInventoryV4


def row_of(computer: ComputerInventoryV4) -> list[str]:
    """Return the cells of a computer; empty where the server has nothing."""
    general, hardware, user = computer.general, computer.hardware, computer.user_and_location
    cells = (
        computer.id,
        general and general.name,
        hardware and hardware.serial_number,
        user and user.username,
    )
    return [str(cell) if cell else "" for cell in cells]


def main() -> None:
    """Write the file; one that is there already stays as it is until the new one is whole."""
    draft = Path("computers.csv.part")
    with (
        JamfProClient(server_from_env(), load_from_env()) as client,
        draft.open("w", encoding="utf-8", newline="") as file,
    ):
        table = csv.writer(file)
        table.writerow(["id", "name", "serial number", "user"])
        table.writerows(
            map(
                row_of,
                client.iter_items(
                    client.pro_api.get_v4_computers_inventory,
                    section=["GENERAL", "HARDWARE", "USER_AND_LOCATION"],
                ),
            )
        )
    draft.replace("computers.csv")


if __name__ == "__main__":
    main()
