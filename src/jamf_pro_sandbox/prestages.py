"""Prestages and their scopes: a write has to name the version locks as they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import attrs

from jamf_pro_sandbox.calls import Answer, Call, Handler, json_answer
from jamf_pro_sandbox.description import Description, Schema
from jamf_pro_sandbox.errors import Cause, Refusal
from jamf_pro_sandbox.paging import dig
from jamf_pro_sandbox.resources import Resource, Resources, noun_of

__all__ = ("prestage_handlers",)

_JSON: Final = "application/json"
_LOCK: Final = "versionLock"
_ASSIGNED: Final = "2026-01-15T09:30:00.000Z"

_Path = tuple[str, ...]


def prestage_handlers(description: Description, resources: Resources) -> dict[str, Handler]:
    """Return what answers the prestages of computers and mobile devices, in every version.

    Args:
        description: Which there are.
        resources: Where the records are kept.
    """
    handlers: dict[str, Handler] = {}
    scopes: dict[str, _Scopes] = {}
    for operation_id, operation in description.operations.items():
        template = operation.template
        base, _, rest = template.partition("-prestages")
        base += "-prestages"
        if not rest and not template.endswith("-prestages"):
            continue
        plain = resources.resource(base)
        scope = scopes.setdefault(noun_of(base), _Scopes(plain))
        prestages = _Prestages(**{field.name: getattr(plain, field.name) for field in _FIELDS})
        found = {
            ("GET", ""): prestages.get_page,
            ("POST", ""): prestages.create,
            ("GET", "/{id}"): prestages.get,
            ("PUT", "/{id}"): prestages.replace,
            ("GET", "/scope"): scope.get_all,
            ("GET", "/{id}/scope"): scope.get,
            ("PUT", "/{id}/scope"): scope.replace,
            ("POST", "/{id}/scope"): scope.add,
            ("POST", "/{id}/scope/delete-multiple"): scope.remove,
        }.get((operation.method, rest))
        if found is not None:
            handlers[operation_id] = found
    return handlers


class _Prestages(Resource):
    """Records with a version lock of their own and one for each block inside."""

    def create(self, call: Call) -> Answer:
        """Store a new prestage; its locks begin at 0, whatever was sent."""
        answer = super().create(call)
        number = self.table.numbers[-1]
        schema = call.operation.bodies[_JSON]
        known = self.table.records[number].known
        for path in _locked(self.description, schema):
            known = _with_lock(known, path, 0)
        self.table.write(number, known)
        return answer

    def replace(self, call: Call) -> Answer:
        """Replace a prestage.

        Raises:
            Refusal: 409; a lock is not the current one.
        """
        number = self.existing(call)
        old = self.shaped(call.operation.answers[_JSON], number)
        body: Mapping[str, Any] = call.body
        paths = [
            path
            for path in _locked(self.description, call.operation.bodies[_JSON])
            if isinstance(_block(body, path), Mapping)
        ]
        for path in paths:
            _check_lock(_block(body, path), _lock_at(old, path))
        locks = {path: _lock_at(old, path) + _is_changed(old, body, path) for path in paths}
        for path, lock in locks.items():
            body = _with_lock(body, path, lock)
        return super().replace(attrs.evolve(call, body=body))

    def shaped(self, schema: Schema, number: int) -> dict[str, Any]:
        """Return a prestage as a schema describes it, with its current locks."""
        value = super().shaped(schema, number)
        known = self.table.records[number].known
        for path in _locked(self.description, schema):
            block = _block(value, path)
            block[_LOCK] = _lock_at(known, path)
            if "id" in block:
                block["id"] = str(number)
        return value


_FIELDS: Final = attrs.fields(Resource)


class _Scopes:
    """Which serial numbers belong to which prestage."""

    def __init__(self, prestages: Resource) -> None:
        self._prestages = prestages
        self._serials: dict[int, tuple[str, ...]] = {}
        self._locks: dict[int, int] = {}

    def get_all(self, _call: Call) -> Answer:
        """Answer with the prestage of every serial number."""
        pairs = {
            serial: str(number)
            for number in self._prestages.table.numbers
            for serial in self._at(number)
        }
        return json_answer(200, {"serialsByPrestageId": pairs})

    def get(self, call: Call) -> Answer:
        """Answer with the scope of one prestage."""
        return self._answer(self._prestages.existing(call))

    def replace(self, call: Call) -> Answer:
        """Put these serial numbers in the place of the others."""
        return self._write(call, lambda _old, given: given)

    def add(self, call: Call) -> Answer:
        """Add serial numbers."""
        return self._write(call, lambda old, given: (*old, *given))

    def remove(self, call: Call) -> Answer:
        """Take serial numbers out."""
        return self._write(call, lambda old, given: tuple(one for one in old if one not in given))

    def _write(self, call: Call, change: Any) -> Answer:
        number = self._prestages.existing(call)
        _check_lock(call.body, self._locks.get(number, 0))
        serials = change(self._at(number), tuple(call.body["serialNumbers"]))
        self._check_free(serials, number)
        self._serials[number] = tuple(dict.fromkeys(serials))
        self._locks[number] = self._locks.get(number, 0) + 1
        return self._answer(number)

    def _check_free(self, serials: tuple[str, ...], own: int) -> None:
        """Refuse what is in another prestage: servers move nothing by themselves.

        Raises:
            Refusal: 400; with a cause for each serial number.
        """
        others = {
            serial
            for number in self._prestages.table.numbers
            if number != own
            for serial in self._at(number)
        }
        taken = [serial for serial in serials if serial in others]
        if taken:
            field = "serialNumbers"
            raise Refusal(400, [Cause("ALREADY_SCOPED", serial, field=field) for serial in taken])

    def _at(self, number: int) -> tuple[str, ...]:
        record = self._prestages.table.records[number]
        invented = (f"INVENTED{number:04}",) if record.is_invented else ()
        return self._serials.get(number, invented)

    def _answer(self, number: int) -> Answer:
        assignments = [
            {"serialNumber": serial, "assignmentDate": _ASSIGNED, "userAssigned": "sandbox-admin"}
            for serial in self._at(number)
        ]
        lock = self._locks.get(number, 0)
        scope = {"prestageId": str(number), "assignments": assignments, _LOCK: lock}
        return json_answer(200, scope)


def _locked(description: Description, schema: Schema, above: _Path = ()) -> Iterator[_Path]:
    """Yield where a schema describes a version lock."""
    properties = description.resolve(schema).get("properties", {})
    if _LOCK in properties or not above:
        yield above
    for name, part in properties.items():
        if len(above) < 2:
            inner = _locked(description, part, (*above, name))
            yield from inner


def _block(value: Any, path: _Path) -> Any:
    return dig(value, ".".join(path)) if path else value


def _lock_at(known: Mapping[str, Any], path: _Path) -> int:
    return dig(known, ".".join((*path, _LOCK))) or 0


def _check_lock(given: Mapping[str, Any], current: int) -> None:
    if given.get(_LOCK) != current:
        text = f"the version lock is {current}; somebody else has written in the meantime"
        raise Refusal(409, [Cause("OPTIMISTIC_LOCK_FAILED", text, field=_LOCK)])


def _is_changed(old: Mapping[str, Any], new: Mapping[str, Any], path: _Path) -> bool:
    """Whether a write changes a block; the record as a whole counts as changed by every write."""
    before = _block(old, path) or {}
    now = _block(new, path)
    return not path or any(now[name] != before.get(name) for name in now if name != "id")


def _with_lock(value: Mapping[str, Any], path: _Path, lock: int) -> dict[str, Any]:
    if not path:
        return {**value, _LOCK: lock}
    inner = value.get(path[0])
    part = inner if isinstance(inner, Mapping) else {}
    return {**value, path[0]: _with_lock(part, path[1:], lock)}
