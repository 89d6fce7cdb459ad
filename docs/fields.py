"""Writes docs/reference/fields.md: every field there is, compiled from the examples below. `python -m docs.fields`."""

import base64
import json
import sys
from pathlib import Path
from typing import Any, NamedTuple

from builder import answers_schema
from builder.compile import Compiled, compile_files
from builder.workspace import Workspace
from forms import answers, scope, typed
from forms.form import Field, Form

TARGET = Path(__file__).parent / "reference/fields.md"
EARLIER = "01a2" * 8
FILE, PHOTO = "01a3" * 8, "01a4" * 8
NAMES = {
    FILE: "营业执照.pdf",
    PHOTO: "门头.jpg",
    "zhou-jianguo": "周建国",
    "office": "办公室",
    EARLIER: "CC-20261123-0001 陈晓琳 · 南京市 · 3天",
}


#: a PNG of 8 × 6
PICTURE = "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAGCAIAAABxZ0isAAAAEUlEQVR42mOQ9Z+IFTEMpAQA0WkvcZq6diwAAAAASUVORK5CYII="

ABOVE = """# 字段 · Fields

<!-- Written by `python -m docs.fields` from its examples; a test keeps it so. -->

每个字段：怎样写，答案怎样存，怎样给人看。键的含义见 [language.md](language.md)。
Each field: how it is written, how its answer is stored, and how it is said.
"""


class Example(NamedTuple):
    """A field as it is written, and an answer to it."""

    zh: str
    en: str
    name: str
    written: str
    answer: Any = None
    note: str = ""


