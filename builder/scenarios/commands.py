"""`dabashou test`: runs scenarios and tells what became of them, and what they reach."""

import json
from collections.abc import Callable
from functools import cache
from itertools import count
from pathlib import Path
from typing import Literal

import sqlalchemy as sa

from builder import commands, workspace
from builder.compile import compile_files, compile_workspace
from builder.meaning.version import Version
from builder.problems import Problems
from builder.scenarios import reach, recording, report, running
from forms.texts import say
from runtime.people import organisation
from runtime.store import chain
from runtime.store import tables as t
from runtime.store.database import Database
from workflows.events import Event
from workflows.people import Organisation
from workflows.roster import Roster

Out = Callable[[str], object]
Format = Literal["text", "json", "junit"]


def run(
    path: str | Path,
    *,
    format: Format = "text",
    coverage: bool = False,
    at_least: float | None = None,
    english: bool = False,
    out: Out = print,
) -> int:
    """Runs the scenarios of the apps at ``path``; 1 if one goes otherwise than it says, if the definitions are wrong, or if one reaches
    less than ``at_least`` percent of the steps, cases and actions of its flow.
    """
    language = "en" if english else "zh"
    problems = Problems()
    files = workspace.read(path, problems)
    compiled = compile_files(files, problems)
    if compiled.errors:
        return commands.report(compiled, english, out)

    @cache
    def around() -> dict[str, running.App]:
        return compile_workspace(files.name or ".").apps if files.only else {}

    runs = list(running.run(compiled, beside=around))
    reached = reach.measure(Version(files, compiled), runs) if coverage or at_least is not None or format == "json" else []
    low = [item for item in reached if at_least is not None and item.percent < at_least]
    if format == "json":
        out(json.dumps(report.data(runs, reached), ensure_ascii=False, indent=2))
    elif format == "junit":
        out(report.junit(runs, language))
    else:
        said = report.lines(runs, language)
        said += reach.lines(reached if coverage else low, language)
        if low:
            names = ", ".join(item.app for item in low)
            said.append(f"less than {at_least:g}% reached: {names}" if english else f"没有达到 {at_least:g}%：{names}")
        for line in [*said, report.summary(runs, language)]:
            out(line)
    return int(bool(low) or any(run.differences for run in runs))


def record(path: str | Path, case: str, database: Database, *, into: Path | None = None, english: bool = False, out: Out = print) -> int:
    """Writes the case with this number or id as a scenario of its app: to ``into``, or beside the app's other scenarios under a free name.
    1 if there is no such case, or if the workspace at ``path`` does not play it to its end.
    """
    compiled = compile_workspace(path)
    if compiled.errors:
        return commands.report(compiled, english, out)
    found = database.read_now(_case, case)
    if found is None:
        out(f"There is no case {case}" if english else f"没有申请 {case}")
        return 1
    events, app, real = found
    programs = running.loader(compiled)
    program = programs(app)
    if program is None or compiled.organisation is None:
        zh, en = (f"这个工作区里没有应用 {app}", f"The workspace has no app {app}") if program is None else NO_PEOPLE
        out(en if english else zh)
        return 1
    roster = Roster(compiled.organisation)
    told = recording.record(events, program, programs, roster, real or compiled.organisation)
    if told.acts:
        file = into or _free(Path(path), app)
        file.parent.mkdir(parents=True, exist_ok=True)
        title = f"录自真实申请：{say(program.app.title, 'zh')}"
        file.write_text(told.text(title), "utf-8")
        out(f"{file}: {len(told.acts)} step(s)" if english else f"{file}：{len(told.acts)} 步")
    for remark in told.remarks:
        out(say(remark, "en" if english else "zh"))
    return 0 if told.whole else 1


NO_PEOPLE = ("工作区里没有 org/，场景需要其中的人员", "The workspace has no org/, whose people scenarios need")


def _case(conn: sa.Connection, named: str) -> tuple[list[Event], str, Organisation | None] | None:
    """The events of a case by its number or id, its app, and everybody there is."""
    row = conn.execute(sa.select(t.case.c.id, t.case.c.app).where(sa.or_(t.case.c.id == named, t.case.c.number == named))).first()
    return (chain.read(conn, row.id)[0], row.app, organisation.stored(conn)) if row else None


def _free(path: Path, app: str) -> Path:
    """A file of scenarios that is not there yet."""
    root = path if (path / "apps").is_dir() else path / ".." if path.resolve().name == "apps" else path / ".." / ".."
    folder = root.resolve() / "apps" / app / "tests"
    return next(file for n in count(1) if not (file := folder / f"recorded-{n}.yaml").exists())
