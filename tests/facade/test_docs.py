"""docs/facade.md tells the truth: its code runs."""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from typing import Any

import pytest
from tests.docs.examples_run import DOCS, at_sandbox, code_of, page

from jamf_pro_client.facade import JamfProClient
from jamf_pro_sandbox import Sandbox

PAGE = page("facade")
BLOCKS = code_of(PAGE)


def test_the_first_example_runs(jamf_sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    exec(at_sandbox(BLOCKS[0], jamf_sandbox), {})  # noqa: S102 - our own text
    assert capsys.readouterr().out.splitlines() == ["Harbour House", *map(str, range(1, 11))]


def test_the_other_examples_run(client: JamfProClient, jamf_sandbox: Sandbox) -> None:
    names: dict[str, Any] = {"client": client}
    exec(BLOCKS[1], names)  # noqa: S102 - our own text
    assert client.classic_api.get_computer_by_id(1).dict()["location"]["building"] == "Harbour"
    exec(BLOCKS[3], names)  # noqa: S102 - our own text
    assert [one.id for one in names["results"]] == ["1", "2", "3"]
    exec(BLOCKS[4], names)  # noqa: S102 - our own text
    assert jamf_sandbox.requests[-1].operation_id == "put_v3_computer_prestages_id"
    answered = {"uuid": "0f0e0d0c-uuid", "commandState": "ACKNOWLEDGED"}
    jamf_sandbox.answer_next("get_v2_mdm_commands", 200, {"totalCount": 1, "results": [answered]})
    group = {"id": "5", "name": "Harbour"}
    jamf_sandbox.answer_next("get_v3_computer_groups_smart_groups_id", 200, group)
    exec(BLOCKS[5], names)  # noqa: S102 - our own text


def test_files_are_uploaded_as_the_page_says(
    client: JamfProClient,
    jamf_sandbox: Sandbox,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    sent = {"tool.pkg": b"a package", "tool.png": b"\x89PNG\r\n\x1a\n", "report.txt": b"a report"}
    for name, content in sent.items():
        Path(name).write_bytes(content)
    client.get_access_token()
    jamf_sandbox.expire_tokens()
    exec(BLOCKS[2], {"client": client})  # noqa: S102 - our own text
    uploads = [one for one in jamf_sandbox.requests if one.operation_id != "post_v1_oauth_token"]
    # The first was refused for its token, and its handle was read a second time.
    assert [one.status for one in uploads] == [401, 201, 201, 201]
    for request, (name, content) in zip(uploads[1:], sent.items(), strict=True):
        assert f'name="file"; filename="{name}"'.encode() in request.body
        assert content in request.body
    assert b"Content-Type: image/png" in uploads[2].body
    assert b"Content-Type: text/plain" in uploads[3].body


def test_modules_that_users_of_another_client_know_are_there() -> None:
    section = PAGE.partition("## Coming from jamf-pro-sdk")[2].partition("\n## ")[0]
    names = re.findall(r"`([a-z_.]+)`", section)
    assert len(names) == 7
    for name in names:
        importlib.import_module(f"jamf_pro_client.{name}")


def test_calls_in_the_table_run(client: JamfProClient) -> None:
    table = PAGE.partition("| what | how |")[2].partition("\n\n")[0]
    calls = [one for one in re.findall(r"`(client\.[^`]*\))`", table) if "..." not in one]
    assert len(calls) == 5
    for call in calls:
        assert eval(call, {"client": client})  # noqa: S307 - our own text


def test_it_is_short_and_its_links_exist() -> None:
    assert len(PAGE.splitlines()) < 160
    for link in re.findall(r"\]\((?!https:)([^)#]+)\)", PAGE):
        assert (DOCS / link).exists()
