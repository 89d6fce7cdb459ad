"""Checking again: what has not changed is remembered, and whatever could change an answer is noticed."""

import os
import queue
import shutil
import threading
from pathlib import Path

import pytest
from support import corpus
from support.repository import Workspace

from builder import checking, commands
from builder.checking import Store, Watching
from builder.compile import compile_workspace

CALLER = """start: {who: everyone}
steps:
  - call: help
    title: 请人办
    app: demo
    inputs: {kind: kind}
  - handle: work
    title: 办理
    who: role("desk")
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "w").another_app("second")


def checked(workspace: Workspace) -> checking.Checked:
    return checking.check(workspace.root, Store(workspace.root.parent / "store"))


def said(found: checking.Checked) -> list[str]:
    return [problem.code for problem in found.problems]


def test_nothing_that_is_unchanged_is_compiled_again(workspace: Workspace) -> None:
    """And what is remembered is what was said."""
    workspace.edit("apps/demo/form.yaml", "[kind, day]", "[kinb, day]")
    first, second = checked(workspace), checked(workspace)
    assert (first.compiled, second.compiled) == (2, 0)
    assert first.problems == second.problems == compile_workspace(workspace.root).problems
    assert first.fit == second.fit == ["second"]


def test_one_changed_app_is_compiled_and_no_other(workspace: Workspace) -> None:
    checked(workspace)
    workspace.edit("apps/second/form.yaml", "[kind, day]", "[kinb, day]")
    found = checked(workspace)
    assert found.compiled == 1
    assert said(found) == ["unknown-field"]


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("org/org.yaml", "id: desk", "id: counter"),
        ("dictionaries/colours.yaml", "title: ", "title: 新"),
        ("calendar/2026.yaml", "2026", "2026"),
    ],
    ids=["people", "lists", "calendar"],
)
def test_what_all_share_concerns_all(workspace: Workspace, path: str, old: str, new: str) -> None:
    checked(workspace)
    text = (workspace.root / path).read_text("utf-8")
    workspace.write(path, text.replace(old, new) + "# changed\n")
    found = checked(workspace)
    assert found.compiled == 2
    assert found.problems == compile_workspace(workspace.root).problems


def test_an_app_is_looked_at_again_when_one_that_it_calls_changes(workspace: Workspace) -> None:
    """The field it fills there is gone."""
    workspace.write("apps/second/flow.yaml", CALLER)
    checked(workspace)
    workspace.edit("apps/demo/form.yaml", "  kind:", "  sort:")
    found = checked(workspace)
    assert found.compiled == 2
    assert found.problems == compile_workspace(workspace.root).problems


def test_an_app_that_is_gone_is_forgotten(workspace: Workspace) -> None:
    checked(workspace)
    for file in sorted((workspace.root / "apps/second").rglob("*"), reverse=True):
        file.rmdir() if file.is_dir() else file.unlink()
    (workspace.root / "apps/second").rmdir()
    assert checked(workspace).fit == ["demo"]


def test_a_spoilt_store_is_as_good_as_none(workspace: Workspace) -> None:
    checked(workspace)
    (workspace.root.parent / "store").write_bytes(b"\x81\xa1x")
    assert checked(workspace).compiled == 2


def test_another_version_of_the_program_says_it_anew(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    checked(workspace)
    monkeypatch.setattr(checking, "program", lambda: b"another")
    assert checked(workspace).compiled == 2


def test_many_apps_are_said_in_order_whoever_compiled_them(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """By several processes, where there are several processors."""
    monkeypatch.setattr(checking, "FEW", 1)
    workspace.edit("apps/demo/form.yaml", "[kind, day]", "[kinb, day]").edit("apps/second/form.yaml", "[kind, day]", "[kinb, day]")
    assert checked(workspace).problems == compile_workspace(workspace.root).problems


def test_watching_compiles_what_a_change_touches(workspace: Workspace) -> None:
    watching = Watching(workspace.root)
    workspace.edit("apps/second/form.yaml", "[kind, day]", "[kinb, day]")
    assert watching.changed([str(workspace.root / "apps/second/form.yaml")]) == ["second"]
    assert said(watching.found()) == ["unknown-field"]
    workspace.edit("apps/second/form.yaml", "[kinb, day]", "[kind, day]")
    watching.changed([str(workspace.root / "apps/second/form.yaml")])
    assert said(watching.found()) == []
    assert watching.changed([str(workspace.root / "org/org.yaml")]) == ["demo", "second"]


def test_watch_says_a_change_as_it_happens(workspace: Workspace) -> None:
    """By the files as they are saved."""
    told: queue.Queue[str] = queue.Queue()
    stop = threading.Event()
    thread = threading.Thread(target=commands.watch, args=(workspace.root,), kwargs={"out": told.put, "stop": stop})
    thread.start()
    try:
        assert "2 个应用可以发布" in told.get(timeout=20)
        for word in ("kinb", "kinc", "kind"):
            text = (corpus.BASE / "apps/demo/form.yaml").read_text("utf-8")
            workspace.write("apps/demo/form.yaml", text.replace("[kind, day]", f"[{word}, day]"))
            try:
                line = told.get(timeout=10)
            except queue.Empty:
                continue  # the watch had not begun yet
            assert word in line or "可以发布" in line
            break
    finally:
        stop.set()
        thread.join(20)
    assert not thread.is_alive()


def test_a_byte_of_the_checker_changes_every_key(tmp_path: Path) -> None:
    """Of a rule, of the proof, of the engine, of a schema; whatever the time and the size of the file say."""
    root = tmp_path / "program"
    source = Path(checking.__file__).parent.parent
    for package in ("builder", "forms", "workflows"):
        shutil.copytree(source / package, root / package, ignore=shutil.ignore_patterns("__pycache__"))
    digest = checking.program_at(root)
    assert digest == checking.program_at(source) == checking.program()
    for name in (
        "builder/rules/owner.py",
        "workflows/proof/proving.py",
        "workflows/engine.py",
        "forms/rules.py",
        "builder/schema/flow.json",
    ):
        file = root / name
        before, stat = file.read_bytes(), file.stat()
        file.write_bytes(before[:-1] + b" ")
        os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))
        assert checking.program_at(root) != digest
        file.write_bytes(before)
    assert checking.program_at(root) == digest


def test_an_app_whose_cases_another_refers_to_may_go_while_it_is_watched(workspace: Workspace) -> None:
    """A reference to it is wrong from then on, though no byte of the app that holds it has changed."""
    text = (workspace.root / "apps/second/form.yaml").read_text("utf-8")
    workspace.write("apps/second/form.yaml", text + "  earlier: {title: 原申请, $ref: 'std:case', x-apps: [demo]}\n")
    watching = Watching(workspace.root)
    assert said(watching.found()) == ["untranslated"]
    checked(workspace)
    shutil.rmtree(workspace.root / "apps/demo")
    assert watching.changed([str(workspace.root / "apps/demo/form.yaml")]) == ["second"]
    assert said(watching.found()) == ["untranslated", "unknown-app"] == said(checked(workspace))


def test_a_caller_is_held_against_the_called_app_as_it_is_now(workspace: Workspace) -> None:
    """What was read of the called app before is not used again."""
    workspace.write("apps/second/flow.yaml", CALLER)
    watching = Watching(workspace.root)
    assert "unknown-field" not in said(watching.found(["second"]))
    workspace.edit("apps/demo/form.yaml", "  kind:", "  sort:")
    assert "second" in watching.changed([str(workspace.root / "apps/demo/form.yaml")])
    assert "unknown-field" in said(watching.found(["second"]))
