"""Run as a program, apart from the server: `draw.py FILE MEDIA INTO PAGE MEMORY SIDE` writes a WebP and prints how many pages there are."""

import sys
from typing import Any, cast


def main(path: str, media: str, into: str, page: int, memory: int, side: int) -> int:
    """How many pages the file has."""
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CPU, (15, 15))
    except ImportError:
        # not on Windows, where the limit of time remains
        pass
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = 210_000_000
    if media == "application/pdf":
        import pypdfium2

        # its hints are of the library below it
        document: Any = cast(Any, pypdfium2).PdfDocument(path)
        pages = len(document)
        sheet = document[max(page, 1) - 1]
        # some pages claim to be as large as a field
        scale = min(4.0, side / max(sheet.get_width(), sheet.get_height(), 1))
        picture = cast(Image.Image, sheet.render(scale=scale, may_draw_forms=False).to_pil())
    else:
        pages = 1
        picture = cast(Image.Image, Image.open(path))
        picture.draft("RGB", (side, side))
        picture = ImageOps.exif_transpose(picture) or picture
    picture.thumbnail((side, side))
    flat = Image.new("RGB", picture.size, "white")
    flat.paste(picture.convert("RGB"), mask=picture.convert("RGBA").getchannel("A"))
    # anew, so that nothing of the original's data comes along
    flat.save(into, "WEBP", quality=80)
    return pages


if __name__ == "__main__":
    print(main(sys.argv[1], sys.argv[2], sys.argv[3], *map(int, sys.argv[4:7])))  # noqa: T201 -- the way to say it to the server
