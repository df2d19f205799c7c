"""What a server says about an API client when it is created, and never again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from jamf_pro_client._redact import HIDDEN, Secret
from jamf_pro_client.errors import InvalidResponseError

__all__ = ("NewApiClient",)


class NewApiClient:
    """Client id and client secret, also as a pair. The secret is in no repr.

    Args:
        client_id: The client id.
        client_secret: The client secret.
    """

    __slots__ = ("_secret", "client_id")

    def __init__(self, client_id: str, client_secret: Secret) -> None:
        self.client_id = client_id
        self._secret = client_secret

    @classmethod
    def read(cls, reply: Mapping[str, Any]) -> NewApiClient:
        """Return what a server says about new credentials.

        Raises:
            InvalidResponseError: There is no secret.
        """
        client_id, secret = reply.get("clientId"), reply.get("clientSecret")
        if not isinstance(client_id, str) or not isinstance(secret, str) or not secret:
            raise InvalidResponseError("there is no client secret in the answer")
        return cls(client_id, Secret(secret))

    @property
    def client_secret(self) -> str:
        """The client secret: keep it in a safe place; the server does not reveal it again."""
        return self._secret.reveal()

    def __iter__(self) -> Iterator[str]:
        return iter((self.client_id, self.client_secret))

    def __repr__(self) -> str:
        return f"NewApiClient(client_id={self.client_id!r}, client_secret={HIDDEN!r})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a client secret cannot be pickled")
