"""Small bodies for what is no JSON: tables, certificates, pictures, profiles."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Final

from jamf_pro_sandbox.description import Operation

__all__ = ("download", "file_name")

_PNG: Final = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII="
)
# A sequence that holds one integer: well-formed DER, but no certificate that anything could trust.
_DER: Final = bytes.fromhex("3003020101")
_XML: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
_PROFILE: Final = (
    _XML + '<plist version="1.0"><dict><key>PayloadIdentifier</key>'
    "<string>com.example.sandbox</string></dict></plist>\n"
)

_NOT_NOUNS: Final = frozenset({"download", "export", "pem", "der", "csv"})
_ENDINGS: Final = {
    "text/csv": "csv",
    "text/tab": "tsv",
    "text/plain": "txt",
    "image/png": "png",
    "application/xml": "xml",
    "application/pem-certificate-chain": "pem",
    "application/x-pem-file": "pem",
    "application/pkix-cert": "der",
    "application/x-apple-aspen-config": "mobileconfig",
    "application/octet-stream": "bin",
}


def download(operation: Operation, media_type: str, columns: Sequence[str] = ()) -> bytes:
    """Return a body of the right kind.

    Args:
        operation: What is downloaded.
        media_type: Of the body.
        columns: The header of a table; two invented ones without.
    """
    match media_type:
        case "text/csv" | "text/tab":
            mark = "," if media_type == "text/csv" else "\t"
            names = list(columns) or ["Id", "Name"]
            row = [f"Sample {number + 1}" for number in range(len(names))]
            return f"{mark.join(names)}\n{mark.join(row)}\n".encode()
        case "image/png":
            return _PNG
        case "application/xml":
            return f"{_XML}<sample><name>Sample 1</name></sample>\n".encode()
        case "application/pem-certificate-chain":
            return _pem("CERTIFICATE")
        case "application/x-pem-file":
            return _pem("PUBLIC KEY")
        case "application/pkix-cert":
            return _DER
        case "application/x-apple-aspen-config":
            return _PROFILE.encode()
        case "text/plain" if "metadata" in operation.template:
            return f'{_XML}<EntityDescriptor entityID="sandbox"/>\n'.encode()
        case "text/plain" if "script" in operation.template:
            return b"#!/bin/sh\necho sandbox\n"
        case _:
            return b"Sandbox sample.\n"


def file_name(operation: Operation, media_type: str) -> str:
    """Return the name under which a download is offered."""
    words = [step for step in operation.template.split("/") if step and not step.startswith("{")]
    noun = next((word for word in reversed(words) if word not in _NOT_NOUNS), "sample")
    return f"{noun}.{_ENDINGS.get(media_type, 'bin')}"


def _pem(label: str) -> bytes:
    inside = base64.b64encode(_DER).decode()
    return f"-----BEGIN {label}-----\n{inside}\n-----END {label}-----\n".encode()
