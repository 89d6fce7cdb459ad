"""Forms that are given as a JSON Schema (draft 4 to 2020-12, the schemas of US veterans' forms among them), with a uiSchema beside it where
there is one.
"""

from typing import Any, cast

import jsonschema_rs

from builder.importing.formio import Imported
from builder.importing.forms import Item, Loss, Names, app, plain

Schema = dict[str, Any]
FORMATS = {"date": "date", "date-time": "date-time", "time": "time", "email": "email", "uri": "uri"}
#: what says nothing of an answer, or is carried over where it stands
SAID = frozenset({
    "$schema", "$id", "id", "$ref", "$comment", "title", "description", "type", "properties", "required", "definitions", "$defs", "enum",
    "enumNames", "items", "format", "pattern", "minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems", "uniqueItems",
    "default", "additionalProperties", "examples",
})  # fmt: skip
#: groups in groups, and fields of one form
DEEPEST, MOST = 3, 500
UI = {"ui:title", "ui:description", "ui:placeholder", "ui:widget", "ui:order", "ui:help"}


def read(root: Schema, id: str, owner: str, ui: Schema | None = None) -> Imported:
    """The app that the schema ``root`` makes. Raises ValueError where it describes no object."""
    return _Making(root, id, owner, ui or {}).run()


