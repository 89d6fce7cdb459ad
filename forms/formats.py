"""Numbers and codes that have a form of their own: how people type them, how they are stored, and what makes one wrong."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, NamedTuple

from forms import regions
from forms.form import Kind, Sensitive
from forms.texts import Text

#: 公安部 GA 36: province, office, then five letters or digits, six for new energy; 港 澳 学 警 挂 领 试 超 at the end
_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使][A-Z](?:[A-HJ-NP-Z0-9]{5,6}|[A-HJ-NP-Z0-9]{4}[挂学警港澳领试超])"
)
_PHONE = re.compile(r"1[3-9]\d{9}")
_EMAIL = re.compile(r"[^\s@]{1,64}@[^\s@.]+(?:\.[^\s@.]+)+")
_REGION = re.compile(r"\d{6}")
_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2})?")
_DISABILITY = re.compile(r"[1-7][1-4](?:B[1-9])?")
_BANK = re.compile(r"[0-9]{12,19}")
_POSTCODE = re.compile(r"[0-9]{6}")
_LINK = re.compile(r"https?://[^\s/?#@]+\.[^\s/?#@]+(?:[/?#]\S*)?")
_CLOCK = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]")
_MONTH = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])")
#: the code of the country before a mobile number
_CHINA = re.compile(r"^(?:\+?86)+(?=1\d{10}$)")
#: what people put between digits
_GAPS = re.compile(r"[\s\-‐-―·.]+")


def normalise(kind: Kind, text: str) -> str:
    """``text`` as it is stored: without the spaces and dashes people type, full-width signs made plain, letters upper case."""
    text = unicodedata.normalize("NFKC", text).strip()
    match kind:
        case "phone":
            return _CHINA.sub("", _tight(text))
        case _ if (code := CODES.get(kind)) and code.tight:
            return _tight(text.upper())
        case _:
            return text


def _tight(text: str) -> str:
    # what a gap kept apart may now be written as one
    return unicodedata.normalize("NFKC", _GAPS.sub("", text))


def problem(kind: Kind, value: Any) -> Text | None:
    """What is wrong with ``value`` as one of ``kind``, and what is allowed; None where nothing is, or the kind has no form of its own."""
    code = CODES.get(kind)
    if code is None:
        return None
    return code.problem(value) if isinstance(value, str) else {"zh": "要填文字", "en": "This must be text"}


def _phone(text: str) -> Text | None:
    if _PHONE.fullmatch(text):
        return None
    if text.isdigit() and len(text) != 11:
        return {"zh": f"手机号是 11 位数字，现在 {len(text)} 位", "en": f"A mobile number has 11 digits, this has {len(text)}"}
    return {
        "zh": "手机号是 1 开头的 11 位数字，例如 13800001234",
        "en": "A mobile number has 11 digits and begins with 1, such as 13800001234",
    }


def _id_card(text: str) -> Text | None:
    if len(text) != 18 or not text[:17].isdigit() or not (text[17].isdigit() or text[17] == "X") or not text.isascii():
        return {
            "zh": f"身份证号是 18 位，最后一位可以是 X，现在 {len(text)} 位"
            if len(text) != 18
            else "身份证号前 17 位是数字，最后一位是数字或 X",
            "en": f"An identity number has 18 characters, this has {len(text)}"
            if len(text) != 18
            else "An identity number is 17 digits and a digit or X",
        }
    if birth_date(text) is None:
        return {"zh": "身份证号里的出生日期不存在，请核对第 7 到 14 位", "en": "There is no such birth date: check characters 7 to 14"}
    from stdnum.cn import ric  # pyright: ignore[reportMissingTypeStubs] - python-stdnum ships no stubs, and loads pydoc

    if ric.calc_check_digit(text) != text[17]:
        return {"zh": "身份证号校验不通过，请核对有没有填错一位", "en": "The check character does not match: one of the digits is wrong"}
    return None


def birth_date(number: str) -> date | None:
    """The birth date in an identity number; None where there is no such day."""
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def _credit_code(text: str) -> Text | None:
    from stdnum.cn import uscc  # pyright: ignore[reportMissingTypeStubs]
    from stdnum.exceptions import ValidationError  # pyright: ignore[reportMissingTypeStubs]

    try:
        uscc.validate(text)
    except ValidationError:
        if len(text) != 18:
            return {
                "zh": f"统一社会信用代码是 18 位，现在 {len(text)} 位",
                "en": f"A unified social credit code has 18 characters, this has {len(text)}",
            }
        return {
            "zh": "统一社会信用代码校验不通过，请对照营业执照核对",
            "en": "The code does not match its check character: compare it with the licence",
        }
    return None


def _plate(text: str) -> Text | None:
    if _PLATE.fullmatch(text):
        return None
    return {"zh": "车牌号例如 浙A12345，新能源 浙AD12345", "en": "A number plate is such as 浙A12345, or 浙AD12345 for new energy"}


def _email(text: str) -> Text | None:
    if len(text) <= 254 and _EMAIL.fullmatch(text):
        return None
    return {"zh": "邮箱要像 name@example.cn 这样", "en": "An e-mail address looks like name@example.cn"}


def _region(text: str) -> Text | None:
    if not _REGION.fullmatch(text) or not text.isascii():
        return {"zh": "行政区划代码是 6 位数字，例如 330100", "en": "A division has six digits, such as 330100"}
    if not regions.known(text):
        return {"zh": f"没有 {text} 这个行政区划代码", "en": f"There is no division {text}"}
    return None


def _date(text: str) -> Text | None:
    try:
        if _DATE.fullmatch(text):
            date.fromisoformat(text)
            return None
    except ValueError:
        pass
    return {"zh": "日期要像 2026-12-01 这样，并且真有这一天", "en": "A date looks like 2026-12-01 and must exist"}


def _moment(text: str) -> Text | None:
    try:
        if _MOMENT.fullmatch(text):
            datetime.fromisoformat(text)
            return None
    except ValueError:
        pass
    return {"zh": "日期和时间要像 2026-12-01T09:00 这样", "en": "A date and time look like 2026-12-01T09:00"}


def _disability_card(text: str) -> Text | None:
    if len(text) not in (20, 22):
        return {
            "zh": f"残疾人证号是身份证号加 2 位（补办的加 4 位），现在 {len(text)} 位",
            "en": f"The number is the identity number and 2 more characters, 4 on a replacement; this has {len(text)}",
        }
    if problem := _id_card(text[:18]):
        return problem
    if not _DISABILITY.fullmatch(text, 18):
        return {
            "zh": "残疾人证号第 19 位是类别 1–7，第 20 位是等级 1–4，补办的再加 B1、B2…",
            "en": "Character 19 is the category, 1 to 7, character 20 the grade, 1 to 4; a replacement adds B1, B2 …",
        }
    return None


def _bank_card(text: str) -> Text | None:
    if not _BANK.fullmatch(text):
        return {
            "zh": f"银行卡号是 12 到 19 位数字，现在 {len(text)} 位",
            "en": f"A bank card has 12 to 19 digits, this has {len(text)} characters",
        }
    from stdnum import luhn  # pyright: ignore[reportMissingTypeStubs]

    if not luhn.is_valid(text):
        return {"zh": "银行卡号校验不通过，请核对有没有填错一位", "en": "The check digit does not match: one of the digits is wrong"}
    return None


def _postcode(text: str) -> Text | None:
    return (
        None if _POSTCODE.fullmatch(text) else {"zh": "邮政编码是 6 位数字，例如 310000", "en": "A postcode has six digits, such as 310000"}
    )


def _link(text: str) -> Text | None:
    if len(text) <= 2_000 and _LINK.fullmatch(text):
        return None
    return {"zh": "网址要像 https://www.example.cn 这样", "en": "A link looks like https://www.example.cn"}


def _time(text: str) -> Text | None:
    return None if _CLOCK.fullmatch(text) else {"zh": "时间要像 09:30 这样", "en": "A time looks like 09:30"}


def _month(text: str) -> Text | None:
    return None if _MONTH.fullmatch(text) else {"zh": "月份要像 2026-12 这样", "en": "A month looks like 2026-12"}


class Code(NamedTuple):
    """A kind of text that has a form of its own."""

    #: the name of its JSON Schema format, as `format:` in form.yaml
    format: str
    problem: Callable[[str], Text | None]
    #: what people call it, for the reference and for messages
    title: Text
    #: an example that is right
    example: str
    #: attributes of the input: which keyboard a phone shows, how much may be typed
    attributes: str = ""
    #: gaps are taken out and letters made upper case
    tight: bool = False
    #: masked without being told so
    sensitive: Sensitive | None = None


CODES: dict[Kind, Code] = {
    "phone": Code("cn-mobile", _phone, {"zh": "手机号", "en": "mobile number"}, "13800001234", 'type="tel" maxlength="20"', True, "phone"),
    "email": Code("email", _email, {"zh": "邮箱", "en": "e-mail address"}, "name@example.cn", 'type="email" maxlength="254"'),
    "id-card": Code("cn-id", _id_card, {"zh": "身份证号", "en": "identity number"}, "11010519491231002X", 'maxlength="24" spellcheck="false"', True, "id-card"),
    "credit-code": Code("cn-credit-code", _credit_code, {"zh": "统一社会信用代码", "en": "unified social credit code"}, "91110000600037341L", 'maxlength="24" spellcheck="false"', True),
    "plate": Code("cn-plate", _plate, {"zh": "车牌号", "en": "number plate"}, "浙A12345", 'maxlength="12" spellcheck="false"', True),
    "disability-card": Code("cn-disability", _disability_card, {"zh": "残疾人证号", "en": "number of a disability card"}, "11010519491231002X43", 'maxlength="28" spellcheck="false"', True, "id-card"),
    "bank-card": Code("bank-card", _bank_card, {"zh": "银行卡号", "en": "bank card number"}, "6222021234567890128", 'inputmode="numeric" maxlength="28"', True, "id-card"),
    "postcode": Code("cn-postcode", _postcode, {"zh": "邮政编码", "en": "postcode"}, "310000", 'inputmode="numeric" maxlength="8"', True),
    "link": Code("uri", _link, {"zh": "网址", "en": "link"}, "https://www.example.cn/", 'type="url" maxlength="2000"'),
    "region": Code("region-code", _region, {"zh": "行政区划", "en": "division"}, "330106", "", True),
    "date": Code("date", _date, {"zh": "日期", "en": "date"}, "2026-12-01", 'type="date"'),
    "datetime": Code("date-time", _moment, {"zh": "日期和时间", "en": "date and time"}, "2026-12-01T09:00", 'type="datetime-local"'),
    "time": Code("time", _time, {"zh": "时间", "en": "time"}, "09:30", 'type="time"'),
    "month": Code("month", _month, {"zh": "月份", "en": "month"}, "2026-12", 'type="month"'),
}  # fmt: skip

#: names of JSON Schema formats to the kinds they belong to
KIND_OF: dict[str, Kind] = {code.format: kind for kind, code in CODES.items()}
#: for jsonschema_rs: text to whether it has the format
FORMATS: dict[str, Callable[[str], bool]] = {code.format: (lambda text, check=code.problem: check(text) is None) for code in CODES.values()}
