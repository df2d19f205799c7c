"""Composes what the generated docstrings say, in our words, from facts alone."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

from jamf_pro_codegen.naming import snake

_PARAMETER_MEANINGS = {
    "page": "Number of the page, counted from 0.",
    "page-size": "Rows in a page, at most 2000: servers cut larger numbers.",
    "pagesize": "Rows in a page.",
    "size": "Rows in a page.",
    "sort": "Sort order as `field:asc` or `field:desc`, the most important first.",
    "filter": "RSQL expression; rows that do not match are left out.",
    "section": "Sections to fill in; those left out come back as null.",
    "export-fields": "Columns to export, in their order.",
    "export-labels": "Headings for the exported columns, in the same order.",
    "accept": "Media type wanted, in place of the default Accept header.",
    "Accept-Language": "Language wanted, as in RFC 9110.",
    "JSESSIONID": "Cookie of the web login to renew.",
}
# Words of paths that are written otherwise in a sentence.
_SPELLED = {
    "adcs": "AD CS",
    "adue": "ADUE",
    "api": "API",
    "apns": "APNs",
    "azure": "Azure",
    "csv": "CSV",
    "ddm": "DDM",
    "der": "DER",
    "digicert": "DigiCert",
    "dss": "DSS",
    "filevault": "FileVault",
    "gsx": "GSX",
    "id": "ID",
    "idp": "IdP",
    "ios": "iOS",
    "jamf": "Jamf",
    "jcds": "JCDS",
    "ldap": "LDAP",
    "ldaps": "LDAP servers",
    "m2m": "M2M",
    "macos": "macOS",
    "mdm": "MDM",
    "oauth": "OAuth",
    "oidc": "OIDC",
    "pem": "PEM",
    "pin": "PIN",
    "pki": "PKI",
    "slasa": "SLASA",
    "smtp": "SMTP",
    "ssl": "SSL",
    "sso": "SSO",
    "tomcat": "Tomcat",
    "url": "URL",
    "venafi": "Venafi",
}
_PHRASES = {
    "computers-inventory": "computer inventory",
    "computers-inventory-detail": "computer inventory details",
}
# What has no article.
_NAMES = {
    "jamf-connect": "Jamf Connect",
    "jamf-protect": "Jamf Protect",
    "jamf-remote-assist": "Jamf Remote Assist",
    "self-service": "Self Service",
    "self-service-plus": "Self Service+",
    "oidc": "OIDC",
    "sso": "SSO",
    "team-viewer": "TeamViewer",
}
_LONGEST_SUMMARY = 92
_TYPE_WORDS = {
    "string": "Text",
    "integer": "Whole number",
    "number": "Number",
    "boolean": "True or false",
    "array": "List",
    "object": "Object",
}
_ERRORS = {
    "400": "BadRequestError",
    "401": "UnauthorizedError",
    "403": "ForbiddenError",
    "404": "NotFoundError",
    "409": "ConflictError",
    "422": "ValidationError",
    "429": "RateLimitedError",
}
_KINDS = {"text": "the text", "binary": "the file"}


def summary(method: str, path: str, operation: dict[str, Any]) -> str:
    """Return one sentence that says what an operation returns or does."""
    sentence = _sentence(method, path, operation)
    return sentence if len(sentence) <= _LONGEST_SUMMARY else f"{sentence.partition(' of ')[0]}."


def _sentence(method: str, path: str, operation: dict[str, Any]) -> str:
    words = _literals(path)
    noun = _noun(path)
    last = words[-1] if words else "server"
    if method == "get":
        return _get_summary(noun, operation)
    if method == "delete":
        return f"Delete {noun}."
    if method == "put":
        return f"Replace {noun}."
    if method == "patch":
        return f"Change parts of {noun}."
    return _post_summary(path, noun, last, operation)


def _get_summary(noun: str, operation: dict[str, Any]) -> str:
    kind = operation["x-response-kind"].partition("+")[0]
    if operation.get("x-paging"):
        return f"Return one page of {noun}."
    if kind in _KINDS:
        return f"Return {_KINDS[kind]}: {noun}."
    if kind == "empty":
        return f"Check {noun}: success has no body."
    return f"Return {noun}."


def _post_summary(path: str, noun: str, last: str, operation: dict[str, Any]) -> str:
    parent = _noun(path.rpartition("/")[0])
    if last == "history" or last == "notes":
        return f"Add a note to {noun}."
    if last == "export":
        form = "CSV" if "text" in operation["x-response-kind"] else "a file"
        return f"Export {parent} as {form}."
    if last == "delete-multiple":
        return f"Delete several of {parent} at once."
    if "multipart" in operation.get("x-body-kind", ""):
        return f"Upload a file to {noun}."
    if operation.get("x-action"):
        return f"Run the action `{last}` on {parent}." if parent else f"Run the action `{last}`."
    return f"Add an entry to {noun}."


def _literals(path: str) -> list[str]:
    return [part for part in path.strip("/").split("/") if not part.startswith("{")]


def _noun(path: str) -> str:
    """Say what a path stands for: `the history of one of the buildings`, with its words."""
    phrase = ""
    for part, is_followed in _nouns(path):
        own = _one_of(part) if is_followed else _the(part)
        phrase = f"{own} of {phrase}" if phrase else own
    return phrase


def _nouns(path: str) -> list[tuple[str, bool]]:
    """Return the words of a path, and whether a parameter follows that picks one of them."""
    parts = [part for part in path.strip("/").split("/") if part]
    if parts and (parts[0] == "preview" or parts[0][1:].isdigit()):
        parts = parts[1:]
    return [
        (part, following.startswith("{"))
        for part, following in itertools.zip_longest(parts, parts[1:], fillvalue="")
        if not part.startswith("{")
    ]


def _the(part: str) -> str:
    return _NAMES.get(part) or f"the {_spelled(part)}"


def _one_of(part: str) -> str:
    words = _spelled(part)
    is_plural = words.endswith("s") and not words.endswith("ss")
    return f"one of the {words}" if is_plural else f"one entry of {_the(part)}"


def _spelled(part: str) -> str:
    """Return a part of a path as words; what is viewed is told without the verb."""
    if part in _PHRASES:
        return _PHRASES[part]
    words = snake(part).removeprefix("view_").split("_")
    return " ".join(_SPELLED.get(word, word) for word in words)


def notes(
    method: str, path: str, operation: dict[str, Any], versions: tuple[str, str] | None
) -> list[str]:
    """Return the lines between the summary and the arguments."""
    lines: list[str] = []
    privileges = operation.get("x-required-privileges")
    if privileges:
        lines.append(f"Privileges: {', '.join(privileges)}")
    elif not operation.get("x-authentication-required", True):
        lines.append("No token is sent.")
    lines += lifetime(operation, versions)
    if operation.get("x-paging"):
        paging = operation["x-paging"]
        lines.append(
            f"Paged: `{paging['page']}` counts from 0, `{paging['size']}` rows each, rows in "
            + (f"`{paging['rows']}`." if paging["rows"] else "the array itself.")
        )
    if operation.get("x-version-lock"):
        lines.append("Version-locked: the body carries the version it was read with.")
    if operation.get("x-read-only"):
        lines.append("Changes nothing on the server.")
    if operation.get("x-rate-limit"):
        lines.append("Rate-limited by the server.")
    return [f"{method.upper()} {path}", *([""] if lines else []), *lines]


def lifetime(operation: dict[str, Any], versions: tuple[str, str] | None) -> list[str]:
    """Return the lines about an operation's deprecation and the versions that have it."""
    lines = []
    if operation.get("deprecated"):
        since = operation.get("x-deprecation-date")
        lines.append(f"Deprecated since {since}." if since else "Deprecated.")
    if versions:
        first, last = versions
        span = first if first == last else f"{first} to {last}"
        lines.append(f"Seen in Jamf Pro {span}.")
    return lines


