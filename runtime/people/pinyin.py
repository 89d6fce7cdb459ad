"""Names as they are typed on a keyboard: 周建国 is found by "zhoujianguo" and by "zjg"."""

import os

#: surnames that are read otherwise than the same character in a sentence
SURNAMES = {
    "万俟": "mo qi", "尉迟": "yu chi", "单于": "chan yu", "长孙": "zhang sun", "令狐": "ling hu",
    "曾": "zeng", "单": "shan", "仇": "qiu", "区": "ou", "解": "xie", "任": "ren", "华": "hua", "查": "zha", "盖": "ge",
    "翟": "zhai", "乐": "yue", "朴": "piao", "缪": "miao", "覃": "qin", "冼": "xian", "种": "chong", "繁": "po", "召": "shao",
}  # fmt: skip


def spell(name: str) -> tuple[str, str]:
    """The whole spelling and the initials of ``name``, in small letters and digits."""
    # a name is read character by character, and the dictionary of phrases takes a quarter of a second to load
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    from pypinyin import lazy_pinyin  # its dictionaries take memory that a serving process does not need

    surname = next((name[:length] for length in (2, 1) if name[:length] in SURNAMES), "")
    syllables = (SURNAMES[surname].split() if surname else []) + lazy_pinyin(name[len(surname) :])
    plain = ["".join(c for c in syllable.lower() if c.isalnum()) for syllable in syllables]
    return "".join(plain), "".join(syllable[:1] for syllable in plain)
