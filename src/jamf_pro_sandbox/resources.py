"""Keeps what is written: lists of numbered records, and settings of which there is one."""

from __future__ import annotations

import functools
import itertools
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import attrs

from jamf_pro_sandbox.calls import Answer, Call, Handler, empty_answer, json_answer
from jamf_pro_sandbox.description import API_PREFIX, Description, Operation, Schema
from jamf_pro_sandbox.errors import Cause, Refusal
from jamf_pro_sandbox.generic import GenericAnswers
from jamf_pro_sandbox.histories import Histories
from jamf_pro_sandbox.lists import list_value, row_schema
from jamf_pro_sandbox.records import Table
from jamf_pro_sandbox.settings import settings_handlers
from jamf_pro_sandbox.shapes import Shaper
from jamf_pro_sandbox.uploads import FILE, content_of, uploaded

__all__ = ("Resource", "Resources", "noun_of")

_JSON: Final = "application/json"
_VERSION: Final = re.compile(r"^/(v\d+|preview)(?=/)")
_START: Final[Mapping[str, Sequence[Mapping[str, Any]]]] = {
    "/buildings": (
        {"name": "Harbour House", "city": "Seahaven", "country": "Atlantis"},
        {"name": "Lighthouse", "city": "Seahaven", "country": "Atlantis"},
        {"name": "Mill", "city": "Riverford", "country": "Atlantis"},
    ),
    "/categories": (
        {"name": "Drawing", "priority": 5},
        {"name": "Printing", "priority": 9},
        {"name": "Security", "priority": 1},
    ),
    # The inventory tells who is in them.
    "/computer-groups/smart-groups": ({"name": "All Managed Clients"}, {"name": "Apple Silicon"}),
    "/api-roles": (
        {"displayName": "Inventory", "privileges": ["Read Computers", "Read Mobile Devices"]},
        {"displayName": "Packaging", "privileges": ["Create Packages", "Update Packages"]},
        {"displayName": "Erasing", "privileges": ["Send Computer Remote Wipe Command"]},
    ),
    "/api-integrations": tuple(
        {"displayName": name, "authorizationScopes": [role], "enabled": True}
        for name, role in (("Reports", "Inventory"), ("Builds", "Packaging"), ("Desk", "Erasing"))
    ),
    "/departments": tuple({"name": name} for name in ("Cartography", "Kitchen", "Workshop")),
}
# The description does not say it: their ids are plain text there.
_UUIDS: Final = frozenset({"/log-flushing/task"})
# Newer versions have them at another path.
_RENAMED: Final = {"/inventory-preload/records": "/inventory-preload"}
_ID_NAMES: Final = ("id", "groupId")
# No smart group has the id of a static one.
_GROUPS: Final = re.compile(r"^/[a-z-]+-groups/(?=s)")
_OF_RECORDS: Final = {"GET": "get", "PUT": "replace", "PATCH": "update", "DELETE": "delete"}
# The panels of an enrollment customization are in one list, whatever kind they are of.
_PANEL: Final = re.compile(r"(?<=/)(ldap|sso|text)$")
# Of these a list has only one with the same value.
_NAMES: Final = ("name", "displayName", "packageName", "groupName")


def filled(template: str, values: Mapping[str, str]) -> str:
    """Return a path with values in the place of their names."""
    for name, value in values.items():
        template = template.replace(f"{{{name}}}", value)
    return template


def noun_of(template: str) -> str:
    """Return a path without its version: all versions of a list hold the same records."""
    noun = _VERSION.sub("", template)
    return _RENAMED.get(noun, noun)


