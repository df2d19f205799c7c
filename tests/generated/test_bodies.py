"""What bodies hold: nothing that was not asked for, and all that requests need."""

from __future__ import annotations

import datetime
import importlib
import ssl
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from tests.generated.described import DESCRIPTION, OPERATIONS, module_of

from jamf_pro_client import UNSET, BasicAuthProvider, File, HTTPAuthenticatedClient, models
from jamf_pro_client._model.requirements import required_names
from jamf_pro_client._operation.bodies import encode_body
from jamf_pro_client.api.api_roles import get_v1_api_roles_id, put_v1_api_roles_id
from jamf_pro_client.api.buildings import post_v1_buildings
from jamf_pro_client.api.cloud_distribution_point import post_v1_cloud_distribution_point
from jamf_pro_client.api.cloud_ldap import put_v2_cloud_ldaps_id
from jamf_pro_client.api.computer_prestages import put_v2_computer_prestages_id_scope
from jamf_pro_client.api.groups import patch_v1_groups_id
from jamf_pro_client.api.gsx_connection import (
    get_v1_gsx_connection,
    patch_v1_gsx_connection,
    put_v1_gsx_connection,
)
from jamf_pro_client.api.mdm import post_v2_mdm_commands
from jamf_pro_client.api.mobile_device_groups import (
    get_v1_mobile_device_groups_smart_groups_id,
    put_v1_mobile_device_groups_smart_groups_id,
)
from jamf_pro_client.api.smtp_server import get_v2_smtp_server, put_v2_smtp_server
from jamf_pro_client.errors import ConfigurationError
from jamf_pro_client.model import Model
from jamf_pro_sandbox import Sandbox
from jamf_pro_sandbox.samples import Sampler

SAMPLER = Sampler(DESCRIPTION)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(computers=3) as started:
        yield started


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[HTTPAuthenticatedClient]:
    provider = BasicAuthProvider(sandbox.username, sandbox.password)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    with HTTPAuthenticatedClient(
        sandbox.url, credentials=provider, verify_ssl=tls
    ) as authenticated:
        sandbox.clear_requests()
        yield authenticated


def sent(sandbox: Sandbox) -> Any:
    assert sandbox.requests[-1].violation is None
    return msgspec.json.decode(sandbox.requests[-1].body)


def encoded(module: Any, body: Any) -> Any:
    content, _, _ = encode_body(module.OPERATION, body, {})
    return msgspec.json.decode(content)


def test_a_password_that_was_not_read_is_asked_for_before_anything_is_sent(
    sandbox: Sandbox, client: HTTPAuthenticatedClient
) -> None:
    read = get_v1_gsx_connection.sync(client=client)
    sandbox.clear_requests()
    with pytest.raises(ConfigurationError) as raised:
        put_v1_gsx_connection.sync(client=client, body=read)
    assert not sandbox.requests
    text = str(raised.value)
    assert text.startswith("put_v1_gsx_connection needs ")
    assert "token (GsxConnection.token, JSON pointer /token)" in text
    assert (
        "gsxKeystore.keystorePassword (GsxKeystore.keystore_password, "
        "JSON pointer /gsxKeystore/keystorePassword)"
    ) in text

    read.token = "canary-token"
    assert read.gsx_keystore
    read.gsx_keystore.keystore_password = "canary-password"
    put_v1_gsx_connection.sync(client=client, body=read)
    assert sent(sandbox)["gsxKeystore"]["keystorePassword"] == "canary-password"


def test_the_password_of_a_mail_server_is_asked_for_where_it_lies(
    sandbox: Sandbox, client: HTTPAuthenticatedClient
) -> None:
    read = get_v2_smtp_server.sync(client=client)
    with pytest.raises(ConfigurationError, match="/basicAuthCredentials/password"):
        put_v2_smtp_server.sync(client=client, body=read)
    assert read.basic_auth_credentials
    read.basic_auth_credentials.password = "p"
    read.graph_api_credentials = UNSET
    read.google_mail_credentials = UNSET
    put_v2_smtp_server.sync(client=client, body=read)
    assert "googleMailCredentials" not in sent(sandbox)


