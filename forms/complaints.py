"""Turns what the CEL compiler says about an expression into problems in words for the person who wrote it."""

import difflib
import re
from collections.abc import Callable, Iterable, Iterator

from forms.functions import FUNCTIONS, STANDARD
from forms.problem import Problem
from forms.scope import AROUND, Scope
from forms.texts import Text

_COMPLAINT = re.compile(r"ERROR: <input>:(-?\d+):(-?\d+): (.*)")
_TOKEN = re.compile(r"[A-Za-z_]\w*|\d+(?:\.\d+)?|&&|\|\||[=!<>]=|\"[^\"]*\"|'[^']*'|.", re.DOTALL)
_TYPE_WORDS = {
    "int": ("整数", "a whole number"), "double": ("小数", "a decimal number"), "string": ("文字", "text"), "bool": ("是否", "yes or no"),
    "F.Money": ("金额", "an amount of money"), "amount": ("未取整的金额", "an unrounded amount"), "people": ("人员", "people"),
    "F.Applicant": ("申请人", "the applicant"), "F.Range": ("日期范围", "a date range"), "F.HalfDays": ("以半天计的日期范围", "a half-day range"),
    "F.Answered": ("已填字段", "what was answered"), "null": ("空", "null"), "null_type": ("空", "null"),
    "dyn": ("不确定", "anything"), "map": ("对照表", "a map"), "any": ("任意", "anything"),
}  # fmt: skip


def translate(error: str, text: str, scope: Scope) -> list[Problem]:
    """Every complaint in ``error``, in order."""
    found = [
        problem
        for line, column, words in _COMPLAINT.findall(error)
        # what follows from a part that is wrong itself says nothing more
        if "*error*" not in words and (problem := _Reader(text, scope, max(1, int(line)), max(1, int(column))).problem(words))
    ]
    if "recursion" in error:
        return [too_complex("括号、运算或连加套得太深", "It is nested too deeply, or adds up too much at once")]
    if found:
        # a syntax error draws others behind it, which say nothing
        syntax = [problem for problem in found if problem.code == "expression-syntax"]
        once = {problem[:4]: problem for problem in found}
        return syntax[:1] or [once[key] for key in sorted(once)]
    return [
        Problem(
            1, 1, max(1, len(text)), "expression-syntax", {"zh": f"表达式不能用：{error}", "en": f"This expression cannot be used: {error}"}
        )
    ]


def unknown_field(text: str, start: int, name: str, scope: Scope) -> Problem:
    """A name that is a word of CEL but no variable."""
    before = text[:start]
    line, column = before.count("\n") + 1, start - before.rfind("\n")
    return _Reader(text, scope, line, column).unknown_variable(name)


def too_complex(zh: str, en: str) -> Problem:
    return Problem(1, 1, 1, "expression-too-complex", {"zh": f"{zh}，请拆成几个字段来算", "en": f"{en}: split it into several fields"})


def say_type(type: str) -> Text:
    """A type in words, from the name the compiler gives it."""
    if type.startswith(("list(", "list<")):
        inner = say_type(type[5:-1])
        return {"zh": f"{inner['zh']}的列表", "en": f"a list of {inner['en'].removeprefix('an ').removeprefix('a ')}"}
    if type in _TYPE_WORDS:
        zh, en = _TYPE_WORDS[type]
    elif type.startswith("F."):
        zh, en = f"{type[2:]} 的一行", f"a row of {type[2:]}"
    else:
        zh = en = type
    return {"zh": zh, "en": en}


def guess(name: str, known: Iterable[str]) -> str | None:
    """Which of ``known`` was perhaps meant."""
    return next(iter(difflib.get_close_matches(name[:100], list(known), n=1, cutoff=0.6)), None)


def asked(meant: str | None) -> Text:
    """The question whether it was, ready to be put behind a sentence without its full stop."""
    return {"zh": f"，是不是想写“{meant}”？", "en": f"; did you mean “{meant}”?"} if meant else {"zh": "", "en": ""}


