"""`JamfProClient` and `AsyncJamfProClient`: all of Jamf Pro behind one object."""

from __future__ import annotations

from jamf_pro_client._facade.async_client import AsyncJamfProClient
from jamf_pro_client._facade.sync_client import JamfProClient

__all__ = ("AsyncJamfProClient", "JamfProClient")
