"""Passwords of local administrators: what was set is what is told."""

from __future__ import annotations

import attrs

from jamf_pro_sandbox.calls import Answer, Call, Handler, json_answer

__all__ = ("laps_handlers",)


def laps_handlers(generic: Handler) -> dict[str, Handler]:
    """Return what sets and tells passwords of local administrators.

    Args:
        generic: Answers where none was set.
    """
    passwords = _Passwords(generic)
    base = "v2_local_admin_password_client_management_id"
    return {
        f"put_{base}_set_password": passwords.set,
        f"get_{base}_account_username_password": passwords.tell,
        f"get_{base}_account_username_guid_password": passwords.tell,
    }


@attrs.frozen(eq=False)
class _Passwords:
    generic: Handler
    known: dict[tuple[str, str], str] = attrs.field(factory=dict)
    """By device and account."""

    def set(self, call: Call) -> Answer:
        """Set the passwords of some accounts of one device."""
        device = call.path_values["clientManagementId"]
        given = call.body.get("lapsUserPasswordList") or ()
        self.known.update({(device, one["username"]): one["password"] for one in given})
        told = {"lapsUserPasswordList": [{"username": one["username"]} for one in given]}
        return json_answer(call.operation.success_status, told)

    def tell(self, call: Call) -> Answer:
        """Answer with the password of one account."""
        place = call.path_values["clientManagementId"], call.path_values["username"]
        if place not in self.known:
            return self.generic(call)
        return json_answer(call.operation.success_status, {"password": self.known[place]})
