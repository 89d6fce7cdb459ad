"""Takes personal data out of what becomes a test: people, numbers that belong to one person, names in free text; the same for the same each
time within one file.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from forms.form import Field

#: names of nobody, one for each person that a text names
NOBODIES = [f"{first}某{second}" for second in ("", "甲", "乙", "丙") for first in "张李王赵刘陈杨黄周吴徐孙胡朱高林何郭马罗"]
#: weights of the digits of an identity number (GB 11643)
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤"
HONORIFICS = "同志|先生|女士|老师|局长|副局长|处长|副处长|科长|副科长|主任|副主任|书记|医生|经理|师傅|主席|院长|校长"
IDENTITY = re.compile(r"(?<![0-9])[1-9][0-9]{16}[0-9Xx](?![0-9A-Za-z])")
MOBILE = re.compile(r"(?<![0-9])1[3-9][0-9](?:[ -]?[0-9]{4}){2}(?![0-9])")
LANDLINE = re.compile(r"(?<![0-9])0[0-9]{2,3}-?[2-9][0-9]{6,7}(?![0-9])")
CARD = re.compile(r"(?<![0-9])[3-6][0-9]{14,18}(?![0-9])")
MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
PLATE = re.compile(r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z]·?[A-Z0-9]{5,6}(?![A-Za-z0-9])")
TITLED = re.compile(rf"(?<![\u4e00-\u9fff])?([{SURNAMES}])([\u4e00-\u9fff]{{1,2}})(?=(?:{HONORIFICS}))|([{SURNAMES}])(?=(?:{HONORIFICS}))")


@dataclass
class Disguise:
    """What stands for what in one file."""

    #: names of people that are known, each to the name that stands for it
    names: dict[str, str] = field(default_factory=dict[str, str])
    _given: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])
    _nobodies: int = 0
    _known: set[str] = field(default_factory=set[str])

    def name(self, name: str) -> str:
        """Another name for a person."""
        if name not in self.names:
            self.names[name] = NOBODIES[self._nobodies % len(NOBODIES)]
            self._nobodies += 1
        return self.names[name]

    def know(self, names: Iterable[str]) -> None:
        """These are names of people, wherever they stand."""
        self._known.update(name for name in names if len(name) >= 2)

    def text(self, text: str) -> str:
        """Free text without numbers and names of people; who nobody knows and who has no title is not found."""
        for kind, pattern in (
            ("id-card", IDENTITY),
            ("phone", MOBILE),
            ("landline", LANDLINE),
            ("bank-card", CARD),
            ("email", MAIL),
            ("plate", PLATE),
        ):
            text = pattern.sub(lambda found, kind=kind: self.number(kind, found[0]), text)
        for name in sorted(self._known):
            if name in text:
                self.name(name)
        for name in sorted(self.names, key=len, reverse=True):
            # a name that stands for somebody is not disguised once more
            text = text.replace(name, f"\x00{list(self.names).index(name)}\x00")
        text = TITLED.sub(lambda found: self.name(found[1] + found[2]) if found[1] else "某", text)
        known = list(self.names.values())
        return re.sub("\x00([0-9]+)\x00", lambda found: known[int(found[1])], text)

    def number(self, kind: str, value: str) -> str:
        """Another number of the same kind, well formed."""
        key = (kind, re.sub(r"[ -]", "", value).upper())
        if kind == "disability-card":
            # that of the holder; of which kind and grade is as personal as the number
            return self.number("id-card", key[1][:18]) + "11"
        if key not in self._given:
            self._given[key] = MAKE[kind](1 + sum(known == kind for known, _ in self._given))
        return self._given[key]

    def _written(self, kind: str, value: str) -> str:
        """A number in a field of text, which may hold more behind it."""
        length = 18 if kind == "id-card" else 11
        whole = re.fullmatch(r"[1-9][0-9]{16}[0-9Xx]" if kind == "id-card" else r"1[3-9][0-9]{9}", value[:length])
        return self.number(kind, value[:length]) + masked(value[length:]) if whole else masked(value)

    def answers(
        self, fields: Iterable[Field], answers: Mapping[str, Any], people: Callable[[str], str], office: Callable[[str], str]
    ) -> dict[str, Any]:
        """Answers without personal data. ``people`` and ``office`` give who and what stands for a person and a department by id."""
        known = {one.name: one for one in fields}
        return {name: self._value(known[name], value, people, office) if name in known else value for name, value in answers.items()}

    def _value(self, of: Field, value: Any, people: Callable[[str], str], office: Callable[[str], str]) -> Any:
        if isinstance(value, dict) and of.fields:
            return self.answers(of.fields, cast("dict[str, Any]", value), people, office)
        if isinstance(value, list) and of.kind == "table":
            return [self.answers(of.fields, row, people, office) for row in cast("list[dict[str, Any]]", value)]
        if not isinstance(value, str):
            return cast(Any, value)
        if of.kind in MAKE:
            return self.number(of.kind, value)
        if of.sensitive in ("id-card", "phone"):
            return self._written(of.sensitive, value)
        if of.kind == "person":
            return people(value)
        if of.kind == "department":
            return office(value)
        if of.sensitive == "name":
            return self.name(value)
        if of.sensitive:
            return masked(value)
        return self.text(value) if of.kind in ("text", "textarea", "rich-text") else value


def masked(text: str) -> str:
    """Text of the same length and the same kinds of characters that says nothing."""
    return "".join(
        "0" if c.isdigit() else ("X" if c.isupper() else "x") if c.isascii() and c.isalpha() else "某" if c.isalpha() else c for c in text
    )


def _identity(number: int) -> str:
    digits = f"11010119900307{number:03}"
    return digits + "10X98765432"[sum(int(d) * w for d, w in zip(digits, WEIGHTS, strict=True)) % 11]


def _card(number: int) -> str:
    digits = f"62220000000{number:04}000"
    total = sum(sum(divmod(int(d) * (2 - place % 2), 10)) for place, d in enumerate(reversed(digits)))
    return f"{digits}{-total % 10}"


#: well-formed numbers of nobody: the first, the second …
MAKE: dict[str, Callable[[int], str]] = {
    "id-card": _identity,
    "disability-card": lambda number: _identity(number) + "11",
    "phone": lambda number: f"1380000{number:04}",
    "landline": lambda number: f"0571-8800{number:04}",
    "bank-card": _card,
    "email": lambda number: f"person{number}@example.org",
    "plate": lambda number: f"浙A{number:05}",
}
