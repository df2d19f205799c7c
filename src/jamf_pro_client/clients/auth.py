"""Credentials; see `jamf_pro_client.auth` and `jamf_pro_client.credentials`."""

from __future__ import annotations

from jamf_pro_client.auth import (
    AccessToken,
    ApiClientCredentialsProvider,
    BasicAuthProvider,
    CredentialsProvider,
    StaticTokenProvider,
)
from jamf_pro_client.credentials import (
    load_from_aws_secrets_manager,
    load_from_env,
    load_from_keychain,
    prompt_for_credentials,
)

__all__ = (
    "AccessToken",
    "ApiClientCredentialsProvider",
    "BasicAuthProvider",
    "CredentialsProvider",
    "StaticTokenProvider",
    "load_from_aws_secrets_manager",
    "load_from_env",
    "load_from_keychain",
    "prompt_for_credentials",
)
