"""Credentials from where they are kept: the environment, a keychain, AWS, or somebody's memory.

Each function returns a provider for `HTTPAuthenticatedClient(credentials=...)`. `provider_type` is
`ApiClientCredentialsProvider` or `BasicAuthProvider`, or a class derived from one of them.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, TypeVar

from jamf_pro_client._redact import Secret
from jamf_pro_client.auth import ApiClientCredentialsProvider, BasicAuthProvider
from jamf_pro_client.errors import ConfigurationError

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

__all__ = (
    "load_from_aws_secrets_manager",
    "load_from_env",
    "load_from_keychain",
    "prompt_for_credentials",
    "server_from_env",
)

P = TypeVar("P", bound=ApiClientCredentialsProvider | BasicAuthProvider)

_API_CLIENT: Final = ("client_id", "client_secret")
_ACCOUNT: Final = ("username", "password")
_QUESTIONS: Final = {
    "client_id": "Jamf Pro client id: ",
    "client_secret": "Jamf Pro client secret: ",
    "username": "Jamf Pro username: ",
    "password": "Jamf Pro password: ",
}
# Backends that keep nothing, or keep it for everybody to read.
_UNSAFE_BACKENDS: Final = (
    "keyring.backends.fail.",
    "keyring.backends.null.",
    "plaintext",
    "uncrypted",
)


def load_from_env(prefix: str = "JAMF_") -> ApiClientCredentialsProvider | BasicAuthProvider:
    """Return credentials from environment variables.

    They are JAMF_CLIENT_ID and JAMF_CLIENT_SECRET, or JAMF_USERNAME and JAMF_PASSWORD. A name that
    ends in _FILE, such as JAMF_CLIENT_SECRET_FILE, holds the path of a file with the value instead,
    as containers get their secrets. Empty variables count as not set.

    Args:
        prefix: What the names begin with.

    Raises:
        ConfigurationError: Something is missing, given twice, or its file cannot be read.
    """
    given = {name: _from_env(prefix, name) for name in (*_API_CLIENT, *_ACCOUNT)}
    pairs = [pair for pair in (_API_CLIENT, _ACCOUNT) if any(given[name] for name in pair)]
    if len(pairs) > 1:
        raise ConfigurationError(
            f"the environment has both an API client and an account ({prefix}CLIENT_ID, "
            f"{prefix}USERNAME, ...): it is not clear which one to use"
        )
    if not pairs:
        raise ConfigurationError(
            f"the environment has no credentials: set {prefix}CLIENT_ID and {prefix}CLIENT_SECRET, "
            f"or {prefix}USERNAME and {prefix}PASSWORD, or the same with _FILE"
        )
    (pair,) = pairs
    for name in pair:
        if not given[name]:
            raise ConfigurationError(f"the environment lacks {prefix}{name.upper()}")
    if pair is _API_CLIENT:
        return _made(ApiClientCredentialsProvider, given)
    return _made(BasicAuthProvider, given)


def server_from_env(prefix: str = "JAMF_") -> str:
    """Return the server's address from the variable JAMF_URL, or from the file in JAMF_URL_FILE.

    Args:
        prefix: What the names begin with.

    Raises:
        ConfigurationError: It is not set, set twice, or its file cannot be read.
    """
    url = _from_env(prefix, "url")
    if not url:
        raise ConfigurationError(f"the environment has no server: set {prefix}URL")
    return url.reveal()


def load_from_keychain(
    provider_type: type[P],
    server: str,
    client_id: str | None = None,
    username: str | None = None,
) -> P:
    """Return credentials whose secret the keychain of this computer holds.

    Store it once with `keyring set SERVER CLIENT_ID` (or `... USERNAME`), or on a Mac as a password
    item of that service and account. It needs the extra `keyring`.

    Args:
        provider_type: What to return.
        server: The service under which it is stored, such as "jamf.my.org".
        client_id: The client id, for an API client.
        username: The account's name, for an account.

    Raises:
        ConfigurationError: It is not there, the keychain is locked, there is no keychain, or the
            only one keeps secrets unencrypted.
    """
    names = _names_for(provider_type)
    given = {"client_id": client_id, "username": username}
    who = given[names[0]]
    if not who or sum(value is not None for value in given.values()) != 1:
        raise ConfigurationError(
            f"load_from_keychain needs {names[0]} for {provider_type.__name__}"
        )
    secret = _from_keychain(server, who)
    return _made(provider_type, {names[0]: Secret(who), names[1]: secret})


def load_from_aws_secrets_manager(
    provider_type: type[P],
    secret_id: str,
    version_id: str | None = None,
    version_stage: str | None = None,
    *,
    client: Any = None,
) -> P:
    """Return credentials that AWS Secrets Manager holds.

    The secret is a JSON object with `client_id` and `client_secret`, or `username` and `password`;
    whatever else is in it is not read. It needs the extra `aws`.

    Args:
        provider_type: What to return.
        secret_id: The name or ARN of the secret.
        version_id: The version to read; by default the current one.
        version_stage: The staging label of the version to read.
        client: A boto3 client for Secrets Manager; by default one made from the environment.

    Raises:
        ConfigurationError: AWS does not return the secret, or it lacks what is needed.
    """
    names = _names_for(provider_type)
    wanted = {"SecretId": secret_id, "VersionId": version_id, "VersionStage": version_stage}
    text = _from_aws(client, {name: value for name, value in wanted.items() if value is not None})
    found = _fields(text, names)
    for name in names:
        if name not in found:
            raise ConfigurationError(
                f"the secret {secret_id!r} is not a JSON object with the text fields "
                f"{' and '.join(names)}"
            )
    return _made(provider_type, found)


def prompt_for_credentials(provider_type: type[P]) -> P:
    """Return credentials that somebody types at the terminal; the secret is not shown.

    Args:
        provider_type: What to return, which decides what is asked.

    Raises:
        ConfigurationError: There is no terminal, or nothing was typed.
    """
    names = _names_for(provider_type)
    if sys.stdin is None or not sys.stdin.isatty():
        raise ConfigurationError("there is no terminal at which to ask for credentials")
    typed = {names[0]: _asked_openly(_QUESTIONS[names[0]])}
    typed[names[1]] = _asked_hidden(_QUESTIONS[names[1]]) if typed[names[0]] else None
    for name in names:
        if not typed[name]:
            raise ConfigurationError(f"no {name} was typed")
    return _made(provider_type, typed)


def _names_for(provider_type: type[object]) -> tuple[str, str]:
    """Return the names of the two arguments that a provider is made of."""
    if isinstance(provider_type, type):
        if issubclass(provider_type, ApiClientCredentialsProvider):
            return _API_CLIENT
        if issubclass(provider_type, BasicAuthProvider):
            return _ACCOUNT
    raise ConfigurationError(
        "provider_type must be ApiClientCredentialsProvider or BasicAuthProvider"
    )


def _made(provider_type: type[P], values: Mapping[str, Secret | None]) -> P:
    first, second = (values[name] for name in _names_for(provider_type))
    if first is None or second is None:
        raise AssertionError("callers check that both are there")
    return provider_type(first.reveal(), second.reveal())


def _from_env(prefix: str, name: str) -> Secret | None:
    variable = f"{prefix}{name.upper()}"
    # Wrapped at once: an error's traceback may show what the names of a frame stand for.
    value, path = Secret(os.environ.get(variable, "")), os.environ.get(f"{variable}_FILE")
    if value and path:
        raise ConfigurationError(f"both {variable} and {variable}_FILE are set")
    if not path:
        return value or None
    try:
        with open(path, encoding="utf-8-sig") as file:
            # Editors and `echo` end files with a line break.
            return Secret(file.read().rstrip("\r\n"))
    except (OSError, ValueError) as unreadable:
        # An error in decoding holds the bytes.
        reason = getattr(unreadable, "strerror", None) or "it is not UTF-8 text"
    raise ConfigurationError(f"{variable}_FILE: {path!r} cannot be read: {reason}")


def _from_keychain(service: str, account: str) -> Secret:
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        raise ConfigurationError(_missing("keyring", "load_from_keychain")) from None
    problem = "no entry"
    try:
        for backend in _safe_backends(keyring.get_keyring()):
            found = backend.get_password(service, account)
            if found:
                return Secret(found)
    except KeyringError as trouble:
        # Its text may come from the keychain itself.
        problem = type(trouble).__name__
    raise ConfigurationError(
        f"the keychain has nothing for the service {service!r} and the account {account!r} "
        f"({problem})"
    )


def _safe_backends(chosen: KeyringBackend) -> list[KeyringBackend]:
    """Return the keychains to look into: the chosen one, or those that it stands for."""
    several: list[KeyringBackend] = list(getattr(chosen, "backends", None) or [chosen])
    safe = [backend for backend in several if not _is_unsafe(type(backend))]
    if not safe:
        raise ConfigurationError(
            f"the keyring {type(chosen).__module__}.{type(chosen).__qualname__} keeps no secrets, "
            "or keeps them unencrypted; use another backend"
        )
    return safe


def _is_unsafe(kind: type[object]) -> bool:
    name = f"{kind.__module__}.{kind.__qualname__}".lower()
    return any(unsafe in name for unsafe in _UNSAFE_BACKENDS)


def _from_aws(client: Any, wanted: Mapping[str, str]) -> Secret:
    try:
        import boto3  # type: ignore[import-untyped]  # it has no annotations
        from botocore.exceptions import (  # type: ignore[import-untyped]  # it has none either
            BotoCoreError,
            ClientError,
        )
    except ImportError:
        raise ConfigurationError(_missing("aws", "load_from_aws_secrets_manager")) from None
    try:
        if client is None:
            client = boto3.client("secretsmanager")
        return Secret(client.get_secret_value(**wanted).get("SecretString") or "")
    except ClientError as refused:
        problem = str(refused.response.get("Error", {}).get("Code", "refused"))
    except BotoCoreError as trouble:
        problem = type(trouble).__name__
    raise ConfigurationError(
        f"AWS Secrets Manager did not return the secret {wanted['SecretId']!r} ({problem})"
    )


def _fields(text: Secret, names: tuple[str, ...]) -> dict[str, Secret]:
    from jamf_pro_client._reading import plain_object  # only here

    document = plain_object(text.reveal()) or {}
    texts = {name: document[name] for name in names if isinstance(document.get(name), str)}
    return {name: Secret(value) for name, value in texts.items() if value}


def _asked_openly(question: str) -> Secret | None:
    # Not to standard output, which may be a file.
    print(question, end="", file=sys.stderr, flush=True)
    try:
        return Secret(input().strip())
    except EOFError:
        return None


def _asked_hidden(question: str) -> Secret | None:
    import getpass
    import warnings

    try:
        with warnings.catch_warnings():
            # It would go on and show what is typed.
            warnings.simplefilter("error", getpass.GetPassWarning)
            return Secret(getpass.getpass(question))
    except EOFError:
        return None
    except getpass.GetPassWarning:
        pass
    raise ConfigurationError("this terminal cannot hide what is typed")


def _missing(extra: str, what: str) -> str:
    return f'{what} needs more packages: pip install "jamf-pro-client[{extra}]"'