def test_each_missing_field_of_a_directory_is_named_but_no_endless_list() -> None:
    document = SAMPLER.request({"$ref": "#/components/schemas/LdapConfigurationUpdate"})
    document["server"]["keystore"] = {"fileName": "a", "fileBytes": "YQ=="}
    body = models.LdapConfigurationUpdate.from_dict(document)
    place = r"needs server\.keystore\.password \(CloudLdapKeystoreFile\.password, JSON pointer "
    with pytest.raises(ConfigurationError, match=f"{place}/server/keystore/password"):
        encoded(put_v2_cloud_ldaps_id, body)
    body.server = models.CloudLdapServerUpdate.from_dict({})
    with pytest.raises(ConfigurationError, match=r"and \d+ more, which are not set"):
        encoded(put_v2_cloud_ldaps_id, body)


def test_a_model_without_it_can_be_sent_as_a_dict(
    sandbox: Sandbox, client: HTTPAuthenticatedClient
) -> None:
    read = get_v1_gsx_connection.sync(client=client)
    put_v1_gsx_connection.sync_detailed(client=client, body=read.to_request())
    assert "token" not in msgspec.json.decode(sandbox.requests[-1].body)


def test_read_only_fields_are_neither_asked_for_nor_sent() -> None:
    point = models.CloudDistributionPoint(
        cdn_type=models.CloudDistributionPointCdnType.AMAZON_S3, username="u", password="p"
    )
    expected = {"cdnType": "AMAZON_S3", "username": "u", "password": "p"}
    assert encoded(post_v1_cloud_distribution_point, point) == expected
    point.message = "all is well"
    assert encoded(post_v1_cloud_distribution_point, point) == expected
    point.password = UNSET  # type: ignore[assignment]
    with pytest.raises(ConfigurationError, match=r"CloudDistributionPoint\.password"):
        encoded(post_v1_cloud_distribution_point, point)


def test_a_merge_patch_sends_null_for_none_and_nothing_for_unset(
    sandbox: Sandbox, client: HTTPAuthenticatedClient
) -> None:
    keystore = models.GsxKeystore(name=UNSET, keystore_password=UNSET)  # type: ignore[arg-type]
    body = models.GsxConnectionUpdate(
        username=None, service_account_no=UNSET, ship_to_no="1", gsx_keystore=UNSET
    )
    patch_v1_gsx_connection.sync(client=client, body=body)
    assert sandbox.requests[-1].content_type == "application/merge-patch+json"
    assert sent(sandbox) == {"username": None, "shipToNo": "1"}
    # Merge patches may leave out whatever does not change.
    partial = models.GsxConnectionUpdate(gsx_keystore=keystore)
    assert encoded(patch_v1_gsx_connection, partial) == {"gsxKeystore": {}}


def test_defaults_of_the_description_are_never_sent(
    sandbox: Sandbox, client: HTTPAuthenticatedClient
) -> None:
    schemas = DESCRIPTION.document["components"]["schemas"]
    assert "default" in schemas["GsxConnectionUpdate"]["properties"]["enabled"]
    patch_v1_gsx_connection.sync(client=client, body=models.GsxConnectionUpdate())
    assert sent(sandbox) == {}


def test_tags_fill_themselves_in(sandbox: Sandbox, client: HTTPAuthenticatedClient) -> None:
    device = models.MdmCommandClientRequest(management_id="aaaaaaaa-3f1e-4b3a-a5b3-ca0cd7430937")
    command = models.EnableLostModeCommand(lost_mode_message="Call us")
    body = models.MdmCommandRequest(client_data=[device], command_data=command)
    post_v2_mdm_commands.sync(client=client, body=body)
    assert sent(sandbox)["commandData"] == {
        "commandType": "ENABLE_LOST_MODE",
        "lostModeMessage": "Call us",
    }


