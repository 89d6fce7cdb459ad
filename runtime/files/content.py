"""What a file is, by what it holds and never by what it is called; bombs and files that are two things at once are refused.

Nothing here decodes a picture or opens a document: heads, tails and the directory of an archive are enough to know what they claim, and
what an archive unpacks to is counted and thrown away, within limits.
"""

import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any, BinaryIO, cast

from forms.texts import Text
from runtime.files import kinds
from runtime.files.kinds import Kind

#: of an archive: entries, bytes when unpacked, and how many times more they are than packed (of archives beyond RATIO_FROM)
MOST_ENTRIES, MOST_UNPACKED, MOST_RATIO, RATIO_FROM = 5_000, 500 * 1024 * 1024, 100, 10 * 1024 * 1024
#: points of a picture; of a JPEG more, as it is made smaller while it is read
MOST_POINTS, MOST_POINTS_JPEG = 50_000_000, 200_000_000
#: how far into a file browsers look for HTML
SNIFFED = 1024
HTML = (b"<html", b"<script", b"<!doctype html", b"<iframe", b"<svg", b"<body", b"<?php", b"<%")
#: how far from its end an archive may say that it is one
TAIL = 66_000
#: by what an archive holds
INSIDE: tuple[tuple[str, Kind], ...] = (
    ("ofd.xml", kinds.OFD), ("word/document.xml", kinds.DOCX), ("xl/workbook.xml", kinds.XLSX), ("ppt/presentation.xml", kinds.PPTX),
)  # fmt: skip


class Unacceptable(Exception):
    """The file is not taken. ``words`` say why, to whoever chose it."""

    def __init__(self, code: str, zh: str, en: str) -> None:
        super().__init__(code)
        self.code = code
        self.words: Text = {"zh": zh, "en": en}


def recognise(path: Path, name: str) -> Kind:
    """The kind of the file at ``path``, which was called ``name``. Raises Unacceptable."""
    with path.open("rb") as file:
        head = file.read(8192)
        if not head:
            raise Unacceptable("empty-file", "文件是空的", "The file is empty")
        kind = _kind(file, head, name.rpartition(".")[2].lower())
        if kind.sort not in ("archive", "ofd") and kind not in (kinds.DOCX, kinds.XLSX, kinds.PPTX):
            _one_thing(file, head, kind)
    return kind


def _kind(file: BinaryIO, head: bytes, ending: str) -> Kind:
    # its hints say nothing
    import filetype  # its tables are large, and many workers never see a file

    guess: Any = cast(Any, filetype).guess(head)
    mime: str = guess.mime if guess else ""
    if mime in kinds.PICTURES:
        _picture(file, head, mime)
        return kinds.PICTURES[mime]
    if head.startswith(b"%PDF-"):
        return kinds.PDF
    if head.startswith(b"PK\x03\x04"):
        return _archive(file)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        if ending in kinds.OLD:
            return kinds.OLD[ending]
        raise unknown()
    if guess is None and not any(sign in head[:SNIFFED].lower() for sign in HTML) and _is_text(file):
        return kinds.TEXT
    raise unknown()


def unknown() -> Unacceptable:
    everything = kinds.listed((), "zh"), kinds.listed((), "en")
    return Unacceptable(
        "unknown-type",
        f"不认识这种文件。可以上传：{everything[0]}",
        f"This kind of file is not known. These can be uploaded: {everything[1]}",
    )


def _one_thing(file: BinaryIO, head: bytes, kind: Kind) -> None:
    """A picture that is also an archive, or a document that a browser could take for a page, has no honest use."""
    start = head[:SNIFFED].lower()
    pdf_later = kind is not kinds.PDF and b"%pdf-" in start
    if pdf_later or any(sign in start for sign in HTML) or _ends_as_archive(file):
        raise Unacceptable(
            "two-things",
            "这个文件同时是两种文件（例如图片里藏着压缩包），不能上传。请重新导出后再传",
            "This file is two things at once, such as a picture with an archive in it. Export it anew and upload that",
        )


def _ends_as_archive(file: BinaryIO) -> bool:
    """Whether programs would open it as a ZIP: they look for the directory from the end."""
    file.seek(0, 2)
    size = file.tell()
    file.seek(max(0, size - TAIL))
    tail = file.read(TAIL)
    at = tail.rfind(b"PK\x05\x06")
    while at >= 0:
        if len(tail) >= at + 22:
            entries, length, offset = struct.unpack("<HLL", tail[at + 10 : at + 20])
            if entries and 0 < length <= size and offset <= size:
                return True
        at = tail.rfind(b"PK\x05\x06", 0, at)
    return False


