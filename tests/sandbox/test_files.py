"""What is uploaded comes back, and what is written can be downloaded."""

from __future__ import annotations

import hashlib

import httpx

from jamf_pro_sandbox import Sandbox

PACKAGE = {
    "packageName": "Drawing",
    "fileName": "old.pkg",
    "categoryId": "-1",
    "priority": 10,
    "fillUserTemplate": False,
    "osInstall": False,
    "rebootRequired": False,
    "suppressEula": False,
    "suppressFromDock": False,
    "suppressRegistration": False,
    "suppressUpdates": False,
}


def test_a_script_is_downloaded_as_it_was_written(api: httpx.Client) -> None:
    text = "#!/bin/sh\necho tidy\n"
    number = api.post("/v1/scripts", json={"name": "Tidy", "scriptContents": text}).json()["id"]
    headers = {"Accept": "text/plain"}
    assert api.get(f"/v1/scripts/{number}/download", headers=headers).text == text


def test_an_icon_is_where_its_url_says(api: httpx.Client, jamf_sandbox: Sandbox) -> None:
    picture = b"\x89PNG picture"
    made = api.post("/v1/icon", files={"file": ("icon.png", picture, "image/png")}).json()
    assert made == {"id": made["id"], "url": made["url"]}
    assert made["url"].startswith(jamf_sandbox.url)
    assert api.get(made["url"]).content == picture
    assert api.get("/v1/icon/download/9999").status_code == 404


def test_a_package_shows_the_file_that_was_uploaded(api: httpx.Client) -> None:
    number = api.post("/v1/packages", json=PACKAGE).json()["id"]
    path = f"/v1/packages/{number}"
    content = b"xar! package"
    sent = api.post(f"{path}/upload", files={"file": ("Drawing.pkg", content)}).json()
    assert (sent["id"], sent["href"]) == (number, str(api.base_url.join(f"/api{path}")))
    package = api.get(path).json()
    assert (package["fileName"], package["size"]) == ("Drawing.pkg", str(len(content)))
    assert package["hashValue"] == hashlib.sha3_512(content).hexdigest()
    assert package["packageName"] == "Drawing"


def test_a_manifest_is_kept_until_it_is_removed(api: httpx.Client) -> None:
    path = "/v1/packages/1/manifest"
    file = ("drawing.plist", b"<plist/>", "application/xml")
    assert api.post(path, files={"file": file}).json()["manifestFileName"] == "drawing.plist"
    assert api.get("/v1/packages/1").json()["manifest"] == "<plist/>"
    assert api.delete(path).status_code == 204
    assert api.get("/v1/packages/1").json()["manifest"] is None
