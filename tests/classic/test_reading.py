"""What servers answer, in XML, in JSON and in pages."""

from __future__ import annotations

from typing import Any

import pytest

from jamf_pro_client import HTTPAuthenticatedClient, errors
from jamf_pro_client._httpx import httpx
from jamf_pro_client.classic.api.accounts import find_accounts
from jamf_pro_client.classic.api.computercommands import (
    create_computer_command_by_command_and_id,
)
from jamf_pro_client.classic.api.computergroups import find_computer_groups
from jamf_pro_client.classic.api.computers import (
    delete_computer_by_id,
    find_computers,
    find_computers_by_id,
    find_computers_by_id_subset,
    find_computers_by_name,
    update_computer_by_id,
)
from jamf_pro_client.classic.api.mobiledevicecommands import (
    create_mobile_device_command_by_command_and_id,
)
from jamf_pro_client.classic.models import (
    Computer,
    ComputerGroupSummary,
    IdName,
    Location,
    MobileDevice,
    WriteResult,
)


class Answering:
    """A client of a server that gives one answer."""

    def __init__(self, content: bytes, status: int = 200, media: str = "text/xml") -> None:
        self._answer = httpx.Response(status, content=content, headers={"Content-Type": media})
        self.path = b""
        self.client = HTTPAuthenticatedClient(
            "https://jamf.invalid",
            token="invented",
            httpx_args={"transport": httpx.MockTransport(self._handle)},
        )

    def _handle(self, request: httpx.Request) -> httpx.Response:
        self.path = request.url.raw_path
        return self._answer


def read(content: bytes, **answer: Any) -> Any:
    return find_computers_by_id.sync(1, client=Answering(content, **answer).client)


XML_FORM = (
    b"<computer><general><id>1</id><name>A</name><mdm_capable>true</mdm_capable></general>"
    b"<extension_attributes><extension_attribute><id>2</id><value>b</value></extension_attribute>"
    b"</extension_attributes></computer>"
)


@pytest.mark.parametrize("media", ["text/plain;charset=UTF-8", "application/json", "text/html"])
@pytest.mark.parametrize(
    "listed",
    [
        '[{"id": 2, "value": "b"}]',
        '{"size": 1, "extension_attribute": {"id": 2, "value": "b"}}',
        '{"extension_attribute": [{"id": 2, "value": "b"}]}',
        '[{"extension_attribute": {"id": 2, "value": "b"}}]',
    ],
)
def test_json_gives_the_record_that_xml_gives(media: str, listed: str) -> None:
    text = (
        '{"computer": {"general": {"id": 1, "name": "A", "mdm_capable": true}, '
        f'"extension_attributes": {listed}}}}}'
    )
    assert read(text.encode(), media=media) == read(XML_FORM)


@pytest.mark.parametrize("empty", ["[]", "{}", '{"size": 0}'])
def test_an_empty_list_is_one_in_every_form(empty: str) -> None:
    record = read(f'{{"computer": {{"certificates": {empty}}}}}'.encode())
    assert record.certificates == []
    assert read(b"<computer><certificates><size>0</size></certificates></computer>") == record


@pytest.mark.parametrize(
    "content",
    [
        b"<computers><size>2</size><computer><id>1</id><name>a</name></computer>"
        b"<computer><id>2</id><name>b</name></computer></computers>",
        b'{"computers": [{"id": 1, "name": "a"}, {"id": 2, "name": "b"}]}',
        b'{"computers": {"size": 2, "computer": [{"id": 1, "name": "a"}, {"id": 2, "name": "b"}]}}',
        b'{"computers": [{"computer": {"id": 1, "name": "a"}},'
        b' {"computer": {"id": 2, "name": "b"}}]}',
    ],
)
def test_lists_give_typed_items(content: bytes) -> None:
    items = find_computers.sync(client=Answering(content).client)
    assert items == [IdName(id=1, name="a"), IdName(id=2, name="b")]


