"""Composes what the docstrings of Classic operations say, in our words, from facts alone."""

from __future__ import annotations

from typing import Any

from jamf_pro_codegen.classic_facts import XML
from jamf_pro_codegen.pointers import schema_name
from jamf_pro_codegen.wording import lifetime

_LONGEST_SUMMARY = 92
_KEYS = {
    "id": "id",
    "name": "name",
    "udid": "UDID",
    "uuid": "UUID",
    "macaddress": "MAC address",
    "serialnumber": "serial number",
    "bundleid": "bundle identifier",
    "email": "email address",
    "createdBy": "origin",
    "idType": "kind of key",
    "idtype": "kind of target",
    "id_list": "device ids",
    "matchname": "pattern of the name",
    "softwaretitleconfigid": "id of a software title configuration",
    "start_date": "first day",
    "end_date": "last day",
}
_DEED = {
    "put": "Change {what}{found}; only what is set changes.",
    "post": "Create {what}.",
    "delete": "Delete {what}{found}.",
}
_PARAMETERS = {
    "subset": "Names of sections, as a sequence or as text that joins them with &.",
    "id_list": "Ids of devices, as a sequence or as text that joins them with commas.",
    "start_date": "First day of the time looked at.",
    "end_date": "Last day of the time looked at.",
    "FORCE_IPA_UPLOAD": "Whether an app is replaced by the one that is sent.",
    "match": "Pattern for names, serial numbers and addresses; * stands for anything.",
    "matchname": "Pattern for names; * stands for anything.",
}


def summary(method: str, path: str, operation: dict[str, Any]) -> str:
    """Return one sentence that says what an operation returns or does."""
    sentence = _sentence(method, path, operation)
    return sentence if len(sentence) <= _LONGEST_SUMMARY else f"{sentence.partition(',')[0]}."


def _sentence(method: str, path: str, operation: dict[str, Any]) -> str:
    name = operation["operationId"]
    if name.startswith("flush_"):
        return f"Flush {name.split('_')[1]}{_found(path)}."
    if name == "upload_files":
        return "Upload a file to a record."
    if "_command" in name and method == "post":
        kind = "computers" if name.startswith("create_computer") else "mobile devices"
        return f"Send a command to {kind}."
    words = _words(operation, method)
    if method == "get":
        if _is_list(operation):
            return f"Return a list: {words}{_found(path)}."
        sections = "sections of " if "{subset}" in path else ""
        return f"Return {sections}{_what(words, path)}{_found(path)}."
    return _DEED[method].format(what=_what(words, path), found=_found(path))


def _what(words: str, path: str) -> str:
    is_one = "{" in path and (not words.endswith("s") or words.endswith("ss"))
    return f"one {words}" if is_one else f"the {words}"


def _found(path: str) -> str:
    """Return what the record is looked up by."""
    keys = [part.strip("{}") for part in path.split("/") if part.startswith("{")]
    keys = [_KEYS.get(key, key.replace("_", " ")) for key in keys if key != "subset"]
    if any("}_{" in part for part in path.split("/")):
        keys = [*keys[:-1], "time"]
    return f", found by {' and '.join(keys)}" if keys else ""


def _schema(operation: dict[str, Any], method: str) -> dict[str, Any]:
    body = operation.get("requestBody", {}).get("content", {})
    if method != "get":
        schema: dict[str, Any] = body.get(XML, {}).get("schema", {})
        return schema
    replies = operation["responses"].values()
    return next((given["content"][XML]["schema"] for given in replies if "content" in given), {})


def _is_list(operation: dict[str, Any]) -> bool:
    return _schema(operation, "get").get("type") == "array"


def _words(operation: dict[str, Any], method: str) -> str:
    """Say what a record is called: `ComputerGroup` is a computer group."""
    schema = _schema(operation, method)
    if "x-element" in schema:
        return str(schema["x-element"]).replace("_", " ")
    if "$ref" not in schema:
        deed, _, rest = operation["operationId"].partition("_")
        return str(rest).partition("_by_")[0].replace("_", " ") or deed
    name = schema_name(schema["$ref"])
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip()


def notes(
    method: str, path: str, operation: dict[str, Any], versions: tuple[str, str] | None
) -> list[str]:
    """Return the lines between the summary and the arguments."""
    lines = [f"{method.upper()} /JSSResource{path}", ""]
    if (
        method == "post"
        and path.endswith("/id/{id}")
        and "_command" not in operation["operationId"]
    ):
        lines.append("The id 0 stands for the next free one.")
    subsets = _subsets(operation)
    if subsets:
        lines.append(f"Subsets: {', '.join(subsets)}")
    return [*lines, *lifetime(operation, versions)]


def _subsets(operation: dict[str, Any]) -> list[str]:
    given = operation.get("parameters", [])
    return next((p.get("x-values", []) for p in given if p["name"] == "subset"), [])


def raises(operation: dict[str, Any]) -> list[str]:
    """Return the lines about errors."""
    lines = []
    if "requestBody" in operation:
        lines.append("ConflictError: The server refuses what was sent, such as a name that exists.")
    if any(given["in"] == "path" for given in operation.get("parameters", [])):
        lines.append("NotFoundError: There is no such record.")
    return [*lines, "JamfProError: Any other reason why there is no result."]


def parameter_doc(parameter: dict[str, Any], schema: dict[str, Any], path: str) -> str:
    """Say what a parameter means and which values are known."""
    name = parameter["name"]
    del schema, path  # said elsewhere: by the annotation and the line with the path
    text = _PARAMETERS.get(name)
    if text is None:
        text = f"The {_KEYS.get(name, name.replace('_', ' '))} to look up."
        if name in ("command", "log", "interval", "status", "resource", "idType", "idtype"):
            text = f"The {_KEYS.get(name, name)}."
    values = parameter.get("x-values", [])
    if values and name != "subset":
        text += f" Known: {', '.join(values)}."
    return text
