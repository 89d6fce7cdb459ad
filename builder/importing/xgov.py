"""Forms of the XGov digital form builder, those of English grants among them: pages become sections, the ways between them conditions."""

from typing import Any, cast

from builder.importing.formio import Imported
from builder.importing.forms import Item, Loss, Names, app, plain
from forms.expressions import LONGEST

Data = dict[str, Any]
STATIC = frozenset({"Para", "Html", "Details", "InsetText", "FlashCard", "WarningText"})
TEXTS = {"TextField": "", "FreeTextField": "", "MultilineTextField": "", "TelephoneNumberField": "", "EmailAddressField": "email",
         "WebsiteField": "uri", "DatePartsField": "date", "DateField": "date", "DatePickerField": "date", "TimeField": "time",
         "DateTimeField": "date-time", "MonthYearField": "month"}  # fmt: skip
CHOICES = frozenset({"RadiosField", "SelectField", "AutocompleteField"})
FILES = frozenset({"ClientSideFileUploadField", "FileUploadField"})
ADDRESS = (("addressLine1", True), ("addressLine2", False), ("town", True), ("county", False), ("postcode", True))
#: what options of a component are carried over, or are about how a page looks there
OPTIONS = frozenset({"required", "classes", "hideTitle", "optionalText", "rows", "prefix", "suffix", "bold", "hideOptional"})


def read(root: Data, id: str, owner: str) -> Imported:
    """The app that the form ``root`` makes. Raises ValueError where it has no pages."""
    if not isinstance(root.get("pages"), list):
        raise ValueError("no pages")  # noqa: TRY004 - what is wrong is the text, not a type of ours
    return _Making(root, id, owner).run()