@pytest.mark.parametrize(
    "content",
    [
        b"<computers><size>0</size></computers>",
        b"<computers/>",
        b'{"computers": []}',
        b'{"computers": {"size": 0}}',
        b'{"computers": ""}',
        b'{"computers": null}',
    ],
)
def test_a_list_of_nothing_is_empty(content: bytes) -> None:
    assert find_computers.sync(client=Answering(content).client) == []


def test_a_list_of_one_is_a_list() -> None:
    content = (
        b"<computer_groups><size>1</size><computer_group><id>1</id><name>a</name>"
        b"<is_smart>true</is_smart></computer_group></computer_groups>"
    )
    (group,) = find_computer_groups.sync(client=Answering(content).client)
    assert group == ComputerGroupSummary(id=1, name="a", is_smart=True)


def test_accounts_hold_two_lists() -> None:
    content = b"<accounts><users><user><id>1</id><name>a</name></user></users><groups/></accounts>"
    accounts = find_accounts.sync(client=Answering(content).client)
    assert accounts.users == [IdName(id=1, name="a")]
    assert accounts.groups == []


@pytest.mark.parametrize("text", ["Unlimited", "007", "1e3", "12 "])
def test_what_is_no_number_stays_text(text: str) -> None:
    record = read(f"<computer><general><id>{text}</id></general></computer>".encode())
    assert record.general.id == text


def test_numbers_of_any_size_are_read() -> None:
    content = (
        b"<computer><general><id>340282366920938463463374607431768211456</id></general></computer>"
    )
    assert read(content).general.id == 2**128


@pytest.mark.parametrize(
    ("text", "value"),
    [("-91.502672", -91.502672), ("-1", -1), ("", None), ("1.50", "1.50"), ("nan", "nan")],
)
def test_places_of_lost_devices_are_numbers_that_keep_their_text(text: str, value: Any) -> None:
    content = (
        "<mobile_device><security><lost_location_latitude>"
        f"{text}</lost_location_latitude></security></mobile_device>"
    )
    security = MobileDevice.from_xml(content).security
    assert security
    assert security.lost_location_latitude == value
    assert f">{text}</lost" in MobileDevice.from_xml(content).to_xml().decode() or not text


@pytest.mark.parametrize("status", [200, 201])
@pytest.mark.parametrize("root", ["computer", "whatever"])
def test_writes_give_the_id(status: int, root: str) -> None:
    server = Answering(f"<{root}><id>12</id></{root}>".encode(), status)
    assert delete_computer_by_id.sync(12, client=server.client) == WriteResult(id=12)


@pytest.mark.parametrize("status", [200, 201, 204])
def test_a_write_that_is_answered_with_nothing_has_a_result_without_an_id(status: int) -> None:
    client = Answering(b"", status).client
    result = update_computer_by_id.sync(12, client=client, body=Computer())
    detailed = update_computer_by_id.sync_detailed(12, client=client, body=Computer())

    assert result == detailed.parsed == WriteResult()
    assert read(b"") is None


def test_commands_keep_what_is_answered_besides() -> None:
    content = (
        b"<computer_command><command><name>BlankPush</name><command_uuid>u</command_uuid>"
        b"<computer_id>1</computer_id></command></computer_command>"
    )
    server = Answering(content, 201)
    result = create_computer_command_by_command_and_id.sync("BlankPush", 1, client=server.client)

    assert result.additional_properties["command"]["command_uuid"] == "u"


def test_several_ids_and_subsets_are_joined() -> None:
    server = Answering(b"<computer/>")
    find_computers_by_id_subset.sync(1, ["General", "Location"], client=server.client)
    assert server.path == b"/JSSResource/computers/id/1/subset/General&Location"
    find_computers_by_id_subset.sync(1, "General&Location", client=server.client)
    assert server.path == b"/JSSResource/computers/id/1/subset/General&Location"
    create_mobile_device_command_by_command_and_id.sync(
        "UpdateInventory", [1, 2], client=server.client
    )
    assert server.path.endswith(b"/command/UpdateInventory/id/1,2")


