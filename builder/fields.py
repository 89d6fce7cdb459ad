"""Reads one field of form.yaml: which kind it is, whether its keywords fit the kind, its options and limits."""

from typing import Any, cast

import msgspec

from builder import lookup_file, materials, pictures
from builder import words as phrases
from builder.draft import AppDraft, FieldDraft
from builder.english import English
from builder.nodes import Mapping, Node, Scalar, data, items, mapping, words
from builder.problems import Problems
from builder.registry import Registry
from forms import formats
from forms.form import FILES, SILENT, Check, Field, Kind, Option, Sensitive
from forms.texts import Text

FORMATS: dict[str, Kind] = formats.KIND_OF
STANDARD: dict[str, Kind] = {
    "std:date-range": "date-range",
    "std:half-day-range": "half-day-range",
    "std:money": "money",
    "std:person": "person",
    "std:department": "department",
    "std:attachment": "attachment",
    "std:photo": "photo",
    "std:case": "case",
    "std:address": "group",
    "std:certificate": "group",
    "std:opinion": "opinion",
}
#: the fields of std:address
ADDRESS = (
    Field(name="region", kind="region", title={"zh": "省、市、区县", "en": "Province, city, county"}),
    Field(name="detail", kind="text", title={"zh": "详细地址", "en": "Street and number"}, max_length=200),
)  # fmt: skip
#: the fields of std:certificate, those first that a required one must have
CERTIFICATE = (
    Field(name="name", kind="text", title={"zh": "证照名称", "en": "Certificate"}, max_length=100),
    Field(name="number", kind="text", title={"zh": "证照编号", "en": "Number"}, max_length=100),
    Field(name="holder", kind="text", title={"zh": "持证主体", "en": "Holder"}, max_length=100),
    Field(name="authority", kind="text", title={"zh": "发证机关", "en": "Issued by"}, max_length=100),
    Field(name="issued", kind="date", title={"zh": "发证日期", "en": "Issued on"}),
    Field(name="until", kind="date", title={"zh": "有效期至", "en": "Valid until"}, help={"zh": "长期有效的不填", "en": "Empty where it does not end"}),
)  # fmt: skip
#: what every field may say
COMMON = {"type", "$ref", "title", "description", "default", "x-from", "x-compute", "x-visible", "x-required", "x-readonly", "x-default"}
TYPED = {"x-placeholder", "x-sensitive"}
#: kinds of text that nobody types: a date is picked
CHOSEN: tuple[Kind, ...] = ("date", "datetime", "time", "month", "region")
#: what a kind may say besides
FITS: dict[Kind, set[str]] = {
    "text": {"minLength", "maxLength", "pattern", "x-widget", "x-unit"} | TYPED,
    "textarea": {"minLength", "maxLength", "pattern", "x-widget"} | TYPED,
    "integer": {"minimum", "maximum", "x-unit", "x-placeholder", "x-widget"},
    "number": {"minimum", "maximum", "x-unit", "x-placeholder"},
    "money": {"minimum", "maximum", "x-placeholder", "x-widget"},
    "date-range": set(),
    "half-day-range": set(),
    "choice": {"oneOf", "enum", "x-options", "x-widget", "x-other", "x-under"},
    "choices": {"items", "x-options", "x-widget", "x-other", "x-under", "minItems", "maxItems", "uniqueItems"},
    "boolean": {"x-widget", "const"},
    "rich-text": {"contentMediaType", "minLength", "maxLength"},
    "person": set(),
    "department": set(),
    "case": {"x-apps"},
    "attachment": {"minItems", "maxItems", "x-types", "x-max-size", "x-later"},
    "photo": {"minItems", "maxItems", "x-max-size", "x-later"},
    "table": {"items", "minItems", "maxItems"},
    "group": {"properties", "required", "x-checks"},
    "note": {"x-image", "x-alt"},
    "opinion": {"x-step"},
}
FITS.update((kind, {"format"} if kind in CHOSEN else {"format"} | TYPED) for kind in formats.CODES)
#: what a group leaves to the fields in it, and a note has no use for
NOT_OF_GROUPS = {"default", "x-compute", "x-required", "x-readonly", "x-default"}
#: kinds that are masked without being told so
SENSITIVE: dict[Kind, Sensitive] = {kind: code.sensitive for kind, code in formats.CODES.items() if code.sensitive}
#: what a photo may be
PICTURES = ("picture",)
WIDGETS: dict[Kind, tuple[str, ...]] = {
    "text": ("textarea",),
    "textarea": ("textarea",),
    "integer": ("rating",),
    "money": ("capitals",),
    "choice": ("radio", "select", "search"),
    "choices": ("checkbox", "select"),
    "boolean": ("checkbox", "radio"),
}
#: columns whose sum may stand below their table
FIGURES: tuple[Kind, ...] = ("integer", "number", "money")
#: groups within groups
DEEPEST = 3


