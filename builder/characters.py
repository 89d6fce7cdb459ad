"""Refuses text that is not what it looks like: other encodings, invisible and direction-changing characters, foreign line breaks."""

import re
import unicodedata

from builder import fixes
from builder.nodes import Mark, Source
from builder.problems import Problems

#: Everything except tab, line feed, carriage return and characters that are seen as they are. U+0085, U+2028 and U+2029 are
#: line breaks to YAML and none to most editors, so that lines would be counted differently; bidirectional controls show
#: text in another order than it is read (CVE-2021-42574).
HIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\uffff]")
#: more than a few places of the same trouble help nobody
MAX_SAID = 20


def decode(text: str | bytes, file: str, problems: Problems, limit: int) -> str | None:
    """``text`` as characters without a byte order mark; None (and a problem) when it is too large or not UTF-8."""
    size = len(text) if isinstance(text, bytes) else len(text.encode("utf-8", "surrogatepass")) if len(text) <= limit else limit + 1
    if size > limit:
        at = Mark(Source(file, ""), 0, 1)
        problems.add(at, "too-large", f"文件太大：最多 {limit // 1024} KiB", f"The file is too large: {limit // 1024} KiB at most")
        return None
    if isinstance(text, str):
        return text.removeprefix("\ufeff")
    try:
        return text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        good = text[: error.start].decode("utf-8", "replace").removeprefix("\ufeff")
        source = Source(file, good + "\ufffd")
        problems.add(
            Mark(source, len(good), len(good) + 1),
            "not-utf-8",
            "文件不是 UTF-8 编码，请另存为 UTF-8",
            "The file is not UTF-8: save it as UTF-8",
        )
        return None


def visible(source: Source, problems: Problems) -> bool:
    """Whether the text can be seen as it is read; each place where it cannot is a problem."""
    found = list(HIDDEN.finditer(source.text))
    for match in found[:MAX_SAID]:
        char = match[0]
        mark = Mark(source, match.start(), match.end())
        name = f"U+{ord(char):04X} {unicodedata.name(char, '')}".strip()
        problems.add(
            mark,
            "hidden-character",
            f"这里有看不见的字符 {name}，请删去",
            f"There is an invisible character {name} here: delete it",
            # what YAML takes for a line break may have been one
            fix=fixes.remove(mark, f"删去 {name}", f"delete {name}", sure=char not in "\x85\u2028\u2029"),
        )
    return not found
