"""The examples in examples/facade run, against a sandbox."""

from __future__ import annotations

import asyncio
import importlib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from jamf_pro_client._httpx import httpx
from jamf_pro_client.errors import NotFoundError
from jamf_pro_client.facade import AsyncJamfProClient, JamfProClient
from jamf_pro_sandbox import Sandbox

FOLDER = Path(__file__).parents[2] / "examples/facade"


def example(name: str) -> ModuleType:
    return importlib.import_module(f"examples.facade.{name}")


@pytest.fixture
def environment(jamf_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAMF_URL", jamf_sandbox.url)
    monkeypatch.setenv("JAMF_CLIENT_ID", jamf_sandbox.client_id)
    monkeypatch.setenv("JAMF_CLIENT_SECRET", jamf_sandbox.client_secret)


class Table:
    def __init__(self, token: str) -> None:
        self.token = token

    def get_item(self, key: str) -> dict[str, str]:
        assert key == "access-token"
        return {"token": self.token, "expires": "2999-01-01T00:00:00Z"}


def test_own_credentials(client: JamfProClient, monkeypatch: pytest.MonkeyPatch) -> None:
    own = example("own_credentials")
    table = Table(client.get_access_token().token)
    assert own.version(client.base_url, own.TableProvider(table)).startswith("11.")
    found = asyncio.run(own.version_async(client.base_url, own.TableProvider(table)))
    assert found.startswith("11.")
    monkeypatch.setenv("ACCESS_TOKEN", table.token)
    monkeypatch.setenv("ACCESS_TOKEN_EXPIRES", "2999-01-01T00:00:00Z")
    provider = own.TableProvider(own.EnvironmentTable())
    assert provider.get_access_token().token == table.token


@pytest.mark.usefixtures("environment")
def test_raw_requests(client: JamfProClient, capsys: pytest.CaptureFixture[str]) -> None:
    raw = example("raw_requests")
    assert raw.classic_status(client, 999999) == 404
    assert raw.rename_building(client, "1", "Quay") == "Quay"
    raw.main()
    assert capsys.readouterr().out == "['Lighthouse', 'Mill', 'Quay']\n"


@pytest.mark.usefixtures("environment")
def test_concurrent_reads(client: JamfProClient, capsys: pytest.CaptureFixture[str]) -> None:
    reads = example("concurrent_reads")
    typed = [reads.line_of(one) for one in reads.every_computer(client)]
    assert typed == [reads.line_of(one) for one in reads.every_computer_raw(client)]
    assert len(typed) == 10
    reads.main()
    assert capsys.readouterr().out.splitlines() == typed


@pytest.mark.usefixtures("environment")
def test_conditional_update(
    client: JamfProClient, aclient: AsyncJamfProClient, capsys: pytest.CaptureFixture[str]
) -> None:
    update = example("conditional_update")
    client.pro_api.patch_v4_computers_inventory_detail_id("1", body=update.update_for("Day 1"))
    assert update.move_computers(client, ["1", "2"], "7") == ["Updated", "Not updated"]

    async def run() -> Any:
        async with aclient:
            return await update.move_computers_async(aclient, ["1", "2"], "7")

    assert asyncio.run(run()) == ["Skipped computer 1", "Updated computer 2"]
    asyncio.run(update.main())
    assert "Updated computer 5" in capsys.readouterr().out


@pytest.mark.usefixtures("environment")
def test_async_inventory(
    aclient: AsyncJamfProClient, credentials: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    inventory = example("async_inventory")

    async def run() -> None:
        assert await inventory.without_a_block(aclient.base_url, credentials) == 10
        async with aclient:
            everything = await inventory.everything(aclient)
            names = await inventory.names_by_page(aclient, 3)
            assert names == [one.general.name for one in everything]
            (found,) = await inventory.named(aclient, names[4])
            assert found.id == "5"
            assert (await inventory.in_full(aclient))[0] == f"1: {names[0]}"
            assert await inventory.statuses(aclient, ["1", "999"]) == [200, 404]
        await inventory.main()

    asyncio.run(run())
    assert len(capsys.readouterr().out.splitlines()) == 10


@pytest.mark.usefixtures("environment")
def test_failures(
    aclient: AsyncJamfProClient, credentials: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    failures = example("failures")

    async def run() -> None:
        async with aclient:
            assert await failures.computer_or_none(aclient, "999999") is None
            assert (await failures.computer_or_none(aclient, "1")).id == "1"
        good, bad = await failures.good_and_bad(aclient.base_url, credentials, ["1", "999", "2"])
        assert len(good) == 2
        assert [type(error) for error in bad] == [NotFoundError]
        await failures.main()

    asyncio.run(run())
    shown = capsys.readouterr().out
    assert "API error: 404" in shown
    assert "Success: " in shown


@pytest.mark.usefixtures("environment")
def test_settings(
    jamf_sandbox: Sandbox, credentials: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    import logging

    settings = example("settings")
    token = asyncio.run(settings.token_of(jamf_sandbox.url, credentials))
    assert token.type == "oauth"
    logger = logging.getLogger("jamf_pro_client")
    try:
        settings.main()
    finally:
        logger.handlers.clear()
        logger.setLevel(logging.NOTSET)
    shown = capsys.readouterr()
    assert shown.out == "10\n"
    assert "GET /v4/computers-inventory 200" in shown.err
    assert token.token not in shown.err


@pytest.mark.usefixtures("environment")
def test_web_service(jamf_sandbox: Sandbox) -> None:
    """S2.20, S2.21."""
    service = example("web_service")

    async def run() -> None:
        transport = httpx.ASGITransport(app=service.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://service") as browser:
            listed = (await browser.get("/computers")).json()
            assert listed[0] == {"id": 1, "name": "mac-000001"}
            assert len(listed) == 10
            for place in ("computers", "inventory"):
                whole = (await browser.get(f"/{place}/1")).json()
                assert whole["general"]["name"] == listed[0]["name"]
                assert len(whole) > 5
                assert (await browser.get(f"/{place}/999")).status_code == 404

    asyncio.run(run())
    assert not [one.violation for one in jamf_sandbox.requests if one.violation]


def test_every_example_is_run() -> None:
    tests = {name.removeprefix("test_") for name in globals() if name.startswith("test_")}
    # Those of the Classic API run in test_classic.
    assert {path.stem for path in FOLDER.glob("*.py")} <= {*tests, "classic_computers"}
