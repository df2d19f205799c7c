"""Groups of devices: one by one, in the lists of their kind and in the lists of all kinds."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

import attrs

from jamf_pro_sandbox.calls import Answer, Call, Handler, empty_answer, json_answer
from jamf_pro_sandbox.description import Description, Schema
from jamf_pro_sandbox.errors import Cause, Refusal
from jamf_pro_sandbox.lists import list_value, row_schema
from jamf_pro_sandbox.resources import Resource, Resources, noun_of
from jamf_pro_sandbox.shapes import Shaper

__all__ = ("group_handlers", "static_memberships")

_JSON: Final = "application/json"
_KINDS: Final = ("smart-groups", "static-groups")
_COUNTS: Final = ("count", "membershipCount")
_COMPUTERS, _MOBILE_DEVICES = "/computer-groups", "/mobile-device-groups"
_SMART_COMPUTERS: Final = f"{_COMPUTERS}/smart-groups"
_STATIC_COMPUTER_GROUPS: Final = "/v3/computer-groups/static-groups"
_MEMBERS: Final = "static-group-membership/{id}"
_SMART_MEMBERS: Final = "smart-group-membership/{id}"

SmartMembers = Callable[[int], Sequence[int]]
"""Returns the ids of the computers that are in the smart group with an id."""


def group_handlers(
    description: Description, resources: Resources, smart_members: SmartMembers
) -> dict[str, Handler]:
    """Return what answers groups of computers and of mobile devices.

    Args:
        description: Which lists there are.
        resources: Where groups and mobile devices are kept.
        smart_members: Returns the computers of a smart group.
    """
    groups: dict[str, _Groups] = {}
    handlers: dict[str, Handler] = {}
    for operation_id, operation in description.operations.items():
        base, _, rest = operation.template.partition("-groups/")
        kind, _, below = rest.partition("/")
        if kind not in _KINDS or below not in ("", "{id}"):
            continue
        found = _of(resources.resource(f"{base}-groups/{kind}"), smart_members)
        groups[found.noun] = found
        action = {
            ("GET", ""): found.get_page,
            ("POST", ""): found.create,
            ("GET", "{id}"): found.get,
            ("PUT", "{id}"): found.replace,
            ("PATCH", "{id}"): found.update,
            ("DELETE", "{id}"): found.delete,
        }
        handlers[operation_id] = action[operation.method, below]
    return handlers | _of_all_kinds(description, resources, groups)


def static_memberships(resources: Resources) -> Mapping[int, Sequence[Mapping[str, Any]]]:
    """Return the static groups of each computer that was put into one, as the inventory tells.

    Args:
        resources: Where groups are kept.
    """
    groups = _of(resources.resource(_STATIC_COMPUTER_GROUPS), lambda _: ())
    found: defaultdict[int, list[Mapping[str, Any]]] = defaultdict(list)
    for number in groups.table.numbers:
        name = groups.name_of(number)
        told = {"groupId": str(number), "groupName": name, "smartGroup": False}
        for computer in groups.members(number):
            if computer.isdecimal():
                found[int(computer)].append(told)
    return found


def _of_all_kinds(
    description: Description, resources: Resources, groups: Mapping[str, _Groups]
) -> dict[str, Handler]:
    whole = _AllGroups(description, Shaper(description), tuple(groups.values()))
    members = _Members(
        description,
        Shaper(description),
        groups[f"{_MOBILE_DEVICES}/static-groups"],
        resources.resource("/v2/mobile-devices"),
    )
    by_path: dict[tuple[str, str], Handler] = {
        ("GET", "/groups"): whole.get_page,
        ("GET", "/groups/{id}"): whole.get,
        ("PATCH", "/groups/{id}"): whole.update,
        ("DELETE", "/groups/{id}"): whole.delete,
        ("GET", _COMPUTERS): whole.get_all,
        ("GET", _MOBILE_DEVICES): whole.get_all,
        ("GET", f"{_MOBILE_DEVICES}/{_MEMBERS}"): members.get_page,
        ("GET", f"{_COMPUTERS}/{_SMART_MEMBERS}"): groups[_SMART_COMPUTERS].get_members,
    }
    return {
        operation_id: by_path[key]
        for operation_id, operation in description.operations.items()
        if (key := (operation.method, noun_of(operation.template))) in by_path
    }


def _of(plain: Resource, smart_members: SmartMembers) -> _Groups:
    fields = {field.name: getattr(plain, field.name) for field in attrs.fields(Resource)}
    return _Groups(**fields, smart_members=smart_members)


@attrs.frozen(eq=False)
class _Groups(Resource):
    """Groups of one kind."""

    smart_members: SmartMembers

    def shaped(self, schema: Schema, number: int) -> dict[str, Any]:
        """Return a group, with the number of its members."""
        value = super().shaped(schema, number)
        if not self.table.records[number].is_invented:
            count = len(self.members(number))
            value |= {name: count for name in _COUNTS if name in value}
        return value

    def update(self, call: Call) -> Answer:
        """Change a group; devices that are not named stay where they are."""
        number = self.existing(call)
        named = {_device(one): one for one in call.body.get("assignments") or ()}
        kept = [one for one in self._assigned(number) if _device(one) not in named]
        body = {**call.body, "assignments": [*kept, *named.values()]}
        return super().update(attrs.evolve(call, body=body))

    def members(self, number: int) -> list[str]:
        """Return the ids of the devices that are in a group."""
        if self.is_smart and self.is_of_computers:
            return [str(computer) for computer in self.smart_members(number)]
        return [_device(one) for one in self._assigned(number) if _is_selected(one)]

    def get_members(self, call: Call) -> Answer:
        """Answer with the computers of a smart group."""
        members = [int(one) for one in self.members(self.existing(call))]
        return json_answer(call.operation.success_status, {"members": members})

    def _assigned(self, number: int) -> Sequence[Any]:
        assigned: Sequence[Any] = self.table.records[number].known.get("assignments") or ()
        return assigned

    @property
    def description_name(self) -> str:
        """The property that describes a group."""
        return "groupDescription" if self.name == "groupName" else "description"

    @property
    def is_of_computers(self) -> bool:
        """Whether its groups hold computers."""
        return self.noun.startswith(_COMPUTERS)

    @property
    def is_smart(self) -> bool:
        """Whether criteria decide who is in its groups."""
        return self.noun.endswith(_KINDS[0])


@attrs.frozen(eq=False)
class _AllGroups:
    description: Description
    shaper: Shaper
    kinds: tuple[_Groups, ...]

    def get_page(self, call: Call) -> Answer:
        """Answer with one page of groups of all kinds."""
        shape = row_schema(self.description, call.operation)
        if shape is None:
            raise LookupError(call.operation.operation_id)
        rows = [_row(place, kind, number) for place, kind, number in self._all()]
        value = list_value(self.description, call, rows, shape)
        value[shape[0]] = [self._shaped(shape[1], row) for row in value[shape[0]]]
        return json_answer(call.operation.success_status, value)

    def get_all(self, call: Call) -> Answer:
        """Answer with all groups of computers or of mobile devices."""
        shape = row_schema(self.description, call.operation)
        if shape is None:
            raise LookupError(call.operation.operation_id)
        of_computers = noun_of(call.operation.template) == _COMPUTERS
        rows = []
        for place, kind, number in self._all():
            if kind.is_of_computers == of_computers:
                row = self._shaped(shape[1], _row(place, kind, number))
                rows.append(row | {"id": str(number) if of_computers else number})
        return json_answer(call.operation.success_status, rows)

    def get(self, call: Call) -> Answer:
        """Answer with one group."""
        row = _row(*self._existing(call))
        value = self._shaped(call.operation.answers[_JSON], row)
        return json_answer(call.operation.success_status, value)

    def update(self, call: Call) -> Answer:
        """Change one group."""
        _, kind, number = self._existing(call)
        names = {"groupName": kind.name, "groupDescription": kind.description_name}
        body = {names.get(name) or name: value for name, value in call.body.items()}
        if not kind.is_of_computers:
            body["assignments"] = [
                {"mobileDeviceId": one["deviceId"], "selected": one.get("selected", True)}
                for one in body.get("assignments") or ()
            ]
        kind.update(attrs.evolve(call, body=body, path_values={"id": str(number)}))
        return empty_answer(call.operation.success_status)

    def delete(self, call: Call) -> Answer:
        """Delete one group."""
        _, kind, number = self._existing(call)
        kind.table.remove(number)
        return empty_answer(call.operation.success_status)

    def _all(self) -> Iterator[tuple[int, _Groups, int]]:
        for place, kind in enumerate(self.kinds):
            for number in kind.table.numbers:
                yield place, kind, number

    def _existing(self, call: Call) -> tuple[int, _Groups, int]:
        given = call.path_values["id"]
        for place, kind, number in self._all():
            if given == _platform_id(place, number):
                return place, kind, number
        raise Refusal(404, [Cause("INVALID_ID", f"no group has the id {given}", field="id")])

    def _shaped(self, schema: Schema, row: Mapping[str, Any]) -> dict[str, Any]:
        return self.shaper.shape(schema, row, row=0, invented=False)


@attrs.frozen(eq=False)
class _Members:
    """Who is in a group of mobile devices."""

    description: Description
    shaper: Shaper
    groups: _Groups
    devices: Resource

    def get_page(self, call: Call) -> Answer:
        """Answer with one page of the devices of a group; one that is invented has the first."""
        number = self.groups.existing(call)
        shape = row_schema(self.description, call.operation)
        if shape is None:
            raise LookupError(call.operation.operation_id)
        members = self.groups.members(number)
        if self.groups.table.records[number].is_invented:
            members = ["1"]
        rows = [
            self._row(shape[1], device, record.known)
            for device, record in self.devices.table.records.items()
            if str(device) in members
        ]
        value = list_value(self.description, call, rows, shape)
        return json_answer(call.operation.success_status, value)

    def _row(self, schema: Schema, device: int, known: Mapping[str, Any]) -> dict[str, Any]:
        facts = {**known, "mobileDeviceId": str(device), "displayName": known["name"]}
        return self.shaper.shape(schema, facts, row=device - 1, invented=True)


def _row(place: int, kind: _Groups, number: int) -> dict[str, Any]:
    """Return what all lists tell of a group, each by its own names."""
    record = kind.table.records[number]
    name = kind.name_of(number)
    told = record.known.get(kind.description_name) or ""
    return {
        "groupPlatformId": _platform_id(place, number),
        "groupJamfProId": str(number),
        "groupType": "COMPUTER" if kind.is_of_computers else "MOBILE",
        "groupName": name,
        "groupDescription": told,
        "name": name,
        "description": told,
        **dict.fromkeys(("smart", "isSmart", "smartGroup", "isSmartGroup"), kind.is_smart),
        "membershipCount": len(kind.members(number)),
        "criteria": record.known.get("criteria") or [],
    }


def _platform_id(place: int, number: int) -> str:
    return str(uuid.UUID(int=(place << 64) + number))


def _device(assigned: Any) -> str:
    if isinstance(assigned, Mapping):
        return str(assigned.get("mobileDeviceId") or assigned.get("deviceId"))
    return str(assigned)


def _is_selected(assigned: Any) -> bool:
    return not isinstance(assigned, Mapping) or assigned.get("selected") is not False
