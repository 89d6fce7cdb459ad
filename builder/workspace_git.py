"""Lays a folder of definitions out as a git repository of its own, without needing git on the machine."""

import shutil
from pathlib import Path

from dulwich import porcelain
from dulwich.repo import Repo

#: who is named in the first commit
AUTHOR = "搭把手 <dabashou@localhost>".encode()
MESSAGE = "示例工作区：清溪市\n\nThe example workspace of the city of Qingxi".encode()


def prepare(source_folder: Path, into: Path) -> bool:
    """Copies ``source_folder`` to ``into`` and commits it there; False when ``into`` is a repository already and stays as it is."""
    if (into / ".git").exists():
        return False
    shutil.copytree(source_folder, into, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    files = [str(path) for path in sorted(into.rglob("*")) if path.is_file()]
    with Repo.init(str(into), default_branch=b"main") as repository:
        porcelain.add(repository, files)
        porcelain.commit(repository, message=MESSAGE, author=AUTHOR, committer=AUTHOR)
    return True


def examples() -> Path:
    """The folder of the example workspace: it lies beside this package, in a checkout and where a wheel is installed."""
    return Path(__file__).resolve().parent.parent / "examples"