class _Making:
    def __init__(self, root: Schema, id: str, owner: str, ui: Schema) -> None:
        self.root, self.id, self.owner, self.ui = root, id, owner, ui
        self.losses: list[Loss] = []
        self.inputs = self.kept = 0

    def run(self) -> Imported:
        whole = self.resolved(self.root, "")
        if not isinstance(whole.get("properties"), dict):
            raise ValueError("no properties")  # noqa: TRY004 - what is wrong is the text, not a type of ours
        title = plain(whole.get("title")) or self.id
        self.said(whole, "")
        top = self.fields(whole, None, self.ui, 0)
        sections = [{"section": title, "fields": [item.name for item in top]}]
        draft = app(self.id, title, self.owner, "JSON Schema", sections, top)
        return Imported(draft, self.losses, self.inputs, self.kept, 0, 0, [], top)

    def lose(self, where: str, zh: str, en: str, kind: str = "check") -> None:
        self.losses.append(Loss(where or "#", {"zh": zh, "en": en}, kind))

    def resolved(self, schema: Schema, where: str) -> Schema:
        """``schema`` with what its reference within the file names; nothing is ever fetched."""
        for _ in range(20):
            reference = schema.get("$ref")
            if reference is None:
                return schema
            at: Any = self.root
            parts = str(reference).split("/")
            for part in parts[1:]:
                at = cast(Any, at).get(part.replace("~1", "/").replace("~0", "~")) if isinstance(at, dict) else None
            if parts[0] != "#" or not isinstance(at, dict):
                self.lose(where, f"引用 {reference} 不在这个文件里", f"the reference {reference} leads out of the file", "input")
                return {key: value for key, value in schema.items() if key != "$ref"}
            schema = {**cast(Schema, at), **{key: value for key, value in schema.items() if key != "$ref"}}
        return {}

    def said(self, schema: Schema, where: str) -> None:
        """What the language has no word for."""
        for key in schema:
            if key not in SAID and not key.startswith("x-"):
                self.lose(where, f"没有与 {key} 对应的写法", f"nothing here is like {key}")
        if schema.get("additionalProperties") not in (False, None):
            self.lose(where, "表单只收声明了的字段", "a form takes no answers but those to its fields")

    def fields(self, holder: Schema, around: Item | None, ui: Schema, depth: int) -> list[Item]:
        names = Names(top=around is None)
        required = {str(name) for name in holder.get("required", [])}
        properties = cast(Schema, holder.get("properties", {}))
        order = [str(key) for key in ui.get("ui:order", []) if key in properties]
        found: list[Item] = []
        for key in [*order, *(key for key in properties if key not in order)]:
            if isinstance(properties[key], dict):
                inner = cast(Schema, ui.get(key) if isinstance(ui.get(key), dict) else {})
                made = self.field(key, properties[key], around, names, inner, depth, required=key in required)
                found += [made] if made else []
        return found

    def field(self, key: str, written: Schema, around: Item | None, names: Names, ui: Schema, depth: int, *, required: bool) -> Item | None:
        where = ".".join([*(item.key for item in around.chain()), key] if around else [key])
        schema = self.resolved(written, where)
        title = plain(ui.get("ui:title") or schema.get("title")) or key
        item = Item(key, "", "string", {"title": title}, around, required=required)
        if help := plain(ui.get("ui:description") or ui.get("ui:help") or schema.get("description"), 2000):
            item.definition["description"] = help
        for other in ui:
            if other.startswith("ui:") and other not in UI:
                self.lose(where, f"没有与 {other} 对应的写法", f"nothing here is like {other}", "words")
        self.said(schema, where)
        if isinstance(schema.get("properties"), dict) and not schema["properties"]:
            self.lose(where, "空的对象没有可填的内容", "an object without properties holds nothing to fill in", "words")
            return None
        self.inputs += 1
        if self.inputs > MOST or not self.shape(item, schema, where, ui, depth):
            self.lose(where, "这一项没有带过来", "it has not been carried over", "input")
            return None
        self.kept += 1
        item.name = names.of(key)
        return item

    def shape(self, item: Item, schema: Schema, where: str, ui: Schema, depth: int) -> bool:
        """Writes what the item holds; False where there is nothing like it."""
        type = schema.get("type")
        if isinstance(type, list):
            several = [name for name in cast(list[Any], type) if name != "null"]
            self.lose(where, f"只作为 {several[0] if several else 'null'}", f"taken as {several[0] if several else 'null'} only")
            type = several[0] if several else None
        if isinstance(schema.get("enum"), list):
            return self.choice(item, schema, where, ui)
        if type is None and isinstance(schema.get("properties"), dict):
            type = "object"
        match type:
            case "object":
                return self.group(item, schema, ui, depth)
            case "array":
                return self.array(item, schema, where, ui, depth)
            case "boolean":
                item.kind, item.definition["type"] = "boolean", "boolean"
            case "integer" | "number":
                item.kind = "number"
                item.definition |= {"type": type} | self.limits(schema, "minimum", "maximum")
            case "string":
                self.text(item, schema, where, ui)
            case _:
                return False
        default = schema.get("default")
        if isinstance(default, str | int | float) and type != "string":
            item.definition["default"] = default
        elif default is not None:
            self.lose(where, "默认值没有带过来", "its default", "words")
        return True

    def text(self, item: Item, schema: Schema, where: str, ui: Schema) -> None:
        format = FORMATS.get(str(schema.get("format", "")))
        item.definition["type"] = "string"
        if schema.get("format") and format is None:
            self.lose(where, f"没有核对格式 {schema['format']}", f"the format {schema['format']} is not checked")
        if format:
            item.definition["format"] = format
            if dropped := [key for key in ("pattern", "minLength", "maxLength") if key in schema]:
                self.lose(where, f"{'、'.join(dropped)} 由格式代替", f"{', '.join(dropped)}: the format stands for it")
            return
        item.definition |= {key: min(int(value), 10_000) for key, value in self.limits(schema, "minLength", "maxLength").items()}
        if (pattern := schema.get("pattern")) is not None:
            if _linear(str(pattern)) and len(str(pattern)) <= 500:
                item.definition["pattern"] = str(pattern)
            else:
                self.lose(where, f"正则表达式不能在线性时间里核对：{str(pattern)[:60]}", f"the pattern {str(pattern)[:60]}")
        if ui.get("ui:widget") == "textarea" or item.definition.get("maxLength", 0) > 300:
            item.definition["x-widget"] = "textarea"
            if item.definition.pop("pattern", None) and "pattern" in schema:
                item.definition["pattern"] = str(schema["pattern"])
        if ui.get("ui:placeholder"):
            item.definition["x-placeholder"] = plain(ui["ui:placeholder"])

    def choice(self, item: Item, schema: Schema, where: str, ui: Schema) -> bool:
        options = self.options(schema, where)
        if not options:
            return False
        item.kind, item.options = "choice", tuple(value for value, _ in options)
        item.definition |= {"type": "string", "oneOf": [{"const": value, "title": title} for value, title in options]}
        if ui.get("ui:widget") in ("radio", "select"):
            item.definition["x-widget"] = ui["ui:widget"]
        return True

    def options(self, schema: Schema, where: str) -> list[tuple[str, str]]:
        values = cast(list[Any], schema.get("enum", []))
        if any(not isinstance(value, str) for value in values):
            self.lose(where, "不是文字的选项按文字保存", "options that are no text are kept as text")
        names = cast(list[Any], schema.get("enumNames", []))
        found = {
            str(value): plain(names[place]) if place < len(names) else plain(value)
            for place, value in enumerate(values)
            if value not in (None, "")
        }
        if len(found) > 500:
            self.lose(where, "选项太多，没有带过来", "too many options", "input")
            return []
        return [(value[:250], title or value[:200]) for value, title in found.items()]

    def group(self, item: Item, schema: Schema, ui: Schema, depth: int) -> bool:
        if depth >= DEEPEST or not isinstance(schema.get("properties"), dict):
            return False
        item.kind = "group"
        if item.required:
            item.required = False
        item.children = self.fields(schema, item, ui, depth + 1)
        return bool(item.children)

    def array(self, item: Item, schema: Schema, where: str, ui: Schema, depth: int) -> bool:
        items = schema.get("items")
        inner = self.resolved(cast(Schema, items), where) if isinstance(items, dict) else {}
        limits = {key: int(value) for key, value in self.limits(schema, "minItems", "maxItems").items()}
        if isinstance(inner.get("enum"), list):
            options = self.options(inner, where)
            item.kind, item.options = "choices", tuple(value for value, _ in options)
            listed = [{"const": value, "title": title} for value, title in options]
            item.definition |= {"type": "array", "items": {"type": "string", "oneOf": listed}} | limits
            return bool(options)
        if any(above.kind == "table" for above in item.chain()[:-1]) or depth >= DEEPEST:
            return False
        item.kind = "table"
        item.definition |= limits
        if isinstance(inner.get("properties"), dict):
            nested = ui.get("items")
            item.children = self.fields(inner, item, cast(Schema, nested) if isinstance(nested, dict) else {}, depth + 1)
        elif inner:
            self.lose(where, "一列的值成了只有一列的明细", "values became rows of one column")
            made = self.field("value", inner, item, Names(top=False), {}, depth + 1, required=True)
            item.children = [made] if made else []
        return bool(item.children)

    def limits(self, schema: Schema, *keys: str) -> dict[str, float]:
        return {key: value for key in keys if isinstance(value := schema.get(key), int | float) and not isinstance(value, bool)}


def _linear(pattern: str) -> bool:
    """Whether it can be matched in linear time."""
    try:
        jsonschema_rs.Draft202012Validator({"pattern": pattern}, pattern_options=jsonschema_rs.RegexOptions())
    except (jsonschema_rs.ValidationError, ValueError):
        return False
    return True
