"""unknown-field, unknown-target, print-block, bad-placeholder: paper shows what the form asks and the flow has."""

import re

from builder import print_file
from builder import words as phrases
from builder.draft import AppDraft, FieldDraft
from builder.english import English
from builder.nodes import Mapping, Mark, Node, Scalar, items, mapping, words
from builder.rules import fields_named
from builder.rules.subject import ENDS
from builder.scalars import mark_within
from workflows.papers import FACTS

PART = re.compile(r"\{([^{}]*)\}|[{}]")


def check(draft: AppDraft) -> None:
    english = English(draft.english).leaves
    for id, root in draft.prints.items():
        placeholders(draft, root.get("title"))
        placeholders(draft, english.get(("print", id, "title")))
        for number, node in enumerate(items(root.get("blocks"))):
            if (block := mapping(node)) and (kind := print_file.kind_of(block)):
                of_block(draft, block, kind)
                placeholders(draft, english.get(("print", id, "blocks", number, "text")))


def of_block(draft: AppDraft, block: Mapping, kind: str) -> None:
    for name, entry in block.entries.items():
        if name != kind and name not in print_file.FITS[kind]:
            draft.problems.add(
                entry.key,
                "print-block",
                f"一块只有一种内容：这里是“{kind}”，不能再写“{name}”",
                f"A block is one thing: this one is “{kind}” and cannot have “{name}”",
            )
    value = block.get(kind)
    if kind == "fields":
        for node in items(value):
            whole(draft, node)
    elif kind == "table" and value is not None:
        of_table(draft, value, items(block.get("columns")))
    elif kind == "opinions":
        for node in items(value):
            step(draft, node)
    elif kind == "text":
        placeholders(draft, value)


def whole(draft: AppDraft, node: Node) -> None:
    """A field that is label and words; rows have a block of their own."""
    field = fields_named.find(draft, node)
    if field is not None and field.columns:
        draft.problems.add(
            node,
            "print-block",
            f"“{field.name}”是明细，请写成 table: {field.name}",
            f"“{field.name}” is a table: write table: {field.name}",
        )


def of_table(draft: AppDraft, node: Node, columns: list[Node]) -> None:
    field: FieldDraft | None = fields_named.find(draft, node)
    if field is None:
        return
    if not field.columns:
        draft.problems.add(node, "print-block", f"“{field.name}”不是明细", f"“{field.name}” is no table")
        return
    for column in columns:
        name = words(column)
        if name is not None and name not in field.columns:
            fields_named.unknown(name, column, list(field.columns), draft.problems)


def step(draft: AppDraft, node: Node) -> None:
    name = words(node)
    if draft.flow is None or name is None:
        return
    found = draft.flow.step(name)
    people = [item.id for item in draft.flow.steps if item.human]
    if found is None or not found.human:
        hint = phrases.meant(name, people)
        if not hint["zh"]:
            hint = {"zh": f"。人办理的步骤有：{phrases.listed(people, 'zh')}", "en": f". People act at: {phrases.listed(people, 'en')}"}
        draft.problems.add(
            node, "unknown-target", f"没有由人办理的步骤“{name}”{hint['zh']}", f"There is no step of people “{name}”{hint['en']}"
        )


def placeholders(draft: AppDraft, node: Node | None) -> None:
    text = words(node)
    if not isinstance(node, Scalar) or text is None:
        return
    for part in PART.finditer(text):
        line = text.count("\n", 0, part.start()) + 1
        column = part.start() - (text.rfind("\n", 0, part.start()) + 1) + 1
        placeholder(draft, part[1], mark_within(node, line, column, part.end() - part.start()))


def placeholder(draft: AppDraft, written: str | None, at: Mark) -> None:
    """One pair of braces."""
    if written in FACTS:
        return
    name, dot, end = (written or "").partition(".")
    known = list(draft.form.fields) if draft.form else []
    if not name or (name not in known and name in ("case", "applicant")):
        hint = phrases.meant(written or "", FACTS)
        draft.problems.add(
            at,
            "bad-placeholder",
            f"花括号里写一个字段，或 {phrases.listed(FACTS, 'zh')}{hint['zh']}",
            f"Write a field in braces, or {phrases.listed(FACTS, 'en')}{hint['en']}",
        )
    elif draft.form is not None and name not in known:
        fields_named.unknown(name, at, known, draft.problems)
    elif draft.form is not None and dot and (field := draft.form.fields[name].field):
        allowed = ("upper",) if field.kind == "money" else ENDS.get(field.kind, ())
        if end not in allowed:
            some = (
                {"zh": f"。可以写：{phrases.listed(allowed, 'zh')}", "en": f". Allowed: {phrases.listed(allowed, 'en')}"}
                if allowed
                else None
            )
            zh, en = (some["zh"], some["en"]) if some else ("", "")
            draft.problems.add(at, "bad-placeholder", f"“{name}”没有“{end}”{zh}", f"“{name}” has no “{end}”{en}")
    elif draft.form is not None and not dot and draft.form.fields[name].columns:
        draft.problems.add(at, "bad-placeholder", "文字里不能放明细，请用 table", "A table cannot stand in a text: use a block “table”")
