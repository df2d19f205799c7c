"""Files of packages: what is uploaded shows in the package."""

from __future__ import annotations

import hashlib
from typing import Any

import attrs

from jamf_pro_sandbox.calls import Answer, Call, Handler, empty_answer, json_answer
from jamf_pro_sandbox.description import API_PREFIX
from jamf_pro_sandbox.resources import Resource, Resources
from jamf_pro_sandbox.uploads import FILE, FilePart

__all__ = ("package_handlers",)


def package_handlers(resources: Resources) -> dict[str, Handler]:
    """Return what takes the files of packages.

    Args:
        resources: Where the packages are kept.
    """
    files = _Files(resources.resource("/v1/packages"))
    return {
        "post_v1_packages_id_upload": files.upload,
        "post_v1_packages_id_manifest": files.add_manifest,
        "delete_v1_packages_id_manifest": files.remove_manifest,
    }


@attrs.frozen(eq=False)
class _Files:
    packages: Resource

    def upload(self, call: Call) -> Answer:
        """Take the package itself."""
        number = self.packages.existing(call)
        self.packages.table.change(number, _facts(call.body[FILE]))
        href = f"{call.base_url}{API_PREFIX}/v1/packages/{number}"
        return json_answer(call.operation.success_status, {"id": str(number), "href": href})

    def add_manifest(self, call: Call) -> Answer:
        """Take a manifest."""
        number = self.packages.existing(call)
        file: FilePart = call.body[FILE]
        manifest = file.content.decode("utf-8", "replace")
        changes = {"manifest": manifest, "manifestFileName": file.file_name}
        self.packages.table.change(number, changes)
        schema = call.operation.answers["application/json"]
        value = self.packages.shaped(schema, number)
        return json_answer(call.operation.success_status, value)

    def remove_manifest(self, call: Call) -> Answer:
        """Forget the manifest."""
        number = self.packages.existing(call)
        self.packages.table.change(number, {"manifest": None, "manifestFileName": None})
        return empty_answer(call.operation.success_status)


def _facts(file: FilePart) -> dict[str, Any]:
    digest = hashlib.sha3_512(file.content).hexdigest()
    return {
        "fileName": file.file_name,
        "size": str(len(file.content)),
        "md5": hashlib.md5(file.content, usedforsecurity=False).hexdigest(),
        "sha256": hashlib.sha256(file.content).hexdigest(),
        "sha3512": digest,
        "hashType": "SHA3_512",
        "hashValue": digest,
        "cloudTransferStatus": "READY",
    }
