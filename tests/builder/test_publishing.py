"""Publishing reviewed commits: what is published, what is kept from it, and what becomes of running cases; on both databases."""

import asyncio
import itertools
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from dulwich import porcelain
from support import corpus
from support.repository import ANN, BEN, Workspace

from builder import commands, publishing, releasing, workspace_git
from builder.publishing import Console
from builder.releasing import Order
from runtime.casework import cases, moving, releases, verify
from runtime.store.database import Database
from workflows.commands import Refusal

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
FLOW = "apps/demo/flow.yaml"
KEYS = itertools.count()
PLAN = "apps: {demo: {steps: {review: {now: check}}}}\n"


class Office:
    """A workspace, a database, and what the command line says."""

    def __init__(self, root: Path, database: Database) -> None:
        self.workspace = Workspace(root)
        self.database = database
        self.now = NOW
        self.console = Console(database, lambda: self.now)
        self.said: list[str] = []
        commands.org_import(corpus.BASE, database, now=NOW, out=self.said.append)
        self.said.clear()

    def publish(self, revision: str | None = "HEAD", **order: Any) -> int:
        self.said.clear()
        self.now += timedelta(minutes=1)
        order = {"place": str(self.workspace.root), "revision": revision, **order}
        return releasing.publish(Order(**order), self.console, "console", out=self.said.append)

    def run(self, command: Any, *args: Any, **more: Any) -> int:
        self.said.clear()
        self.now += timedelta(minutes=1)
        return command(*args, self.console, "console", out=self.said.append, **more)

    def do(self, what: Any) -> Any:
        async def doing() -> Any:
            await self.console.catalogue.refresh(self.database)
            return await what

        return asyncio.run(doing())

    def submit(self) -> Any:
        answers = {"kind": "a", "day": "2026-12-01"}
        done = self.do(cases.submit(self.console, "clerk", "demo", answers, f"submit-{next(KEYS)}"))
        assert not isinstance(done, Refusal)
        return done

    def act(self, done: Any, who: str, action: str) -> Any:
        task = next(task for task in done.case.open_tasks() if task.person == who)
        return self.do(cases.act(self.console, who, task.id, action, f"key-{task.id}"))

    def case(self, id: str, who: str = "clerk") -> Any:
        return self.do(cases.find(self.console, who, id))

    @property
    def current(self) -> dict[str, str]:
        return self.database.read_now(releases.current)

    def sound(self) -> list[str]:
        return self.database.read_now(verify.differences)


@pytest.fixture
def office(tmp_path: Path, database: Database) -> Office:
    return Office(tmp_path / "workspace", database)


def test_a_commit_that_somebody_else_reviewed_is_published(office: Office) -> None:
    """Its id, author and reviewer stand in the history; the files that lie there uncommitted count for nothing."""
    id = office.workspace.commit(reviewed=BEN)
    office.workspace.write(FLOW, "not: [a flow")
    assert office.publish() == 0
    assert office.said[-1].startswith("demo  已发布  sha256:")
    row = office.database.read_now(releases.history, "demo")[0]
    assert (row.kind, row.revision, row.author, row.reviewer) == ("published", id, ANN, BEN)
    assert office.publish() == 0
    assert "没有变化" in office.said[-1]


@pytest.mark.parametrize(
    "reviewed", [None, ANN, "Other Name <ANN@city.example>", "nobody"], ids=["nobody", "the author", "by another name", "no address"]
)
def test_a_commit_without_a_reviewer_but_its_author_is_not(office: Office, reviewed: str | None) -> None:
    """People are compared by their addresses."""
    office.workspace.commit(reviewed=reviewed)
    assert office.publish() == 1
    assert "没有记录作者" in office.said[0]
    assert office.current == {}


def test_a_merge_is_reviewed_by_whoever_made_it(office: Office) -> None:
    """Unless they wrote any of what it merges."""
    office.workspace.commit("first")
    office.workspace.branch("change")
    office.workspace.edit("apps/demo/app.yaml", "title: ", "title: 新").commit("change")
    office.workspace.checkout("main")
    office.workspace.merge("change", by=BEN)
    assert office.publish() == 0
    office.workspace.branch("more")
    office.workspace.edit("apps/demo/app.yaml", "title: 新", "title: 更新").commit("more", by=BEN)
    office.workspace.checkout("main")
    office.workspace.merge("more", by=BEN)
    assert office.publish() == 1


