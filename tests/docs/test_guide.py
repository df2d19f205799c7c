"""The pages of the guide tell the truth: their code runs and prints what they show."""

from __future__ import annotations

import ast
import asyncio
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.docs.examples_run import code_of, page, printed_by

from jamf_pro_client import ApiClientCredentialsProvider, HTTPAuthenticatedClient, errors
from jamf_pro_client.api.computer_inventory import get_v4_computers_inventory
from jamf_pro_client.paging import iter_items
from jamf_pro_sandbox import Sandbox

PAGES = ("getting-started", "classic", "errors", "models", "sandbox")
_EXAMPLE = re.compile(r"```python\n((?:(?!```).)*)```\n\n```text\n(.*?)```", re.DOTALL)


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        pytest.param(*example, id=f"{name}-{number}")
        for name in PAGES
        for number, example in enumerate(_EXAMPLE.findall(page(name)), start=1)
    ],
)
def test_an_example_prints_what_the_page_shows(code: str, shown: str) -> None:
    with Sandbox(computers=2) as sandbox:
        assert printed_by(code, sandbox) == shown


def test_all_code_is_run() -> None:
    for name in PAGES:
        alone = [code for code in code_of(page(name)) if "def test_" not in code]
        assert alone == [code for code, _ in _EXAMPLE.findall(page(name))]


def test_the_fixture_is_used_as_the_page_shows(pytester: pytest.Pytester) -> None:
    (code,) = (code for code in code_of(page("sandbox")) if "def test_" in code)
    pytester.makepyfile(code)
    result = pytester.runpytest_subprocess("-W", "error", "-p", "no:cacheprovider")
    result.assert_outcomes(passed=1)


def test_the_wrapping_package_passes_its_test(pytester: pytest.Pytester) -> None:
    package, its_test = code_of(page("wrapping"))
    pytester.makepyfile(acme_jamf=package, test_acme_jamf=its_test)
    result = pytester.runpytest_subprocess("-W", "error", "-p", "no:cacheprovider")
    result.assert_outcomes(passed=1)


def test_the_code_about_paging_runs(
    jamf_sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    key, secret = jamf_sandbox.client_id, jamf_sandbox.client_secret
    client = HTTPAuthenticatedClient(jamf_sandbox.url, api_key=key, api_secret=secret)
    names: dict[str, Any] = {"client": client}

    async def run() -> None:
        async with client:
            for code in code_of(page("paging")):
                flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
                awaiting = eval(compile(code, "paging.md", "exec", flags), names)  # noqa: S307
                if awaiting is not None:
                    await awaiting
        client.close()

    asyncio.run(run())
    printed = capsys.readouterr().out.split("\n")
    assert printed[:10] == [f"mac-{number:06}" for number in range(1, 11)]
    assert printed[10:-1] == ["Harbour House", "Lighthouse", "Mill"]


def test_computers_are_dated_as_the_page_says() -> None:
    with Sandbox(computers=300) as sandbox:
        login = ApiClientCredentialsProvider(sandbox.client_id, sandbox.client_secret)
        with HTTPAuthenticatedClient(sandbox.url, credentials=login) as client:
            seen = [
                computer.general.last_contact
                for computer in iter_items(get_v4_computers_inventory, client, section=["GENERAL"])
                if computer.general and isinstance(computer.general.last_contact, datetime)
            ]
    today = datetime(2026, 1, 16, tzinfo=UTC)
    assert len(seen) == 300
    assert today - timedelta(days=61) < min(seen)
    assert today - timedelta(days=2) < max(seen) < today


def test_the_table_of_errors_has_all_of_them() -> None:
    table = page("errors").partition("## What to do")[2].partition("\n\nOther")[0]
    named = set(re.findall(r"`(\w+Error|UnexpectedStatus)`", table))
    roots = {"JamfProError", "JamfProAPIError"}
    kinds = {
        name
        for name, value in vars(errors).items()
        if isinstance(value, type) and issubclass(value, errors.JamfProError)
    }
    assert named == kinds - roots
