"""The Classic API of the sandbox, `/JSSResource`: XML and JSON, and pages where it says no."""

from __future__ import annotations

import functools
import re
import threading
from collections import defaultdict, deque
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote_plus

import attrs
import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from jamf_pro_sandbox.calls import Answer
from jamf_pro_sandbox.checks import check_length
from jamf_pro_sandbox.classic_fleet import ClassicComputers, ClassicGroups
from jamf_pro_sandbox.classic_records import ClassicRecords, Records, field_of, find
from jamf_pro_sandbox.classic_reports import ClassicReports
from jamf_pro_sandbox.classic_values import ClassicValues, refusal
from jamf_pro_sandbox.description import Description, Operation, Schema
from jamf_pro_sandbox.errors import Refusal, classic_page
from jamf_pro_sandbox.inventory import Fleet
from jamf_pro_sandbox.linked import LinkedRecords
from jamf_pro_sandbox.recording import RecordedRequest, Recorder, redact
from jamf_pro_sandbox.samples import Sampler
from jamf_pro_sandbox.tokens import TokenStore

__all__ = ("CLASSIC_PREFIX", "ClassicServer", "load_classic")

CLASSIC_PREFIX: Final = "/JSSResource"
_XML: Final = "application/xml"
_PAGE: Final = "text/html;charset=utf-8"
# Servers label JSON so.
_JSON: Final = "text/plain;charset=UTF-8"
_ROWS: Final = 5
# Subsets that are not called by the element of their section.
_SUBSETS: Final = {
    "software": "software_report",
    "hardwre": "hardware_report",
    "fonts": "font_report",
    "plugins": "plugin_report",
    "invitationusages": "invitation_usage",
}
_OK_ON_CREATION: Final = ("computerinvitations", "mobiledeviceinvitations")
_NOT_FOUND: Final = "The server has not found anything matching the request URI"


@functools.cache
def load_classic() -> Description:
    """Read the description of the Classic API; read once per process."""
    here = Path(__file__)
    for place in (here.parents[2] / "openapi" / "classic.json", here.with_name("classic.json")):
        if place.is_file():
            return Description(msgspec.json.decode(place.read_bytes()))
    raise FileNotFoundError("The sandbox has no description of the Classic API: classic.json.")


@attrs.frozen
class _Asked:
    """A request that found its operation."""

    operation: Operation
    values: dict[str, str]
    content: bytes
    content_type: str
    wants_json: bool

    @property
    def tag(self) -> str:
        return self.operation.template.split("/")[1]