def test_nothing_slips_in_before_a_reviewed_commit(office: Office) -> None:
    """Whoever reviews the last one must not have written any since the last publication."""
    office.workspace.commit("first", reviewed=BEN)
    assert office.publish() == 0
    office.workspace.edit("apps/demo/app.yaml", "title: ", "title: 新").commit("own change", by=BEN)
    office.workspace.edit("apps/demo/form.yaml", "title: 种类", "title: 类别").commit("another", by=ANN, reviewed=BEN)
    assert office.publish() == 1


def test_a_tag_a_branch_and_a_bare_repository_are_published_from(office: Office, tmp_path: Path) -> None:
    office.workspace.commit(reviewed=BEN)
    office.workspace.tag("v1")
    bare = tmp_path / "bare.git"
    porcelain.clone(str(office.workspace.root), str(bare), bare=True, errstream=porcelain.NoneStream()).close()
    office.workspace.edit("apps/demo/app.yaml", "title: ", "title: 新").commit(reviewed=BEN)
    assert office.publish("v1", place=str(bare)) == 0
    first = office.current["demo"]
    assert office.publish("main") == 0
    assert office.current["demo"] != first
    assert office.publish("no-such") == 2
    assert office.said == ["仓库里没有“no-such”"]
    assert office.publish(place=str(tmp_path)) == 2


def test_a_remote_repository_is_fetched_and_followed(office: Office, tmp_path: Path) -> None:
    """What the remote has, and no longer what it had; dulwich reaches a file path as it does https and ssh."""
    office.workspace.commit("first")
    mirror = workspace_git.fetched(str(office.workspace.root), tmp_path / "mirrors")
    second = office.workspace.edit("apps/demo/app.yaml", "title: ", "title: 新").commit("second")
    assert workspace_git.fetched(str(office.workspace.root), tmp_path / "mirrors") == mirror
    with workspace_git.opened(mirror) as repository:
        assert workspace_git.commit(repository, "main").id.decode() == second
    with pytest.raises(workspace_git.NoRepository, match="cannot be fetched"):
        workspace_git.fetched(str(tmp_path / "nowhere"), tmp_path / "mirrors")


def test_a_bad_app_keeps_no_other_from_being_published(office: Office) -> None:
    """One with an error and one whose scenario fails: both are named, and the answer is 1."""
    office.workspace.another_app("broken").another_app("failing")
    office.workspace.edit("apps/broken/form.yaml", "[kind, day]", "[kinb, day]")
    office.workspace.edit("apps/failing/tests/basic.yaml", "[other]", "[clerk]")
    office.workspace.commit(reviewed=BEN)
    assert office.publish() == 1
    assert list(office.current) == ["demo"]
    assert "broken  没有发布，原因见上" in office.said
    assert "failing  没有发布，原因见上" in office.said


def test_what_all_apps_share_must_be_right(office: Office) -> None:
    office.workspace.edit("org/org.yaml", "head: boss", "head: nobody").commit(reviewed=BEN)
    assert office.publish() == 1
    assert office.current == {}


def add_step(office: Office) -> None:
    text = office.workspace.edit
    text(FLOW, "  - handle: work", '  - approve: second\n    title: 复核\n    who: user("boss")\n  - handle: work')
    text("apps/demo/i18n/en.yaml", "review: Review", "second: Second, review: Review")
    text("apps/demo/tests/basic.yaml", "expect: {open: {work: [other]}}", "expect: {open: {second: [boss]}}")
    text("apps/demo/tests/basic.yaml", "    - {as: other,", "    - {as: boss, do: approve}\n    - {as: other,")


def rename_step(office: Office) -> None:
    office.workspace.edit(FLOW, "approve: review", "approve: check").edit("apps/demo/i18n/en.yaml", "review:", "check:")


