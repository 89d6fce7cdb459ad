"""Promises of the semantics that no other file is about: effects that stay, releases that change, flows that are refused."""

from pathlib import Path

import msgspec
import pytest
from support import corpus
from support.stories import Story, form, office, program, text

from builder import compile
from forms.form import Field
from workflows import words
from workflows.app import Approve, Handle, Issue, Send
from workflows.events import Applicant, Event
from workflows.fold import fold
from workflows.people import Absence

ONE = Approve(id="one", title=text("一"), who='user("zhou")')
LAST = Approve(id="last", title=text("末"), who='user("ma")')


@pytest.mark.approval("edge-recall-effect")
@pytest.mark.parametrize("kind", ["number", "webhook"])
def test_a_decision_is_not_taken_back_once_something_has_gone_out(kind: str) -> None:
    """The refusal names what it was."""
    lasting = {
        "number": Issue(id="doc", title=text("取文号"), pattern="文〔{date:%Y}〕{seq:1}号", into="reason"),
        "webhook": Send(id="doc", title=text("取文号"), to="archive"),
    }[kind]

    fields = form(Field(name="trip", kind="text", title=text("类型")), Field(name="reason", kind="text", title=text("文号")))
    story = Story(program(ONE, lasting, LAST, of=fields)).submit().act("zhou", "approve")
    assert story.open == {"last": ["ma"]}
    assert story.recall("zhou").code == "cannot-undo"
    assert "取文号" in story.last.message["zh"]
    assert story.open == {"last": ["ma"]}


@pytest.mark.approval("trap-12")
def test_a_running_case_keeps_the_flow_it_began_with() -> None:
    """A new release moves nobody, and blocks nobody."""
    before = program(ONE, LAST)
    story = Story(before).submit()
    after = program(Handle(id="other", title=text("另"), who='user("ou")'))
    assert Story(after).submit().open == {"other": ["ou"]}
    assert story.open == {"one": ["zhou"]}
    assert story.act("zhou", "approve").act("ma", "approve").outcome == "approved"


@pytest.mark.approval("title-summary")
def test_the_subject_of_a_case_follows_its_template() -> None:
    """Choices by their titles; what was not answered is left out."""
    flow = program(ONE)
    lin = Applicant(id="lin", name="林晓", department="section", department_title="数据处", post="clerk")
    assert words.subject(flow, lin, {"trip": "far", "days": 3}) == "林晓 · 跨省 · 3天"
    assert words.subject(flow, lin, {"trip": "near"}) == "林晓 · 市内"


def said(flow: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The codes of what is wrong with ``flow`` in the little city of the golden cases."""
    monkeypatch.chdir(corpus.lay_out({"apps/demo/flow.yaml": flow}, tmp_path / "w"))
    return {problem.code for problem in compile.compile_workspace(".").problems if problem.severity == "error"}


@pytest.mark.approval("edge-decide-written")
def test_several_people_need_a_way_of_deciding_and_one_needs_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is one for certain, by a role of one or as somebody's head."""
    flow = "start: {who: everyone}\nsteps:\n  - approve: a\n    who: WHO\n"
    assert "missing-decide" in said(flow.replace("WHO", 'role("board")'), tmp_path / "1", monkeypatch)
    assert "missing-decide" in said(flow.replace("WHO", "heads_of(applicant.department, 2)"), tmp_path / "2", monkeypatch)
    assert "missing-decide" not in said(flow.replace("WHO", 'role("desk")'), tmp_path / "3", monkeypatch)
    assert "missing-decide" not in said(flow.replace("WHO", 'role("board")\n    decide: all'), tmp_path / "4", monkeypatch)


@pytest.mark.approval("edge-overdue-after")
def test_an_overdue_entry_without_after_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is assumed about when."""
    flow = 'start: {who: everyone}\nsteps:\n  - approve: a\n    who: role("desk")\n    due: 1 days\n    overdue: [{ENTRY}]\n'
    assert "missing-key" in said(flow.replace("ENTRY", "remind: every 1 days"), tmp_path / "1", monkeypatch)
    assert "missing-key" not in said(flow.replace("ENTRY", "after: 1 days, remind: every 1 days"), tmp_path / "2", monkeypatch)


@pytest.mark.approval("step-branch")
def test_a_branch_without_otherwise_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unless its cases are proved to cover everything: then none is needed."""
    flow = (
        "start: {who: everyone}\nsteps:\n  - branch: w\n    cases:\n      - when: CASE\n        steps: [{notify: told, who: applicant}]\n"
        "  - {approve: review, title: 审批, who: head_of(applicant.department)}\n  - {handle: work, title: 办理, who: 'role(\"desk\")'}\n"
    )
    assert "missing-otherwise" in said(flow.replace("CASE", "kind == 'a'"), tmp_path / "1", monkeypatch)
    assert "missing-otherwise" not in said(flow.replace("CASE", "kind == 'a' || kind == 'b'"), tmp_path / "2", monkeypatch)


@pytest.mark.approval("edge-deputies", "edge-pure")
def test_a_fold_says_the_same_whenever_it_is_made() -> None:
    """Stored and read again, the events of a case with a deputy give the same case."""

    story = Story(program(ONE, LAST), office=office())
    story.office.absences = [Absence(person="zhou", deputy="dong", begins="2026-11-01", ends="2026-12-01")]
    story.submit().act("dong", "approve")
    stored = msgspec.json.decode(msgspec.json.encode(story.events), type=list[Event])
    assert fold(stored, story.case.id, "trip") == story.case
