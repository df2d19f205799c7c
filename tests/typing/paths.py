"""What type checkers know of names under the paths of other clients; never run."""
# Both checkers refuse a `type: ignore` on a line that has no error.
# pyright: strict, reportUnnecessaryTypeIgnoreComment=true

from __future__ import annotations

from typing import Any, assert_type

import jamf_pro_client
from jamf_pro_client import ClassicComputer, Unset, models
from jamf_pro_client.classic import models as classic_models
from jamf_pro_client.clients import JamfProClient
from jamf_pro_client.clients.auth import CredentialsProvider
from jamf_pro_client.clients.classic_api import ClassicApi
from jamf_pro_client.clients.pro_api import ProApi
from jamf_pro_client.clients.pro_api.pagination import FilterField
from jamf_pro_client.models.classic.computers import Computer
from jamf_pro_client.models.client import AccessToken, SessionConfig
from jamf_pro_client.models.pro import computers


class Provider(CredentialsProvider):
    """A provider of one's own."""

    def _request_access_token(self) -> AccessToken:
        return AccessToken("user", "invented")


def clients(client: JamfProClient) -> None:
    """Names have their types wherever they are imported from."""
    assert_type(Provider().get_access_token(), jamf_pro_client.AccessToken)
    assert_type(SessionConfig(timeout=3), jamf_pro_client.SessionConfig)
    assert_type(FilterField("id").eq(1), jamf_pro_client.FilterExpression)
    assert_type(client, jamf_pro_client.JamfProClient)
    assert_type(client.pro_api, ProApi)
    assert_type(client.classic_api, ClassicApi)


def computers_of_both(client: JamfProClient) -> None:
    """The computer of the package root is that of the Classic API."""
    found = client.classic_api.get_computer_by_id(1)
    assert_type(found, Computer)
    assert_type(found, classic_models.Computer)
    assert_type(found, jamf_pro_client.Computer)
    assert_type(found.dict(), dict[str, Any])
    assert_type(client.pro_api.get_computer_inventory_v1(), list[computers.Computer])
    assert_type(models.Building(name="HQ").dict(), dict[str, Any])


def updates(found: Computer) -> None:
    """Sections of an update are there; those of what was read may not be."""
    update = ClassicComputer()
    update.location.building = "HQ"
    assert_type(found.location, classic_models.Location | None | Unset)
    found.location.building = "HQ"  # type: ignore[union-attr]
