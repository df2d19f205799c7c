"""`download` and `adownload`: a reply's body as a file."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from jamf_pro_client._client.requesting import Requesting

if TYPE_CHECKING:
    from typing import Unpack

    from jamf_pro_client._client.download import Download, DownloadOptions

__all__ = ("Downloading",)


class Downloading(Requesting):
    """Downloads to files. What they need is loaded when the first one starts."""

    def download(
        self,
        path: str,
        target: str | os.PathLike[str],
        *,
        method: str = "GET",
        **options: Unpack[DownloadOptions],
    ) -> Download:
        """Save the body of a reply as a file that only its owner can read, whole or not at all.

        It is written beside the target under another name, and renamed when it is complete and on
        the disk; whatever goes wrong, none of it stays. Redirects are followed: to the same server
        with the whole request, to others over https only, without your token, cookies, headers and
        body.

        Args:
            path: Below the server's address; or an absolute URL, which gets no token.
            target: The file to write; or a folder, if `name` or `name_from_server` is given.
            method: The HTTP method.
            **options: Those of `request`, and `name` (the file's name in the folder),
                `name_from_server` (whether the server may choose it), `overwrite` (whether an
                existing file is replaced, False by default), `max_bytes` (decompressed; no limit by
                default) and `allow_private` (whether redirects may lead to addresses that are not
                public, such as 10.0.0.5, False by default).

        Returns:
            Where the file is, its size in bytes, its SHA-256 and its media type.

        Raises:
            ConfigurationError: The file cannot be written there; nothing was sent.
            JamfProAPIError: The server said no.
            InvalidResponseError: The body is too large or damaged, or a redirect was not followed.
            TransportError: The body did not arrive whole.
            OSError: It could not be written, for example because the disk is full.
        """
        from jamf_pro_client._client.download import Job, download

        job = Job(method, path, target, options)
        # What a crash report shows of this frame; a job hides what it holds.
        del options, path
        return download(self, job)

    async def adownload(
        self,
        path: str,
        target: str | os.PathLike[str],
        *,
        method: str = "GET",
        **options: Unpack[DownloadOptions],
    ) -> Download:
        """Do as `download` does, without blocking the event loop."""
        from jamf_pro_client._client.download import Job, adownload

        job = Job(method, path, target, options)
        del options, path
        return await adownload(self, job)