def _archive(file: BinaryIO) -> Kind:
    """Raises Unacceptable for what unpacks to too much: by what its directory says, and by what it really is."""
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            names = {entry.filename.lower() for entry in entries}
            if problem := _claims(entries, names) or _unpacked(archive, entries):
                raise problem
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError, RuntimeError, struct.error) as error:
        raise Unacceptable("damaged", "文件已损坏，打不开", "The file is damaged and does not open") from error
    return next((kind for inner, kind in INSIDE if inner in names), kinds.ZIP)


def _claims(entries: list[zipfile.ZipInfo], names: set[str]) -> Unacceptable | None:
    """What its directory says is wrong with an archive."""
    packed = sum(entry.compress_size for entry in entries)
    claimed = sum(entry.file_size for entry in entries)
    if len(entries) > MOST_ENTRIES or claimed > MOST_UNPACKED or (claimed > RATIO_FROM and claimed > packed * MOST_RATIO):
        return _bomb()
    if any(entry.flag_bits & 1 for entry in entries):
        return Unacceptable("encrypted", "压缩包或文档有密码，无法检查，不能上传", "It is protected by a password and cannot be checked")
    if any(name.endswith("vbaproject.bin") for name in names):
        return Unacceptable("macros", "文档里有宏，不能上传。请另存为不带宏的格式", "It holds macros. Save it without them")
    return None


def _unpacked(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> Unacceptable | None:
    """Counts what it really unpacks to: the directory may lie, and several entries may share the same bytes."""
    total, ends = 0, 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        if entry.header_offset < ends:
            return _bomb()
        ends = entry.header_offset + entry.compress_size
        with archive.open(entry) as inner:
            read = 0
            while piece := inner.read(1 << 18):
                read += len(piece)
                total += len(piece)
                if total > MOST_UNPACKED or read > entry.file_size:
                    return _bomb()
    return None


def _bomb() -> Unacceptable:
    return Unacceptable("bomb", "压缩内容展开后太大，不能上传", "It would unpack to far more than it should")


def _picture(file: BinaryIO, head: bytes, mime: str) -> None:
    """Refuses a picture by the size that its head claims, before anybody decodes it."""
    size = _SIZES[mime](file, head)
    if size is None:
        raise Unacceptable("damaged", "图片已损坏，打不开", "The picture is damaged and does not open")
    if size[0] * size[1] > (MOST_POINTS_JPEG if mime == "image/jpeg" else MOST_POINTS):
        raise Unacceptable("bomb", "图片的像素太多，请缩小后再传", "The picture has too many pixels: make it smaller")


def _png(file: BinaryIO, head: bytes) -> tuple[int, int] | None:
    del file
    return struct.unpack(">II", head[16:24]) if head[12:16] == b"IHDR" and len(head) >= 24 else None


def _gif(file: BinaryIO, head: bytes) -> tuple[int, int] | None:
    del file
    return struct.unpack("<HH", head[6:10]) if len(head) >= 10 else None


def _webp(file: BinaryIO, head: bytes) -> tuple[int, int] | None:
    del file
    match head[12:16]:
        case b"VP8X" if len(head) >= 30:
            return int.from_bytes(head[24:27], "little") + 1, int.from_bytes(head[27:30], "little") + 1
        case b"VP8L" if len(head) >= 25:
            bits = int.from_bytes(head[21:25], "little")
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case b"VP8 " if len(head) >= 30:
            return int.from_bytes(head[26:28], "little") & 0x3FFF, int.from_bytes(head[28:30], "little") & 0x3FFF
        case _:
            return None


def _jpeg(file: BinaryIO, head: bytes) -> tuple[int, int] | None:
    """Steps over the segments to the frame's own: a preview within the first megabyte does not count."""
    del head
    file.seek(2)
    for _ in range(1000):
        mark = file.read(2)
        while mark[:1] == b"\xff" and mark[1:] == b"\xff":
            mark = b"\xff" + file.read(1)
        if len(mark) < 2 or mark[0] != 0xFF:
            return None
        if 0xC0 <= mark[1] <= 0xCF and mark[1] not in (0xC4, 0xC8, 0xCC):
            frame = file.read(7)
            return (int.from_bytes(frame[5:7], "big"), int.from_bytes(frame[3:5], "big")) if len(frame) == 7 else None
        length = int.from_bytes(file.read(2), "big")
        if length < 2:
            return None
        file.seek(length - 2, 1)
    return None


_SIZES = {"image/png": _png, "image/gif": _gif, "image/webp": _webp, "image/jpeg": _jpeg}


def _is_text(file: BinaryIO) -> bool:
    """Words without control characters, in UTF-8 or GB 18030."""
    file.seek(0)
    text = file.read(1 << 20)
    if any(byte < 9 or 13 < byte < 32 for byte in text[:65536]):
        return False
    # a character may be cut in two at the end of what was read
    for encoding in ("utf-8", "gb18030"):
        try:
            text[: len(text) - 4 if len(text) == 1 << 20 else None].decode(encoding)
        except UnicodeDecodeError as error:
            if error.start < len(text) - 8:
                continue
        return True
    return False
