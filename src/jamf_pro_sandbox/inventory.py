"""Answers the computer inventory, in every version that the description has."""

from __future__ import annotations

import functools
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final

from jamf_pro_sandbox.calls import Answer, Call, Handler, empty_answer, json_answer
from jamf_pro_sandbox.computers import (
    APPLICATIONS,
    QUICK_FIELDS,
    SECTIONS,
    Machine,
    invent_machine,
)
from jamf_pro_sandbox.description import Description, Schema
from jamf_pro_sandbox.errors import Cause, Refusal
from jamf_pro_sandbox.linked import LinkedRecords
from jamf_pro_sandbox.paging import ListQuery, arrange, dig, fields_of, read_list_query
from jamf_pro_sandbox.records import record_id
from jamf_pro_sandbox.samples import Sampler

__all__ = ("Fleet", "inventory_handlers")

_LIST: Final = re.compile(r"get_(v\d+)_computers_inventory")
_REMEMBERED_ORDERS: Final = 64
_ATTRIBUTES: Final = "extensionAttributes"
_GROUPS: Final = "groupMemberships"


def inventory_handlers(
    description: Description, fleet: Fleet, linked: LinkedRecords
) -> dict[str, Handler]:
    """Return what answers the computer inventory.

    Args:
        description: Which versions there are, and what their records look like.
        fleet: The computers that all versions show.
        linked: What else they show.
    """
    handlers: dict[str, Handler] = {}
    for operation_id in description.operations:
        found = _LIST.fullmatch(operation_id)
        if found is None:
            continue
        version = found[1]
        inventory = _Inventory(fleet, linked, _form_of(description, version))
        handlers |= {
            operation_id: inventory.get_page,
            f"post_{version}_computers_inventory": inventory.create,
            f"get_{version}_computers_inventory_id": inventory.get,
            f"delete_{version}_computers_inventory_id": inventory.delete,
            f"get_{version}_computers_inventory_detail_id": inventory.get_whole,
            f"patch_{version}_computers_inventory_detail_id": inventory.update,
        }
    return handlers


class Fleet:
    """Invented computers, what was written to them, and which were deleted.

    Args:
        size: How many there are at the start, with ids from 1.
        seed: Another number invents others.
    """

    def __init__(self, size: int, seed: int) -> None:
        self._seed = seed
        self._machines: dict[int, Machine] = {}
        self.numbers = list(range(1, size + 1))
        self._next = size + 1
        self.changes: dict[int, dict[str, Any]] = {}
        """By id and section."""
        self.attributes: defaultdict[int, dict[str, list[str]]] = defaultdict(dict)
        """The values of extension attributes, by id of the computer and of the definition."""
        self.generation = 0
        """Counts the writes, so that what was worked out before them is not used after."""

    def machine(self, number: int) -> Machine:
        """Return a computer, invented when it is first asked for."""
        found = self._machines.get(number)
        if found is None:
            found = self._machines[number] = invent_machine(self._seed, number)
        return found

    def has(self, key: str) -> bool:
        """Whether a computer has the id that is written so."""
        return key.isdecimal() and int(key) in self.numbers

    def in_smart_group(self, group: int) -> list[int]:
        """Return the ids of the computers that are in a smart group."""
        members = SECTIONS[_GROUPS]
        return [
            number
            for number in self.numbers
            if any(one["groupId"] == str(group) for one in members(self.machine(number)))
        ]

    def add(self) -> int:
        """Add a computer and return its id."""
        number = self._next
        self._next += 1
        self.numbers.append(number)
        self.generation += 1
        return number

    def remove(self, number: int) -> None:
        """Delete a computer."""
        self.numbers.remove(number)
        self.changes.pop(number, None)
        self.attributes.pop(number, None)
        self.generation += 1

    def change(self, number: int, given: Mapping[str, Any]) -> None:
        """Remember what was written to a computer, section by section."""
        kept = self.changes.setdefault(number, {})
        for section, values in _as_read(given).items():
            old = kept.get(section)
            merged = old | values if isinstance(old, dict) and isinstance(values, dict) else values
            kept[section] = merged
        self.generation += 1


