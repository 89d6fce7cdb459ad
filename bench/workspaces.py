"""A thousand apps: checking them against the bare libyaml compose of the same files, one change while watching, and starting the server."""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import yaml

from bench import load, thousand
from bench.result import Result
from builder import checking, publishing
from builder.compile import compile_workspace
from runtime.people import organisation
from runtime.site import now
from runtime.store import migrate
from runtime.store.database import Database

ROOT = Path(__file__).resolve().parent.parent
MANY, FEW = 1000, 4
CEILINGS = {"check_cold": 4.0, "check_warm": 0.3, "check_watch": 100.0, "start_1000": 3.0}


def figures(rounds: int, count: int = MANY) -> dict[str, Result]:
    """All of them."""
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        root = here / "workspace"
        thousand.lay_out(root, count)
        results = _checks(root, here / "store", rounds, count)
        results["start_1000"] = _starts(here, root, rounds)
    return results


def _checks(root: Path, store: Path, rounds: int, count: int) -> dict[str, Result]:
    files = [file.read_bytes() for file in sorted(root.rglob("*.yaml"))]
    cold, warm, bare, changed = list[float](), list[float](), list[float](), list[float]()
    for _ in range(rounds):
        compose = _seconds(lambda: [yaml.compose(file, Loader=yaml.CSafeLoader) for file in files])
        store.unlink(missing_ok=True)
        bare.append(compose)
        cold.append(_seconds(lambda: checking.check(root, checking.Store(store))) / compose)
        warm.append(_seconds(lambda: checking.check(root, checking.Store(store))) / compose)
    watching = checking.Watching(root)
    edited = root / "apps/leave/app.yaml"
    for number in range(rounds):
        edited.write_text(edited.read_text("utf-8") + f"# {number}\n", "utf-8")
        changed.append(_seconds(lambda: watching.changed([str(edited)])) * 1000)
    read = statistics.median(bare)
    of = f"{count} apps, {len(files)} files; libyaml composes them in {read:.2f} s"
    return {
        "check_cold": Result(round(statistics.median(cold), 2), "ratio", of),
        "check_warm": Result(round(statistics.median(warm), 3), "ratio", of),
        "check_watch": Result(
            round(statistics.median(changed), 1), "ms", f"one app of {count} compiled anew, without the 40 ms that wait for more"
        ),
    }


def _starts(here: Path, root: Path, rounds: int) -> Result:
    """Until the server says that it is ready, with a thousand releases and with four, in turn."""
    few = here / "few"
    thousand.lay_out(few, FEW)
    data = {name: _published(here / name, where) for name, where in (("data-few", few), ("data-many", root))}
    times: dict[str, list[float]] = {name: [] for name in data}
    for _ in range(rounds):
        for name, folder in data.items():
            times[name].append(_start(folder))
    many, four = statistics.median(times["data-many"]), statistics.median(times["data-few"])
    return Result(round(many / four, 2), "ratio", f"{many:.2f} s against {four:.2f} s with {FEW}")


def _published(data: Path, root: Path) -> Path:
    data.mkdir()
    database = Database.open(f"sqlite:///{data / 'dabashou.sqlite3'}")
    migrate.upgrade(database)
    compiled = compile_workspace(root)
    assert compiled.organisation is not None
    database.write_now(organisation.import_organisation, compiled.organisation, now())
    publishing.publish(compiled, database, "bench", now())
    database.close()
    return data


def _start(data: Path) -> float:
    port = load.free_port()
    command = [sys.executable, str(ROOT / "app.py"), "serve", "--port", str(port)]
    begun = time.perf_counter()
    with load.server(command, port, "/readyz", DABASHOU_DATA=str(data)):
        return time.perf_counter() - begun


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
