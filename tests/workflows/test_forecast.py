"""Who will see a form before it is handed in."""

from support.stories import FIELDS, LIN, MONDAY, Story, form, office, program, text

from forms.form import Field
from workflows.app import Approve, Branch, Call, End, Handle, Inclusive, Lane, Notify, Parallel, Set, Span, Wait, When
from workflows.forecast import forecast

HEAD = Approve(id="head", title=text("处长"), who="head_of(applicant.department)", due=Span(amount=8, unit="working hours"))
MONEY = Approve(id="money", title=text("财务"), who='role("money")', decide="all", due=Span(amount=1, unit="working days"))
DESK = Handle(id="desk", title=text("办理"), who='user("fei")')
COPY = Notify(id="copy", title=text("抄送"), who='department("finance")')
RICH = Branch(
    id="rich",
    title=text("预算"),
    cases=(When(when="has(answered.budget) && budget > yuan(50)", steps=(MONEY,)), When(when=None, steps=(DESK,))),
)


def ahead(flow, directory=None, applicant=LIN, **answers):
    return forecast(flow, applicant, answers, MONDAY, directory or office())


def brief(stops):
    return [(stop.step, [person.person for person in stop.people], stop.certain) for stop in stops]


def test_it_says_who_why_and_by_when():
    """Each limit counts from the one before: the latest it can be."""
    head, money, copy = ahead(program(HEAD, MONEY, COPY), trip="near")
    assert (head.kind, head.people[0].name, head.why["zh"]) == ("approve", "周建国", "数据处负责人")
    assert head.due.at.isoformat() == "2026-11-24T01:30:00+00:00"
    assert money.due.at.isoformat() == "2026-11-25T09:30:00+00:00"
    assert (copy.kind, len(copy.people), copy.due) == ("notify", 4, None)
    assert all(stop.certain for stop in (head, money, copy))


def test_a_step_without_a_limit_leaves_the_later_ones_open():
    """Nothing is guessed."""
    assert [stop.due is None for stop in ahead(program(HEAD, DESK, MONEY), trip="near")] == [False, True, True]


def test_stops_behind_an_answer_not_given_yet_are_marked():
    """The budget may still come: both ways are shown, neither is certain; what stands below is certain again."""
    found = brief(ahead(program(RICH, HEAD), trip="far"))
    assert found == [("money", ["fei", "feng"], False), ("desk", ["fei"], False), ("head", ["zhou"], True)]


def test_stops_are_certain_once_the_answer_is_there():
    """Only the way that is taken remains."""
    assert brief(ahead(program(RICH), trip="far", budget=9_900)) == [("money", ["fei", "feng"], True)]
    assert brief(ahead(program(RICH), trip="far", budget=100)) == [("desk", ["fei"], True)]


def test_a_hidden_question_is_no_answer_to_come():
    """A local trip has no budget, and so its way is certain; before the kind of trip is known it is not."""
    assert brief(ahead(program(RICH), trip="near")) == [("desk", ["fei"], True)]
    assert brief(ahead(program(RICH))) == [("money", ["fei", "feng"], False), ("desk", ["fei"], False)]


def test_a_branch_over_a_calculated_answer_waits_for_its_inputs():
    """The daily amount needs the days."""
    daily = Branch(
        id="daily", title=text("b"), cases=(When(when="has(answered.daily) && daily > yuan(10)", steps=(MONEY,)), When(when=None))
    )
    assert brief(ahead(program(daily), trip="far", budget=100)) == [("money", ["fei", "feng"], False)]
    assert brief(ahead(program(daily), trip="far", budget=100, days=2)) == []


def test_people_in_a_field_not_filled_in_yet_are_not_guessed():
    """Neither is the administrator named who would get the step if it stayed empty."""
    (stop,) = ahead(program(Approve(id="deputy", title=text("代理人"), who="user(deputy)")), trip="near")
    assert (stop.people, stop.certain) == ((), False)
    assert "还没有填写" in stop.why["zh"]


def test_an_end_ends_the_forecast():
    """What stands below an end on every way is not ahead; on one of two ways it is uncertain."""
    stop = End(id="end", title=text("止"))
    assert brief(ahead(program(HEAD, stop, DESK), trip="near")) == [("head", ["zhou"], True)]
    maybe = Branch(id="b", title=text("b"), cases=(When(when="days > 3", steps=(stop,)), When(when=None)))
    assert brief(ahead(program(maybe, HEAD), trip="near")) == [("head", ["zhou"], False)]


def test_lanes_count_side_by_side():
    """A parallel is done when its slowest lane is."""
    both = Parallel(id="both", title=text("并"), branches=(Lane(steps=(HEAD,)), Lane(steps=(MONEY,))))
    last = Approve(id="last", title=text("末"), who='user("ma")', due=Span(amount=1, unit="hours"))
    stops = ahead(program(both, last), trip="near")
    assert stops[2].due.at == max(stops[0].due.at, stops[1].due.at).replace(hour=10)


