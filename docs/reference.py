"""Writes docs/reference/language.md from the published schemas and the tables of the compiler: `python -m docs.reference`."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast, get_args

from builder import fields
from forms import functions, scope
from forms.form import Form, Kind

FOLDER = Path(__file__).parent
TARGET = FOLDER / "reference/language.md"
SCHEMAS = FOLDER.parent / "builder/schema"
FILES = {
    "app": "app.yaml",
    "form": "form.yaml",
    "flow": "flow.yaml",
    "print": "print/*.yaml",
    "i18n": "i18n/en.yaml",
    "scenario": "tests/*.yaml",
    "org": "org/*.yaml",
    "calendar": "calendar/YYYY.yaml",
    "dictionary": "dictionaries/*.yaml",
    "source": "sources/*.yaml",
    "plan": "plan.yaml",
}
ABOVE = """# 定义语言，第 1 版 · The definition language, version 1

<!-- Written by `python -m docs.reference` from builder/schema and the compiler's tables; a test keeps it so. -->

一个工作区是一个 git 仓库。A workspace is a git repository:

```
apps/ID/app.yaml  form.yaml  flow.yaml  print/*.yaml  i18n/en.yaml  tests/*.yaml
org/*.yaml   calendar/YYYY.yaml   dictionaries/*.yaml   sources/*.yaml
```

YAML 当作数据读：只有写成 JSON 那样的 `true`、`false`、`null` 和数字才不是文字，`no`、`0123`、日期都是文字；不用锚点、引用、标签和第二份文档。
YAML is read as data: only `true`, `false`, `null` and numbers as JSON writes them are not text; no anchors, aliases, tags or second documents.

