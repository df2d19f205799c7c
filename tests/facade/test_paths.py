"""What users of other clients for Jamf Pro import is where they look for it."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from typing import Any

import pytest

import jamf_pro_client

# Where users look for it -> where it lives.
PATHS = {
    "AccessToken": "auth.AccessToken",
    "ApiClientCredentialsProvider": "auth.ApiClientCredentialsProvider",
    "AsyncJamfProClient": "facade.AsyncJamfProClient",
    "ClassicComputer": "classic.ClassicComputer",
    "Computer": "classic.models.Computer",
    "JamfProClient": "facade.JamfProClient",
    "SessionConfig": "session.SessionConfig",
    "clients.AsyncJamfProClient": "facade.AsyncJamfProClient",
    "clients.JamfProClient": "facade.JamfProClient",
    "clients.auth.ApiClientCredentialsProvider": "auth.ApiClientCredentialsProvider",
    "clients.auth.BasicAuthProvider": "auth.BasicAuthProvider",
    "clients.auth.CredentialsProvider": "auth.CredentialsProvider",
    "clients.auth.load_from_keychain": "credentials.load_from_keychain",
    "clients.classic_api.AsyncClassicApi": "_facade.classic_api.AsyncClassicApi",
    "clients.classic_api.ClassicApi": "_facade.classic_api.ClassicApi",
    "clients.pro_api.AsyncProApi": "_facade.pro_api.AsyncProApi",
    "clients.pro_api.ProApi": "_facade.pro_api.ProApi",
    "clients.pro_api.pagination.FilterField": "filters.FilterField",
    "clients.pro_api.pagination.SortField": "filters.SortField",
    "clients.pro_api.pagination.filter_group": "filters.filter_group",
    "exceptions.JamfProAPIError": "errors.JamfProAPIError",
    "helpers.logger_quick_setup": "helpers.logger_quick_setup",
    "models.classic.computers.ClassicComputer": "classic.ClassicComputer",
    "models.classic.computers.Computer": "classic.models.Computer",
    "models.client.AccessToken": "auth.AccessToken",
    "models.client.SessionConfig": "session.SessionConfig",
    "models.pro.computers.Computer": "models.ComputerInventory",
    "models.pro.computers.ComputerGeneral": "models.ComputerGeneral",
}
METHODS = {
    "clients.JamfProClient": ["classic_api_request", "concurrent_api_requests"],
    "clients.AsyncJamfProClient": ["async_classic_api_request", "async_concurrent_api_requests"],
    "clients.classic_api.ClassicApi": ["get_computer_by_id", "list_all_computers"],
    "clients.pro_api.ProApi": ["get_computer_inventory_v1"],
}


def at(path: str) -> Any:
    """Return what `from <module> import <name>` gives."""
    module, _, name = f"jamf_pro_client.{path}".rpartition(".")
    return getattr(importlib.import_module(module), name)


@pytest.mark.parametrize("path", PATHS)
def test_a_name_is_where_users_look_for_it(path: str) -> None:
    assert at(path) is at(PATHS[path])


@pytest.mark.parametrize("path", METHODS)
def test_methods_are_where_users_look_for_them(path: str) -> None:
    assert all(callable(getattr(at(path), name)) for name in METHODS[path])


def test_modules_can_be_imported_from_the_package_of_the_models() -> None:
    from jamf_pro_client.models import classic, client, pro

    assert client.SessionConfig is jamf_pro_client.SessionConfig
    assert [classic.__name__, pro.__name__] == [
        "jamf_pro_client.models.classic",
        "jamf_pro_client.models.pro",
    ]


@pytest.mark.parametrize("package", ["clients", "clients.pro_api"])
def test_a_name_that_is_none_is_an_error(package: str) -> None:
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        at(f"{package}.nothing")


def loaded_after(imports: str) -> set[str]:
    """Return which modules of ours a fresh interpreter has after imports."""
    code = f"import json, sys\n{imports}\nprint(json.dumps([*sys.modules]))"
    done = subprocess.run(  # noqa: S603 - our own text
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True
    )
    ours = (name for name in json.loads(done.stdout) if name.startswith("jamf_pro_client."))
    return {name.removeprefix("jamf_pro_client.") for name in ours}


def test_nobody_pays_for_paths_that_they_do_not_use() -> None:
    loaded = loaded_after(
        "from jamf_pro_client import JamfProClient, SessionConfig\n"
        "from jamf_pro_client.models import Building"
    )
    assert {"facade", "session", "models.building"} <= loaded
    assert not [name for name in loaded if name.startswith("clients")]
    assert not loaded & {"models.client", "models.classic", "models.pro"}


def test_credentials_and_filters_load_no_client() -> None:
    loaded = loaded_after(
        "from jamf_pro_client.clients.auth import CredentialsProvider\n"
        "from jamf_pro_client.clients.pro_api.pagination import FilterField"
    )
    assert {"auth", "filters"} <= loaded
    assert not loaded & {"facade", "client", "api.bound"}
