"""The page about filters tells the truth: its code runs."""

from __future__ import annotations

import re

import pytest
from tests.docs.examples_run import code_of, page, printed_by

from jamf_pro_client.filters import FilterField
from jamf_pro_sandbox import Sandbox

PAGE = page("filters")
BLOCKS = code_of(PAGE)
PRINTED = (
    '(general.name=="mac-*",general.name=="Oscar\'s MacBook Air");'
    'userAndLocation.buildingId=in=("1","2")\n7\n',
    "Jamf does not list the field 'serialNumber' for filters of get_v3_computers_inventory; "
    "did you mean 'hardware.serialNumber'?\n"
    "Jamf does not list the field 'general.nmae' for filters of get_v3_computers_inventory; "
    "did you mean 'general.name'?\n",
    '(name=="Mill*",id>"7");city!="Bree"\n',
)


@pytest.mark.parametrize(("code", "printed"), list(zip(BLOCKS, PRINTED, strict=True)))
def test_an_example_runs(code: str, printed: str, jamf_sandbox: Sandbox) -> None:
    assert printed_by(code, jamf_sandbox) == printed


def test_the_methods_in_the_table_exist_and_none_is_missing() -> None:
    rows = re.findall(r"^\|.*\|$", PAGE, re.MULTILINE)[2:]
    named = {name for row in rows for name in re.findall(r"`([a-z_]+)`", row)}
    public = {name for name in vars(FilterField) if not name.startswith("_")}
    assert named == public - {"name"}
