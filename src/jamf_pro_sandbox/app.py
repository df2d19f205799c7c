"""The sandbox as an ASGI application."""

from __future__ import annotations

import functools
import threading
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Final

import attrs
import msgspec
from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from jamf_pro_sandbox.calls import Answer, Call, Handler
from jamf_pro_sandbox.checks import CheckedBody, RequestChecker, check_length, is_json, read_query
from jamf_pro_sandbox.description import API_PREFIX, Description, Operation
from jamf_pro_sandbox.errors import Cause, Refusal, classic_page, violation
from jamf_pro_sandbox.generic import GenericAnswers
from jamf_pro_sandbox.logins import TOKEN_OPERATIONS
from jamf_pro_sandbox.nodes import Cluster
from jamf_pro_sandbox.recording import RecordedRequest, Recorder, redact
from jamf_pro_sandbox.tokens import TokenStore
from jamf_pro_sandbox.uploads import FilePart

__all__ = ("ProServer", "create_app")

_STICKY_COOKIE: Final = "jpro-ingress"
_ALL_METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")
# The older path works on real servers beside the described one.
_OLD_OAUTH_PATH, _OAUTH_PATH = "/oauth/token", "/v1/oauth/token"

# Compiled validators are kept over all sandboxes of a process: every test starts a new one.
_checker_for = functools.cache(RequestChecker)
_generic_for = functools.cache(GenericAnswers)


