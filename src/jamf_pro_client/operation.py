"""An operation of the server as data, and the four ways to call it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar, cast, dataclass_transform

from jamf_pro_client._unset import UNSET
from jamf_pro_client.shapes import (
    DATE,
    DATETIME,
    ListOf,
    OneOf,
    Ref,
    Shape,
    Tagged,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jamf_pro_client._httpx import httpx
    from jamf_pro_client._model.decoding import DecodeText
    from jamf_pro_client._transport.call import Call
    from jamf_pro_client.client import HTTPClient
    from jamf_pro_client.types import Response

__all__ = (
    "DATE",
    "DATETIME",
    "Body",
    "ListOf",
    "OneOf",
    "Operation",
    "OperationFacts",
    "Paging",
    "Ref",
    "Reply",
    "Tagged",
    "words",
)

S = TypeVar("S")
P = TypeVar("P")


def _is_json(media: str) -> bool:
    return media.endswith(("/json", "+json"))


def words(text: str) -> tuple[str, ...]:
    """Return the words of a text: long lists of names are written as one."""
    return tuple(text.split())


class Body:
    """A kind of request body that an operation takes.

    Args:
        media: Media type, such as `application/json`.
        model: Class of the objects that are written as XML or JSON; None for other bodies.
        files: Names of the parts that are files.
    """

    __slots__ = ("files", "media", "model")

    def __init__(self, media: str, model: str | None = None, files: tuple[str, ...] = ()) -> None:
        self.media: Final = media
        self.model: Final = model
        self.files: Final = files

    @property
    def is_json(self) -> bool:
        """Whether the body is a JSON document; merge patches are."""
        return _is_json(self.media)

    @property
    def is_opaque(self) -> bool:
        """Whether the body is sent as given: text, bytes or a file."""
        structured = ("multipart/", "application/x-www-form-urlencoded")
        return not self.is_json and not self.media.startswith(structured)


class Reply:
    """A kind of reply that the description names.

    Args:
        status: The status; `4XX` for a class of them, `default` for all others.
        media: Media type of the body; None if there is none.
        shape: What a JSON body stands for.
        kind: How the body is handed over: `json`, `xml`, `text` or `binary`.
    """

    __slots__ = ("decode", "kind", "media", "shape", "status")

    def __init__(
        self,
        status: int | str,
        media: str | None = None,
        shape: Shape = None,
        kind: str = "json",
    ) -> None:
        self.status: Final = status
        self.media: Final = media
        self.shape: Final = shape
        self.kind: Final = kind
        self.decode: DecodeText | None = None
        """The decoder of its text, once it has been made."""

    @property
    def code(self) -> int:
        """The status as a number; the first one of a class."""
        return self.status if isinstance(self.status, int) else int(self.status[:1] + "00")

    @property
    def is_success(self) -> bool:
        """Whether it is one of the 2xx."""
        return self.status != "default" and self.code // 100 == 2

    def matches(self, status: int) -> bool:
        """Whether a status is described by this reply."""
        if isinstance(self.status, int):
            return status == self.status
        return self.status == "default" or self.status == f"{status // 100}XX"


class Paging:
    """How an operation hands out its rows page by page.

    Args:
        page: Name of the query parameter for the page's number, counted from 0.
        size: Name of the query parameter for the rows of a page.
        rows: Property that holds the rows; empty if the reply is the array itself.
    """

    __slots__ = ("page", "rows", "size")

    def __init__(self, page: str, size: str, rows: str) -> None:
        self.page: Final = page
        self.size: Final = size
        self.rows: Final = rows


@dataclass_transform(kw_only_default=True, frozen_default=True)
class _Facts:
    """What a dataclass is to type checkers, without the time that it takes to make one."""

    def __init__(self, **facts: Any) -> None:
        self.__dict__.update(facts)


class OperationFacts(_Facts):
    """What the description says of one operation."""

    name: str
    """Method and path words, such as `get_v1_buildings_id`; unique and stable."""
    method: str
    """HTTP method, in capitals."""
    path: str
    """Path template below `base_path`."""
    base_path: str = "/api"
    """Where the API lies on the server."""
    models: str = "jamf_pro_client.models"
    """Package of the models that replies are decoded to."""
    path_parameters: tuple[str, ...] = ()
    """Names in braces in `path`, in its order."""
    query_parameters: tuple[str, ...] = ()
    """Names of the parameters in the query, as the server spells them."""
    header_parameters: tuple[str, ...] = ()
    """Names of the headers that are parameters."""
    cookie_parameters: tuple[str, ...] = ()
    """Names of the cookies that are parameters."""
    joined_parameters: Mapping[str, str] = {}
    """Path parameters of several values -> what stands between them."""
    bodies: tuple[Body, ...] = ()
    """Kinds of body that it takes; empty if it takes no body."""
    body_required: bool = False
    """Whether it has to be called with a body."""
    replies: tuple[Reply, ...] = ()
    """Replies that the description names."""
    accept: str = "application/json"
    """Media types of the successes, for the Accept header."""
    privileges: tuple[str, ...] = ()
    """Privileges that the caller's account or API role needs, all of them."""
    authenticated: bool = True
    """Whether a bearer token is sent."""
    deprecated_since: str | None = None
    """Day on which the deprecation began, as yyyy-mm-dd; None if it is not deprecated."""
    first_version: str | None = None
    """The first Jamf Pro version that was seen to have it."""
    last_version: str | None = None
    """The last Jamf Pro version that was seen to have it."""
    paging: Paging | None = None
    """How its rows are handed out page by page; None if it returns them all at once."""
    filter_fields: tuple[str, ...] = ()
    """Fields that Jamf lists for the RSQL filter; a hint, not a limit."""
    sort_fields: tuple[str, ...] = ()
    """Fields that Jamf lists for sorting; a hint, not a limit."""
    version_locked: bool = False
    """Whether the body carries a version lock, so that a second send of it must fail."""
    read_only: bool = False
    """Whether it changes nothing on the server although its method is POST."""
    rate_limited: bool = False
    """Whether Jamf documents a rate limit for it."""

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of its parameters: of the path, the query, headers and cookies, in that order."""
        return (
            *self.path_parameters,
            *self.query_parameters,
            *self.header_parameters,
            *self.cookie_parameters,
        )


class Operation(OperationFacts, Generic[S, P]):
    """One operation: the facts of the interface, and four ways to call it.

    Type parameters: what a success gives, and what any described reply gives. Operations are equal
    only to themselves.
    """

    def __repr__(self) -> str:
        return f"Operation({self.name!r})"

    def sync(self, client: HTTPClient, *arguments: object, body: object = UNSET) -> S:
        """Call it and return the success value, or raise; see `jamf_pro_client.errors`."""
        return self._value(client, client._sender.send(self._call(arguments, body)))

    async def asyncio(self, client: HTTPClient, *arguments: object, body: object = UNSET) -> S:
        """Do as `sync` does, without blocking the event loop."""
        return self._value(client, await client._sender.send_async(self._call(arguments, body)))

    def sync_detailed(
        self, client: HTTPClient, *arguments: object, body: object = UNSET
    ) -> Response[P]:
        """Call it and return the whole reply; no status raises unless the client says so."""
        return self._reply(client, client._sender.send(self._call(arguments, body)))

    async def asyncio_detailed(
        self, client: HTTPClient, *arguments: object, body: object = UNSET
    ) -> Response[P]:
        """Do as `sync_detailed` does, without blocking the event loop."""
        return self._reply(client, await client._sender.send_async(self._call(arguments, body)))

    # These three import what a call takes: an import of an endpoint needs none of it.

    def _call(self, arguments: tuple[object, ...], body: object) -> Call:
        from jamf_pro_client._operation.requests import build_call

        return build_call(self, arguments, body)

    def _value(self, client: HTTPClient, response: httpx.Response) -> S:
        from jamf_pro_client._operation.results import value_of

        return cast("S", value_of(self, response, client.drift))

    def _reply(self, client: HTTPClient, response: httpx.Response) -> Response[P]:
        from jamf_pro_client._operation.results import response_of

        raises = client.raise_on_unexpected_status
        return response_of(self, response, client.drift, raise_on_unexpected_status=raises)

    def decoder_of(self, reply: Reply) -> DecodeText:
        """Return the decoder of a reply's text, made when it is first needed.

        It raises ValueError for what is not JSON or, where XML is due, neither XML nor JSON.
        """
        if reply.decode is None and reply.kind == "xml":
            from jamf_pro_client._classic.replies import document_decoder

            reply.decode = document_decoder(reply.shape, self.models)
        if reply.decode is None:
            # Imported here: an import of an endpoint needs no parser.
            from jamf_pro_client._model.decoding import reply_decoder

            reply.decode = reply_decoder(reply.shape, self.models)
        return reply.decode
