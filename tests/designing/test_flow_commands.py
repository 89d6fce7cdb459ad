"""Commands on the flow: clean YAML, ids of their own for copies, English that moves along, conditions that read back as they were written."""

import pytest

from builder.designing import command, commands, conditions
from builder.designing.flow import known, who
from builder.designing.layout import Refused
from builder.designing.work import Work

assert commands

FORM = """type: object
required: [kind]
properties:
  kind: {title: 类别, type: string, oneOf: [{const: a, title: 甲}, {const: b, title: 乙}]}
  budget: {title: 预算, $ref: "std:money"}
"""
START = "start: {who: everyone}\nsteps: []\n"


def work(flow: str = START, **more: str) -> Work:
    return Work({"app.yaml": "", "form.yaml": FORM, "flow.yaml": flow, **more})


def do(on: Work, name: str, *pairs: tuple[str, str], **arguments: str) -> None:
    command.read(name, [*arguments.items(), *pairs]).run(on)


def test_a_flow_built_from_nothing_reads_as_people_write_it() -> None:
    on = work()
    do(on, "add-step", kind="approve")
    do(on, "rename-step", step="approve", id="section-head")
    do(on, "set-step-title", step="section-head", title="处室负责人审批")
    do(on, "add-step", kind="branch")
    row = [
        ("group", "0"),
        ("field", "kind"),
        ("op", "=="),
        ("value", "b"),
        ("group", "0"),
        ("field", "budget"),
        ("op", ">"),
        ("value", "5000"),
    ]
    do(on, "set-when", *row, part="branch.0")
    do(on, "add-step", kind="approve", where="in:branch.0")
    do(on, "set-who", step="approve", way="role", values="finance-clerk")
    do(on, "set-decide", step="approve", way="all")
    do(on, "set-span", step="approve", key="due", amount="1", unit="working days")
    assert (
        on.texts["flow.yaml"]
        == """start: {who: everyone}
steps:
  - approve: section-head
    title: 处室负责人审批
    who: head_of(applicant.department)
  - branch: branch
    cases:
      - when: kind == "b" && has(answered.budget) && budget > yuan(5000)
        steps:
          - approve: approve
            who: role("finance-clerk")
            decide: all
            due: 1 working day
      - otherwise:
"""
    )


def test_steps_move_within_their_list_out_of_it_and_between_branches() -> None:
    on = work()
    for kind, where in (("branch", "last"), ("approve", "in:branch.0"), ("notify", "last")):
        do(on, "add-step", kind=kind, where=where)
    do(on, "move-step", step="approve", to="right")
    assert on.data("flow.yaml", ("steps", 0, "cases")) == [
        {"when": ""},
        {"otherwise": None, "steps": [{"approve": "approve", "who": "head_of(applicant.department)"}]},
    ]
    do(on, "move-step", step="approve", to="down")
    do(on, "move-step", step="approve", to="1")
    assert [next(iter(step.values())) for step in on.data("flow.yaml", ("steps",))] == ["approve", "branch", "notify"]
    with pytest.raises(Refused):
        do(on, "move-step", step="approve", to="up")
    with pytest.raises(Refused):
        do(on, "move-step", step="branch", to="in:branch.0")


def test_a_copy_has_ids_and_english_of_its_own_and_deleting_takes_both_away() -> None:
    on = work("steps:\n  - approve: head\n    title: 审批\n", **{"i18n/en.yaml": "flow:\n  steps:\n    head: Head\n"})
    do(on, "copy-step", step="head")
    assert on.data("flow.yaml", ("steps", 1, "approve")) == "head-2"
    assert on.data("i18n/en.yaml", ("flow", "steps")) == {"head": "Head", "head-2": "Head"}
    do(on, "delete-step", step="head-2")
    assert on.texts["i18n/en.yaml"] == "flow:\n  steps:\n    head: Head\n"
    do(on, "rename-step", step="head", id="chief")
    assert on.data("i18n/en.yaml", ("flow", "steps")) == {"chief": "Head"}


@pytest.mark.parametrize(
    "text",
    [
        'kind == "b" && has(answered.budget) && budget > yuan(5000)',
        '(kind == "a" && has(answered.budget) && budget <= yuan(10)) || kind != "b"',
        '!has(answered.budget) && applicant.department in ["office", "finance"]',
    ],
)
def test_a_condition_is_rows_and_again_the_same_text(text: str) -> None:
    fields = known.readable(FORM)
    groups = conditions.read(known.Vocabulary(fields).compile(text, "bool"))  # pyright: ignore[reportArgumentType] -- it compiles
    assert groups is not None
    assert conditions.write(groups, {field.name: field for field in fields}, guarded=True) == text


def test_what_rows_and_terms_cannot_say_stays_as_it_is() -> None:
    fields = known.readable(FORM)
    assert conditions.read(known.Vocabulary(fields).compile("size(kind) > 2", "bool")) is None  # pyright: ignore[reportArgumentType] -- it compiles
    assert who.read('kind == "a" ? role("x") : role("y")') is None
    assert who.read('user("li-min") + user("wang-qiang")') == [who.Term("people", "li-min"), who.Term("people", "wang-qiang")]
