"""Bodies that name what is in a sandbox from the start: it refuses what does not exist."""

from __future__ import annotations

from typing import Any, Final

_EXISTING: Final = {
    "definitionId": "1",
    "privileges": ["Read Buildings"],
    "authorizationScopes": ["Inventory"],
}


def naming_what_exists(body: Any) -> Any:
    """Return an invented body with names of what exists."""
    if isinstance(body, list):
        return [naming_what_exists(one) for one in body]
    if not isinstance(body, dict):
        return body
    return {name: _EXISTING.get(name, naming_what_exists(one)) for name, one in body.items()}
