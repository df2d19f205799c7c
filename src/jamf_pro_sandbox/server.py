"""`Sandbox`: a pretend Jamf Pro server inside the process."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import TracebackType
from typing import Any, Final, Self

from jamf_pro_sandbox.about import about_handlers
from jamf_pro_sandbox.accepted import accepted_handlers
from jamf_pro_sandbox.api_access import api_access_handlers, privilege_handlers
from jamf_pro_sandbox.app import ProServer, create_app
from jamf_pro_sandbox.breaking import FaultyApp
from jamf_pro_sandbox.calls import Handler, scripted_answer
from jamf_pro_sandbox.classic import ClassicServer
from jamf_pro_sandbox.commands import command_handlers
from jamf_pro_sandbox.description import Description, load_description
from jamf_pro_sandbox.exports import export_handlers
from jamf_pro_sandbox.faults import Fault, FaultKind, Faults
from jamf_pro_sandbox.generic import GenericAnswers
from jamf_pro_sandbox.groups import group_handlers
from jamf_pro_sandbox.inventory import Fleet, inventory_handlers
from jamf_pro_sandbox.laps import laps_handlers
from jamf_pro_sandbox.linked import LinkedRecords
from jamf_pro_sandbox.logins import login_handlers
from jamf_pro_sandbox.mobile import mobile_handlers, mobile_table
from jamf_pro_sandbox.nodes import Cluster
from jamf_pro_sandbox.packages import package_handlers
from jamf_pro_sandbox.parents import with_parents
from jamf_pro_sandbox.preload import preload_handlers
from jamf_pro_sandbox.prestages import prestage_handlers
from jamf_pro_sandbox.recording import RecordedRequest
from jamf_pro_sandbox.resources import Resources
from jamf_pro_sandbox.serving import LoopbackServer, is_loopback
from jamf_pro_sandbox.tokens import Credentials, TokenStore

__all__ = ("Sandbox",)

_COMPUTERS: Final = ("/computers-inventory", "/computer-inventory", "/computers")


def _node_handlers(
    description: Description, fleet: Fleet, resources: Resources
) -> dict[str, Handler]:
    """Return what keeps the records of one node."""
    generic = GenericAnswers(description).answer
    kept = {
        **resources.handlers(),
        **prestage_handlers(description, resources),
        **mobile_handlers(description, resources),
        **group_handlers(description, resources, fleet.in_smart_group),
        **package_handlers(resources),
        **preload_handlers(description, resources),
        **laps_handlers(generic),
    }
    kept |= export_handlers(description, kept, generic)
    lists = {noun: table.has for noun, table in resources.tables.items()}
    return with_parents(description, kept, generic, lists | dict.fromkeys(_COMPUTERS, fleet.has))


class Sandbox:
    """A pretend Jamf Pro server on loopback, with invented data, none of it on disk.

    Use it as a context manager, or call `start` and `close`.

    Args:
        computers: How many invented computers it manages.
        mobile_devices: How many invented mobile devices the Jamf Pro API has.
        token_seconds: How long tokens of the API client live.
        user_token_seconds: How long tokens of the user live.
        privileges: What the API client may do in the Jamf Pro API; None means everything. The user
            may do everything. The Classic API asks for none: its description names none.
        seed: A different number invents different devices.
        host: A loopback address.
        port: 0 picks a free one.
        nodes: How many servers it pretends to be. Requests without the cookie `jpro-ingress` are
            answered by each in turn. Computers and the data of the Classic API are the same in all.
        lag_seconds: How long the other nodes do not see what was written to one.

    Raises:
        ValueError: *host* is not loopback, a number of devices is negative, or there is no node.
    """

    def __init__(
        self,
        *,
        computers: int = 10,
        mobile_devices: int = 10,
        token_seconds: float = 600,
        user_token_seconds: float = 1800,
        privileges: Collection[str] | None = None,
        seed: int = 1,
        host: str = "127.0.0.1",
        port: int = 0,
        nodes: int = 1,
        lag_seconds: float = 60,
    ) -> None:
        if not is_loopback(host):
            raise ValueError(f"The sandbox serves loopback only, not {host!r}.")
        if min(computers, mobile_devices) < 0:
            raise ValueError("There cannot be fewer than 0 computers or mobile devices.")
        if nodes < 1:
            raise ValueError("There cannot be fewer than 1 node.")
        description = load_description()
        self._credentials = Credentials()
        self._tokens = TokenStore(
            self._credentials,
            token_seconds=token_seconds,
            user_token_seconds=user_token_seconds,
            privileges=privileges,
        )
        fleet = Fleet(computers, seed)
        kept = [
            Resources(description, {"/mobile-devices": mobile_table(mobile_devices, seed)})
            for _ in range(nodes)
        ]
        cluster = Cluster([_node_handlers(description, fleet, one) for one in kept], lag_seconds)
        linked = LinkedRecords(description, lambda: kept[cluster.newest], lambda: cluster.writes)
        self._pro = ProServer(
            description=description,
            tokens=self._tokens,
            handlers={
                **about_handlers(description),
                **login_handlers(self._tokens),
                **privilege_handlers(description),
                **api_access_handlers(description, Resources(description), self._tokens),
                **inventory_handlers(description, fleet, linked),
                **command_handlers(description, fleet, mobile_table(mobile_devices, seed)),
                **accepted_handlers(description),
            },
            cluster=cluster,
        )
        self._classic = ClassicServer(self._tokens, fleet, linked, self._pro.recorder)
        self._faults = Faults()
        self._address = (host, port)
        self._server: LoopbackServer | None = None

    def start(self) -> Self:
        """Begin to serve. A sandbox that is already running is left alone.

        Raises:
            OSError: The port is taken.
        """
        if self._server is None:
            app = FaultyApp(create_app(self._pro, self._classic), self._faults, self._tokens)
            self._server = LoopbackServer(app, *self._address)
        return self

    def close(self) -> None:
        """Stop serving; the recorded requests stay readable."""
        if self._server is not None:
            self._server.close()
            self._server = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def url(self) -> str:
        """Where it serves, such as `http://127.0.0.1:50123`.

        Raises:
            RuntimeError: It is not running.
        """
        if self._server is None:
            raise RuntimeError("The sandbox is not running: use it in a with statement.")
        return self._server.url

    @property
    def client_id(self) -> str:
        """The id of its API client."""
        return self._credentials.client_id

    @property
    def client_secret(self) -> str:
        """The secret of its API client."""
        return self._credentials.client_secret

    @property
    def username(self) -> str:
        """The name of its user account."""
        return self._credentials.username

    @property
    def password(self) -> str:
        """The password of its user account."""
        return self._credentials.password

    @property
    def requests(self) -> list[RecordedRequest]:
        """Every request so far that was answered, oldest first."""
        return self._pro.recorder.snapshot()

    def clear_requests(self) -> None:
        """Forget the recorded requests."""
        self._pro.recorder.clear()

    @property
    def token_requests(self) -> int:
        """How often somebody asked for a token, with or without success."""
        return self._pro.token_requests

    def expire_tokens(self) -> None:
        """Make every token that was given out so far invalid at once."""
        self._tokens.expire_all()

    def catch_up(self) -> None:
        """Let every node see at once what was written so far."""
        self._pro.cluster.catch_up()

    def fail_next(
        self,
        path: str,
        kind: FaultKind,
        *,
        times: int = 1,
        method: str | None = None,
        seconds: float = 1,
    ) -> None:
        """Let something go wrong with the next requests to a path, of either API.

        Args:
            path: From the root, such as `/api/v1/buildings`; `*` stands for anything.
            kind: `delay` answers late. `reset-before` resets the connection before the request
                is handled, `reset-after` when it is done, but not answered. `cut-body` ends in
                the middle of the body, `wrong-length` has a body longer than its Content-Length.
                `unavailable` is a 503 with `Retry-After`. `expired-token` ends all tokens before
                the request is handled.
            times: How many requests it affects.
            method: Only these; None means any.
            seconds: How long the delay is, and what `Retry-After` says.

        Raises:
            ValueError: *kind* is unknown, or a number is too small.
        """
        self._faults.add(Fault(path, kind, times, method, seconds))

    def clear_faults(self) -> None:
        """Forget the faults that are still to come."""
        self._faults.clear()

    def answer_next(
        self,
        operation_id: str,
        status: int,
        body: Any = None,
        *,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Let the next call of an operation get this reply, whatever it asks for.

        Several replies for one operation are given one after the other.

        Args:
            operation_id: Such as `get_v1_buildings`.
            status: Of the reply.
            body: Bytes and text are sent as they are, everything else as JSON. None means the
                error body that fits the status, and nothing for a success.
            headers: Of the reply, such as `Retry-After`.

        Raises:
            KeyError: No operation has this id.
        """
        answer = scripted_answer(status, body, headers)
        if operation_id in self._pro.description.operations:
            self._pro.script(operation_id, answer)
        elif operation_id in self._classic.description.operations:
            self._classic.script(operation_id, answer)
        else:
            raise KeyError(f"No operation is called {operation_id!r}.")
