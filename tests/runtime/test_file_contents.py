"""What files are, by what they hold; and what is never taken in."""

import tracemalloc
from pathlib import Path

import pytest
from support import papers

from runtime.files import content, kinds, uploads
from runtime.files.content import Unacceptable
from runtime.files.kinds import Kind

GOOD = {
    "a.pdf": (papers.PDF, kinds.PDF),
    "a.png": (papers.picture(), kinds.PNG),
    "a.jpg": (papers.picture("JPEG"), kinds.JPEG),
    "a.gif": (papers.picture("GIF"), kinds.GIF),
    "a.webp": (papers.picture("WEBP"), kinds.WEBP),
    "a.xlsx": (papers.office(), kinds.XLSX),
    "a.docx": (papers.office("word/document.xml"), kinds.DOCX),
    "a.pptx": (papers.office("ppt/presentation.xml"), kinds.PPTX),
    "a.ofd": (papers.archive({"OFD.xml": b"<x/>"}), kinds.OFD),
    "a.zip": (papers.archive({"a.txt": b"a"}), kinds.ZIP),
    "a.txt": ("你好，世界\n".encode(), kinds.TEXT),
    "gb.csv": ("姓名,金额\n张三,1\n".encode("gb18030"), kinds.TEXT),
    "a.wps": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, kinds.OLD["wps"]),
}
BAD = {
    "bomb.zip": (papers.zip_bomb(600), "bomb"),
    "bomb.xlsx": (papers.xlsx_bomb(300), "bomb"),
    "bomb.png": (papers.png_claiming(60_000, 60_000), "bomb"),
    "many.zip": (papers.archive({f"{n}": b"" for n in range(5_001)}), "bomb"),
    "shared.zip": (papers.overlapping(), "bomb"),
    "macro.xlsx": (papers.office(**{"xl/vbaProject.bin": b"x"}), "macros"),
    "program.pdf": (b"MZ\x90\0" + b"\0" * 200, "unknown-type"),
    "page.html": (b"<html><body>x</body></html>", "unknown-type"),
    "drawing.svg": (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "unknown-type"),
    "empty.pdf": (b"", "empty-file"),
    "cut.zip": (papers.archive({"a.txt": b"a" * 500})[:60], "damaged"),
    "unknown.bin": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "unknown-type"),
}


def taken(folder: Path, name: str, body: bytes) -> Kind:
    path = folder / "file"
    path.write_bytes(body)
    return content.recognise(path, name)


@pytest.mark.parametrize("name", GOOD)
def test_a_file_is_what_it_holds(tmp_path: Path, name: str) -> None:
    body, kind = GOOD[name]
    assert taken(tmp_path, name, body) == kind


def test_a_name_decides_nothing(tmp_path: Path) -> None:
    assert taken(tmp_path, "harmless.txt", papers.PDF) == kinds.PDF


@pytest.mark.parametrize("name", BAD)
def test_what_is_dangerous_is_refused_with_the_reason(tmp_path: Path, name: str) -> None:
    """And without ever holding it: memory grows by less than 20 MB while a bomb is looked at."""
    body, code = BAD[name]
    tracemalloc.start()
    try:
        with pytest.raises(Unacceptable) as refused:
            taken(tmp_path, name, body)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert refused.value.code == code
    assert refused.value.words["zh"]
    assert refused.value.words["en"]
    assert peak < 20_000_000


def test_an_archive_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unacceptable) as refused:
        taken(tmp_path, "lie.zip", papers.lying())
    assert refused.value.code in ("bomb", "damaged")


@pytest.mark.parametrize("name", papers.POLYGLOTS)
def test_a_file_that_is_two_things_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(Unacceptable) as refused:
        taken(tmp_path, name, papers.POLYGLOTS[name])
    assert refused.value.code in ("two-things", "unknown-type", "damaged", "bomb")


@pytest.mark.parametrize(
    ("given", "kept"),
    [("../../etc/passwd", "passwd"), ("C:\\x\\发票.pdf", "发票.pdf"), ("a\u202efdp.exe", "afdp.exe"), ("", "file"), ('<b>"x".png', "bx.png"), ("x" * 300 + ".pdf", "x" * 120 + ".pdf")],
)  # fmt: skip
def test_a_name_is_kept_without_what_is_dangerous(given: str, kept: str) -> None:
    assert uploads.named(given) == kept
