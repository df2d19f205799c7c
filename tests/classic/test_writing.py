"""What a request holds: what is set, and nothing else."""

from __future__ import annotations

import io
from typing import Any

import pytest

from jamf_pro_client import UNSET, File, HTTPAuthenticatedClient
from jamf_pro_client._httpx import httpx
from jamf_pro_client.classic import ClassicComputer
from jamf_pro_client.classic.api.computergroups import update_computer_group_by_id
from jamf_pro_client.classic.api.computers import update_computer_by_id
from jamf_pro_client.classic.api.fileuploads import upload_files
from jamf_pro_client.classic.api.osxconfigurationprofiles import (
    create_osx_configuration_profile_by_id,
)
from jamf_pro_client.classic.models import (
    Computer,
    ComputerExtensionAttributesItem,
    ComputerGroup,
    ComputerGroupComputersItem,
    Location,
    OsXConfigurationProfile,
    OsXConfigurationProfileGeneral,
    Policy,
    UploadFilesBody,
    WriteResult,
)
from jamf_pro_client.errors import ConfigurationError

PROLOGUE = b'<?xml version="1.0" encoding="UTF-8"?>'


class Sent:
    """A client whose requests are looked at."""

    def __init__(self, answer: bytes = b"<computer><id>3</id></computer>") -> None:
        self.body = b""
        self._answer = answer
        self.client = HTTPAuthenticatedClient(
            "https://jamf.invalid",
            token="invented",
            httpx_args={"transport": httpx.MockTransport(self._handle)},
        )

    def _handle(self, request: httpx.Request) -> httpx.Response:
        self.body = request.read().removeprefix(PROLOGUE)
        return httpx.Response(201, content=self._answer)


def sent(body: Any) -> bytes:
    server = Sent()
    update_computer_by_id.sync(3, client=server.client, body=body)
    return server.body


def test_a_model_of_one_field_sends_that_element() -> None:
    assert sent(Computer(location=Location(building="HQ"))) == (
        b"<computer><location><building>HQ</building></location></computer>"
    )


def test_a_draft_sends_what_was_set_and_not_what_was_looked_at() -> None:
    update = ClassicComputer()
    assert update.purchasing.vendor is UNSET
    update.general.remote_management.managed = True  # type: ignore[union-attr]
    update.location.building = "HQ"

    assert sent(update) == (
        b"<computer><general><remote_management><managed>true</managed></remote_management>"
        b"</general><location><building>HQ</building></location></computer>"
    )
    assert repr(update.location) == "Location(building='HQ')"


def test_a_record_made_without_arguments_is_a_draft() -> None:
    update: Any = Computer()
    assert not update.hardware.make
    update.location.building = "HQ"

    assert sent(update) == b"<computer><location><building>HQ</building></location></computer>"
    assert update.dict() == {"location": {"building": "HQ"}}
    assert update == Computer(location=Location(building="HQ"))
    assert Computer(location=Location(building="HQ")).hardware is UNSET


def test_a_record_shows_what_nobody_described() -> None:
    record = Computer.from_xml(b"<computer><new>1</new></computer>")
    assert repr(record) == "Computer(additional_properties={'new': '1'})"


def test_a_section_that_was_set_is_sent_even_if_it_is_empty() -> None:
    assert sent(Computer(location=Location())) == b"<computer><location/></computer>"
    update = ClassicComputer()
    update.location = Location()
    assert update.software.running_services is UNSET
    assert sent(update) == b"<computer><location/></computer>"


def test_a_classic_computer_is_a_computer_in_all_else() -> None:
    read = ClassicComputer.from_xml(b"<computer><location><room>1</room></location></computer>")

    assert type(read) is Computer
    assert isinstance(read, ClassicComputer)
    assert ClassicComputer.json_names() == Computer.json_names()
    assert not hasattr(ClassicComputer, "nothing")


def test_a_draft_takes_fields_like_a_model() -> None:
    update = ClassicComputer(location=Location(building="HQ"))

    assert isinstance(update, Computer)
    assert update == Computer(location=Location(building="HQ"))
    with pytest.raises(TypeError, match="no field 'locatoin'; did you mean 'location'"):
        Computer.draft(locatoin=None)


def test_none_and_empty_text_clear_and_unset_is_left_out() -> None:
    location = Location(building=None, room="", department=UNSET)
    assert sent(Computer(location=location)) == (
        b"<computer><location><building/><room/></location></computer>"
    )