@pytest.mark.parametrize("subset", [[], "", "General&", ["General", ".."]])
def test_empty_subsets_are_refused(subset: Any) -> None:
    with pytest.raises(errors.ConfigurationError, match="subset"):
        find_computers_by_id_subset.sync(1, subset, client=Answering(b"").client)


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("a+b", b"a%2Bb"),
        ("a b", b"a%20b"),
        ("a/b", b"a%2Fb"),
        ("a&b", b"a%26b"),
        ("50%", b"50%25"),
        ("Zoë\u2019s 😀", b"Zo%C3%AB%E2%80%99s%20%F0%9F%98%80"),
    ],
)
def test_names_are_encoded_whole(name: str, path: bytes) -> None:
    server = Answering(b"<computer/>")
    find_computers_by_name.sync(name, client=server.client)
    assert server.path == b"/JSSResource/computers/name/" + path


PAGE = (
    "<html>\n<head>\n   <title>Status page</title>\n</head>\n<body "
    'style="font-family: sans-serif;">\n<p style="font-size: 1.2em;font-weight: bold;'
    'margin: 1em 0px;">{label}</p>\n<p>{sentence}</p>\n<p>You can get technical details '
    '<a href="http://www.w3.org/Protocols/rfc2616/rfc2616-sec10.html#sec10.4.5">here</a>.<br>\n'
    'Please continue your visit at our <a href="/">home page</a>.\n</p>\n</body>\n</html>\n'
)


@pytest.mark.parametrize(
    ("status", "kind", "label", "sentence"),
    [
        (404, errors.NotFoundError, "Not Found", "Unable to match computer"),
        (409, errors.ConflictError, "Conflict", "Error: Duplicate name"),
        (400, errors.BadRequestError, "Bad Request", "Error: Unable to parse XML"),
        (401, errors.UnauthorizedError, "Unauthorized", "The request requires user authentication"),
        (500, errors.ServerError, "Internal Server Error", "The server failed"),
    ],
)
def test_pages_become_errors_with_their_sentence(
    status: int, kind: type[errors.JamfProAPIError], label: str, sentence: str
) -> None:
    page = PAGE.format(label=label, sentence=sentence).encode()
    with pytest.raises(kind) as caught:
        read(page, status=status, media="text/html;charset=UTF-8")

    assert str(caught.value).endswith(f"(find_computers_by_id): {sentence}")
    assert caught.value.path == "/computers/id/{id}"


@pytest.mark.parametrize(
    "content",
    [
        PAGE.format(label="Login", sentence="Who are you?").encode(),
        b"<html><body/></html>",
        b"<computer><general>",
        b"nothing of the kind",
        b'<!DOCTYPE x [<!ENTITY a "b">]><computer>&a;</computer>',
        b"<computer>" + b"<a>" * 300 + b"</a>" * 300 + b"</computer>",
    ],
)
def test_what_is_no_document_is_an_error_and_no_parsed_value(content: bytes) -> None:
    with pytest.raises(errors.InvalidResponseError, match="cannot be read as XML"):
        read(content)
    detailed = find_computers_by_id.sync_detailed(1, client=Answering(content).client)
    assert (detailed.status_code, detailed.parsed, detailed.content) == (200, None, content)


def test_control_characters_in_a_reply_are_dropped_rather_than_the_reply() -> None:
    record = read(b"<computer><general><name>a\x07b&#x1b;c&#13;d</name></general></computer>")
    assert record.general.name == "abc\rd"


@pytest.mark.parametrize(
    "document",
    [
        b"<computer><location><room>1</room></location><certificates/></computer>",
        b'{"computer": {"location": {"room": "1"}, "certificates": {"size": 0}}}',
        b'{"location": {"room": "1"}, "certificates": []}',
    ],
)
def test_a_record_is_made_of_any_reply_that_holds_one(document: bytes) -> None:
    read = Computer.from_document(document)

    assert read == Computer(location=Location(room="1"), certificates=[])


@pytest.mark.parametrize("document", [b"[]", b"7", b"<html></html>", b"<computer>", b"{", b""])
def test_a_reply_that_holds_no_record_is_refused(document: bytes) -> None:
    with pytest.raises(errors.InvalidResponseError, match="not of type Computer"):
        Computer.from_document(document)
