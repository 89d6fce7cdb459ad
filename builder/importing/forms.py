"""What imports of forms share: fields as they are gathered, names that fit, and what could not be carried over."""

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from builder.importing.script import Place
from builder.importing.written import Draft, head
from builder.rules.field_names import OURS
from forms.scope import RESERVED
from forms.texts import Text

_TAG = re.compile(r"<[^>]*>")
_WORD = re.compile(r"[^a-z0-9]+")


class Loss(NamedTuple):
    """Something of the original that the app does not have, and why."""

    where: str
    what: Text
    #: "input": a field is missing or holds less; "condition"; "check"; "words"
    kind: str = "check"


@dataclass(eq=False)
class Item:
    """A field of the original: what it is called there, and what becomes of it."""

    key: str
    name: str
    #: for scripts: "string", "number", "boolean", "choice", "choices", "table", "group", "note"
    kind: str
    definition: dict[str, Any]
    holder: "Item | None" = None
    options: tuple[str, ...] = ()
    required: bool = False
    children: list["Item"] = field(default_factory=list["Item"])
    #: what decides whether it is seen, as CEL
    shown: list[str] = field(default_factory=list[str])

    def chain(self) -> list["Item"]:
        """From the outermost holder down to the item."""
        return [*(self.holder.chain() if self.holder else []), self]

    def table(self) -> "Item | None":
        """The table in whose rows it stands."""
        return next((item for item in self.chain()[:-1] if item.kind == "table"), None)

    def written(self) -> dict[str, Any]:
        """Its definition in form.yaml."""
        found = dict(self.definition)
        if self.kind in ("table", "group"):
            inner: dict[str, Any] = {"type": "object"}
            if required := [child.name for child in self.children if child.required]:
                inner["required"] = required
            inner["properties"] = {child.name: child.written() for child in self.children}
            found |= {"type": "array", "items": inner} if self.kind == "table" else inner
        if self.shown:
            found["x-visible"] = both(self.shown)
        return found


def both(conditions: list[str]) -> str:
    """All of ``conditions``."""
    return " && ".join(dict.fromkeys(conditions)) if len(conditions) > 1 else conditions[0]


def place(item: Item, reader: Item | None, *, rows: bool = False) -> Place | None:
    """How a script of ``reader`` reads ``item``; None: it stands in rows that ``reader`` is not one of. ``rows``: it is."""
    table = item.table()
    chain = item.chain()
    if table is not None and not rows and (reader is None or table not in reader.chain()):
        return None
    if table is not None:
        chain = chain[chain.index(table) + 1 :]
    path = ".".join(("row", *(part.name for part in chain)) if table is not None else (part.name for part in chain))
    asked = f"has({path})" if "." in path else f"has(answered.{path})"
    return Place(asked, path, item.kind, item.options)


class Names:
    """Names of fields, each once among those beside it."""

    def __init__(self, top: bool = True) -> None:
        self.taken: set[str] = set(RESERVED | OURS | {"row", "item"}) if top else set()

    def of(self, key: str) -> str:
        """A name like ``key``."""
        plain = _WORD.sub("_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", fold(key)).lower()).strip("_")[:56]
        name = plain if plain[:1].isalpha() else f"f_{plain}".rstrip("_")
        found, number = name, 2
        while found in self.taken:
            found, number = f"{name}_{number}", number + 1
        self.taken.add(found)
        return found


def fold(text: str) -> str:
    """Letters of European alphabets without their marks."""
    return text.translate(str.maketrans("æøåäöüéèß", "aoaaouees")).translate(str.maketrans("ÆØÅÄÖÜ", "AOAAOU"))


def plain(text: Any, longest: int = 200) -> str:
    """Words without markup, on one line, cut where a title may not be longer."""
    words = " ".join(_TAG.sub(" ", str(text or "")).replace("&nbsp;", " ").split())
    words = "".join(letter for letter in words if unicodedata.category(letter) not in ("Cf", "Cc", "Co"))
    return words if len(words) <= longest else words[: longest - 1] + "…"


def app(id: str, title: str, owner: str, source: str, sections: list[dict[str, Any]], items: list[Item]) -> Draft:
    """The app of a form without a flow: one step that handles what is handed in."""
    found, _ = head(id, title, title, owner, source)
    found |= {"description": f"由 {source} 导入的表单；流程请按需要补充。", "subject": "{applicant.name}"}
    form: dict[str, Any] = {"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object"}
    if required := [item.name for item in items if item.required]:
        form["required"] = required
    form["properties"] = {item.name: item.written() for item in items}
    form["x-layout"] = sections
    flow = {"start": {"who": "everyone"}, "steps": [{"handle": "work", "title": "办理", "who": "head_of(applicant.department)"}]}
    return Draft(found, form, flow, {}, remark=f"Imported from {source}.")
