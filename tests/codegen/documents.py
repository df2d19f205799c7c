"""Tiny OpenAPI documents, and the steps of the pipeline on them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jamf_pro_codegen.facts import extract_facts
from jamf_pro_codegen.normal_form import normalise

Json = dict[str, Any]


def document(paths: Any = None, schemas: Any = None, **more: Any) -> dict[str, Any]:
    """A document with the given paths, or with one operation if none is given."""
    components = {"schemas": schemas or {}, **more.pop("components", {})}
    return {
        "openapi": "3.0.1",
        "info": {"title": "Tiny", "version": "1"},
        "paths": paths or {"/v1/things": {"get": operation()}},
        "components": components,
        **more,
    }


def operation(reply: Any = None, *, media: Any = "application/json", **more: Any) -> Json:
    """An operation whose success is described by a schema; without one it has no body."""
    success: Json = {"description": "ok"}
    if reply is not None:
        success["content"] = {media: {"schema": reply}}
    return {"responses": {"200": success}, **more}


def body(schema: Json, media: str = "application/json") -> Json:
    return {"content": {media: {"schema": schema}}}


def normal(given: Json) -> dict[str, Any]:
    """The normal form of a document."""
    return normalise(extract_facts(given), "11.30.1")


def only_operation(given: Json) -> dict[str, Any]:
    """The one operation of a document, in normal form."""
    ((item),) = normal(given)["paths"].values()
    (found,) = item.values()
    return dict(found)


def schema_of(given: Json, name: str) -> dict[str, Any]:
    """A named schema of a document, in normal form."""
    return dict(normal(given)["components"]["schemas"][name])


GOOD = document(servers=[{"url": "/api"}])
KEPT = "what was there before\n"


def facts_arguments(source: str, target: Path, *more: str) -> list[str]:
    """The command line that writes the facts of a source to a target, without repairs."""
    repairs = str(target.with_name("repairs.yaml"))
    return ["facts", source, "--output", str(target), "--repairs", repairs, *more]
