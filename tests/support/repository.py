"""A workspace in a real git repository, with people who commit, review and merge."""

import shutil
from pathlib import Path

from dulwich import porcelain
from dulwich.repo import Repo
from support import corpus

ANN, BEN = "Ann Author <ann@city.example>", "Ben Reviewer <ben@city.example>"


class Workspace:
    """The small workspace of the golden corpus, in ``root``, nothing committed yet."""

    def __init__(self, root: Path) -> None:
        self.root = root
        shutil.copytree(corpus.BASE, root)
        Repo.init(str(root), default_branch=b"main").close()

    def write(self, path: str, text: str) -> "Workspace":
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
        return self

    def edit(self, path: str, old: str, new: str) -> "Workspace":
        text = (self.root / path).read_text("utf-8")
        assert old in text
        return self.write(path, text.replace(old, new))

    def another_app(self, id: str) -> "Workspace":
        """A copy of the app, under another id."""
        shutil.copytree(self.root / "apps/demo", self.root / "apps" / id)
        return self.edit(f"apps/{id}/app.yaml", "id: demo", f"id: {id}")

    def commit(self, message: str = "change", by: str = ANN, reviewed: str | None = None) -> str:
        """Commits everything; the id."""
        text = f"{message}\n\nReviewed-by: {reviewed}\n" if reviewed else message
        with Repo(str(self.root)) as repository:
            porcelain.add(repository, [str(path) for path in self.root.rglob("*") if path.is_file() and ".git" not in path.parts])
            return porcelain.commit(repository, message=text.encode(), author=by.encode(), committer=by.encode()).decode()

    def branch(self, name: str) -> None:
        porcelain.branch_create(str(self.root), name)
        porcelain.checkout(str(self.root), name)

    def checkout(self, name: str) -> None:
        porcelain.checkout(str(self.root), name)

    def merge(self, name: str, by: str) -> str:
        """Merges a branch into the one that is checked out, always by a commit of its own."""
        found, conflicts = porcelain.merge(
            str(self.root), name, no_ff=True, author=by.encode(), committer=by.encode(), message=f"Merge {name}".encode()
        )
        assert not conflicts
        assert found is not None
        return found.decode()

    def tag(self, name: str) -> None:
        porcelain.tag_create(str(self.root), name.encode(), author=BEN.encode(), message=b"release", annotated=True)
