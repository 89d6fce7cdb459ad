"""The raw side of the step benchmark: the rows that our steps write, written by `sqlite3` and nothing else. No reading, no deciding.

``python -m bench.steps_raw FILE ROWS --shared N``: ``shared`` steps to a commit; 1 is a commit for each.
"""

import argparse
import json
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from bench import span

#: as runtime/store/sqlite.py opens the file that it writes to
PRAGMAS = ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "temp_store = MEMORY", "cache_size = -16000")
CHANGED = ("status", "outcome", "rev", "answers", "subject", "step_title", "due", "changed_at", "ended_at")
CLOSED = ("state", "how", "closed_at")
Statement = tuple[str, list[Any]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("rows", type=Path, help="of the three steps of one case")
    parser.add_argument("--shared", type=int, default=1)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--first", type=int, required=True)
    parser.add_argument("--of", type=int, required=True)
    parser.add_argument("--most", type=int, default=20_000, help="cases made ready before the time begins")
    chosen = parser.parse_args()
    steps = json.loads(chosen.rows.read_text("utf-8"))
    ready = [case(steps, number) for number in range(chosen.first + 1, min(chosen.of, chosen.first + chosen.most) + 1)]
    raw = sqlite3.connect(chosen.file, isolation_level=None, cached_statements=256)
    for pragma in PRAGMAS:
        raw.execute(f"PRAGMA {pragma}")
    waiting = 0

    def click(of: list[list[Statement]]) -> Iterator[None]:
        nonlocal waiting
        for statements in of:
            if not waiting:
                raw.execute("BEGIN IMMEDIATE")
            for sql, values in statements:
                if raw.execute(sql, values).rowcount != 1:
                    raise SystemExit(f"nothing to write: {sql}")
            waiting += 1
            if waiting == chosen.shared:
                raw.execute("COMMIT")
                for _ in range(waiting):
                    yield
                waiting = 0

    span.threads(1, chosen.seconds, ready, click)


def case(steps: list[dict[str, list[dict[str, Any]]]], number: int) -> list[list[Statement]]:
    """The statements of the three steps of the case with ``number``, as the rows of another one show them."""
    own = {steps[0]["case"][0]["id"]: f"{'ca5e':0<16}{number:016}"}
    # what a command makes is named by the command's id, a dash and more
    for row in (row for step in steps for name in ("task", "message") for row in step[name]):
        own.setdefault(row["id"].split("-")[0], f"{len(own):016x}{number:016}")

    def renamed(value: Any) -> Any:
        if isinstance(value, str):
            for old, new in own.items():
                value = value.replace(old, new)
        return value

    return [_statements({name: [{k: renamed(v) for k, v in row.items()} for row in rows] for name, rows in step.items()}) for step in steps]


def _statements(step: dict[str, list[dict[str, Any]]]) -> list[Statement]:
    (row,) = step["case"]
    before = row["rev"] - len(step["event"])
    update = f'UPDATE "case" SET {_set(CHANGED)} WHERE id = ? AND rev = ?'
    found: list[Statement] = [(update, [*(row[name] for name in CHANGED), row["id"], before])]
    for task in step["task"]:
        if task["state"] == "open":
            found.append(_insert("task", task))
        else:
            closing = f"UPDATE task SET {_set(CLOSED)} WHERE id = ? AND state = 'open'"
            found.append((closing, [*(task[name] for name in CLOSED), task["id"]]))
    return found + [_insert(name, new) for name in step if name not in ("case", "task") for new in step[name]]


def _set(columns: Iterable[str]) -> str:
    return ", ".join(f"{name} = ?" for name in columns)


def _insert(table: str, row: dict[str, Any]) -> Statement:
    columns = ", ".join(f'"{name}"' for name in row)
    return f'INSERT INTO "{table}" ({columns}) VALUES ({", ".join("?" * len(row))})', list(row.values())


if __name__ == "__main__":
    main()