def test_an_empty_list_is_an_empty_element_and_order_is_kept() -> None:
    items = [ComputerExtensionAttributesItem(id=n, value=f"{n}") for n in (3, 1, 2)]
    assert sent(Computer(certificates=[], extension_attributes=items)) == (
        b"<computer><certificates/><extension_attributes>"
        b"<extension_attribute><id>3</id><value>3</value></extension_attribute>"
        b"<extension_attribute><id>1</id><value>1</value></extension_attribute>"
        b"<extension_attribute><id>2</id><value>2</value></extension_attribute>"
        b"</extension_attributes></computer>"
    )


@pytest.mark.parametrize(
    "body",
    [
        {"computer": {"extension_attributes": [{"id": 1, "value": "a"}]}},
        {"extension_attributes": [{"id": 1, "value": "a"}]},
        Computer(extension_attributes=[{"id": 1, "value": "a"}]),  # type: ignore[list-item]
    ],
)
def test_dicts_are_written_as_the_record_they_stand_for(body: Any) -> None:
    assert sent(body) == (
        b"<computer><extension_attributes><extension_attribute><id>1</id><value>a</value>"
        b"</extension_attribute></extension_attributes></computer>"
    )


@pytest.mark.parametrize(
    "body", ["<computer/>", b"<computer/>", File(b"<computer/>"), io.BytesIO(b"<computer/>")]
)
def test_xml_is_sent_as_it_is(body: Any) -> None:
    assert sent(body) == b"<computer/>"


def test_text_is_escaped_and_carriage_returns_survive() -> None:
    assert (
        sent(Computer(location=Location(room="a & b <c>\r\n\té😀")))
        == (
            "<computer><location><room>a &amp; b &lt;c&gt;&#13;\n\té😀</room></location></computer>"
        ).encode()
    )


@pytest.mark.parametrize("bad", ["\x00", "\x07", "\x1b", "￾", "\ud800"])
def test_characters_that_xml_cannot_carry_are_refused_by_place(bad: str) -> None:
    with pytest.raises(ConfigurationError, match=f"computer/location/room .*U\\+{ord(bad):04X}"):
        sent(Computer(location=Location(room=f"a{bad}")))


def test_names_that_are_no_elements_are_refused() -> None:
    computer = Computer()
    computer.additional_properties["a><b"] = "1"
    with pytest.raises(ConfigurationError, match="not a valid name for an XML element"):
        sent(computer)


@pytest.mark.parametrize("body", [Policy(), 7, ["computer"]])
def test_what_is_no_computer_is_refused(body: Any) -> None:
    with pytest.raises(ConfigurationError, match="Computer"):
        sent(body)


def test_payloads_of_profiles_are_escaped_once_more_for_the_server_only() -> None:
    plist = "<plist><string>a &amp; b</string></plist>"
    profile = OsXConfigurationProfile(general=OsXConfigurationProfileGeneral(payloads=plist))
    server = Sent(b"<os_x_configuration_profile><id>4</id></os_x_configuration_profile>")
    result = create_osx_configuration_profile_by_id.sync(0, client=server.client, body=profile)

    assert result == WriteResult(id=4)
    assert b"<string&gt;a &amp;amp;amp; b&lt;/string" in server.body.replace(
        b"&lt;string", b"<string"
    )
    assert OsXConfigurationProfile.from_xml(profile.to_xml()) == profile


def test_members_are_added_and_removed() -> None:
    server = Sent()
    group = ComputerGroup(
        computer_additions=[ComputerGroupComputersItem(id=1)],
        computer_deletions=[ComputerGroupComputersItem(id=2)],
    )
    update_computer_group_by_id.sync(5, client=server.client, body=group)

    assert server.body == (
        b"<computer_group><computer_additions><computer><id>1</id></computer></computer_additions>"
        b"<computer_deletions><computer><id>2</id></computer></computer_deletions></computer_group>"
    )


def test_files_are_uploaded_as_a_part_called_name() -> None:
    server = Sent(b"")
    body = UploadFilesBody(name=File(b"bytes", "a.png"))
    upload_files.sync("computers", "id", "3", client=server.client, body=body)

    assert b'name="name"; filename="a.png"' in server.body
    assert b"bytes" in server.body
