"""Writes modules that give models the paths they have in other clients for Jamf Pro.

They are generated, as all is that lies in `models`. Nothing else imports them.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final, TypeAlias

from jamf_pro_codegen.bound import TEMPLATE_ENVIRONMENT
from jamf_pro_codegen.errors import CodegenError
from jamf_pro_codegen.prepare import Target

Aliases: TypeAlias = Mapping[str, Mapping[str, tuple[str, str]]]

ALIASES: Final[Aliases] = {
    "client": {
        "AccessToken": ("auth", "AccessToken"),
        "SessionConfig": ("session", "SessionConfig"),
    },
    "classic": {},
    "classic.computers": {
        "ClassicComputer": ("classic", "ClassicComputer"),
        "Computer": ("classic.models", "Computer"),
    },
    "pro": {},
    "pro.computers": {
        "Computer": ("models", "ComputerInventory"),
        "ComputerGeneral": ("models", "ComputerGeneral"),
    },
}
"""Module below `models` -> its names -> where each lives, below the runtime, and what it is called.

A module without names is a package.
"""


def write_aliases(output: Path, target: Target) -> None:
    """Write the modules into the package of the models.

    Args:
        output: The folder with the generated `api` and `models`.
        target: Where the output goes, and with which aliases.

    Raises:
        CodegenError: A model of the description has the path of one of them.
    """
    models = output / "models"
    for module, names in target.aliases.items():
        folder = models.joinpath(*module.split("."))
        path = folder.with_suffix(".py") if names else folder / "__init__.py"
        if path.exists() or folder.with_suffix(".py").exists():
            raise CodegenError(f"models/{module} is an alias, but there is a model of that name")
        path.parent.mkdir(exist_ok=True)
        text = TEMPLATE_ENVIRONMENT.get_template("alias.py.jinja").render(
            target=target, names=names
        )
        path.write_text(text.rstrip() + "\n", "utf-8")
