"""XML from outside: what is read, and what is refused before it does harm."""

from __future__ import annotations

import tracemalloc
from xml.etree import ElementTree

import pytest

from jamf_pro_client._xml import parse
from jamf_pro_client.errors import InvalidResponseError

_LAUGHS = b"""<?xml version="1.0"?>
<!DOCTYPE lolz [<!ENTITY lol "lol">%s]><lolz>&lol9;</lolz>""" % b"".join(
    b'<!ENTITY lol%d "%s">' % (n, b"&lol%s;" % (b"" if n == 1 else b"%d" % (n - 1)) * 10)
    for n in range(1, 10)
)
# 4.5 MB of 50 kB, below what the parser itself stops.
_QUADRATIC = b'<!DOCTYPE a [<!ENTITY x "%s">]><a>%s</a>' % (b"x" * 45_000, b"&x;" * 100)


def test_a_document_becomes_the_same_tree_as_in_the_standard_library() -> None:
    text = """<?xml version="1.0" encoding="UTF-8"?><!-- list --><computers a="1 &amp; 2">
      <computer><id>1</id><name>Zo\u00eb &lt;&#x4d;&gt; &quot;&apos;</name></computer>
      <computer/><?pi x?><b><![CDATA[<raw>]]></b>tail</computers>"""
    content = text.encode()
    # The text is ours.
    theirs = ElementTree.fromstring(content)  # noqa: S314
    assert ElementTree.tostring(parse(content)) == ElementTree.tostring(theirs)


@pytest.mark.parametrize(
    ("declared", "codec"),
    [
        ("utf-8", "utf-8"),
        ("utf-8", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("iso-8859-1", "latin-1"),
        ("us-ascii", "ascii"),
        ("windows-1252", "cp1252"),
    ],
)
def test_declared_encodings_are_read(declared: str, codec: str) -> None:
    name = "Zoe" if codec == "ascii" else "Zoë"
    document = f'<?xml version="1.0" encoding="{declared}"?><a>{name}</a>'
    assert parse(document.encode(codec)).text == name


def test_line_ends_are_read_as_xml_says_and_written_ones_are_kept() -> None:
    assert parse(b"<a>1\r\n2\r3&#13;</a>").text == "1\n2\n3\r"


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    "document",
    [
        _LAUGHS,
        _QUADRATIC,
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        b'<!DOCTYPE a SYSTEM "http://127.0.0.1/x.dtd"><a/>',
        b'<!DOCTYPE a [<!ENTITY % p SYSTEM "http://127.0.0.1/x.dtd">%p;]><a/>',
        b"<!DOCTYPE a><a/>",
        b"<!-- %s --><?p?>\n<!DOCTYPE a [<!ATTLIST a b CDATA 'c'>]><a/>" % (b"x" * 10_000),
    ],
)
def test_a_document_type_is_refused_in_every_encoding(document: bytes, codec: str) -> None:
    text = document.decode().removeprefix('<?xml version="1.0"?>').lstrip()
    tracemalloc.start()
    try:
        with pytest.raises(InvalidResponseError, match="has a document type"):
            parse(text.encode(codec))
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("depth", [300, 200_000, 2_000_000])
def test_deep_nesting_is_refused(depth: int) -> None:
    for document in (b"<a>" * depth + b"</a>" * depth, b"<a>" * depth):
        with pytest.raises(
            InvalidResponseError, match=r"deeper than 256|not XML: no element found"
        ):
            parse(document)


def test_depth_is_counted_exactly() -> None:
    assert parse(b"<a>" * 5 + b"</a>" * 5, max_depth=5).tag == "a"
    with pytest.raises(InvalidResponseError, match="deeper than 4"):
        parse(b"<a>" * 5 + b"</a>" * 5, max_depth=4)


@pytest.mark.parametrize("depth", range(1, 12))
@pytest.mark.parametrize("rows", [1, 2, 300])
def test_depth_is_counted_exactly_below_long_lists(depth: int, rows: int) -> None:
    chain = b"<b>" * depth + b"</b>" * depth
    document = b"<a>" + b"<r><c/><c/></r>" * rows + chain + b"<r/>" * rows + b"</a>"
    depths = max(1 + depth, 3)

    assert len(parse(document, max_depth=depths)) == 2 * rows + 1
    with pytest.raises(InvalidResponseError, match=f"deeper than {depths - 1}"):
        parse(document, max_depth=depths - 1)


@pytest.mark.parametrize("above", range(5))
def test_depth_is_counted_exactly_at_the_limit(above: int) -> None:
    def document(depth: int) -> bytes:
        inner = b"<b>" * (depth - above) + b"</b>" * (depth - above)
        side = b"<s><t/><t/></s>" * 200
        return (b"<a>" + side) * above + inner + (side + b"</a>") * above

    assert parse(document(256)).tag == ("a" if above else "b")
    with pytest.raises(InvalidResponseError, match="deeper than 256"):
        parse(document(257))


def test_many_tags_that_are_not_deep_are_read() -> None:
    text = "<" * 1_000_001
    assert parse(f"<a><![CDATA[{text}]]></a>".encode()).text == text


def test_a_large_document_is_refused_before_it_is_parsed() -> None:
    with pytest.raises(InvalidResponseError, match="has 107 bytes, but no more than 100"):
        parse(b"<a>" + b"x" * 100 + b"</a>", max_bytes=100)


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"   ",
        b"{}",
        b"<a>",
        b"<a></b>",
        b"<a/><b/>",
        b"<a>&nbsp;</a>",
        b"<a>&x;</a>",
        b"<a b=c/>",
        b"<a>\x00</a>",
        b"<a>&#0;</a>",
        b"<a>\xff</a>",
        b'<?xml version="1.0" encoding="nonsense"?><a/>',
        b'<?xml version="1.0" encoding="utf-16"?><a/>',
        b'<?xml version="1.0" encoding="utf-32"?><a/>',
        b"<a/><!DOCTYPE a>",
        "<a/>".encode("utf-32"),
        "<a/>".encode("utf-7")[:-1],
    ],
)
def test_what_is_no_xml_is_refused(document: bytes) -> None:
    with pytest.raises(InvalidResponseError, match=r"^GET /x: the body is not XML: "):
        parse(document, what="GET /x")
