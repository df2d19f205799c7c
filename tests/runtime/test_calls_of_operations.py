"""What callers of operations get: of odd replies, and of arguments that cannot be sent."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import pytest

from jamf_pro_client import UNSET, File, HTTPAuthenticatedClient, errors
from jamf_pro_client._httpx import httpx
from jamf_pro_client.api.buildings import (
    delete_v1_buildings_id,
    get_v1_buildings_id,
    post_v1_buildings_export,
)
from jamf_pro_client.api.computer_inventory import (
    get_v4_computers_inventory_id_attachments_attachment_id,
)
from jamf_pro_client.api.icon import post_v1_icon
from jamf_pro_client.api.jamf_pro_version import get_v1_jamf_pro_version
from jamf_pro_client.filters import FilterField
from jamf_pro_client.models import ApiError, Building, PostV1IconBody
from jamf_pro_client.types import Response

JSON = "application/json"


def answering(content: bytes, media: str, status: int = 200) -> HTTPAuthenticatedClient:
    def answer(request: httpx.Request) -> httpx.Response:
        headers = {"Content-Type": media} if media else {}
        return httpx.Response(status, content=content, headers=headers, request=request)

    client = HTTPAuthenticatedClient("https://jamf.example.org", token="t")
    client.set_httpx_client(
        httpx.Client(base_url="https://jamf.example.org", transport=httpx.MockTransport(answer))
    )
    return client


def test_an_empty_file_is_a_file() -> None:
    attachment = get_v4_computers_inventory_id_attachments_attachment_id
    file = attachment.sync("1", "2", client=answering(b"", "application/pdf"))
    assert isinstance(file, File)
    assert file.read() == b""


def test_a_path_is_no_file() -> None:
    client = HTTPAuthenticatedClient("https://jamf.example.org", token="t")
    for given in (Path("icon.png"), File(cast("Any", Path("icon.png")))):
        for body in ({"file": given}, PostV1IconBody(file=cast("Any", given))):
            with pytest.raises(errors.ConfigurationError, match=r"path\.open"):
                post_v1_icon.sync(client=client, body=body)


@pytest.mark.parametrize(
    "given",
    ["icon.png", ("icon.png", b"\x89PNG"), ["icon.png"], {"file": "icon.png"}, bytearray(b"x")],
)
def test_what_is_no_file_is_refused_where_a_file_is_due(given: Any) -> None:
    """Servers take the text for the content of the file, and say that all went well."""
    client = HTTPAuthenticatedClient("https://jamf.example.org", token="t")
    for body in ({"file": given}, PostV1IconBody(file=given)):
        with pytest.raises(errors.ConfigurationError, match="the file for 'file' is given as a"):
            post_v1_icon.sync(client=client, body=body)


def test_a_closed_file_is_refused() -> None:
    client = HTTPAuthenticatedClient("https://jamf.example.org", token="t")
    closed = io.BytesIO(b"x")
    closed.close()
    for given in (closed, File(closed)):
        with pytest.raises(errors.ConfigurationError, match="'file' is closed"):
            post_v1_icon.sync(client=client, body={"file": given})


def test_a_file_is_not_made_of_text() -> None:
    with pytest.raises(errors.ConfigurationError, match="open the file in binary mode"):
        File(cast("Any", "icon.png"))


def test_an_empty_text_is_text() -> None:
    assert post_v1_buildings_export.sync(client=answering(b"", "text/csv")) == ""


@pytest.mark.parametrize("call", [get_v1_buildings_id.sync, delete_v1_buildings_id.sync])
def test_an_empty_success_without_a_document_is_none(call: Callable[..., Any]) -> None:
    assert call("1", client=answering(b"", "", 204)) is None
    assert call("1", client=answering(b"", JSON)) is None


@pytest.mark.parametrize(
    ("content", "media", "why"),
    [
        (b'{"name": "H', JSON, "Unterminated string"),
        (b'{"name": "H\xff"}', JSON, "utf-8"),
        (b"[" * 100_000, JSON, "recursion"),
        (b"<p>Log in", "text/html", "Expecting value"),
        (b"<p>Log in", "", "a body without a media type"),
    ],
)
def test_what_is_wrong_with_a_body_is_said(content: bytes, media: str, why: str) -> None:
    client = answering(content, media)
    with pytest.raises(errors.InvalidResponseError, match=why) as caught:
        get_v1_buildings_id.sync("1", client=client)
    assert content[:5].decode() in str(caught.value)
    whole = get_v1_buildings_id.sync_detailed("1", client=client)
    assert (whole.parsed, whole.content) == (None, content)


@pytest.mark.parametrize("several", [["1", "2"], ("1", "2"), {"1", "2"}])
def test_several_values_for_one_place_in_a_path_are_refused(several: Any) -> None:
    """Or the first would be deleted, and the others silently not."""
    with pytest.raises(errors.ConfigurationError, match="2 values"):
        delete_v1_buildings_id.sync(several, client=answering(b"", "", 204))
    assert get_v1_buildings_id.sync(["1"], client=answering(b'{"name": "H"}', JSON)).name == "H"  # type: ignore[arg-type]


@pytest.mark.parametrize("nothing", [None, UNSET, []])
def test_no_value_for_a_place_in_a_path_is_refused(nothing: Any) -> None:
    with pytest.raises(errors.ConfigurationError, match="id has no value"):
        get_v1_buildings_id.sync(nothing, client=answering(b"{}", JSON))


@pytest.mark.parametrize(
    "value",
    [b"7", bytearray(b"7"), {"id": "7"}, object(), Building(name="Mill"), FilterField("id")],
)
def test_what_has_no_text_of_its_own_is_no_parameter(value: Any) -> None:
    with pytest.raises(errors.ConfigurationError, match=f"of type {type(value).__name__}"):
        get_v1_buildings_id.sync(value, client=answering(b"{}", JSON))


@pytest.mark.parametrize("value", ["7", 7, 7.0, UUID(int=7), Decimal(7)])
def test_numbers_and_the_like_can_be_parameters(value: Any) -> None:
    get_v1_buildings_id.sync(value, client=answering(b"{}", JSON))


REFUSED = {
    "httpStatus": 401,
    "errors": [{"code": "INVALID_TOKEN", "description": "No.", "id": "0"}],
}


def detailed_sync(endpoint: Any, client: HTTPAuthenticatedClient, *ids: str) -> Response[Any]:
    with client:
        reply: Response[Any] = endpoint.sync_detailed(*ids, client=client)
    return reply


def detailed_async(endpoint: Any, client: HTTPAuthenticatedClient, *ids: str) -> Response[Any]:
    async def main() -> Response[Any]:
        async with client:
            reply: Response[Any] = await endpoint.asyncio_detailed(*ids, client=client)
        return reply

    return asyncio.run(main())


detailed = pytest.mark.parametrize("call", [detailed_sync, detailed_async])


@detailed
@pytest.mark.parametrize("status", [401, 405, 500])
def test_an_error_of_a_status_that_is_not_described_is_read_as_those_that_are(
    jamf: Any, call: Callable[..., Response[Any]], status: int
) -> None:
    jamf.routes["/api/v1/buildings/5"] = lambda _: jamf.answer(status, REFUSED)
    reply = call(get_v1_buildings_id, HTTPAuthenticatedClient(jamf.url, token="t"), "5")
    assert reply.status_code == status
    assert isinstance(reply.parsed, ApiError)
    assert reply.parsed.to_dict() == REFUSED
    assert [detail.code for detail in reply.errors] == ["INVALID_TOKEN"]


@detailed
def test_where_no_error_is_described_the_list_is_there_but_not_as_a_model(
    jamf: Any, call: Callable[..., Response[Any]]
) -> None:
    jamf.routes["/api/v1/jamf-pro-version"] = lambda _: jamf.answer(403, REFUSED)
    reply = call(get_v1_jamf_pro_version, HTTPAuthenticatedClient(jamf.url, token="t"))
    assert reply.parsed is None
    assert reply.errors == (errors.ApiErrorDetail("INVALID_TOKEN", "No.", "0"),)


@pytest.mark.parametrize(
    ("content", "media"),
    [
        (b'{"error": "invalid_client"}', JSON),
        (b'{"errors": "none"}', JSON),
        (b'{"timestamp": 1, "status": 405}', JSON),
        (b"[]", JSON),
        (b'{"errors": [', JSON),
        (b"<html>", "text/html"),
        (b"", ""),
    ],
)
def test_what_is_not_the_list_of_errors_is_no_model_of_it(content: bytes, media: str) -> None:
    reply = get_v1_buildings_id.sync_detailed("1", client=answering(content, media, 405))
    assert (reply.parsed, reply.content) == (None, content)


def test_a_success_has_no_errors() -> None:
    client = answering(b'{"name": "H", "errors": [{"code": "X"}]}', JSON)
    assert get_v1_buildings_id.sync_detailed("1", client=client).errors == ()


def test_a_status_that_is_not_described_still_raises_where_that_is_wanted(jamf: Any) -> None:
    jamf.routes["/api/v1/buildings/5"] = lambda _: jamf.answer(401, REFUSED)
    client = HTTPAuthenticatedClient(jamf.url, token="t", raise_on_unexpected_status=True)
    with client, pytest.raises(errors.UnexpectedStatus):
        get_v1_buildings_id.sync_detailed("5", client=client)
