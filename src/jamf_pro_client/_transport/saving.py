"""Files of downloads: where they go, and that they are whole or not there at all."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from typing import Final, NamedTuple

from jamf_pro_client.errors import ConfigurationError, InvalidResponseError

__all__ = ("Download", "Sink", "destination", "name_in", "safe_name")

_LONGEST_NAME: Final = 200
# Together with control characters what some operating system gives a meaning of its own.
_UNSAFE: Final = frozenset('<>:"/\\|?*')
_DEVICES: Final = frozenset(
    {"con", "prn", "aux", "nul"} | {f"{kind}{n}" for kind in ("com", "lpt") for n in range(10)}
)


class Download(NamedTuple):
    """A file that was downloaded."""

    path: str
    """Where it is."""
    size: int
    """How many bytes it has."""
    sha256: str
    """The SHA-256 of its bytes, in hexadecimal digits."""
    content_type: str | None
    """The media type that the server named."""


def destination(
    target: str | os.PathLike[str],
    name: str | None,
    name_from_server: bool,
    *,
    overwrite: bool,
    disposition: str | None = None,
) -> str:
    """Return which file to write.

    Args:
        target: A file, or a folder that is there.
        name: The file's name in the folder.
        name_from_server: Whether the server chooses the name.
        overwrite: Whether the file may be there already.
        disposition: The Content-Disposition; None as long as nothing has been asked.

    Raises:
        ConfigurationError: It cannot be written there.
        InvalidResponseError: The server was to choose a name, and chose none that can be used.
    """
    path = os.fspath(target)
    if name is not None and safe_name(name) != name:
        raise ConfigurationError("name is not a plain file name")
    if name is not None or name_from_server:
        if not os.path.isdir(path):
            raise ConfigurationError(
                f"{path!r} is not a folder; name and name_from_server need one"
            )
        if name is None and disposition is None:
            return path
        path = os.path.join(path, name if name is not None else _required_name(disposition or ""))
    elif os.path.isdir(path):
        raise ConfigurationError(f"{path!r} is a folder; give name= or a file in it")
    folder = os.path.dirname(path) or "."
    if not os.path.isdir(folder):
        raise ConfigurationError(f"there is no folder {folder!r}")
    if not overwrite and os.path.lexists(path):
        raise _exists(path)
    return path


def name_in(disposition: str) -> str:
    """Return the safe file name of a Content-Disposition header (RFC 6266); "" if there is none.

    Args:
        disposition: The header, as the server sent it.
    """
    if not disposition:
        return ""
    # Imported here: few programs download.
    from email.message import Message

    message = Message()
    message["Content-Disposition"] = disposition
    name = message.get_filename() or ""
    return safe_name(name.replace("\\", "/").rpartition("/")[2])


def _required_name(disposition: str) -> str:
    name = name_in(disposition)
    if not name:
        raise InvalidResponseError("the answer names no file; give name=")
    return name


def safe_name(name: str) -> str:
    """Return a file name without what could lead out of its folder, hide it or open a device.

    Args:
        name: What somebody else chose.
    """
    kept = "".join(c if c.isprintable() and c not in _UNSAFE else "_" for c in name)
    kept = kept.strip(" .")
    if kept.partition(".")[0].lower() in _DEVICES:
        kept = f"_{kept}"
    while len(kept.encode("utf-8", "replace")) > _LONGEST_NAME:
        stem, extension = os.path.splitext(kept)
        kept = stem[:-1] + extension if stem[:-1] else kept[:-1]
    return kept


def _exists(path: str) -> ConfigurationError:
    return ConfigurationError(f"{path!r} already exists; overwrite=True replaces it")


class Sink:
    """A file that gets its name when it is complete; until then only its owner knows of it.

    Args:
        path: The name that it gets.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._size = 0
        self._hash = hashlib.sha256()
        # Made for its owner alone, and in no case through a link that somebody has put there.
        number, self._temporary = tempfile.mkstemp(
            prefix=".download-", suffix=".part", dir=os.path.dirname(path) or "."
        )
        self._file = os.fdopen(number, "wb")

    def write(self, data: bytes) -> None:
        """Append *data*."""
        self._file.write(data)
        self._hash.update(data)
        self._size += len(data)

    def finish(self, content_type: str | None, *, overwrite: bool) -> Download:
        """Bring it to the disk and give it its name.

        Args:
            content_type: The media type that the server named.
            overwrite: Whether a file of that name is replaced.

        Raises:
            ConfigurationError: There is a file of that name by now.
            OSError: It could not be written.
        """
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        if overwrite:
            os.replace(self._temporary, self._path)
        else:
            self._rename()
        return Download(self._path, self._size, self._hash.hexdigest(), content_type)

    def _rename(self) -> None:
        try:
            # Unlike a rename it never replaces what somebody else has made meanwhile.
            os.link(self._temporary, self._path)
        except FileExistsError:
            pass
        except OSError:  # a file system without such links
            if not os.path.lexists(self._path):
                os.rename(self._temporary, self._path)
                return
        else:
            os.unlink(self._temporary)
            return
        raise _exists(self._path)

    def close(self) -> None:
        """Remove it, unless it has got its name."""
        # A full disk can refuse what is still to be written.
        with contextlib.suppress(OSError):
            self._file.close()
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self._temporary)
