"""Says libyaml's complaints in plain words: what is wrong with the punctuation, and how it is put right."""

import re

import yaml

from builder import fixes
from builder.nodes import Mark, Source
from builder.problems import Problems
from forms.diagnostics import Fix
from forms.texts import Text

#: the beginning of what libyaml says → what a person can do about it
PLAIN: tuple[tuple[str, str, Text], ...] = (
    ("", "mapping values are not allowed", {
        "zh": "这里不该有冒号。若冒号是文字的一部分，请给整段文字加引号；若是新的一项，请检查缩进",
        "en": "No colon is allowed here. If it is part of the text, quote the whole text; if this is a new entry, check the indentation",
    }),
    ("quoted scalar", "found unexpected end of stream", {"zh": "引号没有合上", "en": "The quotation mark is never closed"}),
    ("quoted scalar", "found unknown escape character", {
        "zh": "双引号里的反斜杠后面不能是这个字符；请改用单引号，或写两个反斜杠",
        "en": "This character may not follow a backslash in double quotes: use single quotes, or write two backslashes",
    }),
    ("quoted scalar", "found invalid Unicode", {"zh": "这个转义写的不是有效的字符", "en": "This escape is not a character"}),
    ("quoted scalar", "did not find expected hexdecimal", {"zh": "转义里要写十六进制数字", "en": "The escape needs hexadecimal digits"}),
    ("flow sequence", "did not find expected", {"zh": "方括号里缺少逗号，或没有用 ] 合上", "en": "A comma is missing in the list, or it is not closed by ]"}),
    ("flow mapping", "did not find expected", {"zh": "花括号里缺少逗号，或没有用 } 合上", "en": "A comma is missing in the braces, or they are not closed by }"}),
    ("block mapping", "did not find expected key", {
        "zh": "这里应当是“键: 值”。请检查缩进是否与上面对齐，或前一项后面是否多了内容",
        "en": "“key: value” is expected here. Check that the indentation lines up, and that nothing is left over after the entry before",
    }),
    ("block collection", "did not find expected '-'", {"zh": "列表中的每一项都要以 - 开头并对齐", "en": "Each item of the list begins with - and lines up with the others"}),
    ("", "block sequence entries are not allowed", {"zh": "列表的 - 要另起一行写", "en": "The - of a list item begins a new line"}),
    ("", "could not find expected ':'", {"zh": "这一行缺少冒号（键和值之间写英文冒号加空格）", "en": "A colon is missing in this line (key, colon, space, value)"}),
    ("", "did not find expected <document start>", {"zh": "这一行的缩进与前面不一致，或前面的内容已经结束", "en": "The indentation of this line does not match, or the content has already ended"}),
    ("", "did not find expected node content", {"zh": "这里缺少内容", "en": "Content is missing here"}),
    ("block scalar", "", {"zh": "| 或 > 后面要换行，内容从下一行起缩进书写", "en": "After | or > the text begins on the next line, indented"}),
    ("", "found undefined tag", {"zh": "不使用 YAML 标签（以 ! 开头）；若是文字，请加引号", "en": "No YAML tags (beginning with !); quote it if it is text"}),
    ("tag", "", {"zh": "不使用 YAML 标签（以 ! 开头）；若是文字，请加引号", "en": "No YAML tags (beginning with !); quote it if it is text"}),
    ("anchor", "", {"zh": "& 不能作为开头；若是文字，请加引号", "en": "A value cannot begin with &; quote it if it is text"}),
    ("alias", "", {"zh": "* 不能作为开头；若是文字，请加引号", "en": "A value cannot begin with *; quote it if it is text"}),
    ("directive", "", {"zh": "以 % 开头的行不是定义的内容，请删去；若是文字，请加引号", "en": "A line cannot begin with %; quote it if it is text"}),
)  # fmt: skip
TAB: Text = {"zh": "缩进请用空格，不能用制表符（Tab）", "en": "Indent with spaces, not with tabs"}
SPECIAL: Text = {"zh": "文字不能以“{0}”开头，请给整段文字加引号", "en": "Text cannot begin with “{0}”: quote the whole text"}
OTHER: Text = {"zh": "这里不是合法的 YAML，请检查标点和缩进", "en": "This is not valid YAML: check punctuation and indentation"}
TABS = re.compile("\t+")
#: text up to where a value may end, in braces too
REST = re.compile(r"[^\s,\[\]{}#:][^\n\r,\[\]{}#:]*(?<!\s)")
WIDE_COLON: Text = {"zh": "这一行用了中文冒号“：”，请改为英文冒号加空格“: ”", "en": "This line has the wide colon “：”: write “: ” instead"}


def explain(error: yaml.MarkedYAMLError, source: Source, problems: Problems) -> None:
    """Adds the one problem that ``error`` is; reading stopped there."""
    context, problem = error.context or "", error.problem or ""
    mark = error.problem_mark or error.context_mark
    index = mark.index if mark else 0
    opened = error.context_mark
    # what was opened and never closed is found out later, often at the very end
    if opened and mark and ("end of stream" in problem or (context.startswith("while parsing a flow") and mark.line > opened.line)):
        index = opened.index
    index = min(index, len(source.text))
    wide = wide_colon(source, index)
    if wide is not None:
        words, at = WIDE_COLON, wide
    else:
        words, at = plain(context, problem, source.text[index : index + 1]), index
    mark = Mark(source, at, at + 1)
    problems.add(mark, "yaml-syntax", words["zh"], words["en"], fix=put_right(mark, words, wide is not None))


def put_right(mark: Mark, words: Text, wide: bool) -> Fix | None:
    """The punctuation as it must be, where it can only be meant so."""
    source, at = mark.source, mark.start
    if wide:
        space = "" if source.text[at + 1 : at + 2] in (" ", "\n", "\r", "") else " "
        return fixes.replace(mark, f":{space}", "把“：”改为“: ”", "write “: ” instead of “：”")
    if words is TAB and (tabs := TABS.match(source.text, at)):
        return fixes.replace(Mark(source, at, tabs.end()), "  " * (tabs.end() - at), "把制表符改为空格", "write spaces instead of tabs")
    rest = REST.match(source.text, at)
    if rest and words["zh"].startswith("文字不能以") and '"' not in rest[0] and "\\" not in rest[0]:
        return fixes.replace(Mark(source, at, rest.end()), f'"{rest[0]}"', f'加引号："{rest[0]}"', f'quote it: "{rest[0]}"')
    return None


def wide_colon(source: Source, index: int) -> int | None:
    """Where a wide colon stands for an ordinary one, in the line of the complaint or in the one before; the usual reason."""
    line = source.line(index)
    for number in (line, line - 1):
        text = source.line_text(number) if number >= 0 else ""
        key, colon, _ = text.partition("：")
        if colon and key.strip(" -").isidentifier() and ":" not in text:
            return source.starts[number] + len(key)
    return None


def plain(context: str, problem: str, char: str) -> Text:
    if "cannot start any token" in problem:
        return TAB if char == "\t" else {language: words.format(char) for language, words in SPECIAL.items()}
    for within, begins, words in PLAIN:
        if within in context and problem.startswith(begins):
            return words
    return OTHER
