"""Everything that is to be known before an app is published: what the change means, what is wrong, how the scenarios go, and what becomes
of the cases under way. The wizard shows it to whoever asks for a review, the review page to whoever decides on it.
"""

from dataclasses import dataclass, field
from difflib import unified_diff

from builder import compile, publishing, releasing
from builder.designing import places
from builder.designing.places import Located
from builder.designing.studio import Studio
from builder.designing.text import Texts
from builder.designing.work import Work
from builder.meaning.change import GRADES, RISKS, Change
from builder.meaning.difference import difference
from builder.meaning.version import Version
from builder.problems import Problems
from builder.scenarios.running import Run
from builder.workspace import Workspace
from forms.texts import Text


@dataclass(slots=True)
class Study:
    """What is known of a version of an app against the one in the repository."""

    changes: list[Change]
    problems: list[Located]
    #: scenarios that go otherwise than they say, and how many there are
    failed: list[Run]
    scenarios: int
    #: what becomes of cases under way: lines by language
    cases: dict[str, list[str]]
    #: nothing is different from what is live
    same: bool
    #: file: lines of the difference, each with + - @ or a space before it
    lines: dict[str, list[str]] = field(default_factory=dict[str, list[str]])

    @property
    def errors(self) -> list[Located]:
        return [each for each in self.problems if each.problem.severity == "error"]

    @property
    def fit(self) -> bool:
        """Whether it may be published as far as can be told without a person."""
        return not self.errors and not self.failed and not self.same

    def grades(self) -> list[tuple[Text, list[tuple[str, Text, Text]]]]:
        """The sentences by how risky they are: each with its grade, what there is to fear, and itself."""
        return [
            (words, found)
            for grade, words in GRADES.items()
            if (found := [(grade, RISKS[change.risk], change.words) for change in self.changes if change.grade == grade])
        ]


def study(here: Studio, app: str, texts: Texts, against: Texts) -> Study:
    """``texts`` of ``app`` against another version of it. Runs beside the loop; reads the database, changes nothing."""
    before, after = _version(here, app, against), _version(here, app, texts)
    console = publishing.Console(here.site.database, here.site.clock)
    problems = places.located(Work(texts), app, after.compiled.problems)
    changes = difference(before, after)
    failed: list[Run] = []
    cases: dict[str, list[str]] = {}
    same = False
    if app in after.compiled.apps:
        prepared = publishing.prepare(after.compiled, console, {})
        failed = prepared.failed
        same = bool(prepared.same)
        for id, trial in prepared.trials.items():
            cases = {language: releasing.tell(id, trial, moving=False, english=language == "en") for language in ("zh", "en")}
    scenarios = sum(len(getattr(root, "items", ())) for root in after.compiled.scenarios.get(app, {}).values())
    return Study(changes, problems, failed, scenarios, cases, same, _lines(against, texts))


def _version(here: Studio, app: str, texts: Texts) -> Version:
    base = here.base()
    files = Workspace(name="", files=dict(base.files.files), only=app)
    for path in [path for path in files.files if path.startswith(f"apps/{app}/")]:
        del files.files[path]
    files.files.update({f"apps/{app}/{name}": body.encode("utf-8", "surrogatepass") for name, body in texts.items()})
    return Version(files, compile.compile_files(files, Problems(), here.people()))


def _lines(old: Texts, new: Texts) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for file in sorted({*old, *new}):
        a, b = old.get(file, "").splitlines(), new.get(file, "").splitlines()
        if a != b:
            found[file] = list(unified_diff(a, b, n=2, lineterm=""))[2:]
    return found
