"""Invents computers: every one is made from a seed and its number, and always the same."""

from __future__ import annotations

import datetime
import hashlib
import uuid
from collections.abc import Callable, Mapping
from typing import Any, Final

import attrs

from jamf_pro_sandbox.invented import (
    APPLICATION_NAMES,
    FIRST_NAMES,
    LAST_NAMES,
    MODELS,
    POSITIONS,
    SYSTEMS,
)

__all__ = ("APPLICATIONS", "QUICK_FIELDS", "SECTIONS", "Machine", "invent_machine")

_SERIAL_LETTERS: Final = "CDFGHJKLMNPQRTVWXY0123456789"
# In universal time; without a zone it is written without one, which leaves room for the fraction.
_START: Final = datetime.datetime(2026, 1, 15, 9, 30)
_LOW_128: Final = (1 << 128) - 1

APPLICATIONS: Final = tuple(
    {
        "name": f"{name}.app",
        "path": f"/Applications/{name}.app",
        "version": f"{major}.{minor}",
        "cfBundleShortVersionString": f"{major}.{minor}",
        "cfBundleVersion": f"{major}{minor}0",
        "macAppStore": major % 2 == 0,
        "sizeMegabytes": 40 + 7 * major,
        "bundleId": f"com.example.{name.lower()}",
        "updateAvailable": False,
        "externalVersionId": str(major * 100 + minor),
    }
    for major, name in enumerate(APPLICATION_NAMES, start=1)
    for minor in (0, 1, 2)
)
"""Every version of every invented application."""


@attrs.frozen
class Machine:
    """One computer; all that is known of it follows from its number and some random bits."""

    number: int
    bits: int
    """256 of them."""

    @property
    def name(self) -> str:
        """The computer's name; in the order of the ids."""
        return f"mac-{self.number:06}"

    @property
    def serial(self) -> str:
        """The serial number."""
        letters = (
            _SERIAL_LETTERS[(self.bits >> 5 * place) % len(_SERIAL_LETTERS)] for place in range(6)
        )
        # The number keeps serials apart; the letters keep them from being in order.
        return f"{''.join(letters)}{self.number:06}"

    @property
    def udid(self) -> str:
        """The hardware UUID, in capitals."""
        return str(uuid.UUID(int=self.bits & _LOW_128, version=4)).upper()

    @property
    def management_id(self) -> str:
        """The id by which commands are addressed."""
        return str(uuid.UUID(int=self.bits >> 128, version=4))

    @property
    def first_name(self) -> str:
        """Of the person who uses it."""
        return FIRST_NAMES[self.bits % len(FIRST_NAMES)]

    @property
    def last_name(self) -> str:
        """Of the person who uses it."""
        return LAST_NAMES[(self.bits >> 16) % len(LAST_NAMES)]

    @property
    def username(self) -> str:
        """The short name of the person who uses it."""
        return f"{self.first_name}.{self.last_name}{self.number}".lower()

    @property
    def position(self) -> str:
        """What that person does."""
        return POSITIONS[(self.bits >> 32) % len(POSITIONS)]

    @property
    def model(self) -> tuple[str, str, str, int, int]:
        """Name, identifier, processor, cores, megabytes of memory."""
        return MODELS[(self.bits >> 48) % len(MODELS)]

    @property
    def system(self) -> tuple[str, str]:
        """Version and build."""
        return SYSTEMS[(self.bits >> 64) % len(SYSTEMS)]

    @property
    def applications(self) -> list[int]:
        """Positions in `APPLICATIONS`."""
        start, count = self.bits % len(APPLICATIONS), 18 + (self.bits >> 80) % 5
        return [(start + 3 * step) % len(APPLICATIONS) for step in range(count)]

    @property
    def ip_address(self) -> str:
        """An address in a private network."""
        return f"10.{self.number >> 16 & 255}.{self.number >> 8 & 255}.{self.number & 255}"

    def date(self, days: int) -> str:
        """Return the moment some days before it was last heard of."""
        silent = (self.bits >> 96) % 60
        moment = _START - datetime.timedelta(days=silent + days, minutes=self.number % 600)
        return f"{moment.isoformat()}.{self.number % 1000:03}Z"


def invent_machine(seed: int, number: int) -> Machine:
    """Invent the computer with an id.

    Args:
        seed: The same seed gives the same computers.
        number: From 1.
    """
    digest = hashlib.blake2b(f"{seed}:{number}".encode(), digest_size=32).digest()
    return Machine(number, int.from_bytes(digest))


