"""missing-file, file-name, bad-picture, missing-key: pictures of an app, in its folder images/, recognised by what they are."""

import hashlib
from io import BytesIO

from builder.draft import AppDraft
from builder.english import English
from builder.nodes import Mapping, words
from forms.form import Image

FOLDER = "images/"
#: by what Pillow calls it; nothing that could hold a script
MEDIA = {"PNG": "image/png", "JPEG": "image/jpeg", "GIF": "image/gif", "WEBP": "image/webp"}
ENDINGS = (".png", ".jpg", ".jpeg", ".gif", ".webp")
#: a release holds them whole
MOST_BYTES, WIDEST = 200 * 1024, 4096


def read(draft: AppDraft, node: Mapping, english: English, *path: str) -> Image | None:
    """The picture that a note shows; what is wrong with it is said."""
    at, name = node.get("x-image"), words(node.get("x-image"))
    if at is None or name is None:
        return None
    alt = english.text(node.get("x-alt"), *path, "alt")
    if alt is None:
        draft.problems.add(at, "missing-key", "图片要写 x-alt：上面有什么", "A picture needs x-alt: what it shows")
    data = draft.pictures.get(name)
    if data is None:
        zh, en = f"应用的 images/ 里没有 {name}", f"images/ of the app has no {name}"
        draft.problems.add(at, "missing-file", zh, en, among=draft.pictures)
        return None
    found = _recognised(data)
    if isinstance(found, str):
        draft.problems.add(at, "bad-picture", *WRONG[found])
        return None
    media, width, height = found
    return Image(
        app=draft.id, digest=hashlib.sha256(data).hexdigest(), media=media, width=width, height=height, alt=alt or {"zh": ""}, data=data
    )


WRONG = {
    "large": (f"图片太大：最大 {MOST_BYTES >> 10} KB", f"The picture is too large: {MOST_BYTES >> 10} KB at most"),
    "wide": (f"图片太大：边长最多 {WIDEST} 像素", f"The picture is too large: {WIDEST} pixels a side at most"),
    "other": ("这不是 PNG、JPEG、GIF 或 WebP 图片", "This is no PNG, JPEG, GIF or WebP picture"),
}


def _recognised(data: bytes) -> tuple[str, int, int] | str:
    """Media type and size, by the content; or what is wrong. Only the head is read, nothing is unpacked."""
    if len(data) > MOST_BYTES:
        return "large"
    from PIL import Image as Pillow

    try:
        with Pillow.open(BytesIO(data), formats=tuple(MEDIA)) as picture:
            width, height = picture.size
            media = MEDIA[picture.format or ""]
    except (OSError, ValueError, KeyError, SyntaxError, Pillow.DecompressionBombError):
        return "other"
    return "wide" if max(width, height) > WIDEST else (media, width, height)