def _listed(names: Iterable[str], limit: int = 8) -> Text:
    shown = list(names)
    more = len(shown) > limit
    shown = shown[:limit]
    return {"zh": "、".join(shown) + (" 等" if more else ""), "en": ", ".join(shown) + (" …" if more else "")}


def short(name: str) -> str:
    """A name as it is quoted in a sentence."""
    return name if len(name) <= 40 else f"{name[:40]}…"


class _Reader:
    """One complaint at its place."""

    def __init__(self, text: str, scope: Scope, line: int, column: int) -> None:
        self.scope = scope
        lines = text.split("\n")
        self.line = min(line, len(lines))
        self.words = lines[self.line - 1]
        self.column = column
        self.rules: tuple[tuple[re.Pattern[str], Callable[..., Problem]], ...] = (
            (re.compile(r"undeclared reference to '(.*?)'"), self.unknown),
            (re.compile(r"found no matching overload for '(.*?)' applied to '\((.*)\)'"), self.overload),
            (re.compile(r"undefined field '(.*?)' not found in struct '(.*?)'"), self.member),
            (re.compile(r"expression of type '(.*?)' cannot be the operand of a select operation"), self.no_members),
            (re.compile(r"has\(\) argument must be a field selection()"), self.bad_has),
            (re.compile(r"Syntax error: (.*)"), self.syntax),
            (re.compile(r"invalid \w+ literal()"), self.bad_number),
        )

    def problem(self, complaint: str) -> Problem | None:
        for pattern, rule in self.rules:
            if match := pattern.match(complaint):
                return rule(*match.groups())
        return self.at(self.column, 1, "expression-type", f"这里不能这样写（{complaint}）", f"This cannot be written here ({complaint})")

    def at(
        self,
        column: int,
        length: int,
        code: str,
        zh: str,
        en: str,
        *,
        among: Iterable[str] = (),
        meant: str | None = None,
        instead: str | tuple[int, int, str] | None = None,
    ) -> Problem:
        if isinstance(instead, str):
            instead = (column, max(1, length), instead)
        return Problem(self.line, column, max(1, length), code, {"zh": zh, "en": en}, tuple(among), meant, instead)

    def token(self, column: int) -> str:
        match = _TOKEN.match(self.words, column - 1)
        return match[0] if match else ""

    def name_before(self, column: int) -> tuple[int, str]:
        """The name that ends right before ``column``: a call is complained about at its bracket."""
        match = re.search(r"([A-Za-z_]\w*)\s*$", self.words[: column - 1])
        return (match.start(1) + 1, match[1]) if match else (column, self.token(column))

    def unknown(self, name: str) -> Problem:
        """A name that nothing has: of a field, or of a function where a bracket follows."""
        if self.token(self.column) != "(":
            return self.unknown_variable(name)
        column, _ = self.name_before(self.column)
        ours = {function.name: function for function in FUNCTIONS}
        if name in self.scope.functions:
            usage = ours[name].usage
            return self.at(
                column,
                len(name),
                "argument-count",
                f"{name} 的参数个数不对。写法：{usage['zh']}",
                f"{name} takes another number of arguments: {usage['en']}",
            )
        if name in ours:
            return self.at(
                column,
                len(name),
                "unknown-function",
                f"{name} 只能用在流程里，表单的规则不能找人",
                f"{name} belongs in a flow: rules of a form cannot look up people",
            )
        if name in STANDARD:
            return self.at(column, len(name), "argument-count", f"{name} 的参数个数不对", f"{name} takes another number of arguments")
        known = [*self.scope.functions, *STANDARD]
        meant, some = guess(name, known), _listed(self.scope.functions, 20)
        hint = asked(meant)
        zh, en = f"没有函数“{short(name)}”{hint['zh']}", f"There is no function “{short(name)}”{hint['en']}"
        if not hint["zh"]:
            zh, en = f"{zh}。可以用：{some['zh']}", f"{en}. Allowed: {some['en']}"
        return self.at(column, len(name), "unknown-function", zh, en, among=self.scope.functions, meant=meant)

    def unknown_variable(self, name: str) -> Problem:
        if name in self.scope.functions or name in STANDARD:
            return self.at(
                self.column, len(name), "unknown-field", f"{name} 是函数，后面要写括号", f"{name} is a function: brackets must follow"
            )
        known = [*self.scope.fields, *AROUND]
        meant = guess(name, known)
        hint = asked(meant)
        zh, en = f"没有名为“{short(name)}”的字段{hint['zh']}", f"There is no field “{short(name)}”{hint['en']}"
        if not hint["zh"]:
            some = _listed(known, 12)
            quote = {"zh": f"。如果是一段文字，要加引号：'{short(name)}'", "en": f". Text needs quotes: '{short(name)}'"}
            zh, en = f"{zh}{quote['zh']}。可以写：{some['zh']}", f"{en}{quote['en']}. Allowed: {some['en']}"
        return self.at(self.column, len(name), "unknown-field", zh, en, among=known, meant=meant)

    def overload(self, function: str, applied: str) -> Problem:
        types = list(_split(applied))
        words = [say_type(type) for type in types]
        if function == "_?_:_":
            return self.conditional(types, words)
        symbol = function.strip("_@").replace("_", "")
        if function in ("!_", "-_") or (function.startswith("_") and function.endswith("_")) or function in ("@in", "_[_]"):
            return self.operator({"[]": "[…]"}.get(symbol, symbol), types, words)
        column, _ = self.name_before(self.column)
        got_zh, got_en = "、".join(word["zh"] for word in words), ", ".join(word["en"] for word in words)
        usage = self.scope.functions[function].usage if function in self.scope.functions else {"zh": "", "en": ""}
        how = {"zh": f"。写法：{usage['zh']}", "en": f". Usage: {usage['en']}"} if usage["zh"] else {"zh": "", "en": ""}
        return self.at(
            column,
            len(function),
            "expression-type",
            f"{function} 不能用于：{got_zh}{how['zh']}",
            f"{function} cannot be applied to: {got_en}{how['en']}",
        )

    def conditional(self, types: list[str], words: list[Text]) -> Problem:
        if types[0] != "bool":
            zh, en = (
                f"? 前面要是一个条件（是否），现在是{words[0]['zh']}",
                f"What stands before ? must be a condition, but is {words[0]['en']}",
            )
        else:
            zh, en = (
                f"? 后面的两个结果要是同一种：现在是{words[1]['zh']}和{words[2]['zh']}",
                f"Both results after ? must be of one type, but are {words[1]['en']} and {words[2]['en']}",
            )
        return self.at(self.column, 1, "expression-type", zh, en)

    def operator(self, symbol: str, types: list[str], words: list[Text]) -> Problem:
        length = len(self.token(self.column))
        if len(types) == 1:
            return self.at(
                self.column,
                length,
                "expression-type",
                f"“{symbol}”不能用于{words[0]['zh']}",
                f"“{symbol}” cannot be applied to {words[0]['en']}",
            )
        hint = _hint(symbol, types)
        zh = f"“{symbol}”不能用于{words[0]['zh']}和{words[1]['zh']}{hint['zh']}"
        en = f"“{symbol}” cannot be applied to {words[0]['en']} and {words[1]['en']}{hint['en']}"
        code = "money-unit" if "F.Money" in types or "amount" in types else "expression-type"
        return self.at(self.column, length, code, zh, en, instead=self.yuan(symbol, types, length))

    def yuan(self, symbol: str, types: list[str], length: int) -> tuple[int, int, str] | None:
        """An amount of money that was written as a plain number, right after what it is held against."""
        if types[0] != "F.Money" or types[1] not in ("int", "double") or symbol in ("*", "/", "%"):
            return None
        number = re.compile(r"\s*(\d+(?:\.\d{1,2})?)(?![\w.(])").match(self.words, self.column - 1 + length)
        return (number.start(1) + 1, len(number[1]), f"yuan({number[1]})") if number else None

    def member(self, name: str, struct: str) -> Problem:
        # complained about at the dot, or for has() at its bracket
        found = re.compile(rf"\.\s*({re.escape(name)})\b").search(self.words, self.column - 1)
        column = found.start(1) + 1 if found else self.column
        known = self.scope.parts(struct)
        meant, some = guess(name, known), _listed(known, 12)
        hint = asked(meant)
        if struct == "F.Answered":
            zh, en = f"没有名为“{short(name)}”的字段{hint['zh']}", f"There is no field “{short(name)}”{hint['en']}"
        else:
            what = say_type(struct)
            zh, en = f"{what['zh']}没有“{short(name)}”{hint['zh']}", f"There is no “{short(name)}” in {what['en']}{hint['en']}"
        if not hint["zh"]:
            zh, en = f"{zh}。可以写：{some['zh']}", f"{en}. Allowed: {some['en']}"
        code = "unknown-field" if struct == "F.Answered" else "unknown-part"
        return self.at(column, len(name) if found else 1, code, zh, en, among=known, meant=meant if found else None)

    def no_members(self, type: str) -> Problem:
        what = say_type(type)
        rows = type.startswith("list(F.")
        zh = "明细有很多行，要写成 明细.map(行, 行.列) 或 明细.exists(行, 条件)" if rows else f"{what['zh']}后面不能再加点取值"
        en = (
            "A table has many rows: write table.map(row, row.column) or table.exists(row, condition)"
            if rows
            else f"Nothing can be taken out of {what['en']} by a dot"
        )
        return self.at(self.column, 1, "expression-type", zh, en)

    def bad_has(self, _: str) -> Problem:
        inside = self.token(self.column)
        zh, en = (inside, inside) if inside in self.scope.fields else ("字段", "field")
        return self.at(
            self.column,
            len(inside),
            "expression-syntax",
            f"是否已填要写成 has(answered.{zh})",
            f"Whether it was answered is written has(answered.{en})",
            instead=f"answered.{inside}" if inside in self.scope.fields else None,
        )

    def bad_number(self, _: str) -> Problem:
        return self.at(self.column, len(self.token(self.column)), "expression-syntax", "数太大了", "This number is too large")

    def syntax(self, complaint: str) -> Problem:
        found = _OFFENDER.search(complaint)
        sign = next((group for group in found.groups() if group), "").strip() if found else ""
        length = len(sign) if sign and self.words[self.column - 1 :].startswith(sign) else 1
        zh, en = self.said(complaint, sign)
        return self.at(min(self.column, len(self.words) + 1), length, "expression-syntax", zh, en)

    def said(self, complaint: str, sign: str) -> tuple[str, str]:
        """The words for a syntax error at ``sign``."""
        if "**" in self.words[max(0, self.column - 2) : self.column + 1]:
            return "没有乘方 **，请用乘号连写", "There is no power **: multiply instead"
        if "missing ')'" in complaint or (sign == ")" and "extraneous" in complaint):
            return "括号没有配对", "A bracket is missing its pair"
        if sign == "<EOF>":
            return "表达式没有写完", "The expression ends too early"
        if sign in ("=", "=>", "=<"):
            return "比较要写 ==、>= 或 <=", "Comparisons are written ==, >= or <="
        if sign in _WORDS:
            return f"“{sign}”要写成 {_WORDS[sign]}", f"“{sign}” is written {_WORDS[sign]}"
        if sign and sign[0] in _PUNCTUATION:
            ascii = _PUNCTUATION[sign[0]]
            return f"{sign[0]} 是中文符号，请改成英文的 {ascii}", f"{sign[0]} must be the ASCII {ascii}"
        if sign[:1] in ("'", '"'):
            return "引号没有配对", "A quotation mark is missing its pair"
        if sign:
            return f"这里不能写“{sign}”", f"“{sign}” cannot stand here"
        return "写法不对", "This cannot be read"


