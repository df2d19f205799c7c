"""What servers accept and do later, with an operation that tells how far it has got."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, Final

import attrs

from jamf_pro_sandbox.calls import Answer, Call, Handler, empty_answer, json_answer
from jamf_pro_sandbox.description import API_PREFIX, Description, Schema
from jamf_pro_sandbox.errors import Cause, Refusal
from jamf_pro_sandbox.lists import list_value, row_schema
from jamf_pro_sandbox.progress import Progress
from jamf_pro_sandbox.resources import Resource, Resources
from jamf_pro_sandbox.samples import Sampler
from jamf_pro_sandbox.shapes import Shaper

__all__ = ("accepted_handlers",)

_ENABLING: Final = ("QUEUED", "STARTED", "COMPLETED")
_PLANNED: Final = ("Init", "DDMPlanScheduled", "PlanCompleted")
_INVENTED: Final = 3
_FLUSHING: Final = ("RUNNING", "SUCCESS")
_DEVICES: Final = {
    "COMPUTER": "v1/computers-inventory",
    "MOBILE_DEVICE": "v2/mobile-devices",
    "APPLE_TV": "v2/mobile-devices",
}


def accepted_handlers(description: Description) -> dict[str, Handler]:
    """Return what answers the flushing of logs, the enabling of push and software updates.

    Args:
        description: What tasks and plans look like.
    """
    tasks = _of(Resources(description).resource("/v1/log-flushing/task"))
    push = _PushEnabling()
    plans = _Plans(description, Shaper(description), _invented_plans(description))
    return {
        "post_v1_log_flushing_task": tasks.create,
        "get_v1_log_flushing_task": tasks.get_page,
        "get_v1_log_flushing_task_id": tasks.get,
        "delete_v1_log_flushing_task_id": tasks.delete,
        "post_v1_apns_client_push_status_enable_all_clients": push.begin,
        "get_v1_apns_client_push_status_enable_all_clients_status": push.get,
        "post_v1_managed_software_updates_plans": plans.create,
        "get_v1_managed_software_updates_plans": plans.get_page,
        "get_v1_managed_software_updates_plans_id": plans.get,
    }


def _of(plain: Resource) -> _Tasks:
    return _Tasks(**{field.name: getattr(plain, field.name) for field in attrs.fields(Resource)})


@attrs.frozen(eq=False)
class _Tasks(Resource):
    """Tasks that flush logs; those that are there at the start are done."""

    running: dict[int, Progress] = attrs.field(factory=dict, kw_only=True)

    def create(self, call: Call) -> Answer:
        """Begin a task."""
        answer = super().create(call)
        self.running[self.table.numbers[-1]] = Progress(_FLUSHING)
        return answer

    def shaped(self, schema: Schema, number: int) -> dict[str, Any]:
        """Return a task as it is now; who looks again sees its next state."""
        progress = self.running.get(number, Progress(_FLUSHING[-1:]))
        value = super().shaped(schema, number) | {"state": progress.step}
        progress.advance()
        return value


class _PushEnabling:
    """Enabling push for all clients; it was done once when the server was set up."""

    def __init__(self) -> None:
        self._progress = Progress(_ENABLING[-1:])
        self._progress.advance()

    def begin(self, call: Call) -> Answer:
        """Begin anew."""
        self._progress = Progress(_ENABLING)
        return empty_answer(call.operation.success_status)

    def get(self, call: Call) -> Answer:
        """Answer with what has been done so far."""
        told = {
            "requestedTime": self._progress.started,
            "status": self._progress.step,
            "processedTime": self._progress.finished,
        }
        self._progress.advance()
        return json_answer(call.operation.success_status, told)


@attrs.frozen
class _Plan:
    id: str
    known: Mapping[str, Any]
    progress: Progress

    def row(self) -> dict[str, Any]:
        """Return what is known of it; `state` is for filters."""
        state = self.progress.step
        status = {"state": state, "errorReasons": []}
        return {**self.known, "planUuid": self.id, "status": status, "state": state}


@attrs.frozen(eq=False)
class _Plans:
    """Plans of software updates, oldest first."""

    description: Description
    shaper: Shaper
    made: dict[str, _Plan]

    def create(self, call: Call) -> Answer:
        """Make a plan for each device."""
        told = []
        for given in call.body["devices"]:
            path = f"{API_PREFIX}/{_DEVICES[given['objectType']]}/{given['deviceId']}"
            device = {**given, "href": path}
            known = {**call.body["config"], "device": device}
            plan = _Plan(str(uuid.uuid4()), known, Progress(_PLANNED))
            self.made[plan.id] = plan
            told.append({"device": device, "planId": plan.id, "href": call.href(plan.id)})
        return json_answer(call.operation.success_status, {"plans": told})

    def get_page(self, call: Call) -> Answer:
        """Answer with one page of plans."""
        shape = row_schema(self.description, call.operation)
        if shape is None:
            raise LookupError(call.operation.operation_id)
        rows = [plan.row() for plan in self.made.values()]
        value = list_value(self.description, call, rows, shape)
        value[shape[0]] = [self._look(row["planUuid"], shape[1]) for row in value[shape[0]]]
        return json_answer(call.operation.success_status, value)

    def get(self, call: Call) -> Answer:
        """Answer with one plan.

        Raises:
            Refusal: 404; there is no such plan.
        """
        given = call.path_values["id"]
        if given not in self.made:
            raise Refusal(404, [Cause("INVALID_ID", f"no plan has the id {given}", field="id")])
        schema = call.operation.answers["application/json"]
        return json_answer(call.operation.success_status, self._look(given, schema))

    def _look(self, plan_id: str, schema: Mapping[str, Any]) -> dict[str, Any]:
        """Return a plan as it is now; who looks again sees its next step."""
        plan = self.made[plan_id]
        shown = self.shaper.shape(schema, plan.row(), row=0, invented=False)
        plan.progress.advance()
        return shown


def _invented_plans(description: Description) -> dict[str, _Plan]:
    sampler = Sampler(description)
    schema = description.schema("ManagedSoftwareUpdatePlan")
    ids = [str(uuid.UUID(int=number)) for number in range(1, _INVENTED + 1)]
    return {
        one: _Plan(one, sampler.answer(schema, row=row), Progress(_PLANNED[-1:]))
        for row, one in enumerate(ids)
    }
