"""What runs in a process of its own: `python -m tests.faults.children WHAT DOOR URL ...`."""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path

from tests.faults.doors import DOORS
from tests.faults.world import BUILDING

from jamf_pro_client.client import HTTPAuthenticatedClient
from jamf_pro_client.resilience import ResilienceConfig

_LARGEST_FILE = 200_000


def main(what: str, door_name: str, url: str, *arguments: str) -> None:
    """Do one thing.

    Args:
        what: `exit` or `download`.
        door_name: Which way to call.
        url: The server.
        *arguments: Path and folder of a download.
    """
    door = DOORS[door_name]
    client = HTTPAuthenticatedClient(
        url, token="canary-static-token", resilience=ResilienceConfig()
    )

    async def ask() -> None:
        await door.request(client, "GET", BUILDING)

    async def fetch() -> None:
        error: BaseException | None = None
        path, folder = arguments
        target = Path(folder) / "package.pkg"
        resource.setrlimit(resource.RLIMIT_FSIZE, (_LARGEST_FILE, _LARGEST_FILE))
        try:
            if door.name == "sync":
                client.download(path, target)
            else:
                await client.adownload(path, target)
        except Exception as problem:
            error = problem
        told = {"error": type(error).__name__, "text": str(error), "in_flight": client.in_flight}
        print(json.dumps(told))
        await door.close(client)

    door.run({"exit": ask, "download": fetch}[what])


if __name__ == "__main__":
    main(*sys.argv[1:])
