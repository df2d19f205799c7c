"""MDM commands: those that are sent are listed, pending at first and then acknowledged."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from typing import Any, Final

import attrs

from jamf_pro_sandbox.calls import Answer, Call, Handler, json_answer
from jamf_pro_sandbox.description import Description, Operation
from jamf_pro_sandbox.errors import Cause, Refusal, violation
from jamf_pro_sandbox.inventory import Fleet
from jamf_pro_sandbox.lists import list_value, row_schema
from jamf_pro_sandbox.progress import Progress
from jamf_pro_sandbox.records import Table, record_id

__all__ = ("command_handlers",)

_MOST_UUIDS: Final = 40
_COMPUTER, _MOBILE_DEVICE = "COMPUTER", "MOBILE_DEVICE"
_INSTALL: Final = "INSTALL_ENTERPRISE_APPLICATION"
# What operations on one device send, by a word of their path. Servers list more types of commands
# than the description does.
_SENT_BY: Final = {
    "erase": "ERASE_DEVICE",
    "unmanage": "REMOVE_PROFILE",
    "remove-mdm-profile": "REMOVE_PROFILE",
    "redeploy": _INSTALL,
}


def command_handlers(
    description: Description, fleet: Fleet, mobile_devices: Table
) -> dict[str, Handler]:
    """Return what sends MDM commands and tells of them.

    Args:
        description: Which operations send a command to one device.
        fleet: The computers.
        mobile_devices: The mobile devices.
    """
    commands = _Commands(description, _Devices(fleet, mobile_devices))
    handlers: dict[str, Handler] = {
        "post_v2_mdm_commands": commands.send,
        "get_v2_mdm_commands": commands.get_page,
        "get_v1_mdm_commands": commands.get_some,
        "post_v2_mdm_blank_push": commands.push,
        "post_v1_mdm_renew_profile": commands.renew,
        "post_v1_deploy_package": commands.deploy,
    }
    for operation in description.operations.values():
        if operation.method == "POST" and _answers_with_command(description, operation):
            handlers[operation.operation_id] = commands.send_to_one
    return handlers


def _answers_with_command(description: Description, operation: Operation) -> bool:
    schema = description.resolve(operation.answers.get("application/json", {}))
    names = schema.get("properties", {})
    return "deviceId" in names and "commandUuid" in names


@attrs.frozen(eq=False)
class _Devices:
    """Computers and mobile devices, as commands address them."""

    fleet: Fleet
    mobile_devices: Table

    def all(self) -> Iterator[tuple[str, int, Mapping[str, str]]]:
        """Yield the client type, the id and the identifiers of each device."""
        for number in self.fleet.numbers:
            machine = self.fleet.machine(number)
            ids = {"managementId": machine.management_id, "udid": machine.udid}
            yield _COMPUTER, number, ids
        for number, record in self.mobile_devices.records.items():
            yield _MOBILE_DEVICE, number, record.known

    def management_id(self, kind: str, number: int) -> str | None:
        """Return how a device is addressed; None when there is none with the id."""
        found = (ids for a_kind, one, ids in self.all() if (a_kind, one) == (kind, number))
        return next((ids["managementId"] for ids in found), None)

    def kind_of(self, management_id: str) -> str:
        """Return the client type of a device."""
        found = (kind for kind, _, ids in self.all() if ids["managementId"] == management_id)
        return next(found, "UNKNOWN")

    def unknown(self, name: str, given: list[str]) -> list[str]:
        """Return those that identify no device."""
        known = {ids[name] for _, _, ids in self.all()}
        return [one for one in given if one not in known]


@attrs.define(eq=False)
class _Command:
    kind: str
    management_id: str
    client_type: str
    uuid: str = attrs.field(factory=lambda: str(uuid.uuid4()))
    progress: Progress = attrs.field(factory=lambda: Progress(("PENDING", "ACKNOWLEDGED")))

    def row(self) -> dict[str, Any]:
        """Return it as lists show it."""
        shown = {
            "uuid": self.uuid,
            "dateSent": self.progress.started,
            "client": {"managementId": self.management_id, "clientType": self.client_type},
            "commandState": self.progress.step,
            "commandType": self.kind,
        }
        if self.progress.finished is not None:
            shown["dateCompleted"] = self.progress.finished
        return shown

    def searched(self) -> dict[str, Any]:
        """Return what filters know it by beyond what lists show."""
        return {
            "clientManagementId": self.management_id,
            "clientType": self.client_type,
            "command": self.kind,
            "status": self.progress.step,
            "active": self.progress.finished is None,
        }


class _Commands:
    """All commands that were sent, oldest first."""

    def __init__(self, description: Description, devices: _Devices) -> None:
        self._description = description
        self._devices = devices
        self._sent: dict[str, _Command] = {}

    def send(self, call: Call) -> Answer:
        """Send one command to several devices.

        Raises:
            Refusal: 400; the command or its devices are missing. Servers answer an empty body
                with 500.
        """
        body: Mapping[str, Any] = call.body or {}
        kind = (body.get("commandData") or {}).get("commandType")
        addressed = [one.get("managementId") for one in body.get("clientData") or ()]
        if kind is None or not addressed or None in addressed:
            status = 400 if body else 500
            raise violation("a command needs commandData and clientData", status=status)
        sent = [self._send(kind, management_id) for management_id in addressed]
        links = [{"id": one.uuid, "href": call.href(one.uuid)} for one in sent]
        return json_answer(call.operation.success_status, links)

    def send_to_one(self, call: Call) -> Answer:
        """Send the command that the path names to the device in it.

        Raises:
            Refusal: 404; there is no such device.
        """
        number = record_id(call)
        kind = _MOBILE_DEVICE if "mobile" in call.operation.template else _COMPUTER
        management_id = self._devices.management_id(kind, number)
        if management_id is None:
            raise Refusal(404, [Cause("INVALID_ID", f"no device has the id {number}", field="id")])
        words = [word for word in call.operation.template.split("/") if not word.startswith("{")]
        command = self._send(_SENT_BY.get(words[-1], words[-1].upper()), management_id)
        told = {"deviceId": str(number), "commandUuid": command.uuid}
        return json_answer(call.operation.success_status, told)

    def deploy(self, call: Call) -> Answer:
        """Send a package to computers; those that do not exist are told."""
        queued, errors = [], []
        for number in call.body.get("devices") or ():
            management_id = self._devices.management_id(_COMPUTER, number)
            if management_id is None:
                errors.append({"device": number, "group": -1, "reason": "no computer has the id"})
            else:
                command = self._send(_INSTALL, management_id)
                queued.append({"device": number, "commandUuid": command.uuid})
        told = {"queuedCommands": queued, "errors": errors}
        return json_answer(call.operation.success_status, told)

    def push(self, call: Call) -> Answer:
        """Answer with the devices that nothing can be pushed to."""
        unknown = self._devices.unknown("managementId", call.body["clientManagementIds"])
        return json_answer(call.operation.success_status, {"errorUuids": unknown})

    def renew(self, call: Call) -> Answer:
        """Answer with the devices whose profile is not renewed."""
        unknown = self._devices.unknown("udid", call.body.get("udids") or [])
        told = {"udidsNotProcessed": {"udids": unknown}}
        return json_answer(call.operation.success_status, told)

    def get_page(self, call: Call) -> Answer:
        """Answer with one page of the commands that the filter keeps."""
        shape = row_schema(self._description, call.operation)
        if shape is None:
            raise LookupError(call.operation.operation_id)
        rows = [one.row() | one.searched() for one in self._sent.values()]
        value = list_value(self._description, call, rows, shape)
        value[shape[0]] = self._look([row["uuid"] for row in value[shape[0]]])
        return json_answer(call.operation.success_status, value)

    def get_some(self, call: Call) -> Answer:
        """Answer with the commands of some uuids, or of one device.

        Raises:
            Refusal: 414; there are too many uuids.
        """
        uuids = [one for name, value in call.query if name == "uuids" for one in value.split(",")]
        if len(uuids) > _MOST_UUIDS:
            text = f"{len(uuids)} uuids are more than {_MOST_UUIDS}"
            raise Refusal(414, [Cause("INVALID_SIZE", text, field="uuids")])
        devices = [value for name, value in call.query if name == "client-management-id"]
        found = [
            one.uuid
            for one in self._sent.values()
            if one.uuid in uuids or one.management_id in devices
        ]
        return json_answer(call.operation.success_status, self._look(found))

    def _send(self, kind: str, management_id: str) -> _Command:
        command = _Command(kind, management_id, self._devices.kind_of(management_id))
        self._sent[command.uuid] = command
        return command

    def _look(self, uuids: list[str]) -> list[dict[str, Any]]:
        """Return commands as they are now; who looks again sees them answered."""
        rows = [self._sent[one].row() for one in uuids]
        for one in uuids:
            self._sent[one].progress.advance()
        return rows
