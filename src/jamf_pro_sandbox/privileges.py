"""Which privileges there are: more than the operations of the Jamf Pro API want."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from jamf_pro_sandbox.description import Description

__all__ = ("is_privilege", "privileges_of")

_VERBS: Final = ("Create", "Read", "Update", "Delete")
# Of what is no record; the description names a part of these only, so that all of them count.
_ACTIONS: Final = ("Allow", "Assign", "Enroll", "Flush", "Remove", "Send", "Start", "View")
# What roles name on servers, but no operation of the Jamf Pro API: most is of the Classic API.
_OBJECTS: Final = frozenset(
    {
        "AD CS Certificate Jobs",
        "Advanced Computer Searches",
        "Advanced User Searches",
        "AirPlay Permissions",
        "Allowed File Extension",
        "Attachment Assignments",
        "Automatic Mac App Updates Settings",
        "Change Management",
        "Classes",
        "Clustering",
        "Computer Enrollment Invitations",
        "Computer Inventory Collection",
        "Computer Security",
        "Device Name Patterns",
        "Directory Bindings",
        "Disk Encryption Configurations",
        "Disk Encryption Institutional Configurations",
        "Education Settings",
        "File Attachments",
        "Infrastructure Managers",
        "JSON Web Token Configuration",
        "Keystore",
        "Keystores",
        "Knobs",
        "Licensed Software",
        "Limited Access Settings",
        "Mac Applications",
        "Maintenance Pages",
        "Mobile Device App Maintenance Settings",
        "Mobile Device Applications",
        "Mobile Device Enrollment Invitations",
        "Mobile Device Inventory Collection",
        "Mobile Device Managed App Configurations",
        "Mobile Device Self Service",
        "Network Integration",
        "Network Segments",
        "Password Policy",
        "Patch External Source",
        "Patch Internal Source",
        "Patch Management Settings",
        "Peripheral Types",
        "Printers",
        "Provisioning Profiles",
        "Removable MAC Address",
        "Restricted Software",
        "Self Service Bookmarks",
        "Software Update Servers",
        "User Extension Attributes",
        "VPP Assignment",
        "VPP Invitations",
        "Webhooks",
        "iBeacon",
        "iOS Configuration Profiles",
        "macOS Configuration Profiles",
        "watchOS Enrollment Settings",
    }
)


def privileges_of(description: Description) -> list[str]:
    """Return the privileges that some operation wants, in order."""
    return sorted({name for one in description.operations.values() for name in one.privileges})


def is_privilege(name: str, wanted: Collection[str]) -> bool:
    """Whether servers may have a privilege of this name.

    Args:
        name: As a role names it.
        wanted: Those that some operation wants.
    """
    verb, _, named = name.partition(" ")
    if verb in _VERBS:
        # Where one may be read, others may be created.
        return named in _OBJECTS or any(f"{other} {named}" in wanted for other in _VERBS)
    return name in wanted or (verb in _ACTIONS and bool(named))
