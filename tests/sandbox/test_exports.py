"""Exports hold the rows of the list, in the columns that are asked for."""

from __future__ import annotations

from typing import Any

import httpx
import pytest


def table(api: httpx.Client, path: str, **options: Any) -> list[list[str]]:
    reply = api.post(path, **options)
    assert reply.status_code == 200, reply.text
    assert reply.headers["content-type"] == "text/csv;charset=utf-8"
    return [line.split(",") for line in reply.text.splitlines()]


def test_columns_and_labels_are_those_of_the_query(api: httpx.Client) -> None:
    api.post("/v1/buildings", json={"name": "Quay", "city": "Seahaven"})
    query = {"export-fields": ["name", "id"], "export-labels": ["House"], "sort": "name:desc"}
    rows = table(api, "/v1/buildings/export", params=query)
    assert rows[0] == ["House", "id"]
    assert rows[1:] == [["Quay", "4"], ["Mill", "3"], ["Lighthouse", "2"], ["Harbour House", "1"]]


def test_the_body_has_the_last_word(api: httpx.Client) -> None:
    body = {
        "page": 1,
        "pageSize": 1,
        "sort": ["name:asc"],
        "filter": 'city=="Seahaven"',
        "fields": [{"fieldName": "name", "fieldLabelOverride": "House"}],
    }
    query = {"export-fields": "id", "page-size": 50, "filter": "id==3"}
    rows = table(api, "/v1/buildings/export", params=query, json=body)
    assert rows == [["House"], ["Lighthouse"]]


@pytest.mark.parametrize("accept", ["text/csv", "application/json", "*/*"])
def test_rows_are_those_of_the_list_whatever_is_accepted(accept: str, api: httpx.Client) -> None:
    query = {"export-fields": "name", "sort": "name:asc"}
    rows = table(api, "/v1/buildings/export", params=query, headers={"Accept": accept})
    assert rows == [["name"], ["Harbour House"], ["Lighthouse"], ["Mill"]]


def test_the_export_of_a_history_holds_its_notes(api: httpx.Client) -> None:
    api.post("/v1/buildings/1/history", json={"note": "painted"})
    rows = table(api, "/v1/buildings/1/history/export", params={"export-fields": "note"})
    assert ["painted"] in rows


@pytest.mark.parametrize("columns", [["nope"], ["name", "name"]])
def test_an_unknown_or_repeated_column_is_400(columns: list[str], api: httpx.Client) -> None:
    by_query = api.post("/v1/buildings/export", params={"export-fields": columns})
    fields = [{"fieldName": name} for name in columns]
    by_body = api.post("/v1/buildings/export", json={"fields": fields})
    for reply in (by_query, by_body):
        assert reply.status_code == 400
        assert reply.json()["errors"][0]["code"] == "INVALID_FIELD"