def kind_of(node: Mapping) -> Kind | None:
    """The kind of a field whose shape is right."""
    if reference := words(node.get("$ref")):
        return STANDARD.get(reference)
    match words(node.get("type")):
        case "string":
            if any(key in node.entries for key in ("oneOf", "enum", "x-options")):
                return "choice"
            if kind := FORMATS.get(words(node.get("format")) or ""):
                return kind
            if "contentMediaType" in node.entries:
                return "rich-text"
            return "textarea" if words(node.get("x-widget")) == "textarea" else "text"
        case "integer":
            return "integer"
        case "number":
            return "number"
        case "boolean":
            return "boolean"
        case "object":
            return "group"
        case "null":
            return "note"
        case "array":
            inner = mapping(node.get("items"))
            return "table" if inner and words(inner.get("type")) == "object" else "choices"
        case _:
            return None


def read(draft: AppDraft, field: FieldDraft, required: bool, english: English, *path: str, around: tuple[Kind, ...] = ()) -> Field | None:
    """The field as the runtime reads it; None when it has problems, which are said. ``around``: the kinds of what it stands in."""
    node, problems = field.node, draft.problems
    kind = kind_of(node) if isinstance(node, Mapping) else None
    if not isinstance(node, Mapping) or kind is None:
        return None
    before = problems.errors()
    fit(node, kind, around, problems)
    limits(node, problems)
    options = read_options(draft, node, kind, english, *path)
    must = {words(name) for name in items(field.inner.get("required"))} if field.inner else set[str | None]()
    for name, column in field.columns.items():
        column.field = read(draft, column, name in must, english, *path, "fields", name, around=(*around, kind))
    broken = any(column.field is None for column in field.columns.values())
    if problems.errors() > before or broken:
        return None
    inner = tuple(column.field for column in field.columns.values() if column.field)
    rules = checks(field.inner, english, *path) if field.inner else ()
    if words(node.get("$ref")) == "std:address":
        inner = tuple(msgspec.structs.replace(part, required=required) for part in ADDRESS)
    elif words(node.get("$ref")) == "std:certificate":
        inner = tuple(msgspec.structs.replace(part, required=required and place < 2) for place, part in enumerate(CERTIFICATE))
        rules = (Check(that=f"{named(path[2::2], around)}.until >= today", message=EXPIRED, field="until"),)
    return Field(
        name=field.name,
        kind=kind,
        title=english.text(node.get("title"), *path, "title") or {"zh": field.name},
        help=english.text(node.get("description"), *path, "help"),
        placeholder=english.text(node.get("x-placeholder"), *path, "placeholder"),
        options=options,
        under=words(node.get("x-under")),
        other=yes(node.get("x-other")),
        promise=yes(node.get("const")),
        required=required,
        visible=words(node.get("x-visible")),
        required_if=words(node.get("x-required")),
        readonly=words(node.get("x-readonly")),
        compute=words(node.get("x-compute")),
        default_from=words(node.get("x-default")),
        lookup=lookup_file.read(node.get("x-from")),
        default=data(default) if (default := node.get("default")) else None,
        sensitive=cast(Any, words(node.get("x-sensitive"))) or SENSITIVE.get(kind),
        widget=words(node.get("x-widget")),
        unit=english.text(node.get("x-unit"), *path, "unit"),
        minimum=number(node.get("minimum")),
        maximum=number(node.get("maximum")),
        min_length=whole(node.get("minLength")),
        max_length=whole(node.get("maxLength")),
        pattern=words(node.get("pattern")),
        fields=inner,
        min_items=whole(node.get("minItems")),
        max_items=whole(node.get("maxItems")),
        checks=rules,
        total=yes(node.get("x-total")),
        apps=tuple(app for item in items(node.get("x-apps")) if (app := words(item))),
        types=PICTURES if kind == "photo" else tuple(name for item in items(node.get("x-types")) if (name := words(item))),
        max_bytes=size(words(node.get("x-max-size"))),
        later=materials.later(field.name, node),
        step=words(node.get("x-step")),
        image=pictures.read(draft, node, english, *path) if kind == "note" else None,
    )


EXPIRED: Text = {"zh": "这份证照已经过了有效期", "en": "This certificate is no longer valid"}


def named(names: tuple[str, ...], around: tuple[Kind, ...]) -> str:
    """A field in an expression about it: within a table, of the row."""
    table = next((place for place, kind in enumerate(around) if kind == "table"), None)
    return ".".join(names if table is None else ("row", *names[table + 1 :]))


def checks(holder: Mapping, english: English, *path: str) -> tuple[Check, ...]:
    """The rules across the fields that ``holder`` declares."""
    found: list[Check] = []
    for number, node in enumerate(items(holder.get("x-checks"))):
        check = mapping(node)
        that, field = (words(check.get("that")), words(check.get("field"))) if check else (None, None)
        message = english.text(check.get("message"), *path, "checks", number) if check else None
        if that and field and message:
            found.append(Check(that=that, message=message, field=field))
    return tuple(found)


