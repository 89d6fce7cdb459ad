"""The workspace as an ordinary git repository, without needing git on the machine: laid out, opened, and asked who reviewed a commit."""

import hashlib
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from typing import cast

from dulwich import porcelain
from dulwich.errors import GitProtocolError, HangupException, NotGitRepository
from dulwich.objects import Commit, ObjectID
from dulwich.objectspec import parse_commit
from dulwich.repo import Repo

from forms.texts import Text

#: who is named in the first commit
AUTHOR = "搭把手 <dabashou@localhost>".encode()
MESSAGE = "示例工作区：清溪市\n\nThe example workspace of the city of Qingxi".encode()
#: how a remote repository begins; whatever else is a folder
REMOTE = re.compile(r"(?:https?|ssh|git)://|[\w.-]+@[\w.-]+:")
#: so many commits are looked through for their authors
MOST_COMMITS = 10_000


class NoRepository(Exception):
    """There is no such repository, or it has no such commit; ``words`` say which."""

    def __init__(self, words: Text) -> None:
        super().__init__(words.get("en"))
        self.words = words


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


def is_remote(place: str) -> bool:
    """Whether ``place`` is the address of a repository elsewhere."""
    return REMOTE.match(place) is not None


def fetched(url: str, mirrors: Path) -> Path:
    """A bare copy of the repository at ``url`` below ``mirrors``, brought up to date: what the remote has and nothing else. Raises
    NoRepository when it cannot be reached.
    """
    copy = mirrors / hashlib.sha256(url.encode()).hexdigest()[:16]
    try:
        if not copy.exists():
            mirrors.mkdir(parents=True, exist_ok=True, mode=0o700)
            porcelain.clone(url, str(copy), bare=True, checkout=False, errstream=porcelain.NoneStream()).close()
        with Repo(str(copy)) as repository:
            porcelain.fetch(repository, url, errstream=porcelain.NoneStream(), quiet=True)
            there = {ref: id for ref, id in porcelain.ls_remote(url).refs.items() if id is not None and not ref.endswith(b"^{}")}
            for ref, id in there.items():
                if ref.startswith((b"refs/heads/", b"refs/tags/")):
                    repository.refs[ref] = id
            for ref in [*repository.refs.keys()]:
                if ref.startswith((b"refs/heads/", b"refs/tags/")) and ref not in there:
                    repository.refs.remove_if_equals(ref, None)
    except (OSError, NotGitRepository, GitProtocolError, HangupException, ValueError) as error:
        # an address may hold a password: it is not said
        raise NoRepository(
            {"zh": f"取不到远程仓库：{type(error).__name__}", "en": f"The remote repository cannot be fetched: {type(error).__name__}"}
        ) from error
    return copy


def opened(folder: str | Path) -> Repo:
    """The repository that ``folder`` lies in. Raises NoRepository."""
    try:
        return Repo.discover(str(Path(folder).resolve()))
    except NotGitRepository:
        raise NoRepository({"zh": f"{folder} 不在 git 仓库里", "en": f"{folder} is not in a git repository"}) from None


def commit(repository: Repo, revision: str) -> Commit:
    """The commit that a branch, a tag or an id names. Raises NoRepository."""
    try:
        return parse_commit(repository, revision.encode())
    except (KeyError, ValueError):
        raise NoRepository({"zh": f"仓库里没有“{revision}”", "en": f"The repository has no “{revision}”"}) from None


# --- review ---


@dataclass(frozen=True, slots=True)
class Review:
    """Who wrote what a commit brings, and who has reviewed it, as the commit records it."""

    revision: str
    #: names with addresses
    authors: tuple[str, ...]
    reviewers: tuple[str, ...]

    @property
    def reviewer(self) -> str | None:
        """The first reviewer who wrote none of it; None: nobody has reviewed it."""
        wrote = {address(author) for author in self.authors}
        return next((reviewer for reviewer in self.reviewers if address(reviewer) and address(reviewer) not in wrote), None)


def review(repository: Repo, revision: str, since: str | None = None) -> Review:
    """What ``revision`` records of its review. Its authors are those of every commit that it brings on top of ``since`` (the commit that
    was published last, where the repository has it), co-authors among them. Its reviewers: the `Reviewed-by` lines of its own message;
    and whoever made the merge, where it is one. Raises NoRepository.
    """
    tip = commit(repository, revision)
    brought = list(_brought(repository, tip, since))
    authors: dict[str, None] = {}
    for each in brought:
        merges = len(each.parents) > 1
        if not merges:
            authors[_text(each.author)] = None
        authors |= dict.fromkeys(_trailers(each, "co-authored-by"))
    reviewers = _trailers(tip, "reviewed-by")
    if len(tip.parents) > 1:
        reviewers = [*reviewers, _text(tip.author)]
    elif not authors:
        authors[_text(tip.author)] = None
    return Review(tip.id.decode(), tuple(authors), tuple(reviewers))


def _brought(repository: Repo, tip: Commit, since: str | None) -> Iterator[Commit]:
    """``tip`` and what came with it: all since ``since``; without that, what a merge has merged, or the commit alone."""
    known = since is not None and since.encode() in repository
    if known:
        exclude = [ObjectID(cast("str", since).encode())]
    elif len(tip.parents) > 1:
        exclude = [tip.parents[0]]
    else:
        yield tip
        return
    walker = repository.get_walker(include=[tip.id], exclude=exclude, max_entries=MOST_COMMITS)
    for entry in walker:
        yield entry.commit


def address(person: str) -> str:
    """The e-mail address of ``Name <address>``, as it is compared; "" where there is none."""
    found = parseaddr(person)[1].casefold()
    return found if "@" in found else ""


def _trailers(of: Commit, key: str) -> list[str]:
    """The values of ``key:`` in the last paragraph of a message."""
    last = _text(of.message).strip().split("\n\n")[-1]
    lines = [line.partition(":") for line in last.splitlines()]
    return [value.strip() for name, colon, value in lines if colon and name.strip().casefold() == key]


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")
