"""The computers of the sandbox as the Classic API shows them, and the groups that they are in."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Final

from jamf_pro_sandbox.classic_records import ClassicRecords, merged
from jamf_pro_sandbox.classic_values import refusal
from jamf_pro_sandbox.computers import APPLICATIONS, SECTIONS
from jamf_pro_sandbox.inventory import Fleet
from jamf_pro_sandbox.linked import LinkedRecords

__all__ = ("ClassicComputers", "ClassicGroups", "moments")

# What a location names -> the id in the inventory, and the list of what has it.
_PLACES: Final = {
    "building": ("buildingId", "/buildings"),
    "department": ("departmentId", "/departments"),
}
_GENERAL: Final = {
    "name": "name",
    "asset_tag": "assetTag",
    "barcode_1": "barcode1",
    "barcode_2": "barcode2",
    "ip_address": "lastIpAddress",
    "last_reported_ip": "lastReportedIp",
    "jamf_version": "jamfBinaryVersion",
    "platform": "platform",
    "supervised": "supervised",
}
_LOCATION: Final = {
    "username": "username",
    "realname": "realname",
    "email_address": "email",
    "position": "position",
    "phone": "phone",
    "room": "room",
}
_HARDWARE: Final = {
    "make": "make",
    "model": "model",
    "model_identifier": "modelIdentifier",
    "processor_type": "processorType",
    "processor_architecture": "processorArchitecture",
    "number_processors": "processorCount",
    "number_cores": "coreCount",
    "total_ram": "totalRamMegabytes",
    "total_ram_mb": "totalRamMegabytes",
    "battery_capacity": "batteryCapacityPercent",
    "is_apple_silicon": "appleSilicon",
    "supports_ios_app_installs": "supportsIosAppInstalls",
}
# How members of a group are named; the first that is given counts.
_MEMBER_KEYS: Final = ("id", "serial_number", "mac_address", "alt_mac_address", "name")
# What the inventory has in another section than the Classic API has it in general.
_ELSEWHERE: Final = {
    "serial_number": "serialNumber",
    "mac_address": "macAddress",
    "alt_mac_address": "altMacAddress",
    "network_adapter_type": "networkAdapterType",
}


class ClassicComputers:
    """Computers that the inventory shows, too: what is written on one side is read on the other.

    Args:
        fleet: The computers.
        linked: The buildings and departments of the inventory.
    """

    def __init__(self, fleet: Fleet, linked: LinkedRecords) -> None:
        self._fleet = fleet
        self._linked = linked
        self._own: dict[int, dict[str, Any]] = {}

    def ids(self) -> list[int]:
        """Return the ids of all computers, in order."""
        return sorted(self._fleet.numbers)

    def get(self, number: int) -> dict[str, Any]:
        """Return one computer."""
        general = self._section(number, "general")
        hardware = self._section(number, "hardware")
        user = self._section(number, "userAndLocation")
        shown = {
            "general": self._general(number, general, hardware),
            "certificates": [],
            "configuration_profiles": [],
            "extension_attributes": [],
            "groups_accounts": {
                "computer_group_memberships": [g["groupName"] for g in self.groups_of(number)],
                "local_accounts": [],
            },
            "hardware": _renamed(hardware, _HARDWARE) | self._system(number),
            "iphones": [],
            "location": self._location(number, user),
            "peripherals": [],
            "purchasing": {"is_purchased": True, "is_leased": False},
            "security": {"firewall_enabled": True},
            "software": {"applications": self._applications(number), "available_updates": []},
        }
        return merged(shown, self._own.get(number, {}))

    def create(self, given: Mapping[str, Any]) -> int:
        """Add a computer and return its id.

        Raises:
            Refusal: 409; it has no name.
        """
        if not (given.get("general") or {}).get("name"):
            raise refusal(409, "Error: Name is required")
        number = self._fleet.add()
        self.change(number, given)
        return number

    def change(self, number: int, given: Mapping[str, Any]) -> None:
        """Change what is given of a computer, on both sides."""
        general, location = dict(given.get("general") or {}), dict(given.get("location") or {})
        general.pop("id", None)
        written: dict[str, Any] = {
            "general": _back(general, _GENERAL),
            "userAndLocation": _back(location, _LOCATION),
        }
        for name in _PLACES.keys() & location.keys():
            key, noun = _PLACES[name]
            ids = {known: number for number, known in self._linked.names(noun).items()}
            # What the inventory does not know is nowhere for it, and kept on this side alone.
            written["userAndLocation"][key] = ids.get(location[name], "")
            self._own.get(number, {}).get("location", {}).pop(name, None)
            if location[name] in ids or not location[name]:
                location.pop(name)
        hardware = _back(general, _ELSEWHERE) | _back(given.get("hardware") or {}, _HARDWARE)
        management = general.pop("remote_management", None)
        if management and "managed" in management:
            written["general"]["remoteManagement"] = {"managed": management["managed"]}
        if "udid" in general:
            written["udid"] = general.pop("udid")
        self._fleet.change(
            number,
            {name: part for name, part in {**written, "hardware": hardware}.items() if part},
        )
        self._keep(number, given, general, location)

    def delete(self, number: int) -> None:
        """Delete a computer, on both sides."""
        self._fleet.remove(number)
        self._own.pop(number, None)

    def groups_of(self, number: int) -> list[dict[str, Any]]:
        """Return the memberships of a computer, as the inventory writes them."""
        changed = self._fleet.changes.get(number, {}).get("groupMemberships")
        found: list[dict[str, Any]] = (
            SECTIONS["groupMemberships"](self._fleet.machine(number))
            if changed is None
            else changed
        )
        return list(found)

    def set_groups(self, number: int, groups: list[dict[str, Any]]) -> None:
        """Replace the memberships of a computer, on both sides."""
        self._fleet.change(number, {"groupMemberships": groups})

    def _keep(
        self,
        number: int,
        given: Mapping[str, Any],
        general: Mapping[str, Any],
        location: Mapping[str, Any],
    ) -> None:
        """Remember what the inventory has no place for."""
        rest = {name: part for name, part in given.items() if name not in ("general", "location")}
        own_general = {k: v for k, v in general.items() if k not in {*_GENERAL, *_ELSEWHERE}}
        own_location = {k: v for k, v in location.items() if k not in _LOCATION}
        rest |= {"general": own_general} if own_general else {}
        rest |= {"location": own_location} if own_location else {}
        self._own[number] = merged(self._own.get(number, {}), rest)

    def _section(self, number: int, name: str) -> dict[str, Any]:
        invented: dict[str, Any] = SECTIONS[name](self._fleet.machine(number))
        changes = self._fleet.changes.get(number, {}).get(name) or {}
        return invented | changes

    def _general(
        self, number: int, general: Mapping[str, Any], hardware: Mapping[str, Any]
    ) -> dict[str, Any]:
        changes = self._fleet.changes.get(number, {})
        udid = changes.get("udid", self._fleet.machine(number).udid)
        managed = bool((general.get("remoteManagement") or {}).get("managed"))
        capable = general.get("mdmCapable") or {}
        return {
            "id": number,
            **_renamed(general, _GENERAL),
            **_renamed(hardware, _ELSEWHERE),
            "udid": udid,
            **moments("report_date", general["reportDate"], plain=True),
            **moments("last_contact_time", general["lastContactTime"], plain=True),
            **moments("last_enrolled_date", general["lastEnrolledDate"]),
            "mdm_capable": bool(capable.get("capable")),
            "mdm_capable_users": list(capable.get("capableUsers") or []),
            "remote_management": {"managed": managed, "management_username": ""},
            "site": {"id": -1, "name": "None"},
        }

    def _location(self, number: int, user: Mapping[str, Any]) -> dict[str, Any]:
        own = self._own.get(number, {}).get("location", {})
        found = _renamed(user, _LOCATION)
        found |= {"real_name": found["realname"], "phone_number": found["phone"]}
        for name, (key, noun) in _PLACES.items():
            given = user.get(key) or ""
            found[name] = self._linked.names(noun).get(given, "")
            if given:
                own.pop(name, None)  # written later, on the other side
        return found

    def _system(self, number: int) -> dict[str, Any]:
        system = self._section(number, "operatingSystem")
        return {
            "os_name": system["name"],
            "os_version": system["version"],
            "os_build": system["build"],
            "storage": [],
            "mapped_printers": [],
            "filevault2_users": [],
        }

    def _applications(self, number: int) -> list[dict[str, Any]]:
        wanted = {"name": "name", "path": "path", "version": "version", "bundle_id": "bundleId"}
        places = self._fleet.machine(number).applications
        return [_renamed(APPLICATIONS[place], wanted) for place in places]


class ClassicGroups(ClassicRecords):
    """Computer groups: the computers know which they are in, on both sides.

    Args:
        computers: Those that are in groups.
    """

    def __init__(self, computers: ClassicComputers) -> None:
        smart = ("All Managed Clients", "Apple Silicon")
        rows = [{"name": name, "is_smart": True, "criteria": []} for name in smart]
        super().__init__(rows, has_names=True)
        self._computers = computers

    def get(self, number: int) -> dict[str, Any]:
        """Return one group with its computers."""
        group = super().get(number)
        group["computers"] = [
            _member(self._computers.get(one)["general"])
            for one in self._computers.ids()
            if self._is_in(one, number)
        ]
        return group

    def create(self, given: Mapping[str, Any]) -> int:
        """Store a group and return its id."""
        number = super().create(_without_members(given))
        self._set_members(number, given)
        return number

    def change(self, number: int, given: Mapping[str, Any]) -> None:
        """Change what is given of a group; all members that change are known, or none changes."""
        for computer in self._known(given.get("computer_deletions") or ()):
            if not self._is_in(computer, number):
                raise refusal(409, "Error: Problem with computer IDs: a computer is not a member")
        self._known(given.get("computer_additions") or ())
        super().change(number, _without_members(given))
        self._set_members(number, given)

    def delete(self, number: int) -> None:
        """Delete a group; its computers leave it."""
        super().delete(number)
        for one in self._computers.ids():
            self._put(one, number, is_member=False)

    def _set_members(self, number: int, given: Mapping[str, Any]) -> None:
        if "computers" in given:
            wanted = set(self._known(given["computers"] or ()))
            for one in self._computers.ids():
                self._put(one, number, is_member=one in wanted)
        for one in self._known(given.get("computer_additions") or ()):
            self._put(one, number, is_member=True)
        for one in self._known(given.get("computer_deletions") or ()):
            self._put(one, number, is_member=False)

    def _known(self, members: Any) -> list[int]:
        """Return the ids of computers, which may be named in other ways.

        Raises:
            Refusal: 409; one of them is unknown.
        """
        keys = [next((key for key in _MEMBER_KEYS if one.get(key)), "") for one in members]
        known = {key: self._ids_by(key) for key in set(keys)}
        found = [
            known[key].get(str(one.get(key)).casefold())
            for key, one in zip(keys, members, strict=True)
        ]
        numbers = [number for number in found if number is not None]
        if len(numbers) < len(found):
            raise refusal(409, "Error: Problem with computer IDs: there is no such computer")
        return numbers

    def _ids_by(self, key: str) -> dict[str, int]:
        numbers = self._computers.ids()
        if key in ("", "id"):
            return {str(number): number for number in numbers if key}
        # Of several computers with one name, the first.
        return {
            str(self._computers.get(number)["general"][key]).casefold(): number
            for number in reversed(numbers)
        }

    def _is_in(self, computer: int, group: int) -> bool:
        if computer not in self._computers.ids():
            return False
        groups = self._computers.groups_of(computer)
        return any(given["groupId"] == str(group) for given in groups)

    def _put(self, computer: int, group: int, *, is_member: bool) -> None:
        groups = [g for g in self._computers.groups_of(computer) if g["groupId"] != str(group)]
        if is_member:
            own = super().get(group)
            entry = {"groupId": str(group), "groupName": own["name"], "smartGroup": False}
            groups.append(entry)
        if groups != self._computers.groups_of(computer):
            self._computers.set_groups(computer, groups)


def _without_members(given: Mapping[str, Any]) -> dict[str, Any]:
    members = ("computers", "computer_additions", "computer_deletions")
    return {name: part for name, part in given.items() if name not in members}


def _member(general: Mapping[str, Any]) -> dict[str, Any]:
    return {name: general.get(name) for name in _MEMBER_KEYS}


def _renamed(section: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    return {ours: section.get(theirs) for ours, theirs in names.items()}


def _back(section: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    return {theirs: section[ours] for ours, theirs in names.items() if ours in section}


def moments(name: str, text: str, *, plain: bool = False) -> dict[str, Any]:
    """Return a moment in the forms in which the Classic API writes each.

    Args:
        name: What the fields' names begin with.
        text: The moment, in ISO 8601.
        plain: Also in the field that is called by the name alone.
    """
    moment = datetime.datetime.fromisoformat(text)
    forms: dict[str, Any] = {
        f"{name}_epoch": int(moment.timestamp() * 1000),
        f"{name}_utc": f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}+0000",
    }
    return {name: f"{moment:%Y-%m-%d %H:%M:%S}", **forms} if plain else forms
