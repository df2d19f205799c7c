"""What the Classic API tells of devices and software: made of what is stored, never written."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from typing import Any, Final

from jamf_pro_sandbox.classic_fleet import moments
from jamf_pro_sandbox.classic_records import Records, field_of, find
from jamf_pro_sandbox.classic_values import refusal
from jamf_pro_sandbox.description import Schema
from jamf_pro_sandbox.samples import Sampler

__all__ = ("ClassicReports",)

_EPOCH: Final = "_epoch"
_SAVED_REPORT: Final = {"id": 1, "name": "All Computers"}
_INVENTED: Final = datetime.datetime(2026, 1, 15, 9, 30, tzinfo=datetime.UTC)
_NOTHING: Final = "The server has not found anything matching the request URI"
# Section of a computer's management -> records that are in force on all computers.
_IN_FORCE: Final = {
    "ebooks": "Ebook",
    "mac_app_store_apps": "MacApplication",
    "os_x_configuration_profiles": "OsXConfigurationProfile",
    "patch_policies": "PatchPolicy",
    "policies": "Policy",
    "restricted_software": "RestrictedSoftware",
}
_REPORTED: Final = {
    "make": "make",
    "model_identifier": "model_identifier",
    "core_count": "number_cores",
    "processor_count": "number_processors",
    "total_ram_mb": "total_ram_mb",
}

Values = Mapping[str, str]


class ClassicReports:
    """Histories, management and reports, by the first step of their path.

    Args:
        sampler: Invents what is not stored.
        records: Returns the records of a kind.
    """

    def __init__(self, sampler: Sampler, records: Callable[[str], Records]) -> None:
        self._sampler = sampler
        self._records = records
        self._made: Mapping[str, Callable[[Schema, list[str], Values], Any]] = {
            "computerapplications": self._applications,
            "computerapplicationusage": self._usage,
            "computerhardwaresoftwarereports": self._reports,
            "computerhistory": self._computer_history,
            "computermanagement": self._management,
            "computerreports": self._computer_report,
            "mobiledevicehistory": self._mobile_device_history,
            "patchreports": self._patch_report,
        }

    def __contains__(self, tag: str) -> bool:
        return tag in self._made

    def get(self, tag: str, schema: Schema, steps: list[str], values: Values) -> Any:
        """Return what is told.

        Args:
            tag: First step of the path.
            schema: Of the answer.
            steps: The steps after it, as described.
            values: What stands in the variable ones.

        Raises:
            Refusal: 404; there is no such device, title or software.
        """
        return self._made[tag](schema, steps, values)

    def _found(self, kind: str, steps: list[str], values: Values) -> dict[str, Any]:
        records = self._records(kind)
        return records.get(find(records, steps[0], values[steps[1].strip("{}")]))

    def _computer_history(self, schema: Schema, steps: list[str], values: Values) -> Any:
        computer = self._found("Computer", steps, values)
        made = _told(self._sampler.answer(schema), self._facts(computer), _last_seen(computer))
        return made | {"general": _general(computer)}

    def _mobile_device_history(self, schema: Schema, steps: list[str], values: Values) -> Any:
        device = self._found("MobileDevice", steps, values)
        made = _told(self._sampler.answer(schema), self._facts(device), _last_seen(device))
        return made | {"general": _general(device)}

    def _facts(self, device: Mapping[str, Any]) -> dict[str, Any]:
        """Return what logs of a device name, by field."""
        location = device.get("location") or {}
        policies = self._records("Policy")
        facts = {**location, "full_name": location.get("realname")}
        for number in policies.ids()[:1]:
            name = field_of(policies.get(number), "name")
            facts |= {"policy_id": number, "policy_name": name}
        return facts

    def _management(self, schema: Schema, steps: list[str], values: Values) -> Any:
        computer = self._found("Computer", steps, values)
        made: dict[str, Any] = self._sampler.answer(schema)
        for section, kind in _IN_FORCE.items():
            records = self._records(kind)
            shown = made[section][0]
            rows = ((number, records.get(number)) for number in records.ids())
            made[section] = [
                {name: number if name == "id" else field_of(row, name) for name in shown}
                for number, row in rows
            ]
        return made | self._groups(computer) | {"general": _general(computer)}

    def _groups(self, computer: Mapping[str, Any]) -> dict[str, Any]:
        groups = self._records("ComputerGroup")
        names = computer["groups_accounts"]["computer_group_memberships"]
        found: dict[str, Any] = {"smart_groups": [], "static_groups": []}
        for number in groups.ids():
            group = groups.get(number)
            if group["name"] in names:
                kind = "smart_groups" if group.get("is_smart") else "static_groups"
                found[kind].append({"id": number, "name": group["name"]})
        return found

    def _reports(self, schema: Schema, steps: list[str], values: Values) -> Any:
        computer = self._found("Computer", steps, values)
        made = _told(self._sampler.answer(schema), {}, _first_day(values))
        hardware = computer["hardware"]
        made["hardware_report"] |= {
            "serial_number": computer["general"]["serial_number"],
            "operating_system": f"{hardware['os_name']} {hardware['os_version']}",
            **{ours: hardware[theirs] for ours, theirs in _REPORTED.items()},
        }
        application = computer["software"]["applications"][0]
        known = ("name", "path", "version")
        made["software_report"] |= {name: application[name] for name in known}
        return made

    def _usage(self, schema: Schema, steps: list[str], values: Values) -> Any:
        computer = self._found("Computer", steps, values)
        day = _first_day(values)
        (row,) = self._sampler.answer(schema)
        application = computer["software"]["applications"][0]
        used = {"name": application["name"], "version": application["version"]}
        return [{**row, "date": f"{day:%Y-%m-%d}", "apps": [{**row["apps"][0], **used}]}]

    def _computer_report(self, _: Schema, __: list[str], values: Values) -> Any:
        for key, wanted in values.items():
            if str(_SAVED_REPORT[key]).casefold() != wanted.casefold():
                raise refusal(404, _NOTHING)
        if not values:
            return [_SAVED_REPORT]
        computers = self._records("Computer")
        shown = ((number, computers.get(number)) for number in computers.ids())
        return [{"id": n, "Computer_Name": computer["general"]["name"]} for n, computer in shown]

    def _applications(self, _: Schema, __: list[str], values: Values) -> Any:
        versions: dict[str, list[dict[str, Any]]] = {}
        computers = self._records("Computer")
        for number in computers.ids():
            computer = computers.get(number)
            for application in computer["software"]["applications"]:
                if _is_asked_for(application, values):
                    versions.setdefault(application["version"], []).append(_general(computer))
        if not versions:
            raise refusal(404, _NOTHING)
        unique = {one["id"]: one for found in versions.values() for one in found}
        return {
            "versions": [
                {"number": number, "computers": versions[number]} for number in sorted(versions)
            ],
            "unique_computers": [unique[number] for number in sorted(unique)],
        }

    def _patch_report(self, _: Schema, __: list[str], values: Values) -> Any:
        titles = self._records("PatchSoftwareTitle")
        number = find(titles, "id", values["id"])
        title = titles.get(number)
        versions = [given["software_version"] for given in title.get("versions") or ()]
        if "version" in values:
            versions = [version for version in versions if version == values["version"]]
            if not versions:
                raise refusal(404, _NOTHING)
        computers = self._records("Computer")
        generals = [computers.get(one)["general"] for one in computers.ids()[: len(versions)]]
        rows = [
            {"software_version": version, "computers": [{"id": one["id"], "name": one["name"]}]}
            for version, one in zip(versions, generals, strict=False)
        ]
        return {
            "name": title.get("name"),
            "patch_software_title_id": str(number),
            "total_computers": len(rows),
            "total_versions": len(versions),
            "versions": rows,
        }


def _general(device: Mapping[str, Any]) -> dict[str, Any]:
    names = ("id", "name", "udid", "serial_number", "mac_address")
    return {name: field_of(device, name) for name in names}


def _is_asked_for(application: Mapping[str, Any], values: Values) -> bool:
    is_called_so = str(application["name"]).casefold() == values["application"].casefold()
    return is_called_so and values.get("version") in (None, application["version"])


def _last_seen(device: Mapping[str, Any]) -> datetime.datetime:
    seen = device["general"].get("last_contact_time_epoch")
    return datetime.datetime.fromtimestamp(seen / 1000, datetime.UTC) if seen else _INVENTED


def _first_day(values: Values) -> datetime.datetime:
    try:
        first, _ = (
            datetime.datetime.strptime(values[name], "%Y-%m-%d").replace(tzinfo=datetime.UTC)
            for name in ("start_date", "end_date")
        )
    except ValueError as error:
        raise refusal(400, f"Error: {error}") from error
    return first


def _told(part: Any, facts: Mapping[str, Any], moment: datetime.datetime) -> Any:
    """Return a sample with the facts in the fields that are called so, and with sound moments."""
    if isinstance(part, list):
        return [_told(one, facts, moment) for one in part]
    if not isinstance(part, dict):
        return part
    made = {name: _told(value, facts, moment) for name, value in part.items()}
    made |= {name: fact for name, fact in facts.items() if name in made and fact is not None}
    for name in [name for name in made if name.endswith(_EPOCH)]:
        forms = moments(name.removesuffix(_EPOCH), moment.isoformat(), plain=True)
        made |= {form: value for form, value in forms.items() if form in made}
    return made
