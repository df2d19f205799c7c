"""Turns the body of a request into bytes, form fields or parts; pure functions."""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from jamf_pro_client._model.encoding import (
    IncompleteError,
    complete_items_to_send,
    encode_json,
    items_to_send,
    to_json,
)
from jamf_pro_client._model.requirements import missing_fields
from jamf_pro_client._model.stripping import as_class
from jamf_pro_client._operation.requests import parameter_texts
from jamf_pro_client._transport.call import FilePart
from jamf_pro_client._transport.exchange import no_file
from jamf_pro_client._unset import UNSET
from jamf_pro_client.errors import ConfigurationError
from jamf_pro_client.model import Model
from jamf_pro_client.shapes import Ref
from jamf_pro_client.types import File

if TYPE_CHECKING:
    from jamf_pro_client.operation import Body, Operation

_FIRST_PRINTABLE: Final = " "
_JSON: Final = "application/json"
_MERGE_PATCH: Final = "application/merge-patch+json"
_MOST_NAMED: Final = 5


def encode_body(operation: Operation[Any, Any], body: object, headers: dict[str, str]) -> Any:
    """Return content, form fields and parts of a body, and set its Content-Type.

    Of models, what only the server sets is left out, and what requests need has to be there,
    except in merge patches, which say only what changes. Which fields these are is told by the
    class that the operation takes. Dicts are sent as they are: their keys are the caller's.

    Raises:
        ConfigurationError: The operation takes no such body, or a model lacks a required field;
            nothing was sent.
    """
    chosen = _body_for(operation, body)
    # Two PUTs label their bodies as merge patches, but replace the whole all the same.
    complete = (operation.method, chosen.media) != ("PATCH", _MERGE_PATCH)
    try:
        body = _of_declared_class(body, chosen, operation.models)
        return _encoded(chosen, body, headers, complete, operation.models)
    except IncompleteError:
        raise ConfigurationError(_incomplete(operation.name, body)) from None
    except (TypeError, RecursionError) as error:
        raise ConfigurationError(f"the body cannot be sent: {error}") from error


def _encoded(
    chosen: Body, body: object, headers: dict[str, str], complete: bool, models: str
) -> Any:
    if chosen.media.startswith("multipart/"):
        # The Content-Type is set with the boundary, which is made up when the request is.
        return None, None, _parts(body, complete, chosen.files)
    if chosen.media == "application/x-www-form-urlencoded":
        fields = _mapping(to_json(body, for_request=True, complete=complete))
        return None, {name: _form_texts(value) for name, value in fields.items()}, None
    if chosen.is_json:
        if isinstance(body, str):
            raise TypeError("it is text; give a model, a dict or a list, not JSON written out")
        if not isinstance(body, Model | Mapping | list | tuple):
            given = "None" if body is None else f"of type {type(body).__name__}"
            raise TypeError(f"it is {given}; give a model, a dict or a list")
        headers["Content-Type"] = chosen.media
        return encode_json(body, for_request=True, complete=complete), None, None
    if chosen.model is not None:
        from jamf_pro_client._classic.writing import body_content

        headers["Content-Type"] = chosen.media
        return body_content(body, chosen.model, models), None, None
    is_content = isinstance(body, File | Iterable | AsyncIterable) or hasattr(body, "read")
    if isinstance(body, Model | Mapping) or not is_content:
        raise TypeError(f"{chosen.media} is expected, not JSON; give text, bytes or a File")
    headers["Content-Type"] = chosen.media
    return (body.payload if isinstance(body, File) else body), None, None


def _of_declared_class(body: object, chosen: Body, models: str) -> object:
    """Return a model of another class, such as what was read, as one of the class that is sent."""
    if not (chosen.is_json and chosen.model is not None and isinstance(body, Model)):
        return body
    declared: type[Model] = Ref(chosen.model).load(models)
    return body if isinstance(body, declared) else as_class(body, declared)


def _incomplete(operation: str, body: object) -> str:
    """Say which required fields are not set."""
    missing = list(missing_fields(body))
    told = [
        f"{one.pointer.lstrip('/').replace('/', '.')} ({one.owner}.{one.attribute}, "
        f"JSON pointer {one.pointer})"
        for one in missing[:_MOST_NAMED]
    ]
    if len(missing) > _MOST_NAMED:
        told.append(f"{len(missing) - _MOST_NAMED} more")
    are_kept_back = any(one.is_kept_back for one in missing)
    reason = (
        "Servers never send passwords and the like back, so a model that was read has none. "
        if are_kept_back
        else ""
    )
    return (
        f"{operation} needs {' and '.join(told)}, which {'is' if len(missing) == 1 else 'are'} "
        f"not set. {reason}To send the body as it is, pass body.to_request(), which is a dict"
    )


def _body_for(operation: Operation[Any, Any], body: object) -> Body:
    """Choose the media type by what the caller gave: text and bytes are no JSON documents."""
    if not operation.bodies:
        raise ConfigurationError(f"{operation.name} takes no body")
    opaque = isinstance(body, str | bytes | bytearray | File) or hasattr(body, "read")
    for candidate in operation.bodies:
        if candidate.is_opaque == opaque:
            return candidate
    return operation.bodies[0]


def _parts(body: object, complete: bool, files: tuple[str, ...]) -> list[FilePart]:
    """Return the parts of a multipart body in their order: files, text, and objects as JSON.

    Args:
        body: A model, or a dict.
        complete: Whether a model needs its required fields.
        files: Names of the parts that are files and nothing else.
    """
    if isinstance(body, Model):
        given = complete_items_to_send(body) if complete else items_to_send(body)
    else:
        given = dict(_mapping(body))
    parts: list[FilePart] = []
    for name, value in given.items():
        if name in files:
            _check_files(value, name)
        for part in value if isinstance(value, list | tuple) else [value]:
            if isinstance(part, File):
                parts.append((name, _file_part(part, name)))
            elif isinstance(part, bytes) or hasattr(part, "read"):
                parts.append((name, _file_part(File(part), name)))
            elif isinstance(part, Model | Mapping):
                text = encode_json(part, for_request=True, complete=complete).decode()
                parts.append((name, (None, text, _JSON)))
            else:
                parts += [(name, (None, text, None)) for text in parameter_texts(part)]
    return parts


def _check_files(value: object, name: str) -> None:
    """Refuse what servers would take for the content of a file, such as its path."""
    for part in value if isinstance(value, list) else [value]:
        is_file = isinstance(part, File | bytes) or hasattr(part, "read")
        if not is_file and part is not None and part is not UNSET:
            raise no_file(part, name)


def _form_texts(value: object) -> list[str]:
    """Return a field of a form as text, once for each value of a list; forms have no null."""
    if isinstance(value, Mapping):
        return [encode_json(value).decode()]
    if isinstance(value, list):
        return [text for part in value for text in _form_texts(part)]
    return parameter_texts(value)


def _mapping(body: object) -> Mapping[str, Any]:
    if not isinstance(body, Mapping):
        raise ConfigurationError(f"forms and uploads need named parts, not a {type(body).__name__}")
    return body


def _file_part(file: File, name: str) -> tuple[str, Any, str | None]:
    # Without a file name servers take the part for text.
    file_name = file.file_name or getattr(file.payload, "name", None) or name
    base_name = str(file_name).replace("\\", "/").rpartition("/")[2]
    if any(character < _FIRST_PRINTABLE for character in base_name):
        raise ConfigurationError("the file name holds a control character")
    return base_name, file.payload, file.mime_type
