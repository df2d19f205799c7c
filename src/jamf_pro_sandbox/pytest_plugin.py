"""Gives tests the fixture `jamf_sandbox`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from jamf_pro_sandbox.server import Sandbox

__all__ = ("jamf_sandbox",)


@pytest.fixture
def jamf_sandbox() -> Iterator[Sandbox]:
    """Run a sandbox of its own for this test: fresh state, free port, ten computers."""
    # Imported here: pytest loads plugins in every run, also where nobody wants a server.
    from jamf_pro_sandbox.server import Sandbox

    with Sandbox() as sandbox:
        yield sandbox
