"""Documents of the Classic API, made from its description; the same every time."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from typing import Any, Final

from jamf_pro_sandbox.classic import load_classic
from jamf_pro_sandbox.classic_values import ClassicValues
from jamf_pro_sandbox.samples import Sampler

LISTED: Final = 5_000
_RECORDS: Final = {
    "Computer": "classic-computer",
    "MobileDevice": "classic-mobile-device",
    "Policy": "classic-policy",
}
# What a well-filled record has of each; lists that are not named hold one.
_ENTRIES: Final[Mapping[str, int]] = {
    "applications": 222,
    "available_software_updates": 4,
    "certificates": 14,
    "computer_group_memberships": 40,
    "configuration_profiles": 20,
    "extension_attributes": 50,
    "fonts": 60,
    "licensed_software": 2,
    "local_accounts": 8,
    "mapped_printers": 4,
    "mobile_device_groups": 40,
    "packages": 4,
    "partition": 3,
    "plugins": 20,
    "running_services": 120,
    "scripts": 3,
}
# Servers leave about so many elements empty.
_EMPTY: Final = 0.1


def classic_documents() -> Iterator[tuple[str, bytes]]:
    """Yield the name and the text of each document."""
    description = load_classic()
    values = ClassicValues(description)
    documents = _Documents(Sampler(description))
    for schema_name, name in _RECORDS.items():
        schema = description.schema(schema_name)
        yield name, values.xml(documents.record(schema), schema)
    reply = description.document["paths"]["/computers"]["get"]["responses"]["200"]
    schema = reply["content"]["application/xml"]["schema"]
    rows = [documents.row(schema["items"], number) for number in range(LISTED)]
    yield "classic-list", values.xml(rows, schema)


class _Documents:
    def __init__(self, sampler: Sampler) -> None:
        self._sampler = sampler
        self._random = random.Random(77)  # noqa: S311 - the same every time

    def record(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        made: dict[str, Any] = self._varied(self._sampler.answer(schema))
        return made

    def row(self, schema: Mapping[str, Any], number: int) -> Any:
        return {**self._sampler.answer(schema, row=number), "id": number + 1}

    def _varied(self, value: Any, name: str = "") -> Any:
        if isinstance(value, dict):
            return {key: self._varied(part, key) for key, part in value.items()}
        if isinstance(value, list):
            return [self._varied(part) for _ in range(_ENTRIES.get(name, 1)) for part in value]
        if isinstance(value, bool):
            return self._random.random() < 0.5
        if self._random.random() < _EMPTY:
            return None
        if isinstance(value, int):
            digits = 13 if name.endswith("epoch") else self._random.randrange(1, 7)
            return self._random.randrange(10 ** (digits - 1), 10**digits)
        return f"{value} {self._random.randrange(1000)}"
