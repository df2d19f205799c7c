"""Mobile devices: invented as the computers are, and the same in all answers about them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import attrs

from jamf_pro_sandbox.calls import Answer, Call, Handler, json_answer
from jamf_pro_sandbox.computers import Machine, invent_machine
from jamf_pro_sandbox.description import Description
from jamf_pro_sandbox.lists import list_value, row_schema
from jamf_pro_sandbox.records import Table
from jamf_pro_sandbox.resources import Resource, Resources
from jamf_pro_sandbox.shapes import Shaper

__all__ = ("mobile_handlers", "mobile_table")

_MODELS: Final = (("iPhone 16", "iPhone17,3"), ("iPad Air 13-inch (M3)", "iPad15,5"))
_VERSIONS: Final = (("19.0.1", "23A355"), ("18.7.1", "22H31"))
# Other numbers than those of the computers: no device has the serial number of another.
_FIRST: Final = 500_001
_BY_ID: Final = ("mobileDeviceId", "deviceType")


def mobile_table(count: int, seed: int) -> Table:
    """Invent mobile devices.

    Args:
        count: How many.
        seed: That of the fleet.
    """
    machines = (invent_machine(seed, _FIRST + place) for place in range(count))
    return Table([_facts(machine) for machine in machines], gaps_are_invented=True)


def mobile_handlers(description: Description, resources: Resources) -> dict[str, Handler]:
    """Return what answers about mobile devices beyond their plain list.

    Args:
        description: Of the operations.
        resources: Where the devices are kept.
    """
    devices = resources.resource("/v2/mobile-devices")
    details = _Details(description, Shaper(description), devices)
    return {
        "get_v2_mobile_devices_id_detail": devices.get,
        "get_v2_mobile_devices_detail": details.get_page,
    }


@attrs.frozen(eq=False)
class _Details:
    """The list that holds sections."""

    description: Description
    shaper: Shaper
    devices: Resource

    def get_page(self, call: Call) -> Answer:
        """Answer with the sections that are asked for; the others are null."""
        shape = row_schema(self.description, call.operation)
        if shape is None:
            raise LookupError(call.operation.operation_id)
        table = self.devices.table
        rows = [
            self.shaper.shape(
                shape[1],
                _sections(number, record.known),
                row=number - 1,
                invented=record.is_invented,
            )
            for number, record in table.records.items()
        ]
        value = list_value(self.description, call, rows, shape)
        asked = {_letters(one) for name, one in call.query if name == "section"} or {"general"}
        value[shape[0]] = [
            {
                name: one if name in _BY_ID or _letters(name) in asked else None
                for name, one in row.items()
            }
            for row in value[shape[0]]
        ]
        return json_answer(call.operation.success_status, value)


def _facts(machine: Machine) -> dict[str, Any]:
    model, identifier = _MODELS[machine.number % len(_MODELS)]
    version, build = _VERSIONS[(machine.bits >> 64) % len(_VERSIONS)]
    return {
        "name": f"mobile-{machine.number - _FIRST + 1:06}",
        "serialNumber": machine.serial,
        "udid": machine.udid,
        "managementId": machine.management_id,
        "model": model,
        "modelIdentifier": identifier,
        "username": machine.username,
        "type": "ios",
        "osVersion": version,
        "osBuild": build,
        "ipAddress": machine.ip_address,
        "location": {
            "username": machine.username,
            "realName": f"{machine.first_name} {machine.last_name}",
            "emailAddress": f"{machine.username}@example.com",
            "position": machine.position,
        },
    }


def _sections(number: int, known: Mapping[str, Any]) -> dict[str, Any]:
    """Put what is known of a device where the sections have it."""
    return {
        "mobileDeviceId": str(number),
        "deviceType": "iOS",
        "general": {**known, "displayName": known["name"]},
        "hardware": known,
        "userAndLocation": known.get("location", {}),
    }


def _letters(name: str) -> str:
    return name.replace("_", "").lower()