def _as_read(given: Mapping[str, Any]) -> dict[str, Any]:
    """Put what is written in one place and read in another where it is read."""
    general = dict(given.get("general") or {})
    if "siteId" in general:
        site = general.pop("siteId")
        general["site"] = {"id": site, "name": f"Site {site}"}
    if "managed" in general:
        general["remoteManagement"] = {"managed": general.pop("managed")}
    return {**given, "general": general} if general else dict(given)


class _Form:
    """How a record looks in one version."""

    def __init__(self, schema: Schema, fields: frozenset[str], sampler: Sampler) -> None:
        self.fields = fields
        sample: dict[str, Any] = sampler.answer(schema)
        self.sections = {key: sample[key] for key in sample if key not in {"id", "udid"}}
        (application,) = self.sections["applications"]
        (self._attribute,) = self.sections[_ATTRIBUTES]
        self._applications = [_fit(application, one) for one in APPLICATIONS]

    def section(self, fleet: Fleet, linked: LinkedRecords, number: int, name: str) -> Any:
        """Write one section of a computer's record, with what is kept elsewhere."""
        section = self._own_section(fleet, number, name)
        if name == _GROUPS:
            sample = self.sections[name][0]
            return [*section, *(_fit(sample, one) for one in linked.groups_of(number))]
        if name != _ATTRIBUTES and not (isinstance(section, dict) and _ATTRIBUTES in section):
            return section
        told = linked.attributes(_constant_of(name), fleet.attributes.get(number, {}))
        attributes = [_fit(self._attribute, one) for one in told]
        return attributes if name == _ATTRIBUTES else section | {_ATTRIBUTES: attributes}

    def _own_section(self, fleet: Fleet, number: int, name: str) -> Any:
        machine = fleet.machine(number)
        sample = self.sections[name]
        if name == "applications":
            section: Any = [self._applications[place] for place in machine.applications]
        elif name in SECTIONS:
            section = _fit(sample, SECTIONS[name](machine))
        else:
            section = sample
        changes = fleet.changes.get(number)
        return _overlay(section, changes[name]) if changes and name in changes else section

    def record(
        self, fleet: Fleet, linked: LinkedRecords, number: int, sections: Sequence[str]
    ) -> dict[str, Any]:
        """Write a record; the sections that nobody asked for are null."""
        changes = fleet.changes.get(number, {})
        record: dict[str, Any] = dict.fromkeys(("id", "udid", *self.sections))
        record["id"] = str(number)
        record["udid"] = changes.get("udid", fleet.machine(number).udid)
        for name in sections:
            record[name] = self.section(fleet, linked, number, name)
        return record


@functools.cache
def _form_of(description: Description, version: str) -> _Form:
    operation = description.operations[f"get_{version}_computers_inventory_id"]
    schema = operation.answers["application/json"]
    fields = frozenset(fields_of(schema, description.resolve))
    return _Form(schema, fields, Sampler(description))


