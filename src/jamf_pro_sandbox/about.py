"""Answers what clients ask first: is the server up, and which version is it?"""

from __future__ import annotations

from jamf_pro_sandbox.calls import Answer, Call, Handler, json_answer
from jamf_pro_sandbox.description import Description

__all__ = ("about_handlers",)


def about_handlers(description: Description) -> dict[str, Handler]:
    """Return what tells about the server itself.

    Args:
        description: Its version is the server's.
    """
    # Real servers append the moment of their build, in milliseconds.
    version = f"{description.document['info']['version']}-t1790000000000"
    status = {
        "step": "Started",
        "stepCode": "SERVER_INIT_COMPLETE",
        "stepParam": None,
        "percentage": 100,
        "warning": None,
        "warningCode": None,
        "warningParam": None,
        "error": None,
        "errorCode": None,
        "setupAssistantNecessary": False,
    }

    def tell_version(_call: Call) -> Answer:
        return json_answer(200, {"version": version})

    def tell_status(_call: Call) -> Answer:
        return json_answer(200, status)

    return {"get_v1_jamf_pro_version": tell_version, "get_startup_status": tell_status}
