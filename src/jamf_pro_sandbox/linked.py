"""What computers have to do with other records: their attributes, their groups, their places."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from jamf_pro_sandbox.description import Description
from jamf_pro_sandbox.errors import Cause, Refusal
from jamf_pro_sandbox.groups import static_memberships
from jamf_pro_sandbox.resources import Resources

__all__ = ("LinkedRecords",)

_ATTRIBUTES: Final = "/v1/computer-extension-attributes"
# Definitions and inventory name the same things differently.
_TYPES: Final = {"DATE": "DATE_TIME", "DIRECTORY_SERVICE_ATTRIBUTE_MAPPING": "LDAP"}


class LinkedRecords:
    """Records that the inventory shows in part, as the node has them that wrote last.

    Args:
        description: Of the records.
        resources: Returns what that node keeps.
        writes: Returns how often something was written to any node.
    """

    def __init__(
        self,
        description: Description,
        resources: Callable[[], Resources],
        writes: Callable[[], int],
    ) -> None:
        self._schema = description.schema("ComputerExtensionAttributes")
        self._resources = resources
        self._writes = writes
        self._read_at = -1
        self._definitions: Mapping[str, Mapping[str, Any]] = {}
        self._groups: Mapping[int, Sequence[Mapping[str, Any]]] = {}

    @property
    def generation(self) -> int:
        """Another number after every write."""
        return self._writes()

    def names(self, noun: str) -> dict[str, str]:
        """Return the names of the records of a list by id.

        Args:
            noun: The path of the list, without version.
        """
        table = self._resources().resource(f"/v1{noun}").table
        return {table.key(n): record.known.get("name", "") for n, record in table.records.items()}

    def groups_of(self, computer: int) -> Sequence[Mapping[str, Any]]:
        """Return the static groups that a computer was put into."""
        self._read()
        return self._groups.get(computer, ())

    def check_attribute(self, definition: str | None) -> str:
        """Return the id of the definition of an extension attribute.

        Raises:
            Refusal: 400; there is none with this id.
        """
        self._read()
        if definition is None or definition not in self._definitions:
            text = f"no extension attribute has the id {definition}"
            raise Refusal(400, [Cause("INVALID_ID", text, field="definitionId")])
        return definition

    def attributes(self, section: str, values: Mapping[str, list[str]]) -> list[dict[str, Any]]:
        """Return the extension attributes that stand in a section of the inventory.

        Args:
            section: As it is called in definitions, such as `USER_AND_LOCATION`.
            values: Those of one computer, by id of the definition.
        """
        self._read()
        return [
            {**told, "values": values.get(key, told["values"])}
            for key, told in self._definitions.items()
            if told["section"] == section
        ]

    def _read(self) -> None:
        if self._read_at == self._writes():
            return
        self._read_at = self._writes()
        resources = self._resources()
        self._groups = static_memberships(resources)
        found = resources.resource(_ATTRIBUTES)
        self._definitions = {
            str(number): _told(str(number), found.shaped(self._schema, number), record.is_invented)
            for number, record in found.table.records.items()
        }


def _told(key: str, definition: Mapping[str, Any], is_invented: bool) -> dict[str, Any]:
    """Return what the inventory tells of a definition."""
    data, entry = definition["dataType"], definition["inputType"]
    return {
        "definitionId": key,
        "name": definition["name"],
        "description": definition["description"],
        "enabled": definition["enabled"],
        "multiValue": False,
        "dataType": _TYPES.get(data, data),
        "inputType": _TYPES.get(entry, entry),
        "options": definition["popupMenuChoices"],
        "values": [f"Sample values {key}"] if is_invented else [],
        "section": definition["inventoryDisplayType"],
    }