class _Inventory:
    """One version of the inventory."""

    def __init__(self, fleet: Fleet, linked: LinkedRecords, form: _Form) -> None:
        self._fleet = fleet
        self._linked = linked
        self._form = form
        self._generation = (-1, -1)
        self._columns: dict[str, list[Any]] = {}
        self._orders: dict[tuple[Any, ...], list[int]] = {}

    def get_page(self, call: Call) -> Answer:
        """Answer with one page of computers."""
        query = read_list_query(call.operation, call.query, self._form.fields)
        numbers = self._arranged(query)
        sections = self._sections(call)
        page = [self._record(number, sections) for number in query.cut(numbers)]
        return json_answer(200, {"totalCount": len(numbers), "results": page})

    def get(self, call: Call) -> Answer:
        """Answer with the sections of one computer that were asked for."""
        number = self._existing(call)
        return json_answer(200, self._record(number, self._sections(call)))

    def get_whole(self, call: Call) -> Answer:
        """Answer with everything about one computer."""
        return json_answer(200, self._whole(self._existing(call)))

    def create(self, call: Call) -> Answer:
        """Add a computer; what is not sent is invented."""
        attributes = self._attributes(call.body)
        number = self._fleet.add()
        self._change(number, call.body, attributes)
        return json_answer(201, {"id": str(number), "href": call.href(str(number))})

    def update(self, call: Call) -> Answer:
        """Change what is sent of one computer.

        Raises:
            Refusal: 400; an extension attribute is not defined.
        """
        number = self._existing(call)
        self._change(number, call.body, self._attributes(call.body))
        if not call.operation.answers:
            return empty_answer(call.operation.success_status)
        return json_answer(call.operation.success_status, self._whole(number))

    def delete(self, call: Call) -> Answer:
        """Delete one computer."""
        self._fleet.remove(self._existing(call))
        return empty_answer()

    def _whole(self, number: int) -> dict[str, Any]:
        return self._record(number, tuple(self._form.sections))

    def _record(self, number: int, sections: Sequence[str]) -> dict[str, Any]:
        return self._form.record(self._fleet, self._linked, number, sections)

    def _attributes(self, given: Mapping[str, Any]) -> dict[str, list[str]]:
        """Return the extension attributes that are sent, whatever section they stand in."""
        found = list(given.get(_ATTRIBUTES) or ())
        for part in given.values():
            found += (isinstance(part, Mapping) and part.get(_ATTRIBUTES)) or ()
        named = {self._linked.check_attribute(one.get("definitionId")): one for one in found}
        return {key: one["values"] or [] for key, one in named.items() if "values" in one}

    def _change(
        self, number: int, given: Mapping[str, Any], attributes: Mapping[str, list[str]]
    ) -> None:
        self._fleet.attributes[number].update(attributes)
        self._fleet.change(number, given)

    def _existing(self, call: Call) -> int:
        number = record_id(call)
        if number not in self._fleet.numbers:
            raise Refusal(
                404, [Cause("INVALID_ID", f"no computer has the id {number}", field="id")]
            )
        return number

    def _sections(self, call: Call) -> list[str]:
        asked = [
            part for name, value in call.query if name == "section" for part in value.split(",")
        ]
        return [_property_of(section) for section in asked or ["GENERAL"]]

    def _arranged(self, query: ListQuery) -> list[int]:
        generation = (self._fleet.generation, self._linked.generation)
        if self._generation != generation:
            self._generation = generation
            self._columns.clear()
            self._orders.clear()
        key = (query.filter, query.sort)
        if key not in self._orders:
            if len(self._orders) >= _REMEMBERED_ORDERS:
                self._orders.clear()
            numbers = self._fleet.numbers
            rows = arrange(len(numbers), self._value, query)
            self._orders[key] = [numbers[row] for row in rows]
        return self._orders[key]

    def _value(self, row: int, field: str) -> Any:
        column = self._columns.get(field)
        if column is None:
            column = [self._read(number, field) for number in self._fleet.numbers]
            self._columns[field] = column
        return column[row]

    def _read(self, number: int, field: str) -> Any:
        if field in QUICK_FIELDS and number not in self._fleet.changes:
            return QUICK_FIELDS[field](self._fleet.machine(number))
        section, _, rest = field.partition(".")
        if section in {"id", "udid"}:
            return self._record(number, ())[section]
        if section not in self._form.sections:
            return None
        if section in SECTIONS and section != _GROUPS and number not in self._fleet.changes:
            # Most fields that lists are searched by need no whole record.
            value = dig(SECTIONS[section](self._fleet.machine(number)), rest)
            if value is not None:
                return value
        value = self._form.section(self._fleet, self._linked, number, section)
        return dig(value, rest) if rest else value


def _property_of(section: str) -> str:
    head, *tail = section.lower().split("_")
    return head + "".join(word.capitalize() for word in tail)


def _constant_of(section: str) -> str:
    return re.sub(r"(?=[A-Z])", "_", section).upper()


def _fit(sample: Any, given: Any) -> Any:
    """Cut what is known to what a version describes; what is not known is taken from the sample."""
    if isinstance(sample, dict) and isinstance(given, dict):
        return {
            key: _fit(part, given[key]) if key in given else part for key, part in sample.items()
        }
    if isinstance(sample, list) and isinstance(given, list) and sample:
        return [_fit(sample[0], item) for item in given]
    return given


def _overlay(section: Any, changes: Any) -> Any:
    """Lay what was written over a section, where both mean the same thing by a name."""
    if type(section) is not type(changes):
        return section
    if isinstance(section, list):
        return [_fit(section[0], item) for item in changes] if section else changes
    if isinstance(section, dict):
        known = {key: value for key, value in changes.items() if key in section}
        return section | {key: _overlay(section[key], value) for key, value in known.items()}
    return changes