#: what a syntax error is about: near the end of it, before what was expected
_OFFENDER = re.compile(r"(?:at|input|at:) '(<EOF>|.+?)'(?: expecting|$)", re.DOTALL)
_WORDS = {"and": "&&", "or": "||", "not": "!", "并且": "&&", "或者": "||", "且": "&&", "或": "||"}
_PUNCTUATION = {
    "“": '"', "”": '"', "‘": "'", "’": "'", "，": ",", "（": "(", "）": ")", "。": ".", "；": ";", "：": ":", "！": "!", "＝": "==",
    "＞": ">", "＜": "<", "≥": ">=", "≤": "<=", "≠": "!=", "＋": "+", "－": "-", "×": "*", "÷": "/", "＆": "&&", "【": "[", "】": "]",
}  # fmt: skip


#: a text in quotation marks of either kind, a sign or a word that is written otherwise, or anything else
_SLIP = re.compile(
    r"(?P<text>'[^']*'|\"[^\"]*\")|(?P<quoted>[“‘](?P<inside>[^”’\"']*)[”’])|(?P<equal>[=＝]+[>＞<＜]?|[!！>＞<＜][=＝]?)"
    r"|(?P<word>\b(?:and|or|not)\b|并且|或者|且|或)|(?P<sign>.)",
    re.DOTALL,
)
_EQUALS = {"=": "==", "==": "==", "===": "==", "=>": ">=", "=<": "<="}


