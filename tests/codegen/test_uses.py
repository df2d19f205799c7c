from __future__ import annotations

from typing import Any

from tests.codegen.documents import body, document, normal, operation

from jamf_pro_codegen.uses import uses

REFERENCE = {"$ref": "#/components/schemas/part"}
PART = {"type": "object", "properties": {"label": {"type": "string"}}}


def lines(paths: dict[str, Any], **schemas: Any) -> list[str]:
    return uses(normal(document(paths, {"part": PART, **schemas}))).get("Part", [])


def test_a_model_tells_what_returns_it_takes_it_and_holds_it() -> None:
    listed = {"type": "array", "items": REFERENCE}
    box = {"type": "object", "properties": {"parts": listed, "first": REFERENCE}}
    paths = {
        "/v1/parts": {"get": operation(listed), "post": operation(requestBody=body(REFERENCE))},
        "/v1/parts/{id}": {"get": operation(REFERENCE)},
    }
    assert lines(paths, BoxOfParts=box) == [
        "Returned by `get_v1_parts` and `get_v1_parts_id`.",
        "Sent to `post_v1_parts`.",
        "Part of `BoxOfParts`.",
    ]


def test_deprecated_operations_come_last_and_many_are_counted() -> None:
    paths = {f"/v{n}/parts": {"get": operation(REFERENCE, deprecated=n < 3)} for n in range(1, 7)}
    assert lines(paths) == [
        "Returned by `get_v3_parts`, `get_v4_parts`, `get_v5_parts`, `get_v6_parts` and 2 more."
    ]


def test_a_model_of_errors_alone_is_returned_by_nothing() -> None:
    failing = operation()
    failing["responses"]["404"] = {"description": "", **body(REFERENCE)}
    assert lines({"/v1/things": {"get": failing}}) == []
