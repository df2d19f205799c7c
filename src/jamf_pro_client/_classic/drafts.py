"""Records to begin an update with: their sections are there as soon as they are touched."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jamf_pro_client.classic.models import Computer

if TYPE_CHECKING:
    from jamf_pro_client.classic.models import (
        ComputerGeneral,
        ComputerGroupsAccounts,
        ComputerHardware,
        ComputerSecurity,
        ComputerSoftware,
        Location,
        Purchasing,
    )

    class ClassicComputer(Computer):
        """An update of a computer; sends what is set and nothing else."""

        general: ComputerGeneral  # type: ignore[assignment]  # pyright: ignore
        groups_accounts: ComputerGroupsAccounts  # type: ignore[assignment]  # pyright: ignore
        hardware: ComputerHardware  # type: ignore[assignment]  # pyright: ignore
        location: Location  # type: ignore[assignment]  # pyright: ignore
        purchasing: Purchasing  # type: ignore[assignment]  # pyright: ignore
        security: ComputerSecurity  # type: ignore[assignment]  # pyright: ignore
        software: ComputerSoftware  # type: ignore[assignment]  # pyright: ignore

else:

    class ClassicComputer:
        """An update of a computer; sends what is set and nothing else.

        `update = ClassicComputer()` and `update.location.building = "HQ"` make a `Computer` of
        which only that element is sent.
        """

        def __new__(cls, **values: Any) -> Computer:
            return Computer.draft(**values)
