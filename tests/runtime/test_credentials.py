"""Credentials from the environment, files, a keychain, AWS and a terminal."""

from __future__ import annotations

import os
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from jamf_pro_client.auth import (
    ApiClientCredentialsProvider,
    BasicAuthProvider,
    StaticTokenProvider,
)
from jamf_pro_client.client import HTTPAuthenticatedClient
from jamf_pro_client.credentials import (
    load_from_aws_secrets_manager,
    load_from_env,
    load_from_keychain,
    prompt_for_credentials,
    server_from_env,
)
from jamf_pro_client.errors import ConfigurationError

keyring = pytest.importorskip("keyring")
backend = pytest.importorskip("keyring.backend")
boto3 = pytest.importorskip("boto3")


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(("JAMF_", "AWS_")) and name != "JAMF_PRO_CLIENT_HTTPX":
            monkeypatch.delenv(name)


@pytest.fixture
def setenv(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    def set_(**variables: object) -> None:
        for name, value in variables.items():
            monkeypatch.setenv(name, str(value))

    return set_


def _secret(provider: Any) -> tuple[str, str]:
    if isinstance(provider, ApiClientCredentialsProvider):
        return provider.client_id, provider._client_secret.reveal()
    return provider.username, provider._password.reveal()


def _crash_report(error: BaseException) -> str:
    """Return the traceback with what every name of our frames stood for."""
    frames = traceback.TracebackException.from_exception(error, capture_locals=True)
    # The first frame is the test, which knows the canary.
    del frames.stack[0]
    return "".join(frames.format())


def test_an_api_client_comes_from_the_environment(jamf: Any, setenv: Callable[..., None]) -> None:
    setenv(JAMF_URL=jamf.url, JAMF_CLIENT_ID="id", JAMF_CLIENT_SECRET="canary-secret")
    with HTTPAuthenticatedClient(server_from_env(), credentials=load_from_env()) as client:
        assert client.request("GET", "/a").status_code == 200
    assert "canary" not in repr(client)


def test_an_account_comes_from_variables_of_any_prefix(setenv: Callable[..., None]) -> None:
    setenv(TEST_USERNAME="account", TEST_PASSWORD="canary-password", TEST_URL="jamf.my.org")
    provider = load_from_env("TEST_")
    assert type(provider) is BasicAuthProvider
    assert _secret(provider) == ("account", "canary-password")
    assert server_from_env("TEST_") == "jamf.my.org"


def test_values_come_from_files(setenv: Callable[..., None], tmp_path: Path) -> None:
    for name, content in (
        ("id", b"the-id\r\n"),
        ("secret", "\ufeffcanary-sécret \n".encode()),
        ("url", b"jamf.my.org"),
    ):
        (tmp_path / name).write_bytes(content)
    setenv(JAMF_CLIENT_ID_FILE=tmp_path / "id", JAMF_CLIENT_SECRET_FILE=tmp_path / "secret")
    setenv(JAMF_URL_FILE=tmp_path / "url", JAMF_USERNAME="")
    assert _secret(load_from_env()) == ("the-id", "canary-sécret ")
    assert server_from_env() == "jamf.my.org"


@pytest.mark.parametrize(
    ("variables", "says"),
    [
        ({}, "no credentials"),
        ({"JAMF_CLIENT_ID": "id"}, "lacks JAMF_CLIENT_SECRET"),
        ({"JAMF_PASSWORD": "canary"}, "lacks JAMF_USERNAME"),
        ({"JAMF_CLIENT_ID": "id", "JAMF_PASSWORD": "canary"}, "both an API client and an account"),
        ({"JAMF_PASSWORD": "canary", "JAMF_PASSWORD_FILE": "/x"}, "both JAMF_PASSWORD and"),
        ({"JAMF_USERNAME_FILE": "/not/there"}, "No such file"),
        ({"JAMF_USERNAME_FILE": "/"}, "JAMF_USERNAME_FILE"),
    ],
)
def test_what_is_missing_or_said_twice_is_named(
    setenv: Callable[..., None], variables: dict[str, str], says: str
) -> None:
    setenv(**variables)
    with pytest.raises(ConfigurationError, match=says) as caught:
        load_from_env()
    assert "canary" not in _crash_report(caught.value)
    assert caught.value.__context__ is None


def test_a_username_that_cannot_be_used_does_not_bring_the_password_along(
    setenv: Callable[..., None],
) -> None:
    setenv(JAMF_USERNAME="a:b", JAMF_PASSWORD="canary")
    with pytest.raises(ConfigurationError, match="colon") as caught:
        load_from_env()
    assert "canary" not in _crash_report(caught.value)


def test_a_file_that_is_no_text_is_not_shown(setenv: Callable[..., None], tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"canary\xff")
    setenv(JAMF_PASSWORD_FILE=tmp_path / "secret")
    with pytest.raises(ConfigurationError, match="is not UTF-8 text") as caught:
        load_from_env()
    assert "canary" not in _crash_report(caught.value)
    assert caught.value.__context__ is None


def test_a_missing_server_is_told() -> None:
    with pytest.raises(ConfigurationError, match="JAMF_URL"):
        server_from_env()


class _Memory(backend.KeyringBackend):  # type: ignore[misc, name-defined]  # found at run time
    """A keychain that is gone with the test."""

    priority = 5

    def __init__(self) -> None:
        super().__init__()
        self.kept = {("jamf.my.org", "id"): "canary-secret", ("jamf.my.org", "account"): "canary"}

    def get_password(self, service: str, username: str) -> str | None:
        if service == "locked":
            raise keyring.errors.KeyringLocked("canary")
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        raise NotImplementedError

    def delete_password(self, service: str, username: str) -> None:
        raise NotImplementedError


class _PlaintextKeyring(_Memory):
    """Writes what it is given to a file as it is."""


@pytest.fixture
def chosen() -> Iterator[Callable[[Any], None]]:
    """Set the keychain."""
    before = keyring.get_keyring()
    yield keyring.set_keyring
    keyring.set_keyring(before)


def test_the_keychain_gives_the_secret(chosen: Callable[[Any], None]) -> None:
    chosen(_Memory())
    api = load_from_keychain(ApiClientCredentialsProvider, "jamf.my.org", client_id="id")
    assert _secret(api) == ("id", "canary-secret")
    account = load_from_keychain(BasicAuthProvider, "jamf.my.org", username="account")
    assert _secret(account) == ("account", "canary")


def test_a_class_derived_from_a_provider_is_made(chosen: Callable[[Any], None]) -> None:
    class Mine(BasicAuthProvider):
        pass

    chosen(_Memory())
    assert type(load_from_keychain(Mine, "jamf.my.org", username="account")) is Mine


def test_keychains_that_keep_nothing_or_no_secret_are_refused(
    chosen: Callable[[Any], None],
) -> None:
    fail, null = (import_module(f"keyring.backends.{name}").Keyring() for name in ("fail", "null"))

    class Several(_Memory):
        backends = (_PlaintextKeyring(), fail)

    for unsafe in (fail, null, _PlaintextKeyring(), Several()):
        chosen(unsafe)
        with pytest.raises(ConfigurationError, match="another backend"):
            load_from_keychain(BasicAuthProvider, "jamf.my.org", username="account")


def test_a_safe_keychain_among_several_is_asked(chosen: Callable[[Any], None]) -> None:
    class Several(_Memory):
        backends = (_PlaintextKeyring(), _Memory())

    chosen(Several())
    provider = load_from_keychain(BasicAuthProvider, "jamf.my.org", username="account")
    assert _secret(provider) == ("account", "canary")


@pytest.mark.parametrize(
    ("server", "problem"), [("other.my.org", "no entry"), ("locked", "KeyringLocked")]
)
def test_a_keychain_without_the_secret_is_told(
    chosen: Callable[[Any], None], server: str, problem: str
) -> None:
    chosen(_Memory())
    with pytest.raises(ConfigurationError, match=problem) as caught:
        load_from_keychain(BasicAuthProvider, server, username="account")
    assert "canary" not in _crash_report(caught.value)
    assert caught.value.__context__ is None


@pytest.mark.parametrize("names", [{}, {"client_id": "id"}, {"client_id": "a", "username": "b"}])
def test_the_keychain_needs_the_name_that_fits(names: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError, match="username for BasicAuthProvider"):
        load_from_keychain(BasicAuthProvider, "jamf.my.org", **names)


def test_other_providers_cannot_be_loaded() -> None:
    for wrong in (StaticTokenProvider, "text", None):
        with pytest.raises(ConfigurationError, match="provider_type"):
            load_from_aws_secrets_manager(wrong, "x")  # type: ignore[type-var, arg-type]  # wrong


@pytest.fixture
def aws(jamf: Any, setenv: Callable[..., None], tmp_path: Path) -> Any:
    """A server that speaks as AWS Secrets Manager does."""
    setenv(
        AWS_ENDPOINT_URL=jamf.url,
        AWS_DEFAULT_REGION="eu-central-1",
        AWS_ACCESS_KEY_ID="invented",
        AWS_SECRET_ACCESS_KEY="invented",
        AWS_EC2_METADATA_DISABLED="true",
        AWS_CONFIG_FILE=tmp_path / "none",
        AWS_SHARED_CREDENTIALS_FILE=tmp_path / "none",
        AWS_MAX_ATTEMPTS="1",
    )
    return jamf


def _give(aws: Any, text: str) -> None:
    aws.routes["/"] = lambda _: aws.answer(200, {"Name": "jamf/test", "SecretString": text})


def test_aws_gives_the_fields_that_are_needed_and_no_others(aws: Any) -> None:
    _give(aws, '{"client_id": "id", "client_secret": "canary-secret", "url": "x", "n": 1}')
    provider = load_from_aws_secrets_manager(
        ApiClientCredentialsProvider, "jamf/test", version_stage="AWSPREVIOUS"
    )
    assert _secret(provider) == ("id", "canary-secret")
    assert set(vars(provider)) >= {"client_id", "_client_secret"}
    (seen,) = aws.seen
    assert seen.headers["x-amz-target"] == "secretsmanager.GetSecretValue"
    assert seen.body == b'{"SecretId": "jamf/test", "VersionStage": "AWSPREVIOUS"}'


def test_aws_is_asked_by_a_client_of_your_own(aws: Any, setenv: Callable[..., None]) -> None:
    mine = boto3.client("secretsmanager", endpoint_url=aws.url)
    setenv(AWS_ENDPOINT_URL="http://127.0.0.1:9")
    _give(aws, '{"username": "account", "password": "canary"}')
    provider = load_from_aws_secrets_manager(BasicAuthProvider, "jamf/test", "v" * 32, client=mine)
    assert _secret(provider) == ("account", "canary")
    assert b'"VersionId": "vvv' in aws.seen[0].body


@pytest.mark.parametrize(
    "text",
    ["canary", "[]", "{}", '{"username": "canary"}', '{"username": "canary", "password": 5}', ""],
)
def test_an_aws_secret_of_another_shape_is_told_but_not_shown(aws: Any, text: str) -> None:
    _give(aws, text)
    with pytest.raises(ConfigurationError, match="username and password") as caught:
        load_from_aws_secrets_manager(BasicAuthProvider, "jamf/test")
    assert "canary" not in _crash_report(caught.value)
    assert caught.value.__context__ is None


def test_what_aws_refuses_is_told(aws: Any, setenv: Callable[..., None]) -> None:
    aws.routes["/"] = lambda _: aws.answer(400, {"__type": "ResourceNotFoundException"})
    with pytest.raises(ConfigurationError, match=r"jamf/test.*ResourceNotFound"):
        load_from_aws_secrets_manager(BasicAuthProvider, "jamf/test")
    setenv(AWS_ENDPOINT_URL="http://127.0.0.1:9")
    with pytest.raises(ConfigurationError, match="EndpointConnectionError"):
        load_from_aws_secrets_manager(BasicAuthProvider, "jamf/test")


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    monkeypatch.setitem(sys.modules, "boto3", None)
    with pytest.raises(ConfigurationError, match=r"jamf-pro-client\[keyring\]"):
        load_from_keychain(BasicAuthProvider, "jamf.my.org", username="account")
    with pytest.raises(ConfigurationError, match=r"jamf-pro-client\[aws\]"):
        load_from_aws_secrets_manager(BasicAuthProvider, "jamf/test")


_ASK = """
from jamf_pro_client.auth import {kind}
from jamf_pro_client.credentials import prompt_for_credentials
from jamf_pro_client.errors import ConfigurationError
try:
    provider = prompt_for_credentials({kind})
except ConfigurationError as error:
    print("refused:", error)
else:
    print(repr(provider), len(getattr(provider, "{secret}").reveal()))
"""


def _at_a_terminal(kind: str, secret: str, typed: list[tuple[bytes, bytes]]) -> tuple[str, bytes]:
    """Run it in a terminal; return what it printed and what the terminal showed."""
    terminal, other_end = os.openpty()
    asking = subprocess.Popen(  # noqa: S603  # our own interpreter and code
        [sys.executable, "-c", _ASK.format(kind=kind, secret=secret)],
        stdin=other_end,
        stdout=subprocess.PIPE,
        stderr=other_end,
        start_new_session=True,
        text=True,
    )
    os.close(other_end)
    shown = b""
    for question, reply in typed:
        while question not in shown:
            shown += os.read(terminal, 1000)
        os.write(terminal, reply)
    printed, _ = asking.communicate(timeout=30)
    try:
        while more := os.read(terminal, 1000):
            shown += more
    except OSError:  # the other end is gone
        pass
    os.close(terminal)
    return printed, shown


needs_terminal = pytest.mark.skipif(sys.platform == "win32", reason="there are no pty here")


@needs_terminal
@pytest.mark.parametrize(
    ("kind", "secret", "questions"),
    [
        ("ApiClientCredentialsProvider", "_client_secret", (b"client id:", b"client secret:")),
        ("BasicAuthProvider", "_password", (b"username:", b"password:")),
    ],
)
def test_a_terminal_is_asked_and_the_secret_is_not_shown(
    kind: str, secret: str, questions: tuple[bytes, bytes]
) -> None:
    typed = [(questions[0], b"somebody\n"), (questions[1], b"canary\n")]
    printed, shown = _at_a_terminal(kind, secret, typed)
    assert printed.startswith(kind)
    assert "'somebody'" in printed
    assert printed.endswith(" 6\n")
    assert b"canary" not in shown
    assert questions[0].decode() not in printed


@needs_terminal
@pytest.mark.parametrize("typed", [b"\n", b"\x04"], ids=["nothing", "end of file"])
def test_an_empty_reply_at_the_terminal_is_refused(typed: bytes) -> None:
    printed, _ = _at_a_terminal("BasicAuthProvider", "_password", [(b"username:", typed)])
    assert printed == "refused: no username was typed\n"


def test_without_a_terminal_nothing_is_asked() -> None:
    done = subprocess.run(  # noqa: S603  # our own interpreter and code
        [sys.executable, "-c", _ASK.format(kind="BasicAuthProvider", secret="_password")],
        input="account\ncanary\n",
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    assert done.stdout.startswith("refused: there is no terminal")
    assert not done.stderr


def test_a_closed_standard_input_is_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(ConfigurationError, match="no terminal"):
        prompt_for_credentials(BasicAuthProvider)