def test_running_cases_keep_their_release_unless_told_otherwise(office: Office) -> None:
    """And it is said how many could move."""
    office.workspace.commit(reviewed=BEN)
    office.publish()
    done = office.submit()
    first = office.current["demo"]
    add_step(office)
    office.workspace.commit(reviewed=BEN)
    assert office.publish() == 0
    assert office.said[0] == "demo  在办 1 件（review 1）：1 件可换用新版本，0 件保持原版本；不加 --move 或 --plan，全部保持原版本"
    assert office.case(done.case.id).digest == first
    assert office.act(done, "head", "approve").case.open_tasks()[0].step == "work"
    assert office.act(office.submit(), "head", "approve").case.open_tasks()[0].step == "second"


def test_running_cases_move_in_the_same_transaction(office: Office) -> None:
    """They go the new way; the rows say what the events say."""
    office.workspace.commit(reviewed=BEN)
    office.publish()
    done = office.submit()
    add_step(office)
    office.workspace.commit(reviewed=BEN)
    assert office.publish(move=True) == 0
    assert office.said[-1].endswith("1 件已换用新版本")
    assert office.case(done.case.id).digest == office.current["demo"]
    assert office.act(done, "head", "approve").case.open_tasks()[0].step == "second"
    assert office.sound() == []


def test_a_dry_run_changes_nothing(office: Office) -> None:
    office.workspace.commit(reviewed=BEN)
    assert office.publish(dry_run=True) == 0
    assert office.said == ["什么也没有改"]
    assert office.current == {}


def test_what_needs_a_decision_is_said_and_a_plan_written(office: Office, tmp_path: Path) -> None:
    """A case that is stuck keeps its release; with the plan, it moves under the new id of its step."""
    office.workspace.commit(reviewed=BEN)
    office.publish()
    done = office.submit()
    first = office.current["demo"]
    rename_step(office)
    office.workspace.commit(reviewed=BEN)
    plan = tmp_path / "plan.yaml"
    assert office.publish(move=True, dry_run=True, write_plan=plan) == 0
    assert office.said[1] == "  新版本没有“审批”，还有人等在这里（1 件）  → steps.review: now | go | stay"
    assert "review: stay" in plan.read_text("utf-8")
    assert office.publish(plan=plan) == 0
    assert office.case(done.case.id).digest == first, "the plan as it is written keeps the case where it is"
    office.workspace.edit("apps/demo/app.yaml", "title: ", "title: 新").commit(reviewed=BEN)
    plan.write_text(PLAN, "utf-8")
    assert office.publish(plan=plan) == 0
    found = office.case(done.case.id)
    assert found.digest == office.current["demo"]
    assert [task.step for task in found.case.open_tasks()] == ["check"]
    assert office.sound() == []
    assert office.act(done, "head", "approve").case.open_tasks()[0].step == "work"
    assert office.sound() == []


def test_a_plan_that_is_wrong_is_refused_with_its_place(office: Office, tmp_path: Path) -> None:
    plan = tmp_path / "plan.yaml"
    plan.write_text("apps: {demo: {steps: {review: {nowt: check}}}}\n", "utf-8")
    assert office.publish(plan=plan) == 1
    assert "plan.yaml:1:32" in office.said[0]
    assert "now" in office.said[0]


def test_rolling_back_takes_the_untouched_cases_with_it(office: Office) -> None:
    """New cases begin with the release of before; what was acted on goes on under the one that was undone."""
    office.workspace.commit(reviewed=BEN)
    office.publish()
    first = office.current["demo"]
    untouched, acted = office.submit(), office.submit()
    add_step(office)
    office.workspace.commit(reviewed=BEN)
    office.publish(move=True)
    second = office.current["demo"]
    office.act(acted, "head", "approve")
    assert office.run(releasing.rollback, "demo") == 0
    assert office.said == [f"demo  {second[:19]} → {first[:19]}；1 件退回原版本，1 件仍按被撤下的版本办理"]
    assert office.current["demo"] == first
    assert office.case(untouched.case.id).digest == first
    assert office.case(acted.case.id).digest == second
    assert office.sound() == []
    assert office.act(untouched, "head", "approve").case.open_tasks()[0].step == "work"
    assert office.run(releasing.rollback, "demo") == 0, "and forward again"
    assert office.current["demo"] == second
    kinds = [row.kind for row in office.database.read_now(releases.history, "demo")]
    assert kinds == ["rolled-back", "rolled-back", "published", "published"]


