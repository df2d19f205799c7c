"""How the sandbox starts and stops, in process and as a command."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import pytest

from jamf_pro_sandbox import Sandbox

COMMAND = [sys.executable, "-W", "error", "-m", "jamf_pro_sandbox"]


def test_starting_and_stopping_is_quick_and_leaves_no_thread() -> None:
    threads = set(threading.enumerate())
    with Sandbox():
        pass
    started = time.perf_counter()
    for _ in range(5):
        with Sandbox() as sandbox:
            httpx.get(f"{sandbox.url}/api/startup-status", trust_env=False)
    seconds = (time.perf_counter() - started) / 5
    assert set(threading.enumerate()) == threads
    assert seconds < 0.3


def test_a_sandbox_that_does_not_run_has_no_address() -> None:
    sandbox = Sandbox()
    with pytest.raises(RuntimeError, match="is not running"):
        _ = sandbox.url
    with sandbox:
        url = sandbox.start().url
    sandbox.close()
    with pytest.raises(httpx.ConnectError):
        httpx.get(url)


def test_it_serves_loopback_only() -> None:
    for host in ("0.0.0.0", "192.0.2.1", "example.com"):  # noqa: S104  what is refused
        with pytest.raises(ValueError, match="loopback only"):
            Sandbox(host=host)


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_the_command_announces_itself_and_stops_cleanly(
    stop: signal.Signals, tmp_path: Path
) -> None:
    ready = tmp_path / "ready.json"
    arguments = ["--port", "0", "--computers", "3", "--ready-file", str(ready)]
    with subprocess.Popen(  # noqa: S603  our own interpreter
        [*COMMAND, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        facts = json.loads(ready.read_text(encoding="utf-8"))
        assert dict(re.findall(r"(\w+)=(\S+)", line)) == facts
        form = {
            "grant_type": "client_credentials",
            "client_id": facts["client_id"],
            "client_secret": facts["client_secret"],
        }
        reply = httpx.post(f"{facts['url']}/api/v1/oauth/token", data=form)
        process.send_signal(stop)
        rest, complaints = process.communicate(timeout=10)
    assert reply.status_code == 200
    assert (process.returncode, rest, complaints) == (0, "", "")
    assert list(tmp_path.iterdir()) == [ready]


def test_the_command_takes_what_the_class_takes(tmp_path: Path) -> None:
    ready = tmp_path / "ready.json"
    arguments = ["--nodes", "2", "--lag-seconds", "3600", "--mobile-devices", "4", "--quiet"]
    with subprocess.Popen([*COMMAND, *arguments, "--ready-file", str(ready)]) as process:  # noqa: S603  our own interpreter
        try:
            while not ready.exists():
                assert process.poll() is None
                time.sleep(0.01)
            facts = json.loads(ready.read_text(encoding="utf-8"))
            auth = (facts["username"], facts["password"])
            url = f"{facts['url']}/api"
            token = httpx.post(f"{url}/v1/auth/token", auth=auth).json()["token"]
            headers = {"Authorization": f"Bearer {token}"}
            devices = httpx.get(f"{url}/v2/mobile-devices", headers=headers).json()
            made = httpx.post(f"{url}/v1/departments", headers=headers, json={"name": "Bakery"})
            one = f"{url}/v1/departments/{made.json()['id']}"
            # Without a cookie, two nodes take turns.
            seen = [httpx.get(one, headers=headers).status_code for _ in range(2)]
        finally:
            process.send_signal(signal.SIGTERM)
    assert (devices["totalCount"], seen) == (4, [404, 200])


def test_the_command_refuses_other_hosts() -> None:
    done = subprocess.run(  # noqa: S603  our own interpreter
        [*COMMAND, "--host", "192.0.2.1"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "loopback only" in done.stderr


def test_the_plugin_loads_no_server() -> None:
    code = (
        "import sys, jamf_pro_sandbox.pytest_plugin; "
        "print([name for name in ('starlette', 'uvicorn', 'jsonschema') if name in sys.modules])"
    )
    done = subprocess.run(  # noqa: S603  our own interpreter
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_the_validator_of_bodies_is_not_loaded_for_a_start() -> None:
    """It takes half of the time until a sandbox answers."""
    code = (
        "import sys; from jamf_pro_sandbox import Sandbox; Sandbox().start().close(); "
        "print('openapi_schema_validator' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)  # noqa: S603  # our own code
    assert done.stdout == "False\n"