def test_a_dict_is_sent_as_it_is(sandbox: Sandbox, client: HTTPAuthenticatedClient) -> None:
    document = {"id": "5", "name": "Mill 5", "notDescribed": [None], "city": None}
    refused = post_v1_buildings.sync_detailed(client=client, body=document)
    assert b"/id: is read-only" in refused.content
    assert msgspec.json.decode(sandbox.requests[-1].body) == document
    gsx = {"gsxKeystore": {"expirationEpoch": 5}}
    assert encoded(put_v1_gsx_connection, gsx) == gsx


def test_a_dict_may_hold_models_dates_enums_and_unset() -> None:
    body = {
        "gsxKeystore": models.GsxKeystore(name="n", keystore_password="p", expiration_epoch=5),
        "day": datetime.date(2026, 1, 2),
        "kind": models.CloudDistributionPointCdnType.AKAMAI,
        "username": UNSET,
    }
    assert encoded(put_v1_gsx_connection, body) == {
        "gsxKeystore": {"name": "n", "keystorePassword": "p"},
        "day": "2026-01-02",
        "kind": "AKAMAI",
    }
    with pytest.raises(ConfigurationError, match="JSON pointer /gsxKeystore/keystorePassword"):
        encoded(put_v1_gsx_connection, {"gsxKeystore": models.GsxKeystore.from_dict({"name": "n"})})


def test_subclasses_of_text_and_numbers_are_sent_as_what_they_are_made_of() -> None:
    class Name(str):
        pass

    class Floor(int):
        pass

    class Height(float):
        pass

    parts = {"name": Name("Mill"), "floor": Floor(3), "heights": [Height(1.5)]}
    plain = {"name": "Mill", "floor": 3, "heights": [1.5]}
    assert encoded(post_v1_buildings, parts) == plain
    building = models.Building(name=Name("Mill"), additional_properties={"parts": parts})
    assert encoded(post_v1_buildings, building) == {"name": "Mill", "parts": plain}
    written = building.to_request()["parts"]
    kinds = [type(written["name"]), type(written["floor"]), type(written["heights"][0])]
    assert kinds == [str, int, float]


def test_unset_is_left_out_of_a_dict_inside_a_model_too() -> None:
    keystore: Any = {"name": "n", "keystorePassword": UNSET, "more": [{"a": UNSET}]}
    body = models.GsxConnectionUpdate(username="u", gsx_keystore=keystore)
    expected = {"username": "u", "gsxKeystore": {"name": "n", "more": [{}]}}
    assert encoded(patch_v1_gsx_connection, body) == body.to_request() == expected
    keystore["more"] = [UNSET]
    with pytest.raises(ConfigurationError, match="UNSET"):
        encoded(patch_v1_gsx_connection, body)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ('{"name": "HQ"}', "text"),
        (b'{"name": "HQ"}', "bytes"),
        ({"name": {"a", "b"}}, "set"),
        ({"name": [UNSET]}, "UNSET"),
        ({"name": File(b"x")}, "upload"),
        ({("a", "b"): 1}, "tuple"),
    ],
)
def test_what_is_no_json_is_refused_before_anything_is_sent(body: Any, why: str) -> None:
    with pytest.raises(ConfigurationError, match=why):
        encoded(post_v1_buildings, body)


