"""What a person may do to a case beside their own task, for the buttons of its page; the engine refuses whatever is not here."""

from forms.form import Struct
from forms.texts import Text
from workflows import acting, candidates, recalling
from workflows.case import Case, Task
from workflows.people import Directory
from workflows.program import Program


class Line(Struct):
    """A task that something may be done about."""

    task: str
    name: str
    step: Text


class Oversight(Struct):
    """All of it."""

    #: own decisions that may be taken back, the last first
    recalls: tuple[Line, ...] = ()
    #: open tasks whose person may be reminded
    reminders: tuple[Line, ...] = ()
    #: people who were added and may be taken out again
    removals: tuple[Line, ...] = ()
    #: whether the person looks after the case
    administers: bool = False
    suspended: bool = False
    #: the case goes on under a new release, and may still go back
    undoes: bool = False


def oversight(program: Program, case: Case, person: str, directory: Directory) -> Oversight:
    """What ``person`` may do to ``case`` now."""
    if case.status != "open":
        return Oversight()
    admins = candidates.flow_admins(directory, case.applicant.department)
    administers = any(found.person.id == person for found in admins)
    undoes = administers and case.migration is not None and case.migration.kept is not None
    if case.suspended_at:
        return Oversight(administers=administers, suspended=True, undoes=undoes)
    tasks = case.open_tasks()
    added = [task for task in tasks if task.part in ("before", "after", "beside") and task.origin]
    mine = [task for task in reversed(case.tasks.values()) if task.person == person and task.state == "done"]
    recalls = [task for task in mine[:3] if isinstance(recalling.recallable(program, case, task.id, person), Task)]
    reminds = person == case.applicant.id or administers
    return Oversight(
        recalls=tuple([_line(program, task) for task in recalls]),
        reminders=tuple([_line(program, task) for task in tasks if task.person != person]) if reminds else (),
        removals=tuple([_line(program, t) for t in added if administers or case.tasks[t.origin or ""].person == person]),
        administers=administers,
        undoes=undoes,
    )


def _line(program: Program, task: Task) -> Line:
    return Line(task=task.id, name=task.name, step=acting.title(program, task.step))