_ONE_OF = "oneOf: [{const: a, title: 甲类}, {const: b, title: 乙类}]"
EXAMPLES = (
    Example("一行文字", "One line of text", "name", "{title: 单位名称, type: string, maxLength: 60, x-placeholder: 全称}", "清溪市数据局"),
    Example("多行文字", "Several lines", "reason", "{title: 事由, type: string, maxLength: 500, x-widget: textarea}", "参加会议"),
    Example("带格式的文字", "Formatted text", "body", "{title: 正文, type: string, contentMediaType: text/html}", "<p>各<strong>区县</strong>：</p>", "只留下公文要用的标签，其余由 nh3 去掉。Only the tags a letter needs are kept (nh3)."),
    Example("整数", "Whole number", "copies", "{title: 份数, type: integer, minimum: 1, x-unit: 份}", 3),
    Example("小数", "Decimal number", "area", "{title: 面积, type: number, x-unit: 平方米}", 62.5),
    Example("评分", "Rating", "stars", "{title: 满意度, type: integer, x-widget: rating, minimum: 1, maximum: 5}", 4),
    Example("金额", "Amount of money", "budget", '{title: 预算, $ref: "std:money", minimum: 0}', 628000, "以分存储。Stored in cents."),
    Example("金额，带大写", "Amount with Chinese capitals", "pay", '{title: 报销金额, $ref: "std:money", x-widget: capitals}', 628000),
    Example("日期", "Date", "day", "{title: 日期, type: string, format: date}", "2026-12-01"),
    Example("时间", "Time", "clock", "{title: 时间, type: string, format: time}", "09:30"),
    Example("日期和时间", "Date and time", "moment", "{title: 出发, type: string, format: date-time}", "2026-12-01T09:00"),
    Example("月份", "Month", "month", "{title: 补贴月份, type: string, format: month}", "2026-12"),
    Example("日期范围", "Range of days", "period", '{title: 起止, $ref: "std:date-range"}', {"start": "2026-12-01", "end": "2026-12-03"}, "工作日天数写 `workdays(period.start, period.end)`。Working days: `workdays(…)`."),
    Example("以半天计的日期范围", "Range of half days", "leave", '{title: 请假时间, $ref: "std:half-day-range"}', {"start": "2026-12-01", "start_half": "am", "end": "2026-12-01", "end_half": "pm"}, "半天数写 `halfdays(leave)`。Half days: `halfdays(leave)`."),
    Example("单选", "One of several", "kind", f"{{title: 种类, type: string, {_ONE_OF}, x-widget: radio}}", "a"),
    Example("单选，下拉", "One of several, a list", "kind_list", f"{{title: 种类, type: string, {_ONE_OF}, x-widget: select}}", "b"),
    Example("单选，可查找", "One of many, by search", "kind_search", f"{{title: 种类, type: string, {_ONE_OF}, x-widget: search}}", "b", "按名称、全拼或首字母找。Found by name, spelling or initials."),
    Example("单选，可填其他", "One of several, or another", "kind_other", f"{{title: 种类, type: string, {_ONE_OF}, x-other: true}}", "丙类"),
    Example("级联", "A cascade", "city", "{title: 市, type: string, x-under: kind, oneOf: [{const: x, title: 甲一, x-parent: a}, {const: y, title: 乙一, x-parent: b}]}", "x", "每一级一个字段；选项按 `x-parent` 归到上一级。One field a level."),
    Example("随条件而有的选项", "Options by condition", "way", "{title: 方式, type: string, oneOf: [{const: post, title: 邮寄}, {const: desk, title: 窗口, x-visible: \"kind == 'a'\"}]}", "desk"),
    Example("多选", "Several of several", "devices", "{title: 设备, type: array, items: {type: string, enum: [投影, 话筒, 白板]}, maxItems: 2}", ["投影", "白板"]),
    Example("是否", "Yes or no", "overnight", "{title: 是否过夜, type: boolean}", True),
    Example("承诺", "Promise", "promise", "{title: 我承诺所填内容属实, type: boolean, const: true}", True),
    Example("行政区划", "Division", "region", "{title: 属地, type: string, format: region-code}", "330106"),
    Example("地址", "Address", "home", '{title: 住址, $ref: "std:address"}', {"region": "330106", "detail": "湖滨路 1 号"}),
    Example("人员", "Person", "deputy", '{title: 代理人, $ref: "std:person"}', "zhou-jianguo"),
    Example("部门", "Department", "helper", '{title: 协办部门, $ref: "std:department"}', "office"),
    Example(
        "关联申请",
        "Related case",
        "trip",
        '{title: 关联申请, $ref: "std:case", x-apps: [fields]}',
        EARLIER,
        "按编号或标题在自己看得到的申请里查找；`x-apps` 只要这些应用的，不写就是任何一份。读的人看不到那份申请时，就当没有填。 Found by number or subject among the cases one may see; `x-apps` keeps it to some apps. To a reader who may not see that case it is not there.",
    ),
    Example("附件", "Attachments", "papers", '{title: 证明材料, $ref: "std:attachment", x-types: [pdf, ofd, picture], x-max-size: 20 MB, maxItems: 5}', [FILE], "存的是文件的编号；按内容认类型。The ids of files, recognised by their content."),
    Example("照片", "Photos", "photos", '{title: 现场照片, $ref: "std:photo", maxItems: 9}', [PHOTO], "只收图片，手机上可直接拍。 Pictures only; a phone offers its camera."),
    Example("手机号", "Mobile number", "mobile", "{title: 手机, type: string, format: cn-mobile}", "13800001234"),
    Example("邮箱", "E-mail", "email", "{title: 邮箱, type: string, format: email}", "name@example.cn"),
    Example("网址", "Link", "site", "{title: 网址, type: string, format: uri}", "https://www.example.cn/"),
    Example("邮政编码", "Postcode", "postcode", "{title: 邮编, type: string, format: cn-postcode}", "310000"),
    Example("身份证号", "Identity number", "identity", "{title: 身份证号, type: string, format: cn-id}", "11010519491231002X", "出生日期 `birth(identity)`，性别 `sex(identity)`。Birth date and sex by these functions."),
    Example("统一社会信用代码", "Unified social credit code", "credit", "{title: 信用代码, type: string, format: cn-credit-code}", "91110000600037341L"),
    Example("残疾人证号", "Disability card", "disability", "{title: 残疾人证号, type: string, format: cn-disability}", "11010519491231002X43"),
    Example("银行卡号", "Bank card", "bank", "{title: 银行卡号, type: string, format: bank-card}", "6222021234567890128"),
    Example("车牌号", "Number plate", "plate", "{title: 车牌号, type: string, format: cn-plate}", "浙A12345"),
    Example("明细", "Table", "items", '{title: 明细, type: array, items: {type: object, required: [price], properties: {price: {title: 单价, $ref: "std:money"}, count: {title: 数量, type: integer, default: 1}, sum: {title: 小计, $ref: "std:money", x-compute: "row.price * row.count", x-total: true}}}}', [{"price": 1000, "count": 2, "sum": 2000}], "列的表达式里 `row` 是这一行。`row` is the row in the expressions of columns."),
    Example("组", "Group", "person", "{title: 联系人, type: object, required: [first], properties: {first: {title: 姓, type: string}, last: {title: 名, type: string}}}", {"first": "周", "last": "建国"}, "表达式里写 `person.first`。"),
    Example("计算", "Calculated", "total", '{title: 合计, $ref: "std:money", x-compute: "sum(items.map(item, item.sum))"}', 2000, "由服务器计算，谁也填不了。Nobody can fill it in."),
    Example("说明文字", "Static text", "hint", "{title: 填写须知, description: 一份申请只填一个项目。, type: 'null'}"),
    Example("说明里的图片", "A picture in a note", "guide", "{title: 办理流程, type: 'null', x-image: flow.png, x-alt: 先审批，后办理}", None, "放在应用的 `images/` 里，按内容认，最大 200 KB。In `images/` of the app, recognised by its content, 200 KB at most."),
    Example("预先填好", "Filled in beforehand", "section", '{title: 申请部门, $ref: "std:department", x-default: "applicant.department"}', "office"),
    Example("从别处带出", "Taken from elsewhere", "contact", "{title: 联系电话, type: string, format: cn-mobile, x-from: {person: phone}}", "13800001234", "带出后可以改。还有 `{department: …}`、`{mine: 应用, take: 字段}`、`{dictionary: …, by: 字段, take: …}`、`{view: 应用/视图, by: 字段, take: …}`、`{source: …, by: 字段, take: …}`。 It may be changed; these are the other places."),
    Example("证照", "Certificate", "licence", '{title: 营业执照, $ref: "std:certificate"}', {"name": "营业执照", "number": "330106", "holder": "清溪建设", "until": "2027-11-01"}, "过了有效期不能提交；可以整个由 `x-from` 带出。An expired one is refused."),
    Example("意见栏", "Opinions of a step", "advice", '{title: 办理意见, $ref: "std:opinion", x-step: work}', None, "那一步办理后，意见、姓名和日期显示在这里，打印在这里；谁也不填。What its people said, with name and day; nobody types it."),
    Example("可以后补的材料（容缺）", "A material that may come later", "plan", '{title: 平面图, $ref: "std:attachment", x-later: {within: 5 working days, before: work}}', None, "没有的先写承诺补交日期（字段 `plan_promised`），提交后在申请页补交，到期提醒；`before` 的那一步（或 `end`）等它。Without it a day is promised in `plan_promised`; it is handed in on the page of the case, with a reminder; the step of `before`, or the end, waits for it."),
    Example("有时不能改", "Locked at times", "locked", "{title: 编号, type: string, x-readonly: \"kind == 'b'\"}", "A1"),
)  # fmt: skip