def _general(machine: Machine) -> dict[str, Any]:
    seen = machine.date(0)
    return {
        "name": machine.name,
        "lastIpAddress": machine.ip_address,
        "lastReportedIp": machine.ip_address,
        "lastReportedIpV4": machine.ip_address,
        "lastReportedIpV6": f"fd00::{machine.number:x}",
        "jamfBinaryVersion": "11.30.1-t1790000000000",
        "platform": "Mac",
        "barcode1": f"B{machine.number:07}",
        "assetTag": f"A-{machine.number:05}",
        "remoteManagement": {"managed": machine.number % 20 != 0},
        "supervised": machine.number % 10 != 0,
        "mdmCapable": {"capable": True, "capableUsers": [machine.username]},
        "reportDate": machine.date(1),
        "lastContactTime": seen,
        "lastCheckIn": seen,
        "lastContact": seen,
        "lastEnrolledDate": machine.date(200),
        "lastCloudBackupDate": machine.date(3),
        "mdmProfileExpiration": f"{2027 + machine.number % 3}-06-30T12:00:00.000Z",
        "initialEntryDate": machine.date(300)[:10],
        "site": {"id": "-1", "name": "None"},
        "managementId": machine.management_id,
        "lastLoggedInUsernameBinary": machine.username,
    }


def _hardware(machine: Machine) -> dict[str, Any]:
    model, identifier, processor, cores, memory = machine.model
    silicon = processor.startswith("Apple")
    return {
        "make": "Apple",
        "model": model,
        "modelIdentifier": identifier,
        "serialNumber": machine.serial,
        "processorType": processor,
        "processorArchitecture": "arm64" if silicon else "x86_64",
        "processorCount": 1,
        "coreCount": cores,
        "totalRamMegabytes": memory,
        "macAddress": _hardware_address(machine.number),
        "altMacAddress": _hardware_address(machine.number + (1 << 23)),
        "networkAdapterType": "IEEE80211",
        "batteryCapacityPercent": 60 + machine.number % 41,
        "appleSilicon": silicon,
        "supportsIosAppInstalls": silicon,
        "provisioningUdid": f"00008103-{machine.number:016X}",
    }


def _hardware_address(number: int) -> str:
    # The second lowest bit of the first byte says that nobody manufactured it.
    return ":".join(f"{byte:02X}" for byte in (0x02 << 40 | number).to_bytes(6))


def _operating_system(machine: Machine) -> dict[str, Any]:
    version, build = machine.system
    return {"name": "macOS", "version": version, "build": build, "rapidSecurityResponse": ""}


def _user_and_location(machine: Machine) -> dict[str, Any]:
    return {
        "username": machine.username,
        "realname": f"{machine.first_name} {machine.last_name}",
        "email": f"{machine.username}@example.com",
        "position": machine.position,
        "phone": f"555-{machine.number % 10_000:04}",
        "departmentId": str(1 + machine.number % 3),
        "buildingId": str(1 + machine.number % 3),
        "room": str(100 + machine.number % 40),
    }


def _storage(machine: Machine) -> dict[str, Any]:
    size = 256_000 << machine.number % 3
    free = size * (10 + machine.number % 80) // 100
    boot = {
        "name": "Macintosh HD",
        "sizeMegabytes": size,
        "availableMegabytes": free,
        "partitionType": "BOOT",
        "percentUsed": 100 - free * 100 // size,
    }
    disk = {"id": "1", "device": "disk0", "sizeMegabytes": size, "partitions": [boot]}
    return {"bootDriveAvailableSpaceMegabytes": free, "disks": [disk]}


def _groups(machine: Machine) -> list[dict[str, Any]]:
    groups = [{"groupId": "1", "groupName": "All Managed Clients", "smartGroup": True}]
    if machine.model[2].startswith("Apple"):
        groups.append({"groupId": "2", "groupName": "Apple Silicon", "smartGroup": True})
    return groups


SECTIONS: Final[Mapping[str, Callable[[Machine], Any]]] = {
    "general": _general,
    "hardware": _hardware,
    "operatingSystem": _operating_system,
    "userAndLocation": _user_and_location,
    "storage": _storage,
    "groupMemberships": _groups,
}
"""What writes the sections that differ from computer to computer."""

QUICK_FIELDS: Final[Mapping[str, Callable[[Machine], Any]]] = {
    "id": lambda machine: str(machine.number),
    "udid": lambda machine: machine.udid,
    "general.name": lambda machine: machine.name,
    "hardware.serialNumber": lambda machine: machine.serial,
    "userAndLocation.username": lambda machine: machine.username,
}
"""Fields by which many rows are often ordered or looked up, without writing the section."""