编辑器可以用服务器上的 `/schema/app.json` 等自动补全和检查。Editors complete and check with `/schema/app.json` and its siblings.
"""


def text() -> str:
    """The whole page."""
    parts = [ABOVE]
    shared: dict[str, str] = {}
    for name, file in FILES.items():
        schema = json.loads((SCHEMAS / f"{name}.json").read_text("utf-8"))
        parts.append(f"\n## `{file}`\n\n{schema['description']}\n{table(schema)}")
        for part, node in schema["$defs"].items() if "$defs" in schema else ():
            if body := table(node):
                parts.append(f"\n### `{file}` · {part}\n{body}")
            elif "$ref" not in node:
                shared[part] = takes(node)
    parts.append("\n## 值 · Values\n\n| | |\n|---|---|\n" + "".join(f"| {part} | {words} |\n" for part, words in shared.items() if words))
    parts.append(kinds())
    parts.append(expressions())
    return "".join(parts)


def table(node: dict[str, Any]) -> str:
    """The keys of ``node``; nothing when it has none of its own."""
    lines = [f"| `{key}` | {value} | {words} |\n" for key, value, words in dict.fromkeys(rows(node, ""))]
    return "\n| 键 key | 写什么 value | |\n|---|---|---|\n" + "".join(lines) if lines else ""


def rows(node: Any, path: str) -> Iterator[tuple[str, str, str]]:
    """Key, what it takes (bold: must be there) and what it means; what another table shows is only named."""
    if not isinstance(node, dict):
        return
    found = cast(dict[str, Any], node)
    must = found.get("required", ())
    for name, inner in sorted(cast(dict[str, Any], found.get("properties", {})).items(), key=lambda item: item[0] not in must):
        yield f"{path}{name}", f"**{takes(inner)}**" if name in must else takes(inner), said(inner)
        yield from rows(inner, f"{path}{name}.")
    for inner in (found.get("then"), found.get("else"), *found.get("allOf", ())):
        yield from rows(inner, path)
    yield from rows(found.get("items"), f"{path[:-1]}[].")
    yield from rows(found.get("additionalProperties"), f"{path}*.")


def takes(inner: Any) -> str:
    """What may be written, in a few words."""
    node = cast(dict[str, Any], inner) if isinstance(inner, dict) else {}
    if reference := node.get("$ref"):
        return str(reference).rsplit("/", 1)[1]
    if "enum" in node:
        return " · ".join(f"`{json.dumps(value, ensure_ascii=False).strip(chr(34))}`" for value in node["enum"])
    if "const" in node:
        return f"`{json.dumps(node['const']).strip(chr(34))}`"
    if says := node.get("x-says"):
        return f"{says['zh']} ({says['en']})".replace("|", "\\|")
    if "if" in node and ("then" in node or "else" in node):
        ways = dict.fromkeys(filter(None, (takes(node.get("then")), takes(node.get("else")))))
        return " 或 or ".join(ways)
    match node.get("type"):
        case "array":
            of = takes(node.get("items"))
            return f"列表 list{': ' + of if of else ''}"
        case "object":
            of = takes(node.get("additionalProperties"))
            return f"对象 object{': ' + of if of else ''}"
        case kind:
            return {
                "string": "文字 text",
                "integer": "整数 whole number",
                "number": "数字 number",
                "boolean": "`true` · `false`",
                "null": "（空 nothing）",
            }.get(str(kind), "")


def said(inner: Any) -> str:
    return str(inner.get("description", "")).replace("|", "\\|") if isinstance(inner, dict) else ""


def kinds() -> str:
    """Which field says what it may say."""
    written: dict[str, str] = {kind: f"`format: {name}`" for name, kind in fields.FORMATS.items()}
    written |= {kind: f"`$ref: {name}`" for name, kind in fields.STANDARD.items()}
    written |= {
        "text": "`type: string`",
        "textarea": "`type: string`, `x-widget: textarea`",
        "integer": "`type: integer`",
        "number": "`type: number`",
        "boolean": "`type: boolean`",
        "choice": "`type: string` + `oneOf` · `enum` · `x-options`",
        "choices": "`type: array`, `items: {type: string, …}`",
        "table": "`type: array`, `items: {type: object, properties: …}`",
        "group": "`type: object`, `properties: …`; `$ref: std:address`",
        "rich-text": "`type: string`, `contentMediaType: text/html`",
        "note": "`type: 'null'`",
    }
    lines = [f"| {kind} | {written[kind]} | {', '.join(f'`{key}`' for key in sorted(fields.FITS[kind]))} |\n" for kind in get_args(Kind)]
    common = ", ".join(f"`{key}`" for key in sorted(fields.COMMON - {"type", "$ref"}))
    return (
        "\n## 字段的种类 · Kinds of fields\n\n每种都可以写 every kind may say: " + common + "\n\n"
        "| 种类 kind | 写法 written | 还可以写 may also say |\n|---|---|---|\n" + "".join(lines)
    )


def expressions() -> str:
    """What an expression may name and call."""
    flow = scope.Scope.of_flow(Form(fields=(), sections=()))
    form = scope.Scope.of_form(Form(fields=(), sections=()))
    lines = [
        f"| `{function.name}` | {function.usage['zh']} | {function.usage['en']} | {'表单、流程 form, flow' if function.name in form.functions else '流程 flow'} |\n"
        for function in functions.FUNCTIONS
        if function.name in flow.functions
    ]
    return (
        "\n## 表达式 · Expressions\n\n"
        "表达式是 [CEL](https://cel.dev)，在发布前按字段的类型检查。可以写字段名，以及 "
        f"{', '.join(f'`{name}`' for name in scope.AROUND)}；`applicant` 有 {', '.join(f'`.{part}`' for part in scope.APPLICANT_PARTS)}。"
        "没填的字段用 `has(answered.字段)` 先问。\n"
        "Expressions are CEL, checked against the types of the fields before anything is published. Ask `has(answered.field)` before reading "
        "what may not have been filled in.\n\n"
        "金额只和金额比较、相加；`yuan(5000)` 写出金额；金额除以数要用 `round(…)` 取整。Money goes with money; `yuan(5000)` writes an amount.\n\n"
        "| 函数 function | 写法 | usage | 用在 where |\n|---|---|---|---|\n" + "".join(lines)
    )


if __name__ == "__main__":
    TARGET.write_text(text(), "utf-8")
    sys.stdout.write(f"{TARGET.relative_to(Path.cwd())}\n")
