"""What the command line does with releases: publish, roll back, retire, and tell an app's history. Each gives the exit code."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from builder import plan_file, publishing, revisions, workspace, workspace_git
from builder.compile import Compiled, compile_files
from builder.problems import Problems
from builder.publishing import Console, Prepared
from builder.workspace_git import NoRepository
from forms.texts import Text, say
from runtime.casework import releases
from runtime.casework.moving import Trial
from runtime.casework.releases import FOLDER, Source
from runtime.people import organisation
from workflows.moving_plan import Plan

Out = Callable[[str], object]
#: an app's file, as messages show it
APP = re.compile(r"(?:^|[/:])apps/([^/]+)/")


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be published, and how."""

    #: a folder, a bare repository, or the address of one
    place: str
    #: a branch, a tag or a commit; None: HEAD
    revision: str | None = None
    #: only this app of them; None: all
    app: str | None = None
    #: files as they lie there, or a commit that nobody reviewed: only where the example city is
    unreviewed: bool = False
    plan: Path | None = None
    #: move every open case that can be moved, of apps that the plan does not name too
    move: bool = False
    dry_run: bool = False
    #: where a plan to edit is written, if something needs a decision
    write_plan: Path | None = None
    #: where copies of remote repositories are kept
    mirrors: Path = Path("mirrors")


def publish(order: Order, console: Console, by: str, *, english: bool = False, out: Out = print) -> int:
    """Publishes every app that is not published as it stands. An app with errors, or whose scenarios fail, keeps none of the others from
    being published; the answer is 1 then.
    """
    language = "en" if english else "zh"
    problems = Problems()
    plans = plan_file.read(order.plan, problems) if order.plan else {}
    for problem in problems.in_order():
        out(problem.render(language))
    if problems.errors():
        return 1
    try:
        source, compiled = _read(order, console)
    except NoRepository as missing:
        out(say(missing.words, language))
        return 2
    except revisions.NoSuchRevision as missing:
        out(say({"zh": f"仓库里没有“{missing}”", "en": f"The repository has no “{missing}”"}, language))
        return 2
    if not order.unreviewed and not source.reviewer:
        out(say(_unreviewed(source), language))
        return 1
    return carry_out(compiled, console, by, order, plans, source, language, out)


def _read(order: Order, console: Console) -> tuple[Source, Compiled]:
    """What is to be published, and what is recorded of its review. Raises NoRepository, revisions.NoSuchRevision."""
    people = console.database.read_now(organisation.stored)
    if order.unreviewed and order.revision is None and not workspace_git.is_remote(order.place):
        problems = Problems()
        files = workspace.read(order.place, problems)
        return FOLDER, compile_files(files if order.app is None else replace(files, only=order.app), problems, people)
    folder = workspace_git.fetched(order.place, order.mirrors) if workspace_git.is_remote(order.place) else Path(order.place)
    revision = order.revision or "HEAD"
    with workspace_git.opened(folder) as repository:
        found = workspace_git.review(repository, revision, console.database.read_now(releases.revision))
    source = Source(revision=found.revision, author=found.authors[0] if found.authors else "", reviewer=found.reviewer or "")
    problems = Problems()
    files = revisions.read(folder, found.revision, problems, order.app)
    # problems name what was asked for, not forty digits
    return source, compile_files(replace(files, name=f"{revision}:."), problems, people)


def _unreviewed(source: Source) -> Text:
    short = source.revision[:12]
    return {
        "zh": (
            f"提交 {short} 没有记录作者（{source.author}）以外的人审核，不能发布。请由他人审核后合并，"
            "或在提交说明的最后一段写“Reviewed-by: 姓名 <邮箱>”"
        ),
        "en": (
            f"The commit {short} records no reviewer other than its author ({source.author}): not published. Have somebody else merge it, "
            "or end its message with “Reviewed-by: Name <address>”"
        ),
    }


def carry_out(
    compiled: Compiled,
    console: Console,
    by: str,
    order: Order,
    plans: Mapping[str, Plan],
    source: Source,
    language: str,
    out: Out,
) -> int:
    """Publishes what is fit to be, and says what became of everything."""
    english = language == "en"
    for problem in compiled.problems:
        out(problem.render(language))
    errors = [problem for problem in compiled.problems if problem.severity == "error"]
    bad = {found[1] if (found := APP.search(problem.place.file)) else "" for problem in errors}
    if "" in bad:
        out("Nothing was published: what all apps share has errors" if english else "各应用共用的文件有错误，什么也没有发布")
        return 1
    prepared = publishing.prepare(compiled, console, plans)
    for run in prepared.failed:
        out(f"✗ {run.app} · {run.title}")
        for failure in run.failures:
            out(failure.render(language))
    for app in sorted(bad | {run.app for run in prepared.failed}):
        out(f"{app}  not published, see above" if english else f"{app}  没有发布，原因见上")
    move = {app for app in prepared.trials if order.move or app in plans}
    for app, trial in prepared.trials.items():
        for line in tell(app, trial, moving=app in move, english=english):
            out(line)
    if order.write_plan:
        _write_plan(order.write_plan, prepared, language, out)
    if order.dry_run:
        out("Nothing was changed" if english else "什么也没有改")
        return 1 if bad or prepared.failed else 0
    for done in publishing.commit(prepared, console, by, source=source, plans=plans, move=move):
        state = ("published" if done.new else "unchanged") if english else ("已发布" if done.new else "没有变化")
        moved = ""
        if done.moved:
            moved = f"  {done.moved} case(s) moved" if english else f"  {done.moved} 件已换用新版本"
        out(f"{done.app}  {state}  {done.digest[:19]}{moved}")
    return 1 if bad or prepared.failed else 0


