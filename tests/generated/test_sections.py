"""Large records: their sections stay text until they are touched."""

from __future__ import annotations

import copy
import pickle
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import attrs
import msgspec
from tests.generated.described import DESCRIPTION

from jamf_pro_client import models
from jamf_pro_client._model.decoding import reply_decoder
from jamf_pro_client._model.encoding import encode_json
from jamf_pro_client.shapes import Ref
from jamf_pro_sandbox.samples import Sampler


def large_page() -> bytes:
    """A page of records that are large enough to be decoded section by section."""
    record = Sampler(DESCRIPTION).answer({"$ref": "#/components/schemas/ComputerInventoryV4"})
    record["applications"] *= 100
    record["notDescribed"] = {"a": [1, None]}
    rows = [{**record, "id": str(number)} for number in range(20)]
    return msgspec.json.encode({"totalCount": 20, "results": rows, "extra": "kept"})


def decoded_lazily(text: bytes) -> models.ComputerInventorySearchResultsV4:
    decode = reply_decoder(Ref("ComputerInventorySearchResultsV4"), "jamf_pro_client.models")
    page = decode(text)
    assert isinstance(page, models.ComputerInventorySearchResultsV4)
    return page


def test_a_page_decoded_section_by_section_equals_one_decoded_at_once() -> None:
    text = large_page()
    at_once = models.ComputerInventorySearchResultsV4.from_dict(msgspec.json.decode(text))
    assert decoded_lazily(text) == at_once
    assert repr(decoded_lazily(text)) == repr(at_once)
    assert decoded_lazily(text).to_dict() == at_once.to_dict() == msgspec.json.decode(text)
    assert attrs.asdict(decoded_lazily(text)) == attrs.asdict(at_once)
    assert pickle.loads(pickle.dumps(decoded_lazily(text))) == at_once  # noqa: S301
    assert copy.deepcopy(decoded_lazily(text)) == at_once
    assert copy.copy(decoded_lazily(text)) == at_once
    assert decoded_lazily(text).evolve(total_count=20) == at_once


def test_an_untouched_section_is_written_back_as_it_came() -> None:
    text = large_page().replace(b'"totalCount":20', b'"totalCount": 2.0e1')
    assert b'"totalCount":2.0e1' in encode_json(decoded_lazily(text))
    page = decoded_lazily(text)
    assert page.results
    page.results[3].general = models.ComputerGeneralV4(name="changed")
    expected = msgspec.json.decode(text)
    expected["results"][3]["general"] = {"name": "changed"}
    assert msgspec.json.decode(encode_json(page)) == expected


def test_unknown_keys_of_a_large_record_are_kept() -> None:
    page = decoded_lazily(large_page())
    assert page.additional_properties == {"extra": "kept"}
    assert page.results
    assert page.results[0].additional_properties == {"notDescribed": {"a": [1, None]}}
    page.results[0].additional_properties["more"] = 1
    assert page.results[0].to_dict()["more"] == 1


def test_a_copy_of_a_large_record_changes_on_its_own() -> None:
    page = decoded_lazily(large_page())
    assert page.results
    record = page.results[0]
    other = record.evolve(id="other")
    assert other.general
    other.additional_properties["x"] = 1
    assert (record.id, other.id) == ("0", "other")
    assert "x" not in record.additional_properties


def test_threads_that_touch_a_section_first_get_the_same_object() -> None:
    for _ in range(20):
        page = decoded_lazily(large_page())
        start = threading.Barrier(8)

        def touch(page: Any = page, start: threading.Barrier = start) -> int:
            start.wait()
            return id(page.results[5].general)

        with ThreadPoolExecutor(8) as pool:
            assert len({future.result() for future in [pool.submit(touch) for _ in range(8)]}) == 1