def raises(operation: dict[str, Any]) -> list[str]:
    """Return the lines about the errors that the description names."""
    lines = []
    for status in sorted(operation["responses"]):
        name = _ERRORS.get(status) or ("ServerError" if status.startswith("5") else None)
        if name:
            lines.append(f"{name}: The server answered {status}.")
    reason = "Any other reason" if lines else "Any reason"
    return [*lines, f"JamfProError: {reason} why there is no result."]


def field_lists(parameters: list[dict[str, Any]]) -> list[str]:
    """Return the lines that list the filter and sort fields."""
    lines = []
    for parameter in sorted(parameters, key=lambda given: given["name"]):
        fields = parameter.get("x-fields")
        if fields:
            label = "Filter fields" if parameter["name"] == "filter" else "Sort fields"
            lines.append(f"{label}: {', '.join(fields)}")
    return lines


def prose(described: Mapping[str, Any]) -> list[str]:
    """Return the paragraphs of a description that was taken in with its prose."""
    told = "\n\n".join(str(described.get(key) or "") for key in ("summary", "description"))
    return [" ".join(part.split()) for part in told.split("\n\n") if part.strip()]


def parameter_doc(parameter: dict[str, Any], schema: dict[str, Any], path: str) -> str:
    """Say what a parameter means, its limits and the server's default."""
    name = parameter["name"]
    meaning = _PARAMETER_MEANINGS.get(name)
    if meaning is None and parameter["in"] == "path":
        meaning = f"Identifies {_owner(path, name)}."
    if meaning is None:
        words = snake(name).replace("_", " ")
        meaning = f"{_TYPE_WORDS.get(schema.get('type', ''), 'Value')} for `{words}`."
    return " ".join([meaning, *prose(parameter), *_limits(schema), *_default(schema)])


def _owner(path: str, name: str) -> str:
    nouns = _nouns(path.partition("{" + name + "}")[0])
    return _one_of(nouns[-1][0]) if nouns else "the record"


def _limits(schema: dict[str, Any]) -> list[str]:
    low, high = schema.get("minimum"), schema.get("maximum")
    limits = []
    if low is not None and high is not None:
        limits.append(f"From {low} to {high}.")
    elif low is not None:
        limits.append(f"At least {low}.")
    elif high is not None:
        limits.append(f"At most {high}.")
    if schema.get("maxLength"):
        limits.append(f"At most {schema['maxLength']} characters.")
    return limits


def _default(schema: dict[str, Any]) -> list[str]:
    default = schema.get("default")
    if default in (None, "", []):
        return []
    shown = ", ".join(map(str, default)) if isinstance(default, list) else str(default)
    if schema.get("type") == "boolean":
        shown = shown.lower()
    return [f"The server's default: {shown}."]
