from __future__ import annotations

import datetime
import json
from urllib.parse import parse_qs

import pytest
from tests.codegen.conftest import Generated
from tests.codegen.pretend import Server, call, replying

from jamf_pro_client.model import Model
from jamf_pro_client.types import File


def test_a_model_is_sent_without_what_only_the_server_sets(tiny: Generated) -> None:
    server = replying({}, 201)
    thing = tiny.models.Thing(id="7", name="Lamp", kept=None, born=datetime.date(2024, 5, 6))
    call(tiny, "post_v1_things", server, body=thing)

    assert server.headers["Content-Type"] == "application/json"
    assert json.loads(server.last.content) == {"name": "Lamp", "kept": None, "born": "2024-05-06"}


def test_a_merge_patch_is_labelled_so(tiny: Generated) -> None:
    server = Server(204, b"")
    name = "patch_v1_things_thing_id_parts_part_name"
    given = call(tiny, name, server, "1", "2", body=tiny.models.Part(label=None))

    assert given is None
    assert server.last.method == "PATCH"
    assert server.headers["Content-Type"] == "application/merge-patch+json"
    assert json.loads(server.last.content) == {"label": None}


def test_csv_goes_and_comes_as_text(tiny: Generated) -> None:
    server = Server(content=b"a,b\n1,2\n", headers={"Content-Type": "text/csv"})

    assert call(tiny, "post_v1_rows", server, body="a\n1\n") == "a,b\n1,2\n"
    assert server.last.content == b"a\n1\n"
    assert server.headers["Content-Type"] == "text/csv"
    assert server.headers["Accept"] == "text/csv"


@pytest.mark.parametrize(
    ("given", "media", "sent"),
    [
        ("a\n1\n", "text/csv", b"a\n1\n"),
        (b"a\n1\n", "text/csv", b"a\n1\n"),
        ({"label": "p"}, "application/json", b'{"label":"p"}'),
    ],
)
def test_what_is_given_picks_the_media_type_of_a_body(
    given: object, media: str, sent: bytes, tiny: Generated
) -> None:
    server = replying({"label": "p"}, 202)

    assert call(tiny, "post_v1_rows_either", server, body=given) == tiny.models.Part(label="p")
    assert server.headers["Content-Type"] == media
    assert server.last.content == sent


def test_pem_comes_as_text_and_without_a_token_where_none_is_needed(tiny: Generated) -> None:
    server = Server(content=b"-----BEGIN", headers={"Content-Type": "application/x-pem-file"})

    assert call(tiny, "get_v1_files_pem", server) == "-----BEGIN"
    assert "Authorization" not in server.headers


@pytest.mark.parametrize(
    ("name", "media"),
    [("get_v1_files_image_id", "image/png"), ("get_v1_files_plain", "text/plain")],
)
def test_files_come_with_name_and_type(name: str, media: str, tiny: Generated) -> None:
    headers = {"Content-Type": media, "Content-Disposition": 'attachment; filename="a.bin"'}
    server = Server(content=b"\x89\xff", headers=headers)
    file = call(tiny, name, server, *([7] if name.endswith("_id") else []))

    assert isinstance(file, File)
    assert file.read() == b"\x89\xff"
    assert (file.file_name, file.mime_type) == ("a.bin", media)


@pytest.mark.parametrize("given", [b"\x89", File(b"\x89")])
def test_a_file_is_sent_as_it_is(given: object, tiny: Generated) -> None:
    server = Server(204, b"")
    call(tiny, "put_v1_files_image_id", server, 7, body=given)

    assert server.last.url.path == "/api/v1/files/image/7"
    assert server.last.content == b"\x89"
    assert server.headers["Content-Type"] == "application/octet-stream"


def test_an_upload_is_sent_in_parts(tiny: Generated) -> None:
    server = replying("done", 201)
    upload = tiny.models.PostV1FilesBody(
        file=File(b"one", "a.txt", "text/plain"),
        note="n",
        labels=["x", "y"],
        extra=[File(b"two", "b.bin"), File(b"three")],
        part=tiny.models.Part(label="p"),
    )

    assert call(tiny, "post_v1_files", server, body=upload) == "done"
    content, media = server.last.content, server.headers["Content-Type"]
    boundary = media.removeprefix("multipart/form-data; boundary=").encode()
    parts = [part.strip(b"\r\n") for part in content.split(b"--" + boundary)[1:-1]]
    assert parts == [
        b'Content-Disposition: form-data; name="file"; filename="a.txt"\r\n'
        b"Content-Type: text/plain\r\n\r\none",
        b'Content-Disposition: form-data; name="note"\r\n\r\nn',
        b'Content-Disposition: form-data; name="labels"\r\n\r\nx',
        b'Content-Disposition: form-data; name="labels"\r\n\r\ny',
        b'Content-Disposition: form-data; name="extra"; filename="b.bin"\r\n'
        b"Content-Type: application/octet-stream\r\n\r\ntwo",
        b'Content-Disposition: form-data; name="extra"; filename="extra"\r\n'
        b"Content-Type: application/octet-stream\r\n\r\nthree",
        b'Content-Disposition: form-data; name="part"\r\n'
        b'Content-Type: application/json\r\n\r\n{"label":"p"}',
    ]


def test_an_upload_without_a_file_is_still_one(tiny: Generated) -> None:
    server = replying("done", 201)
    call(tiny, "post_v1_files", server, body={"note": "n", "labels": None})

    assert server.headers["Content-Type"].startswith("multipart/form-data; boundary=")
    assert b'name="note"\r\n\r\nn\r\n' in server.last.content
    assert b"labels" not in server.last.content


def test_a_form_is_sent_as_one(tiny: Generated) -> None:
    server = replying({"label": "p"})
    form = tiny.models.PostV1LoginBody(user="a&b", tags=["x", "y"], on=True)
    given = call(tiny, "post_v1_login", server, body=form)

    assert given == tiny.models.Part(label="p"), "the only reply described is the one for all"
    assert server.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert parse_qs(server.last.content.decode()) == {
        "user": ["a&b"],
        "tags": ["x", "y"],
        "on": ["true"],
    }
    assert "Authorization" not in server.headers


def test_a_tagged_body_and_reply_keep_their_class(tiny: Generated) -> None:
    server = replying({"kind": "CAT", "lives": 9})
    cat = call(tiny, "post_v1_zoo", server, body=tiny.models.Dog(barks=True))

    assert cat == tiny.models.Cat(lives=9)
    assert json.loads(server.last.content) == {"kind": "DOG", "barks": True}


def test_json_bodies_name_the_class_that_they_have_here(tiny: Generated) -> None:
    def models(name: str) -> list[str | None]:
        return [body.model for body in tiny.operation(name).OPERATION.bodies]

    assert models("patch_v1_things_thing_id_parts_part_name") == ["Part"]
    assert models("post_v1_rows_either") == ["Part", None]
    assert models("post_v1_zoo") == [None]  # one of several
    (renamed,) = models("put_v1_awkward")
    assert renamed != "Body"
    assert issubclass(getattr(tiny.models, str(renamed)), Model)
