"""The English words of an app: finds them by id, says which are missing and which belong to nothing."""

from collections.abc import Iterator

from builder.draft import AppDraft, FieldDraft
from builder.nodes import Mapping, Node, Path, Scalar, Sequence, items, mapping, words
from builder.problems import Problems
from forms.texts import Text

#: what a block of a print template says that people read
PRINTED = ("heading", "text", "record", "attachments", "qr")


class English:
    """Words by path, such as ("form", "fields", "days", "title")."""

    def __init__(self, root: Mapping | None) -> None:
        self.leaves: dict[Path, Scalar] = dict(_leaves(root, ())) if root else {}

    def text(self, node: Node | None, *path: str | int) -> Text | None:
        """The Chinese of ``node`` with its translation; None when there is no Chinese."""
        zh = words(node)
        return self.say(zh, *path) if zh is not None else None

    def say(self, zh: str, *path: str | int) -> Text:
        leaf = self.leaves.get(path)
        en = words(leaf)
        return {"zh": zh, "en": en} if en else {"zh": zh}


def _leaves(node: Node, path: Path) -> Iterator[tuple[Path, Scalar]]:
    if isinstance(node, Mapping):
        for name, value in node.items():
            yield from _leaves(value, (*path, name))
    elif isinstance(node, Sequence):
        for number, item in enumerate(node.items):
            yield from _leaves(item, (*path, number))
    elif _short(path):
        yield (*path, "title"), node
    else:
        yield path, node


def _short(path: Path) -> bool:
    """Whether plain words at ``path`` are the title of what stands there: a field, a column or a step."""
    return (len(path) >= 3 and path[-2] == "fields" and path[0] == "form") or (len(path) == 3 and path[:2] == ("flow", "steps"))


def check(draft: AppDraft) -> None:
    """Ids that belong to nothing are errors, words without English are warnings."""
    if draft.app is None or draft.form is None or draft.flow is None:
        return
    problems = draft.problems
    wanted = dict(_wanted(draft))
    if draft.english is None:
        if wanted:
            problems.add(
                draft.app,
                "untranslated",
                f"还没有英文：i18n/en.yaml 里可以写 {len(wanted)} 处译文",
                f"No English yet: i18n/en.yaml can hold {len(wanted)} translations",
                severity="warning",
            )
        return
    english = English(draft.english)
    for path, leaf in english.leaves.items():
        if path not in wanted and not _optional(path, draft):
            _unknown(path, leaf, draft.english, set(wanted), problems)
    for path, node in wanted.items():
        if path not in english.leaves:
            shown = ".".join(map(str, path))
            problems.add(
                node, "untranslated", f"缺少英文（i18n/en.yaml 的 {shown}）", f"No English ({shown} in i18n/en.yaml)", severity="warning"
            )


def _wanted(draft: AppDraft) -> Iterator[tuple[Path, Node]]:
    """Every place with Chinese words that people read."""
    assert draft.app is not None
    assert draft.form is not None
    assert draft.flow is not None
    for key in ("title", "description", "category"):
        if node := _words(draft.app.get(key)):
            yield ("app", key), node
    for number, section in enumerate(items(draft.form.root.get("x-layout"))):
        if isinstance(section, Mapping) and (node := _words(section.get("section"))):
            yield ("form", "sections", number), node
    for number, rule in enumerate(items(draft.form.root.get("x-across"))):
        if (found := mapping(rule)) and (node := found.get("message")):
            yield ("form", "across", number), node
    for number, rule in enumerate(items(draft.form.root.get("x-checks"))):
        if isinstance(rule, Mapping) and (node := _words(rule.get("message"))):
            yield ("form", "checks", number), node
    for name, field in draft.form.fields.items():
        yield from _of_field(("form", "fields", name), field)
    for step in draft.flow.steps:
        yield from _of_step(("flow", "steps", step.id), step.node)
    for name, node in (mapping(draft.flow.root.get("outcomes")) or Mapping(draft.app.source, 0, 0, {})).items():
        yield ("flow", "outcomes", name), node
    for id, root in draft.prints.items():
        if node := _words(root.get("title")):
            yield ("print", id, "title"), node
        for number, block in enumerate(items(root.get("blocks"))):
            for key in PRINTED:
                if isinstance(block, Mapping) and (node := _words(block.get(key))):
                    yield ("print", id, "blocks", number, key), node