def form() -> Form:
    """All examples as one form."""
    return compiled().apps["fields"].form


def compiled() -> Compiled:
    """All examples as one app, called fields."""
    properties = "\n".join(f"  {example.name}: {example.written}" for example in EXAMPLES)
    files = {
        "apps/fields/app.yaml": "language: 1\nid: fields\ntitle: 字段\ncategory: 示例\nowner: office\nnumber: 'ZD-{seq:4}'\nsubject: '{applicant.name}'\nsummary: []\n",
        "apps/fields/form.yaml": f"type: object\nproperties:\n{properties}\n",
        "apps/fields/flow.yaml": "start: {who: everyone}\nsteps: [{handle: work, who: applicant}]\n",
    }
    contents = {name: text.encode() for name, text in files.items()} | {"apps/fields/images/flow.png": base64.b64decode(PICTURE)}
    found = compile_files(Workspace("", contents))
    wrong = [problem for problem in found.problems if problem.severity == "error"]
    if wrong:
        raise ValueError("\n".join(f"{problem.code}: {problem.message}" for problem in wrong))
    return found


def text() -> str:
    """The whole page."""
    whole = form()
    parts = [ABOVE]
    parts += [one(whole, example) for example in EXAMPLES]
    return "".join(parts)


def one(whole: Form, example: Example) -> str:
    field = whole.field(example.name)
    rows = [
        ("种类 kind", f"`{field.kind}`"),
        ("在表达式里 in expressions", f"`{said_type(field)}`" if field.kind != "note" else "—"),
    ]
    if example.answer is not None:
        stored = json.dumps(example.answer, ensure_ascii=False)
        rows.append(("存为 stored", f"`{stored}`"))
        inputs = typed.write(Form(fields=(field,), sections=()), {example.name: example.answer})
        rows.append(("页面发送 sent by the page", ", ".join(f"`{name}={value}`" for name, value in inputs.items()) or "—"))
        words = [answers.show(field, example.answer, language, NAMES).replace("\n", " ") for language in ("zh", "en")]
        rows.append(("显示 shown", " · ".join(dict.fromkeys(words))))
        schema = json.dumps(answers_schema.of(field), ensure_ascii=False)
        rows.append(("JSON Schema", f"`{schema}`"))
    if example.note:
        rows.append(("", example.note))
    table = "".join(f"| {name} | {value.replace('|', chr(92) + '|')} |\n" for name, value in rows)
    return f"\n## {example.zh} · {example.en}\n\n```yaml\n{example.name}: {example.written}\n```\n\n| | |\n|---|---|\n{table}"


def said_type(field: Field) -> str:
    """The type of its variable as designers know it."""
    return scope.type_of(field).replace("F.Money", "money").replace("F.", "")


if __name__ == "__main__":
    TARGET.write_text(text(), "utf-8")
    sys.stdout.write(f"{TARGET.relative_to(Path.cwd())}\n")