def test_a_release_is_named_by_the_beginning_of_its_digest(office: Office) -> None:
    office.workspace.commit(reviewed=BEN)
    office.publish()
    first = office.current["demo"]
    assert office.run(releasing.rollback, "demo") == 1, "there is none before"
    office.workspace.edit("apps/demo/app.yaml", "title: ", "title: 新").commit(reviewed=BEN)
    office.publish()
    assert office.run(releasing.rollback, "demo", to="sha256:ffff") == 1
    assert office.run(releasing.rollback, "demo", to=first[:16]) == 0
    assert office.run(releasing.rollback, "nothing") == 2


def test_flow_administrators_undo_one_migration(office: Office) -> None:
    """Nobody else, and not once somebody has acted."""
    office.workspace.commit(reviewed=BEN)
    office.publish()
    first = office.current["demo"]
    done = office.submit()
    add_step(office)
    office.workspace.commit(reviewed=BEN)
    office.publish(move=True)
    refused = office.do(moving.move_back(office.console, "clerk", done.case.id, "key-1"))
    assert isinstance(refused, Refusal)
    assert refused.code == "not-allowed"
    back = office.do(moving.move_back(office.console, "boss", done.case.id, "key-2"))
    assert not isinstance(back, Refusal)
    assert office.case(done.case.id).digest == first
    again = office.do(moving.move_back(office.console, "boss", done.case.id, "key-2"))
    assert again.replayed, "the same request is answered as it was"
    assert office.sound() == []


def test_a_retired_app_takes_no_new_cases_and_finishes_those_under_way(office: Office) -> None:
    office.workspace.commit(reviewed=BEN)
    office.publish()
    done = office.submit()
    assert office.run(releasing.retire, "demo") == 0
    assert office.said == ["demo  已停止受理新的申请，在办的申请照常办理"]
    answers = {"kind": "a", "day": "2026-12-01"}
    refused = office.do(cases.submit(office.console, "clerk", "demo", answers, "key-3"))
    assert isinstance(refused, Refusal)
    assert refused.code == "retired"
    assert office.act(office.act(done, "head", "approve"), "other", "complete").case.outcome == "approved"
    assert office.run(releasing.retire, "demo") == 0
    assert office.run(releasing.retire, "demo", reopen=True) == 0
    assert not isinstance(office.submit(), Refusal)
    office.said.clear()
    assert releasing.history("demo", office.console, out=office.said.append) == 0
    assert [line.split()[2] for line in office.said] == ["重新受理", "停止受理", "发布"]


def test_publishing_again_does_not_reopen_a_retired_app(office: Office) -> None:
    office.workspace.commit(reviewed=BEN)
    office.publish()
    office.run(releasing.retire, "demo")
    office.workspace.edit("apps/demo/app.yaml", "title: ", "title: 新").commit(reviewed=BEN)
    office.publish()
    standing = office.database.read_now(releases.standing, "demo")
    assert standing is not None
    assert standing.retired_at is not None


def test_a_broken_release_keeps_no_other_app_away(office: Office) -> None:
    """Whatever happened to its row."""
    office.workspace.another_app("second").commit(reviewed=BEN)
    office.publish()

    def spoil(conn: Any) -> None:
        from runtime.store import tables as t

        conn.execute(t.release.update().where(t.release.c.app == "second").values(body=b"{}"))

    office.database.write_now(spoil)
    fresh = Console(office.database, office.console.clock)
    office.console = fresh
    office.do(fresh.catalogue.refresh(office.database))
    assert fresh.catalogue.current("demo") is not None
    assert fresh.catalogue.current("second") is None
    assert [program.app.id for program in fresh.catalogue.apps()] == ["demo"]


def test_unreviewed_files_are_published_only_where_somebody_says_so(office: Office) -> None:
    """The folder as it lies there."""
    assert office.publish(None, unreviewed=True) == 0
    assert publishing.FOLDER.revision == office.database.read_now(releases.history, "demo")[0].revision == ""