class ClassicServer:
    """Everything that answers `/JSSResource`.

    Args:
        tokens: Who may call.
        fleet: The computers that the inventory shows, too.
        linked: Where they are.
        recorder: Takes down what is asked.
    """

    def __init__(
        self, tokens: TokenStore, fleet: Fleet, linked: LinkedRecords, recorder: Recorder
    ) -> None:
        self.description = load_classic()
        self._tokens = tokens
        self._recorder = recorder
        self._values = ClassicValues(self.description)
        self._sampler = Sampler(self.description)
        computers = ClassicComputers(fleet, linked)
        self._records: dict[str, Records] = {
            "Computer": computers,
            "ComputerGroup": ClassicGroups(computers),
        }
        self._reports = ClassicReports(self._sampler, self._records_of)
        self._single: dict[str, dict[str, Any]] = {}
        self._scripted: dict[str, deque[Answer]] = defaultdict(deque)
        self._lock = threading.RLock()

    def script(self, operation_id: str, answer: Answer) -> None:
        """Let the next call of an operation get *answer*, whatever it asks for."""
        with self._lock:
            self._scripted[operation_id].append(answer)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request below `/JSSResource`."""
        request = Request(scope, receive)
        content = await request.body()
        raw: bytes = scope.get("raw_path") or scope["path"].encode()
        path = raw.partition(b"?")[0].decode("latin-1").removeprefix(CLASSIC_PREFIX)
        record = _record(request, CLASSIC_PREFIX + path, content)
        try:
            answer = self._answer(request, path, content, record)
        except Refusal as refused:
            record.violation = refused.violation if refused.status in (400, 405, 414, 415) else None
            sentence = refused.violation or "The request requires user authentication"
            answer = Answer(refused.status, classic_page(refused.status, sentence), _PAGE)
        record.status = answer.status
        self._recorder.add(record)
        response = Response(answer.content, answer.status, dict(answer.headers))
        if answer.media_type:
            response.headers["Content-Type"] = answer.media_type
        await response(scope, receive, send)

    def _answer(
        self, request: Request, path: str, content: bytes, record: RecordedRequest
    ) -> Answer:
        check_length(record.path, request.scope["query_string"])
        operation, values = self._route(request.method, path)
        record.template, record.operation_id = operation.template, operation.operation_id
        with self._lock:
            if self._scripted[operation.operation_id]:
                return self._scripted[operation.operation_id].popleft()
        self._tokens.grant_for(request.headers.get("authorization"))
        accept = request.headers.get("accept", "")
        asked = _Asked(
            operation,
            values,
            content,
            request.headers.get("content-type", "").partition(";")[0].strip().lower(),
            wants_json="json" in accept and not accept.startswith((_XML, "text/xml")),
        )
        with self._lock:
            return self._read(asked) if operation.method == "GET" else self._write(asked)

    def _route(self, method: str, path: str) -> tuple[Operation, dict[str, str]]:
        if "%2f" in path.lower():
            raise refusal(400, "The request could not be understood: a slash in a name")
        found = self.description.find(method, path)
        if found is None:
            if self.description.methods(path):
                raise refusal(405, f"The method {method} is not allowed here")
            raise refusal(404, _NOT_FOUND)
        operation, _ = found
        return operation, _path_values(operation.template, path)

    def _read(self, asked: _Asked) -> Answer:
        schema = asked.operation.answers[_XML]
        value = self._value(asked, schema)
        subset = asked.values.get("subset")
        if subset is not None and isinstance(value, dict):
            value = _sections(value, subset)
        if asked.wants_json:
            return Answer(200, msgspec.json.encode(self._values.json(value, schema)), _JSON)
        return Answer(200, self._values.xml(value, schema), f"{_XML};charset=UTF-8")

    def _value(self, asked: _Asked, schema: Schema) -> Any:
        steps = asked.operation.template.split("/")[2:]
        if asked.tag in self._reports:
            return self._reports.get(asked.tag, schema, steps, asked.values)
        if schema.get("type") == "array":
            return self._rows(asked, schema)
        name = _name(schema)
        if name == "Accounts":
            return {
                "users": self._listed("Account", {"id", "name"}),
                "groups": self._listed("Group", {"id", "name"}),
            }
        records = self._known(name, asked.tag)
        if records is None:
            return self._one(name)
        if len(steps) < 2 or not steps[1].startswith("{"):
            return self._sampler.answer(schema)
        return records.get(find(records, steps[0], asked.values[steps[1].strip("{}")]))

    def _rows(self, asked: _Asked, schema: Schema) -> list[Any]:
        """Return the rows of a list: the records in short, if there are any of its kind."""
        name = self._record_of(asked.tag)
        records = self._known(name, asked.tag) if name else None
        if records is not None and "id" in asked.values:
            find(records, "id", asked.values["id"])
            return [self._sampler.answer(schema["items"], row=row) for row in range(_ROWS)]
        if records is None or name is None:
            return [self._sampler.answer(schema["items"], row=row) for row in range(_ROWS)]
        wanted = set(self.description.resolve(schema["items"])["properties"])
        rows = self._listed(name, wanted)
        if asked.values.keys() & {"category", "email", "softwaretitleconfigid"}:
            found = [row for row in rows if _is_of(records.get(row["id"]), asked.values)]
            if not found and "email" in asked.values:
                raise refusal(404, _NOT_FOUND)
            return found
        pattern = next(
            (asked.values[key] for key in ("match", "matchname") if key in asked.values), None
        )
        if pattern is None:
            return rows
        shape = re.compile(re.escape(pattern).replace(r"\*", ".*"), re.IGNORECASE)
        return [row for row in rows if any(shape.fullmatch(str(part)) for part in row.values())]

    def _listed(self, name: str, wanted: set[str]) -> list[dict[str, Any]]:
        records = self._known(name, "")
        rows = []
        for number in records.ids() if records else ():
            record = records.get(number) if records else {}
            sections = (record.get(section) for section in ("general", "location"))
            flat = dict(record)
            for section in sections:
                flat |= section if isinstance(section, dict) else {}
            rows.append({"id": number, **{key: flat[key] for key in flat if key in wanted}})
        return rows

    def _record_of(self, tag: str) -> str | None:
        for place in (f"/{tag}/id/{{id}}", f"/{tag}/id/{{id}}/subset/{{subset}}"):
            item = self.description.document["paths"].get(place, {})
            if "get" in item:
                content = next(iter(item["get"]["responses"].values()))["content"]
                return _name(content[_XML]["schema"])
        return None

    def _known(self, name: str, tag: str) -> Records | None:
        """Return the records of a kind; None for what there is only one of."""
        if name in self._records:
            return self._records[name]
        if tag and not any(
            f"/{tag}/{key}/" in template
            for template in self._templates
            for key in ("id", "userid", "groupid")
        ):
            return None
        schema = self.description.schema(name)
        rows = [self._sampler.answer(schema, row=row) for row in range(_ROWS)]
        has_names = all(field_of(row, "name") for row in rows)
        self._records[name] = ClassicRecords(rows, has_names=has_names)
        return self._records[name]

    def _records_of(self, name: str) -> Records:
        records = self._known(name, "")
        if records is None:
            raise LookupError(f"there are no records called {name}")
        return records

    @functools.cached_property
    def _templates(self) -> tuple[str, ...]:
        return tuple(self.description.document["paths"])

    def _one(self, name: str) -> dict[str, Any]:
        if name not in self._single:
            self._single[name] = self._sampler.answer(self.description.schema(name))
        return self._single[name]

    def _write(self, asked: _Asked) -> Answer:
        operation = asked.operation
        steps = operation.template.split("/")[2:]
        schema = operation.bodies.get(_XML)
        given = self._body(asked, schema) if schema is not None else {}
        name = _name(schema) if schema is not None else self._deleted(operation)
        if operation.method == "PUT" and not steps and name:
            self._single[name] = self._one(name) | given
            return self._result(name, {}, 201)
        is_command = "command" in asked.tag or asked.tag in ("logflush", "fileuploads")
        if name is None or is_command or len(steps) < 2:
            return self._done(asked, name)
        records = self._known(name, asked.tag)
        if records is None:
            return self._result(name, {"id": 1}, operation.success_status)
        if operation.method == "POST":
            status = 200 if asked.tag in _OK_ON_CREATION else 201
            return self._result(name, {"id": records.create(given)}, status)
        number = find(records, steps[0], asked.values[steps[1].strip("{}")])
        if operation.method == "DELETE":
            records.delete(number)
            return self._result(name, {"id": number}, 200)
        records.change(number, given)
        return self._result(name, {"id": number}, 201)

    def _body(self, asked: _Asked, schema: Schema) -> Any:
        if not asked.content:
            raise refusal(400, "Error: No content was sent")
        if asked.content_type not in (_XML, "text/xml"):
            raise refusal(415, f"Unsupported Media Type: {asked.content_type or 'none'}")
        return self._values.read(asked.content, schema)

    def _deleted(self, operation: Operation) -> str | None:
        item = self.description.document["paths"][operation.template]
        if "get" not in item:
            return None
        schema = next(iter(item["get"]["responses"].values()))["content"][_XML]["schema"]
        return _name(schema.get("items", schema))

    def _done(self, asked: _Asked, name: str | None) -> Answer:
        """Answer an order that leaves no record."""
        if "command" not in asked.tag or asked.operation.method != "POST":
            return self._result(name, {"id": 1}, asked.operation.success_status)
        kind = asked.tag.removesuffix("commands")
        element = "computer_command" if kind == "computer" else "mobile_device_command"
        command = asked.values.get("command", "UpdateInventory")
        text = (
            '<?xml version="1.0" encoding="UTF-8"?>'
            f"<{element}><command><name>{command}</name>"
            "<command_uuid>00000000-0000-4000-8000-000000000001</command_uuid></command>"
            f"</{element}>"
        )
        return Answer(201, text.encode(), f"{_XML};charset=UTF-8")

    def _result(self, name: str | None, value: dict[str, Any], status: int) -> Answer:
        """Answer a write: the id, in XML whatever was asked for."""
        element = self._values.element(self.description.schema(name)) if name else "result"
        content = self._values.xml(value, self.description.schema("WriteResult"), element)
        return Answer(status, content, f"{_XML};charset=UTF-8")


def _name(schema: Schema) -> str:
    return str(schema.get("$ref", "")).rpartition("/")[2]


def _is_of(record: dict[str, Any], values: dict[str, str]) -> bool:
    """Whether a record is one of those that a list is cut to."""
    general = record.get("general") or {}
    category = general.get("category") or {}
    owned = {
        "category": (category.get("id"), category.get("name")),
        "email": (record.get("email"), record.get("email_address")),
        "softwaretitleconfigid": (record.get("software_title_configuration_id"),),
    }
    return all(
        values[key].casefold() in {str(part).casefold() for part in parts}
        for key, parts in owned.items()
        if key in values
    )


def _sections(record: dict[str, Any], subset: str) -> dict[str, Any]:
    """Return the sections asked for; the whole record if one of them is unknown."""
    known = {name.replace("_", ""): name for name in record}
    known |= {subset: name for subset, name in _SUBSETS.items() if name in record}
    asked = [part.strip().lower().replace("_", "") for part in subset.split("&")]
    if not set(asked) <= known.keys():
        return record
    chosen = {known[part] for part in asked}
    return {name: part for name, part in record.items() if name in chosen}


def _path_values(template: str, path: str) -> dict[str, str]:
    """Return the values of a path; a plus is a blank to this API, as in a form."""
    pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+?)", re.escape(template))
    found = re.fullmatch(pattern, path)
    return {name: unquote_plus(text) for name, text in (found.groupdict() if found else {}).items()}


def _record(request: Request, path: str, body: bytes) -> RecordedRequest:
    return RecordedRequest(
        method=request.method,
        path=path,
        template=None,
        operation_id=None,
        query=list(request.query_params.multi_items()),
        headers={name: redact(name, value) for name, value in request.headers.items()},
        content_type=request.headers.get("content-type"),
        body=body,
    )