def fit(node: Mapping, kind: Kind, around: tuple[Kind, ...], problems: Problems) -> None:
    """Each keyword belongs to the kind, and the kind to where it stands."""
    if kind == "table" and "table" in around:
        problems.add(node, "column-kind", "明细的列不能又是明细", "A column of a table cannot be a table itself")
    elif kind == "opinion" and around:
        problems.add(
            node, "column-kind", "意见是单独的字段，不能放进明细或组里", "An opinion is a field of its own, not of a row or a group"
        )
    elif kind == "group" and len(around) >= DEEPEST:
        problems.add(node, "column-kind", f"组最多套 {DEEPEST} 层", f"Groups stand in one another {DEEPEST} deep at most")
    allowed = (COMMON | FITS[kind]) - ({"$ref"} if "type" in node.entries else {"type"})
    if kind == "group" or kind in SILENT:
        allowed -= NOT_OF_GROUPS
    if kind in FILES or kind in SILENT:
        allowed -= {"x-from"}
    if around:
        allowed -= {"x-later"}
    if kind in FIGURES and around[-1:] == ("table",):
        allowed |= {"x-total"}
    for name, entry in node.entries.items():
        if name not in allowed:
            free = sorted(allowed - set(node.entries))
            problems.add(
                entry.key,
                "keyword-does-not-fit",
                f"{name} 不适用于这种字段（{kind}）。可以写：{phrases.listed(free, 'zh')}",
                f"{name} does not fit this kind of field ({kind}). Allowed: {phrases.listed(free, 'en')}",
            )
    widget = node.get("x-widget")
    if widget and kind in WIDGETS and words(widget) not in WIDGETS[kind]:
        some = WIDGETS[kind]
        problems.add(
            widget,
            "keyword-does-not-fit",
            f"这种字段的 x-widget 只能是：{phrases.listed(some, 'zh')}",
            f"x-widget of this kind of field is one of: {phrases.listed(some, 'en')}",
        )


def limits(node: Mapping, problems: Problems) -> None:
    """A lower limit is not above the upper one."""
    for low, high in (("minimum", "maximum"), ("minLength", "maxLength"), ("minItems", "maxItems")):
        least, most = number(node.get(low)), number(node.get(high))
        if least is not None and most is not None and least > most:
            problems.add(
                node.entries[high].value,
                "limits-crossed",
                f"{high} 比 {low} 小，什么也填不进去",
                f"{high} is below {low}: nothing could be filled in",
                related=[(node.entries[low].value, {"zh": f"{low} 写在这里", "en": f"{low} is here"})],
            )


def read_options(draft: AppDraft, node: Mapping, kind: Kind, english: English, *path: str) -> tuple[Option, ...]:
    """The choices, from one of the three places where they can be written."""
    if kind not in ("choice", "choices"):
        return ()
    problems = draft.problems
    inner = mapping(node.get("items")) if kind == "choices" else node
    written = [entry for entry in ("oneOf", "enum") if inner and entry in inner.entries]
    shared = node.get("x-options")
    if len(written) + (shared is not None) > 1:
        problems.add(
            node, "options-twice", "选项只能写一处：oneOf、enum 或 x-options", "Options are written once: oneOf, enum or x-options"
        )
        return ()
    if isinstance(shared, Mapping):
        return dictionary(draft, shared.get("dictionary"))
    if not written or inner is None:
        problems.add(
            node,
            "missing-options",
            "多选要写选项：items 里写 oneOf 或 enum，或写 x-options",
            "Options are missing: oneOf or enum in items, or x-options",
        )
        return ()
    values = Registry({"zh": "选项", "en": "option"}, "unknown-option")
    found: list[Option] = []
    for item in items(inner.get(written[0])):
        value = values.declare(item.get("const") if isinstance(item, Mapping) else item, problems)
        title = words(item.get("title")) if isinstance(item, Mapping) else value
        if value and title:
            said = english.say(title, *path, "options", value)
            parent, visible = (words(item.get(key)) if isinstance(item, Mapping) else None for key in ("x-parent", "x-visible"))
            found.append(Option(value=value, title=said, parent=parent, visible=visible))
    return tuple(found)


def dictionary(draft: AppDraft, node: Node | None) -> tuple[Option, ...]:
    """The options of a shared list."""
    name = words(node)
    if node is None or name is None:
        return ()
    if name not in draft.dictionaries:
        draft.problems.add(
            node, "unknown-dictionary", f"没有共用选项“{name}”", f"There is no dictionary “{name}”", among=draft.dictionaries
        )
        return ()
    return draft.dictionaries[name]


def yes(node: Node | None) -> bool:
    """Whether it says true."""
    return isinstance(node, Scalar) and node.value is True


def number(node: Node | None) -> float | None:
    """Always a float: a release that is read back from its JSON must be the same to the byte."""
    value = node.value if isinstance(node, Scalar) else None
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def size(text: str | None) -> int | None:
    """``10 MB`` in bytes."""
    number, _, unit = (text or "").partition(" ")
    return int(number) * {"KB": 1024, "MB": 1024 * 1024}[unit] if number.isdigit() else None


def whole(node: Node | None) -> int | None:
    value = number(node)
    return None if value is None else int(value)