def test_it_names_whom_the_engine_will_name():
    """One resolver: for the applicant's own step, for nobody, for a vacant chair, for each case."""
    from workflows.events import Applicant

    empty = Approve(id="empty", title=text("空"), who='role("empty")')
    zhou = Applicant(id="zhou", name="周建国", department="section", department_title="数据处", post="head")
    for step in (HEAD, MONEY, DESK, empty):
        for applicant in (LIN, zhou):
            for directory in (office(), office(heads={"section": None}), office(disabled=("zhou", "fei"))):
                flow = program(step)
                story = Story(flow, office=directory).submit(applicant)
                foreseen = ahead(flow, directory, applicant, trip="near")
                if story.case is not None:
                    assert {stop.step: [p.person for p in stop.people] for stop in foreseen} == story.open


def test_the_reasons_say_what_is_particular():
    """Moved up, or given to the administrators."""
    from workflows.events import Applicant

    zhou = Applicant(id="zhou", name="周建国", department="section", department_title="数据处", post="head")
    (up,) = ahead(program(HEAD), applicant=zhou, trip="near")
    assert up.why["zh"] == "申请人不能审批自己的申请；数据局负责人"
    (lost,) = ahead(program(Approve(id="empty", title=text("空"), who='role("empty")')), trip="near")
    assert "没有找到合适的人" in lost.why["zh"]
    assert "Flow administrator" in lost.why["en"]


def test_a_fault_of_the_definition_does_not_stop_the_applicant():
    """What cannot be worked out is marked uncertain; the engine is the one to refuse."""
    broken = Branch(id="b", title=text("b"), cases=(When(when="days / (days - days) > 1", steps=(DESK,)), When(when=None)))
    assert brief(ahead(program(broken, HEAD), trip="near", days=2)) == [("desk", ["fei"], False), ("head", ["zhou"], True)]


def test_waits_and_calls_are_said_and_move_what_comes_after():
    """A wait for a length of time is counted; how long another app takes nobody knows."""
    wait = Wait(id="cool", title=text("冷静期"), span=Span(amount=1, unit="working days"))
    call = Call(id="ask", title=text("征求意见"), app="advice", who='user("fei")')
    head, pause, later, asked, last = ahead(
        program(HEAD, wait, MONEY, call, Approve(id="last", title=text("末"), who='user("ma")', due=Span(amount=1, unit="hours"))),
        trip="near",
    )
    assert head.due.at.isoformat() == "2026-11-24T01:30:00+00:00"
    assert (pause.kind, pause.people, pause.due.at.isoformat()) == ("wait", (), "2026-11-25T09:30:00+00:00")
    assert later.due.at.isoformat() == "2026-11-26T09:30:00+00:00"
    assert (asked.kind, [person.person for person in asked.people], asked.due) == ("call", ["fei"], None)
    assert last.due is None


def test_of_an_inclusive_block_it_shows_every_case_that_holds_or_may():
    """Otherwise only where none holds for certain."""
    block = Inclusive(
        id="any",
        title=text("包容"),
        cases=(
            When(when="trip == 'far'", steps=(HEAD,)),
            When(when="has(answered.days) && days > 3", steps=(MONEY,)),
            When(when=None, steps=(DESK,)),
        ),
    )
    assert brief(ahead(program(block), trip="far", days=5)) == [("head", ["zhou"], True), ("money", ["fei", "feng"], True)]
    assert brief(ahead(program(block), trip="near", days=1)) == [("desk", ["fei"], True)]
    assert brief(ahead(program(block), trip="near")) == [("money", ["fei", "feng"], False), ("desk", ["fei"], False)]


def test_a_lane_that_may_end_the_case_does_not_stop_the_forecast():
    """It is the only lane, and whether it is taken is not known yet."""
    block = Inclusive(
        id="any", title=text("包容"), cases=(When(when="has(answered.days) && days > 3", steps=(End(id="end", title=text("结束")),)),)
    )
    assert [step for step, _, _ in brief(ahead(program(block, HEAD), trip="near"))] == ["head"]


def test_what_the_flow_sets_decides_what_comes_behind_it():
    """As the engine will see it."""
    flow = program(
        Set(id="fill", title=text("赋值"), answers={"granted": "yuan(7)"}),
        Branch(
            id="rich",
            title=text("核定"),
            cases=(When(when="has(answered.granted) && granted > yuan(5)", steps=(HEAD,)), When(when=None, steps=(DESK,))),
        ),
    )
    assert brief(ahead(flow, trip="near")) == [("head", ["zhou"], True)]
    assert Story(flow).submit().open == {"head": ["zhou"]}


def test_a_limit_until_an_answer_is_that_answer():
    """Once it is there."""
    of = form(*FIELDS, Field(name="needed", kind="date", title=text("需用")))
    step = Approve(id="one", title=text("一"), who='user("zhou")', due_until="needed")
    assert ahead(program(step, of=of), trip="near")[0].due is None
    assert ahead(program(step, of=of), trip="near", needed="2026-12-01")[0].due.at.isoformat() == "2026-12-01T09:30:00+00:00"
