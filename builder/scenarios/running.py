"""Runs the scenarios of apps (tests/*.yaml) by the real engine over the people of the workspace, and says where one went otherwise."""

from collections.abc import Callable, Iterator
from collections.abc import Mapping as Named
from dataclasses import dataclass
from functools import cache

from builder.compile import Compiled
from builder.nodes import Mapping, items, words
from builder.scenarios.expect import Difference
from builder.scenarios.play import Play
from builder.scenarios.world import Strand, World
from forms.diagnostics import Diagnostic
from workflows import app as apps
from workflows import program
from workflows.app import App
from workflows.events import Event
from workflows.program import Program
from workflows.roster import Roster

#: the apps of the workspace around, by id
Beside = Callable[[], Named[str, App]]


@dataclass(slots=True)
class Run:
    """One scenario that was run: all that happened, and what should not have."""

    app: str
    title: str
    file: str
    line: int
    differences: list[Difference]
    #: of every case: the one that was handed in first, then those that were called; each with its app
    cases: list[tuple[str, list[Event]]]
    #: acts that were played
    steps: int

    @property
    def failures(self) -> list[Diagnostic]:
        """In the order of the file."""
        return [difference.diagnostic for difference in self.differences]

    @property
    def events(self) -> list[Event]:
        """Of the case that was handed in."""
        return self.cases[0][1]


def run(compiled: Compiled, app: str | None = None, beside: Beside = dict) -> Iterator[Run]:
    """Every scenario of every app that compiled (or of one), in the order of the files. ``beside``: apps that these may call, where
    they are not among them.
    """
    if compiled.organisation is None:
        return
    roster, programs = Roster(compiled.organisation), loader(compiled, beside)
    for id in compiled.apps:
        if app in (None, id):
            loaded = programs(id)
            assert loaded is not None
            for root in compiled.scenarios.get(id, {}).values():
                for node in items(root):
                    if isinstance(node, Mapping):
                        yield one(loaded, programs, roster, node)


def loader(compiled: Compiled, beside: Beside = dict) -> Callable[[str], Program | None]:
    """Programs of the apps that compiled, each loaded when it is first needed."""

    @cache
    def load(app: str) -> Program | None:
        found = compiled.apps.get(app) or beside().get(app)
        return program.load(apps.release(found)) if found else None

    return load


def one(loaded: Program, programs: Callable[[str], Program | None], roster: Roster, node: Mapping) -> Run:
    """The scenario in ``node``."""
    world = World(programs, roster, Strand(loaded))
    play = Play(world, node)
    play.run()
    place = node.source.place(node.start)
    differences = sorted(play.expectations.found, key=lambda difference: difference.diagnostic.place)
    cases = [(strand.program.app.id, strand.events) for strand in world.strands()]
    return Run(loaded.app.id, words(node.get("scenario")) or "", place.file, place.line, differences, cases, play.steps)
