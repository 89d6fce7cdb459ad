"""Forms of form.io, those of the Norwegian labour and welfare office among them, as our form.yaml."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple, cast

from builder.importing import script
from builder.importing.forms import Item, Loss, Names, app, place, plain
from builder.importing.script import Place, Untranslatable
from builder.importing.written import Draft
from forms.expressions import LONGEST

Component = dict[str, Any]

#: hold no answer and put others on the page
LAYOUT = frozenset({"panel", "navSkjemagruppe", "fieldset", "row", "columns", "well", "table", "tabs", "content-group", "accordion-group"})
STATIC = frozenset({"alertstripe", "htmlelement", "content", "image", "accordion"})
NOTHING = frozenset({"button"})
GROUPS = frozenset({"container"})
TABLES = frozenset({"datagrid", "editgrid"})
#: kinds of text, with what JSON Schema calls their form
TEXTS = {"textfield": "", "firstName": "", "surname": "", "phoneNumber": "", "textarea": "", "email": "email", "url": "uri", "sender": "",
         "fnrfield": "", "orgNr": "", "bankAccount": "", "landvelger": "", "password": "", "hidden": ""}  # fmt: skip
#: what a kind checks by a function of the product
CHECKED = {"fnrfield": "fødselsnummer", "orgNr": "organisasjonsnummer", "bankAccount": "kontonummer"}
YES_NO = (("ja", "Ja"), ("nei", "Nei"))
#: answers with parts, as the office's own components have them: key, kind, choices
PARTS: dict[str, tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...]] = {
    "identity": (("harDuFodselsnummer", "choice", YES_NO), ("identitetsnummer", "string", ()), ("fodselsdato", "date", ())),
    "navAddress": (
        ("borDuINorge", "choice", YES_NO),
        ("vegadresseEllerPostboksadresse", "choice", (("vegadresse", "Vegadresse"), ("postboksadresse", "Postboksadresse"))),
        *((key, "string", ()) for key in ("co", "adresse", "postboks", "bygning", "postnummer", "bySted", "region", "land")),
    ),
    "addressValidity": (("gyldigFraOgMed", "date", ()), ("gyldigTilOgMed", "date", ())),
}
DELIVERIES = {"leggerVedNaa": "Legger ved nå", "ettersender": "Ettersender", "levertTidligere": "Levert tidligere", "nei": "Nei",
              "harIkke": "Har ikke", "andre": "Sendes av andre", "nav": "NAV innhenter"}  # fmt: skip


class Imported(NamedTuple):
    """What became of a form, and how much of it came along."""

    draft: Draft
    losses: list[Loss]
    #: of the original, and of these what the app has
    inputs: int
    inputs_kept: int
    conditions: int
    conditions_kept: int
    #: the component with its condition, the CEL that became of it, and what holds the component
    translated: list[tuple[Component, str, Item | None]]
    items: list[Item]


def read(form: Component, id: str, owner: str) -> Imported:
    """The app that ``form`` makes."""
    return _Making(form, id, owner).run()


@dataclass
class _Waiting:
    """A condition, to be translated when all fields are known."""

    component: Component
    targets: list[Item] = field(default_factory=list[Item])
    section: dict[str, Any] | None = None
    holder: Item | None = None


class _Making:
    def __init__(self, form: Component, id: str, owner: str) -> None:
        self.form, self.id, self.owner = form, id, owner
        self.top: list[Item] = []
        self.sections: list[dict[str, Any]] = []
        self.names = Names()
        self.losses: list[Loss] = []
        self.waiting: list[_Waiting] = []
        self.calculated: list[tuple[Component, Item]] = []
        #: fields whose condition cannot hold
        self.never: dict[Item, None] = {}
        self.inputs = self.kept = self.conditions = self.carried = 0
        self.translated: list[tuple[Component, str, Item | None]] = []

    def run(self) -> Imported:
        for component in self.form.get("components", []):
            if component.get("type") == "panel":
                self.section(component)
            else:
                self.add(component, None, self.current())
        self.conditions_of()
        for component, item in self.calculated:
            self.calculation(component, item)
        self.sections = [section for section in self.sections if section["fields"]]
        title = plain(self.form.get("title") or self.form.get("name") or self.id)
        draft = app(self.id, title, self.owner, "form.io", self.sections, self.top)
        return Imported(draft, self.losses, self.inputs, self.kept, self.conditions, self.carried, self.translated, self.top)

    def section(self, panel: Component) -> None:
        section: dict[str, Any] = {"section": plain(panel.get("title") or panel.get("label")) or "—", "fields": []}
        self.sections.append(section)
        if _conditional(panel):
            self.waiting.append(_Waiting(panel, section=section))
        for component in _inside(panel):
            self.add(component, None, section)

    def current(self) -> dict[str, Any]:
        if not self.sections:
            self.sections.append({"section": plain(self.form.get("title")) or "—", "fields": []})
        return self.sections[-1]

    def add(self, component: Component, holder: Item | None, section: dict[str, Any]) -> list[Item]:
        """The items of ``component``, put where it stands."""
        kind = component.get("type", "")
        if kind in NOTHING:
            return []
        if kind in LAYOUT:
            found = [item for inner in _inside(component) for item in self.add(inner, holder, section)]
        else:
            made = self.item(component, holder)
            found = [made] if made else []
            for item in found:
                if holder is None:
                    self.top.append(item)
                    section["fields"].append(item.name)
                else:
                    holder.children.append(item)
            if made and kind in GROUPS | TABLES:
                for inner in _inside(component):
                    self.add(inner, made, section)
                if not made.children:
                    self.drop(made, section)
                    return []
        if _conditional(component):
            self.waiting.append(_Waiting(component, targets=found, holder=holder))
        return found

    def drop(self, item: Item, section: dict[str, Any]) -> None:
        (item.holder.children if item.holder else self.top).remove(item)
        if item.holder is None:
            section["fields"].remove(item.name)

    def item(self, component: Component, holder: Item | None) -> Item | None:
        kind, key = component.get("type", ""), str(component.get("key", ""))
        names = self.names if holder is None else _names(holder)
        title = plain(component.get("label") or component.get("legend") or component.get("title") or key) or key
        item = Item(key, "", "string", {"title": title}, holder, required=_yes(_validate(component).get("required")))
        if help := plain(component.get("description"), 2000):
            item.definition["description"] = help
        if kind in STATIC:
            item.kind, item.required = "note", False
            words = plain(component.get("content") or component.get("title"), 2000)
            item.definition = {"title": plain(component.get("title")) or "说明", "type": "null"} | ({"description": words} if words else {})
            if kind == "image":
                self.lose(key, "图片没有带过来", "the picture", "words")
        else:
            if kind not in GROUPS:
                self.inputs += 1
            if not self.shape(item, component, kind):
                return None
            if kind not in GROUPS:
                self.kept += 1
        item.name = names.of(key)
        if component.get("calculateValue"):
            self.calculated.append((component, item))
        checked = str(_validate(component).get("custom") or "")
        if checked.strip() and "instance.validateDatePicker" not in checked:
            self.lose(key, f"自定义校验没有带过来：{checked[:60]}", f"the check {checked[:60]}", "check")
        return item

    def shape(self, item: Item, component: Component, kind: str) -> bool:
        """Writes what the item holds; False, and said, where there is nothing like it."""
        written, limits = item.definition, _validate(component)
        if kind in TEXTS:
            written["type"] = "string"
            if TEXTS[kind]:
                written["format"] = TEXTS[kind]
            if kind == "textarea":
                written["x-widget"] = "textarea"
            for theirs, ours in (("minLength", "minLength"), ("maxLength", "maxLength")):
                if (limit := _number(limits.get(theirs))) is not None and not TEXTS[kind]:
                    written[ours] = min(int(limit), 10_000)
            if kind in CHECKED:
                self.lose(item.key, f"{CHECKED[kind]} 的校验位没有核对", f"the check digit of {CHECKED[kind]}", "check")
            if kind == "landvelger":
                self.lose(
                    item.key, "国家名单来自外部服务，改为填写文字", "the list of countries comes from a service: it is typed", "input"
                )
        elif kind in ("number", "currency", "year"):
            item.kind = "number"
            written["type"] = "number"
            low, high = (_number(limits.get(name) if kind != "year" else limits.get(f"{name}Year")) for name in ("min", "max"))
            written |= {name: limit for name, limit in (("minimum", low), ("maximum", high)) if limit is not None}
            if kind == "currency":
                written["x-unit"] = str(component.get("currency") or "NOK")
        elif kind in ("radiopanel", "radio", "select", "navSelect", "selectboxes"):
            return self.options(item, component, kind)
        elif kind in ("navCheckbox", "checkbox"):
            item.kind = "boolean"
            written["type"] = "boolean"
            if item.required:
                written["const"] = True
        elif kind in ("navDatepicker", "day", "datetime", "monthPicker", "time"):
            formats = {"monthPicker": "month", "datetime": "date-time", "time": "time"}
            written |= {"type": "string", "format": formats.get(kind, "date")}
            if any(
                component.get(name) not in (None, "", False)
                for name in ("beforeDateInputKey", "earliestAllowedDate", "latestAllowedDate", "mayBeEqual")
            ):
                self.lose(item.key, "日期的先后或范围没有带过来", "the window of the date", "check")
        else:
            return self.composed(item, component, kind)
        return True

    def composed(self, item: Item, component: Component, kind: str) -> bool:
        """The same for what has parts, and materials that are to be handed in."""
        written, limits = item.definition, _validate(component)
        if kind == "attachment":
            offered: dict[str, Component] = component.get("attachmentValues") or {}
            chosen = [name for name, value in offered.items() if value.get("enabled")]
            self.choose(item, [(name, DELIVERIES.get(name, name)) for name in chosen or ["leggerVedNaa", "ettersender"]])
        elif kind in PARTS:
            item.kind = "group"
            inner = Names(top=False)
            for key, of, choices in PARTS[kind]:
                part = Item(key, inner.of(key), of if of != "date" else "string", {"title": key}, item)
                if choices:
                    self.choose(part, list(choices))
                else:
                    part.definition |= {"type": "string"} | ({"format": "date"} if of == "date" else {})
                item.children.append(part)
            item.required = False
        elif kind in GROUPS:
            item.kind, item.required = "group", False
        elif kind in TABLES:
            if item.holder is not None and any(above.kind == "table" for above in item.holder.chain()):
                self.lose(item.key, "明细里的明细没有带过来", "rows within rows", "input")
                return False
            item.kind = "table"
            written |= {
                name: int(limit)
                for name, key in (("minItems", "minLength"), ("maxItems", "maxLength"))
                if (limit := _number(limits.get(key)))
            }
        else:
            self.lose(item.key, f"没有 {kind} 这种字段", f"there is no field like {kind}", "input")
            return False
        return True

    def options(self, item: Item, component: Component, kind: str) -> bool:
        data: Component = component.get("data") or {}
        values: list[Component] = component.get("values") or (data.get("values") or [])
        found = [
            (str(value["value"]), plain(value.get("label")) or str(value["value"]))
            for value in values
            if value.get("value") not in (None, "")
        ]
        found = list(dict(found).items())
        if not found:
            item.definition["type"] = "string"
            self.lose(item.key, "选项来自外部服务，改为填写文字", "its options come from a service: it is typed", "input")
            return True
        self.choose(item, found)
        if kind == "selectboxes":
            item.kind = "choices"
            options = item.definition.pop("oneOf")
            item.definition |= {"type": "array", "items": {"type": "string", "oneOf": options}}
            if item.required:
                item.definition["minItems"] = 1
        return True

    def choose(self, item: Item, options: list[tuple[str, str]]) -> None:
        item.kind, item.options = "choice", tuple(value for value, _ in options)
        item.definition |= {"type": "string", "oneOf": [{"const": value, "title": title} for value, title in options]}

    def conditions_of(self) -> None:
        """Translates what is waiting, anew as long as that shows fields that are never seen: what reads one reads nothing."""
        known, lost = -1, list(self.losses)
        while known < len(self.never):
            known, self.losses, self.translated, self.conditions, self.carried = len(self.never), list(lost), [], 0, 0
            for item in self.walk_all(self.top):
                item.shown.clear()
            for section in self.sections:
                section.pop("x-visible", None)
            for waiting in self.waiting:
                self.condition(waiting)
        for item in self.never:
            self.lose(item.key, "原来就从不显示，没有带过来", "it was never shown", "never")
            self.remove(item)
        there = set(self.walk_all(self.top))
        self.translated = [entry for entry in self.translated if entry[2] is None or entry[2] in there]

    def walk_all(self, items: list[Item]) -> Iterator[Item]:
        for item in items:
            yield item
            yield from self.walk_all(item.children)

    def remove(self, item: Item) -> None:
        (item.holder.children if item.holder else self.top).remove(item)
        for section in self.sections:
            if item.holder is None and item.name in section["fields"]:
                section["fields"].remove(item.name)
        if item.holder is not None and not item.holder.children and item.holder not in self.never:
            self.remove(item.holder)

    def condition(self, waiting: _Waiting) -> None:
        component = waiting.component
        self.conditions += 1
        targets = waiting.targets
        if waiting.section is not None:
            targets = [item for item in self.top if item.name in waiting.section["fields"]]
        try:
            text = self.translate(component, waiting.holder)
        except Untranslatable as reason:
            self.lose(str(component.get("key")), f"显示条件没有带过来（{reason}）", f"its condition: {reason}", "condition")
            return
        if len(text) > LONGEST:
            self.lose(
                str(component.get("key")),
                f"显示条件超过 {LONGEST} 个字符",
                f"its condition is longer than {LONGEST} characters",
                "condition",
            )
            return
        self.carried += 1
        self.translated.append((component, text, waiting.holder))
        if text == "false":
            self.never |= dict.fromkeys(targets)
        elif text != "true" and waiting.section is not None:
            waiting.section["x-visible"] = text
        elif text != "true":
            for item in targets:
                item.shown.append(text)

    def translate(self, component: Component, holder: Item | None) -> str:
        """The condition of ``component`` as CEL."""

        def find(path: tuple[str, ...]) -> list[Place]:
            return list(self.find(path, holder))

        if text := str(component.get("customConditional") or "").strip():
            return script.condition(script.parse(text, "show"), find)
        simple: Component = component["conditional"]
        path = ("when", *str(simple["when"]).split("."))
        tree = script.Op("===", (script.Ref(path), script.Lit(_said(simple.get("eq")))))
        shown = str(simple.get("show")).lower() == "true"
        return script.condition(tree if shown else script.Op("!", (tree,)), find)

    def calculation(self, component: Component, item: Item) -> None:
        def find(path: tuple[str, ...]) -> list[Place]:
            return list(self.find(path, item.holder))

        try:
            text = script.amount(script.parse(str(component["calculateValue"]), "value"), find)
        except Untranslatable as reason:
            self.lose(item.key, f"计算没有带过来（{reason}）", f"its calculation: {reason}", "condition")
            return
        if item.kind != "number":
            self.lose(item.key, "计算的结果不是数", "its calculation gives no number", "condition")
            return
        item.definition["x-compute"] = text
        item.required = False
        for limit in ("minimum", "maximum"):
            item.definition.pop(limit, None)

    def find(self, path: tuple[str, ...], holder: Item | None) -> Iterator[Place]:
        """The fields that ``path`` may mean where ``holder`` holds what reads it."""
        root, *keys = path
        if root == "":
            # rows of a table that a script goes over
            yield from (found for item, rest in self.walk(self.top, keys[1:]) if (found := _place(item, rest, holder, rows=True)))
            return
        starts: list[list[Item]] = []
        if root in ("row", "when"):
            starts = [above.children for above in reversed(holder.chain())] if holder else []
        if root in ("data", "row", "when"):
            starts.append(self.top)
        for start in starts:
            found = [at for item, rest in self.walk(start, keys) if (at := _place(item, rest, holder))]
            if found:
                yield from found
                return

    def walk(self, items: list[Item], keys: list[str]) -> Iterator[tuple[Item, list[str]]]:
        for item in items:
            if item.key != keys[0] or item.kind == "note" or item in self.never:
                continue
            if len(keys) > 1 and item.kind in ("group", "table"):
                yield from self.walk(item.children, keys[1:])
            else:
                yield item, keys[1:]

    def lose(self, where: str, zh: str, en: str, kind: str) -> None:
        self.losses.append(Loss(where, {"zh": zh, "en": en}, kind))


def _place(item: Item, rest: list[str], reader: Item | None, *, rows: bool = False) -> Place | None:
    found = place(item, reader, rows=rows)
    if found is None or not rest:
        return found
    if item.kind == "choices" and len(rest) == 1:
        return found._replace(kind="picked", options=(rest[0],)) if rest[0] in item.options else None
    raise Untranslatable(f"the part {'.'.join(rest)} of an answer")


def _names(holder: Item) -> Names:
    names = Names(top=False)
    names.taken |= {child.name for child in holder.children}
    return names


def _inside(component: Component) -> list[Component]:
    columns: list[Component] = component.get("columns") or []
    parts: list[list[Component]] = [part.get("components") or [] for part in (component, *columns)]
    return [inner for part in parts for inner in part]


def _conditional(component: Component) -> bool:
    simple: Any = component.get("conditional") or {}
    return bool(str(component.get("customConditional") or "").strip() or (isinstance(simple, dict) and cast(Component, simple).get("when")))


def _validate(component: Component) -> Component:
    return component.get("validate") or {}


def _yes(value: Any) -> bool:
    return value is True or value == "true"


def _number(value: Any) -> float | int | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return int(number) if number.is_integer() else number


def _said(value: Any) -> Any:
    """What a simple condition compares with: form.io writes all of it as text."""
    return {"true": True, "false": False}.get(str(value), value) if isinstance(value, str | bool) else value
