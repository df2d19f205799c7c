"""Clients, credentials, filters: under the paths that they have in other clients for Jamf Pro.

All of it lives elsewhere, and this package is imported by nobody but its users. The clients are
loaded when they are asked for: `clients.auth` needs none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jamf_pro_client._lazy import lazy_names

if TYPE_CHECKING:
    from jamf_pro_client.facade import AsyncJamfProClient, JamfProClient

__all__ = ("AsyncJamfProClient", "JamfProClient")

if not TYPE_CHECKING:
    __getattr__ = lazy_names(__name__, "jamf_pro_client.facade", __all__)