def tidied(text: str, quote: str) -> list[tuple[int, int, str]]:
    """What an expression has that is written otherwise in CEL: start, length and how it is written, in order. ``quote`` is to stand
    around texts.
    """
    found: list[tuple[int, int, str]] = []
    for match in _SLIP.finditer(text):
        said = match[0]
        right = said
        if match["quoted"]:
            right = f"{quote}{match['inside']}{quote}"
        elif match["equal"]:
            plain = said.translate(_NARROW)
            right = _EQUALS.get(plain, plain)
        elif match["word"]:
            right = _WORDS[said]
        elif match["sign"]:
            right = _PUNCTUATION.get(said, said)
        if right != said:
            found.append((match.start(), len(said), right))
    return found


_NARROW = str.maketrans("＝＞＜！", "=><!")


def _hint(symbol: str, types: list[str]) -> Text:
    """How to write it instead, where that is known."""
    if "F.Money" in types:
        other = next((type for type in types if type != "F.Money"), "F.Money")
        if other in ("int", "double") and symbol == "/":
            return {"zh": "。除法写成 round(金额 / 3.0)，结果四舍五入到分", "en": ". Divide as round(amount / 3.0), which rounds to cents"}
        if other in ("int", "double") and symbol != "%":
            return {"zh": "。金额要和金额放在一起，例如 yuan(5000)", "en": ". Money goes with money, such as yuan(5000)"}
        if symbol == "*" and other == "F.Money":
            return {"zh": "。金额只能乘以数", "en": ". Money is multiplied by a number"}
    if types == ["F.Money", "F.Money"] and symbol == "/":
        return {"zh": "。金额只能除以小数，例如 3.0", "en": ". Money is divided by a decimal number such as 3.0"}
    if set(types) == {"int", "double"}:
        return {"zh": "。整数写成小数，例如 3.0", "en": ". Write the whole number as a decimal, such as 3.0"}
    if set(types) == {"people", "string"}:
        return {"zh": "。id 要放进 user('…')、role('…') 等函数", "en": ". Put the id into user('…'), role('…') or the like"}
    return {"zh": "", "en": ""}


def _split(applied: str) -> Iterator[str]:
    """The types of a list of arguments, commas within brackets left alone."""
    depth, start = 0, 0
    for place, sign in enumerate(applied):
        depth += (sign in "(<") - (sign in ")>")
        if sign == "," and depth == 0:
            yield applied[start:place].strip()
            start = place + 1
    if applied:
        yield applied[start:].strip()
