"""What `client.classic_api` is."""

from __future__ import annotations

from jamf_pro_client._facade.classic_api import AsyncClassicApi, ClassicApi

__all__ = ("AsyncClassicApi", "ClassicApi")
