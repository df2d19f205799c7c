"""Every operation, over real sockets: what is sent, what comes back, and what goes wrong."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import ssl
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from tests.generated.described import (
    DESCRIPTION,
    LOGINS,
    OPERATIONS,
    Expected,
    basic,
    decoded,
    expected_call,
    keeps_records,
    module_of,
)

from jamf_pro_client import BasicAuthProvider, HTTPAuthenticatedClient, HTTPClient, errors
from jamf_pro_client._model.encoding import to_json
from jamf_pro_client.model import Model
from jamf_pro_client.types import File, Response
from jamf_pro_sandbox import Sandbox
from jamf_pro_sandbox.description import Operation
from jamf_pro_sandbox.recording import RecordedRequest

# Nothing here is encrypted, and reading the trusted certificates takes longer than all else.
TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
ERROR_CLASSES = {
    400: errors.BadRequestError,
    401: errors.UnauthorizedError,
    403: errors.ForbiddenError,
    404: errors.NotFoundError,
    409: errors.ConflictError,
    422: errors.ValidationError,
    429: errors.RateLimitedError,
}


def client_for(operation: Operation, sandbox: Sandbox) -> HTTPClient:
    """Make a client that may call an operation and spoils nothing for the others."""
    if operation.operation_id == "post_v1_auth_token":
        return HTTPClient(sandbox.url, headers=basic(sandbox), verify_ssl=TLS)
    provider = BasicAuthProvider(sandbox.username, sandbox.password)
    return HTTPAuthenticatedClient(sandbox.url, credentials=provider, verify_ssl=TLS)


def model_body(operation: Operation, body: Any) -> Any:
    """Return the model of a body whose schema has a name; else the body."""
    schema = next(iter(operation.bodies.values()))
    if "$ref" not in schema or not isinstance(body, dict):
        return body
    models = importlib.import_module("jamf_pro_client.models")
    model = getattr(models, schema["$ref"].rpartition("/")[2], None)
    return model.from_dict(body) if model else body


def problems_of_request(call: Expected, record: RecordedRequest) -> list[str]:
    """Say how a request differs from what the description asks for."""
    found = []
    operation = call.operation
    if record.violation:
        found.append(record.violation)
    if (record.method, record.path) != (operation.method, call.path):
        found.append(f"sent {record.method} {record.path}, not {operation.method} {call.path}")
    if sorted(record.query) != sorted(call.query):
        found.append(f"query {record.query}, not {call.query}")
    if record.headers["accept"] not in {"application/json", ", ".join(operation.answers), "2"}:
        found.append(f"accept {record.headers['accept']}")
    if (record.content_type or "").partition(";")[0] != (call.content_type or ""):
        found.append(f"content type {record.content_type}, not {call.content_type}")
    if operation.authentication_required != record.headers.get("authorization", "").startswith(
        "Bearer"
    ):
        found.append("token sent where none is due, or the other way round")
    if call.json is not None and decoded(record.body) != call.json:
        found.append(f"body {record.body!r}, not {call.json}")
    if call.content is not None and call.content not in record.body:
        found.append("the file is not in the body")
    if not call.content_type and record.body:
        found.append("a body where none is described")
    return found


def problems_of_value(operation: Operation, value: Any, content: bytes) -> list[str]:
    """Say how a success value differs from what the description promises."""
    if not operation.answers:
        return [] if value is None else [f"{value!r} where nothing is due"]
    media, schema = next(iter(operation.answers.items()))
    if not media.endswith(("/json", "+json")):
        is_binary = schema.get("format") == "binary"
        return [] if isinstance(value, File if is_binary else str) else [f"{type(value)}"]
    found = []
    if to_json(value) != decoded(content):
        found.append("encoding the value gives other JSON than was received")
    return found + problems_of_type(schema, value)


def problems_of_type(schema: Any, value: Any) -> list[str]:
    name = schema.get("$ref", "").rpartition("/")[2]
    target = DESCRIPTION.resolve(schema)
    if target.get("type") == "array":
        return [problem for item in value for problem in problems_of_type(target["items"], item)]
    if target.get("type") == "object" and not isinstance(value, Model):
        return [f"a {type(value).__name__} where a model is due"]
    if name and target.get("type") == "object" and type(value).__name__.lower() != name.lower():
        return [f"a {type(value).__name__} where a {name} is due"]
    return []


def documented_error(operation: Operation) -> int:
    """Return an error that is described; not 401, which is answered with a fresh token."""
    return next((status for status in operation.statuses if status >= 400 and status != 401), 404)


def error_body(status: int) -> dict[str, Any]:
    cause = {"code": "INVALID_FIELD", "description": "not that", "id": "0", "field": "name"}
    return {"httpStatus": status, "errors": [cause]}


def problems_of_error(
    error: errors.JamfProAPIError, operation: Operation, status: int
) -> list[str]:
    kind = ERROR_CLASSES.get(
        status, errors.ServerError if status >= 500 else errors.JamfProAPIError
    )
    found = []
    if not isinstance(error, kind) or error.status_code != status:
        found.append(f"{type(error).__name__} {error.status_code} for {status}")
    if (error.method, error.path) != (operation.method, operation.template):
        found.append(f"the error names {error.method} {error.path}")
    if [detail.code for detail in error.errors] != ["INVALID_FIELD"]:
        found.append("Jamf's errors are not in the error")
    return found


def problems_of_reply(operation: Operation, value: Any, whole: Response[Any]) -> list[str]:
    if not 200 <= whole.status_code < 300:
        return [f"status {whole.status_code}: {whole.content!r}"]
    same = type(value) is type(whole.parsed)
    return problems_of_value(operation, whole.parsed, whole.content) + (
        [] if same else ["plain and detailed value differ"]
    )


@contextlib.contextmanager
def fresh_if_needed(operation: Operation, shared: Sandbox) -> Iterator[Sandbox]:
    """Give a sandbox of its own to an operation that changes records."""
    if keeps_records(operation):
        with Sandbox(computers=3) as own:
            yield own
    else:
        yield shared


def prepared(operation: Operation, sandbox: Sandbox, *, as_model: bool) -> Expected:
    call = expected_call(operation, sandbox, row=1)
    if as_model and call.json is not None:
        call.keywords["body"] = model_body(operation, call.json)
    sandbox.clear_requests()
    return call


def sync_problems(operation: Operation, shared: Sandbox) -> list[str]:
    module = module_of(operation.operation_id)
    with fresh_if_needed(operation, shared) as sandbox, client_for(operation, sandbox) as client:
        call = prepared(operation, sandbox, as_model=False)
        value = module.sync(*call.positional, client=client, **call.keywords)
        found = problems_of_request(call, sandbox.requests[-1])
    with fresh_if_needed(operation, shared) as sandbox, client_for(operation, sandbox) as client:
        call = prepared(operation, sandbox, as_model=True)
        whole = module.sync_detailed(*call.positional, client=client, **call.keywords)
        found += problems_of_request(call, sandbox.requests[-1])
        found += problems_of_reply(operation, value, whole)
        if operation.operation_id in LOGINS:
            return found
        status = documented_error(operation)
        sandbox.answer_next(operation.operation_id, status, error_body(status))
        try:
            module.sync(*call.positional, client=client, **call.keywords)
        except errors.JamfProAPIError as error:
            return found + problems_of_error(error, operation, status)
        return [*found, f"{status} raised nothing"]


async def async_problems(operation: Operation, shared: Sandbox) -> list[str]:
    module = module_of(operation.operation_id)
    with fresh_if_needed(operation, shared) as sandbox:
        async with client_for(operation, sandbox) as client:
            call = prepared(operation, sandbox, as_model=True)
            value = await module.asyncio(*call.positional, client=client, **call.keywords)
            found = problems_of_request(call, sandbox.requests[-1])
    with fresh_if_needed(operation, shared) as sandbox:
        async with client_for(operation, sandbox) as client:
            call = prepared(operation, sandbox, as_model=False)
            whole = await module.asyncio_detailed(*call.positional, client=client, **call.keywords)
            found += problems_of_request(call, sandbox.requests[-1])
            found += problems_of_reply(operation, value, whole)
            if operation.operation_id in LOGINS:
                return found
            status = documented_error(operation)
            sandbox.answer_next(operation.operation_id, status, error_body(status))
            failed = await module.asyncio_detailed(*call.positional, client=client, **call.keywords)
            return found + problems_of_failure(operation, failed, status)


def problems_of_failure(operation: Operation, failed: Response[Any], status: int) -> list[str]:
    if failed.status_code != status:
        return [f"status {failed.status_code} for {status}"]
    described = DESCRIPTION.document["paths"][operation.template][operation.method.lower()]
    if described["responses"].get(str(status), {}).get("content") and failed.parsed is None:
        return ["the described error body was not decoded"]
    return []


def test_all_817_operations_are_tried() -> None:
    assert len(OPERATIONS) == 817


def test_every_operation_called_sync_sends_and_gives_what_is_described() -> None:
    with Sandbox(computers=3) as sandbox:
        problems = {
            name: found
            for name, operation in OPERATIONS.items()
            if (found := attempted(partial(sync_problems, operation, sandbox)))
        }
    assert problems == {}


def test_every_operation_called_async_sends_and_gives_what_is_described() -> None:
    with Sandbox(computers=3) as sandbox:
        problems = {
            name: found
            for name, operation in OPERATIONS.items()
            if (found := attempted(partial(async_in_loop, operation, sandbox)))
        }
    assert problems == {}


def async_in_loop(operation: Operation, sandbox: Sandbox) -> list[str]:
    return asyncio.run(async_problems(operation, sandbox))


def attempted(examine: Callable[[], list[str]]) -> list[str]:
    """Return what an examination finds; an error is a finding too, so that all are seen at once."""
    try:
        return examine()
    except (errors.JamfProError, ValueError, TypeError, LookupError) as error:
        return [f"{type(error).__name__}: {error}"]
