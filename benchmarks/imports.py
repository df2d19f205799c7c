"""What an import costs: CPU seconds of a fresh process above those of a bare interpreter."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from benchmarks.environments import clean_environ

_OURS: Final = """
from jamf_pro_client import HTTPAuthenticatedClient
from jamf_pro_client.api.computer_inventory import get_v1_computers_inventory_detail_id as endpoint
"""
_STOCK: Final = """
from stock_client import AuthenticatedClient
from stock_client.api.computer_inventory import get_v1_computers_inventory_detail_id as endpoint
"""
_SDK: Final = "from jamf_pro_sdk import JamfProClient\n"
_READ: Final = """
import sys
with open(sys.argv[1], "rb") as file:
    text = file.read()
"""
_OURS_DECODES: Final = """
decode = endpoint.OPERATION.decoder_of(endpoint.OPERATION.replies[0])
record = decode(text)
for name in type(record).__slots__:
    getattr(record, name)
"""
_STOCK_DECODES: Final = """
import json
from stock_client.models import ComputerInventory
ComputerInventory.from_dict(json.loads(text))
"""
_SDK_DECODES: Final = """
import json
from jamf_pro_sdk.models.pro.computers import Computer
Computer.model_validate(json.loads(text))
"""
_TELL: Final = "\nimport time\nprint(time.process_time())\n"
_COUNT: Final = """
import sys
print(sum(name.partition(".")[0] == "jamf_pro_client" for name in sys.modules))
"""

PROGRAMS: Final[Mapping[str, Mapping[str, tuple[str, str]]]] = {
    "import": {
        "httpx": ("ours", "import httpx"),
        "ours": ("ours", _OURS),
        "stock": ("stock", _STOCK),
        "sdk": ("sdk", _SDK),
    },
    "import and decode": {
        "httpx": ("ours", "import httpx"),
        "ours": ("ours", _OURS + _READ + _OURS_DECODES),
        "stock": ("stock", _STOCK + _READ + _STOCK_DECODES),
        "sdk": ("sdk", _SDK + _READ + _SDK_DECODES),
    },
}
"""Case -> candidate -> the environment and the program that is run in it."""


def cpu_seconds(python: Path, program: str, record: Path) -> float:
    """Return the CPU seconds that a fresh interpreter takes for a program.

    Args:
        python: The interpreter.
        program: Its source.
        record: The file that it may read.
    """
    return float(_output(python, program + _TELL, record))


def modules_loaded(python: Path) -> int:
    """Return how many of our modules the import of a client and one endpoint loads.

    Args:
        python: An interpreter that has our package.
    """
    return int(_output(python, _OURS + _COUNT, Path()))


def _output(python: Path, program: str, record: Path) -> str:
    done = subprocess.run(  # noqa: S603 - our own programs
        [str(python), "-I", "-c", program, str(record)],
        env=clean_environ(),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"failed:\n{program}\n{done.stderr}")
    return done.stdout
