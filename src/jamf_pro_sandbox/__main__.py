"""Runs the sandbox in a terminal: `python -m jamf_pro_sandbox`."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from jamf_pro_sandbox.server import Sandbox

__all__ = ("main",)


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until SIGINT or SIGTERM and return the exit code.

    Args:
        arguments: Of the command line; None takes those of the process.
    """
    options = _parser().parse_args(arguments)
    stopped = threading.Event()
    # Before anything is announced: whoever reads that it is ready may stop it at once.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    try:
        sandbox = Sandbox(
            computers=options.computers,
            mobile_devices=options.mobile_devices,
            token_seconds=options.token_seconds,
            user_token_seconds=options.user_token_seconds,
            host=options.host,
            port=options.port,
            nodes=options.nodes,
            lag_seconds=options.lag_seconds,
        ).start()
    except (OSError, ValueError) as error:
        print(f"The sandbox cannot start: {error}", file=sys.stderr)
        return 2
    with sandbox:
        facts = _login_facts(sandbox)
        if options.ready_file is not None:
            _write_whole(options.ready_file, json.dumps(facts))
        if not options.quiet:
            words = " ".join(f"{name}={value}" for name, value in facts.items())
            print(f"Sandbox ready: {words}", flush=True)
        stopped.wait()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m jamf_pro_sandbox",
        description="A pretend Jamf Pro server with invented data, on this computer only.",
    )
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="a loopback address (default: %(default)s)")
    add("--port", type=int, default=0, help="0 picks a free one (default: %(default)s)")
    add("--computers", type=int, default=100, help="how many to invent (default: %(default)s)")
    add("--mobile-devices", type=int, default=10, help="how many to invent (default: %(default)s)")
    add(
        "--token-seconds",
        type=float,
        default=600,
        help="how long tokens of the API client live (default: %(default)s)",
    )
    add(
        "--user-token-seconds",
        type=float,
        default=1800,
        help="how long tokens of the user live (default: %(default)s)",
    )
    add("--nodes", type=int, default=1, help="how many servers to act as (default: %(default)s)")
    add(
        "--lag-seconds",
        type=float,
        default=60,
        help="how long until one sees what another wrote (default: %(default)s)",
    )
    add("--ready-file", type=Path, help="write address and credentials there as JSON when ready")
    add("--quiet", action="store_true", help="do not print the line that says it is ready")
    return parser


def _login_facts(sandbox: Sandbox) -> dict[str, str]:
    return {
        "url": sandbox.url,
        "client_id": sandbox.client_id,
        "client_secret": sandbox.client_secret,
        "username": sandbox.username,
        "password": sandbox.password,
    }


def _write_whole(place: Path, text: str) -> None:
    """Write a file so that whoever waits for it never reads half of it."""
    draft = place.with_name(f".{place.name}.{os.getpid()}")
    draft.write_text(text, encoding="utf-8")
    draft.replace(place)


if __name__ == "__main__":
    sys.exit(main())