@attrs.define(eq=False)
class ProServer:
    """Everything that answers `/api`, with the state that belongs to it."""

    description: Description
    tokens: TokenStore
    handlers: dict[str, Handler]
    """By operation id, the same on all nodes."""
    cluster: Cluster
    """What keeps records; all other operations are answered from the description alone."""
    recorder: Recorder = attrs.field(factory=Recorder)
    token_requests: int = 0
    _scripted: dict[str, deque[Answer]] = attrs.field(factory=lambda: defaultdict(deque))
    _lock: threading.Lock = attrs.field(factory=threading.Lock)
    _checker: RequestChecker = attrs.field(init=False)
    _generic: GenericAnswers = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self._checker = _checker_for(self.description)
        self._generic = _generic_for(self.description)

    def script(self, operation_id: str, answer: Answer) -> None:
        """Let the next call of an operation get *answer*, whatever it asks for."""
        with self._lock:
            self._scripted[operation_id].append(answer)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request below `/api`."""
        request = Request(scope, receive)
        content = await request.body()
        path = _raw_path(scope).removeprefix(API_PREFIX)
        record = _record(request, API_PREFIX + path, content)
        node = self.cluster.name_for(request.cookies.get(_STICKY_COOKIE))
        try:
            answer = await self._answer(request, path, content, record, node)
        except Refusal as refusal:
            record.violation = refusal.violation
            answer = Answer(refusal.status, refusal.body, "application/json", refusal.headers)
        except Exception:
            # A fault of the sandbox itself: the traceback goes to the log, the record says 500.
            record.status = 500
            self.recorder.add(record)
            raise
        record.status = answer.status
        self.recorder.add(record)
        await self._respond(request, answer, node)(scope, receive, send)

    async def _answer(
        self, request: Request, path: str, content: bytes, record: RecordedRequest, node: str
    ) -> Answer:
        check_length(record.path, request.scope["query_string"])
        operation, path_values = self._route(record, path)
        record.template, record.operation_id = operation.template, operation.operation_id
        with self._lock:
            self.token_requests += operation.operation_id in TOKEN_OPERATIONS
            scripted = self._scripted[operation.operation_id]
            if scripted:
                return scripted.popleft()
        headers = {name: request.headers[name] for name in request.headers}
        self._authorise(operation, headers.get("authorization"))
        self._checker.check_parameters(operation, path_values, record.query, headers)
        body = await self._read_body(operation, request, content)
        record.notes.extend(body.notes)
        call = Call(
            operation=operation,
            path_values=path_values,
            query=record.query,
            body=body.value,
            headers=headers,
            base_url=f"{request.url.scheme}://{request.url.netloc}",
        )
        answer = self._handled(call, node)
        if operation.deprecated_since is None:
            return answer
        notice = f'date="{operation.deprecated_since:%a, %d %b %Y} 00:00:00 GMT"'
        return attrs.evolve(answer, headers={**answer.headers, "Deprecation": notice})

    def _handled(self, call: Call, node: str) -> Answer:
        operation_id = call.operation.operation_id
        if operation_id not in self.handlers and self.cluster.handles(operation_id):
            return self.cluster.answer(node, call)
        return self.handlers.get(operation_id, self._generic.answer)(call)

    def _route(self, record: RecordedRequest, path: str) -> tuple[Operation, dict[str, str]]:
        described = _OAUTH_PATH if path == _OLD_OAUTH_PATH else path
        found = self.description.find(record.method, described)
        if found is not None:
            return found
        methods = self.description.methods(described)
        if methods:
            allowed = ", ".join(methods)
            text = f"{record.method} is not described for {path}, only {allowed}"
            raise violation(text, status=405, headers={"Allow": allowed})
        raise violation(f"no operation has the path {path}", status=404)

    def _authorise(self, operation: Operation, authorization: str | None) -> None:
        if not operation.authentication_required or operation.operation_id in TOKEN_OPERATIONS:
            return
        lacking = self.tokens.grant_for(authorization).lacks(operation.privileges)
        if lacking:
            text = f"missing privileges: {', '.join(lacking)}"
            raise Refusal(403, [Cause("INVALID_PRIVILEGE", text)])

    async def _read_body(
        self, operation: Operation, request: Request, content: bytes
    ) -> CheckedBody:
        content_type = request.headers.get("content-type")
        media_type = self._checker.check_media_type(operation, content_type, len(content))
        if media_type is None:
            return CheckedBody()
        if is_json(media_type):
            return self._checker.check_json(operation, media_type, content)
        if operation.body_kind == "multipart":
            parts = await _parts(request)
            return self._checker.check_parts(operation, media_type, parts)
        if operation.body_kind == "form":
            return CheckedBody(dict(read_query(content)))
        return CheckedBody(content.decode("utf-8", "replace"))

    def _respond(self, request: Request, answer: Answer, node: str) -> Response:
        response = Response(answer.content, answer.status, media_type=answer.media_type)
        for name, value in answer.headers.items():
            response.headers[name] = value
        if request.cookies.get(_STICKY_COOKIE) != node:
            response.set_cookie(_STICKY_COOKIE, node, httponly=True, samesite=None)
        return response


def create_app(pro: ProServer, classic: ASGIApp) -> Starlette:
    """Put the parts of the server at their places.

    Args:
        pro: What answers `/api`.
        classic: What answers `/JSSResource`.
    """
    return Starlette(
        routes=[
            Route(f"{API_PREFIX}/schema/", _schema_of(pro.description)),
            Mount(API_PREFIX, app=pro),
            Mount("/JSSResource", app=classic),
            Route("/healthCheck.html", _healthy),
            Route("/{path:path}", _unknown_page(pro), methods=list(_ALL_METHODS)),
        ]
    )


def _schema_of(description: Description) -> Callable[[Request], Awaitable[Response]]:
    async def schema(_request: Request) -> Response:
        return Response(msgspec.json.encode(description.document), media_type="application/json")

    return schema


async def _healthy(_request: Request) -> Response:
    return Response("[]", media_type="application/json")


def _unknown_page(pro: ProServer) -> Callable[[Request], Awaitable[Response]]:
    async def unknown(request: Request) -> Response:
        path = _raw_path(request.scope)
        record = _record(request, path, await request.body())
        record.status = HTTPStatus.NOT_FOUND
        record.violation = f"nothing is at {path}"
        pro.recorder.add(record)
        page = classic_page(404, "Nothing on this server has the address that was asked for.")
        return Response(page, 404, media_type="text/html;charset=utf-8")

    return unknown


def _record(request: Request, path: str, body: bytes) -> RecordedRequest:
    return RecordedRequest(
        method=request.method,
        path=path,
        template=None,
        operation_id=None,
        query=read_query(request.scope["query_string"]),
        headers={name: redact(name, value) for name, value in request.headers.items()},
        content_type=request.headers.get("content-type"),
        body=body,
    )


def _raw_path(scope: Scope) -> str:
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    return raw.partition(b"?")[0].decode("latin-1")


async def _parts(request: Request) -> list[tuple[str, str | FilePart]]:
    try:
        async with request.form() as form:
            return [(name, await _part(value)) for name, value in form.multi_items()]
    except HTTPException as error:
        raise violation(f"the multipart body cannot be read: {error.detail}") from error


async def _part(value: UploadFile | str) -> str | FilePart:
    return value if isinstance(value, str) else FilePart(value.filename, await value.read())
