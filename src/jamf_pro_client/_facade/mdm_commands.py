"""What is known of MDM commands whose devices may not have answered yet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from jamf_pro_client.errors import ConfigurationError

if TYPE_CHECKING:
    from jamf_pro_client.models import HrefResponse
    from jamf_pro_client.waiting import DeadlineExceededError

    Command = str | UUID | HrefResponse

__all__ = ("CommandLog",)

# Servers refuse to look up more in one request.
_COMMANDS_AT_ONCE: Final = 40
_MOST_NAMED: Final = 5
_FINAL_STATES: Final = frozenset({"ACKNOWLEDGED", "ERROR", "COMMAND_FORMAT_ERROR"})


class CommandLog:
    """What is known of some MDM commands.

    Args:
        uuids: Of the commands, or what has them as its `id`.

    Raises:
        ConfigurationError: One is no uuid.
    """

    def __init__(self, uuids: Iterable[Command]) -> None:
        if isinstance(uuids, str):
            raise ConfigurationError(f"give a list of uuids, not the string {uuids!r}")
        # Capitals make no other uuid (RFC 9562, section 4).
        self._given = {text.lower(): text for text in map(_text, uuids)}
        self._commands: dict[str, Any] = dict.fromkeys(self._given)

    @property
    def commands(self) -> list[Any]:
        """The commands that the server has listed, in the order given."""
        return [one for one in self._commands.values() if one is not None]

    def open_queries(self) -> Iterator[str]:
        """Return filters for the commands that no device has answered."""
        left = [self._given[key] for key, one in self._commands.items() if not _is_answered(one)]
        for start in range(0, len(left), _COMMANDS_AT_ONCE):
            quoted = ",".join(f'"{uuid}"' for uuid in left[start : start + _COMMANDS_AT_ONCE])
            yield f"uuid=in=({quoted})"

    def see(self, commands: Iterable[Any]) -> None:
        """Take in what the server lists; what was not asked for is left out."""
        for command in commands:
            key = str(command.uuid).lower()
            if key in self._commands:
                self._commands[key] = command

    def is_done(self, _: object = None) -> bool:
        """Return whether all are answered."""
        return all(map(_is_answered, self._commands.values()))

    def too_late(self, error: DeadlineExceededError) -> DeadlineExceededError:
        """Return an error that also says which commands are not answered, and their last state."""
        left = [
            f"{self._given[key]} ({'not listed' if one is None else one.command_state})"
            for key, one in self._commands.items()
            if not _is_answered(one)
        ]
        shown = ", ".join(left[:_MOST_NAMED])
        if len(left) > _MOST_NAMED:
            shown += f" and {len(left) - _MOST_NAMED} more"
        text = f"{error}: {len(left)} of {len(self._commands)} MDM commands are not answered"
        return type(error)(f"{text}: {shown}", last=self.commands)


def _text(command: Command) -> str:
    uuid = getattr(command, "id", command)
    text = str(uuid) if isinstance(uuid, UUID) else uuid
    if not isinstance(text, str) or not text.replace("-", "").isalnum():
        raise ConfigurationError(f"{text!r} is not the uuid of an MDM command")
    return text


def _is_answered(command: Any) -> bool:
    # "Not now" is no answer: the device is asked again when it can.
    return bool(command is not None and command.command_state in _FINAL_STATES)
