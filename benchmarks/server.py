"""A server on loopback that gives one building to whoever asks, as cheaply as it can."""

from __future__ import annotations

import asyncio
from typing import Final

_BODY: Final = b'{"id":"1","name":"HQ"}'
_ANSWER: Final = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
    b"Content-Length: %d\r\n\r\n%b" % (len(_BODY), _BODY)
)


class _Answers(asyncio.Protocol):
    def __init__(self) -> None:
        self._pending = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - for the type checker
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        # Only GET arrives here: a request ends with its head.
        *requests, self._pending = (self._pending + data).split(b"\r\n\r\n")
        self._transport.write(_ANSWER * len(requests))


async def _main() -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(_Answers, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_main())