def _of_field(path: Path, field: FieldDraft) -> Iterator[tuple[Path, Node]]:
    for key, name in (("title", "title"), ("description", "help"), ("x-placeholder", "placeholder"), ("x-unit", "unit"), ("x-alt", "alt")):
        if node := _words(field.get(key)):
            yield (*path, name), node
    holders = (field.node, field.get("items"))
    for holder in (node for node in holders if isinstance(node, Mapping)):
        for option in items(holder.get("oneOf")):
            if isinstance(option, Mapping) and (value := words(option.get("const"))) and (title := _words(option.get("title"))):
                yield (*path, "options", value), title
        for option in items(holder.get("enum")):
            if value := words(option):
                yield (*path, "options", value), option
    for number, rule in enumerate(items(field.inner.get("x-checks")) if field.inner else ()):
        if isinstance(rule, Mapping) and (node := _words(rule.get("message"))):
            yield (*path, "checks", number), node
    for name, column in field.columns.items():
        yield from _of_field((*path, "fields", name), column)


def _of_step(path: Path, step: Mapping) -> Iterator[tuple[Path, Node]]:
    if node := _words(step.get("title")):
        yield (*path, "title"), node
    for name, action in (mapping(step.get("actions")) or Mapping(step.source, 0, 0, {})).items():
        if isinstance(action, Mapping) and (node := _words(action.get("title"))):
            yield (*path, "actions", name), node
    for name, node in (mapping(step.get("buttons")) or Mapping(step.source, 0, 0, {})).items():
        if label := _words(node):
            yield (*path, "buttons", name), label
    for number, item in enumerate(items(step.get("phrases"))):
        if label := _words(item):
            yield (*path, "phrases", number), label
    for number, case in enumerate([*items(step.get("cases")), *items(step.get("branches"))]):
        if isinstance(case, Mapping) and (node := _words(case.get("title"))):
            yield (*path, "cases", number), node


def _words(node: Node | None) -> Node | None:
    return node if words(node) else None


def _optional(path: Path, draft: AppDraft) -> bool:
    """Titles that a definition may leave to us, and everything below what could not be read."""
    assert draft.form is not None
    assert draft.flow is not None
    if (
        path in (("app", "title"), ("app", "category"))
        or (path[0] == "flow" and draft.flow.broken)
        or (path[0] == "form" and draft.form.broken)
        or (path[0] == "print" and draft.prints_broken)
    ):
        return True
    if path[:2] == ("flow", "steps") and len(path) > 2:
        step = draft.flow.step(str(path[2]))
        return step is not None and path[3:] == ("title",)
    if path[:2] == ("form", "fields") and len(path) > 2:
        field = draft.form.fields.get(str(path[2]))
        return field is not None and field.field is None
    return False


def _unknown(path: Path, leaf: Scalar, root: Mapping, wanted: set[Path], problems: Problems) -> None:
    """Points at the first part of ``path`` that leads to nothing that is wanted."""
    node: Node = root
    for depth, part in enumerate(path, 1):
        known = {str(other[depth - 1]) for other in wanted if other[: depth - 1] == path[: depth - 1] and len(other) >= depth}
        if str(part) not in known or depth == len(path):
            at = node.key(part) if isinstance(node, Mapping) and isinstance(part, str) and part in node.entries else leaf
            problems.add(
                at,
                "unknown-translation",
                f"没有可译为“{part}”的内容",
                f"There is nothing called “{part}” to translate",
                among=sorted(known),
            )
            return
        if isinstance(node, Mapping) and isinstance(part, str) and part in node.entries:
            node = node.entries[part].value
        elif isinstance(node, Sequence) and isinstance(part, int):
            node = node.items[part]