class _Making:
    def __init__(self, root: Data, id: str, owner: str) -> None:
        self.root, self.id, self.owner = root, id, owner
        self.pages: dict[str, Data] = {str(page.get("path")): page for page in root["pages"]}
        self.lists: dict[str, Data] = {str(found.get("name")): found for found in root.get("lists", [])}
        self.written: dict[str, Data] = {str(found.get("name")): found for found in root.get("conditions", [])}
        self.losses: list[Loss] = []
        self.names = Names()
        self.items: dict[str, Item] = {}
        self.inputs = self.kept = self.conditions = self.carried = 0

    def lose(self, where: str, zh: str, en: str, kind: str = "check") -> None:
        self.losses.append(Loss(where, {"zh": zh, "en": en}, kind))

    def run(self) -> Imported:
        top: list[Item] = []
        sections: list[tuple[str, Data]] = []
        for path, page in self.pages.items():
            made = [item for component in page.get("components", []) if (item := self.component(component, None))]
            top += made
            if made:
                sections.append((path, {"section": plain(page.get("title")) or "—", "fields": [item.name for item in made]}))
        for path, section in sections:
            if shown := self.shown(path):
                section["x-visible"] = shown
        title = plain(self.root.get("name") or next(iter(self.pages.values()), dict[str, Any]()).get("title")) or self.id
        for key in ("fees", "feedback", "outputs"):
            if self.root.get(key):
                self.lose(key, f"{key} 没有带过来", key, "words")
        draft = app(self.id, title, self.owner, "XGov", [section for _, section in sections], top)
        return Imported(draft, self.losses, self.inputs, self.kept, self.conditions, self.carried, [], top)

    def component(self, component: Data, holder: Item | None) -> Item | None:
        kind, key = str(component.get("type", "")), str(component.get("name", ""))
        options = cast(Data, component.get("options") or {})
        title = plain(component.get("title")) or key or "—"
        item = Item(key, "", "string", {"title": title}, holder, required=options.get("required") is not False)
        if kind in STATIC:
            item.kind, item.required = "note", False
            words = plain(component.get("content"), 2000)
            item.definition |= {"type": "null"} | ({"description": words} if words else {})
            item.definition["title"] = plain(component.get("title")) or "说明"
        else:
            self.inputs += 1
            if hint := plain(component.get("hint"), 2000):
                item.definition["description"] = hint
            for option in options:
                if option not in OPTIONS:
                    self.lose(key, f"没有与选项 {option} 对应的写法", f"nothing here is like the option {option}")
            if not self.shape(item, component, kind):
                self.lose(key, f"没有 {kind} 这种字段", f"there is no field like {kind}", "input")
                return None
            self.kept += 1
        item.name = (self.names if holder is None else _beside(holder)).of(key or title)
        self.items[key] = item
        return item

    def shape(self, item: Item, component: Data, kind: str) -> bool:
        written = item.definition
        limits = cast(Data, component.get("schema") or {})
        if kind in TEXTS:
            written["type"] = "string"
            if TEXTS[kind]:
                written["format"] = TEXTS[kind]
            else:
                written |= {
                    ours: int(limit)
                    for theirs, ours in (("min", "minLength"), ("max", "maxLength"))
                    if (limit := _number(limits.get(theirs)))
                }
                if kind in ("FreeTextField", "MultilineTextField"):
                    written["x-widget"] = "textarea"
        elif kind == "YesNoField":
            item.kind = "boolean"
            written |= {"type": "boolean", "x-widget": "radio"}
        elif kind == "NumberField":
            item.kind = "number"
            written["type"] = "number"
            written |= {
                name: limit
                for theirs, name in (("min", "minimum"), ("max", "maximum"))
                if (limit := _number(limits.get(theirs))) is not None
            }
        elif kind in CHOICES or kind == "CheckboxesField":
            found = self.lists.get(str(component.get("list")), {})
            listed = {str(entry.get("value")): plain(entry.get("text")) or str(entry.get("value")) for entry in found.get("items", [])}
            if not listed:
                return False
            if len(listed) > 500:
                return False
            item.options = tuple(listed)
            options = [{"const": value[:250], "title": title} for value, title in listed.items()]
            item.kind = "choices" if kind == "CheckboxesField" else "choice"
            written |= (
                {"type": "array", "items": {"type": "string", "oneOf": options}}
                if item.kind == "choices"
                else {"type": "string", "oneOf": options}
            )
        elif kind in FILES:
            written["$ref"] = "std:attachment"
        elif kind == "UkAddressField":
            item.kind, item.required = "group", False
            inner = Names(top=False)
            item.children = [
                Item(part, inner.of(part), "string", {"title": part, "type": "string"}, item, required=must) for part, must in ADDRESS
            ]
        elif kind == "MultiInputField":
            item.kind = "table"
            for child in cast("list[dict[str, Any]]", component.get("children") or component.get("components") or []):
                if made := self.component(child, item):
                    item.children.append(made)
            return bool(item.children)
        else:
            return False
        return True

    # --- which pages are seen ---

    def shown(self, path: str) -> str:
        """When the page at ``path`` is come to; "" where every way leads over it."""
        ways = [(source, link) for source, page in self.pages.items() for link in page.get("next", []) if link.get("path") == path]
        if path == self.root.get("startPage") or not ways or not self.avoidable(path):
            return ""
        terms: list[str] = []
        for source, link in ways:
            self.conditions += 1
            term = self.way(source, link, frozenset({path}))
            if term is None:
                self.lose(path, "来到这一页的条件没有带过来", "when this page is come to", "condition")
                return ""
            self.carried += 1
            if not term:
                return ""
            terms.append(term)
        text = " || ".join(f"({term})" for term in dict.fromkeys(terms)) if len(terms) > 1 else terms[0]
        if len(text) > LONGEST:
            self.lose(path, "来到这一页的条件太长", "the condition of this page is too long", "condition")
            return ""
        return text

    def avoidable(self, path: str) -> bool:
        """Whether some way from the first page to an end does not lead over it."""
        ahead, seen = [str(self.root.get("startPage"))], {path}
        while ahead:
            at = ahead.pop()
            if at in seen or at not in self.pages:
                continue
            seen.add(at)
            links = self.pages[at].get("next", [])
            if not links:
                return True
            ahead += [str(link.get("path")) for link in links]
        return False

    def way(self, source: str, link: Data, seen: frozenset[str]) -> str | None:
        """When ``link`` is taken from the page ``source``; None: that is not known. An answer of a page that is not seen counts as none."""
        others = [other for other in self.pages[source].get("next", []) if other is not link and other.get("condition")]
        if link.get("condition"):
            return self.condition(str(link["condition"]))
        parts: list[str] = []
        for other in others:
            text = self.condition(str(other["condition"]))
            if text is None:
                return None
            parts.append(f"!({text})")
        if source not in seen and source != self.root.get("startPage") and self.avoidable(source):
            around = [(at, back) for at, page in self.pages.items() for back in page.get("next", []) if back.get("path") == source]
            terms = [self.way(at, back, seen | {source}) for at, back in around]
            if any(term is None for term in terms):
                return None
            if terms and all(terms):
                parts.append(" || ".join(f"({term})" for term in terms))
        return " && ".join(f"({part})" if " || " in part else part for part in parts)

    def condition(self, name: str) -> str | None:
        """A condition in CEL; None where something in it has no equal."""
        value = self.written.get(name, {}).get("value")
        if not isinstance(value, dict):
            return None
        text = ""
        for part in cast(Data, value).get("conditions", []):
            one = self.comparison(part)
            if one is None:
                return None
            joined = "||" if str(part.get("coordinator")) == "or" else "&&"
            text = f"({text}) {joined} {one}" if text else one
        return text or None

    def comparison(self, part: Data) -> str | None:
        field = cast(Data, part.get("field") or {})
        item = self.items.get(str(field.get("name", "")).rpartition(".")[2])
        value = cast(Data, part.get("value") or {}).get("value")
        if item is None or item.holder is not None or not isinstance(value, str):
            return None
        asked, quoted, operator = (
            f"has(answered.{item.name})",
            "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'",
            part.get("operator"),
        )
        match item.kind, operator:
            case "boolean", "is":
                return f"({asked} && {'' if value == 'true' else '!'}{item.name})"
            case ("choice", "is") if value in item.options:
                return f"({asked} && {item.name} == {quoted})"
            case ("choices", "is" | "contains") if value in item.options:
                return f"({asked} && {quoted} in {item.name})"
            case "string", "is":
                return f"({asked} && {item.name} == {quoted})"
            case ("choice", "is not") if value in item.options:
                return f"({asked} && {item.name} != {quoted})"
            case _:
                return None


def _beside(holder: Item) -> Names:
    names = Names(top=False)
    names.taken |= {child.name for child in holder.children}
    return names


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None