def tell(app: str, trial: Trial, *, moving: bool, english: bool) -> list[str]:
    """What becomes of the open cases of ``app``: how many at which step go on under the new release, and what keeps the others."""
    if not trial.cases:
        return []
    at = ", ".join(f"{step} {number}" for step, number in sorted(trial.at().items()))
    if english:
        keep = "" if moving else "; all keep their release without --move or --plan"
        lines = [f"{app}  {len(trial.cases)} open case(s) ({at}): {trial.move} can move, {trial.stay} stay{keep}"]
    else:
        keep = "" if moving else "；不加 --move 或 --plan，全部保持原版本"
        lines = [f"{app}  在办 {len(trial.cases)} 件（{at}）：{trial.move} 件可换用新版本，{trial.stay} 件保持原版本{keep}"]
    for reason, number in trial.reasons():
        words = say(reason.message, "en" if english else "zh")
        choices = f"  → {reason.about}.{reason.of}: {' | '.join(reason.choices)}" if reason.choices else ""
        lines.append(f"  {words} ({number} case(s)){choices}" if english else f"  {words}（{number} 件）{choices}")
    passed = Counter(step for case in trial.cases for step in getattr(case.result, "passes_by", ()))
    for step, number in passed.most_common():
        lines.append(
            f"  {number} case(s) are past the new step {step} and will not go through it"
            if english
            else f"  {number} 件已经过了新增的环节 {step}，不会再经过它"
        )
    return lines


def _write_plan(path: Path, prepared: Prepared, language: str, out: Out) -> None:
    reasons = {app: found for app, trial in prepared.trials.items() if (found := trial.reasons())}
    if not reasons:
        return
    if path.exists():
        out(say({"zh": f"{path} 已存在，没有改写", "en": f"{path} exists and was left as it is"}, language))
        return
    path.write_text(plan_file.template(reasons, language), "utf-8")
    out(
        say(
            {
                "zh": f"要决定的事写在 {path}，改好后加 --plan 使用",
                "en": f"What must be decided is in {path}: edit it and give it as --plan",
            },
            language,
        )
    )


def rollback(app: str, console: Console, by: str, *, to: str | None = None, english: bool = False, out: Out = print) -> int:
    """New cases of ``app`` begin with the release of before again."""
    if console.database.read_now(releases.standing, app) is None:
        return _no_app(app, english, out)
    done = publishing.roll_back(console, app, by, to)
    if done is None:
        out(
            f"{app}: there is no such release to go back to; see `dabashou history {app}`"
            if english
            else f"{app}：没有可以退回的版本；见 `dabashou history {app}`"
        )
        return 1
    if english:
        out(f"{app}  {done.undone[:19]} → {done.now[:19]}; {done.back} case(s) went back, {done.stayed} go on under the release undone")
    else:
        out(f"{app}  {done.undone[:19]} → {done.now[:19]}；{done.back} 件退回原版本，{done.stayed} 件仍按被撤下的版本办理")
    return 0


def retire(app: str, console: Console, by: str, *, reopen: bool = False, english: bool = False, out: Out = print) -> int:
    """``app`` takes no new cases any more, or does again; cases under way go on."""
    if console.database.read_now(releases.standing, app) is None:
        return _no_app(app, english, out)
    changed = console.database.write_now(releases.retire, app, by, console.clock(), reopen=reopen)
    words: dict[tuple[bool, bool], Text] = {
        (True, False): {"zh": "已停止受理新的申请，在办的申请照常办理", "en": "takes no new cases; those under way go on"},
        (True, True): {"zh": "已重新受理", "en": "takes new cases again"},
        (False, False): {"zh": "早已停止受理", "en": "takes no new cases already"},
        (False, True): {"zh": "本来就在受理", "en": "takes new cases already"},
    }
    out(f"{app}  {say(words[changed, reopen], 'en' if english else 'zh')}")
    return 0


KINDS: dict[str, Text] = {
    "published": {"zh": "发布", "en": "published"},
    "rolled-back": {"zh": "退回", "en": "rolled back"},
    "retired": {"zh": "停止受理", "en": "retired"},
    "reopened": {"zh": "重新受理", "en": "reopened"},
}


def history(app: str, console: Console, zone: str = "Asia/Shanghai", *, english: bool = False, out: Out = print) -> int:
    """What became of ``app``, the latest first."""
    rows = console.database.read_now(releases.history, app)
    if not rows:
        return _no_app(app, english, out)
    for row in rows:
        out("  ".join(_told(row, zone, "en" if english else "zh")))
    return 0


def _told(row: object, zone: str, language: str) -> Sequence[str]:
    at: datetime = getattr(row, "at")  # noqa: B009 -- rows have no types
    given = {name: str(getattr(row, name)) for name in ("kind", "digest", "by", "revision", "author", "reviewer", "moved", "stayed")}
    parts = [
        at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M"),
        say(KINDS[given["kind"]], language),
        given["digest"][:19],
        given["by"],
    ]
    if given["revision"]:
        parts.append(given["revision"][:12])
        parts.append(
            say(
                {
                    "zh": f"作者 {given['author']}，审核 {given['reviewer'] or '无'}",
                    "en": f"by {given['author']}, reviewed by {given['reviewer'] or 'nobody'}",
                },
                language,
            )
        )
    if given["moved"] != "0" or given["stayed"] != "0":
        moved, stayed = given["moved"], given["stayed"]
        parts.append(say({"zh": f"换用 {moved} 件，保持 {stayed} 件", "en": f"{moved} moved, {stayed} stayed"}, language))
    return parts


def _no_app(app: str, english: bool, out: Out) -> int:
    out(f"{app}: no app of this name was ever published" if english else f"没有发布过名为“{app}”的应用")
    return 2
