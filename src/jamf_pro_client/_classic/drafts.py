"""Records to begin an update with: their sections are there as soon as they are touched."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jamf_pro_client.classic.models import Computer

if TYPE_CHECKING:
    from jamf_pro_client._unset import UNSET
    from jamf_pro_client.classic.models import (
        ComputerGeneral,
        ComputerGroupsAccounts,
        ComputerHardware,
        ComputerSecurity,
        ComputerSoftware,
        Location,
        Purchasing,
    )
    from jamf_pro_client.model import json_field

    class ClassicComputer(Computer):
        """An update of a computer; sends what is set and nothing else."""

        general: ComputerGeneral = json_field("general", default=UNSET)  # pyright: ignore[reportIncompatibleVariableOverride]
        groups_accounts: ComputerGroupsAccounts = json_field("groups_accounts", default=UNSET)  # pyright: ignore[reportIncompatibleVariableOverride]
        hardware: ComputerHardware = json_field("hardware", default=UNSET)  # pyright: ignore[reportIncompatibleVariableOverride]
        location: Location = json_field("location", default=UNSET)  # pyright: ignore[reportIncompatibleVariableOverride]
        purchasing: Purchasing = json_field("purchasing", default=UNSET)  # pyright: ignore[reportIncompatibleVariableOverride]
        security: ComputerSecurity = json_field("security", default=UNSET)  # pyright: ignore[reportIncompatibleVariableOverride]
        software: ComputerSoftware = json_field("software", default=UNSET)  # pyright: ignore[reportIncompatibleVariableOverride]

else:

    class _Alias(type):
        """Makes a class answer as `Computer` does in everything but construction."""

        def __instancecheck__(cls, instance: Any) -> bool:
            return isinstance(instance, Computer)

        def __getattr__(cls, name: str) -> Any:
            return getattr(Computer, name)

    class ClassicComputer(metaclass=_Alias):
        """An update of a computer; sends what is set and nothing else.

        `update = ClassicComputer()` and `update.location.building = "HQ"` make a `Computer` of
        which only that element is sent.
        """

        def __new__(cls, **values: Any) -> Computer:
            return Computer.draft(**values)
