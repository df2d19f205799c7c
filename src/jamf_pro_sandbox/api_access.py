"""API roles, API integrations and their secrets: what is made here can log in."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Mapping
from typing import Any, Final

import attrs

from jamf_pro_sandbox.calls import Answer, Call, Handler, json_answer
from jamf_pro_sandbox.description import Description, Schema
from jamf_pro_sandbox.errors import Cause, Refusal
from jamf_pro_sandbox.privileges import is_privilege, privileges_of
from jamf_pro_sandbox.resources import Resource, Resources
from jamf_pro_sandbox.tokens import ApiClient, TokenStore

__all__ = ("api_access_handlers", "privilege_handlers")

_INTEGRATIONS: Final = "/v1/api-integrations"
_ROLES: Final = "/v1/api-roles"
# What an API client gets that does not say how long its tokens live.
_SHORT: Final = 60
# How many privileges a search tells that does not say how many it wants.
_FOUND: Final = 15


def api_access_handlers(
    description: Description, resources: Resources, tokens: TokenStore
) -> dict[str, Handler]:
    """Return what answers API roles and API integrations, and makes secrets.

    Args:
        description: Of the operations that want privileges.
        resources: Where roles and integrations are kept.
        tokens: Learns who may log in.
    """
    roles = _Roles(
        **_fields_of(resources.resource(_ROLES)), wanted=frozenset(privileges_of(description))
    )
    access = _Integrations(
        **_fields_of(resources.resource(_INTEGRATIONS)), roles=roles, tokens=tokens
    )
    return {
        "get_v1_api_roles": roles.get_page,
        "post_v1_api_roles": roles.create,
        "get_v1_api_roles_id": roles.get,
        "put_v1_api_roles_id": roles.replace,
        "delete_v1_api_roles_id": roles.delete,
        "get_v1_api_integrations": access.get_page,
        "post_v1_api_integrations": access.create,
        "get_v1_api_integrations_id": access.get,
        "put_v1_api_integrations_id": access.replace,
        "delete_v1_api_integrations_id": access.delete,
        "post_v1_api_integrations_id_client_credentials": access.make_secret,
    }


def privilege_handlers(description: Description) -> dict[str, Handler]:
    """Return what tells which privileges there are: all that some operation wants.

    Args:
        description: Of the operations.
    """
    wanted = privileges_of(description)

    def tell(call: Call) -> Answer:
        query = dict(call.query)
        asked = query.get("name", "").casefold()
        found = [name for name in wanted if asked in name.casefold()]
        if "name" in query:
            found = found[: int(query.get("limit", _FOUND))]
        return json_answer(call.operation.success_status, {"privileges": found})

    return dict.fromkeys(("get_v1_api_role_privileges", "get_v1_api_role_privileges_search"), tell)


def _fields_of(plain: Resource) -> dict[str, Any]:
    return {field.name: getattr(plain, field.name) for field in attrs.fields(Resource)}


@attrs.frozen(eq=False)
class _Roles(Resource):
    wanted: frozenset[str]

    def names(self) -> dict[int, str]:
        """Return what each role is called."""
        return {number: self.name_of(number) for number in self.table.records}

    def check(self, body: Mapping[str, Any], own: int | None) -> None:
        """Refuse what servers do not store.

        Raises:
            Refusal: A privilege does not exist, or another role has this name.
        """
        unknown = [one for one in body["privileges"] if not is_privilege(one, self.wanted)]
        _refuse("privileges", [f"no privilege is called {one!r}" for one in unknown])
        super().check(body, own)


@attrs.frozen(eq=False)
class _Integrations(Resource):
    roles: _Roles
    tokens: TokenStore

    def shaped(self, schema: Schema, number: int) -> dict[str, Any]:
        """Return an integration with the client id that belongs to it."""
        value = super().shaped(schema, number)
        return value | {"clientId": _client_id(number)} if "clientId" in value else value

    def make_secret(self, call: Call) -> Answer:
        """Make a new secret; the old one ends."""
        number = self.existing(call)
        secret = secrets.token_urlsafe(32)
        client = ApiClient(secret, lambda: self._rights(number))
        self.tokens.admit(_client_id(number), client)
        reply = {"clientId": _client_id(number), "clientSecret": secret}
        return json_answer(call.operation.success_status, reply)

    def check(self, body: Mapping[str, Any], own: int | None) -> None:
        """Refuse what servers do not store.

        Raises:
            Refusal: A role does not exist, or another integration has this name.
        """
        known = self.roles.names().values()
        unknown = [one for one in body["authorizationScopes"] if one not in known]
        _refuse("authorizationScopes", [f"no API role is called {one!r}" for one in unknown])
        super().check(body, own)

    def _rights(self, number: int) -> tuple[float, Mapping[str, frozenset[str]]] | None:
        """Return how long tokens live and what each role allows; None when it may not log in."""
        record = self.table.records.get(number)
        if record is None or not record.known.get("enabled", True):
            return None
        names = record.known.get("authorizationScopes", ())
        kept = self.roles.table.records
        roles = {
            f"api-role:{role}": frozenset(kept[role].known.get("privileges", ()))
            for role, name in self.roles.names().items()
            if name in names
        }
        return record.known.get("accessTokenLifetimeSeconds") or _SHORT, roles


def _refuse(field: str, problems: list[str]) -> None:
    if problems:
        raise Refusal(400, [Cause("INVALID_FIELD", text, field=field) for text in problems])


def _client_id(number: int) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"jamf-pro-sandbox:{number}"))
