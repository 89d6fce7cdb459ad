"""The example workspace as a git repository of its own."""

from pathlib import Path

from dulwich import porcelain

from builder import compile, workspace_git


def test_the_examples_become_a_repository_with_everything_committed(tmp_path: Path) -> None:
    """One commit, a clean work tree, and the same apps as in the examples."""
    into = tmp_path / "deep" / "workspace"
    assert workspace_git.prepare(workspace_git.examples(), into)
    status = porcelain.status(str(into))
    assert (status.untracked, status.unstaged, any(status.staged.values())) == ([], [], False)
    with porcelain.open_repo_closing(str(into)) as repository:
        assert len(list(repository.get_walker())) == 1
        assert repository.refs.get_symrefs()[b"HEAD"] == b"refs/heads/main"
    assert compile.compile_workspace(into).apps == compile.compile_workspace(workspace_git.examples()).apps


def test_a_repository_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    """What people changed in it is theirs."""
    workspace_git.prepare(workspace_git.examples(), tmp_path)
    mine = tmp_path / "apps/leave/app.yaml"
    mine.write_text("language: 1\n", "utf-8")
    assert not workspace_git.prepare(workspace_git.examples(), tmp_path)
    assert mine.read_text("utf-8") == "language: 1\n"