def required_within(schema: Any, above: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield the write-only required properties of a body, by class and name."""
    name = schema.get("$ref", "").rpartition("/")[2]
    if name in above:
        return
    schema, above = DESCRIPTION.resolve(schema), (*above, name or "-")
    for variant in schema.get("oneOf", ()):
        yield from required_within(variant, above)
    for key, part in schema.get("properties", {}).items():
        target = DESCRIPTION.resolve(part)
        if key in schema.get("required", ()) and (target.get("writeOnly") or part.get("writeOnly")):
            yield f"{above[-1]}.{key}"
        yield from required_within(target.get("items", part), above)


def test_the_passwords_that_replies_lack_are_as_known() -> None:
    found = {
        problem
        for operation in OPERATIONS.values()
        for schema in operation.bodies.values()
        for problem in required_within(schema)
    }
    assert found == {
        "ChangePassword.currentPassword",
        "ChangePassword.newPassword",
        "CloudDistributionPoint.password",
        "CloudLdapKeystoreFile.password",
        "DatabasePassword.password",
        "GsxConnection.token",
        "GsxKeystore.keystorePassword",
        "InitializeV1.password",
        "OAuthTokenRequest.client_secret",
        "ProtectRegistrationRequest.password",
        "SmtpBasicCredentials.password",
        "SmtpGoogleMailCredentials.clientSecret",
        "SmtpGraphApiCredentials.clientSecret",
        "SsoKeystore.keystorePassword",
        "SsoKeystore.password",
        "SsoKeystoreParse.keystorePassword",
    }


def test_every_body_with_all_that_is_required_is_sent_and_without_any_of_it_is_not() -> None:
    problems = []
    for name, operation in OPERATIONS.items():
        media, schema = next(iter(operation.bodies.items()), ("", {}))
        cls = getattr(models, schema.get("$ref", "").rpartition("/")[2], None)
        if cls is None or not issubclass(cls, Model) or not media.endswith(("/json", "+json")):
            continue
        known = required_names(cls)
        facts = module_of(name).OPERATION
        least = SAMPLER.request(schema)
        encode_body(facts, cls.from_dict(least), {})
        for key in known:
            body = cls.from_dict({k: v for k, v in least.items() if k != key})
            may_lack = (operation.method, media) == ("PATCH", "application/merge-patch+json")
            try:
                encode_body(facts, body, {})
            except ConfigurationError as error:
                if may_lack or f"JSON pointer /{key})" not in str(error):
                    problems.append(f"{name}: {error}")
            else:
                if not may_lack:
                    problems.append(f"{name} was sent without {key}")
    assert problems == []


def test_read_only_is_what_the_class_says_that_the_operation_takes(
    sandbox: Sandbox, client: HTTPAuthenticatedClient
) -> None:
    read = get_v1_mobile_device_groups_smart_groups_id.sync("1", client=client)
    read.additional_properties["new"] = {"a": 1}
    kept = read.to_dict()
    assert "groupId" in kept

    body: Any = read
    put_v1_mobile_device_groups_smart_groups_id.sync("1", client=client, body=body)

    assert not models.SmartGroupDetail._declared["group_id"].read_only
    del kept["groupId"]
    assert sent(sandbox) == kept
    assert read.to_dict().keys() == {*kept, "groupId"}


def test_what_one_class_alone_has_and_the_server_sets_is_not_sent(
    sandbox: Sandbox, client: HTTPAuthenticatedClient
) -> None:
    body: Any = get_v1_api_roles_id.sync("1", client=client)
    put_v1_api_roles_id.sync("1", client=client, body=body)
    assert sent(sandbox) == {
        "displayName": body.display_name,
        "privileges": body.privileges,
    }


def test_what_the_other_class_cannot_change_is_sent_if_this_one_can() -> None:
    group: Any = models.GroupWithCriteriaDtoV1.from_dict(
        {"groupName": "a", "groupPlatformId": "1", "criteria": [], "new": {"b": 1}}
    )
    assert "groupName" not in group.to_request()
    assert encoded(patch_v1_groups_id, group) == {
        "groupName": "a",
        "criteria": [],
        "new": {"b": 1},
    }


def test_required_is_what_the_class_says_that_the_operation_takes() -> None:
    scope: Any = models.PrestageScopeResponseV2.from_dict({"versionLock": 1})
    with pytest.raises(ConfigurationError, match=r"PrestageScopeUpdate\.serial_numbers") as raised:
        encoded(put_v2_computer_prestages_id_scope, scope)
    assert "password" not in str(raised.value)


def test_bodies_name_a_model_that_there_is() -> None:
    named = {
        (body.model, module_of(name).OPERATION.models)
        for name in OPERATIONS
        for body in module_of(name).OPERATION.bodies
        if body.model
    }
    assert len(named) > 100
    for model, package in named:
        assert issubclass(getattr(importlib.import_module(package), model), Model)
