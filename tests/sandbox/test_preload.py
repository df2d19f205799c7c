"""Inventory preload goes in and comes out as CSV, and is the same in all versions."""

from __future__ import annotations

import csv
import io
from typing import Any

import httpx

PATH = "/v2/inventory-preload"
TABLE = "Serial Number,Device Type,PO Number,Remark\nC1,Computer,77,old\nC2,Mobile Device,,\n"


def send(api: httpx.Client, text: str, to: str = "csv") -> httpx.Response:
    return api.post(f"{PATH}/{to}", files={"file": ("devices.csv", text.encode(), "text/csv")})


def downloaded(api: httpx.Client) -> dict[str, dict[str, Any]]:
    rows = csv.DictReader(io.StringIO(api.get(f"{PATH}/csv").text))
    return {row["Serial Number"]: row for row in rows}


def test_a_table_becomes_records(api: httpx.Client) -> None:
    made = send(api, TABLE)
    assert made.status_code == 201
    record = api.get(made.json()[0]["href"]).json()
    assert (record["serialNumber"], record["poNumber"]) == ("C1", "77")
    older = api.get(f"/v1/inventory-preload/{record['id']}").json()
    assert (older["serialNumber"], older["id"]) == ("C1", int(record["id"]))
    assert downloaded(api)["C2"]["Device Type"] == "Mobile Device"


def test_a_serial_number_that_is_known_is_not_added_again(api: httpx.Client) -> None:
    send(api, TABLE)
    count = api.get(f"{PATH}/records").json()["totalCount"]
    send(api, "Serial Number,Device Type,Username\nC1,Computer,ada\n")
    assert api.get(f"{PATH}/records").json()["totalCount"] == count
    row = downloaded(api)["C1"]
    assert (row["Username"], row["Po Number"]) == ("ada", "77")


def test_a_serial_number_that_is_in_a_table_twice_is_one_record(api: httpx.Client) -> None:
    count = api.get(f"{PATH}/records").json()["totalCount"]
    send(api, "Serial Number,Device Type,Username\nC9,Computer,ada\nC9,Computer,bob\n")
    assert api.get(f"{PATH}/records").json()["totalCount"] == count + 1
    assert downloaded(api)["C9"]["Username"] == "bob"


def test_a_table_is_checked_before_anything_is_taken(api: httpx.Client) -> None:
    assert send(api, TABLE, to="csv-validate").json() == {"recordCount": 2}
    wrong = "Serial Number,Device Type\nC1,Computer\nC2,Toaster\n"
    for to in ("csv-validate", "csv"):
        refused = send(api, wrong, to=to)
        assert (refused.status_code, refused.json()["errors"][0]["id"]) == (400, "2")
    assert "C1" not in downloaded(api)


def test_the_template_is_a_table_without_rows(api: httpx.Client) -> None:
    template = api.get(f"{PATH}/csv-template").text
    assert template.startswith("Serial Number,Device Type,")
    assert template.count("\n") == 1


def test_the_older_versions_take_the_table_itself(api: httpx.Client) -> None:
    headers = {"Content-Type": "text/csv"}
    made = api.post("/v1/inventory-preload", content=TABLE, headers=headers)
    assert (made.status_code, made.json()["serialNumber"]) == (201, "C2")
    table = api.get("/v1/inventory-preload", headers={"Accept": "text/csv"}).text
    assert "C1,Computer" in table


def test_the_export_and_deleting_all(api: httpx.Client) -> None:
    send(api, TABLE)
    query = {"export-fields": "serialNumber", "filter": "deviceType==Computer;serialNumber==C1"}
    assert api.post(f"{PATH}/export", params=query).text == "serialNumber\nC1\n"
    assert api.post(f"{PATH}/records/delete-all").status_code == 204
    assert downloaded(api) == {}
