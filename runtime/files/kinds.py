"""The kinds of files that can be attached: a closed list, since whatever is not on it is refused."""

from typing import NamedTuple

from forms.texts import Text


class Kind(NamedTuple):
    """What a file is. ``sort`` is the word of definitions (`x-types`)."""

    sort: str
    media: str
    #: endings that a file of this kind may have; the first is given to one without
    endings: tuple[str, ...]


PDF = Kind("pdf", "application/pdf", ("pdf",))
OFD = Kind("ofd", "application/ofd", ("ofd",))
DOCX = Kind("word", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ("docx",))
XLSX = Kind("excel", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ("xlsx",))
PPTX = Kind("slides", "application/vnd.openxmlformats-officedocument.presentationml.presentation", ("pptx",))
ZIP = Kind("archive", "application/zip", ("zip",))
PNG = Kind("picture", "image/png", ("png",))
JPEG = Kind("picture", "image/jpeg", ("jpg", "jpeg"))
GIF = Kind("picture", "image/gif", ("gif",))
WEBP = Kind("picture", "image/webp", ("webp",))
TEXT = Kind("text", "text/plain; charset=utf-8", ("txt", "csv", "md"))
#: the container of Office 97 and WPS: which program wrote it is told by its ending alone
OLD = {
    "doc": Kind("word", "application/msword", ("doc",)),
    "wps": Kind("word", "application/vnd.ms-works", ("wps",)),
    "xls": Kind("excel", "application/vnd.ms-excel", ("xls",)),
    "et": Kind("excel", "application/vnd.ms-excel", ("et",)),
    "ppt": Kind("slides", "application/vnd.ms-powerpoint", ("ppt",)),
    "dps": Kind("slides", "application/vnd.ms-powerpoint", ("dps",)),
}
#: by what `filetype` calls a picture
PICTURES = {"image/png": PNG, "image/jpeg": JPEG, "image/gif": GIF, "image/webp": WEBP}

SORTS: dict[str, Text] = {
    "pdf": {"zh": "PDF", "en": "PDF"},
    "ofd": {"zh": "OFD", "en": "OFD"},
    "word": {"zh": "文字文档（docx、doc、wps）", "en": "Word (docx, doc, wps)"},
    "excel": {"zh": "表格（xlsx、xls、et）", "en": "Excel (xlsx, xls, et)"},
    "slides": {"zh": "演示文稿（pptx、ppt、dps）", "en": "Slides (pptx, ppt, dps)"},
    "picture": {"zh": "图片（jpg、png、gif、webp）", "en": "Pictures (jpg, png, gif, webp)"},
    "text": {"zh": "纯文本（txt、csv）", "en": "Plain text (txt, csv)"},
    "archive": {"zh": "压缩包（zip）", "en": "Archives (zip)"},
}
#: endings by sort, for the file dialogue of browsers
ENDINGS: dict[str, tuple[str, ...]] = {
    sort: tuple(
        ending
        for kind in (PDF, OFD, DOCX, XLSX, PPTX, ZIP, PNG, JPEG, GIF, WEBP, TEXT, *OLD.values())
        if kind.sort == sort
        for ending in kind.endings
    )
    for sort in SORTS
}


def accept(types: tuple[str, ...]) -> str:
    """The `accept` of an input that takes ``types``; all where it is empty."""
    return ",".join(f".{ending}" for sort in types or SORTS for ending in ENDINGS[sort])


def listed(types: tuple[str, ...], language: str) -> str:
    """The sorts in words."""
    return ("、" if language == "zh" else ", ").join(SORTS[sort]["zh" if language == "zh" else "en"] for sort in types or SORTS)