class Resources:
    """Everything of one server that is plainly written and read.

    Args:
        description: Which lists and settings there are.
        tables: Records that are there at the start, by the path of their list without version.
    """

    def __init__(self, description: Description, tables: Mapping[str, Table] | None = None) -> None:
        self._description = description
        self._generic = GenericAnswers(description)
        self._shaper = Shaper(description)
        self.histories = Histories(description)
        self.tables = dict(tables or {})
        """By the path of the list, without version."""
        self._ids: defaultdict[str, Iterator[int]] = defaultdict(lambda: itertools.count(1))

    def handlers(self) -> dict[str, Handler]:
        """Return what answers each operation that keeps what is written to it."""
        by_template: dict[str, dict[str, Operation]] = {}
        for operation in self._description.operations.values():
            by_template.setdefault(operation.template, {})[operation.method] = operation
        handlers = self.histories.handlers() | self._lists(by_template)
        for operations in by_template.values():
            if not any(one.operation_id in handlers for one in operations.values()):
                handlers |= settings_handlers(
                    self._description, self._generic, self._shaper, operations
                )
        return handlers

    def _lists(self, by_template: Mapping[str, Mapping[str, Operation]]) -> dict[str, Handler]:
        handlers: dict[str, Handler] = {}
        of_records = _by_list(by_template)
        for template, operations in by_template.items():
            items = of_records.get(template, {})
            deletion = by_template.get(f"{template}/delete-multiple", {})
            if not self._is_list(operations, items, deletion):
                continue
            actions = self.resource(template).actions(operations, items, deletion)
            for path in (f"{template}/{{id}}/download", f"{template}/download/{{id}}"):
                actions |= {one.operation_id: "get" for one in by_template.get(path, {}).values()}
            for operation_id, action in actions.items():
                handlers[operation_id] = functools.partial(self._act, template, action)
        return handlers

    def resource(self, template: str, parents: Mapping[str, str] | None = None) -> Resource:
        """Return the list at a path, made when it is first asked for.

        Args:
            template: The path.
            parents: The values of what is variable in it.
        """
        noun = filled(noun_of(template), parents or {})
        panel = _PANEL.search(noun) if "{" in template else None
        noun = _PANEL.sub("all", noun) if panel else noun
        if noun not in self.tables:
            shared = _GROUPS.search(noun)
            ids = self._ids[shared[0]] if shared else None
            self.tables[noun] = Table(_START.get(noun), uuids=noun in _UUIDS, ids=ids)
        creation = self._description.operations.get(f"post_{_slug(template)}")
        name = _name_of(self._description, creation) if creation else None
        return Resource(
            self._description,
            self._generic,
            self._shaper,
            self.tables[noun],
            self.histories,
            noun,
            name,
            {"type": panel[0]} if panel else {},
            _status_of_duplicates(creation),
            self.tables,
        )

    def _act(self, template: str, action: str, call: Call) -> Answer:
        # A list inside a record is another one for each record.
        handler: Handler = getattr(self.resource(template, call.path_values), action)
        return handler(call)

    def _is_list(
        self,
        base: Mapping[str, Operation],
        items: Mapping[str, Operation],
        deletion: Mapping[str, Operation],
    ) -> bool:
        written = items.keys() & {"PUT", "PATCH", "DELETE"} or "POST" in base
        if not (items or deletion) or not written:
            return False
        known = [_schema_of(self._description, one) for one in (*items.values(), *base.values())]
        rows = row_schema(self._description, base["GET"]) if "GET" in base else None
        schemas = [*known, self._description.resolve(rows[1]) if rows else None]
        return any(_has_number(self._description, schema) for schema in schemas if schema)


