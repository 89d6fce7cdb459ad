"""Small files of every kind, and such as nobody should take in."""

import io
import struct
import zipfile
import zlib

from PIL import Image

PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)


def picture(kind: str = "PNG", size: tuple[int, int] = (60, 40)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "#1a4fc0").save(out, kind)
    return out.getvalue()


def archive(entries: dict[str, bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how) as file:
        for name, content in entries.items():
            file.writestr(name, content)
    return out.getvalue()


def office(inner: str = "xl/workbook.xml", **more: bytes) -> bytes:
    return archive({"[Content_Types].xml": b"<Types/>", inner: b"<x/>", **more})


def png_claiming(width: int, height: int) -> bytes:
    """A PNG of a few bytes whose head claims to be a huge picture."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = b""
    for name, body in ((b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 1000)), (b"IEND", b"")):
        chunks += struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
    return b"\x89PNG\r\n\x1a\n" + chunks


def zip_bomb(megabytes: int) -> bytes:
    return archive({f"{number}.txt": b"\0" * (1 << 20) for number in range(megabytes)})


def xlsx_bomb(megabytes: int) -> bytes:
    return office(**{"xl/worksheets/sheet1.xml": b" " * (megabytes << 20)})


def overlapping() -> bytes:
    """Two entries of one directory that share the same packed bytes, so that little unpacks to much."""
    whole = bytearray(archive({"a.txt": b"\0" * 100_000, "b.txt": b"\0" * 100_000}))
    first = whole.index(b"PK\x01\x02")
    second = whole.index(b"PK\x01\x02", first + 4)
    # the second entry names the place of the first
    whole[second + 42 : second + 46] = whole[first + 42 : first + 46]
    whole[second + 46 : second + 51] = b"a.txt"
    return bytes(whole)


def lying() -> bytes:
    """An archive whose directory says that its entry is small."""
    whole = bytearray(archive({"a.txt": b"\0" * 5_000_000}))
    entry = whole.index(b"PK\x01\x02")
    whole[entry + 24 : entry + 28] = struct.pack("<L", 10)
    whole[22:26] = struct.pack("<L", 10)
    return bytes(whole)


#: name to content: each is two things at once
POLYGLOTS = {
    "picture.gif": picture("GIF") + archive({"Main.class": b"\xca\xfe\xba\xbe"}),
    "picture.png": picture() + archive({"x.txt": b"x"}),
    "page.pdf": PDF + archive({"x.txt": b"x"}),
    "html.gif": b"GIF89a/*<script>alert(1)</script>" + b"\0" * 40,
    "html.jpg": picture("JPEG")[:20] + b"<html><script>alert(1)</script></html>" + picture("JPEG")[20:],
}
