"""Names of administrative divisions by their six digits (GB/T 2260), as python-stdnum carries them."""

import re
from functools import cache
from importlib import resources
from typing import NamedTuple

SEPARATOR = " · "
_LINE = re.compile(r'(\s*)(\d+) (?:province|county)="(.*)"')
_ENTRY = re.compile(r"(?:\[(\d*)-(\d*)\])?(.+)")
#: second level of the four municipalities and of counties right below a province: says nothing to a reader
_FILLERS = frozenset(
    {"市辖区", "县", "林区", "省直辖县级行政单位", "自治区直辖县级行政单位", "省直辖县级行政区划", "自治区直辖县级行政区划"}
)

#: what the package's data lack or write in traditional characters; two counties it keeps under codes that were replaced
_CORRECTED = {
    "330113": "临平区", "330114": "钱塘区", "232761": "加格达奇区", "232762": "松岭区", "232763": "新林区", "232764": "呼中区",
    "620201": "嘉峪关市", "632857": "大柴旦行政委员会",
}  # fmt: skip
_REPLACED = ("422921", "429001")


class Region(NamedTuple):
    """A division that exists today."""

    code: str
    name: str


class _Names(NamedTuple):
    #: codes in use to names
    current: dict[str, str]
    #: codes that were in use once
    retired: dict[str, str]


@cache
def _names() -> _Names:
    found = _Names({}, {})
    province = ""
    for line in resources.files("stdnum.cn").joinpath("loc.dat").read_text("utf-8").splitlines():
        match = _LINE.fullmatch(line)
        if match is None:
            continue
        indent, digits, words = match.groups()
        if not indent:
            province = digits
            found.current[f"{digits}0000"] = words
            continue
        code = province + digits
        for entry in words.split(","):
            if parts := _ENTRY.fullmatch(entry):
                ended = parts[2]
                (found.retired if ended else found.current).setdefault(code, parts[3])
    found.current.update(_CORRECTED)
    found.retired.update({code: found.current.pop(code) for code in _REPLACED})
    for code in found.current:
        found.retired.pop(code, None)
    return found


def known(code: str) -> bool:
    """Whether ``code`` is or was a division."""
    names = _names()
    return code in names.current or code in names.retired


def name(code: str) -> str:
    """As in 江苏省 · 南京市 · 玄武区; the code itself where it was never one."""
    names = _names()
    words: list[str] = []
    for part in (f"{code[:2]}0000", f"{code[:4]}00", code):
        word = names.current.get(part) or names.retired.get(part)
        if word and word not in words and (word not in _FILLERS or part == code):
            words.append(word)
    return SEPARATOR.join(words) if words and known(code) else code


def provinces() -> list[Region]:
    """The provinces, autonomous regions and municipalities, by code."""
    return [Region(code, word) for code, word in sorted(_names().current.items()) if code.endswith("0000")]


def children(code: str) -> list[Region]:
    """What lies directly below ``code``: cities of a province, districts and counties of a city.

    Below a municipality are its districts, and counties that belong to no city stand among the cities.
    """
    current = _names().current
    if code.endswith("0000"):
        seconds = [other for other in current if other[:2] == code[:2] and other.endswith("00") and other != code]
        cities = {other[:4] for other in seconds if current[other] not in _FILLERS}
        straight = [other for other in current if other[:2] == code[:2] and not other.endswith("00") and other[:4] not in cities]
        below = [*straight, *(other for other in seconds if other[:4] in cities)]
    elif code.endswith("00"):
        below = [other for other in current if other[:4] == code[:4] and other != code]
    else:
        below = []
    return [Region(other, current[other]) for other in sorted(below) if current[other] not in _FILLERS]