@attrs.frozen(eq=False)
class Resource:
    """One list of records in one version. Calls come one after the other: nothing is locked."""

    description: Description
    generic: GenericAnswers
    shaper: Shaper
    table: Table
    histories: Histories
    noun: str
    name: str | None
    """The property by which records are told apart."""
    always: Mapping[str, Any]
    """What is known of every record that is made here."""
    taken: int
    """The status of what would give a name twice."""
    tables: Mapping[str, Table]
    """Where records are that this list names."""

    def actions(
        self,
        base: Mapping[str, Operation],
        items: Mapping[str, Operation],
        deletion: Mapping[str, Operation],
    ) -> dict[str, str]:
        """Return which of its methods answers which operation.

        Args:
            base: The operations of the list by method.
            items: Those of its records.
            deletion: Those of `delete-multiple`.
        """
        actions: dict[str, str] = {}
        if "GET" in base and row_schema(self.description, base["GET"]) is not None:
            actions[base["GET"].operation_id] = "get_page"
        if "POST" in base:
            actions[base["POST"].operation_id] = "create"
        if "DELETE" in base:
            actions[base["DELETE"].operation_id] = "clear"
        actions |= {one.operation_id: _OF_RECORDS[method] for method, one in items.items()}
        return actions | {one.operation_id: "delete_many" for one in deletion.values()}

    def get_page(self, call: Call) -> Answer:
        """Answer with one page of the records."""
        shape = row_schema(self.description, call.operation)
        if shape is None:
            return self.generic.answer(call)
        rows = [self.shaped(shape[1], number) for number in self.table.numbers]
        return json_answer(200, list_value(self.description, call, rows, shape))

    def create(self, call: Call) -> Answer:
        """Store a new record."""
        if not isinstance(call.body, Mapping):
            return self.generic.answer(call)
        self.check(call.body, None)
        number = self.table.add({**uploaded(call.body), **self.always})
        if FILE in call.body:
            path = f"{API_PREFIX}{call.operation.template}/download/{number}"
            self.table.change(number, {"url": f"{call.base_url}{path}"})
        self.histories.begin(self._history(number), "Created")
        return self.answer(call, number)

    def get(self, call: Call) -> Answer:
        """Answer with one record."""
        return self.answer(call, self.existing(call))

    def replace(self, call: Call) -> Answer:
        """Replace one record as a whole: what is not sent is gone."""
        number = self.existing(call)
        self.check(call.body, number)
        self.table.write(number, {**call.body, **self.always})
        return self._written(call, number)

    def update(self, call: Call) -> Answer:
        """Change what is sent of one record."""
        number = self.existing(call)
        self.check(call.body, number)
        self.table.change(number, call.body)
        return self._written(call, number)

    def delete(self, call: Call) -> Answer:
        """Delete one record."""
        self.table.remove(self.existing(call))
        return empty_answer(call.operation.success_status)

    def delete_many(self, call: Call) -> Answer:
        """Delete several records.

        Raises:
            Refusal: 400; some ids are unknown. The others are deleted all the same.
        """
        causes = []
        for given in call.body.get("ids", []):
            try:
                self.table.remove(self.table.number(given))
            except (KeyError, Refusal):
                causes.append(Cause("INVALID_ID", f"nothing has the id {given}", given, "ids"))
        if causes:
            raise Refusal(400, causes)
        return empty_answer()

    def clear(self, call: Call) -> Answer:
        """Delete all records."""
        self.table.records.clear()
        return empty_answer(call.operation.success_status)

    def existing(self, call: Call) -> int:
        """Return the id in the path.

        Raises:
            Refusal: 400, it is no number; 404, nothing has it.
        """
        *_, key = call.path_values.values()
        number = self.table.number(key)
        if number not in self.table.records:
            raise Refusal(404, [Cause("INVALID_ID", f"nothing has the id {key}", field="id")])
        return number

    def answer(self, call: Call, number: int) -> Answer:
        """Answer with a record, or with what the operation says of it instead."""
        operation = call.operation
        schema = operation.answers.get(_JSON)
        if schema is None:
            answer = self.generic.answer(call)
            content = content_of(self.table.records[number].known, answer.media_type)
            return answer if content is None else attrs.evolve(answer, content=content)
        properties = self.description.resolve(schema).get("properties", {})
        if "href" in properties and operation.method == "POST":
            return json_answer(
                operation.success_status,
                {"id": self.table.key(number), "href": call.href(self.table.key(number))},
            )
        return json_answer(operation.success_status, self.shaped(schema, number))

    def _written(self, call: Call, number: int) -> Answer:
        self.histories.append(self._history(number), "Edited")
        return self.answer(call, number)

    def _history(self, number: int) -> str:
        return f"{self.noun}/{self.table.key(number)}/history"

    def shaped(self, schema: Schema, number: int) -> dict[str, Any]:
        """Return a record as a schema describes it."""
        record = self.table.records[number]
        value = self.shaper.shape(schema, record.known, row=number - 1, invented=record.is_invented)
        for name in _ID_NAMES:
            if name in value:
                value[name] = self.table.key(number) if isinstance(value[name], str) else number
                break
        if "categoryName" in value:
            value["categoryName"] = self._category(value["categoryId"]) or value["categoryName"]
        return value

    def _category(self, key: str) -> str | None:
        categories = self.tables.get("/categories")
        if categories is None or not key.isdecimal() or not categories.has(key):
            return None
        name: str | None = categories.records[int(key)].known.get("name")
        return name

    def name_of(self, number: int) -> str:
        """Return what a record is called; an invented one as the samples call it."""
        known = self.table.records[number].known
        return str(known.get(self.name or "", f"Sample {self.name} {number}"))

    def check(self, body: Mapping[str, Any], own: int | None) -> None:
        """Refuse what servers do not store.

        Args:
            body: What is to be written.
            own: The number of the record; None is for a new one.

        Raises:
            Refusal: Another record has this name.
        """
        wanted = body.get(self.name) if self.name else None
        if self.name is None or not isinstance(wanted, str):
            return
        for number in self.table.records:
            if number != own and self.name_of(number).casefold() == wanted.casefold():
                text = f"{wanted!r} exists already"
                raise Refusal(self.taken, [Cause("DUPLICATE_FIELD", text, field=self.name)])


def _by_list(
    by_template: Mapping[str, Mapping[str, Operation]],
) -> dict[str, Mapping[str, Operation]]:
    """Return the operations on one record by method, by the path of the list."""
    found = {}
    for template, operations in by_template.items():
        base, _, last = template.rpartition("/")
        if last.startswith("{"):
            found[base] = operations
    return found


def _status_of_duplicates(creation: Operation | None) -> int:
    described = creation.statuses if creation else ()
    return next((status for status in (422, 409) if status in described), 400)


def _slug(template: str) -> str:
    return re.sub(r"\W+", "_", template.strip("/"))


def _schema_of(description: Description, operation: Operation) -> Schema | None:
    schema = description.resolve(operation.answers.get(_JSON, {}))
    return schema if "properties" in schema else None


def _has_number(description: Description, schema: Schema) -> bool:
    parts = (description.resolve(schema.get("properties", {}).get(name, {})) for name in _ID_NAMES)
    return any(
        part.get("type") == "integer" or (part.get("type") == "string" and "format" not in part)
        for part in parts
    )


def _names(properties: Mapping[str, Any]) -> Iterator[str]:
    return (name for name in _NAMES if name in properties)


def _name_of(description: Description, creation: Operation) -> str | None:
    schema = description.resolve(creation.bodies.get(_JSON, {}))
    return next(_names(schema.get("properties", {})), None)
