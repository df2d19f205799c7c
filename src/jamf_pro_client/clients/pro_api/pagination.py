"""Filters and sorting; see `jamf_pro_client.filters`."""

from __future__ import annotations

from jamf_pro_client.filters import (
    FilterExpression,
    FilterField,
    SortExpression,
    SortField,
    filter_group,
)

__all__ = (
    "FilterExpression",
    "FilterField",
    "SortExpression",
    "SortField",
    "filter_group",
)
