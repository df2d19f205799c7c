"""What `client.pro_api` is; `pagination` needs none of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jamf_pro_client._lazy import lazy_names

if TYPE_CHECKING:
    from jamf_pro_client._facade.pro_api import AsyncProApi, ProApi

__all__ = ("AsyncProApi", "ProApi")

if not TYPE_CHECKING:
    __getattr__ = lazy_names(__name__, "jamf_pro_client._facade.pro_api", __all__)
