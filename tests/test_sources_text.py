"""From the bytes of a source to its text."""

import pytest

from bgsync.sources import SourceError, decode


@pytest.mark.parametrize(
    "data",
    [
        "Café\n".encode(),
        "Café\n".encode("utf-8-sig"),
        "Café\r\n".encode("utf-16"),
        b"\xfe\xff" + "Café\n".encode("utf-16-be"),
    ],
)
def test_unicode_is_decoded_without_its_mark_and_with_plain_line_ends(data: bytes) -> None:
    assert decode(data, "menu.bs") == "Café\n"


@pytest.mark.parametrize("label", ["iso-8859-1", "latin1", "Windows-1252"])
def test_latin_1_is_decoded_where_the_text_or_the_server_says_so(label: str) -> None:
    body = f'<meta charset="{label}">'.encode() + b"\x93Caf\xe9\x94"
    assert decode(body, "menu.html").endswith("“Café”")
    assert decode(b"Caf\xe9", "menu.html", label) == "Café"
    assert decode(b"Caf\xe9\x81", "menu.html", label) == "Café\x81"


def test_utf_8_is_believed_whatever_is_declared() -> None:
    assert decode("Café".encode(), "menu.html", "iso-8859-1") == "Café"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"Caf\xe9", "menu: not UTF-8 at byte 3; save it as UTF-8"),
        (b'<meta charset="big5">\xff', "menu: not UTF-8 at byte 21 (it is declared as 'big5'); save it as UTF-8"),
        (b"\xef\xbb\xbf\xff", "menu: not UTF-8 at byte 3; save it as UTF-8"),
        (b"\xff\xfea\x00b", "menu: not UTF-16 at byte 4; save it as UTF-8"),
        (b"\x89PNG\x00", "menu: binary, with a NUL at byte 4; name a text in UTF-8"),
        ("tea".encode("utf-32"), "menu: binary, with a NUL at character 0; name a text in UTF-8"),
        (b" \r\n", "menu: empty; name a file that holds a spec"),
    ],
)
def test_what_is_no_text_is_refused_with_its_place(data: bytes, message: str) -> None:
    with pytest.raises(SourceError) as caught:
        decode(data, "menu")
    assert str(caught.value) == message
